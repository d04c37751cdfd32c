#!/usr/bin/env bats
#
# getcert and getcrl: what is asked for, and which answers are accepted.

load helper
load namespace
load servers

# issue FILE SERIAL [REQUEST]: makes a certificate, in the records of the CA.
issue() {
    openssl x509 -req -in "${3:-local.csr}" -CA "$ca/ca.crt" \
        -CAkey "$ca/ca.key" -days 30 -set_serial "$2" -out "$1" \
        -extfile <(echo basicConstraints=CA:FALSE) 2>"$1.log"
    rm "$1.log"
    mkdir -p "$ca/issued"
    cp "$1" "$ca/issued/$(serial_of "$1").pem"
}

# The serial number as in the log: lower-case hexadecimal, no leading zeros.
serial_of() {
    openssl x509 -in "$1" -noout -serial | sed 's/.*=0*//' | tr A-F a-f
}

# Starts a CA; own.crt has serial number 4711, which is 0x1267.
start_queries() {
    take local.key local.csr
    start_ca "$@"
    cp "$ca/ca.crt" .
    issue own.crt 4711
}

getcert() {
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -w result "$@"
}

getcrl() {
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w result "$@"
}

# got_cert FILE: the last run has written this certificate and says so.
got_cert() {
    expect_status 0
    expect_stdout <<'END'
./sscep: requesting certificate
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: certificate written as result
END
    same_certificate result "$1"
    expect_equal "the first line" "-----BEGIN CERTIFICATE-----" \
        "$(head -n 1 result)"
    expect_equal "certificates in it" 1 "$(grep -c BEGIN result)"
}

got_crl() {
    expect_status 0
    expect_stdout <<'END'
./sscep: requesting crl
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: CRL written as result
END
    expect_equal "the first line" "-----BEGIN X509 CRL-----" "$(head -n 1 result)"
    verify_crl result "${1:-$ca/ca.crt}"
}

# openssl crl reports the result in words, not by its exit status.
verify_crl() {
    expect_equal "openssl's opinion of the CRL" "verify OK" \
        "$(openssl crl -in "$1" -CAfile "$2" -noout -verify 2>&1)"
}

# name_of FILE issuer|subject: the encoding of that name in hexadecimal.
name_of() {
    openssl x509 -in "$1" -outform DER | /usr/bin/python3 -I -S -c '
import sys

def split(data):
    """Each element: its tag, its content, all of it."""
    while data:
        size, head = data[1], 2
        if size > 127:
            head += size & 127
            size = int.from_bytes(data[2:head], "big")
        yield data[0], data[head:head + size], data[:head + size]
        data = data[head + size:]

def inside(data):
    return list(split(next(split(data))[1]))

fields = [e for e in inside(inside(sys.stdin.buffer.read())[0][2])
          if e[0] != 0xa0]
print(fields[{"issuer": 2, "subject": 4}[sys.argv[1]]][2].hex())' "$2"
}

# asked MESSAGE-TYPE ISSUER-DER SERIAL: the last message to the CA asked for
# this.
asked() {
    expect_equal "what was asked for" "$1 $2 $3" \
        "$(messages 'messageType + " " + issuerDER + " " + serial' | tail -n 1)"
    expect_equal "what is wrong with the message" "[]" \
        "$(messages problems | tail -n 1)"
}

# --- getcrl of the manuals -------------------------------------------------

manual_conf() {
    cat >new.conf <<END
# sscep.conf

[sscep]
URL = $URL
CACertFile = ./ca.crt

[sscep_getcrl]
PrivateKeyFile = ./local.key
LocalCertFile = "./own.crt"
GetCrlFile = ./crl.crl
END
    cat >old.conf <<END
URL		$URL
"CACertFile"	"./ca.crt"
PrivateKeyFile	./local.key
LocalCertFile	./own.crt
"GetCrlFile"	"./crl.crl"
END
}

@test "getcrl: the four lines of the manuals, by both syntaxes" {
    local conf
    start_queries
    manual_conf
    for conf in new old; do
        cp "$conf.conf" sscep.conf
        rm -f crl.crl
        run_sscep getcrl -f sscep.conf
        expect_status 0
        stderr_empty
        expect_stdout <<'END'
./sscep: requesting crl
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: CRL written as ./crl.crl
END
        verify_crl crl.crl ca.crt
    done
    expect_equal "messages" "22 22" "$(messages messageType | paste -sd' ')"
}

@test "getcert: GetCertFile and GetCertSerial, by both syntaxes" {
    local conf
    start_queries
    manual_conf
    printf '[sscep_getcert]\n%s\n%s\n%s\n%s\n' "PrivateKeyFile = local.key" \
        "LocalCertFile = own.crt" "GetCertFile = ./cert.crt" \
        "GetCertSerial = 4711" >>new.conf
    printf 'GetCertFile ./cert.crt\n"GetCertSerial" "4711"\n' >>old.conf
    for conf in new old; do
        rm -f cert.crt
        run_sscep getcert -f "$conf.conf"
        expect_status 0
        stderr_empty
        expect_stdout <<'END'
./sscep: requesting certificate
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: certificate written as ./cert.crt
END
        same_certificate cert.crt own.crt
    done
}

# --- what is asked for -----------------------------------------------------

@test "getcert: the certificate of the serial, of another device" {
    start_queries
    take other.key other.csr
    issue other.crt 8150 other.csr
    getcert -s 8150
    got_cert other.crt
    stderr_empty
    asked 21 "$(name_of own.crt issuer)" 1fd6
}

@test "getcert: its own certificate, by its serial number" {
    start_queries
    getcert -s 4711
    got_cert own.crt
    stderr_empty
}

@test "getcrl: the issuer and serial number of -l" {
    start_queries
    getcrl
    got_crl
    stderr_empty
    asked 22 "$(name_of own.crt issuer)" 1267
}

@test "getcrl: -s gives another serial number" {
    start_queries
    getcrl -s 12:34
    got_crl
    asked 22 "$(name_of own.crt issuer)" 1234
}

# Makes a CA whose name has a string type that libcrypto would not choose.
foreign_ca() {
    cat >foreign.cnf <<'END'
[ req ]
prompt = no
string_mask = MASK:0x800
utf8 = yes
distinguished_name = dn
x509_extensions = ext
[ dn ]
C = FI
O = Yhtiö
CN = Foreign CA
[ ext ]
basicConstraints = critical, CA:TRUE
END
    openssl req -new -x509 -config foreign.cnf -key "$shared/new.key" \
        -days 30 -out foreign.crt
    openssl x509 -req -in "$shared/other.csr" -CA foreign.crt \
        -CAkey "$shared/new.key" -days 30 -set_serial 0xC0FFEE \
        -out of-foreign.crt 2>foreign.log
    # A re-encoded name would have another string type.
    openssl asn1parse -in foreign.crt | grep -q BMPSTRING
}

@test "getcert -O: the issuer is its subject, byte by byte" {
    start_queries
    foreign_ca
    getcert -s 17 -O foreign.crt
    refused --answered 74 badCertId
    asked 21 "$(name_of foreign.crt subject)" 11
}

