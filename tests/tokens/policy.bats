#!/usr/bin/env bats
#
# Algorithms that the policy of libcrypto forbids: with a FIPS provider, and
# with a provider that lacks some (noweak.c). Operations that do not need them
# must work; others are refused with a message that names the algorithm, and
# that never calls a good signature a forgery.
#
# UNPACKED is a directory that the script unpack has filled or will fill.

load ../e2e/helper
load ../e2e/servers

tokens=$(realpath "$(dirname "$BATS_TEST_FILENAME")")
export UNPACKED=${UNPACKED:-$tree/build-test/trixie}

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    if ! "$tokens/unpack" "$UNPACKED" openssl-provider-fips 2>no-fips ||
        ! openssl fipsinstall -quiet -module "$UNPACKED/modules/fips.so" \
            -out fips-module.cnf 2>>no-fips; then
        echo "there is no FIPS provider" >>no-fips
    else
        rm no-fips
    fi
    gcc -std=c11 -D_XOPEN_SOURCE=700 -Wall -Wextra -Werror -shared -fPIC \
        "$tokens/noweak.c" -o noweak.so -lcrypto
    mkdir empty
}

setup() {
    common_setup
    unset OPENSSL_MODULES NOWEAK NOWEAK_SIGNATURES
}

# --- policies -----------------------------------------------------------------

# use_policy VARIABLE=VALUE...: sets variables for the client, not for the CA.
use_policy() {
    rm sscep
    {
        echo '#!/bin/bash'
        printf 'export %q\n' "$@"
        printf 'exec -a ./sscep %q "$@"\n' "$SSCEP"
    } >sscep
    chmod +x sscep
}

# fips [OPTION...]: the client has the FIPS provider only, with these settings.
fips() {
    local conf=$BATS_TEST_TMPDIR/fips.cnf
    if [ -e "$BATS_FILE_TMPDIR/no-fips" ]; then
        skip "$(tail -n 1 "$BATS_FILE_TMPDIR/no-fips")"
    fi
    {
        echo 'openssl_conf = openssl'
        cat "$BATS_FILE_TMPDIR/fips-module.cnf"
        printf '%s = 1\n' "$@"
        cat <<END
[openssl]
providers = providers
alg_section = algorithms
[algorithms]
default_properties = fips=yes
[providers]
fips = fips_sect
base = base
[base]
activate = 1
END
    } >"$conf"
    use_policy "OPENSSL_CONF=$conf" "OPENSSL_MODULES=$UNPACKED/modules"
    in_force md5
}

# in_force DIGEST: the openssl program refuses the digest under this policy as
# well.
in_force() {
    if (
        # shellcheck source=/dev/null
        . <(grep '^export' sscep)
        openssl dgst "-$1" /dev/null >/dev/null 2>&1
    ); then
        echo "the policy is not in force" >&2
        return 1
    fi
}

# without VARIABLE=NAMES: the client lacks these algorithms, see noweak.c.
without() {
    local conf=$BATS_TEST_TMPDIR/noweak.cnf
    cat >"$conf" <<END
openssl_conf = openssl
[openssl]
providers = providers
[providers]
noweak = noweak
base = base
[noweak]
module = $BATS_FILE_TMPDIR/noweak.so
activate = 1
[base]
activate = 1
END
    use_policy "OPENSSL_CONF=$conf" "$@"
}

# The legacy provider is not installed.
no_legacy() {
    use_policy "OPENSSL_MODULES=$BATS_FILE_TMPDIR/empty"
}

forbids="the policy of this libcrypto forbids"

# both_without_sha1 FUNCTION...: for each of two ways to forbid SHA-1.
both_without_sha1() {
    local way
    for way in NOWEAK=SHA1 NOWEAK_SIGNATURES=SHA1; do
        without "$way"
        rm -f local.crt
        "$@"
    done
}

no_message() {
    expect_equal "messages" "" "$(messages transactionID)"
    stdout_lacks "sending certificate request"
}

key_id() {
    openssl pkey -in local.key -pubout -outform DER | sha256sum |
        cut -d' ' -f1 | tr a-f A-F
}

serial_of() {
    openssl x509 -in "$1" -noout -serial | cut -d= -f2
}

# --- FIPS: what works ---------------------------------------------------------

