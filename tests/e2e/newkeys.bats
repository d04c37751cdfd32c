#!/usr/bin/env bats
#
# Keys that only libcrypto of these years can use in CMS: Ed25519, ML-DSA and
# ML-KEM. Where it cannot, the tests see that they are refused by name, in one
# line, and before anything is sent. The log of the test CA tells the algorithms
# of each message.

load helper

kinds="ed25519 ml-dsa-44 ml-dsa-65 ml-dsa-87"

setup_file() {
    local kind
    cd "$BATS_FILE_TMPDIR"
    for kind in $kinds; do
        signs "$kind" || continue
        : >"can-$kind"
    done
    for kind in ml-kem-512 ml-kem-768 ml-kem-1024; do
        ! "$real_testca" --can "$kind" >/dev/null || : >"can-$kind"
    done
}

# signs KIND: whether libcrypto signs messages with such a key.
signs() {
    openssl genpkey -algorithm "$1" -out key 2>/dev/null &&
        openssl req -new -x509 -key key -subj /CN=a -out crt 2>/dev/null &&
        openssl cms -sign -binary -md sha512 -in crt -signer crt -inkey key \
            -outform DER -out /dev/null 2>/dev/null
}

# can KIND: whether libcrypto uses such keys in CMS.
can() {
    [ -e "$BATS_FILE_TMPDIR/can-$1" ]
}

start() {
    ca=$BATS_TEST_TMPDIR/ca$((++cas))
    rm -f new.* old.* ca.crt* own.crt got.*
    start_ca --challenge secret "$@"
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 0
    : >"$ca/log"
}

first() {
    run_sscep enroll -u "$URL" -c ca.crt -k new.key -l new.crt \
        --subject /CN=a "$@"
}

renew() {
    run_sscep renew -u "$URL" -c ca.crt -k new.key -l new.crt --force "$@"
}

query() {
    local operation=$1
    shift
    run_sscep "$operation" -u "$URL" -c ca.crt -k new.key -l new.crt -w got "$@"
}

serial() {
    echo "0x$(openssl x509 -in new.crt -noout -serial | sed 's/.*=//')"
}

# The certificate is that of the key.
certified() {
    expect_status 0
    expect_equal "the key" "$(openssl pkey -in new.key -pubout)" \
        "$(openssl x509 -in new.crt -noout -pubkey)"
}

# sent EXPECTED: types, key and digest of the messages, which the CA liked.
sent() {
    expect_equal "messages" "$1" "$(messages \
        '" ".join((messageType, signatureName, digestName, reply["recipientKind"]))' |
        paste -sd, -)"
    expect_equal "problems" "[]" "$(messages problems | sort -u)"
    : >"$ca/log"
}

# lacking KIND: the last run named what libcrypto lacks, and sent nothing.
lacking() {
    expect_status 93
    only_error "${1^^}, which this libcrypto (" ") cannot use in messages" \
        "(OpenSSL 3."
    nothing_sent
}

# --- keys of the client ------------------------------------------------------

