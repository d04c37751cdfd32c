#!/usr/bin/env bats
#
# What others must not get on Windows: a key, or a say in what is run.  SSCEP is
# tests/windows/in-wine, PROBE is probe.exe.

load ../e2e/helper

setup() {
    common_setup
    probe() { timeout -k 5 60 wine "$PROBE" "$@" | tr -d '\r'; }
}

start() {
    start_ca --challenge secret "$@"
    cp "$ca/ca.crt" ca.crt
}

# renew_as_device [OPTION...]
renew_as_device() {
    run_sscep renew -u "$URL" -c ca.crt -k dev.key -l dev.crt \
        --new-key ec:P-256 --subject /CN=device --challenge pass:secret \
        --force "$@"
}

@test "renew: nobody more can read the new key, the old one and the bundle" {
    local name
    start
    renew_as_device --bundle b.pem
    expect_status 0
    probe access dev.key >before
    [ -z "$(grep ';;;WD)' before)" ]
    renew_as_device --bundle b.pem
    expect_status 0
    for name in dev.key dev.key.old b.pem; do
        probe access "$name" | diff before -
    done
}

# below_drive: a new working directory on drive C.  wine has no sticky directories:
# a hook would not be run below /tmp.
below_drive() {
    below=$WINEPREFIX/drive_c/sscep.$$.$BATS_TEST_NUMBER
    mkdir "$below"
    cp ca.crt "$below"
    cd "$below"
    ln -s "$SSCEP" sscep
}

teardown() {
    cd "$BATS_TEST_TMPDIR"
    [ -z "${below-}" ] || rm -r "$below"
}

@test "a hook: no program of the working directory by its name alone" {
    start
    below_drive
    renew_as_device --hook 'set >environment'
    expect_status 0
    grep -i '^NoDefaultCurrentDirectoryInExePath=1' environment
}

@test "a hook has no variable with a secret, whatever its case" {
    start
    below_drive
    My_Secret=secret renew_as_device --challenge env:MY_SECRET \
        --hook 'set >environment'
    expect_status 0
    grep '^SSCEP_CERT=' environment
    [ -z "$(grep -i '^my_secret=' environment)" ]
}

@test "a hook inherits no handle but those of its streams" {
    start
    below_drive
    cp "$PROBE" probe.exe
    echo x >held
    probe inherit held "$SSCEP_EXE" renew -u "$URL" \
        -c ca.crt -k dev.key -l dev.crt --new-key ec:P-256 \
        --subject /CN=device --challenge pass:secret \
        --hook '.\probe.exe inherited >seen'
    cat seen
    grep '^none' seen
}

@test "HTTP_PROXY in capitals is not read, http_proxy is" {
    start
    HTTP_PROXY=http://127.0.0.1:1 run_sscep getca -u "$URL" -c new.crt
    expect_status 0
    http_proxy=http://127.0.0.1:1 run_sscep getca -u "$URL" -c new.crt
    expect_status 95
    stderr_has 'of http_proxy'
}

@test "a hook gets the names of files with backslashes" {
    start
    below_drive
    mkdir sub
    run_sscep renew -u "$URL" -c ca.crt -k sub/dev.key -l 'sub\dev.crt' \
        --new-key ec:P-256 --subject /CN=device --challenge pass:secret \
        --bundle sub/b.pem --hook 'set >environment'
    expect_status 0
    grep -F 'SSCEP_CERT=sub\dev.crt' environment
    grep -F 'SSCEP_KEY=sub\dev.key' environment
    grep -F 'SSCEP_BUNDLE=sub\b.pem' environment
}