@test "FIPS: getcaps, and getca with an allowed digest" {
    start_ca --caps none
    fips
    run_sscep getcaps -u "$URL"
    expect_status 0
    stdout_line "$sscep: scep capabilities: none"
    run_sscep getca -u "$URL" -c got.crt
    expect_status 0
    stdout_line "$sscep: SHA256 fingerprint: $(fingerprint "$ca/ca.crt" sha256)"
    same_certificate got.crt "$ca/ca.crt"
    run_sscep getca -u "$URL" -c got.crt -F sha1
    expect_status 0
    stdout_line "$sscep: SHA1 fingerprint: $(fingerprint "$ca/ca.crt" sha1)"
    stderr_empty
}

@test "FIPS: getca -F md5 is refused" {
    start_ca
    fips
    run_sscep getca -u "$URL" -c got.crt -F md5
    expect_status 1
    only_error md5 "$forbids"
    no_file got.crt
    nothing_sent
}

@test "FIPS: enroll with AES and SHA-256, with 3DES, with SHA-1" {
    start_enrolment
    fips
    enroll -S sha256
    enrolled
    stderr_empty
    rm "$ca"/issued/* local.crt
    enroll -E aes256 -S sha512
    enrolled
    rm "$ca"/issued/* local.crt
    enroll -E 3des -S sha1
    enrolled
    expect_equal algorithms "aes128 sha256 aes256 sha512 des3 sha1" \
        "$(messages 'contentEncryptionName, digestName' | tr -d "(),'" |
            paste -sd ' ')"
}

@test "FIPS: enroll with a CA that announces nothing" {
    start_enrolment --caps none
    fips
    enroll
    enrolled
    stderr_has "using 3des"
    stderr_has "using sha1"
}

@test "FIPS: the transactionID is of SHA-256, and -R finds it" {
    start_enrolment --pending 1
    fips
    enroll -n 0
    expect_status 3
    expect_equal transactionID "$(key_id)" "$(messages transactionID)"
    enroll -R -n 1 -t 1
    enrolled
    expect_equal "the types" "19 20" \
        "$(messages messageType | paste -sd ' ')"
    expect_equal transactionIDs "$(key_id)" "$(messages transactionID | uniq)"
}

@test "FIPS: a request that was left pending elsewhere, by its MD5" {
    local id
    start_enrolment --pending 1
    enroll -n 0
    expect_status 3
    id=$(messages transactionID)
    expect_equal "its length" 32 "${#id}"
    fips
    enroll -R -n 1 -t 1 --transaction-id "$id"
    enrolled
}

@test "FIPS: renewal, getcert, getcrl, getnextca" {
    start_enrolment --next-ca
    take new.key new.csr
    fips
    enroll
    enrolled
    run_sscep enroll -u "$URL" -c ca.crt -k new.key -r new.csr -K local.key \
        -O local.crt -l new.crt
    expect_status 0
    same_certificate new.crt "$(ls -t "$ca"/issued/*.pem | head -n 1)"
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l local.crt \
        -s "0x$(serial_of local.crt)" -w again.crt
    expect_status 0
    same_certificate again.crt local.crt
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w crl.pem
    expect_status 0
    openssl crl -in crl.pem -noout
    run_sscep getnextca -u "$URL" -c next.crt -C ca.crt
    expect_status 0
    same_certificate next.crt-0 "$ca/next-ca.crt"
}

@test "FIPS: a pin by SHA-256" {
    start_ca
    fips
    run_sscep getca -u "$URL" -c ca.crt \
        --ca-fingerprint "$(fingerprint "$ca/ca.crt" sha256)"
    expect_status 0
    same_certificate ca.crt "$ca/ca.crt"
    run_sscep getca -u "$URL" -c no.crt --ca-fingerprint "$(printf '%064d' 0)"
    expect_status 97
    only_error sha256 --ca-fingerprint
    no_file no.crt
}

@test "FIPS: https" {
    need nginx
    make_tls
    start_enrolment
    start_nginx good
    fips
    enroll --tls-ca-file "$tls/tls-ca.pem"
    enrolled
    stderr_empty
    rm local.crt
    enroll --tls-ca-file "$tls/other-ca.pem"
    expect_status 95
    no_file local.crt
}

@test "FIPS: EC keys, of the client and of the CA" {
    start_enrolment
    take ec.key
    openssl req -new -config <(sed 's/^\(challengePassword = \).*/\1a long secret/' \
        "$shared/local.cnf") -key ec.key -out ec.csr
    fips
    enroll -k ec.key -r ec.csr
    enrolled
    stop_ca
    ca=$BATS_TEST_TMPDIR/ec
    rm local.crt
    start_enrolment --ca-key ec --challenge "a long secret"
    enroll -k ec.key -r ec.csr
    enrolled
}