@test "getcert -O: not the issuer of that certificate, if it is another" {
    start_queries
    foreign_ca
    getcert -s 17 -O of-foreign.crt
    refused --answered 74 badCertId
    asked 21 "$(name_of of-foreign.crt subject)" 11
}

# After a rollover the CA may have the same name, and another key.
@test "getcrl: with two CAs of one name in -c, the CRL of each, in any order" {
    local order
    start_queries
    openssl x509 -in "$ca/ca.crt" -signkey "$shared/other.key" -x509toreq \
        -out namesake.csr 2>log
    printf 'basicConstraints = critical, CA:TRUE\n' >namesake.cnf
    openssl x509 -req -in namesake.csr -signkey "$shared/other.key" -days 30 \
        -extfile namesake.cnf -set_serial 77 -out namesake.crt 2>log
    for order in "namesake.crt $ca/ca.crt" "$ca/ca.crt namesake.crt"; do
        rm -f result
        # shellcheck disable=SC2086
        cat $order >ca.crt
        getcrl -e "$ca/ca.crt"
        got_crl
    done
    stop_ca
    start_ca --fault crl-bad-signature
    for order in "namesake.crt $ca/ca.crt" "$ca/ca.crt namesake.crt"; do
        rm -f result
        # shellcheck disable=SC2086
        cat $order >ca.crt
        getcrl -e "$ca/ca.crt"
        refused --answered 97 "the signature of the CRL does not verify"
    done
}

@test "getcrl -O: issuer and serial of the target, byte by byte" {
    start_queries
    foreign_ca
    getcrl -O of-foreign.crt
    refused --answered 74 badCertId
    asked 22 "$(name_of foreign.crt subject)" c0ffee
    getcrl -O of-foreign.crt -s 5
    refused --answered 74 badCertId
    asked 22 "$(name_of foreign.crt subject)" 5
}

@test "the issuer of -l, byte by byte, if its name has an unusual encoding" {
    start_queries
    foreign_ca
    cp "$shared/other.key" .
    run_sscep getcert -u "$URL" -c ca.crt -k other.key -l of-foreign.crt \
        -w result -s 1
    refused --answered 74 badCertId
    asked 21 "$(name_of of-foreign.crt issuer)" 1
    run_sscep getcrl -u "$URL" -c ca.crt -k other.key -l of-foreign.crt -w result
    refused --answered 74 badCertId
    asked 22 "$(name_of of-foreign.crt issuer)" c0ffee
}

@test "getcert -O: the certificate of the CA, which its root has issued" {
    start_queries --profile chain
    cat "$ca/ca.crt" "$ca/root.crt" >ca.crt
    getcert -O "$ca/root.crt" -s "0x$(serial_of "$ca/ca.crt")"
    got_cert "$ca/ca.crt"
    asked 21 "$(name_of "$ca/root.crt" subject)" "$(serial_of "$ca/ca.crt")"
    # Without -O it is the issuer of -l.
    rm result
    getcert -s "0x$(serial_of "$ca/ca.crt")"
    refused --answered 74 badCertId
    asked 21 "$(name_of "$ca/ca.crt" subject)" "$(serial_of "$ca/ca.crt")"
}

@test "getcrl -O: a target of the same CA" {
    start_queries
    take other.csr
    issue other.crt 8150 other.csr
    getcrl -O other.crt
    got_crl
    asked 22 "$(name_of other.crt issuer)" 1fd6
}

@test "behind an RA the CA is named, not the RA, without -O" {
    start_queries --profile ra
    rm ca.crt
    run_sscep getca -u "$URL" -c ca.crt
    getcert -s 4711
    got_cert own.crt
    stderr_empty
    asked 21 "$(name_of "$ca/ca.crt" subject)" 1267
    rm result
    getcrl
    got_crl
    stderr_empty
    asked 22 "$(name_of "$ca/ca.crt" subject)" 1267
    expect_equal "the recipients" "$(serial_of "$ca/ra-enc.crt")" \
        "$(messages recipientSerial | uniq)"
}

@test "behind an RA that another CA has certified, the CA of -l is named" {
    start_queries --profile ra
    # An RA certificate with another issuer.
    openssl req -new -key "$ca/ra-sign.key" -subj "/O=Elsewhere/CN=RA" |
        openssl x509 -req -CA "$shared/other.crt" -CAkey "$shared/other.key" \
            -days 30 -set_serial 7 -out ca.crt 2>log
    cp "$ca/ra-enc.crt" enc.crt
    getcert -s 4711 -e enc.crt
    asked 21 "$(name_of own.crt issuer)" 1267
    getcrl -e enc.crt
    asked 22 "$(name_of own.crt issuer)" 1267
}

# --- serial numbers --------------------------------------------------------

# serial_is TEXT HEX: runs getcert -s TEXT. serials_were then checks that the CA
# was asked for all the numbers HEX.
serial_is() {
    getcert -s "$1"
    case $status in
    0 | 74) ;;
    *) problem "$1: expected 0 or 74" ;;
    esac
    echo "$2" >>expected
}

serials_were() {
    messages serial >asked
    if ! diff expected asked >serials.diff; then
        problem "other serials were asked for" "$(cat serials.diff)"
    fi
}

@test "-s takes a serial number as openssl prints it" {
    local serial
    start_queries
    issue own.crt 0x70F0E1D2C3B4A5968778695A4B3C2D1E0F102132
    serial=$(openssl x509 -in own.crt -noout -serial)
    getcert -s "${serial#serial=}"
    got_cert own.crt
    rm result
    serial=$(openssl x509 -in own.crt -noout -text |
        grep -A 1 'Serial Number:' | tail -n 1 | tr -d ' ')
    [[ $serial == *:*:* ]]
    getcert -s "$serial"
    got_cert own.crt
}

@test "-s takes decimal and hexadecimal numbers, and pairs of digits between colons" {
    start_queries
    serial_is 4711 1267
    serial_is 004711 1267
    serial_is 0 0
    serial_is 18446744073709551616 10000000000000000
    serial_is 0x4711 4711
    serial_is 0X4711 4711
    serial_is 0x00c0ffee c0ffee
    serial_is 0xabc abc
    serial_is c0ffee c0ffee
    serial_is 12E 12e
    serial_is 47:11 4711
    serial_is 00:c0:FF:ee c0ffee
    serial_is 01:02:03 10203
    serial_is "$(printf '%063d' 0 | sed 's/0/00:/g')0f" f
    serials_were
}

@test "-s: colons that do not separate pairs of hex digits" {
    local serial
    start_queries
    snapshot
    for serial in A:B:C 1:2 1:23 12:3 123:45 12:345 1234:56 12: :12 12::34 \
        12:34: :12:34 1: 0x12:34 12:0x34 "12: 34" "12 :34" 12:3g "-12:34"; do
        getcert -s "$serial"
        expect_status 1
        only_error "serial number \"$serial\": expected " \
            "pairs of hex digits as in AA:BB:CC"
        getcrl -s "$serial"
        expect_status 1
        only_error "pairs of hex digits"
    done
    nothing_written
    nothing_sent
}

