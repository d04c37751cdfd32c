#!/usr/bin/env bats
#
# renew, when the CA or its RA has other certificates than those of -c.

load helper
load renewing

start_ra() {
    start --profile ra --ra-purpose cmc-ra "$@"
}

# replace_ra "ROLE..." [OPTION...]: the RA gets other certificates for these.
replace_ra() {
    local role
    stop_ca
    for role in $1; do
        rm "$ca/ra-$role.crt"
    done
    start_ra "${@:2}"
    : >"$ca/log"
}

# requests_are TEXT: each operation that was requested, in order.
requests_are() {
    expect_equal "requests" "$1" "$(ca_log operation \
        'operation != "GetCACaps"' | paste -sd' ')"
}

# in_set FILE: whether the first certificate of FILE is in ca.crt.
in_set() {
    openssl crl2pkcs7 -nocrl -certfile ca.crt |
        openssl pkcs7 -print_certs | grep -qxF "$(sed -n 2p "$1")"
}

@test "RA replaced, under a pin: the reply at hand is verified again" {
    local option
    start_ra
    enrolled
    for option in --digest=same --ber; do
        replace_ra sign "$option"
        renew --force
        expect_status 0
        stderr_empty
        stdout_has "CA certificates written as ca.crt"
        requests_are "PKIOperation GetCACert"
        in_set "$ca/ra-sign.crt" || problem "the RA is not in ca.crt"
        in_set "$ca/ca.crt" || problem "the CA is not in ca.crt"
        pair_is_good
        files dev.key.old dev.crt.old
    done
    renew --force
    expect_status 0
    requests_are "PKIOperation GetCACert PKIOperation"
}

@test "RA replaced while a request is pending" {
    start_ra --pending 1
    renew -T 0
    expect_status 3
    replace_ra sign --pending 1
    enrolled
    requests_are "PKIOperation GetCACert"
    files
}

@test "RA replaced, without a pin: an error, and nothing is lost" {
    start_ra
    enrolled
    local before
    before=$(serial dev.crt)
    replace_ra sign
    sed -i /CAFingerprint/d dev.conf
    cp ca.crt as-before
    renew --force
    expect_status 97
    one_error "not among those of -c" "--ca-fingerprint" \
        "CA's administrator"
    unchanged
    cmp ca.crt as-before
    rm as-before
    requests_are "PKIOperation"
    files dev.key.new dev.crt.req
    configure
    renew
    expect_status 0
    stdout_has "renewed: "
    expect_equal "messages" "17 20 " "$(what_was_sent)"
    requests_are "PKIOperation PKIOperation GetCACert"
}

@test "RA replaced, and GetCACert fails: the error says both" {
    start_ra
    enrolled
    local before
    before=$(serial dev.crt)
    replace_ra sign --fault http-500 --fault-on getcacert
    cp ca.crt as-before
    renew --force
    expect_status 97
    one_error "not among those of -c" "requested again" "500"
    unchanged
    cmp ca.crt as-before
    requests_are "PKIOperation GetCACert"
}

@test "RA replaced, and -c cannot be written: the certificate is, with a warning" {
    start_ra
    enrolled
    replace_ra sign
    openssl genrsa 2048 >>ca.crt
    cp ca.crt as-before
    renew --force
    expect_status 0
    warned "[ca-not-renewed]"
    stdout_has "renewed: "
    cmp ca.crt as-before
    requests_are "PKIOperation GetCACert"
}

@test "somebody else answers: another CA is not believed, with the pinned one in its set" {
    local genuine=$ca before
    start
    enrolled
    before=$(serial dev.crt)
    stop_ca
    ca=$BATS_TEST_TMPDIR/other
    testca_keys=$BATS_TEST_TMPDIR/otherkeys
    start_ca --keys "$testca_keys" --profile ra-chain --ra-purpose cmc-ra
    stop_ca
    cp "$genuine/ca.crt" "$ca/root.crt"
    start_ca --keys "$testca_keys" --profile ra-chain --ra-purpose cmc-ra
    configure
    cp ca.crt as-before
    renew --force
    expect_status 97
    one_error "not among those of -c" "requested again" "without success"
    warned "[not-pinned]"
    unchanged
    cmp ca.crt as-before
    requests_are "PKIOperation GetCACert"
}

@test "RA with another key to encrypt for: the next run knows it" {
    local roles
    start_ra
    enrolled
    for roles in enc "sign enc"; do
        replace_ra "$roles"
        renew --force
        expect_status 71
        stdout_has "CA certificates written as ca.crt"
        requests_are "PKIOperation GetCACert"
        in_set "$ca/ra-enc.crt" || problem "the RA is not in ca.crt"
        renew --force
        expect_status 0
        requests_are "PKIOperation GetCACert PKIOperation"
        pair_is_good
    done
}

@test "a poll for another key of the RA: the request stays, and is polled for" {
    local roles
    for roles in enc "sign enc"; do
        start_ra --pending 1
        renew -T 0
        expect_status 3
        replace_ra "$roles" --pending 1
        renew -T 0
        expect_status 71
        [ -e dev.key.new ] || problem "no dev.key.new"
        [ -e dev.crt.req ] || problem "no dev.crt.req"
        enrolled
        expect_equal "messages" "20 20 " "$(what_was_sent)"
        stop_ca
        rm -r "$ca" ca.crt dev.key dev.crt
    done
}