# --- FIPS: what is forbidden --------------------------------------------------

@test "FIPS: -S md5, -E des and -E blowfish are refused, no message is sent" {
    start_enrolment
    fips
    enroll -S md5
    refused 1 md5 "$forbids"
    enroll -E des
    refused 1 "with des," "$forbids"
    enroll -E blowfish
    refused 1 "with blowfish," "$forbids"
    no_message
}

@test "FIPS: a pin by MD5 is refused" {
    local pin
    start_enrolment
    fips
    pin=$(fingerprint ca.crt md5)
    run_sscep getca -u "$URL" -c got.crt --ca-fingerprint "$pin"
    expect_status 1
    only_error --ca-fingerprint md5 "$forbids" sha256
    no_file got.crt
    enroll --ca-fingerprint "$pin"
    refused 1 --ca-fingerprint md5 "$forbids" sha256
    no_message
    run_sscep check --local -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt --ca-fingerprint "$pin"
    expect_status 1
    stdout_has "problem  --ca-fingerprint: it is made with md5"
}

@test "FIPS: a reply signed with MD5" {
    start_enrolment --digest md5
    fips
    enroll
    refused --answered 97 "signed with md5" "$forbids"
}

@test "FIPS: replies in DES and in Blowfish" {
    local cipher
    for cipher in des blowfish; do
        ca=$BATS_TEST_TMPDIR/ca-$cipher
        start_enrolment --cipher "$cipher"
        fips
        enroll
        refused --answered 97 "encrypted with ${cipher/blowfish/bf}-cbc" "$forbids"
        stop_ca
    done
}

@test "FIPS: a forged reply is reported as such" {
    start_enrolment --fault bad-signature
    fips
    enroll
    refused --answered 97 "its signature does not verify"
}

@test "FIPS: keys with a pass phrase, PKCS#8 and traditional" {
    start_enrolment
    openssl pkcs8 -topk8 -in local.key -passout pass:phrase -out pkcs8.key
    openssl rsa -in local.key -traditional -aes128 -passout pass:phrase \
        -out traditional.key 2>/dev/null
    grep -q 'BEGIN ENCRYPTED PRIVATE KEY' pkcs8.key
    grep -q '^Proc-Type: 4,ENCRYPTED' traditional.key
    fips
    run_sscep enroll -u "$URL" -c ca.crt -k traditional.key -r local.csr \
        -l local.crt --passin pass:phrase
    expect_status 93
    only_error "private key traditional.key" policy "openssl pkcs8"
    stderr_lacks "is wrong"
    enroll -k pkcs8.key --passin pass:other
    refused --unsent 93 "private key pkcs8.key" "the pass phrase is wrong"
    enroll -k pkcs8.key --passin pass:phrase
    enrolled
}

# --- FIPS, and more -----------------------------------------------------------

@test "FIPS without PKCS#1 v1.5: --rsa-oaep works" {
    start_enrolment
    fips rsa-pkcs15-pad-disabled
    enroll
    refused --answered 1 "PKCS#1" --rsa-oaep
    expect_equal "messages" "" "$(messages transactionID)"
    enroll --rsa-oaep
    enrolled
    expect_equal "key encryption" rsaesOaep "$(messages keyEncryptionName)"
}

@test "FIPS that verifies SHA-1 only" {
    start_enrolment --digest sha1
    fips signature-digest-check
    enroll -S sha1
    refused 91 "with sha1 (-S chooses)"
    no_message
    enroll
    enrolled
}

@test "FIPS that decrypts 3DES only" {
    start_enrolment --cipher des3
    fips tdes-encrypt-disabled
    enroll -E 3des
    refused 1 "with 3des," "$forbids"
    no_message
    enroll -E aes
    enrolled
}

# --- without MD5 and 3DES -----------------------------------------------------