@test "-s: a value that is no number is refused, and nothing is sent" {
    local serial
    start_queries
    snapshot
    for serial in 12g 0x 0x12g -1 +1 " 12" "12 " 1.5 1,000 : :: 0x0x1 "12;34" \
        "1 2" \
        "$(printf '%0129d' 1)" "0x$(printf '%0129d' 1)"; do
        getcert -s "$serial"
        expect_status 1
        one_error serial
        getcrl -s "$serial"
        expect_status 1
        one_error serial
    done
    getcert -s ""
    expect_status 1
    nothing_written
    nothing_sent
}

# --- which answers are accepted (RFC 8894, 3.3.2.1) ------------------------

# fails OPERATION FAULT STATUS TEXT: the CA commits FAULT; the operation ends
# with STATUS and an error that contains TEXT.
fails() {
    local operation=$1 fault=$2 code=$3 text=$4
    shift 4
    ca=$BATS_TEST_TMPDIR/$operation-$fault
    start_queries --fault "$fault"
    snapshot
    if [ "$operation" = getcert ]; then
        getcert -s 4711 "$@"
    else
        getcrl "$@"
    fi
    refused --answered "$code" "$text"
    expect_equal "the fault" "['$fault']" "$(messages faults)"
    stop_ca
}

@test "getcert: a certificate that was not asked for is refused" {
    fails getcert cert-wrong-key 97 "none of its 2 certificate(s)"
    fails getcert cert-expired 97 "none of its 1 certificate(s)"
    fails getcert cert-wrong-issuer 97 "none of its 2 certificate(s)"
    fails getcert cert-issuer-unknown 97 "none of its 2 certificate(s)"
}

@test "getcert: the right serial by the wrong issuer" {
    fails getcert cert-same-serial 97 "none of its 2 certificate(s)" \
        --tolerate issuer
}

@test "getcert: a forged certificate with the right issuer and serial number is refused" {
    fails getcert cert-forged 97 "does not verify"
    fails getcert cert-bad-signature 97 "does not verify"
}

@test "getcert: a forged one with --tolerate issuer" {
    start_queries --fault cert-forged
    getcert -s 4711 --tolerate issuer
    expect_status 0
    warned "does not verify"
    expect_equal "the serial" 1267 "$(serial_of result)"
}

@test "getcert: no certificates, or no SignedData" {
    fails getcert content-no-certificates 97 "no certificate"
    fails getcert content-garbage 97 "reply: "
    fails getcert success-no-content 97 "SUCCESS without a content"
}

@test "getcert: the certificate that was asked for is found among others" {
    local order
    for order in leaf-first leaf-last with-strangers; do
        ca=$BATS_TEST_TMPDIR/$order
        start_queries --cert-order "$order"
        getcert -s 4711
        got_cert own.crt
        rm result
        stop_ca
    done
}

@test "getcrl: the CRL of another issuer" {
    fails getcrl crl-wrong-issuer 97 "another issuer" \
        --tolerate issuer,nonce,transaction-id,clock
}

@test "getcrl: a CRL that is forged, or altered" {
    fails getcrl crl-bad-signature 97 "signature of the CRL" \
        --tolerate nonce,transaction-id,clock
    fails getcrl crl-altered 97 "signature of the CRL"
    fails getcrl crl-two-algorithms 97 "two signature algorithms"
}

@test "getcrl: a CRL with a malformed entry, or a part that is too large" {
    fails getcrl crl-bad-entry 97 "is malformed (RFC 5280, 5.1.2.6)"
    fails getcrl crl-large-signature 97 "the limit is 65536 (RFC 5280, 5.1.1.3)"
}

@test "getcrl: a forged one with --tolerate issuer is still refused" {
    fails getcrl crl-bad-signature 97 "signature of the CRL" \
        --tolerate issuer
}

@test "getcrl: no CRL, two, or something else" {
    fails getcrl content-no-certificates 97 "CRL"
    fails getcrl content-single-certificate 97 "CRL"
    fails getcrl content-garbage 97 "CRL"
    fails getcrl crl-two 97 "one CRL"
    fails getcrl success-no-content 97 "SUCCESS without a content"
}

@test "PENDING is refused (RFC 8894, 4.5.1)" {
    fails getcert pending-with-content 97 "PENDING"
    stdout_line "./sscep: pkistatus: PENDING"
    fails getcrl pending-with-content 97 "PENDING"
    stdout_line "./sscep: pkistatus: PENDING"
}

@test "a reply that somebody else signed is refused" {
    local operation
    for operation in getcert getcrl; do
        fails "$operation" wrong-signer 97 "signature does not verify"
        fails "$operation" stranger-signer 97 "not among those of -c"
        fails "$operation" end-entity-signer 97 "not among those of -c"
        fails "$operation" bad-signature 97 "signature does not verify"
    done
}

@test "a wrong transactionID or nonce is refused, or accepted with --tolerate" {
    fails getcert wrong-transaction-id 97 transactionID \
        --tolerate nonce,issuer,clock
    fails getcrl wrong-recipient-nonce 97 recipientNonce \
        --tolerate transaction-id,issuer,clock
    ca=$BATS_TEST_TMPDIR/tolerated
    start_queries --fault wrong-transaction-id
    getcert -s 4711 --tolerate transaction-id
    got_cert own.crt
    warned transactionID
    rm result
    stop_ca
    ca=$BATS_TEST_TMPDIR/tolerated-too
    start_queries --fault wrong-recipient-nonce
    getcrl --tolerate nonce
    got_crl
    warned recipientNonce
}

@test "a certificate that the CA does not know: exit status 74" {
    start_queries
    getcert -s 4712
    refused --answered 74 badCertId
    expect_stdout <<'END'
./sscep: requesting certificate
./sscep: valid response from server
./sscep: pkistatus: FAILURE
./sscep: reason: No certificate could be identified matching
END
}

@test "a CRL that the CA does not have: exit status 74" {
    start_queries
    foreign_ca
    getcrl -O of-foreign.crt
    refused --answered 74 badCertId
    expect_stdout <<'END'
./sscep: requesting crl
./sscep: valid response from server
./sscep: pkistatus: FAILURE
./sscep: reason: No certificate could be identified matching
END
}

@test "FAILURE for other reasons, with failInfoText" {
    start_queries --fail badRequest --fail-text "Not here"
    getcert -s 4711
    refused --answered 72 badRequest '"Not here"' GetCert "(-k, -l)"
    stderr_lacks "challenge password"
    getcrl
    refused --answered 72 badRequest '"Not here"' GetCRL crlDistributionPoints
    stderr_lacks "challenge password"
    stderr_lacks template
}

# -R is an option of enroll only.
@test "SUCCESS without a content: the advice is about the CRL or certificate" {
    start_queries --fault success-no-content
    getcert -s 4711
    refused --answered 97 "may not have this certificate"
    stderr_lacks "-R"
    getcrl
    refused --answered 97 "no CRL"
    stderr_lacks "-R"
}