@test "each kind of key: enroll, getcert, getcrl, renew" {
    local kind other
    start
    for kind in $kinds; do
        rm -f new.* got
        first --new-key "$kind" --challenge pass:secret -S sha256
        if ! can "$kind"; then
            lacking "$kind"
            no_file new.key
            continue
        fi
        certified
        sent "19 $kind sha512 pwri"
        rm new.crt
        first --new-key "$kind" --challenge pass:secret -S sha256 -v
        certified
        expect_equal "said" 1 \
            "$(grep -c "signs messages with sha512 (RFC" "$stderr")"
        sent "19 $kind sha512 pwri"
        query getcert -s "$(serial)" --challenge pass:secret
        expect_status 0
        same_certificate got new.crt
        query getcrl --challenge pass:secret
        expect_status 0
        openssl crl -in got -noout
        sent "21 $kind sha512 pwri,22 $kind sha512 pwri"
        cp new.key old.key
        renew --challenge pass:secret
        certified
        expect_equal "challengePassword" None "$(messages challengePassword)"
        sent "17 $kind sha512 pwri"
        if cmp -s old.key new.key; then
            problem "the key was kept"
        fi
    done
}

@test "a key that only signs, and no challenge: refused, nothing sent" {
    local kind
    start
    for kind in $kinds; do
        can "$kind" || continue
        rm -f new.* got
        first --new-key "$kind"
        expect_status 93
        only_error "which opens no reply" challengePassword \
            "(give it with --challenge)"
        openssl genpkey -algorithm "$kind" -out own.key
        openssl req -new -key own.key -subj /CN=a -out own.csr
        run_sscep enroll -u "$URL" -c ca.crt -k own.key -r own.csr -l own.crt
        expect_status 93
        only_error "which opens no reply" "(give it in the request of -r)"
        first --new-key "$kind" --challenge pass:secret
        certified
        : >"$ca/log"
        query getcrl
        expect_status 93
        only_error "which opens no reply" "(give it with --challenge)"
        query getcert -s 1
        expect_status 93
        only_error "which opens no reply" "(give it with --challenge)"
        renew
        expect_status 93
        only_error "which opens no reply" "(give it with --challenge)"
        nothing_sent
    done
}

@test "a renewal from RSA to each kind, and back" {
    local kind
    start
    for kind in $kinds; do
        rm -f new.*
        first --new-key rsa:2048 --challenge pass:secret
        certified
        : >"$ca/log"
        renew --new-key "$kind"
        if ! can "$kind"; then
            lacking "$kind"
            continue
        fi
        certified
        sent "17 rsaEncryption sha512 ktri"
        expect_equal "type" "$kind" "$(type_of new.key)"
        renew --new-key rsa:2048 --challenge pass:secret
        certified
        sent "17 $kind sha512 pwri"
    done
}

# The name of the algorithm, as --new-key has it.
type_of() {
    openssl pkey -in "$1" -pubout | openssl asn1parse |
        sed -n 's/.*OBJECT *:\(id-\)\{0,1\}//p' | tr '[:upper:]' '[:lower:]'
}

@test "enroll -O and -K: the old key signs, --challenge opens the reply" {
    local kind
    start
    for kind in $kinds; do
        can "$kind" || continue
        rm -f new.* old.*
        first --new-key "$kind" --challenge pass:secret
        certified
        mv new.key old.key
        mv new.crt old.crt
        : >"$ca/log"
        openssl genpkey -algorithm RSA -out new.key 2>/dev/null
        openssl req -new -key new.key -subj /CN=a -out new.csr
        run_sscep enroll -u "$URL" -c ca.crt -k new.key -r new.csr -l new.crt \
            -O old.crt -K old.key --challenge pass:secret
        certified
        sent "17 $kind sha512 pwri"
    done
}

@test "a pending request is polled, and resumed" {
    local kind
    for kind in $kinds; do
        can "$kind" || continue
        start --pending 2
        first --new-key "$kind" --challenge pass:secret -n 0
        expect_status 3
        no_file new.crt
        first --new-key "$kind" --challenge pass:secret -t 1 -R
        certified
        expect_equal "transactionIDs" 1 \
            "$(messages transactionID | sort -u | wc -l)"
        expect_equal "types" "19,20,20" \
            "$(messages messageType | paste -sd, -)"
    done
}

@test "a pending renewal is resumed by the next run" {
    local kind
    for kind in $kinds; do
        can "$kind" || continue
        start
        first --new-key "$kind" --challenge pass:secret
        certified
        stop_ca
        start_ca --challenge secret --pending 2
        renew --challenge pass:secret -n 0
        expect_status 3
        : >"$ca/log"
        renew --challenge pass:secret -t 1 -n 5 -T 30
        certified
        expect_equal "types" "20,20" "$(messages messageType | paste -sd, -)"
    done
}

@test "a key in a file that libcrypto cannot use is named" {
    local kind
    start
    for kind in $kinds; do
        can "$kind" && continue
        rm -f new.*
        key_file "$kind" >new.key
        chmod 600 new.key
        first --challenge pass:secret
        lacking "$kind"
    done
}

# key_file KIND: a private key, of which the type is all that is right.
key_file() {
    local oid
    case $1 in
    ed25519) openssl genpkey -algorithm ed25519 && return ;;
    ml-dsa-44) oid=2.16.840.1.101.3.4.3.17 ;;
    ml-dsa-65) oid=2.16.840.1.101.3.4.3.18 ;;
    ml-dsa-87) oid=2.16.840.1.101.3.4.3.19 ;;
    ml-kem-768) oid=2.16.840.1.101.3.4.4.2 ;;
    esac
    printf '%s\n' 'asn1=SEQUENCE:key' '[key]' 'version=INTEGER:0' \
        'algorithm=SEQUENCE:algorithm' 'key=FORMAT:HEX,OCTETSTRING:800100' \
        '[algorithm]' "oid=OID:$oid" >key.cnf
    openssl asn1parse -genconf key.cnf -noout -out key.der
    printf '%s\n' '-----BEGIN PRIVATE KEY-----'
    openssl base64 -in key.der
    printf '%s\n' '-----END PRIVATE KEY-----'
}