weak=NOWEAK=MD5:MD5-SHA1:DES-EDE3-CBC

@test "without MD5 and 3DES: enroll, getca" {
    start_enrolment
    without "$weak"
    run_sscep getca -u "$URL" -c got.crt
    expect_status 0
    enroll
    enrolled
    stderr_empty
    expect_equal transactionID "$(key_id)" "$(messages transactionID)"
}

@test "without MD5 and 3DES: refused if they are asked for" {
    start_enrolment
    without "$weak"
    run_sscep getca -u "$URL" -c got.crt -F md5
    expect_status 1
    only_error md5 "$forbids"
    no_file got.crt
    enroll -S md5
    refused 1 md5 "$forbids"
    enroll -E 3des
    refused 1 "with 3des," "$forbids"
    no_message
}

@test "without MD5 and 3DES: a CA that announces nothing needs -E" {
    start_enrolment --caps none
    without "$weak"
    enroll
    expect_status 1
    stderr_has "using 3des (choose with -E or -S)"
    stderr_has "with 3des, which $forbids"
    no_message
    enroll -E aes
    enrolled
}

@test "without MD5 and 3DES: replies with them" {
    start_enrolment --digest md5
    without "$weak"
    enroll
    refused --answered 97 "signed with md5" "$forbids"
    stop_ca
    ca=$BATS_TEST_TMPDIR/other
    start_enrolment --cipher des3
    enroll
    refused --answered 97 "encrypted with des-ede3-cbc" "$forbids"
}

# --- without SHA-1 ------------------------------------------------------------