# --- no CA certificate at hand ---------------------------------------------

@test "an RA certificate alone as -c: a warning" {
    start_queries --profile ra
    cp "$ca/ra-sign.crt" ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    getcert -s 4711 -e enc.crt
    got_cert own.crt
    warned "no CA certificate"
    rm result
    getcrl -e enc.crt
    got_crl
    warned "not verified"
}

@test "getcrl: the CA of the CRL is not among those of -c: refused, or --tolerate issuer" {
    start_queries --profile ra
    # A CA below a root that is not there either.
    echo basicConstraints=critical,CA:TRUE >extensions
    openssl req -x509 -key local.key -subj /CN=Root -days 9 -out root.crt
    openssl req -new -key local.key -subj /CN=Another -out other.csr
    openssl x509 -req -in other.csr -CA root.crt -CAkey local.key -days 9 \
        -extfile extensions -set_serial 7 -out other.crt 2>/dev/null
    cat "$ca/ra-sign.crt" other.crt >ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    getcrl -e enc.crt
    refused --answered 97 "the CRL's issuer is not among the CA certificates of -c" \
        "(--tolerate issuer overrides this)"
    getcrl -e enc.crt --tolerate issuer
    got_crl
    warned "the CRL's issuer is not among the CA certificates of -c"
    warned "[tolerated-issuer]"
}

@test "an RA certificate alone as -c: the issuer must be right nevertheless" {
    start_queries --profile ra --fault crl-wrong-issuer
    cp "$ca/ra-sign.crt" ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    getcrl -e enc.crt
    refused --answered 97 "another issuer"
    stop_ca
    ca=$BATS_TEST_TMPDIR/other
    start_queries --profile ra --fault cert-same-serial
    cp "$ca/ra-sign.crt" ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    getcert -s 4711 -e enc.crt
    refused --answered 97 "issuer and serial"
}

# --- the CRL ---------------------------------------------------------------

@test "a CRL with revoked certificates" {
    start_queries --revoke 1267 --revoke 7edcba9876543210fedcba9876543210fedcba98
    getcrl
    got_crl
    openssl crl -in result -noout -text >text
    expect_equal "revoked" 2 "$(grep -c 'Serial Number:' text)"
    grep -q 'Serial Number: 1267$' text
    grep -q 'Serial Number: 7EDCBA9876543210FEDCBA9876543210FEDCBA98$' text
    # The certificate verifies, until the CRL is used.
    openssl verify -CAfile ca.crt own.crt
    cat ca.crt result >both.pem
    run -2 openssl verify -crl_check -CAfile both.pem own.crt
    [[ $output == *"certificate revoked"* ]]
}

@test "a CRL of 50000 entries is written" {
    start_queries --crl-size 50000 --revoke 1267
    getcrl
    got_crl
    stderr_empty
    openssl crl -in result -outform DER >crl.der
    [ "$(wc -c <crl.der)" -gt 1000000 ]
    expect_equal "revoked" 50001 \
        "$(openssl crl -in result -noout -text | grep -c 'Serial Number:')"
}

@test "a CRL that is expired or not yet valid: a warning, and it is written" {
    start_queries --fault crl-expired
    getcrl
    got_crl
    warned "nextUpdate"
    rm result
    stop_ca
    ca=$BATS_TEST_TMPDIR/future
    start_queries --fault crl-not-yet-valid
    getcrl
    got_crl
    warned "thisUpdate"
}

@test "an older CRL in place of a newer one of the same issuer: a warning, and it is written" {
    local name
    start_queries
    for name in newer.pem newer.der; do
        a_crl "$name" 10 100
        cp "$name" result
        getcrl
        got_crl
        warned_only "CRL result: the one received is older than that in the file: thisUpdate $(date -u +%Y-)"
        warned_only ", in the file $(update_of "$name"): look whether the server is behind [crl-older]"
    done
    cp newer.pem result
    getcrl --json
    stdout_has '"crl-older"'
    stderr_has "[crl-older]"
    verify_crl result ca.crt
    cp newer.pem result
    getcrl --no-warn crl-older
    got_crl
    stderr_empty
}

# update_of FILE: thisUpdate, as in the messages.
update_of() {
    date -u +%Y-%m-%dT%H:%M:%SZ -d \
        "$(openssl crl -in "$1" $([[ $1 != *.der ]] || echo -inform DER) \
            -noout -lastupdate | sed 's/.*=//')"
}

@test "no warning of an older CRL: it is newer, of another issuer, or there is none" {
    start_queries
    a_crl result -1 100
    getcrl
    got_crl
    stderr_empty
    a_crl newer 10 100
    a_crl result 10 100 "Other CA"
    getcrl
    got_crl
    stderr_empty
    echo text >result
    getcrl
    got_crl
    stderr_empty
    head -c 100 newer >result
    getcrl
    got_crl
    stderr_empty
    rm result
    getcrl
    got_crl
    stderr_empty
    cp newer result
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w - <newer
    expect_status 0
    stderr_lacks "[crl-older]"
    getcrl -m message
    stderr_lacks "[crl-older]"
    cmp newer result
}

@test "the CRL is written unchanged" {
    start_queries --revoke 1 --cipher aes256
    getcrl
    got_crl
    openssl crl -in result -outform DER >crl.der
    openssl cms -verify -inform DER -in "$ca"/replies/2.der -CAfile ca.crt \
        -purpose any -binary -out envelope 2>log
    openssl cms -decrypt -inform DER -in envelope -inkey local.key \
        -recip own.crt -binary -out content
    openssl pkcs7 -inform DER -in content -print_certs |
        openssl crl -outform DER >sent.der
    cmp crl.der sent.der
}

