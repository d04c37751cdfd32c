#!/usr/bin/env bats
# What happens to the files: an issued certificate is never lost, and an output
# never destroys an input.

load helper
load namespace
load servers

# What belongs to another user in a sticky directory could not be removed.
teardown() {
    [ -n "${BATS_TEST_COMPLETED:-}" ] || show_case
    stop_ca
    [ "$(id -u)" -eq 0 ] ||
        sudo -n chown -R "$(id -u)" "$BATS_TEST_TMPDIR/work" 2>/dev/null ||
        true
}

# Extracts the PEM on stdout to stdout.pem.
pem_of_stdout() {
    sed -n '/^-----BEGIN/,/^-----END/p' "$stdout" >stdout.pem
}

# rescued TEXT...: the issued certificate is on stdout, and stderr says so.
rescued() {
    expect_status 93
    only_error "the certificate is on standard output, as it" "$@"
    pem_of_stdout
    same_certificate stdout.pem "$(issued)"
}

nothing_issued() {
    if [ -n "$(messages messageType)" ]; then
        problem "a message was sent"
    fi
}

no_temporary() {
    expect_equal "temporary files" "" \
        "$(find . -name '.*.sscep-*' | paste -sd' ')"
}

inode() {
    stat -L -c %i "$1"
}

# --- before anything is sent -----------------------------------------------

@test "a full disk is found before the CA issues" {
    start_enrolment
    mkdir full
    in_mounts "mount -t tmpfs -o size=8k,mode=0777 tmpfs full" \
        enroll -l full/local.crt
    expect_status 93
    only_error "full/local.crt: cannot write: No space left on device"
    nothing_issued
}

@test "a full disk is found before the CA issues: --chain, -L and -m" {
    local option
    start_enrolment
    mkdir full
    for option in --chain -L -m; do
        in_mounts "mount -t tmpfs -o size=8k,mode=0777 tmpfs full" \
            enroll "$option" full/x
        expect_status 93
        only_error "full/x: cannot write: No space left on device"
    done
    nothing_issued
    no_file local.crt
    no_temporary
}

@test "a full disk is found before anything is sent: the other operations" {
    start_ca
    getca_done
    mkdir full
    in_mounts "mount -t tmpfs -o size=8k,mode=0777 tmpfs full" \
        run_sscep getca -u "$URL" -c full/ca.crt
    expect_status 93
    only_error "full/ca.crt: cannot write: No space left on device"
    take local.key local.csr
    enroll
    enrolled
    in_mounts "mount -t tmpfs -o size=8k,mode=0777 tmpfs full" \
        run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt \
        -w full/crl
    expect_status 93
    only_error "full/crl: cannot write: No space left on device"
}

getca_done() {
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 0
}

@test "a quota is found before the CA issues" {
    start_enrolment
    with_error fallocate EDQUOT enroll
    expect_status 93
    only_error "local.crt: cannot write: Disk quota exceeded"
    nothing_issued
    no_temporary
}

@test "a file system that does not allocate ahead: zeros take the room" {
    start_enrolment --pending 1
    with_error fallocate EOPNOTSUPP enroll -n 0
    expect_status 3
    with_error fallocate,pwrite64 ENOSPC enroll
    expect_status 93
    only_error "local.crt: cannot write: No space left on device"
    enroll -R
    enrolled
}

@test "a read-only file system is found before the CA issues" {
    start_enrolment
    mkdir fixed
    echo old >fixed/old.crt
    for name in fixed/new.crt fixed/old.crt; do
        in_mounts "mount --bind fixed fixed
            mount -o remount,bind,ro fixed" enroll -l "$name"
        expect_status 93
        only_error "$name: cannot write" "Read-only file system"
    done
    nothing_issued
}

@test "a directory that cannot be written to is found before the CA issues; an existing file in it can be written" {
    local before
    start_enrolment
    mkdir closed
    echo old >closed/local.crt
    before=$(inode closed/local.crt)
    chmod a+rwx .
    chmod a+r local.key
    chmod 666 closed/local.crt
    chmod 555 closed
    as_other enroll -l closed/new.crt
    expect_status 93
    only_error "closed/new.crt: cannot write to its directory" \
        "Permission denied"
    nothing_issued
    as_other enroll -l closed/local.crt
    chmod 755 closed
    expect_status 0
    same_certificate closed/local.crt "$(issued)"
    expect_equal "the file" "$before" "$(inode closed/local.crt)"
}

@test "a file that is a mount point, as by docker -v, is written in place" {
    local before content
    for content in "" old; do
        ca=$BATS_TEST_TMPDIR/ca-$content
        start_enrolment
        mkdir -p outside
        printf '%s' "$content" >outside/the.crt
        before=$(inode outside/the.crt)
        : >local.crt
        in_mounts "mount --bind outside/the.crt local.crt" enroll
        expect_status 0
        stderr_empty
        same_certificate outside/the.crt "$(issued)"
        expect_equal "the file" "$before" "$(inode outside/the.crt)"
        no_temporary
        stop_ca
    done
}

@test "a file that is a mount point on a full disk is found before the CA issues" {
    start_enrolment
    mkdir full
    : >local.crt
    in_mounts "mount -t tmpfs -o size=8k,mode=0777 tmpfs full
        echo old >full/the.crt
        chmod 666 full/the.crt
        mount --bind full/the.crt local.crt" enroll
    expect_status 93
    only_error "local.crt: cannot write: No space left on device"
    nothing_issued
}

@test "rename() fails in the end: a file that is there is written in place" {
    local error before
    for error in EXDEV EBUSY EPERM; do
        ca=$BATS_TEST_TMPDIR/$error
        start_enrolment
        echo old >local.crt
        before=$(inode local.crt)
        with_error '?rename,renameat,renameat2' "$error" enroll
        enrolled
        expect_equal "the file" "$before" "$(inode local.crt)"
        no_temporary
        rm local.crt
        with_error '?rename,renameat,renameat2' "$error" enroll
        expect_status 93
        only_error "local.crt: cannot replace" "is on standard output"
        no_temporary
        stop_ca
    done
}

# --- an issued certificate is never lost -----------------------------------

@test "an issued certificate that cannot be written: the PEM is on stdout" {
    start_enrolment
    enroll -l /dev/full
    rescued "/dev/full: cannot write: No space left on device"
}

@test "an issued certificate that cannot be written: --quiet, --json" {
    start_enrolment
    enroll -l /dev/full --quiet
    rescued "/dev/full"
    stop_ca
    ca=$BATS_TEST_TMPDIR/json
    start_enrolment
    enroll -l /dev/full --json
    expect_status 93
    only_error "/dev/full" "the certificate is in this object"
    python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
assert report["exitCode"] == 93, report
assert "file" not in report["certificates"][0], report
assert "files" not in report, report
open("stdout.pem", "w").write(report["pem"])' "$stdout"
    same_certificate stdout.pem "$(issued)"
}

@test "an issued certificate that can be written neither to -l nor to stdout: the PEM is on stderr" {
    start_enrolment
    "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr --quiet \
        -l /dev/full >/dev/full 2>"$stderr" || status=$?
    : >"$stdout"
    expect_status 93
    stderr_has "the certificate is on standard error"
    same_certificate "$stderr" "$(issued)"
}

@test "the directory is removed while the request is pending: the PEM is on stdout" {
    start_enrolment --pending 1
    mkdir there
    enroll_in_background -l there/local.crt -t 2
    wait_for 10 grep -q PENDING "$stdout"
    mv there moved
    wait_for_client
    rescued "there/local.crt: there is no directory there"
}

@test "the temporary file is removed while the request is pending" {
    start_enrolment --pending 1
    enroll_in_background -t 2
    wait_for 10 grep -q PENDING "$stdout"
    rm .local.crt.sscep-*
    wait_for_client
    enrolled
    no_temporary
}

