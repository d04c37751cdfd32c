#!/usr/bin/env bats
#
# Ciphers, digests and kinds of keys. The log of the test CA tells which ones
# each message and each reply used.

load helper

rsa=1.2.840.113549.1.1.1
oaep=1.2.840.113549.1.1.7
pss=1.2.840.113549.1.1.10
sha_with_ecdsa=1.2.840.10045.4.3

# new_key KIND [REQUEST]: makes local.key, and local.csr like the shared
# REQUEST, which has a challengePassword unless REQUEST is plain.
new_key() {
    case $1 in
    rsa*) openssl genrsa -out local.key "${1#rsa}" 2>/dev/null ;;
    P-*)
        openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:$1" \
            -out local.key
        ;;
    *) openssl genpkey -algorithm "$1" -out local.key 2>/dev/null ;;
    esac
    openssl req -new -config "$shared/${2:-local}.cnf" -key local.key \
        -out local.csr
}

no_password="only a reply encrypted by key agreement can be opened"

# start KIND [OPTION ...]: starts a new CA, and makes a key of this KIND and a
# request with a challengePassword, or without one if KIND ends in /plain.
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

# Forgets what happened so far; CA and key stay.
again() {
    : >"$ca/log"
    rm -f local.crt "$ca"/issued/*
}

# every EXPRESSION VALUE: EXPRESSION has this value for each pkiMessage of the
# log, of which there is at least one.
every() {
    expect_equal "$1" "$2" "$(messages "$1" | sort -u)"
}

# good_messages TYPES: exactly these types were sent, and the CA found no fault.
good_messages() {
    expect_equal "messageTypes, and what is wrong" "$1" \
        "$(messages '" ".join([messageType] + problems)' | paste -sd' ')"
}

# Makes own.crt for local.csr and enters it in the CA's records; see query.bats.
own_certificate() {
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>/dev/null
    mkdir -p "$ca/issued"
    cp own.crt "$ca/issued/1267.pem"
}

# The issued certificate that own_certificate did not make.
newest_issued() {
    find "$ca/issued" -name '*.pem' ! -name 1267.pem
}

getcert() {
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt "$@"
}

getcrl() {
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt \
        -w found.crl "$@"
}

# getcert and getcrl succeed with these options.
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
        every 'digestAlgorithm + " " + signatureAlgorithm' "$got $rsa"
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

@test "-E and -S: other spellings, also in the file" {
    local cipher digest encryption signature
    start local
    while read -r cipher digest encryption signature; do
        again
        enroll -E "$cipher" -S "$digest"
        enrolled
        every contentEncryption "$encryption"
        every digestAlgorithm "$signature"
        again
        printf 'EncAlgorithm = %s\nSigAlgorithm %s\n' "$cipher" "$digest" \
            >sscep.conf
        enroll -f sscep.conf
        enrolled
        every contentEncryption "$encryption"
        every digestAlgorithm "$signature"
    done <<'END'
AES SHA-256 2.16.840.1.101.3.4.1.2 2.16.840.1.101.3.4.2.1
DES3 SHA-1 1.2.840.113549.3.7 1.3.14.3.2.26
AES-256-CBC SHA2-512 2.16.840.1.101.3.4.1.42 2.16.840.1.101.3.4.2.3
des-ede3-cbc sha384WithRSAEncryption 1.2.840.113549.3.7 2.16.840.1.101.3.4.2.2
END
    # Warnings and defaults go by the algorithm, however it is spelled.
    again
    stop_ca
    ca=$BATS_TEST_TMPDIR/md5
    start_enrolment --digest md5
    enroll -S MD5
    enrolled
    run_sscep getca -u "$URL" -c got.crt -F SHA-256
    expect_status 0
    stdout_line "./sscep: SHA256 fingerprint: $(fingerprint got.crt sha256)"
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
        every keyEncryption "$rsa"
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
        if [ "$hash" = sha1 ]; then
            expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
            warned "the reply is signed with sha1"
        else
            stderr_empty
        fi
        every keyEncryption "$rsa"
        every signatureAlgorithm "$rsa"
        own_certificate
        queries_work
        run_sscep getnextca -u "$URL" -c next.crt -C ca.crt
        expect_status 0
        same_certificate next.crt-0 "$ca/next-ca.crt"
    done
    start local --oaep sha384 --oaep-mask sha224 --sigalg pss --digest sha224
    enroll
    enrolled
}

@test "reply: RSASSA-PSS that does not verify" {
    start local --sigalg pss --fault bad-signature
    snapshot
    enroll
    refused --answered 97 "signature does not verify"
}

@test "--rsa-oaep: enroll, CertPoll, getcert and getcrl, with the digest of -S" {
    local digest
    start local --pending 1
    own_certificate
    for digest in sha1 sha224 sha256 sha384 sha512; do
        : >"$ca/log"
        rm -f local.crt
        enroll --rsa-oaep -S "$digest" -t 0
        expect_status 0
        stderr_empty
        queries_work --rsa-oaep -S "$digest"
        good_messages "19 20 21 22"
        every keyEncryption "$oaep"
        every 'keyEncryptionHash + " " + keyEncryptionMask' "$digest $digest"
        every signatureAlgorithm "$rsa"
    done
}

@test "--rsa-oaep: RSAOAEP in the file" {
    start local --oaep sha256
    printf 'RSAOAEP yes\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
    every keyEncryption "$oaep"
    again
    printf 'RSAOAEP no\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
    every keyEncryption "$rsa"
}

@test "--rsa-oaep: not to a CA that has an EC key" {
    start local --ca-key ec --challenge secret
    snapshot
    enroll --rsa-oaep
    expect_status 93
    only_error "--rsa-oaep" "Example Test CA" RSA
    nothing_sent
    nothing_written
}

@test "--rsa-oaep: for an EC client, too" {
    start P-256 --recipient pwri
    enroll --rsa-oaep
    enrolled
    every keyEncryption "$oaep"
}

@test "--rsa-pss: enroll, CertPoll, getcert and getcrl, with the digest of -S" {
    local digest size
    start local --pending 1
    own_certificate
    while read -r digest size; do
        : >"$ca/log"
        rm -f local.crt
        enroll --rsa-pss -S "$digest" -t 0
        expect_status 0
        stderr_empty
        queries_work --rsa-pss -S "$digest"
        good_messages "19 20 21 22"
        every signatureAlgorithm "$pss"
        every digestName "$digest"
        every 'signatureHash + " " + signatureMask' "$digest $digest"
        every signatureSalt "$size"
        every keyEncryption "$rsa"
    done <<'END'
sha1 20
sha224 28
sha256 32
sha384 48
sha512 64
END
}

@test "--rsa-pss: RSAPSS in the file, with --rsa-oaep" {
    start local --sigalg pss --oaep sha1
    printf 'RSAPSS yes\n' >sscep.conf
    enroll -f sscep.conf --rsa-oaep
    enrolled
    every signatureAlgorithm "$pss"
    every keyEncryption "$oaep"
    again
    printf 'RSAPSS no\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
    every signatureAlgorithm "$rsa"
}

@test "--rsa-pss: not with an EC key" {
    start P-256
    own_certificate
    snapshot
    enroll --rsa-pss
    expect_status 93
    only_error "--rsa-pss" local.key RSA
    getcert --rsa-pss
    expect_status 93
    only_error "--rsa-pss" local.key RSA
    nothing_sent
    nothing_written
}

@test "--rsa-pss: a renewal for an EC key, signed with the old RSA key" {
    start local/plain
    own_certificate
    mv local.key own.key
    new_key P-256 plain
    enroll -K own.key -O own.crt --rsa-pss --rsa-oaep
    expect_status 0
    stderr_empty
    same_certificate local.crt "$(newest_issued)"
    good_messages 17
    every signatureAlgorithm "$pss"
    every 'reply["recipientKind"]' ktri
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

# A renewal with a key of another curve, and without a challengePassword.
renew_ec() {
    start P-256/plain --recipient kari
    own_certificate
    mv local.key own.key
    new_key P-384 plain
    enroll -K own.key -O own.crt
    expect_status 0
}

@test "EC: a renewal, by key agreement" {
    renew_ec
    good_messages 17
    every signatureAlgorithm "$sha_with_ecdsa.4"
    same_certificate local.crt "$(newest_issued)"
}

@test "EC: a renewal without a challengePassword is not warned of, a forwarded request is" {
    renew_ec
    stderr_empty
    run_sscep enroll -u "$URL" -c "$ca/ca.crt" -K own.key -O own.crt \
        -k own.key -r local.csr -l local.crt
    expect_status 0
    warned "$no_password"
}

# by_password KIND [OPTION ...]: PENDING, then a poll for the certificate,
# which comes by PasswordRecipientInfo.
by_password() {
    start "$1" --pending 1 "${@:2}"
    enroll -t 0
    enrolled
    stderr_empty
    good_messages "19 20"
    expect_equal "RecipientInfos of the replies" "None pwri" \
        "$(messages 'reply["recipientKind"]' | paste -sd' ')"
}

@test "EC: P-256 and P-384, by the challengePassword" {
    local curve
    for curve in P-256 P-384; do
        by_password "$curve" --recipient pwri
        every keyEncryptionName rsaEncryption
        every signatureAlgorithm "$sha_with_ecdsa.4"
        start "$curve" --recipient pwri
        enroll
        enrolled
        good_messages 19
    done
}

@test "EC: by the challengePassword, every cipher, and forms of the envelope" {
    local cipher form
    for cipher in des3 aes128 aes192 aes256; do
        by_password P-256 --recipient pwri --cipher "$cipher"
    done
    for form in "--ber-envelope" "--econtent enveloped-bare"; do
        # shellcheck disable=SC2086
        by_password P-256 --recipient pwri $form
    done
}

@test "EC: by the challengePassword, -R in a new process" {
    start P-256 --recipient pwri --pending 1
    enroll -n 0
    expect_status 3
    no_file local.crt
    enroll -R -t 0
    enrolled
    good_messages "19 20"
}

@test "RSA: a reply by PasswordRecipientInfo is opened as well" {
    by_password local --recipient pwri
    start local/plain --recipient pwri
    snapshot
    enroll
    refused --answered 97 PasswordRecipientInfo "has no challengePassword"
}

@test "PasswordRecipientInfo: as many iterations as the limit, and one more" {
    by_password P-256 --recipient pwri --pwri-rounds 1000000
    start P-256 --recipient pwri --pwri-rounds 1000001
    snapshot
    enroll
    refused --answered 97 PasswordRecipientInfo "more than 1000000 iterations"
}

@test "EC: no challengePassword, a warning, and the other reply is refused" {
    start P-256/plain --recipient kari
    enroll
    enrolled
    warned "$no_password"
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
    start P-256/plain --recipient pwri
    snapshot
    enroll
    refused --answered --warned "$no_password" 97 \
        PasswordRecipientInfo "has no challengePassword"
}

@test "EC: a reply encrypted with another password is refused" {
    start P-256 --recipient pwri --pwri-password other
    snapshot
    enroll
    refused --answered 97 PasswordRecipientInfo "challengePassword of the request" \
        "does not open it"
    only_error
}

@test "EC: getcert and getcrl, by PasswordRecipientInfo, are refused" {
    start P-256 --recipient pwri
    own_certificate
    snapshot
    getcert
    refused --answered --warned "$no_password" 97 PasswordRecipientInfo
    getcrl
    refused --answered --warned "$no_password" 97 PasswordRecipientInfo
}

@test "EC: a CA and a client, both directions by the challengePassword" {
    local curve kind
    for curve in P-256 P-384; do
        for kind in ec ec384; do
            by_password "$curve" --ca-key "$kind" --challenge secret
            every recipientKind pwri
        done
    done
}

@test "EC: a CA and a client, without a challengePassword nothing is sent" {
    start P-256/plain --ca-key ec
    enroll
    expect_status 93
    one_error "cannot encrypt" challengePassword
    nothing_sent
}

@test "Ed448, RSASSA-PSS: keys that CMS does not sign with are refused" {
    local kind name
    start local
    while read -r kind name; do
        new_key "$kind"
        snapshot
        enroll
        expect_status 93
        only_error local.key "its type is $name" RSA EC
        openssl req -new -x509 -key local.key -subj /CN=own -out own.crt
        snapshot
        getcert
        expect_status 93
        only_error local.key "its type is $name"
        nothing_written
    done <<'END'
ED448 ED448
RSA-PSS RSASSA-PSS
END
    nothing_sent
}

@test "MD5 with an EC key, --rsa-pss or --rsa-oaep is refused before a message is sent" {
    start P-256
    enroll -S md5
    expect_status 1
    only_error md5 "EC key" -S
    expect_equal "messages" "" "$(messages n)"
    start local --caps none
    enroll --legacy --rsa-pss
    expect_status 1
    only_error md5 --rsa-pss
    enroll -E 3des -S md5 --rsa-oaep
    expect_status 1
    only_error md5 --rsa-oaep
    own_certificate
    getcert -E 3des -S md5 --rsa-pss
    expect_status 1
    only_error md5 --rsa-pss
    expect_equal "messages" "" "$(messages n)"
}