@test "every form of the reply is read" {
    local options
    for options in "--ber-content" "--ber --ber-envelope --ber-content" \
        "--econtent enveloped --chunked 7" "--get-only" \
        "--cipher des3 --digest sha1 --close --no-signer-cert" \
        "--econtent enveloped-bare --sender-nonce none --http10"; do
        ca=$BATS_TEST_TMPDIR/${options// /}
        # shellcheck disable=SC2086
        start_queries $options
        getcert -s 4711
        got_cert own.crt
        rm result
        getcrl
        got_crl
        rm result
        stop_ca
    done
}

# --- getcrl --if-due -------------------------------------------------------

# a_crl FILE FROM TO [NAME]: makes a CRL of the CA, or of another issuer, from
# and to so many hours from now; TO may be "none".  In DER with a name *.der.
a_crl() {
    local der=$BATS_TEST_TMPDIR/crl.der issuer
    if [ $# -gt 3 ]; then
        issuer=$(openssl req -x509 -key "$ca/ca.key" -subj "/CN=$4" |
            name_of /dev/stdin subject)
    else
        issuer=$(name_of "$ca/ca.crt" subject)
    fi
    # What is signed, and with $der.signed what goes around it and the signature.
    /usr/bin/python3 -I -S - "$der" "$issuer" "${@:2:2}" <<'END'
import sys, time

def tlv(tag, *parts):
    content = b"".join(parts)
    size = len(content).to_bytes(2, "big")
    return bytes([tag, 0x82]) + size + content if len(content) > 255 else \
        bytes([tag, 0x81])[:2 if len(content) > 127 else 1] + size[1:] + content

def at(hours):
    return b"" if hours == "none" else tlv(0x17, time.strftime(
        "%y%m%d%H%M%SZ", time.gmtime(now + 3600 * float(hours))).encode())

path, issuer, begin, end = sys.argv[1:]
now = int(time.time())
sha256_with_rsa = bytes.fromhex("300d06092a864886f70d01010b0500")
signed = tlv(0x30, b"\2\1\1", sha256_with_rsa, bytes.fromhex(issuer), at(begin),
             at(end))
whole = tlv(0x30, signed, sha256_with_rsa, tlv(3, bytes(257)))
with open(path + ".signed", "wb") as stream:
    stream.write(signed)
with open(path, "wb") as stream:
    stream.write(whole[:-256])
END
    openssl dgst -sha256 -sign "$ca/ca.key" "$der.signed" >>"$der"
    case $1 in
    *.der) cp "$der" "$1" ;;
    *) openssl crl -inform DER -in "$der" -out "$1" ;;
    esac
}

# Nothing was done, and the text is what there was to say.
not_due() {
    expect_status 0
    echo "./sscep: crl not due: $1" | expect_stdout
    stderr_empty
    expect_equal "requests" 0 "$(request_count)"
    cmp result before
}

# is_due [REASON]: a new CRL was fetched.
is_due() {
    expect_status 0
    stdout_line "./sscep: CRL written as result"
    [ $# -eq 0 ] || stderr_has "crl is due: $1"
    verify_crl result "$ca/ca.crt"
}

# The number of requests that the CA has got.
request_count() {
    if [ -e "$ca/log" ]; then
        wc -l <"$ca/log"
    else
        echo 0
    fi
}

@test "getcrl --if-due: nothing is done while half of the life is left" {
    start_queries
    a_crl result -49 51.01
    cp result before
    getcrl --if-due
    not_due "51 of 100 hours left"
    getcrl --if-due --quiet
    expect_status 0
    stdout_empty
    stderr_empty
    a_crl result -51 49.01
    getcrl --if-due -v
    is_due "49 of 100 hours left"
    cp result before
    getcrl --if-due
    expect_status 0
    stdout_has "crl not due: "
    stdout_has " of 30 days left"
    cmp result before
}

@test "getcrl --if-due: --renew-before, on the command line and in the file" {
    start_queries
    a_crl result -80 20.5
    cp result before
    getcrl --if-due --renew-before 20h
    not_due "20 of 101 hours left"
    getcrl --if-due --renew-before 20%
    not_due "20 of 101 hours left"
    printf '[sscep_getcrl]\nIfDue = yes\nRenewBefore = 1200m\n' >sscep.conf
    getcrl -f sscep.conf
    not_due "20 of 101 hours left"
    getcrl -f sscep.conf --renew-before 21h
    is_due
    a_crl result -80 20.5
    getcrl --if-due --renew-before 1d
    is_due
    a_crl result -80 20.5
    getcrl --renew-before 1h
    is_due
}

@test "getcrl --if-due: a time that is none" {
    start_queries
    getcrl --if-due --renew-before 30
    misuse "option --renew-before: 30 is no time" "d (days), h (hours)"
    getcrl --if-due --renew-before "30 d"
    misuse "without a blank"
    getcrl --if-due --renew-before 0d
    misuse "0d: it would be due only when it has expired"
    getcrl --if-due --renew-before 101%
    misuse "101% is too much: expected 100% or less"
    echo "RenewBefore = 30x" >sscep.conf
    getcrl -f sscep.conf
    refused --unsent 93 "sscep.conf:1: RenewBefore: 30x is no time"
}

@test "getcrl --if-due: no CRL yet, or an empty file" {
    start_queries
    getcrl --if-due -v
    is_due "there is none"
    : >result
    getcrl --if-due -v
    is_due "its file is empty"
}

@test "getcrl --if-due: no nextUpdate, expired, of another issuer" {
    start_queries
    a_crl result -1 none
    getcrl --if-due -v
    is_due "it has no nextUpdate"
    a_crl result -100 -1
    getcrl --if-due -v
    is_due "its nextUpdate has passed"
    a_crl result -1 100 "Other CA"
    getcrl --if-due -v
    is_due "it is of another issuer"
    issue_by_other
    a_crl result -1 100
    getcrl --if-due -v -O of-other.crt
    stderr_has "crl is due: it is of another issuer"
}

# of-other.crt is of a CA that the server does not know.
issue_by_other() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -subj "/CN=Other CA" -keyout other.key -out of-other.crt 2>/dev/null
}

@test "getcrl --if-due: a clock before thisUpdate" {
    start_queries
    a_crl result 10 100
    getcrl --if-due
    is_due
    warned "CRL result: its thisUpdate is in the future"
    stderr_has "[crl-not-yet-valid]"
}

@test "getcrl --if-due: a CRL in DER, or behind other text" {
    start_queries
    a_crl crl.der -1 99.01
    cp crl.der result
    cp result before
    getcrl --if-due
    not_due "99 of 100 hours left"
    a_crl result -1 99.01
    { echo "Certificate Revocation List"; tr -d '\r' <result | sed 's/$/\r/'; } \
        >before
    cp before result
    getcrl --if-due
    not_due "99 of 100 hours left"
}

@test "getcrl --if-due: a CRL that is damaged is fetched again" {
    start_queries
    a_crl whole -1 99.01
    a_crl whole.der -1 99.01
    head -n 5 whole >result
    getcrl --if-due -v
    is_due "it is damaged"
    sed '4s/./*/g' whole >result
    getcrl --if-due -v
    is_due "it is damaged"
    sed 4d whole >result
    getcrl --if-due -v
    is_due "it is damaged"
    head -c -1 whole.der >result
    getcrl --if-due -v
    is_due "it is damaged"
    { cat whole.der; echo; } >result
    getcrl --if-due -v
    is_due "it is damaged"
}

@test "getcrl --if-due: a file that holds no CRL is not replaced" {
    local file
    start_queries
    echo text >text
    openssl x509 -in own.crt -outform DER -out own.der
    head -c 100000 /dev/zero >zero
    for file in text own.crt own.der local.key zero; do
        cp "$file" result
        getcrl --if-due
        expect_status 93
        only_error "CRL result: holds no CRL in PEM or DER"
        cmp result "$file" || problem "$file differs"
    done
    expect_equal "requests" 0 "$(request_count)"
}

@test "getcrl --if-due: -w must be a file" {
    start_queries
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w - --if-due
    misuse "--if-due: expected the file of a CRL at -w"
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -m message \
        --if-due
    misuse "--if-due: expected the file of a CRL at -w"
    mkdir directory
    mkfifo pipe
    for file in directory pipe /dev/stdout /dev/null; do
        getcrl --if-due -w "$file"
        misuse "--if-due: -w $file is not a file"
    done
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt --if-due
    misuse "missing file for the CRL"
}

