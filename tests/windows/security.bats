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

@test "HTTP_PROXY in capitals is not read, http_proxy is" {
    start
    HTTP_PROXY=http://127.0.0.1:1 run_sscep getca -u "$URL" -c new.crt
    expect_status 0
    http_proxy=http://127.0.0.1:1 run_sscep getca -u "$URL" -c new.crt
    expect_status 95
    stderr_has 'of http_proxy'
}
