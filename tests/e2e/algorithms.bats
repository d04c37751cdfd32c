#!/usr/bin/env bats
#
# Ciphers, digests, and keys of every kind, by the test CA's log: what each
# message and each reply was made with.

load helper

sha_with_ecdsa="1.2.840.10045.4.3"

# new_key KIND [REQUEST]: local.key, and local.csr as REQUEST of the shared
# ones, which has a challengePassword unless it is named plain.
new_key() {
    case $1 in
    rsa*) openssl genrsa -out local.key "${1#rsa}" 2>/dev/null ;;
    P-*)
        openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$1" \
            -out local.key
        ;;
    *) openssl genpkey -algorithm "$1" -out local.key ;;
    esac
    openssl req -new -config "$shared/${2:-local}.cnf" -key local.key \
        -out local.csr
}

# start KIND [OPTION ...]: a CA of its own, and a client with such a key and a
# challengePassword; KIND may end in /plain, for one without.
start() {
    local kind=$1
    shift
    rm -f local.crt
    ca=$BATS_TEST_TMPDIR/ca$((++cas))
    start_enrolment "$@"
    if [ "${kind%/*}" != local ]; then
        new_key "${kind%/*}"
    fi
    if [ "${kind#*/}" = plain ]; then
        openssl req -new -config "$shared/plain.cnf" -key local.key \
            -out local.csr
    fi
}