@test "getcrl --if-due: no key is read, and nothing is opened, when not due" {
    start_queries
    a_crl result -1 99.01
    cp result before
    run_sscep getcrl -u http://127.0.0.1:1/ -c none -k none -l own.crt \
        -w result --if-due
    not_due "99 of 100 hours left"
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l none -w result --if-due
    expect_status 93
    only_error "own certificate none: cannot open"
    cmp result before
}

@test "getcrl --if-due: the object of --json" {
    start_queries
    a_crl result -1 99.01
    getcrl --if-due --json
    expect_status 0
    python3 - "$stdout" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["action"] == "none", report
assert report["reason"] == "99 of 100 hours left", report
assert report["crls"][0]["file"] == "result", report
assert "nextUpdate" in report["crls"][0], report
assert report["exitCode"] == 0 and "files" not in report, report
END
    rm result
    getcrl --if-due --json
    expect_status 0
    python3 - "$stdout" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["action"] == "fetched", report
assert report["reason"] == "there is none", report
assert report["files"] == ["result"], report
END
    getcrl --json
    expect_status 0
    stdout_lacks '"action"'
}

@test "getcrl --if-due: a large CRL takes no more memory, and no other file" {
    local first large
    start_queries "${LARGE[@]}"
    need strace
    a_crl small -1 99.01
    first=$(memory_of small)
    getcrl
    got_crl
    large=$(memory_of result)
    [ "$large" -lt $((first + 1000)) ]
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=openat,open,unlink,rename \
        -o trace "$sscep" getcrl -u "$URL" -c ca.crt -k local.key -l own.crt \
        -w result --if-due
    run ! grep -E 'O_TMPFILE|O_CREAT|unlink|rename' trace
}

# memory_of FILE: kilobytes of a run that finds the CRL in it not due.
memory_of() {
    python3 - "$sscep" getcrl -u "$URL" -c ca.crt -k local.key -l own.crt \
        -w "$1" --if-due --quiet <<'END'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
END
}

@test "getcrl --if-due: the CRL is on the disk before it has its name" {
    start_queries
    need strace
    echo text >result
    a_crl result -100 1
    ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=fsync,fdatasync,rename \
        -o trace "$sscep" getcrl -u "$URL" -c ca.crt -k local.key -l own.crt \
        -w result --if-due >out 2>err
    grep -A 9 sync trace | grep -q '"result"'
}

# --- a CRL that is not kept in memory --------------------------------------

# More than 1 MiB, by which a reply goes to a file.
LARGE=(--crl-size 60000)

# sent_crl SIZE: the CRL of this size in the last reply of a CA whose replies are in
# DER; openssl pkcs7 would print all its entries.
sent_crl() {
    openssl cms -verify -noverify -inform DER \
        -in "$(ls -t "$ca"/replies/*.der | head -n 1)" \
        -certfile ca.crt -binary -out envelope 2>log
    openssl cms -decrypt -inform DER -in envelope -inkey local.key \
        -recip own.crt -binary -out content
    # Behind it there are no signerInfos.
    head -c -2 content | tail -c "$1"
}

@test "a large CRL is written unchanged" {
    start_queries "${LARGE[@]}"
    getcrl
    got_crl
    stderr_empty
    openssl crl -in result -outform DER >crl.der
    [ "$(wc -c <crl.der)" -gt 1100000 ]
    sent_crl "$(wc -c <crl.der)" >sent.der
    cmp crl.der sent.der
    expect_equal "names of temporary files" "" "$(find . -name '.*sscep*')"
}