@test "an HTTP error: the certificates are compared; a busy server is left alone" {
    start_ra
    enrolled
    replace_ra enc --renewal-http 503
    renew --force
    expect_status 95
    requests_are "PKIOperation"
    replace_ra enc --fault http-500
    renew --force
    expect_status 95
    stdout_has "CA certificates written as ca.crt"
    in_set "$ca/ra-enc.crt" || problem "the RA is not in ca.crt"
    warned "[renewal-repeated]"
}

# --- the next CA -----------------------------------------------------------

caps=AES,POSTPKIOperation,Renewal,SHA-256,GetNextCACert

# start_ending [OPTION...]: a CA whose certificate ends on day 3649, and whose
# next one is valid from day 3550 on; the clock is at day 3500.
start_ending() {
    clock_is +0d
    start --next-ca --caps "$caps" "$@"
    stop_ca
    openssl genrsa -out "$ca/next-ca.key" 2048
    clock_is +3550d
    with_clock openssl req -x509 -key "$ca/next-ca.key" -days 3650 \
        -subj "/C=FI/O=Example/CN=Example Test CA" -out "$ca/next-ca.crt"
    clock_is +3500d
    start --next-ca --caps "$caps" "$@"
}

# The server has changed to the next CA.
change_ca() {
    stop_ca
    cp "$ca/next-ca.crt" "$ca/ca.crt"
    cp "$ca/next-ca.key" "$ca/ca.key"
    start_ca_of_clock --caps "$caps" "$@"
    configure "RenewWith = both"
    : >"$ca/log"
}

@test "the CA ends: the next one is kept, and the pin covers it from its notBefore on" {
    local before old
    start_ending
    clock_is +3400d
    enrolled
    requests_are "GetCACert PKIOperation"
    files
    old=$(cksum ca.crt)
    clock_is +3500d
    renew
    expect_status 0
    stdout_has "not due: "
    stdout_has "next CA certificates written as ca.crt.next"
    same_certificate ca.crt.next "$ca/next-ca.crt"
    files ca.crt.next
    renew
    requests_are "GetCACert PKIOperation GetNextCACert"
    touch -d "25 hours ago" ca.crt.next
    renew
    expect_status 0
    stderr_empty
    requests_are "GetCACert PKIOperation GetNextCACert GetNextCACert"

    change_ca
    before=$(serial dev.crt)
    clock_is +3549d
    renew --force
    expect_status 97
    one_error "not among those of -c" "--ca-fingerprint matches none"
    unchanged
    expect_equal "ca.crt" "$old" "$(cksum ca.crt)"
    clock_is +3560d
    renew
    expect_status 0
    stdout_has "renewed: "
    stderr_empty
    same_certificate ca.crt "$ca/next-ca.crt"
    openssl verify -no_check_time -CAfile ca.crt dev.crt
    files ca.crt.next dev.key.old dev.crt.old
    : >"$ca/log"
    clock_is +3700d
    renew --force
    expect_status 0
    requests_are PKIOperation
}

@test "the CA ends: until it changes to the next one, the old one is used" {
    start_ending
    enrolled
    clock_is +3560d
    touch -d "25 hours ago" ca.crt.next
    : >"$ca/log"
    renew --force
    expect_status 0
    stderr_empty
    same_certificate ca.crt "$ca/ca.crt"
    requests_are "GetCACert PKIOperation GetNextCACert"
    change_ca
    renew
    expect_status 0
    stdout_has "not due: "
    same_certificate ca.crt "$ca/next-ca.crt"
}

@test "the CA ends: an answer of somebody else, none, and a CA that announces none" {
    start_ending --fault stranger-signer --fault-on getnextcacert
    enrolled
    warned "[ca-not-renewed]"
    files
    stop_ca
    start_ca_of_clock --caps "$caps"
    configure
    : >"$ca/log"
    renew
    expect_status 0
    stderr_empty
    requests_are GetNextCACert
    stop_ca
    start_ca_of_clock --next-ca
    configure
    : >"$ca/log"
    renew
    expect_status 0
    stderr_empty
    requests_are ""
    sed -i /CAFingerprint/d dev.conf
    : >"$ca/log"
    renew
    expect_status 0
    [ ! -s "$ca/log" ]
    files
}

@test "the CA ends: an answer that an RA signed needs --tolerate signer" {
    start_ending --profile ra --ra-purpose cmc-ra
    enrolled
    warned "an RA of -c; expected a CA certificate of -c or one below it" \
        "--tolerate signer overrides this"
    stderr_has "[ca-not-renewed]"
    files
    renew --tolerate signer
    expect_status 0
    warned "an RA of -c, not by a CA: accepted (--tolerate signer)"
    stderr_has "[tolerated-signer]"
    same_certificate ca.crt.next "$ca/next-ca.crt"
    files ca.crt.next
}

@test "the CA has changed, and the clock is behind: --tolerate clock follows it, too" {
    local old
    start_ending
    enrolled
    change_ca
    old=$(cksum ca.crt)
    clock_is +0d
    renew
    expect_status 1
    stderr_has "is not valid before"
    expect_equal "ca.crt" "$old" "$(cksum ca.crt)"
    renew --tolerate clock
    expect_status 0
    stdout_has "renewed"
    same_certificate ca.crt "$ca/next-ca.crt"
    openssl verify -no_check_time -CAfile ca.crt dev.crt
}
