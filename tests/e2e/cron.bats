#!/usr/bin/env bats
#
# scripts/sscep.cron, which runs renew with all configuration files of a
# directory.

load helper
load servers

setup() {
    common_setup
    script=$tree/scripts/sscep.cron
    export SSCEP
    mkdir etc
    etc=$(realpath etc)
    shell=(sh)
}

# cron [ARGUMENT...]: runs the script.
cron() {
    command_line="sscep.cron $*"
    status=0
    timeout -k 5 "$run_limit" "${shell[@]}" "$script" "$@" \
        >"$stdout" 2>"$stderr" </dev/null || status=$?
    no_sanitizer_text
}

# now [ARGUMENT...]: the same, without waiting.
now() {
    cron --jitter 0 "$@"
}

# configure NAME [LINE...]: a configuration file.
configure() {
    cat >"etc/$1.conf" <<END
URL = $URL
CACertFile = ca.crt
CAFingerprint = $(fingerprint "$ca/ca.crt" sha256)
[sscep_renew]
PrivateKeyFile = $1.key
LocalCertFile = $1.crt
Subject = /CN=$1
NewKey = rsa:2048
Challenge = pass:${challenge:-secret}
END
    printf '%s\n' "${@:2}" >>"etc/$1.conf"
}

# pretend: a program in the place of sscep, which notes its arguments, says what
# NAME.conf has, and exits with the status in its first line.
pretend() {
    export SSCEP=$BATS_TEST_TMPDIR/pretended
    cat >"$SSCEP" <<'END'
#!/bin/sh
echo "$*" >>../calls
for file; do :; done
sed 1d "$file"
exit "$(head -n 1 "$file")"
END
    chmod +x "$SSCEP"
}

# statuses NAME=STATUS...: files for this program, and no others.
statuses() {
    local argument
    rm -f etc/*.conf
    for argument in "$@"; do
        echo "${argument#*=}" >"etc/${argument%=*}.conf"
    done
}

# stderr_is LINE...
stderr_is() {
    expect_equal "stderr" "$(printf '%s\n' "$@")" "$(cat "$stderr")"
}

@test "three files, of which one fails: the others have certificates" {
    start_ca --challenge secret
    configure a
    challenge=wrong configure b
    configure c
    now etc
    expect_status 72
    stdout_empty
    openssl verify -CAfile etc/ca.crt etc/a.crt etc/c.crt
    no_file etc/b.crt
    expect_equal "lines that do not name the file" "" \
        "$(grep -v -F "$etc/b.conf: " "$stderr")"
    stderr_has "$etc/b.conf: $SSCEP: "
    stderr_has "sscep-renew: $etc/b.conf: exit status 72"
    expect_equal "files elsewhere" "etc sscep" "$(echo *)"
}

@test "nothing is printed while all is well" {
    start_ca --challenge secret --lifetime 900000000
    configure a
    configure b
    mkdir tmp
    TMPDIR=$PWD/tmp now etc
    expect_status 0
    stdout_empty
    stderr_empty
    local sent
    sent=$(messages messageType)
    TMPDIR=$PWD/tmp now etc
    expect_status 0
    stdout_empty
    stderr_empty
    expect_equal "what was sent" "$sent" "$(messages messageType)"
    rmdir tmp
}

@test "a request that is pending: status 3, and the next run goes on" {
    start_ca --challenge secret --pending 2
    configure a 'MaxPollCount = 1' 'PollInterval = 1'
    now etc
    expect_status 3
    stderr_has "sscep-renew: $etc/a.conf: exit status 3"
    now etc
    expect_status 0
    stderr_empty
    openssl verify -CAfile etc/ca.crt etc/a.crt
}

@test "the worst status is the exit status" {
    pretend
    statuses a=0 b=77 c=0
    now etc
    expect_status 77
    statuses a=3 b=77 c=0
    now etc
    expect_status 3
    statuses a=77 b=3
    now etc
    expect_status 3
    statuses a=3 b=78 c=77
    now etc
    expect_status 78
    stderr_is "sscep-renew: $etc/a.conf: exit status 3" \
        "sscep-renew: $etc/b.conf: exit status 78" \
        "sscep-renew: $etc/c.conf: exit status 77"
    statuses a=78 b=1 c=95 d=3
    now etc
    expect_status 1
    statuses a=0 b=0
    now etc
    expect_status 0
    stderr_empty
}

@test "each line names the file, also one without an end" {
    pretend
    statuses a=0
    printf '0\nfirst\n  second \\n' >etc/b.conf
    now etc
    expect_status 0
    stderr_is "$etc/b.conf: first" "$etc/b.conf:   second \\n"
}

@test "names with blanks and dashes; other files are left alone" {
    pretend
    statuses "a b=0" "-c=4" ".hidden=5"
    echo 6 >etc/d.conf.old
    now etc
    expect_status 4
    expect_equal "files" "-c.conf a b.conf" \
        "$(sed 's,.*/,,' calls | LC_ALL=C sort | paste -sd' ')"
}