@test "a large CRL: forms of the reply" {
    local options
    for options in "--ber-content" "--ber --ber-envelope --ber-content" \
        "--ber --chunked 1000" "--cipher des3 --digest sha1 --http10" \
        "--econtent enveloped-bare --close" \
        "--ber --econtent enveloped-bare --ber-content"; do
        ca=$BATS_TEST_TMPDIR/${options// /}
        # shellcheck disable=SC2086
        start_queries "${LARGE[@]}" $options
        getcrl
        got_crl
        expect_equal "revoked" 60000 \
            "$(openssl crl -in result -noout -text | grep -c 'Serial Number:')"
        rm result
        stop_ca
    done
}

@test "a large CRL: to standard output, a pipe, an empty file, in --json" {
    start_queries "${LARGE[@]}"
    "$sscep" getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w - \
        >out 2>err
    verify_crl out ca.crt
    rm out
    mkfifo pipe
    cat pipe >out &
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w pipe
    expect_status 0
    wait $!
    verify_crl out ca.crt
    : >result
    getcrl
    got_crl
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w - --json
    expect_status 0
    python3 -c '
import json, sys
sys.stdout.write(json.load(open(sys.argv[1]))["pem"])' "$stdout" >out
    verify_crl out ca.crt
}

@test "a large CRL: TMPDIR is used where -w has no directory" {
    start_queries "${LARGE[@]}"
    need strace
    mkdir tmp
    ASAN_OPTIONS=detect_leaks=0 TMPDIR=$PWD/tmp \
        strace -f -e trace=openat,open -o trace "$sscep" getcrl \
        -u "$URL" -c ca.crt -k local.key -l own.crt -w - >out 2>err
    grep -q "\"$PWD/tmp\",.*O_TMPFILE\|\"$PWD/tmp/.sscep-spool" trace
    mkdir there
    ASAN_OPTIONS=detect_leaks=0 TMPDIR=$PWD/tmp \
        strace -f -e trace=openat,open -o trace "$sscep" getcrl \
        -u "$URL" -c ca.crt -k local.key -l own.crt -w there/crl >out 2>err
    grep -q '"[^"]*there",.*O_TMPFILE\|"[^"]*there/.sscep-spool' trace
    run ! grep -q "\"$PWD/tmp" trace
}

# refuses_large FAULT STATUS TEXT: the file of -w stays as it was.
refuses_large() {
    local fault=$1 ca=$BATS_TEST_TMPDIR/$1
    shift
    start_queries "${LARGE[@]}" --fault "$fault"
    echo old >result
    snapshot
    getcrl
    expect_status "$1"
    shift
    one_error "$@"
    nothing_written
    rm result
    stop_ca
}

@test "a large CRL: what is wrong at its end, or in its middle" {
    refuses_large bad-signature 97 "its signature does not verify"
    refuses_large bad-message-digest 97 "its signature does not verify"
    refuses_large altered-content 97 "its signature does not verify"
    refuses_large wrong-signer 97 "its signature does not verify"
    refuses_large crl-altered 97 "signature of the CRL"
    refuses_large crl-altered-middle 97 "signature of the CRL"
    refuses_large crl-bad-entry 97 "not a CRL: its entry at byte"
    refuses_large crl-large-signature 97 "its signatureValue has 2000006 bytes"
    refuses_large crl-two 97 "one CRL"
    refuses_large content-trailing 97 "bytes follow the SignedData"
}

@test "a large CRL: one that is cut short is refused" {
    refuses_large truncated-der 97 "not a pkiMessage"
    refuses_large short-body 95 "of its Content-Length"
    refuses_large chunk-truncated 95 "ended early"
    refuses_large envelope-truncated 97 "not a pkcsPKIEnvelope"
    refuses_large content-truncated 97 "with one CRL"
}

@test "a large CRL: for another recipient, or over the limit" {
    refuses_large envelope-wrong-recipient 97 "cannot be decrypted"
    start_queries "${LARGE[@]}"
    getcrl --max-size 1200000
    refused --answered 95 "over the limit of 1200000 bytes (--max-size)"
}

# in_sizes OF_FULL OF_TMP COMMAND...: with disks of these sizes in the directory
# full, and in that of TMPDIR.
in_sizes() {
    mkdir -p full tmp
    in_mounts "mount -t tmpfs -o size=$1,mode=0777 tmpfs full
        mount -t tmpfs -o size=$2,mode=0777 tmpfs tmp
        export TMPDIR=tmp" "${@:3}"
}

crl_in_full() {
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w full/crl "$@"
}

@test "a large CRL: a full disk" {
    start_queries "${LARGE[@]}"
    # Full while the answer is read, and while it is decrypted.
    local size n='after [0-9]+ bytes: No space left on device'
    for size in 1000k 2000k; do
        in_sizes "$size" 800k crl_in_full
        expect_status 93
        only_error "free some space, or set TMPDIR"
        grep -Eqx "$sscep: full: cannot keep the answer in a temporary file, \
$n; nor in tmp, $n; free some space, or set TMPDIR" "$stderr"
    done
    # The one directory that there is.
    in_sizes 1000k 800k run_sscep getcrl -u "$URL" -c ca.crt -k local.key \
        -l own.crt -w - --quiet
    expect_status 93
    only_error "tmp: cannot keep the answer in a temporary file, after 819200 \
bytes: No space left on device; free some space, or set TMPDIR"
    # The disk is full with the CRL.
    in_sizes 2900k 0 crl_in_full
    expect_status 93
    only_error "full/crl: cannot write: No space left on device"
}

@test "a large CRL: a full disk, and one with room in TMPDIR" {
    start_queries "${LARGE[@]}"
    local size
    # All of the answer is in full, but not the copy of its content.
    in_sizes 2000k 10m crl_in_full
    expect_status 0
    stderr_empty
    in_sizes 2000k 10m crl_in_full -v
    expect_status 0
    stderr_has "No space left on device; it goes to tmp"
    # The start of the answer is there, or nothing; the CRL has no room.
    for size in 1000k 20k; do
        in_sizes "$size" 10m crl_in_full
        expect_status 93
        only_error "full/crl: cannot write: No space left on device"
    done
}

@test "a large CRL: over the limit, where the disk is full as well" {
    start_queries "${LARGE[@]}" --chunked 1000
    # What is read last before the limit has no room, and is not needed.
    in_sizes 1050k 1050k crl_in_full --max-size 1150000
    expect_status 95
    only_error "over the limit of 1150000 bytes (--max-size)"
}

# trace_reads OPTION...: a getcrl under strace, which sees what reads a file at an
# offset.
trace_reads() {
    rm -f result
    ASAN_OPTIONS=detect_leaks=0 run -- strace -f -o trace -e trace=pread64 "$@" \
        "$sscep" getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w result \
        --quiet
}

@test "a large CRL: a temporary file that cannot be read" {
    start_queries "${LARGE[@]}"
    need strace
    trace_reads
    expect_equal status 0 "$status"
    # Libraries are read before, in smaller parts.
    local first count n
    first=$(grep -n 'pread64(.*, 131072, 0)' trace | head -n 1 | cut -d : -f 1)
    count=$(grep -c 'pread64(' trace)
    [ "$((count - first))" -gt 10 ]
    for ((n = first; n <= count; n++)); do
        trace_reads -e "inject=pread64:error=EIO:when=$n"
        expect_equal "status of read $n" 93 "$status"
        expect_equal "line of read $n" "$sscep: cannot read the temporary file \
of the answer" "$output"
        [ ! -e result ]
    done
}

# answer_size: bytes of the reply to the last run, which was with -d.
answer_size() {
    sed -n 's/.*answer: 200.*, \([0-9]*\) bytes$/\1/p' "$stderr" | tail -n 1
}

@test "a large CRL: on the disk it takes twice --max-size at most" {
    local options size
    for options in "" "--ber --ber-envelope --ber-content" \
        "--ber --econtent enveloped-bare --ber-envelope --ber-content"; do
        ca=$BATS_TEST_TMPDIR/ca-${options// /}
        # shellcheck disable=SC2086
        start_queries "${LARGE[@]}" $options
        getcrl -d
        expect_status 0
        size=$(answer_size)
        rm result
        # An answer that is as large as it may be, but for what may differ.
        getcrl --max-size $((size + 100))
        got_crl
        rm result
        # The disk has pages, and the output its room.
        in_sizes 20k $((2 * size + 16384)) run_sscep getcrl -u "$URL" \
            -c ca.crt -k local.key -l own.crt -w -
        expect_status 0
        verify_crl "$stdout" ca.crt
        getcrl --max-size $((size - 100))
        refused --answered 95 "over the limit of $((size - 100)) bytes (--max-size)"
        stop_ca
    done
}

# serve_slowly: answers with 3 MB of 5, and then with silence.
serve_slowly() {
    python3 - port <<'END' &
import os, socket, sys, time

listener = socket.create_server(("127.0.0.1", 0))
with open("new", "w") as stream:
    stream.write(str(listener.getsockname()[1]))
os.rename("new", sys.argv[1])
client, _ = listener.accept()
client.recv(100000)
client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n"
               b"Content-Type: application/x-pki-message\r\n\r\n" +
               b"0" * 3000000)
time.sleep(30)
END
    server=$!
    wait_for 10 test -e port
}

# has_spooled PID: most of the answer is in a file without a name.
has_spooled() {
    local fd
    for fd in /proc/"$1"/fd/*; do
        case $(readlink "$fd") in
        "$PWD"/there/*deleted*)
            [ "$(stat -L -c %s "$fd")" -gt 2800000 ] && return 0
            ;;
        esac
    done
    return 1
}

@test "a large CRL: nothing is left of it when the process is killed" {
    start_queries
    mkdir there
    serve_slowly
    SSCEP_ALLOW_CORE=1 "$sscep" getcrl -u "http://127.0.0.1:$(cat port)/" \
        -c ca.crt -k local.key -l own.crt -w there/crl \
        --capabilities POSTPKIOperation \
        >out 2>err &
    local client=$!
    wait_for 10 has_spooled "$client"
    kill -9 "$client"
    wait "$client" || true
    kill "$server"
    # The one that reserves room for the result, which the next run removes.
    expect_equal "what is there" 1 "$(find there -type f | wc -l)"
    [ "$(stat -c %s there/.crl.sscep-tmp-*)" -le 16384 ]
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w there/crl
    expect_status 0
    expect_equal "what is there" crl "$(ls -A there)"
}

# --- the message -----------------------------------------------------------

# sends FILE: posts a pkiMessage in PEM to the CA, without the client.
sends() {
    openssl pkcs7 -in "$1" -outform DER -out message.der
    python3 - "$URL" message.der <<'END'
import sys, urllib.request

with open(sys.argv[2], "rb") as stream:
    body = stream.read()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
opener.open(urllib.request.Request(
    sys.argv[1] + "?operation=PKIOperation", body,
    {"Content-Type": "application/x-pki-message"}))
END
}

@test "-m: the message in PEM, not sent, and nothing else written" {
    start_queries
    snapshot
    getcert -s 4711 -m message.pem
    expect_status 0
    expect_stdout <<<"./sscep: GetCert written as message.pem"
    nothing_written message.pem
    expect_equal "messages sent" "" "$(messages messageType)"
    expect_equal "the first line" "-----BEGIN PKCS7-----" \
        "$(head -n 1 message.pem)"
    sends message.pem
    asked 21 "$(name_of own.crt issuer)" 1267
    snapshot
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -m crl.pem
    expect_status 0
    expect_stdout <<<"./sscep: GetCRL written as crl.pem"
    nothing_written crl.pem
    sends crl.pem
    asked 22 "$(name_of own.crt issuer)" 1267
}

@test "the transactionID and the senderNonce are new in each message" {
    local ids
    start_queries
    getcert -s 4711
    getcert -s 4711
    getcrl
    getcrl
    ids=$(messages transactionID)
    expect_equal "different transactionIDs" 4 "$(sort -u <<<"$ids" | wc -l)"
    expect_equal "of 32 digits" 4 "$(grep -cE '^[0-9A-F]{32}$' <<<"$ids")"
    expect_equal "their type" PrintableString \
        "$(messages transactionIDType | uniq)"
    expect_equal "different senderNonces" 4 \
        "$(messages senderNonce | sort -u | wc -l)"
    # It differs from that of an enrolment with this key.
    grep -vqF "$(openssl pkey -in local.key -pubout -outform DER |
        openssl md5 | sed 's/.* //' | tr a-f A-F)" <<<"$ids"
}

@test "--transaction-id sets the transactionID" {
    start_queries
    getcert -s 4711 --transaction-id "device 17"
    got_cert own.crt
    getcrl --transaction-id "device 17"
    expect_equal "the transactionID" "device 17" "$(messages transactionID | uniq)"
}

@test "signed with -k and -l, with the best announced algorithms or as given" {
    start_queries
    getcert -s 4711
    getcrl -E 3des -S sha1
    expect_equal "signer, cipher, digest" "1267 aes128 sha512
1267 des3 sha1" \
        "$(messages 'signerSerial + " " + contentEncryptionName + " " + digestName')"
}

# --- before anything is sent -----------------------------------------------

# both_refuse STATUS TEXT OPTION...: both operations end so; nothing is sent.
both_refuse() {
    local code=$1 text=$2
    shift 2
    getcert -s 4711 "$@"
    refused --unsent "$code" "$text"
    getcrl "$@"
    refused --unsent "$code" "$text"
}

@test "a key that does not belong to -l is refused before anything is sent" {
    start_queries
    take other.key
    snapshot
    both_refuse 93 "not the key of certificate own.crt" -k other.key
}

@test "an output that cannot be written to" {
    start_queries
    snapshot
    both_refuse 93 missing/result -w missing/result
}

@test "files that are missing, or something else" {
    start_queries
    echo garbage >garbage
    snapshot
    both_refuse 93 missing -k missing
    both_refuse 93 missing -l missing
    both_refuse 93 missing -c missing
    both_refuse 93 missing -O missing
    both_refuse 93 missing -e missing
    both_refuse 93 garbage -l garbage
    both_refuse 93 garbage -c garbage
    both_refuse 93 garbage -O garbage
}

@test "a CA certificate that has expired" {
    start_queries --ca-expired
    snapshot
    both_refuse 93 "--tolerate clock"
    getcrl --tolerate clock
    got_crl
    warned expired
}

@test "each required option" {
    local operation option
    start_queries
    snapshot
    for operation in getcert getcrl; do
        for option in -u -c -k -l -w; do
            set -- "$operation" -u "$URL" -c ca.crt -k local.key -l own.crt -w result
            [ "$operation" = getcrl ] || set -- "$@" -s 4711
            # shellcheck disable=SC2046
            run_sscep $(sed "s| $option [^ ]*||" <<<"$*")
            misuse "missing" "$option"
        done
    done
    getcert
    misuse "missing serial number" -s
    nothing_sent
    nothing_written
}

@test "an existing -w stays when the answer is bad, and is replaced by a good one" {
    start_queries --fault bad-signature --fault-times 2
    echo old >result
    snapshot
    getcert -s 4711
    expect_status 97
    getcrl
    expect_status 97
    nothing_written
    getcert -s 4711
    got_cert own.crt
}

# --- defaults from other sections of the configuration file -----------------

@test "SignCertFile of [sscep_enroll] is -O of getcert and getcrl, if nothing else is given" {
    start_queries
    foreign_ca
    printf '[sscep_enroll]\nSignCertFile = foreign.crt\n' >sscep.conf
    getcert -s 17 -f sscep.conf
    refused --answered 74 badCertId
    asked 21 "$(name_of foreign.crt subject)" 11
    printf '[sscep_enroll]\nSignCertFile = of-foreign.crt\n' >sscep.conf
    getcrl -f sscep.conf
    refused --answered 74 badCertId
    asked 22 "$(name_of foreign.crt subject)" c0ffee
    printf '[sscep_getcrl]\nSignCertFile = own.crt\n' >>sscep.conf
    getcrl -f sscep.conf
    got_crl
    asked 22 "$(name_of own.crt issuer)" 1267
}

@test "GetCertSerial of [sscep_getcert] is -s of getcrl, if nothing else is given" {
    start_queries
    printf '[sscep_getcert]\nGetCertSerial = 0x8150\n' >sscep.conf
    getcrl -f sscep.conf
    got_crl
    asked 22 "$(name_of own.crt issuer)" 8150
    printf '[sscep_getcrl]\nGetCertSerial = 0x17\n' >>sscep.conf
    getcrl -f sscep.conf
    asked 22 "$(name_of own.crt issuer)" 17
    getcrl -f sscep.conf -s 3
    asked 22 "$(name_of own.crt issuer)" 3
}

@test "a power failure: a certificate is on the disk, a CRL not" {
    start_queries
    trace_calls fsync,fdatasync getcert -s 4711 --chain chain.crt
    expect_status 0
    synced result work chain.crt
    trace_calls fsync,fdatasync getcrl
    expect_status 0
    synced
    : >result
    trace_calls fsync,fdatasync getcrl
    expect_status 0
    synced
}
