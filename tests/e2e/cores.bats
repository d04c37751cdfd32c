#!/usr/bin/env bats
# A process that holds secrets must not leave a core, and nobody but root may
# read its memory. Files below /dev must still work for ordinary users.

load helper
load servers

setup() {
    need setpriv
    common_setup
    unset SSCEP_ALLOW_CORE
    # The leak sanitizer needs a process that it may trace, and the address
    # sanitizer would set the core limit itself.
    export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0:disable_coredump=0
    user=(env)
    # A directory that other users than root can reach.
    place=$(mktemp -d /tmp/sscep-cores.XXXXXX)
    cd "$place" || return
    cp "$SSCEP" sscep
    if [ "$(id -u)" -eq 0 ]; then
        user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
        chown 65534:65534 "$place"
    fi
    owner=$("${user[@]}" id -u)
}

teardown() {
    [ -n "${BATS_TEST_COMPLETED:-}" ] || show_case
    stop_ca
    rm -rf "$place"
}

# Gives the files of the directory to the user.
for_user() {
    chown -R "$owner" .
}

# held_key [NAME=VALUE]: starts sscep, which waits with a private key in memory.
# Sets hard, the core limit at its start, limit, the limit now, and looker, the
# user who may read its memory.
held_key() {
    start_enrolment --fault silent --fault-on getcacaps
    for_user
    command_line="enroll with $*"
    status=0
    hard=$(awk '/^Max core file size/ { print $6 }' /proc/self/limits)
    (ulimit -S -c "$(ulimit -H -c)" &&
        exec env "$@" "${user[@]}" "$sscep" enroll -u "$URL" -c ca.crt \
            -k local.key -r local.csr -l local.crt) \
        >"$stdout" 2>"$stderr" </dev/null 3>&- 4>&- &
    pid=$!
    ca_pids+=("$pid")
    wait_for 30 test -s "$ca/log" || problem "it asked nothing of the CA"
    limit=$(awk '/^Max core file size/ { print $5, $6 }' "/proc/$pid/limits")
    looker=$(stat -c %u "/proc/$pid/maps")
}

@test "while a private key is in memory there is no core" {
    held_key NOTHING=1
    expect_equal "the limits of a core" "0 $hard" "$limit"
    expect_equal "who may look into it" 0 "$looker"
}

@test "SSCEP_ALLOW_CORE=1 changes neither the limit nor the process" {
    held_key SSCEP_ALLOW_CORE=1
    expect_equal "the limits of a core" "$hard $hard" "$limit"
    expect_equal "who may look into it" "$owner" "$looker"
}

@test "SSCEP_ALLOW_CORE with another value has no effect" {
    held_key SSCEP_ALLOW_CORE=0
    expect_equal "the limits of a core" "0 $hard" "$limit"
    expect_equal "who may look into it" 0 "$looker"
}

@test "an ordinary user: pass phrases by stdin, fd: and files below /dev" {
    local source
    start_enrolment
    take encrypted.key
    echo phrase >pass
    for_user
    # The pipe and the file are opened by that user.
    for source in stdin fd:0 fd:7 file:/dev/stdin file:/dev/fd/7 \
        file:/proc/self/fd/7; do
        rm -f local.crt
        command_line="enroll --passin $source"
        status=0
        "${user[@]}" sh -c 'exec 7<pass
            echo phrase | "$@"' sh "$sscep" enroll -u "$URL" -c ca.crt \
            -k encrypted.key -r local.csr -l local.crt --passin "$source" \
            >"$stdout" 2>"$stderr" || status=$?
        no_sanitizer_text
        expect_status 0
        openssl x509 -in local.crt -noout -subject >&2
    done
}

@test "an ordinary user: the request from /dev/stdin, the certificate to /dev/stdout" {
    start_enrolment
    for_user
    command_line="enroll -r /dev/stdin -l /dev/stdout"
    status=0
    "${user[@]}" sh -c 'cat local.csr | "$@" | cat >piped' sh "$sscep" enroll \
        -u "$URL" -c ca.crt -k local.key -r /dev/stdin -l /dev/stdout \
        >"$stdout" 2>"$stderr" || status=$?
    expect_status 0
    stderr_empty
    same_certificate piped "$(issued)"
    # To an existing file, without a pipe.
    "${user[@]}" sh -c '"$@" >plain' sh "$sscep" getca -u "$URL" \
        -c /dev/fd/1 2>"$stderr" || status=$?
    expect_status 0
    stderr_empty
    same_certificate plain "$ca/ca.crt"
}

@test "an ordinary user: a pass phrase that is typed" {
    start_enrolment
    take encrypted.key
    for_user
    command_line="enroll on a terminal"
    status=0
    "${user[@]}" python3 - "$sscep" enroll -u "$URL" -c ca.crt \
        -k encrypted.key -r local.csr -l local.crt >"$stdout" \
        2>"$stderr" <<'END_PYTHON' || status=$?
import os, pty, sys

pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
text = b""
while True:
    try:
        text += os.read(terminal, 4096)
    except OSError:
        break
    if text.rstrip().endswith(b"key encrypted.key:"):
        os.write(terminal, b"phrase\n")
        text += b"\n"
print(text.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END_PYTHON
    expect_status 0
    stdout_has "Pass phrase or PIN of the private key encrypted.key:"
    stdout_has "pkistatus: SUCCESS"
    same_certificate local.crt "$(issued)"
}