@test "an ML-KEM key signs nothing: refused" {
    start
    openssl genpkey -algorithm ML-KEM-768 -out new.key 2>/dev/null ||
        key_file ml-kem-768 >new.key
    chmod 600 new.key
    first --challenge pass:secret
    expect_status 93
    only_error ML-KEM-768
    nothing_sent
}

# --- certificates of the CA --------------------------------------------------

@test "replies of a CA with each kind of key; requests by the password" {
    local kind
    for kind in $kinds; do
        if ! can "$kind"; then
            [ "$kind" = ed25519 ] || continue
            ca=$BATS_TEST_TMPDIR/ca$((++cas))
            start_ca
            openssl genpkey -algorithm "$kind" -out other.key
            openssl req -new -x509 -key other.key -subj /CN=CA -out ca.crt
            first --new-key rsa:2048 --challenge pass:secret
            lacking "$kind"
            run_sscep check --local -c ca.crt
            grep -q "^problem .* no reply that it signs could be verified$" \
                "$stdout"
            continue
        fi
        start --ca-key "$kind"
        first --new-key rsa:2048 --challenge pass:secret
        certified
        expect_equal "recipient" pwri "$(messages recipientKind)"
        sent "19 rsaEncryption sha512 ktri"
        query getcrl
        expect_status 93
        only_error "its key cannot encrypt" challengePassword \
            "or give the password with --challenge"
        query getcrl --challenge pass:secret
        expect_status 0
        renew --challenge pass:secret
        certified
        rm new.*
        first --new-key "$kind" --challenge pass:secret
        certified
    done
}

@test "replies of ML-DSA with SHAKE256, as OpenSSL 4.0 signs by default" {
    local kind
    for kind in ml-dsa-44 ml-dsa-87; do
        can "$kind" || continue
        start --ca-key "$kind" --digest shake256
        first --new-key "$kind" --challenge pass:secret
        certified
        sent "19 $kind sha512 pwri"
    done
    can ml-dsa-44 || return 0
    start --ca-key ml-dsa-44 --digest shake128
    first --new-key rsa:2048 --challenge pass:secret
    certified
}

@test "the next certificates of a CA with each kind of key" {
    local kind
    for kind in $kinds; do
        can "$kind" || continue
        start --ca-key "$kind" --next-ca
        run_sscep getnextca -u "$URL" -c next.crt -C ca.crt
        expect_status 0
        same_certificate next.crt-0 "$ca/next-ca.crt"
    done
}

@test "a reply that is signed by another key, or altered, is refused" {
    local kind
    for kind in $kinds; do
        can "$kind" || continue
        for fault in bad-signature bad-message-digest; do
            start --ca-key "$kind" --fault "$fault"
            first --new-key "$kind" --challenge pass:secret
            expect_status 97
            no_file new.crt
        done
    done
}

@test "an RSA encryption certificate and an ML-DSA signing one" {
    can ml-dsa-65 || return 0
    start --profile ra --ra-sign-key ml-dsa-65 --ca-key ml-dsa-87
    first --new-key ed25519 --challenge pass:secret
    certified
    expect_equal "recipient" "ktri" "$(messages recipientKind)"
    sent "19 ed25519 sha512 pwri"
}

@test "without a single operation of RSA or EC: ML-DSA, ML-KEM and AES-256" {
    if ! can ml-dsa-65; then
        skip_nothing
        return 0
    fi
    if ! can ml-kem-768; then
        # An ML-KEM certificate, which this libcrypto makes, but does not use.
        start
        openssl genpkey -algorithm ML-KEM-768 -out kem.key
        openssl pkey -in kem.key -pubout -out kem.pub
        openssl x509 -new -subj /CN=kem -force_pubkey kem.pub \
            -CA "$ca/ca.crt" -CAkey "$ca/ca.key" -out kem.crt
        first --new-key ml-dsa-65 --challenge pass:secret -e kem.crt
        lacking ml-kem-768
        no_file new.key
        return 0
    fi
    for kem in ml-kem-512 ml-kem-768 ml-kem-1024; do
        start --profile ra-enc --ca-key ml-dsa-65 --ra-enc-key "$kem" \
            --cipher aes256
        first --new-key ml-dsa-65 --challenge pass:secret -E aes256
        certified
        expect_equal "recipient" "kem aes256" \
            "$(messages 'f"{recipientKind} {contentEncryptionName}"')"
        sent "19 ml-dsa-65 sha512 pwri"
        renew -E aes256 --challenge pass:secret
        certified
        print_messages >printed
        expect_equal "RSA and EC" 0 "$(grep -ciE 'rsa|ec-?dsa|ecPublic' printed)"
        expect_equal "messages" 4 "$(grep -c '^---' printed)"
        expect_equal "by KEM" 2 "$(grep -c kemri printed)"
        expect_equal "by password" 2 "$(grep -c pwri printed)"
        expect_equal "AES-256" 4 "$(grep -c aes-256-cbc printed)"
        [ -z "${NEWKEYS_PRINT-}" ] || cat printed >>"$NEWKEYS_PRINT"
    done
}