@test "without SHA-1: enrolment and renewal work" {
    start_enrolment
    good() {
        enroll
        enrolled
        enroll -K local.key -O local.crt -l new.crt
        expect_status 0
        stdout_line "$sscep: certificate written as new.crt"
        stderr_empty
        rm "$ca"/issued/*
    }
    both_without_sha1 good
}

@test "without SHA-1: a request signed with it" {
    start_enrolment
    openssl req -new -key local.key -subj /CN=device -sha1 -out local.csr
    old_request() {
        enroll
        refused --unsent 93 "request local.csr: signed with sha1" "$forbids"
    }
    both_without_sha1 old_request
    # The same request is accepted if SHA-1 is allowed; one with a bad signature
    # is not.
    use_policy LC_ALL=C
    enroll
    enrolled
    rm local.crt
    openssl req -in local.csr -outform DER >bad.csr
    python3 - <<'END'
with open("bad.csr", "r+b") as request:
    end = request.seek(-1, 2)
    last = request.read(1)[0]
    request.seek(end)
    request.write(bytes([last ^ 1]))
END
    enroll -r bad.csr
    refused 93 "does not verify"
}

@test "without SHA-1: a request signed by RSA-PSS with it" {
    start_enrolment
    openssl req -new -key local.key -subj /CN=device -sha1 \
        -sigopt rsa_padding_mode:pss -out local.csr
    without NOWEAK=SHA1
    enroll
    refused --unsent 93 "request local.csr: signed with sha1" "$forbids"
}

@test "without 3DES: a provider of --provider does not bring it back" {
    start_enrolment
    without NOWEAK=DES-EDE3-CBC
    enroll -E 3des --provider base
    refused 1 "3des" "$forbids"
    expect_equal "messages" "" "$(messages n)"
    enroll -E aes128 --provider base
    enrolled
}

@test "without SHA-1: -S sha1" {
    start_enrolment
    without NOWEAK=SHA1
    enroll -S sha1
    refused 1 sha1 "$forbids"
    without NOWEAK_SIGNATURES=SHA1
    enroll -S sha1
    refused 1 "with sha1" "$forbids" -S
    no_message
    enroll
    enrolled
    enroll -K local.key -O local.crt -l new.crt -S sha1
    expect_status 1
    only_error "with sha1" "$forbids" -S
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt \
        -w crl.pem -S sha1
    expect_status 1
    only_error "with sha1" "$forbids" -S
    expect_equal messages 1 "$(messages transactionID | wc -l)"
}

@test "without SHA-1: a reply signed with it" {
    start_enrolment --digest sha1
    old_reply() {
        enroll
        refused --answered 97 "signed with sha1" "$forbids"
    }
    both_without_sha1 old_reply
}

@test "without SHA-1: a forged reply is reported as such" {
    start_enrolment --fault bad-signature
    without NOWEAK_SIGNATURES=SHA1
    enroll
    refused --answered 97 "its signature does not verify"
}

@test "without SHA-1: next CA certificates signed with it" {
    start_enrolment --next-ca --digest sha1
    without NOWEAK=SHA1
    run_sscep getnextca -u "$URL" -c next.crt -C ca.crt
    expect_status 97
    only_error "signed with sha1" "$forbids"
    no_file next.crt-0
    stop_ca
    ca=$BATS_TEST_TMPDIR/outer
    start_enrolment --next-ca --next-ca-form outer --next-ca-certs cross \
        --cert-digest sha1
    beside() {
        run_sscep getnextca -u "$URL" -c next.crt -C ca.crt
        expect_status 97
        only_error "not all are CA certificates" "signed with sha1" "$forbids"
        no_file next.crt-0
    }
    both_without_sha1 beside
}

# Starts a CA whose certificates are signed with SHA-1, and its messages with
# SHA-256.
start_old_ca() {
    start_ca "$@" --cert-digest sha1
    stop_ca
    start_enrolment "$@"
}

@test "without SHA-1: a root is trusted with any signature digest" {
    start_old_ca
    openssl x509 -in ca.crt -noout -text | grep -q sha1WithRSA
    root() {
        run_sscep getca -u "$URL" -c got.crt
        expect_status 0
        enroll
        enrolled
        stderr_empty
        rm "$ca"/issued/*
    }
    both_without_sha1 root
}

@test "without SHA-1: a CA below a root" {
    start_old_ca --profile chain
    below_root() {
        cp "$ca/ca.crt" ca.crt
        enroll
        enrolled
        rm "$ca"/issued/* local.crt
        cat "$ca/ca.crt" "$ca/root.crt" >ca.crt
        enroll
        refused 93 "Example Test CA" "signed with sha1" "$forbids"
    }
    both_without_sha1 below_root
    expect_equal messages 2 "$(messages transactionID | wc -l)"
}

@test "without SHA-1: the RA certificate is picked" {
    start_old_ca --profile ra-chain --order ca,sign,enc \
        --ca-usage sign,encipher,certsign,crlsign
    picked() {
        run_sscep getca -u "$URL" -c ra
        expect_status 0
        enroll -c ra
        enrolled
        rm "$ca"/issued/*
    }
    both_without_sha1 picked
    expect_equal "encrypted for" "$(openssl x509 -in "$ca/ra-enc.crt" -noout \
        -serial | sed 's/.*=0*//' | tr A-F a-f)" \
        "$(messages '"%x" % int(recipientSerial, 16)' | uniq)"
}

@test "without SHA-1: an issued certificate signed with it" {
    start_enrolment --cert-digest sha1
    old_certificate() {
        enroll
        refused --answered 97 "signed with sha1" "$forbids" "--tolerate issuer"
        enroll --tolerate issuer
        expect_status 0
        warned "signed with sha1"
    }
    both_without_sha1 old_certificate
}

@test "without SHA-1: a CRL signed with it" {
    start_enrolment
    enroll
    enrolled
    stop_ca
    start_ca --cert-digest sha1
    old_crl() {
        run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l kept.crt \
            -w crl.pem
        expect_status 97
        only_error "CRL is signed with sha1" "$forbids"
        no_file crl.pem
    }
    cp local.crt kept.crt
    both_without_sha1 old_crl
}

# --- no legacy provider -------------------------------------------------------

@test "no legacy provider: -E des and -E blowfish are refused" {
    start_enrolment
    no_legacy
    enroll -E des
    refused 1 "with des," "legacy provider"
    stderr_lacks policy
    enroll -E blowfish
    refused 1 "with blowfish," "legacy provider"
    no_message
    enroll -E 3des
    enrolled
}

@test "no legacy provider: replies in DES and in Blowfish" {
    local cipher
    for cipher in des blowfish; do
        ca=$BATS_TEST_TMPDIR/ca-$cipher
        start_enrolment --cipher "$cipher"
        no_legacy
        enroll
        refused --answered 97 "encrypted with ${cipher/blowfish/bf}-cbc" "legacy provider"
        stderr_lacks policy
        stop_ca
    done
}