@test "the file changes while the request is pending: its new mode is kept" {
    start_enrolment --pending 1
    echo old >local.crt
    enroll_in_background -t 2
    wait_for 10 grep -q PENDING "$stdout"
    chmod 600 local.crt
    wait_for_client
    enrolled
    expect_equal "the mode" 600 "$(stat -c %a local.crt)"
}

@test "a private key that appears at -l while the request is pending is not replaced" {
    start_enrolment --pending 1
    enroll_in_background -t 2
    wait_for 10 grep -q PENDING "$stdout"
    cp local.key local.crt
    wait_for_client
    rescued "local.crt: it holds a private key"
    cmp local.key local.crt
}

@test "a private key is written into the file while the request is pending" {
    start_enrolment --pending 1
    echo old >local.crt
    enroll_in_background -t 2
    wait_for 10 grep -q PENDING "$stdout"
    cat local.key >local.crt
    wait_for_client
    rescued "local.crt: it holds a private key"
    cmp local.key local.crt
}

@test "with --json and no standard output the object is on stderr" {
    local name
    for name in - /dev/full; do
        ca=$BATS_TEST_TMPDIR/ca-${name##*/}
        start_enrolment
        status=0
        "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr --json \
            -l "$name" >/dev/full 2>"$stderr" || status=$?
        : >"$stdout"
        expect_status 93
        sed -n '/^{/p' "$stderr" | python3 -c '
import json, sys
sys.stdout.write(json.load(sys.stdin)["pem"])' >got.crt
        same_certificate got.crt "$(issued)"
        stop_ca
    done
}

@test "standard output is closed: -l - is found before, and stderr is used" {
    start_enrolment
    "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l - >&- 2>"$stderr" || status=$?
    : >"$stdout"
    expect_status 93
    only_error "-: cannot write: Bad file descriptor"
    nothing_issued
    status=0
    "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l /dev/full >&- 2>"$stderr" || status=$?
    expect_status 93
    stderr_has "the certificate is on standard error"
    same_certificate "$stderr" "$(issued)"
}

@test "a limit of the size of files is an error, and no signal" {
    start_enrolment
    make_program limited bash -c 'ulimit -f 8; exec "$@"' bash "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/limited" enroll
    expect_status 93
    only_error "local.crt: cannot write: File too large"
    nothing_issued
    no_temporary
}

@test "a large answer to an enrolment needs no temporary file" {
    start_enrolment --pending 1 --fault garbage-large --fault-after 1 \
        --fault-times 1
    make_program limited bash -c 'ulimit -f 512; exec "$@"' bash "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/limited" enroll -t 0
    expect_status 0
    stderr_has "[poll-failed]"
    no_temporary
}

# start_large FAULT: a CA whose next answer is valid, and larger than 1 MiB.
start_large() {
    ca=$BATS_TEST_TMPDIR/$1-$RANDOM
    start_enrolment --fault "$1"
}

@test "an enrolment with a large answer: it is in memory" {
    local fault
    mkdir full
    for fault in content-large content-large-segments; do
        start_large "$fault"
        in_mounts "mount -t tmpfs -o size=20k,mode=0777 tmpfs full
            export TMPDIR=full" enroll -l full/local.crt -d
        expect_status 0
        [ "$(sed -n 's/.*answer: 200.*, \([0-9]*\) bytes$/\1/p' "$stderr" |
            tail -n 1)" -gt 1100000 ] || problem "the answer is not large"
        stop_ca
        # No other file is even tried.
        start_large "$fault"
        trace_calls '?open,openat' enroll
        enrolled
        if grep -e O_TMPFILE -e sscep-spool "$calls"; then
            problem "a temporary file for the answer"
        fi
        rm local.crt
        stop_ca
    done
}

@test "an enrolment with a large answer: the certificate cannot be written" {
    start_large content-large
    enroll -l /dev/full
    rescued "/dev/full: cannot write: No space left on device"
    stop_ca
    start_large content-large
    with_error ftruncate ENOSPC enroll
    rescued "local.crt: cannot write: No space left on device"
    no_file local.crt
    no_temporary
}

@test "--chain cannot be written: the certificate is there" {
    start_enrolment --cert-order leaf-last
    enroll --chain /dev/full
    expect_status 93
    stdout_line "$sscep: certificate written as local.crt"
    only_error "/dev/full: cannot write: No space left on device"
    same_certificate local.crt "$(issued)"
}

@test "-l is written before --chain, which is not written without it" {
    start_enrolment --cert-order leaf-last
    trace_calls "$putting" enroll --chain chain.crt
    enrolled
    put sync:local.crt name:local.crt sync:work sync:chain.crt name:chain.crt
    stop_ca
    ca=$BATS_TEST_TMPDIR/second
    start_enrolment --cert-order leaf-last
    echo old >chain.crt
    enroll -l /dev/full --chain chain.crt
    rescued "/dev/full: cannot write: No space left on device"
    expect_equal "the chain" old "$(cat chain.crt)"
    no_temporary
}

# --- temporary files -------------------------------------------------------

@test "the temporary file of a killed run is removed by the next one, that of a running one is not" {
    local other name
    start_enrolment --pending 9
    enroll_in_background -t 1000
    wait_for 10 grep -q PENDING "$stdout"
    other=$(echo .local.crt.sscep-*)
    expect_equal "room that was taken" 16384 "$(stat -c %s "$other")"
    kill -KILL "$pid"
    wait "$pid" || true
    # The first of several runs at a time has this one, which is taken again.
    for name in "$other" "${other%0}7"; do
        echo stale >"$name"
    done
    enroll_in_background -t 1000
    wait_for 10 grep -q PENDING "$stdout"
    expect_equal "the temporary files" "$other" "$(echo .local.crt.sscep-*)"
    expect_equal "room that was taken" 16384 "$(stat -c %s "$other")"
    enroll -n 0
    expect_status 3
    [ -e "$other" ]
    kill -TERM "$pid"
    wait "$pid" || true
    no_temporary
}

@test "SIGTERM while a file is written: no temporary file is left, and what is there is whole" {
    local call temporary
    start_enrolment
    temporary=./.local.crt.sscep-tmp-000000
    for call in openat fallocate write ftruncate fchmod fsync \
        '?rename,renameat,renameat2'; do
        echo old >local.crt
        with_signal "$call" TERM "$temporary" enroll
        expect_status 143
        grep -q -- "--- SIGTERM" "$BATS_TEST_TMPDIR/calls" ||
            problem "no call of $call"
        no_temporary
        # What the CA has issued is not lost.
        case $call in
        openat | fallocate)
            expect_equal "the file, after $call" old "$(cat local.crt)"
            nothing_issued
            ;;
        *) same_certificate local.crt "$(issued)" ;;
        esac
        rm -f "$ca"/issued/*
    done
}

@test "an error of close() is an error of the file" {
    start_enrolment
    : >local.crt
    need strace
    make_program traced env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -P "$PWD/local.crt" -e "inject=close:error=EIO" "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/traced" enroll
    rescued "local.crt: cannot write: Input/output error"
    no_temporary
}

# Where nothing waits for the disk, a network tells only then of a full one.
@test "an error of close() of a file that has taken its name is an error, too" {
    start_enrolment
    enroll
    enrolled
    need strace
    make_program traced env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -P "$PWD/crl.pem" -e "inject=close:error=EDQUOT" "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/traced" run_sscep getcrl -u "$URL" \
        -c ca.crt -k local.key -l local.crt -w crl.pem
    expect_status 93
    only_error "crl.pem: cannot replace: Disk quota exceeded"
    no_temporary
}

# The files of such names: no run removes a directory.
temporary_files() {
    find . -name '.local.crt.sscep-tmp-*' -type f
}

@test "all numbered names are taken by somebody else: the temporary file gets letters" {
    local name
    mkdir .local.crt.sscep-tmp-0000{00..99}
    start_enrolment --pending 1
    enroll_in_background -t 1000
    wait_for 10 grep -q PENDING "$stdout"
    name=$(temporary_files)
    [[ $name =~ sscep-tmp-[a-z2-7]{6}$ ]] || problem "no letters: $name"
    kill -KILL "$pid"
    wait "$pid" || true
    expect_equal "what is left" "$name" "$(temporary_files)"
    enroll -R
    enrolled
    expect_equal "what is left" "" "$(temporary_files)"
}

@test "no directory is listed where no run was killed" {
    start_enrolment
    trace_calls getdents64 enroll --chain chain.crt
    enrolled
    expect_equal "what lists" "" "$(grep getdents64 "$calls" || true)"
    echo stale >.local.crt.sscep-tmp-000000
    trace_calls getdents64 enroll
    expect_status 0
    grep -q getdents64 "$calls"
    no_temporary
}

@test "a signal removes the temporary file" {
    local signal
    for signal in INT TERM HUP; do
        ca=$BATS_TEST_TMPDIR/$signal
        start_enrolment --delay 30
        : >"$stdout"
        env --default-signal=INT,TERM,HUP "$sscep" enroll -u "$URL" -c ca.crt \
            -k local.key -r local.csr -l local.crt --capabilities AES,SHA-256 \
            >"$stdout" 2>"$stderr" </dev/null 3>&- 4>&- &
        pid=$!
        ca_pids+=("$pid")
        wait_for 10 grep -q sending "$stdout"
        ls .local.crt.sscep-* >/dev/null
        kill "-$signal" "$pid"
        status=0
        wait "$pid" || status=$?
        expect_status $((128 + $(kill -l "$signal")))
        no_temporary
        no_file local.crt
        stop_ca
    done
}

@test "a name that is as long as can be, and what was killed before" {
    local name
    name=$(printf 'x%.0s' {1..251}).crt
    start_enrolment --pending 1
    enroll_in_background -l "$name" -t 1000
    wait_for 10 grep -q PENDING "$stdout"
    kill -KILL "$pid"
    wait "$pid" || true
    enroll -R -l "$name" --chain "${name%t}u"
    expect_status 0
    same_certificate "$name" "$(issued)"
    rm -f "${name%t}u"
    expect_equal "the files" "ca.crt local.csr local.key sscep $name" \
        "$(ls -A | paste -sd' ')"
}

# --- how a file is written -------------------------------------------------

@test "a dangling link: its target is created" {
    start_enrolment
    mkdir there
    ln -s there/target.crt local.crt
    enroll
    enrolled
    [ -L local.crt ]
    same_certificate there/target.crt "$(issued)"
    expect_equal "files there" target.crt "$(ls -A there)"
}

@test "an empty file is written in place: a process that has it open reads the certificate" {
    start_enrolment
    : >local.crt
    chmod 600 local.crt
    exec 7<local.crt
    enroll
    enrolled
    cat <&7 >seen.crt
    exec 7<&-
    same_certificate seen.crt "$(issued)"
    expect_equal "the mode" 600 "$(stat -c %a local.crt)"
    no_temporary
}

@test "an empty file is still empty when the CA refuses" {
    start_enrolment --fail badRequest
    : >local.crt
    snapshot
    enroll
    expect_status 72
    nothing_written
}

@test "-l /dev/stdout with stdout in a file: the file is not replaced" {
    start_enrolment
    for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
        echo before >log
        "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
            -l "$name" >>log 2>"$stderr" || problem "$name"
        expect_equal "the first line" before "$(head -n 1 log)"
        grep -q "pkistatus: SUCCESS" log
        grep -q "certificate written as $name" log
        grep -q "^-----END CERTIFICATE-----" log
        openssl x509 -in log -noout
        no_temporary
    done
}

@test "-l /dev/fd/N: written where the descriptor is" {
    start_enrolment
    echo before >log
    exec 7>>log
    enroll -l /dev/fd/7
    exec 7>&-
    expect_status 0
    expect_equal "the first line" before "$(head -n 1 log)"
    same_certificate log "$(issued)"
    exec 7<log
    enroll -l /dev/fd/7
    exec 7<&-
    expect_status 93
    only_error "/dev/fd/7: cannot write: Bad file descriptor"
    enroll -l /dev/fd/77
    expect_status 93
    only_error "/dev/fd/77: cannot write: Bad file descriptor"
}

@test "a directory that is open: the file in it is replaced" {
    start_enrolment
    mkdir there
    echo old >there/local.crt
    exec 7<there
    enroll -l /proc/self/fd/7/local.crt
    expect_status 0
    same_certificate there/local.crt "$(issued)"
    enroll -l /proc/self/fd/7/new.crt
    exec 7<&-
    expect_status 0
    openssl x509 -in there/new.crt -noout
}

@test "the root of another process is entered, and not what its link says" {
    start_enrolment
    mkdir there
    echo host >there/local.crt
    in_mounts "mount -t tmpfs -o mode=0777 tmpfs there
        echo inside >there/local.crt
        unshare -m sh -c 'umount there; while kill -0 \$0; do sleep 0.1; done' \
            \$\$ 2>/dev/null &
        until grep -q host \"/proc/\$!/root\$PWD/there/local.crt\"; do sleep 0.1; done
        set -- \"\$@\" -l \"/proc/\$!/root\$PWD/there/local.crt\"" enroll
    expect_status 0
    same_certificate there/local.crt "$(issued)"
}

@test "the descriptor of another process: appended to, not replaced" {
    start_enrolment
    echo before >log
    exec 7>>log
    enroll -l "/proc/$$/fd/7"
    exec 7>&-
    expect_status 0
    expect_equal "the first line" before "$(head -n 1 log)"
    same_certificate log "$(issued)"
}

@test "a socket is no output" {
    start_enrolment
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("local.crt")'
    enroll
    expect_status 93
    only_error "local.crt: is a socket"
    [ -S local.crt ]
    nothing_issued
}

@test "a pipe without a reader: a signal ends the wait" {
    start_enrolment
    mkfifo pipe
    enroll_in_background -l pipe
    wait_for 10 grep -q SUCCESS "$stdout"
    sleep 0.5
    kill -TERM "$pid"
    wait_for_client
    expect_status 143
    stderr_has "the certificate is on standard output"
    pem_of_stdout
    same_certificate stdout.pem "$(issued)"
}

@test "a pipe that gives way to somebody's file: the certificate is rescued" {
    start_enrolment --pending 1
    mkfifo pipe
    enroll_in_background -l pipe -t 2
    wait_for 10 grep -q PENDING "$stdout"
    rm pipe
    echo theirs >other
    ln -s other pipe
    wait_for_client
    rescued "pipe: cannot write"
    expect_equal "the other file" theirs "$(cat other)"
}

@test "a file that gives way to a pipe: the certificate is rescued" {
    start_enrolment --pending 1
    enroll_in_background -t 2
    wait_for 10 grep -q PENDING "$stdout"
    mkfifo local.crt
    wait_for_client
    rescued "local.crt: it is no regular file any more"
}

@test "a pipe that is full and does not block: it is waited for" {
    start_enrolment
    python3 - "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l - --quiet >got.crt 2>"$stderr" <<'END' || problem "it failed"
import fcntl, os, subprocess, sys, threading, time
reading, writing = os.pipe()
fcntl.fcntl(writing, fcntl.F_SETFL, os.O_NONBLOCK)
filled = 0
try:
    while True:
        filled += os.write(writing, b"x" * 4096)
except BlockingIOError:
    pass
child = subprocess.Popen(sys.argv[1:], stdout=writing)
os.close(writing)
time.sleep(2)
data = b""
while True:
    part = os.read(reading, 65536)
    if not part:
        break
    data += part
sys.stdout.buffer.write(data[filled:])
sys.exit(child.wait())
END
    same_certificate got.crt "$(issued)"
}

@test "an output may be a pipe" {
    start_enrolment
    mkfifo pipe
    timeout 20 cat pipe >got.crt 3>&- 4>&- &
    enroll -l pipe
    wait $!
    expect_status 0
    same_certificate got.crt "$(issued)"
    [ -p pipe ]
}

# in_time LIMIT COMMAND...: it ends by itself, within so many seconds.
in_time() {
    local start=$SECONDS limit=$1
    shift
    "$@"
    [ $((SECONDS - start)) -le "$limit" ] ||
        problem "it took $((SECONDS - start)) s: $*"
}

@test "a FIFO that nobody writes to: no input is waited for longer than --timeout" {
    start_enrolment
    mkfifo pipe
    local option
    for option in -c -e -k -r -K -O; do
        case $option in
        -K) set -- -K pipe -O ca.crt ;;
        -O) set -- -K local.key -O pipe ;;
        *) set -- "$option" pipe ;;
        esac
        in_time 10 enroll --timeout 1 "$@"
        expect_status 93
        stderr_has "it is a FIFO or a device, and its end did not come in 1 s"
    done
    in_time 10 enroll --timeout 1 --passin file:pipe
    expect_status 93
    nothing_issued
    # One that is written to in time, in parts.
    (exec 3>&- 4>&-; { head -c 100 local.key; sleep 1; tail -c +101 local.key; } >pipe) &
    enroll --timeout 20 -k pipe
    enrolled
    # What the caller has opened is waited for as long as that takes.
    rm local.crt
    run_sscep enroll -u "$URL" -c ca.crt -r local.csr -l local.crt --timeout 1 \
        -k <(sleep 3; cat local.key)
    expect_status 0
    [ -s local.crt ]
}

@test "a FIFO that nobody writes to: --timeout counts for -f, wherever it stands" {
    start_enrolment
    mkfifo pipe
    in_time 10 run_sscep enroll --timeout 1 -f pipe
    expect_status 93
    only_error "configuration file pipe: it is a FIFO or a device, and its end did not come in 1 s"
    in_time 10 run_sscep getca -f pipe --dump-config --timeout 1
    expect_status 93
    only_error "its end did not come in 1 s"
    # As long as the limit of the command line, not of a default.
    (exec 3>&- 4>&-; sleep 2; echo "[sscep]" >pipe) &
    run_sscep getcaps -u "$URL" -f pipe --timeout 30
    expect_status 0
}

@test "the first line of a FIFO that stays open is a pass phrase, at once" {
    start_enrolment
    cp "$shared/encrypted.key" local.key
    mkfifo pipe
    exec 7<>pipe
    printf 'phr' >&7
    (sleep 1; printf 'ase\n' >&7) 3>&- 4>&- &
    in_time 10 enroll --timeout 30 --passin file:pipe
    enrolled
    rm local.crt
    printf 'no end' >&7
    in_time 10 enroll --timeout 1 --passin file:pipe
    exec 7>&-
    expect_status 93
    only_error "pass phrase file pipe: it is a FIFO or a device, and its first line did not come in 1 s"
}

@test "sockets that the caller has opened are written to, and read" {
    start_enrolment
    cat >talk.py <<'END'
import socket, subprocess, sys
ours, theirs = socket.socketpair()
given = open(sys.argv[1], "rb").read() if sys.argv[1] else b""
ours.sendall(given)
ours.shutdown(socket.SHUT_WR)
status = subprocess.run(sys.argv[2:], stdin=theirs, stdout=theirs).returncode
theirs.close()
with ours.makefile("rb") as reader:
    sys.stdout.buffer.write(reader.read())
sys.exit(status)
END
    python3 talk.py "" "$sscep" getca -u "$URL" -c - --quiet >got
    same_certificate got "$ca/ca.crt"
    python3 talk.py "" "$sscep" enroll -u "$URL" -c ca.crt -k local.key \
        -r local.csr -m - --quiet >got
    grep -q "BEGIN PKCS7" got
    set -- "$sscep" enroll -u "$URL" -c ca.crt -r local.csr --quiet
    python3 talk.py local.key "$@" -k /dev/stdin -l - >got
    openssl x509 -in got -noout
    python3 talk.py local.key "$@" -k - -l /dev/stdout >got
    openssl x509 -in got -noout
}

@test "a FIFO that nobody writes to: a signal that is blocked ends the wait" {
    start_enrolment
    mkfifo pipe
    python3 - "$sscep" enroll -u "$URL" -c ca.crt -k pipe -r local.csr \
        -l local.crt --timeout 30 2>"$stderr" <<'END' || problem "it waited"
import signal, subprocess, sys, time
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
child = subprocess.Popen(sys.argv[1:], restore_signals=False)
time.sleep(1)
child.send_signal(signal.SIGTERM)
try:
    ended = child.wait(20) == 93
except subprocess.TimeoutExpired:
    ended = False
    child.kill()
sys.exit(not ended)
END
    stderr_has "private key pipe: cannot read"
}

@test "a FIFO that nobody reads: no output is waited for longer than --timeout" {
    start_enrolment
    mkfifo pipe
    in_time 20 enroll --timeout 2 -l pipe
    rescued "pipe: cannot write"
    in_time 20 run_sscep getca -u "$URL" -c pipe --timeout 2
    expect_status 93
    only_error "pipe: cannot write"
    [ -p pipe ]
}

@test "an access control list is kept" {
    start_enrolment
    echo old >local.crt
    chmod 640 local.crt
    python3 - <<'END' || skip "no access control lists here"
import os, struct
entries = [(1, 6, -1), (2, 4, 12345), (4, 4, -1), (16, 4, -1), (32, 0, -1)]
acl = struct.pack("<I", 2)
for tag, permissions, who in entries:
    acl += struct.pack("<HHI", tag, permissions, who & 0xffffffff)
os.setxattr("local.crt", "system.posix_acl_access", acl)
END
    enroll
    enrolled
    stderr_empty
    python3 -c '
import os
acl = os.getxattr("local.crt", "system.posix_acl_access")
assert (12345).to_bytes(4, "little") in acl, acl'
    expect_equal "the mode" 640 "$(stat -c %a local.crt)"
}

@test "an access control list that the directory would give is not taken" {
    start_enrolment
    echo old >local.crt
    chmod 640 local.crt
    python3 - <<'END' || skip "no access control lists here"
import os, struct
entries = [(1, 7, -1), (2, 7, 12345), (4, 5, -1), (16, 7, -1), (32, 5, -1)]
acl = struct.pack("<I", 2)
for tag, permissions, who in entries:
    acl += struct.pack("<HHI", tag, permissions, who & 0xffffffff)
os.setxattr(".", "system.posix_acl_default", acl)
END
    enroll
    enrolled
    stderr_empty
    python3 -c '
import os
assert "system.posix_acl_access" not in os.listxattr("local.crt")'
    expect_equal "the mode" 640 "$(stat -c %a local.crt)"
}

@test "owner and group are kept, each if it can be" {
    start_enrolment
    mkdir group
    as_root chgrp 12345 group
    chmod 2777 group
    echo old >group/local.crt
    as_root chown 12346:"$(id -g)" group/local.crt
    as_root "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l group/local.crt >"$stdout" 2>"$stderr"
    stderr_empty
    expect_equal "owner and group" "12346:$(id -g)" \
        "$(stat -c %u:%g group/local.crt)"
}

@test "a file that cannot be changed is found before the CA issues" {
    start_enrolment
    echo old >local.crt
    in_mounts "mount --bind local.crt local.crt
        mount -o remount,bind,ro local.crt" enroll
    expect_status 93
    only_error "local.crt: cannot write: Read-only file system"
    nothing_issued
    # Who has the right to make it immutable, and a file system that can.
    if [ "$(id -u)" -eq 0 ] && chattr +i local.crt 2>/dev/null; then
        enroll
        chattr -i local.crt
        expect_status 93
        only_error "local.crt: cannot write: Operation not permitted"
        nothing_issued
    fi
}

@test "a security label is kept" {
    start_enrolment
    echo old >local.crt
    as_root python3 -c '
import os, sys
try:
    os.setxattr("local.crt", "security.selinux", b"label")
except OSError:
    sys.exit(1)' || skip "no security labels here"
    as_root "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt >"$stdout" 2>"$stderr"
    stderr_empty
    expect_equal "the label" "b'label'" "$(python3 -c '
import os
print(os.getxattr("local.crt", "security.selinux"))')"
}

@test "a security label that cannot be set gives a warning" {
    start_enrolment
    need strace
    echo old >local.crt
    python3 -c '
import os, sys
try:
    os.setxattr("local.crt", "security.selinux", b"label")
except OSError:
    sys.exit(1)' || as_root python3 -c '
import os
os.setxattr("local.crt", "security.selinux", b"label")'
    with_error fsetxattr EPERM enroll
    enrolled
    warned "local.crt: its access control list or label could not be kept: Operation not permitted"
}

@test "a hard link: the other name keeps the old content" {
    start_enrolment
    echo old >other
    ln other local.crt
    enroll
    enrolled
    expect_equal "the other name" old "$(cat other)"
}

@test "a file that cannot be examined is an error, not a missing file" {
    start_enrolment
    mkdir closed
    cp ca.crt closed/ca.crt-0
    chmod a+rwx .
    chmod a+r local.key
    chmod 000 closed
    as_other enroll -c closed/ca.crt
    chmod 755 closed
    expect_status 93
    only_error "closed/ca.crt: cannot access: Permission denied"
    as_other enroll -c closed/ca.crt
    expect_status 0
}

# --- links of others -------------------------------------------------------

@test "a symbolic link of another user in a sticky directory is not followed" {
    start_enrolment
    mkdir sticky secret
    chmod 1777 sticky
    ln -s ../secret/it sticky/link
    ln -s ../secret sticky/dir
    as_root chown -h 12345 sticky/link sticky/dir
    cp local.key secret/key
    for name in sticky/link sticky/dir/it; do
        snapshot
        enroll -l "$name"
        expect_status 93
        only_error "$name: " "symbolic link of user 12345 in a sticky directory"
        nothing_written
        enroll -r "$name"
        expect_status 93
        only_error "request $name: " "symbolic link of user 12345"
        enroll -k sticky/dir/key
        expect_status 93
        only_error "private key sticky/dir/key: " "symbolic link of user 12345"
    done
    nothing_sent
    run_sscep getca -u "$URL" -c x --tls-ca-dir sticky/dir
    expect_status 0
    run_sscep getca -u "https${URL#http}" -c x --tls-ca-dir sticky/dir
    expect_status 93
    only_error "TLS CA directory sticky/dir: " "symbolic link of user 12345"
    # In a directory that is not sticky, and when it is ours, it is followed.
    chmod 755 sticky
    enroll -l sticky/link
    expect_status 0
    same_certificate secret/it "$(issued)"
    chmod 1777 sticky
    as_root chown -h "$(id -u)" sticky/link
    enroll -l sticky/link
    expect_status 0
    as_root chown -h 0 sticky/link
    enroll -l sticky/link
    expect_status 0
}

@test "key and certificate that signs, of another user in a directory like /tmp: a warning" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start_enrolment
    mkdir -m 1777 open
    cp local.key open
    enroll -k open/local.key
    enrolled
    stderr_empty
    cp local.crt open/old.crt
    chown 12345 open/*
    take new.csr new.key
    run_sscep enroll -u "$URL" -c ca.crt -k new.key -r new.csr -l new.crt \
        -K open/local.key -O open/old.crt
    expect_status 0
    warned "signature certificate open/old.crt: it belongs to another user, who may have put it there"
    warned "signature key open/local.key: it belongs to another user"
    enroll -R -k open/local.key
    expect_status 0
    warned "private key open/local.key: it belongs to another user" "[others-file]"
    # In a directory that only its owner writes to nobody else puts anything.
    chmod 755 open
    enroll -R -k open/local.key
    expect_status 0
    stderr_empty
}

@test "CA certificates of another user in a directory like /tmp, without a pin: a warning" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start_enrolment
    local pin theirs="it belongs to another user, who may have put it there, in a directory that all may write"
    pin=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
    mkdir -m 1777 open
    cp ca.crt open/one
    cp ca.crt open/xs-0
    chown 12345 open/*
    run_sscep enroll -u "$URL" -c open/one -e open/one -k local.key \
        -r local.csr -l local.crt
    expect_status 0
    warned "CA certificates open/one: $theirs"
    warned "encryption certificate open/one: $theirs"
    stderr_has "[others-file]"
    run_sscep enroll -u "$URL" -c open/xs -k local.key -r local.csr -l local.crt
    expect_status 0
    warned "CA certificates open/xs-0: $theirs"
    run_sscep check enroll -u "$URL" -c open/xs -k local.key -r local.csr \
        -l local.crt
    expect_status 0
    stdout_has "CA certificates open/xs-0: $theirs"
    run_sscep enroll -u "$URL" -c open/xs -k local.key -r local.csr \
        -l local.crt --ca-fingerprint "$pin"
    expect_status 0
    stderr_empty
    run_sscep getnextca -u "$URL" -C open/one -c next
    warned "CA certificates open/one: $theirs"
    chmod 755 open
    run_sscep enroll -u "$URL" -c open/xs -k local.key -r local.csr -l local.crt
    expect_status 0
    stderr_empty
}

@test "a sticky directory: a file of another user is written in place" {
    start_enrolment
    mkdir sticky
    chmod 1777 sticky
    echo old >sticky/local.crt
    chmod 666 sticky/local.crt
    as_root chown 12345 sticky sticky/local.crt
    chmod a+r local.key
    before=$(inode sticky/local.crt)
    as_other enroll -l sticky/local.crt
    expect_status 0
    stderr_empty
    same_certificate sticky/local.crt "$(issued)"
    expect_equal "the file" "$before" "$(inode sticky/local.crt)"
}

# --- outputs and inputs ----------------------------------------------------

# pairs OPERATION OUTPUTS INPUTS OPTION...: it is misuse if one of the options
# OUTPUTS and one of INPUTS name the same file, by any of several names.
pairs() {
    local output input name value
    for output in $2; do
        for input in $3; do
            value=it
            case $input in
            *passin) value=file:it ;;
            esac
            for name in it ./it "$PWD/it" link hard dir/it; do
                run_sscep "$1" -u "$URL" "${@:4}" "$input" "$value" \
                    "$output" "$name"
                expect_status 1
                stdout_empty
                only_error "are the same file, $name: " " $output " " $input "
            done
        done
    done
}

made_ready() {
    start_ca
    cp "$ca/ca.crt" ca.crt
    echo "Verbose = no" >it
    ln -s it link
    ln it hard
    ln -s . dir
    take local.key local.csr
    snapshot
    # What all of some hundred runs have changed is looked for in the end.
    list_before() {
        :
    }
}

@test "an output that is an input is misuse: enroll" {
    made_ready
    pairs enroll "-l --chain -L -m" \
        "-k -r -K -e -c -f --passin --sign-passin --tls-passin --tls-key" \
        -K k -O o -c c -k k -r r -l l
    pairs enroll "--chain -L -m" "-O --tls-cert" -K k -O o -c c -k k -r r -l l
    pairs enroll "-l --chain -L -m" "--tls-ca-file" -c c -k k -r r -l l
    nothing_written
    nothing_sent
}

@test "an output that is an input is misuse: the other operations" {
    made_ready
    pairs getcert "-w --chain -m" "-k -c -e -f -O --passin --tls-key" \
        -c c -k k -l l -w w -s 1
    pairs getcert "--chain -m" "-l" -c c -k k -w w -s 1
    pairs getcrl "-w -m" "-k -c -e -f -O -l --passin --tls-key" \
        -c c -k k -l l -w w
    pairs getca "-c" "-f --tls-key --tls-cert --tls-ca-file --tls-passin"
    pairs getnextca "-w" "-C -f --tls-key --tls-cert --tls-passin" \
        -C C -c c
    nothing_written
    nothing_sent
}

@test "two outputs that are one file are misuse, whether it exists or not" {
    local output other name
    made_ready
    for output in -l --chain -L -m; do
        for other in -l --chain -L -m; do
            [ "$output" != "$other" ] || continue
            for name in it hard new ./new dir/new; do
                case $name in
                *new) value=new ;;
                *) value=it ;;
                esac
                run_sscep enroll -u "$URL" -c ca.crt -k local.key \
                    -r local.csr -l l "$output" "$value" "$other" "$name"
                misuse "are the same file" "one would replace the other"
            done
        done
    done
    nothing_written
    nothing_sent
}

@test "an output that is one of the files of -c is misuse" {
    start_ca --profile ra
    getca_done
    take local.key local.csr
    snapshot
    for name in ca.crt-0 ca.crt-2 ca.crt ca.crt-3 ca.crt-99 "$PWD/ca.crt-50"; do
        enroll -l "$name"
        misuse "-l and -c are the same file, $name"
    done
    nothing_written
    # Behind a gap a file is not read, but it is of the set.
    mv ca.crt-1 away
    for name in ca.crt-1 ca.crt-2 ./ca.crt-2 "$PWD/ca.crt-2" ca.crt-3; do
        enroll -l "$name"
        misuse "-l and -c are the same file, $name"
    done
    # There it may be a link, also to what does not exist yet.
    touch there
    ln -s there ca.crt-7
    ln -s "$PWD/new" ca.crt-50
    ln there ca.crt-99
    for name in there ./there ca.crt-7 ca.crt-99 new ca.crt-50; do
        enroll -l "$name"
        misuse "-l and -c are the same file, $name"
    done
    enroll -l l -m there
    misuse "-m and -c are the same file, there"
    # Where the directory cannot be listed, each is looked for.
    mkdir closed
    mv ca.crt-0 ca.crt-2 ca.crt-7 closed
    ln there closed/there
    chmod 300 closed
    run_sscep enroll -u "$URL" -c closed/ca.crt -k local.key -r local.csr \
        -l closed/there
    chmod 700 closed
    misuse "-l and -c are the same file, closed/there"
    mv closed/ca.crt-[02] .
    rm -r closed there ca.crt-50 ca.crt-99
    mv away ca.crt-1
    ln -s "$PWD/ca.crt-1" link
    enroll -l link
    misuse "-l and -c are the same file, link"
    rm link
    nothing_written
    run_sscep getca -u "$URL" -c ca.crt --tls-ca-file ca.crt-1
    misuse "-c and --tls-ca-file are the same file, ca.crt-1"
    nothing_issued
}

@test "an input to which a file of -c of getca leads is misuse" {
    start_ca
    cp "$ca/ca.crt" .
    touch old
    ln -s ca.crt x-7
    ln -s "$PWD/new" x-50
    ln old x-99
    touch x-98
    snapshot
    local input
    for input in ca.crt x-7 new x-50 old x-99 x-98 x-98.old x-3 ./x-3; do
        run_sscep getca -u "$URL" -c x --tls-ca-file "$input"
        misuse "-c and --tls-ca-file are the same file, "
    done
    nothing_written
    # What is not there is not looked for, name by name.
    trace_calls '?newfstatat,?lstat,?stat,access' run_sscep getca -u "$URL" \
        -c y --tls-ca-file ca.crt
    expect_status 0
    [ "$(grep -c 'y-' "$calls")" -lt 10 ] || problem "$(cat "$calls")"
}

@test "inputs that may be replaced: -O by -l, -l by -w" {
    start_enrolment
    enroll
    enrolled
    cp local.crt first.crt
    run_sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -K local.key -O local.crt -l local.crt
    expect_status 0
    run cmp -s first.crt local.crt
    expect_status 1
    serial=$(openssl x509 -in first.crt -noout -serial | sed 's/.*=/0x/')
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l local.crt \
        -s "$serial" -w local.crt
    expect_status 0
    same_certificate local.crt first.crt
}

# getnextca writes ca.crt-0 and so on; ca.crt stays as it is.
@test "-C and -c of getnextca may be one file, which is not written" {
    start_ca --next-ca --next-ca-certs self,cross
    getca_done
    cp ca.crt before
    run_sscep getnextca -u "$URL" -C ca.crt -c ca.crt
    expect_status 0
    same_certificate ca.crt-0 "$ca/next-ca.crt"
    # These are not read by -C, as there is ca.crt.
    rm ca.crt-0
    cp "$shared/other.crt" ca.crt-1
    cp "$shared/other.crt" ca.crt-0
    run_sscep getnextca -u "$URL" -C ca.crt -c ca.crt
    expect_status 0
    same_certificate ca.crt-0 "$ca/next-ca.crt"
    same_certificate ca.crt-1 "$ca/next-ca-cross.crt"
    cmp ca.crt before
}

# not_replaced FILE OPTION...: FILE has current CA certificates, and is not
# replaced by next ones.
not_replaced() {
    snapshot
    run_sscep getnextca -u "$URL" "${@:2}"
    misuse "-c and -C are the same file, $1: an input file must not be overwritten; give -c another name"
    nothing_written
}

@test "the files that -C of getnextca reads are not replaced by those of -c" {
    start_ca --next-ca --next-ca-certs self,cross
    cp "$ca/ca.crt" ca.crt
    ln -s ca.crt ca.crt-0
    not_replaced ca.crt-0 -C ca.crt -c ca.crt
    ln -f ca.crt ca.crt-0
    not_replaced ca.crt-0 -C ca.crt -c ca.crt
    rm ca.crt
    not_replaced ca.crt-0 -C ca.crt -c ca.crt
    not_replaced ./ca.crt-0 -C ca.crt -c ./ca.crt
    not_replaced ca.crt-0 -C ca.crt-0 -c ca.crt
    cp ca.crt-0 ca.crt-1
    cp ca.crt-0 ca.crt-1.old
    not_replaced ca.crt-1.old -C ca.crt-1.old -c ca.crt
    mkdir ca.crt
    not_replaced ca.crt-0 -C ca.crt -c ca.crt
    # As the line says.
    run_sscep getnextca -u "$URL" -C ca.crt -c next.crt
    expect_status 0
    same_certificate next.crt-0 "$ca/next-ca.crt"
}

@test "devices, pipes and descriptors may be given to several options" {
    start_enrolment
    run_sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l /dev/null --chain /dev/null -L /dev/null
    expect_status 0
    [ -c /dev/null ]
    "$sscep" enroll -u "$URL" -c ca.crt -k /dev/stdin -r local.csr \
        -l /dev/stdout --quiet <local.key >both 2>"$stderr"
    openssl x509 -in both -noout
}

@test "a private key is never replaced, whatever its encoding" {
    local name
    start_enrolment
    mkdir keys
    cp local.key keys/pem
    cat ca.crt local.key >keys/bundle
    { head -c 100000 /dev/zero | tr '\0' '\n' && cat local.key; } >keys/late
    openssl pkcs8 -topk8 -in local.key -passout pass:x -out keys/encrypted
    openssl rsa -in local.key -aes128 -passout pass:x -traditional \
        -out keys/traditional
    openssl rsa -in local.key -traditional -outform DER -out keys/pkcs1.der
    openssl pkcs8 -topk8 -nocrypt -in local.key -outform DER -out keys/pkcs8.der
    openssl pkcs8 -topk8 -in local.key -passout pass:x -outform DER \
        -out keys/encrypted.der
    openssl pkcs12 -export -inkey local.key -in ca.crt -nocerts \
        -passout pass:x -out keys/p12
    openssl ecparam -genkey -name prime256v1 -out keys/ec
    openssl ecparam -genkey -name prime256v1 -noout -outform DER -out keys/ec.der
    printf -- '-----BEGIN TSS2 PRIVATE KEY-----\nAA==\n' >keys/tpm
    printf -- '-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n' >keys/ssh
    snapshot
    for name in keys/*; do
        enroll -l "$name"
        expect_status 93
        only_error "$name: it holds a private key and is not overwritten"
        run_sscep getca -u "$URL" -c "$name"
        expect_status 93
        only_error "$name: it holds a private key and is not overwritten"
    done
    for option in --chain -L -m; do
        enroll "$option" keys/bundle
        expect_status 93
        only_error "keys/bundle: it holds a private key"
    done
    nothing_written
    nothing_sent
    # Files that are no private keys are replaced.
    openssl x509 -in ca.crt -outform DER -out was.der
    openssl rsa -in local.key -pubout -out was.pub
    openssl req -in local.csr -outform DER -out was.csr
    for name in was.der was.pub was.csr; do
        enroll -l "$name"
        expect_status 0
    done
}

# huge_files NAME...: sparse files of 1 TiB, in $old, as a snapshot reads all of
# the working directory.
huge_files() {
    local name
    old=$(temporary old -d)
    for name in "$@"; do
        truncate -s 1T "$old/$name" || skip "a file of 1 TiB cannot be made"
    done
}

# too_large NAME COMMAND...: the file is refused at once.
too_large() {
    in_time 10 "${@:2}"
    expect_status 93
    stderr_has "$1: larger than 16777216 bytes, expected a file of certificates"
}

@test "an old output larger than any file of certificates is not searched, and stays" {
    local option
    start_enrolment
    huge_files huge g-0 g-1
    for option in -l --chain -L -m; do
        too_large huge enroll "$option" "$old/huge"
    done
    too_large huge run_sscep getca -u "$URL" -c "$old/huge"
    nothing_sent
    # One certificate is read from g, whatever is beside it.
    in_time 10 run_sscep getca -u "$URL" -c "$old/g"
    expect_status 0
    expect_equal "size" 1099511627776 "$(stat -c %s "$old/g-1")"
    in_time 10 run_sscep check --local -c ca.crt -k local.key -r local.csr \
        -l "$old/huge"
    expect_status 93
    stdout_has "huge: larger than 16777216 bytes"
    expect_equal "size" 1099511627776 "$(stat -c %s "$old/huge")"
}

@test "a private key is looked for in an old output of 16 MiB, to its end" {
    start_enrolment
    truncate -s $((16777216 - $(stat -c %s local.key))) key
    cat local.key >>key
    enroll -l key
    expect_status 93
    stderr_has "key: it holds a private key"
    truncate -s 16M zeros
    enroll -l zeros
    expect_status 0
}

@test "an old CRL may be larger: a private key is looked for in its first 16 MiB" {
    start_enrolment
    enroll
    enrolled
    huge_files huge key
    dd if=local.key of="$old/key" conv=notrunc status=none
    set -- run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt
    in_time 10 "$@" -w "$old/key"
    expect_status 93
    stderr_has "key: it holds a private key"
    in_time 10 "$@" -w "$old/huge"
    expect_status 0
    openssl crl -in "$old/huge" -noout
}

@test "a key in NAME.old stays, and so does an input" {
    start_ca --profile ra
    take local.key
    getca_done
    cp ca.crt-0 ca.crt-3
    cp local.key ca.crt-3.old
    snapshot
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 93
    stderr_has "ca.crt-3.old: it holds a private key"
    cmp local.key ca.crt-3.old
    cp ca.crt-0 ca.crt-3.old
    run_sscep getca -u "$URL" -c ca.crt --tls-ca-file ca.crt-3.old
    misuse "-c and --tls-ca-file are the same file, ca.crt-3.old"
}

# Nobody looks for a key under the name ca.crt-3.old.
@test "a key that is no part of the new set is not moved, and nothing is replaced" {
    start_ca --profile ra
    take local.key
    getca_done
    cp local.key ca.crt-3
    snapshot
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 93
    only_error "ca.crt-3: it holds a private key, expected a file of an earlier answer: -c would read it; give it another name"
    nothing_written
    rm ca.crt-3
    mkdir ca.crt-3
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 93
    only_error "ca.crt-3: is a directory"
}

@test "one certificate: keys and directories named as if of a set stay where they are" {
    start_ca
    take local.key
    cp local.key router-0
    mkdir router-1
    echo text >router-2
    run_sscep getca -u "$URL" -c router -v
    expect_status 0
    same_certificate router "$ca/ca.crt"
    cmp router-0 local.key
    [ -d router-1 ]
    no_file router-0.old router-1.old router-2
    stderr_has "router-2.old"
}

@test "a file of the set that is to be made is another output" {
    start_ca --next-ca --next-ca-certs self,cross
    getca_done
    run_sscep getnextca -u "$URL" -C ca.crt -c next.crt -w next.crt-0
    misuse "-c and -w are the same file, next.crt-0"
    no_file next.crt-0
}

@test "an input by a descriptor or a URI is an input" {
    made_ready
    cp local.csr r.csr
    cp local.key k.key
    status=0
    "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r - -l r.csr \
        <r.csr >"$stdout" 2>"$stderr" || status=$?
    misuse "-l and -r are the same file, r.csr"
    enroll -k "file:k.key" -l k.key
    misuse "-l and -k are the same file, k.key"
    enroll --passin fd:00 -k -
    misuse "are both standard input"
    for output in "-l -" "-l /dev/stdout" "-l /dev/fd/1" "--chain /dev/stdout"; do
        status=0
        # shellcheck disable=SC2086
        "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r r.csr -l l.crt \
            --quiet $output 2>"$stderr" 1<>r.csr || status=$?
        expect_status 1
        stderr_has "and -r are the same file"
    done
    status=0
    echo secret >pass
    "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l pass \
        --passin stdin <pass >"$stdout" 2>"$stderr" || status=$?
    misuse "-l and --passin are the same file, pass"
    echo "LocalCertFile = conf" >conf
    "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr -f - \
        <conf >"$stdout" 2>"$stderr" || status=$?
    misuse "-l and -f are the same file, conf"
    enroll -l local.csr/
    expect_status 93
    only_error "local.csr/: cannot open: Not a directory"
    cmp local.csr r.csr
    nothing_sent
}

@test "a PIN in a URI is in no message, whatever the rest of the URI" {
    start_enrolment
    local long uri
    long=$(printf 'x%.0s' {1..300})
    for uri in "pkcs11:token=x;object=y?pin-value=4711" \
        "pkcs11:token=a/b/c?module-path=/x/y&pin-value=4711" \
        "pkcs11:token=$long?pin-value=4711"; do
        as_other enroll -d -k "$uri"
        expect_status 93
        stderr_lacks 4711
        stderr_lacks "cannot access"
    done
    enroll -k "file:$PWD/local.key?pin-value=4711"
    expect_status 93
    only_error "a file: URI has no query"
    stderr_lacks 4711
}

@test "the URI of a key with a PIN is refused where a file is expected" {
    start_enrolment
    local option uri="pkcs11:token=x;object=y?pin-value=4711"
    for option in -c -r -l -L -O -e -m -f --chain --tls-ca-file --tls-ca-dir \
        --tls-cert --provider-path --provider -g; do
        run_sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
            -l local.crt -K local.key -O ca.crt "$option" "$uri"
        misuse "option $option: pkcs11:token=x;object=y is the URI of a key, which had a PIN"
        stderr_lacks 4711
    done
    printf 'SignCertFile = "%s"\n' "$uri" >conf
    enroll -f conf -v
    expect_status 93
    stderr_has "conf:1: SignCertFile: pkcs11:token=x;object=y is the URI"
    stderr_lacks 4711
    nothing_sent
}

@test "a key of getca's set stays when the answer would replace it" {
    start_ca --profile ra
    take local.key
    cp local.key ca.crt-1
    snapshot
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 93
    only_error "ca.crt-1: it holds a private key"
    nothing_written
}

# --- "-" -------------------------------------------------------------------

# Status lines are on stderr, and the PEM alone is on stdout.
only_pem() {
    expect_status 0
    expect_equal "the first line" "$1" "$(head -n 1 "$stdout")"
    if grep -v '^-----\|^[A-Za-z0-9+/=]*$' "$stdout"; then
        problem "more than PEM on stdout"
    fi
}

@test "-: outputs go to stdout, status lines to stderr" {
    local begin="-----BEGIN CERTIFICATE-----"
    start_enrolment --cert-order leaf-last
    enroll -l -
    only_pem "$begin"
    same_certificate "$stdout" "$(issued)"
    stderr_has "$sscep: pkistatus: SUCCESS"
    stderr_has "$sscep: certificate written as -"
    cp "$stdout" local.crt
    run_sscep getca -u "$URL" -c -
    only_pem "$begin"
    same_certificate "$stdout" "$ca/ca.crt"
    stderr_has "$sscep: CA certificate written as -"
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w -
    only_pem "-----BEGIN X509 CRL-----"
    openssl crl -in "$stdout" -noout
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l local.crt -w - \
        -s "$(openssl x509 -in local.crt -noout -serial | sed 's/.*=/0x/')" \
        --quiet
    only_pem "$begin"
    stderr_empty
    enroll --chain -
    only_pem "$begin"
    enroll -L -
    only_pem "$begin"
    enroll -m -
    only_pem "-----BEGIN PKCS7-----"
    [ ! -e - ]
}

@test "-: several certificates are concatenated" {
    start_ca --profile ra-chain
    run_sscep getca -u "$URL" -c -
    only_pem "-----BEGIN CERTIFICATE-----"
    expect_equal "certificates" 4 "$(grep -c BEGIN "$stdout")"
    cp "$stdout" all.crt
    take local.key local.csr
    "$sscep" enroll -u "$URL" -c - -k local.key -r local.csr -l local.crt \
        <all.crt >"$stdout" 2>"$stderr" || status=$?
    enrolled
    stop_ca
    ca=$BATS_TEST_TMPDIR/next
    start_ca --next-ca --next-ca-certs self,cross
    run_sscep getnextca -u "$URL" -C "$ca/ca.crt" -c -
    only_pem "-----BEGIN CERTIFICATE-----"
    expect_equal "certificates" 2 "$(grep -c BEGIN "$stdout")"
    run_sscep getnextca -u "$URL" -C "$ca/ca.crt" -c next.crt -w -
    only_pem "-----BEGIN CERTIFICATE-----"
}

@test "-: with --json the PEM is in the object" {
    start_ca --profile ra
    run_sscep getca -u "$URL" -c - --json
    expect_status 0
    python3 -c '
import json, sys
report = json.load(open(sys.argv[1]))
assert report["pem"].count("BEGIN CERTIFICATE") == 3, report
assert len(report["certificates"]) == 3, report
assert "files" not in report, report' "$stdout"
    stop_ca
    ca=$BATS_TEST_TMPDIR/second
    start_enrolment
    enroll -l - --json
    expect_status 0
    python3 -c '
import json, sys
sys.stdout.write(json.load(open(sys.argv[1]))["pem"])' "$stdout" >got.crt
    same_certificate got.crt "$(issued)"
}

@test "-: every input can be stdin" {
    start_enrolment
    echo "CACertFile = ca.crt" >conf
    local option name
    for option in "-k local.key" "-r local.csr" "-c ca.crt" "-e ca.crt" \
        "-f conf"; do
        name=${option#* }
        status=0
        "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
            -l local.crt "${option% *}" - <"$name" >"$stdout" 2>"$stderr" ||
            status=$?
        expect_status 0
        stderr_empty
    done
    cp local.crt old.crt
    for option in "-K local.key" "-O old.crt"; do
        status=0
        "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
            -l local.crt -K local.key -O old.crt "${option% *}" - \
            <"${option#* }" >"$stdout" 2>"$stderr" || status=$?
        expect_status 0
    done
    "$sscep" getcrl -u "$URL" -c ca.crt -k local.key -l - -w - <local.crt \
        >"$stdout" 2>"$stderr"
    openssl crl -in "$stdout" -noout
    no_file ./-
}

@test "-: an input that comes in pieces is read to its end" {
    start_enrolment
    status=0
    {
        head -c 1 local.csr
        sleep 1
        tail -c +2 local.csr
    } | "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r - -l local.crt \
        >"$stdout" 2>"$stderr" || status=$?
    stderr_empty
    enrolled
}

@test "-: at most one input and one output" {
    made_ready
    enroll -k - -r -
    misuse "-k and -r are both standard input"
    enroll -k - --passin stdin
    misuse "--passin and -k are both standard input"
    enroll -r - --passin fd:0
    misuse "--passin and -r are both standard input"
    enroll -c - --tls-passin stdin
    misuse "are both standard input"
    status=0
    echo "PrivateKeyFile = -" | "$sscep" enroll -u "$URL" -f - -c ca.crt \
        -r local.csr -l local.crt >"$stdout" 2>"$stderr" || status=$?
    misuse "-f and -k are both standard input"
    enroll --passin file:- -k -
    misuse "are both standard input"
    enroll -l - --chain -
    misuse "are both standard output"
    enroll -l - -L - --json
    expect_status 1
    only_error "-l and -L are both standard output"
    run_sscep getca -u "$URL" -c x --tls-cert -
    misuse "--tls-cert is standard input, which is read only once"
    nothing_written
    nothing_sent
}

@test "a power failure: what is on the disk, with its name or without" {
    start_enrolment
    trace_calls fsync,fdatasync enroll -L self.crt --chain chain.crt
    enrolled
    synced self.crt work local.crt work chain.crt
    : >local.crt
    trace_calls fsync,fdatasync enroll
    expect_status 0
    synced local.crt
    trace_calls fsync,fdatasync enroll -m request
    expect_status 0
    synced
}

# What has a name is whole, and the name is there when the program ends.
@test "a power failure: a file is on the disk before it takes its name, and the name after that" {
    start_enrolment
    trace_calls "$putting" enroll
    enrolled
    put sync:local.crt name:local.crt sync:work
    trace_calls "$putting" enroll
    expect_status 0
    put sync:local.crt name:local.crt sync:work
    trace_calls "$putting" enroll --new-key ec:P-256 --subject /CN=device \
        --challenge pass:secret -k new.key -r new.csr -l new.crt
    expect_status 0
    put sync:new.key name:new.key sync:work sync:new.csr name:new.csr sync:work \
        sync:new.crt name:new.crt sync:work
    trace_calls "$putting" run_sscep getcrl -u "$URL" -c ca.crt -k local.key \
        -l local.crt -w crl.pem
    expect_status 0
    put name:crl.pem
    trace_calls "$putting" run_sscep getcrl -u "$URL" -c ca.crt -k local.key \
        -l local.crt -w crl.pem
    put name:crl.pem
}

@test "a power failure: CA files are on the disk, their names may not be" {
    start_ca --profile ra-chain
    trace_calls fsync,fdatasync run_sscep getca -u "$URL" -c set
    expect_status 0
    synced set-0 set-1 set-2 set-3
}

@test "a power failure: one CA certificate is on the disk, its name may not be" {
    start_ca
    trace_calls fsync,fdatasync run_sscep getca -u "$URL" -c ca.crt
    expect_status 0
    synced ca.crt
}
