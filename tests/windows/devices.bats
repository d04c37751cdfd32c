#!/usr/bin/env bats
#
# Devices in the place of files and of streams on Windows, and other programs that
# open files.  SSCEP is tests/windows/in-wine, PROBE is probe.exe.

load ../e2e/helper

setup() {
    common_setup
}

@test "NUL and /dev/null are empty files at once" {
    local name
    for name in NUL /dev/null; do
        run_sscep enroll -u http://127.0.0.1:1 -c "$name" -k x.key \
            -l x.crt --new-key ec:P-256 --subject /CN=x
        expect_status 93
        stderr_has "$name"
        stderr_has empty
    done
}

@test "/dev/stdin is standard input" {
    start_ca
    "$sscep" getca -u "$URL" -c ca.crt
    # wine has no status of a file that a program of Linux has opened.
    cat ca.crt | "$sscep" enroll -u "$URL" -c /dev/stdin -k x.key -l x.crt \
        --new-key ec:P-256 --subject /CN=x
    [ -s x.crt ]
}

@test "without streams all is as with them, but for output on them" {
    local status=0
    start_ca
    timeout 60 wine "$PROBE" detached "$SSCEP_EXE" getca -u "$URL" -c new.crt
    cmp new.crt "$ca/ca.crt"
    timeout 60 wine "$PROBE" detached "$SSCEP_EXE" getca -u "$URL" -c - ||
        status=$?
    [ "$status" -eq 93 ]
}

@test "a scanner that holds the new file for a moment is waited for" {
    local name scanner
    start_ca
    cp "$ca/ca.crt" ca.crt
    echo old >old.pem
    for name in .new.pem.sscep-tmp-000000 .old.pem.sscep-tmp-000000 new.pem; do
        rm -f new.pem
        timeout 60 wine "$PROBE" scan "$name" 1500 >scanned 3>&- &
        scanner=$!
        wait_for 20 grep -q ready scanned
        run_sscep getca -u "$URL" -c "$(sed 's/^\.//; s/\.sscep-.*//' <<<"$name")"
        expect_status 0
        wait "$scanner"
        grep scanned scanned
        [ -z "$(find . -name '*sscep-tmp*')" ]
    done
    cmp new.pem ca.crt
    cmp old.pem ca.crt
}
