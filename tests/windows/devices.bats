#!/usr/bin/env bats
#
# Devices in the place of files and of streams on Windows.  SSCEP is
# tests/windows/in-wine, PROBE is probe.exe.

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

@test "without streams all is as with them, but for output on them" {
    local status=0
    start_ca
    timeout 60 wine "$PROBE" detached "$SSCEP_EXE" getca -u "$URL" -c new.crt
    cmp new.crt "$ca/ca.crt"
    timeout 60 wine "$PROBE" detached "$SSCEP_EXE" getca -u "$URL" -c - ||
        status=$?
    [ "$status" -eq 93 ]
}