# The same CA and key, as if nothing had been before.
again() {
    : >"$ca/log"
    rm -f local.crt "$ca"/issued/*
}

# every EXPRESSION VALUE: it has the value in each pkiMessage of the log, and
# there is one.
every() {
    expect_equal "$1" "$2" "$(messages "$1" | sort -u)"
}

# The messages are good, and no others than these.
good_messages() {
    every problems "[]"
    expect_equal "messageTypes" "$1" "$(messages messageType | paste -sd' ')"
}

# The certificate of the CA for local.csr, that it knows of; see query.bats.
own_certificate() {
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>/dev/null
    mkdir -p "$ca/issued"
    cp own.crt "$ca/issued/1267.pem"
}

getcert() {
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt "$@"
}

getcrl() {
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt \
        -w found.crl "$@"
}

# getcert and getcrl, with the options given, bring what they should.
queries_work() {
    rm -f found.crt found.crl
    getcert "$@"
    expect_status 0
    same_certificate found.crt own.crt
    getcrl "$@"
    expect_status 0
    expect_equal "openssl's opinion of the CRL" "verify OK" \
        "$(openssl crl -in found.crl -CAfile ca.crt -noout -verify 2>&1)"
}

# A reply is refused, with one line of error, and nothing is written.
reply_refused() {
    expect_status 97
    one_error "$@"
    stdout_lacks "written as"
    nothing_written
}

# --- ciphers and digests ---------------------------------------------------

@test "-E: every cipher, and no other" {
    local name got
    start local --pending 1
    while read -r name got; do
        again
        enroll -E "$name" -t 0
        enrolled
        good_messages "19 20"
        every contentEncryption "$got"
    done <<'END'
des 1.3.14.3.2.7
3des 1.2.840.113549.3.7
blowfish 1.3.6.1.4.1.3029.1.2
aes 2.16.840.1.101.3.4.1.2
aes128 2.16.840.1.101.3.4.1.2
aes192 2.16.840.1.101.3.4.1.22
aes256 2.16.840.1.101.3.4.1.42
END
}

@test "-S: every digest, in the SignerInfo and in the signature" {
    local name got
    start local --pending 1
    while read -r name got; do
        again
        enroll -S "$name" -t 0
        enrolled
        good_messages "19 20"
        every digestAlgorithm "$got"
        every signatureAlgorithm 1.2.840.113549.1.1.1
        every signatureHash "$name"
    done <<'END'
md5 1.2.840.113549.2.5
sha1 1.3.14.3.2.26
sha224 2.16.840.1.101.3.4.2.4
sha256 2.16.840.1.101.3.4.2.1
sha384 2.16.840.1.101.3.4.2.2
sha512 2.16.840.1.101.3.4.2.3
END
}

@test "-E and -S: every cipher and digest, in getcert and getcrl" {
    local name got
    start local
    own_certificate
    while read -r name got; do
        : >"$ca/log"
        queries_work -E "$name" -S sha384
        good_messages "21 22"
        every contentEncryption "$got"
        every signatureHash sha384
    done <<'END'
des 1.3.14.3.2.7
3des 1.2.840.113549.3.7
blowfish 1.3.6.1.4.1.3029.1.2
aes 2.16.840.1.101.3.4.1.2
aes128 2.16.840.1.101.3.4.1.2
aes192 2.16.840.1.101.3.4.1.22
aes256 2.16.840.1.101.3.4.1.42
END
    for name in md5 sha1 sha224 sha256 sha512; do
        : >"$ca/log"
        queries_work -S "$name"
        every 'digestName + " " + signatureHash' "$name $name"
    done
}

# --- larger RSA keys -------------------------------------------------------

@test "RSA: a client key of 3072 bits, and CAs of 3072 and 4096" {
    local kind
    for kind in rsa3072 rsa4096; do
        start rsa3072 --ca-key "$kind" --pending 1
        enroll -t 0
        enrolled
        good_messages "19 20"
        every keyEncryption 1.2.840.113549.1.1.1
    done
}

@test "RSA: a client key of 4096 bits, -S sha512" {
    start rsa4096 --pending 1
    enroll -S sha512 -t 0
    enrolled
    good_messages "19 20"
    every signatureHash sha512
    own_certificate
    : >"$ca/log"
    queries_work -S sha512
    every signatureHash sha512
}

# --- RSA-OAEP and RSASSA-PSS -----------------------------------------------

@test "reply: RSA-OAEP and RSASSA-PSS are read without any option" {
    local hash
    for hash in sha1 sha256 sha512; do
        start local --oaep "$hash" --sigalg pss --digest "$hash" --pending 1 \
            --next-ca
        enroll -t 0
        enrolled
        stderr_empty
        every keyEncryption 1.2.840.113549.1.1.1
        every signatureAlgorithm 1.2.840.113549.1.1.1
        own_certificate
        queries_work
        run_sscep getnextca -u "$URL" -c next.crt -C ca.crt
        expect_status 0
        same_certificate next.crt "$ca/next-ca.crt"
    done
    start local --oaep sha384 --oaep-mask sha224 --sigalg pss --digest sha224
    enroll
    enrolled
}

@test "reply: RSASSA-PSS that does not verify" {
    start local --sigalg pss --fault bad-signature
    snapshot
    enroll
    reply_refused "signature does not verify"
}

# --- EC client keys --------------------------------------------------------

@test "EC: P-256 and P-384, by key agreement" {
    local curve request
    for curve in P-256 P-384; do
        for request in local plain; do
            start "$curve/$request" --recipient kari --pending 1
            enroll -t 0
            enrolled
            good_messages "19 20"
            every signatureAlgorithm "$sha_with_ecdsa.4"
            every keyEncryptionName rsaEncryption
            expect_equal "RecipientInfos of the replies" "None kari" \
                "$(messages 'reply["recipientKind"]' | paste -sd' ')"
        done
    done
}

@test "EC: -S, every digest in the SignerInfo and in the signature" {
    local curve name got
    for curve in P-256 P-384; do
        start "$curve" --recipient kari
        while read -r name got; do
            again
            enroll -S "$name"
            enrolled
            good_messages 19
            every signatureAlgorithm "$got"
            every 'digestName + " " + signatureHash' "$name $name"
        done <<END
sha1 1.2.840.10045.4.1
sha224 $sha_with_ecdsa.1
sha256 $sha_with_ecdsa.2
sha384 $sha_with_ecdsa.3
sha512 $sha_with_ecdsa.4
END
    done
}

@test "EC: getcert and getcrl, by key agreement" {
    local curve
    for curve in P-256 P-384; do
        start "$curve"
        own_certificate
        queries_work
        good_messages "21 22"
        every signatureAlgorithm "$sha_with_ecdsa.4"
        every 'reply["recipientKind"]' kari
    done
}

@test "EC: a renewal, by key agreement" {
    start P-256/plain --recipient kari
    own_certificate
    mv local.key own.key
    new_key P-384 plain
    enroll -K own.key -O own.crt
    expect_status 0
    good_messages 17
    every signatureAlgorithm "$sha_with_ecdsa.4"
    same_certificate local.crt "$(newest_issued)"
}

# Beside that of own_certificate.
newest_issued() {
    find "$ca/issued" -name '*.pem' ! -name 1267.pem
}
