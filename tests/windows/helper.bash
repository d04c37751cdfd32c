# Helpers of the tests in this directory. SSCEP is tests/windows/in-wine, PROBE is
# probe.exe.
# shellcheck shell=bash

load ../e2e/helper

setup() {
    common_setup
    console=$tree/tests/windows/on-console
    probe() { timeout -k 5 60 wine "$PROBE" "$@" | tr -d '\r'; }
}

# enroll_to KEY CERT [OPTION...]: with a new key.
enroll_to() {
    run_sscep enroll -u "$URL" -c ca.crt -k "$1" -l "$2" \
        --new-key ec:P-256 --subject /CN=x --challenge pass:secret "${@:3}"
}

start() {
    start_ca --challenge secret "$@"
    cp "$ca/ca.crt" ca.crt
}

# pair_is_good KEY CERT
pair_is_good() {
    [ "$(openssl pkey -in "$1" -pubout)" = \
        "$(openssl x509 -in "$2" -noout -pubkey)" ]
}