@test "a file that cannot be read fails, and the next one is done" {
    start_ca --challenge secret
    ln -s nowhere etc/a.conf
    configure b
    now etc
    [ "$status" -ne 0 ] || problem "no failure"
    stderr_has "$etc/a.conf: $SSCEP: "
    [ -s etc/b.crt ]
}

@test "jitter: the first run waits, for all of them" {
    pretend
    statuses a=1 b=0
    cron --jitter 7 etc
    cron --jitter=8 -- etc
    cron etc
    expect_equal "arguments" "renew --quiet --jitter 7 -f $etc/a.conf
renew --quiet --jitter 0 -f $etc/b.conf
renew --quiet --jitter 8 -f $etc/a.conf
renew --quiet --jitter 0 -f $etc/b.conf
renew --quiet --jitter 1800 -f $etc/a.conf
renew --quiet --jitter 0 -f $etc/b.conf" "$(cat calls)"
}

@test "jitter: nobody waits on a terminal" {
    pretend
    statuses a=0
    python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' sh "$script" etc \
        </dev/null
    expect_equal "arguments" "renew --quiet --jitter 0 -f $etc/a.conf" \
        "$(cat calls)"
}

@test "wrong arguments of the script are refused" {
    pretend
    statuses a=0
    local arguments
    for arguments in --jitter '--jitter x etc' --jitter= '--jitter -1' \
        '--force etc' 'etc etc'; do
        # Words.
        # shellcheck disable=SC2086
        cron $arguments
        expect_status 1
        stderr_has 'sscep-renew: '
        stderr_has 'usage: '
    done
    no_file calls
}

@test "a directory that is not there, or has no files" {
    pretend
    now nowhere
    expect_status 1
    stderr_has nowhere
    now etc
    expect_status 1
    stderr_is "sscep-renew: $etc: there is no file *.conf in it"
}

@test "a hook that leaves a daemon does not hold it up" {
    start_ca --challenge secret
    configure a "Hook = 'sleep 1000 & echo \$! >pid; echo started'"
    configure b
    now etc
    expect_status 0
    kill "$(cat etc/pid)"
    stderr_is "$etc/a.conf: started"
    [ -s etc/b.crt ]
}

@test "no temporary files: the work is done nevertheless" {
    start_ca --challenge secret
    configure a
    configure b 'NewKey = none'
    TMPDIR=$PWD/nowhere now etc
    expect_status 93
    openssl verify -CAfile etc/ca.crt etc/a.crt
    stderr_has "sscep-renew: $etc/b.conf: exit status 93"
}

@test "the script runs in other shells" {
    local name tried=
    pretend
    statuses a=0 b=3 c=78
    echo text >>etc/a.conf
    for name in dash bash busybox mksh; do
        command -v "$name" >/dev/null || continue
        shell=("$name")
        [ "$name" != bash ] || shell=(bash --posix)
        [ "$name" != busybox ] || shell=(busybox ash)
        now etc
        expect_status 78
        stderr_is "$etc/a.conf: text" \
            "sscep-renew: $etc/b.conf: exit status 3" \
            "sscep-renew: $etc/c.conf: exit status 78"
        tried+=" $name"
    done
    [ -n "$tried" ]
}