skip_nothing() {
    start
    first --new-key ml-dsa-65 --challenge pass:secret
    lacking ml-dsa-65
}

# The algorithms in all messages, inside and out, as openssl prints them.
print_messages() {
    local message
    cat ca.crt* >cas.pem
    for message in "$ca"/requests/*.der "$ca"/replies/*.der; do
        openssl cms -cmsout -print -inform DER -in "$message" \
            -out print 2>/dev/null || continue
        has print pkcs7-signedData || continue
        openssl cms -verify -noverify -binary -inform DER -in "$message" \
            -certfile cas.pem -out inner 2>/dev/null || continue
        openssl cms -cmsout -print -inform DER -in inner -out print.inner
        echo "--- $(basename "$(dirname "$message")") $(basename "$message")"
        grep -hE '^ *(algorithm|d\.(ktri|kari|pwri|ori|kemri)|kem|kdf|wrap): ' \
            print print.inner
    done
}

@test "a reply by KEMRecipientInfo, for a key that signs: a clear line" {
    can ml-kem-768 || return 0
    start
    openssl genpkey -algorithm ML-KEM-768 -out kem.key
    openssl pkey -in kem.key -pubout -out kem.pub
    openssl x509 -new -subj /CN=kem -force_pubkey kem.pub \
        -CA "$ca/ca.crt" -CAkey "$ca/ca.key" -out kem.crt
    stop_ca
    start --reply-kem "$PWD/kem.crt"
    first --new-key ml-dsa-65 --challenge pass:secret
    expect_status 97
    only_error "encrypted by a KEMRecipientInfo (RFC 9629)" "challengePassword"
}

# --- sizes -------------------------------------------------------------------

@test "without POST: a long GET is warned of" {
    can ml-dsa-87 || return 0
    start --caps AES,SHA-256
    first --new-key ml-dsa-87 --challenge pass:secret
    certified
    expect_equal "warned" 1 "$(grep -c "long-get" "$stderr")"
}

@test "a GET that no server takes is not sent" {
    local names
    start --caps AES,SHA-256
    names=$(seq -f 'DNS:%06.0f.a-rather-long-name.example.com' -s, 1600)
    first --new-key rsa:2048 --challenge pass:secret --san "$names"
    expect_status 1
    one_error "no POST" "is longer than servers take (65000)"
    expect_equal "messages" "" "$(messages n)"
}

# --- TLS ---------------------------------------------------------------------

@test "TLS with each kind of key, of client and server" {
    local kind
    printf 'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nAES\n' \
        >'scep?operation=GetCACaps'
    for kind in $kinds; do
        openssl genpkey -algorithm "$kind" -out tls.key 2>/dev/null || continue
        openssl req -new -x509 -key tls.key -subj /CN=localhost -out tls.crt \
            -addext subjectAltName=IP:127.0.0.1
        rm -f server
        openssl s_server -accept 127.0.0.1:0 -cert tls.crt -key tls.key -HTTP \
            -Verify 1 -verify_return_error -CAfile tls.crt \
            >server 2>&1 </dev/null 3>&- 4>&- &
        ca_pids+=($!)
        wait_for 10 grep -qs '^ACCEPT .*:[0-9]' server
        URL=https://$(sed -n 's/^ACCEPT //p' server)/scep
        run_sscep getcaps -u "$URL" --tls-ca-file tls.crt --tls-cert tls.crt \
            --tls-key tls.key
        expect_status 0
        stdout_has AES
        stop_ca
    done
}

# --- check -------------------------------------------------------------------

@test "check says what is wrong with a key that only signs" {
    start
    can ml-dsa-65 || return 0
    first --new-key ml-dsa-65 --challenge pass:secret
    certified
    : >"$ca/log"
    run_sscep check -u "$URL" -c ca.crt -k new.key -l new.crt \
        --renew-before 33% --force --challenge pass:secret
    expect_status 0
    run_sscep check -u "$URL" -c ca.crt -k new.key -l new.crt \
        --renew-before 33% --force
    expect_status 93
    grep -q "problem *private key new.key: its type is ML-DSA-65, which opens no" \
        "$stdout"
}
