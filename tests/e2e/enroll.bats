#!/usr/bin/env bats
#
# enroll: what is sent, which answers are accepted, and the exit status.

load helper

# The name of the CA in its log.
example_ca="Common Name: Example Test CA, Organization: Example, Country: FI"

# failure STATUS REASON TEXT...: FAILURE, with REASON on stdout.
failure() {
    local code=$1 reason=$2
    shift 2
    refused --answered "$code" "$@"
    expect_stdout <<END
$sscep: sending certificate request
$sscep: valid response from server
$sscep: pkistatus: FAILURE
$sscep: reason: $reason
END
}

count() {
    grep -c "$@" || true
}

# The messageType of each pkiMessage, on one line.
types() {
    messages messageType | paste -sd' '
}

# --- FAILURE ---------------------------------------------------------------

@test "FAILURE badAlg: exit status 70" {
    start_enrolment --fail badAlg
    enroll
    failure 70 "Unrecognized or unsupported algorithm ident" badAlg "-E"
}

@test "FAILURE badMessageCheck: exit status 71" {
    start_enrolment --fail badMessageCheck
    enroll
    failure 71 "Integrity check failed" badMessageCheck "-c"
}

@test "FAILURE badRequest: exit status 72" {
    start_enrolment --fail badRequest
    enroll
    failure 72 "Transaction not permitted or supported" badRequest challenge
}

@test "FAILURE badTime: exit status 73" {
    start_enrolment --fail badTime
    enroll
    failure 73 "Message time field was not sufficiently close to the system time" \
        badTime clock
}

@test "FAILURE badCertId: exit status 74" {
    start_enrolment --fail badCertId
    enroll
    failure 74 "No certificate could be identified matching" badCertId \
        "does not know this transaction"
}

@test "FAILURE with an unknown failInfo: exit status 2" {
    start_enrolment --fault unknown-failinfo
    enroll
    refused --answered --warned '"9"' 2 "the server refused"
    stdout_line "./sscep: pkistatus: FAILURE"
    stdout_has "./sscep: reason: "
}

@test "FAILURE without a failInfo: exit status 2" {
    start_enrolment --fault no-failinfo
    enroll
    refused --answered --warned "FAILURE without failInfo" 2 "the server refused"
    stdout_line "./sscep: pkistatus: FAILURE"
    stdout_has "./sscep: reason: "
}

@test "FAILURE: failInfoText is said" {
    start_enrolment --fail badRequest --fail-text "Out of licences"
    enroll
    refused --answered 72 badRequest '"Out of licences"'
}

@test "FAILURE: failInfoText under the OID and type of step-ca" {
    start_enrolment --fail badRequest --fail-text "Out of licences" \
        --fail-text-form stepca
    enroll
    refused --answered 72 badRequest '"Out of licences"'
}

@test "FAILURE: failInfoText is escaped, on one line" {
    start_enrolment --fail badRequest --fail-text $'A\e[31mB\nC\rD\x7f Hyvää'
    enroll
    refused --answered 72 'A\x1b[31mB\x0aC\x0dD\x7f Hyvää'
}

@test "FAILURE: a wrong challengePassword" {
    start_enrolment --challenge another
    enroll
    failure 72 "Transaction not permitted or supported" \
        "challenge password is wrong"
    expect_equal "the challenge sent" secret "$(messages challengePassword)"
}

@test "FAILURE: no challengePassword where one is wanted" {
    start_enrolment --challenge secret
    cp "$shared/plain.csr" local.csr
    enroll
    refused --answered 72 badRequest "has no challenge password" mkrequest
}

@test "FAILURE of a poll: the advice is about the transaction" {
    start_enrolment --fail badCertId
    enroll -R
    refused --answered 74 badCertId "does not know this transaction" "without -R"
    stderr_lacks "challenge password"
}

@test "FAILURE after PENDING" {
    start_enrolment --pending 2 --then failure
    enroll -t 0
    refused --answered 72 "the operator said no"
    expect_stdout <<'END'
./sscep: sending certificate request
./sscep: valid response from server
./sscep: pkistatus: PENDING
./sscep: requesting certificate (#1)
./sscep: valid response from server
./sscep: pkistatus: PENDING
./sscep: requesting certificate (#2)
./sscep: valid response from server
./sscep: pkistatus: FAILURE
./sscep: reason: Transaction not permitted or supported
END
}

@test "FAILURE: --econtent-empty, all forms of no content" {
    local form
    for form in absent empty null-length; do
        ca=$BATS_TEST_TMPDIR/$form
        start_enrolment --fail badRequest --econtent-empty "$form"
        enroll
        refused --answered 72 badRequest
    done
}

# --- polling ---------------------------------------------------------------

@test "polling: -n 2 sends exactly two polls" {
    start_enrolment --pending 100
    enroll -t 0 -n 2
    refused --answered 3 PENDING "-n 2" "-R"
    expect_equal "messages" "19 20 20" "$(types)"
    expect_equal "PENDINGs" 3 "$(count "pkistatus: PENDING" "$stdout")"
}

@test "polling: -n 0 does not poll" {
    start_enrolment --pending 100
    enroll -t 0 -n 0
    refused --answered 3 PENDING "-n 0" "-R"
    expect_equal "messages" 19 "$(types)"
}

@test "polling: -n 2 with -R counts the first poll" {
    start_enrolment --pending 100
    enroll -n 0
    enroll -t 0 -n 2 -R
    refused --answered 3 "-n 2"
    expect_equal "messages" "19 20 20" "$(types)"
}

@test "polling ends after -T" {
    local before polls
    start_enrolment --pending 100
    before=$SECONDS
    enroll -t 1 -T 3
    refused --answered 3 PENDING "-T 3" "-R"
    polls=$(($(messages messageType | wc -l) - 1))
    if [ "$polls" -lt 1 ] || [ "$polls" -gt 3 ]; then
        problem "$polls polls"
    fi
    if [ $((SECONDS - before)) -gt $((5 * slowness)) ]; then
        problem "took $((SECONDS - before)) seconds"
    fi
}

@test "polling: -T less than -t does not poll" {
    local before
    start_enrolment --pending 100
    before=$SECONDS
    enroll -t 30 -T 20
    refused --answered 3 "-T 20"
    expect_equal "messages" 19 "$(types)"
    if [ $((SECONDS - before)) -gt 10 ]; then
        problem "it waited all the same"
    fi
}

@test "polling: -t is the time between polls" {
    local first second third
    start_enrolment --pending 100
    enroll -t 2 -n 2
    expect_status 3
    # The log has no times, but the files of the messages have. The first
    # request was GetCACaps.
    first=$(date -r "$ca/requests/2.der" +%s%3N)
    second=$(date -r "$ca/requests/3.der" +%s%3N)
    third=$(date -r "$ca/requests/4.der" +%s%3N)
    for took in $((second - first)) $((third - second)); do
        if [ "$took" -lt 1950 ] || [ "$took" -gt $((3500 * slowness)) ]; then
            problem "polled after $took ms, not 2 s"
        fi
    done
}

@test "polling: CertPoll names the CA and the subject, in the same transaction" {
    start_enrolment --pending 2
    enroll -t 0
    enrolled
    expect_equal "transactions" 1 "$(messages transactionID | sort -u | wc -l)"
    expect_equal "senderNonces" 3 "$(messages senderNonce | sort -u | wc -l)"
    expect_equal "lengths of senderNonces" 32 \
        "$(messages 'len(senderNonce)' | uniq)"
    expect_equal "the issuer" "$example_ca" \
        "$(ca_log issuer 'messageType == "20"' | uniq)"
    expect_equal "the subject" \
        "Common Name: device.example.org, Organization: Example, Country: FI" \
        "$(ca_log subject 'messageType == "20"' | uniq)"
    # The names are encoded as in the certificate and in the request.
    openssl x509 -in ca.crt -outform DER | od -An -v -tx1 | tr -d ' \n' >ca.hex
    openssl req -in local.csr -outform DER | od -An -v -tx1 | tr -d ' \n' >csr.hex
    grep -qF "$(ca_log issuerDER 'messageType == "20"' | head -n 1)" ca.hex
    grep -qF "$(ca_log subjectDER 'messageType == "20"' | head -n 1)" csr.hex
}

@test "polling: behind an RA, CertPoll names the CA" {
    take local.key local.csr
    start_ca --profile ra --pending 1
    run_sscep getca -u "$URL" -c ca.crt
    enroll -t 0
    enrolled
    expect_equal "the issuer" "$example_ca" \
        "$(ca_log issuer 'messageType == "20"')"
}

@test "polling: behind an RA, with the RA certificate alone, CertPoll names the CA" {
    take local.key local.csr
    start_ca --profile ra-pair --pending 1
    cp "$ca/ra-sign.crt" ca.crt
    enroll -t 0
    enrolled
    expect_equal "the issuer" \
        "Common Name: klake.org VPN CA, Organization: klake.org, Country: FI" \
        "$(ca_log issuer 'messageType == "20"')"
}

# passing_fault FAULT OPTION...: the answer to the first poll has this fault,
# the next ones are good. --close gives each message a new connection, because
# the client sends a request again if a kept connection is closed.
passing_fault() {
    start_enrolment --pending 2 --fault "$1" --fault-after 1 --fault-times 1 \
        --close
    shift
    enroll -t 0 "$@"
    enrolled
    expect_equal "messages" "19 20 20" "$(types)"
    expect_equal "warnings" 1 "$(count "^./sscep: warning: " "$stderr")"
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
    stdout_line "./sscep: requesting certificate (#2)"
}

@test "polling: HTTP status 500 does not end it" {
    passing_fault http-500
    warned 500
}

@test "polling: a reset connection does not end it" {
    passing_fault reset
}

@test "polling: no answer does not end it" {
    passing_fault close-no-answer
}

@test "polling: a time limit does not end it" {
    passing_fault silent --timeout 1
    warned "time limit"
}

# Anybody on the network can forge such an answer: the request stays PENDING.
@test "polling: an answer that the CA did not sign does not end it" {
    local fault text
    while IFS='|' read -r fault text; do
        ca=$BATS_TEST_TMPDIR/$fault
        rm -f local.crt
        passing_fault "$fault"
        warned "$text"
        stop_ca
    done <<'END'
html|Welcome
empty-200|empty body
garbage|expected application/x-pki-message
truncated-der|not a pkiMessage
bad-signature|its signature does not verify
stranger-signer|not among those of -c
short-body|
END
}

@test "polling: unsigned answers until the limit: the last reason is printed" {
    start_enrolment --pending 100 --fault html --fault-after 1
    enroll -t 0 -n 2
    refused --answered --warned Welcome 3 PENDING "-n 2" "poll #2 failed: " "Welcome" "-R"
    expect_equal "messages" "19 20 20" "$(types)"
    expect_equal "warnings" 2 "$(count "^./sscep: warning: " "$stderr")"
    stop_ca
    ca=$BATS_TEST_TMPDIR/time
    start_enrolment --pending 100 --fault bad-signature --fault-after 1
    enroll -t 1 -T 2
    refused --answered --warned "its signature does not verify" 3 PENDING "-T 2" \
        " failed: " "its signature does not verify" "-R"
}

@test "polling: a reply that the CA signed and that fails a check ends it" {
    local fault text
    while IFS='|' read -r fault text; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_enrolment --pending 2 --fault "$fault" --fault-after 1
        enroll -t 0
        refused --answered 97 "$text"
        expect_equal "messages" "19 20" "$(types)"
        stop_ca
    done <<'END'
wrong-transaction-id|transactionID
wrong-recipient-nonce|recipientNonce
no-status|pkiStatus
END
}

@test "polling: a bad first answer is an error, also with -R" {
    start_enrolment --pending 9 --fault html --fault-after 1
    enroll -n 0
    expect_status 3
    enroll -t 0 -n 3 -R
    refused --answered 97 "Welcome"
    expect_equal "messages" "19 20" "$(types)"
}

@test "polling: a CA that cannot be reached for a while does not end it" {
    start_enrolment --pending 2
    enroll_in_background -t 1 -n 60
    wait_for 20 grep -q "pkistatus: PENDING" "$stdout"
    kill "${ca_pids[0]}"
    wait_for_end "${ca_pids[0]}"
    wait_for 20 grep -q "warning: " "$stderr"
    start_ca --pending 2 --port "$port"
    wait_for_client
    enrolled
    warned "cannot connect"
}

@test "polling: a network error counts as a poll" {
    start_enrolment --pending 100 --fault http-500 --fault-after 1
    enroll -t 0 -n 3
    refused --answered --warned 500 3 "-n 3" "poll #3 failed: " 500
    expect_equal "messages" "19 20 20 20" "$(types)"
}

@test "polling: a network error at the first message ends the run" {
    start_enrolment --pending 100 --fault http-500
    enroll -t 0 -n 3
    refused --answered 95 500
    expect_equal "messages" 19 "$(types)"
}

# --- resume ----------------------------------------------------------------

@test "-R: CertPoll first, in the same transaction, in a new process" {
    start_enrolment --pending 1
    enroll -n 0
    expect_status 3
    enroll -R
    enrolled
    expect_equal "messages" "19 20" "$(types)"
    expect_equal "transactions" 1 "$(messages transactionID | sort -u | wc -l)"
}

@test "-R: PENDING again, then SUCCESS" {
    start_enrolment --pending 3
    enroll -n 0
    enroll -R -t 0
    enrolled
    expect_equal "messages" "19 20 20 20" "$(types)"
    expect_stdout <<'END'
./sscep: requesting certificate (#1)
./sscep: valid response from server
./sscep: pkistatus: PENDING
./sscep: requesting certificate (#2)
./sscep: valid response from server
./sscep: pkistatus: PENDING
./sscep: requesting certificate (#3)
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: certificate written as local.crt
END
}

@test "-R: a transaction that the CA does not know" {
    start_enrolment
    enroll -R
    refused --answered 74 badCertId
    stdout_line "./sscep: reason: No certificate could be identified matching"
}

@test "-R: Resume in the configuration file does the same" {
    start_enrolment --pending 1
    enroll -n 0
    printf '[sscep_enroll]\nResume = yes\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
    expect_equal "messages" "19 20" "$(types)"
}

@test "-R of a renewal continues with its certificate and key" {
    start_enrolment
    enroll
    stop_ca
    take new.key new.csr
    start_ca --pending 1
    for more in -n0 -R; do
        run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
            -k new.key -r new.csr -l new.crt "$more"
    done
    expect_status 0
    expect_equal "messages" "19 17 20" "$(types)"
    expect_equal "what the CA finds wrong" "[]" "$(messages problems | uniq)"
}

# --- transactionID ---------------------------------------------------------

# An RA that forwards the request of somebody else has no other key than its own.
@test "-K and -O: a -k that is not the key of the request is a warning" {
    start_enrolment
    enroll
    enrolled
    take other.key other.csr
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k local.key -r other.csr -l other.crt
    expect_status 0
    warned "private key local.key: it is not the key of request other.csr, and is not used, because -K signs"
    expect_equal "the key of other.crt" \
        "$(openssl pkey -in other.key -pubout)" \
        "$(openssl x509 -in other.crt -noout -pubkey)"
    # Without them it would have to sign.
    run_sscep enroll -u "$URL" -c ca.crt -k local.key -r other.csr -l no.crt
    expect_status 93
    only_error "private key local.key: it is not the key of request other.csr"
    no_file no.crt
}

@test "transactionID: the MD5 of the SubjectPublicKeyInfo, upper-case hex" {
    start_enrolment
    enroll
    enrolled
    expect_equal "the transactionID" \
        "$(openssl rsa -in local.key -pubout -outform DER 2>/dev/null |
            openssl md5 -r | cut -c1-32 | tr a-f A-F)" \
        "$(messages transactionID)"
    expect_equal "its type" PrintableString "$(messages transactionIDType)"
}

@test "transactionID: the same for another request with the same key" {
    start_enrolment
    enroll
    cp "$shared/plain.csr" local.csr
    enroll
    expect_equal "transactionIDs" 1 \
        "$(messages transactionID | sort -u | wc -l)"
}

@test "transactionID: --transaction-id sets it" {
    start_enrolment --pending 1
    enroll -t 0 --transaction-id "User 4711/b"
    enrolled
    expect_equal "transactionIDs" "User 4711/b" "$(messages transactionID | uniq)"
    expect_equal "their type" PrintableString "$(messages transactionIDType | uniq)"
}

@test "transactionID: --transaction-id refuses what is no PrintableString" {
    start_enrolment
    snapshot
    for id in 'a@b' 'a_b' 'ä' 'a*b' ''; do
        enroll --transaction-id "$id"
        misuse "--transaction-id"
    done
    nothing_sent
    nothing_written
}

# --- the self-signed certificate -------------------------------------------

@test "-L: the self-signed certificate that signs the request has the required contents" {
    local serial end
    start_enrolment
    enroll -L selfsigned.crt
    enrolled
    openssl x509 -in selfsigned.crt -text -noout >text
    expect_equal "the subject" \
        "$(openssl req -in local.csr -noout -subject)" \
        "$(openssl x509 -in selfsigned.crt -noout -subject)"
    expect_equal "the issuer" \
        "$(openssl req -in local.csr -noout -subject | sed s/subject/issuer/)" \
        "$(openssl x509 -in selfsigned.crt -noout -issuer)"
    expect_equal "the key" "$(openssl pkey -in local.key -pubout)" \
        "$(openssl x509 -in selfsigned.crt -noout -pubkey)"
    openssl verify -CAfile selfsigned.crt -check_ss_sig selfsigned.crt
    expect_equal "keyUsage" "Digital Signature, Key Encipherment" \
        "$(sed -n '/X509v3 Key Usage: critical/ { n; s/^ *//; p; }' text)"
    grep -q 'Version: 3' text

    serial=$(openssl x509 -in selfsigned.crt -noout -serial | sed 's/.*=//')
    if [ "${#serial}" -gt 40 ] || [ "${#serial}" -lt 16 ] ||
        [[ "$serial" == -* ]] || { [ "${#serial}" -eq 40 ] && [[ "$serial" == [89A-F]* ]]; }; then
        problem "the serial number $serial"
    fi
    expect_equal "the serial the CA saw" "$serial" \
        "$(messages signerSerial | tr a-f A-F | awk '{ printf "%s%s", length($0) % 2 ? "0" : "", $0 }')"

    # Valid from a little before now, for longer than the default polling time.
    openssl x509 -in selfsigned.crt -noout -checkend 28800
    end=$(date -d "$(openssl x509 -in selfsigned.crt -noout -startdate |
        sed 's/.*=//')" +%s)
    if [ "$end" -gt $(($(date +%s) - 60)) ] ||
        [ "$end" -lt $(($(date +%s) - 90000)) ]; then
        problem "valid since $(date -d "@$end")"
    fi
    expect_equal "self-signed, says the CA" True "$(messages signerSelfSigned)"
}

@test "-L: the serial number is that of the key" {
    start_enrolment
    enroll -L one.crt
    enroll -L two.crt
    take other.key other.csr
    run_sscep enroll -u "$URL" -c ca.crt -k other.key -r other.csr \
        -l other.crt -L three.crt
    local one two three
    one=$(openssl x509 -in one.crt -noout -serial)
    two=$(openssl x509 -in two.crt -noout -serial)
    three=$(openssl x509 -in three.crt -noout -serial)
    [ "$one" = "$two" ] || problem "the same key, another serial number"
    [ "$one" != "$three" ] || problem "another key, the same serial number"
}

@test "-L with -O: no certificate is self-signed, with a warning" {
    start_enrolment
    enroll
    take new.key new.csr
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l new.crt -L selfsigned.crt
    expect_status 0
    warned "-L selfsigned.crt"
    no_file selfsigned.crt
}

@test "signingTime is sent" {
    start_enrolment
    enroll
    enrolled
    if [ -z "$(messages 'signingTime or ""')" ]; then
        problem "no signingTime"
    fi
}

# --- -m --------------------------------------------------------------------

@test "-m: the message in PEM, and it is not sent" {
    start_enrolment
    run_sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -m message.pem
    expect_status 0
    expect_equal "first line" "-----BEGIN PKCS7-----" "$(head -n 1 message.pem)"
    expect_equal "last line" "-----END PKCS7-----" "$(tail -n 1 message.pem)"
    expect_equal "requests" GetCACaps "$(ca_log operation)"
    no_file local.crt
    # It is what would have been sent: the request, encrypted and signed.
    openssl cms -verify -noverify -inform PEM -in message.pem -binary \
        -out envelope.der
    openssl cms -decrypt -inform DER -in envelope.der -inkey "$ca/ca.key" \
        -recip ca.crt -binary -out content.der
    openssl req -in local.csr -outform DER | cmp - content.der
}

@test "-m with -l: the certificate is not written" {
    start_enrolment
    enroll -m message.pem
    expect_status 0
    no_file local.crt
    openssl pkcs7 -in message.pem -noout
}

@test "-m with -R writes a CertPoll" {
    start_enrolment
    enroll -R -m message.pem
    expect_status 0
    openssl cms -verify -noverify -inform PEM -in message.pem -binary \
        -out envelope.der
    openssl cms -decrypt -inform DER -in envelope.der -inkey "$ca/ca.key" \
        -recip ca.crt -binary | openssl asn1parse -inform DER >content
    grep -q 'Example Test CA' content
    grep -q 'device.example.org' content
}

# --- HTTP ------------------------------------------------------------------

@test "HTTP: POST, with the content type, in full" {
    start_enrolment
    enroll
    enrolled
    expect_equal "the method" POST "$(messages method)"
    expect_equal "the content type" application/x-pki-message \
        "$(messages 'headers["content-type"]')"
    expect_equal "the length" "['$(stat -c %s "$ca/requests/2.der")']" \
        "$(messages contentLength)"
    expect_equal "the query" "[['operation', 'PKIOperation']]" \
        "$(messages query)"
    expect_equal "the path" "/scep?operation=PKIOperation" "$(messages target)"
    expect_equal "the version" HTTP/1.1 "$(ca_log version | uniq)"
    expect_equal "the host" "['127.0.0.1:$port']" "$(ca_log host | uniq)"
}

@test "HTTP: GET where the server takes no POST" {
    start_enrolment --get-only --pending 1
    enroll -t 0
    enrolled
    expect_equal "the method" GET "$(messages method | uniq)"
    # Base64, percent-encoded (RFC 8894, 4.1), of the same bytes.
    python3 - "$ca" "$(messages target | head -n 1)" <<'END'
import base64, re, sys, urllib.parse
directory, target = sys.argv[1:]
text = re.fullmatch(r"/scep\?operation=PKIOperation&message=([^&]*)", target)[1]
assert re.fullmatch(r"(?:[A-Za-z0-9]|%2B|%2F|%3D)+", text, re.I), text
message = open(directory + "/requests/2.der", "rb").read()
assert urllib.parse.unquote(text) == base64.b64encode(message).decode()
END
}

@test "HTTP: a GET that is so long that some servers cut it gives a warning" {
    start_enrolment --get-only
    enroll
    enrolled
    warned "GET of"
}

@test "HTTP: POST to a server that announces nothing but SCEPStandard" {
    start_enrolment --caps SCEPStandard
    enroll
    enrolled
    expect_equal "the method" POST "$(messages method)"
}

@test "HTTP: GET to a server that announces nothing" {
    start_enrolment --caps none
    enroll
    enrolled
    expect_equal "the method" GET "$(messages method)"
}

@test "HTTP: one connection if the server keeps it open" {
    start_enrolment --pending 1
    enroll -t 0
    enrolled
    expect_equal "connections" 1 "$(ca_log connection | sort -u | wc -l)"
}

@test "HTTP: a new connection if the server closes a kept one without an answer" {
    start_enrolment --pending 2 --fault close-no-answer --fault-after 1 \
        --fault-times 1
    enroll -t 0
    enrolled
    stderr_empty
    expect_equal "connections" 2 "$(ca_log connection | sort -u | wc -l)"
}

@test "HTTP: a new connection for each request if the server closes it" {
    start_enrolment --pending 1 --close
    enroll -t 0
    enrolled
    stderr_empty
    expect_equal "connections" 3 "$(ca_log connection | sort -u | wc -l)"
}

@test "HTTP: with -i GetCACaps has a message parameter, and a message has no further one" {
    local id
    start_enrolment
    for id in ca1 "" "$(printf 'x%.0s' {1..200})" 'a b+c&d=e%20f#g?h/i"j<k>\l' \
        'Zertifizierungsstelle Köln' $'tab\there'; do
        : >"$ca/log"
        enroll -i "$id"
        expect_status 0
        expect_equal "GetCACaps with -i '$id'" "$id" \
            "$(ca_log message 'operation == "GetCACaps"')"
        expect_equal "parameters of PKIOperation" \
            "[['operation', 'PKIOperation']]" "$(messages query)"
    done
}

@test "HTTP: no message parameter without -i" {
    start_enrolment
    enroll
    expect_equal "the query" "[['operation', 'GetCACaps']]" \
        "$(ca_log query 'operation == "GetCACaps"')"
}

@test "HTTP: the parameter of -M is in every request" {
    local options
    for options in "" --get-only; do
        ca=$BATS_TEST_TMPDIR/ca$options
        start_enrolment --pending 1 $options
        enroll -t 0 -M device=4711 -M 'where=hall 3'
        enrolled
        expect_equal "requests" 3 "$(ca_log operation | wc -l)"
        expect_equal "the parameters" \
            "[['device', '4711'], ['where', 'hall 3']]" \
            "$(ca_log 'query[-2:]' | uniq)"
    done
}

@test "HTTP: through a proxy, -p" {
    start_enrolment
    run_sscep enroll -u http://scep.example.org/x/y -p "127.0.0.1:$port" \
        -c ca.crt -k local.key -r local.csr -l local.crt
    enrolled
    expect_equal "the request lines" \
        "http://scep.example.org/x/y?operation=GetCACaps http://scep.example.org/x/y?operation=PKIOperation" \
        "$(ca_log target | paste -sd' ')"
    expect_equal "the host" "['scep.example.org']" "$(ca_log host | uniq)"
}

@test "HTTP: through a proxy, http_proxy" {
    start_enrolment
    http_proxy=http://127.0.0.1:$port run_sscep enroll \
        -u http://scep.example.org/x/y \
        -c ca.crt -k local.key -r local.csr -l local.crt
    enrolled
    expect_equal "the host" "['scep.example.org']" "$(ca_log host | uniq)"
}

@test "HTTP: not through a proxy, no_proxy" {
    start_enrolment
    http_proxy=http://127.0.0.1:1 no_proxy=127.0.0.1 enroll
    enrolled
}

@test "HTTP: --timeout is a limit of each exchange" {
    local before
    start_enrolment --delay 20
    before=$SECONDS
    enroll --timeout 1
    refused --answered 89 "time limit"
    if [ $((SECONDS - before)) -gt 10 ]; then
        problem "took $((SECONDS - before)) seconds"
    fi
}

@test "HTTP: --max-size limits the reply" {
    start_enrolment
    enroll --max-size 500
    refused --answered 95 "the body is over the limit of 500 bytes (--max-size)"
    stdout_lacks "pkistatus"
}

@test "HTTP: -W waits for a server that starts later" {
    start_enrolment
    stop_ca
    enroll_in_background -W 30 -v
    wait_for 20 grep -q "cannot connect" "$stderr"
    start_ca --port "$port"
    wait_for_client
    enrolled
}

@test "HTTP: bodies that are chunked, end with the connection, or come by HTTP/1.0 are read" {
    local options
    for options in --chunked "--chunked 1" --no-length --http10 \
        "--http10 --no-length --close"; do
        ca=$BATS_TEST_TMPDIR/ca${options// /}
        # shellcheck disable=SC2086
        start_enrolment --pending 1 $options
        enroll -t 0
        enrolled
        stderr_empty
    done
}

# --- renewal ---------------------------------------------------------------

# Gets a certificate, local.crt, and copies new.key and new.csr for the next.
start_renewal() {
    start_enrolment
    enroll
    expect_status 0
    stop_ca
    rm "$ca/log" "$ca"/issued/*
    take new.key new.csr
    # The CA looks up issued certificates in this directory.
    cp local.crt "$ca/issued/$(openssl x509 -in local.crt -noout -serial |
        sed 's/.*=//; s/^0*//' | tr A-F a-f).pem"
    start_ca "$@"
}

renew() {
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l new.crt "$@"
}

renewed() {
    expect_status 0
    expect_equal "messages" "$1" "$(types)"
    expect_equal "signed by" True "$(messages signerIssuedByUs | uniq)"
    expect_equal "the key of new.crt" "$(openssl pkey -in new.key -pubout)" \
        "$(openssl x509 -in new.crt -noout -pubkey)"
}

@test "renewal: RenewalReq if Renewal is announced" {
    start_renewal
    renew
    renewed 17
    stderr_empty
}

@test "renewal: PKCSReq if Renewal is not announced" {
    start_renewal --caps AES,SHA-256,POSTPKIOperation
    renew
    renewed 19
}

@test "renewal: --renewal 19 sends PKCSReq although Renewal is announced" {
    start_renewal
    renew --renewal 19
    renewed 19
}

@test "renewal: --renewal 17 sends RenewalReq although Renewal is not announced" {
    start_renewal --caps AES,SHA-256,POSTPKIOperation
    renew --renewal 17
    renewed 17
}

@test "renewal: PKCSReq to a server that announces SCEPStandard, which is not Renewal" {
    start_renewal --caps SCEPStandard
    renew
    renewed 19
    renew --capabilities SCEPStandard,Renewal
    renewed "19 17"
}

@test "renewal: --renewal auto sends RenewalReq where Renewal is announced" {
    start_renewal
    renew --renewal auto
    renewed 17
}

@test "renewal: a server that accepts RenewalReq only, announced or not" {
    start_enrolment --renewal-by 17
    enroll
    take new.key new.csr
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l new.crt
    expect_status 0
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l other.crt --renewal 19
    expect_status 72
    [ ! -e other.crt ] || problem "a certificate"
}

@test "renewal: a server that accepts PKCSReq only: the error names --renewal 19" {
    start_enrolment --renewal-by 19
    enroll
    take new.key new.csr
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l new.crt
    expect_status 72
    stderr_has "--renewal 19"
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l new.crt --renewal 19
    expect_status 0
}

@test "renewal: --renewal 18 is refused" {
    start_renewal
    renew --renewal 18
    misuse "--renewal" auto 17 19
}

@test "renewal: --renewal 17 without a certificate is refused before anything is sent" {
    start_enrolment
    enroll --renewal 17
    expect_status 1
    only_error "-O"
    nothing_sent
}

@test "renewal: a server that rejects RenewalReq: the error names --renewal" {
    local reason
    for reason in badRequest badMessageCheck; do
        ca=$BATS_TEST_TMPDIR/$reason
        start_enrolment
        enroll
        stop_ca
        start_ca --fail "$reason"
        take new.key new.csr
        renew
        one_error "--renewal 19" "challenge password again"
        renew --renewal 19
        stderr_lacks "--renewal 19"
    done
}

@test "renewal: the CA returns the old certificate, exit status 75" {
    start_renewal --fault cert-old
    snapshot
    renew
    expect_status 75
    only_error "renewed"
    nothing_written
}

@test "renewal: the CA returns the old certificate for the same key, exit status 75" {
    start_renewal --fault cert-old
    snapshot
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k local.key -r local.csr -l new.crt
    expect_status 75
    nothing_written
}

@test "renewal: with the same key" {
    start_renewal
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k local.key -r local.csr -l new.crt
    expect_status 0
    if cmp -s local.crt new.crt; then
        problem "the certificate is the old one"
    fi
}

# took_new: new.crt is what the CA has issued now, beside the old certificate.
took_new() {
    expect_status 0
    same_certificate new.crt "$(grep -rLF "$(sed -n 2p local.crt)" "$ca/issued")"
    rm "$(grep -rLF "$(sed -n 2p local.crt)" "$ca/issued")"
}

@test "renewal: of a reply with the old certificate first the new one is taken" {
    start_renewal --cert-order signer-first
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k local.key -r local.csr -l new.crt
    took_new
    renew
    took_new
}

@test "renewal: the new certificate may replace the file of the old one" {
    local before
    start_renewal
    before=$(cksum <local.crt)
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l local.crt
    expect_status 0
    if [ "$before" = "$(cksum <local.crt)" ]; then
        problem "the certificate is the old one"
    fi
}

@test "renewal: without -k the key of -K gets the new certificate" {
    start_renewal
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -r new.csr -l new.crt
    renewed 17
}

@test "renewal: a wrong challenge does not matter" {
    start_renewal --challenge another
    renew
    renewed 17
}

@test "renewal: the certificate of another CA signs it, and the CA decides" {
    start_renewal
    openssl req -x509 -newkey rsa:2048 -nodes -keyout elsewhere.key \
        -subj /CN=Elsewhere -out elsewhere.crt
    openssl req -new -key local.key -subj /CN=device -out device.csr
    openssl x509 -req -in device.csr -CA elsewhere.crt -CAkey elsewhere.key \
        -set_serial 4711 -out local.crt
    renew
    expect_status 71
    one_error "badMessageCheck"
    no_file new.crt
    expect_equal "messages" 17 "$(types)"
    expect_equal "issued by the CA" False "$(messages signerIssuedByUs)"
    expect_equal "the issuer of -O" CN=Elsewhere "$(messages signerIssuer)"
}

# --- algorithms ------------------------------------------------------------

# announced CAPS CIPHER DIGEST: the algorithms used with these capabilities.
announced() {
    ca=$BATS_TEST_TMPDIR/$1
    start_enrolment --caps "$1" "${@:4}"
    enroll
    enrolled
    expect_equal "cipher and digest for $1" "$2 $3" \
        "$(messages 'contentEncryptionName + " " + digestName')"
    stop_ca
}

@test "algorithms: the best announced ones are used" {
    announced AES,DES3,SHA-1,SHA-224,SHA-256,SHA-384,SHA-512 aes128 sha512
    stderr_lacks "announces nothing"
    announced SHA-384,SHA-256,SHA-224,SHA-1,DES3,AES aes128 sha384
    announced AES,SHA-1,SHA-224 aes128 sha224
    stderr_lacks "announces nothing"
    announced SCEPStandard aes128 sha256
    announced SCEPStandard,SHA-512 aes128 sha512
}

@test "algorithms: keywords in any case, with CRLF, among unknown ones" {
    announced "aes,sha-512,PostPkiOperation,Frobnicate,X-1" aes128 sha512 \
        --caps-eol crlf
    stderr_empty
    expect_equal "the method" POST "$(messages method)"
    announced "AES ,SHA-256	,POSTPKIOperation" aes128 sha256
    announced "AESX,SHA-2567,XSHA-512,SHA" des3 sha1
}

# GetCACaps is not signed, so an attacker can remove algorithms from the answer.
@test "algorithms: 3DES and SHA-1 with a warning if they are the best announced" {
    announced DES3,SHA-1,SHA-224,SHA-256 des3 sha256
    stderr_has "announces nothing better: using 3des"
    stderr_lacks "using sha1"
    announced AES,SHA-1 aes128 sha1
    stderr_has "announces nothing better: using sha1"
    stderr_lacks "using 3des"
}

@test "algorithms: 3DES and SHA-1 by --capabilities or -E and -S, without a warning" {
    start_enrolment --caps DES3,SHA-1
    enroll --capabilities DES3,SHA-1,POSTPKIOperation
    enrolled
    stderr_empty
    rm local.crt "$ca"/issued/*
    enroll -E 3des -S sha1
    enrolled
    stderr_lacks "announces nothing"
}

@test "algorithms: nothing announced, 3DES and SHA-1 with a warning" {
    announced none des3 sha1
    stderr_has "./sscep: "
    stderr_has "3des"
    stderr_has "sha1"
}

@test "algorithms: only a cipher or only a digest announced" {
    announced AES,POSTPKIOperation aes128 sha1
    stderr_has "sha1"
    stderr_lacks "3des"
    announced SHA-256,POSTPKIOperation des3 sha256
    stderr_has "3des"
    stderr_lacks "sha1"
}

@test "algorithms: nothing announced, -E and -S given" {
    start_enrolment --caps none
    enroll -E aes256 -S sha384
    enrolled
    expect_equal "cipher and digest" "aes256 sha384" \
        "$(messages 'contentEncryptionName + " " + digestName')"
    stderr_lacks "announces nothing"
}

@test "algorithms: nothing announced, --legacy: des and md5" {
    start_enrolment --caps none
    enroll --legacy
    enrolled
    expect_equal "cipher and digest" "des md5" \
        "$(messages 'contentEncryptionName + " " + digestName')"
}

@test "algorithms: --legacy uses the best announced ones" {
    start_enrolment --caps DES3,SHA-1
    enroll --legacy
    enrolled
    expect_equal "cipher and digest" "des3 sha1" \
        "$(messages 'contentEncryptionName + " " + digestName')"
}

@test "algorithms: Legacy in the configuration file is --legacy" {
    start_enrolment --caps none
    printf 'Legacy yes\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
    expect_equal "cipher and digest" "des md5" \
        "$(messages 'contentEncryptionName + " " + digestName')"
}

@test "algorithms: a reply in des or blowfish is read, with a warning" {
    local cipher
    for cipher in des blowfish; do
        ca=$BATS_TEST_TMPDIR/$cipher
        start_enrolment --cipher "$cipher"
        enroll
        enrolled
        warned obsolete
        expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
        expect_equal "the cipher of the request" aes128 \
            "$(messages contentEncryptionName)"
    done
}

@test "algorithms: a reply in any other cipher and digest is read without a warning" {
    local cipher digest
    for cipher in des3 aes128 aes192 aes256; do
        ca=$BATS_TEST_TMPDIR/$cipher
        start_enrolment --cipher "$cipher"
        enroll
        enrolled
        stderr_empty
        stop_ca
    done
    for digest in sha224 sha256 sha384 sha512; do
        ca=$BATS_TEST_TMPDIR/$digest
        start_enrolment --digest "$digest"
        enroll
        enrolled
        stderr_empty
        stop_ca
    done
}

@test "algorithms: a reply in SHA-1 gives a warning if a better digest is announced" {
    start_enrolment --digest sha1 --pending 1
    enroll -t 0
    enrolled
    warned "the reply is signed with sha1, although the server announces sha512"
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
    stop_ca
    rm local.crt
    ca=$ca-name
    start_enrolment --digest sha1 --fault digest-by-signature
    enroll
    enrolled
    warned "the reply is signed with sha1, although the server announces sha512"
    rm local.crt "$ca"/issued/*
    enroll -S sha1 -t 0
    enrolled
    stderr_empty
    stop_ca
    ca=$ca-old
    start_enrolment --digest sha1 --caps AES,SHA-1,POSTPKIOperation
    enroll
    enrolled
    stderr_lacks "the reply is signed with"
}

@test "algorithms: a reply in MD5 is refused unless it was asked for" {
    start_enrolment --digest md5
    snapshot
    enroll
    refused --answered 97 "signed with md5"
    stderr_has "RFC 6151"
    stderr_has "-S md5 or --legacy"
    enroll -S sha1
    refused --answered 97 "signed with md5"
    stop_ca
    # By another name that libcrypto knows.
    ca=$ca-name
    start_enrolment --digest md5 --fault digest-by-signature
    snapshot
    enroll
    refused --answered 97 "signed with md5"
    rm "$ca"/issued/*
    enroll -S md5
    enrolled
    stderr_empty
    rm local.crt "$ca"/issued/*
    enroll --legacy
    enrolled
    warned "the reply is signed with md5, although the server announces sha512"
}

# --- forms of the reply ----------------------------------------------------

# accepted OPTION ... [-- OPTION...]: an enrolment with the options after --
# succeeds, after PENDING, at a CA with the options before it.
accepted() {
    local of_ca=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        of_ca+=("$1")
        shift
    done
    start_enrolment --pending 1 "${of_ca[@]}"
    enroll -t 0 "${@:2}"
    enrolled
    stderr_empty
    expect_equal "messages" "19 20" "$(types)"
}

@test "reply: shaWithRSA as signature algorithm is accepted" {
    accepted --sigalg shaWithRSA
}

@test "reply: shaWithRSA with SHA-1 is accepted" {
    accepted --sigalg shaWithRSA --digest sha1 --caps AES,SHA-1,POSTPKIOperation \
        -- --capabilities AES,SHA-1,POSTPKIOperation
}

@test "reply: signed attributes in an order that is not DER's are accepted" {
    accepted --attr-order shuffle
}

@test "reply: unknown signed attributes are ignored" {
    accepted --extra-attr
}

@test "reply: BER with indefinite lengths is read" {
    accepted --ber
}

@test "reply: BER inside the envelope is read" {
    accepted --ber-envelope
}

@test "reply: BER at both layers, with unknown attributes and in chunks, is read" {
    accepted --ber --ber-envelope --extra-attr --chunked 7
}

@test "reply: eContentType id-envelopedData" {
    accepted --econtent enveloped
}

@test "reply: eContentType id-envelopedData, the EnvelopedData alone" {
    accepted --econtent enveloped-bare
}

@test "reply: eContentType id-envelopedData, BER" {
    accepted --econtent enveloped --ber --ber-envelope
}

@test "reply: PENDING with an empty content is understood" {
    accepted --econtent-empty empty
}

@test "reply: PENDING with a content of no pieces is understood" {
    accepted --econtent-empty null-length
}

@test "reply: text attributes may be UTF8String" {
    accepted --attr-string utf8
}

@test "reply: text attributes may be IA5String" {
    accepted --attr-string ia5
}

@test "reply: it may lack the certificate of the signer, which is then that of -c" {
    accepted --no-signer-cert
}

@test "reply: it may lack the senderNonce" {
    accepted --sender-nonce none
}

@test "reply: its senderNonce may be our own nonce" {
    accepted --sender-nonce same
}

@test "reply: AlgorithmIdentifiers may lack their NULL parameters" {
    accepted --null-params off
}

@test "reply: the issued certificate is found if it is the last of several" {
    accepted --cert-order leaf-last
}

@test "reply: the issued certificate is found among those of strangers" {
    accepted --cert-order with-strangers
}

@test "reply: another HTTP content type, or none, is accepted" {
    local fault
    for fault in odd-content-type no-content-type http-100; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_enrolment --fault "$fault"
        enroll
        enrolled
        stderr_empty
    done
}

# --- CA and RA certificates ------------------------------------------------

recipient_is() {
    expect_equal "the recipient" \
        "$(openssl x509 -in "$1" -noout -serial | sed 's/.*=//; s/^0*//' |
            tr A-F a-f)" "$(messages recipientSerial | uniq)"
}

@test "RA: its certificates for signing and encryption may come in any order" {
    local order
    for order in sign,enc,ca sign,ca,enc enc,sign,ca enc,ca,sign ca,sign,enc \
        ca,enc,sign; do
        ca=$BATS_TEST_TMPDIR/$order
        take local.key local.csr
        rm -f ca.crt-*
        start_ca --profile ra --order "$order" --pending 1
        run_sscep getca -u "$URL" -c ca.crt
        expect_status 0
        enroll -t 0
        enrolled
        recipient_is "$ca/ra-enc.crt"
        stop_ca
    done
}

@test "RA: the set may have a root above the CA" {
    local order
    for order in sign,enc,ca,root root,ca,enc,sign enc,root,sign,ca; do
        ca=$BATS_TEST_TMPDIR/$order
        take local.key local.csr
        start_ca --profile ra-chain --order "$order"
        run_sscep getca -u "$URL" -c ca.crt
        expect_status 0
        enroll
        enrolled
        recipient_is "$ca/ra-enc.crt"
        stop_ca
    done
}

@test "RA: certificates without the CA's" {
    take local.key local.csr
    start_ca --profile ra --order enc,sign
    run_sscep getca -u "$URL" -c ca.crt
    enroll
    enrolled
    recipient_is "$ca/ra-enc.crt"
    warned "no CA certificate"
}

@test "RA: its certificate alone as -c works, with a warning" {
    take local.key local.csr
    start_ca --profile ra
    cp "$ca/ra-sign.crt" ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    enroll -e enc.crt
    enrolled
    recipient_is enc.crt
    warned "no CA certificate"
}

@test "RA: -c may be one file with all certificates" {
    take local.key local.csr
    start_ca --profile ra
    cat "$ca/ra-enc.crt" "$ca/ca.crt" "$ca/ra-sign.crt" >ca.crt
    enroll
    enrolled
    stderr_empty
    recipient_is "$ca/ra-enc.crt"
}

@test "RA: -c may be the base name of the files of getca, or one of them" {
    take local.key local.csr
    start_ca --profile ra-pair
    run_sscep getca -u "$URL" -c ca.crt
    run_sscep enroll -u "$URL" -c ca.crt-0 -k local.key -r local.csr -l local.crt
    enrolled
}

@test "CA: a chain of certificates as -c works" {
    local order
    for order in ca,root root,ca; do
        ca=$BATS_TEST_TMPDIR/$order
        take local.key local.csr
        start_ca --profile chain --order "$order" --pending 1
        run_sscep getca -u "$URL" -c ca.crt
        enroll -t 0
        enrolled
        recipient_is "$ca/ca.crt"
        cat "$ca/root.crt" "$ca/ca.crt" >anchors.pem
        openssl verify -CAfile anchors.pem local.crt
        stop_ca
    done
}

@test "CA: the certificate of an intermediate CA as -c works without its root" {
    take local.key local.csr
    start_ca --profile chain --order ca
    run_sscep getca -u "$URL" -c ca.crt
    enroll
    enrolled
    stderr_empty
}

@test "CA: the root alone as -c is refused" {
    take local.key local.csr
    start_ca --profile chain
    cp "$ca/root.crt" ca.crt
    enroll
    refused --answered 97 "not among those of -c"
}

@test "CA: any keyUsage with keyCertSign, or none, is accepted without a warning" {
    local usage
    for usage in none certsign,crlsign sign,certsign encipher,certsign \
        sign,encipher,certsign agree,certsign; do
        ca=$BATS_TEST_TMPDIR/$usage
        start_enrolment --ca-usage "$usage" --pending 1
        enroll -t 0
        enrolled
        stderr_empty
        stop_ca
    done
}

@test "CA: keyUsage without keyCertSign" {
    local usage
    for usage in sign encipher sign,encipher; do
        ca=$BATS_TEST_TMPDIR/$usage
        start_enrolment --ca-usage "$usage"
        enroll
        enrolled
        warned "lacks keyCertSign"
        stderr_lacks "no CA certificate"
        stop_ca
    done
}

@test "CA: the message is encrypted to the certificate of -e" {
    start_enrolment
    take other.crt
    enroll -e other.crt
    refused --answered 71 badMessageCheck
    expect_equal "the recipient" \
        "Common Name: Another CA, Organization: Elsewhere, Country: FI" \
        "$(messages recipientIssuer)"
}

@test "CA: with the certificate of another CA as -c the reply is refused" {
    start_enrolment
    cp "$shared/other.crt" ca.crt
    enroll -e "$ca/ca.crt"
    refused --answered 97 "not among those of -c"
}

@test "CA: a certificate in DER as -c is read" {
    start_enrolment
    openssl x509 -in "$ca/ca.crt" -outform DER -out ca.crt
    enroll
    enrolled
}

@test "CA: an expired certificate is refused before anything is sent" {
    start_enrolment --ca-expired
    snapshot
    enroll
    refused --unsent 93 expired "--tolerate clock"
}

@test "CA: an expired certificate is used with --tolerate clock" {
    start_enrolment --ca-expired
    enroll --tolerate clock
    enrolled
    warned "expired"
}

@test "CA: for an EC key the challengePassword encrypts, in CertPoll too" {
    start_enrolment --ca-key ec --challenge secret --pending 1
    PREFIX=secret "$MKREQUEST" -dns device.example.com secret
    run_sscep enroll -u "$URL" -c ca.crt -k secret.key -r secret.csr \
        -l secret.crt -t 0
    expect_status 0
    [ -s secret.crt ] || problem "no certificate"
    [ "$(grep -c '"recipientKind": "pwri"' "$ca/log")" -eq 2 ] ||
        problem "not two requests by password"
}

@test "CA: an EC key cannot encrypt, said before anything is sent" {
    start_enrolment
    cp "$shared/ec.crt" ca.crt
    cp "$shared/plain.csr" local.csr
    enroll
    refused --unsent 93 "cannot encrypt" \
        "or give the password in the request of -r"
}

@test "CA: a certificate in -c that does not chain to the root beside it is refused before anything is sent" {
    take local.key local.csr
    start_ca --profile chain
    cat "$ca/ca.crt" "$shared/other.crt" >ca.crt
    snapshot
    enroll
    refused --unsent 93 "does not chain to the root in the same set"
}

# stranger NAME USAGE: makes NAME.crt, self-signed, with that keyUsage.
stranger() {
    openssl req -new -x509 -key "$shared/other.key" -days 30 \
        -subj "/O=Strangers/CN=$1" -addext "keyUsage=critical,$2" -out "$1.crt"
}

strange="and not for /C=FI/O=Example/CN=Example Test CA, of another CA: if that is wrong, name the right one with -e"

@test "recipient: of two CAs that have nothing in common the first, with a warning" {
    start_enrolment
    cat "$shared/other.crt" "$ca/ca.crt" >ca.crt
    enroll
    expect_status 71
    expect_equal "the recipient" \
        "Common Name: Another CA, Organization: Elsewhere, Country: FI" \
        "$(messages recipientIssuer)"
    stderr_has "requests are encrypted for /C=FI/O=Elsewhere/CN=Another CA, $strange"
    # -e says which; so does a pin.
    : >"$ca/log"
    enroll -e "$ca/ca.crt"
    enrolled
    stderr_empty
    recipient_is "$ca/ca.crt"
    : >"$ca/log"
    rm local.crt "$ca"/issued/*
    cat "$ca/ca.crt" "$shared/other.crt" >ca.crt
    enroll
    enrolled
    warned "and not for /C=FI/O=Elsewhere/CN=Another CA, of another CA"
    recipient_is "$ca/ca.crt"
    rm local.crt "$ca"/issued/*
    enroll --ca-fingerprint "$(fingerprint "$ca/ca.crt" sha256)" \
        --ca-fingerprint "$(fingerprint "$shared/other.crt" sha256)"
    enrolled
    stderr_empty
}

# encrypts_for FILE: a request is encrypted for it, and granted.
encrypts_for() {
    rm -rf local.crt "$ca"/issued/*
    : >"$ca/log"
    enroll
    enrolled
    stderr_empty
    recipient_is "$1"
}

@test "recipient: no stranger beside the CA, wherever it is" {
    local usage name
    for usage in keyEncipherment keyCertSign,keyEncipherment; do
        stranger "$usage" "$usage"
    done
    cp "$shared/other.crt" plain.crt
    for name in keyEncipherment keyCertSign,keyEncipherment plain; do
        ca=$BATS_TEST_TMPDIR/ca-$name
        rm -f local.crt
        start_enrolment --profile ra
        cat "$name.crt" "$ca/ca.crt" "$ca/ra-sign.crt" "$ca/ra-enc.crt" >ca.crt
        encrypts_for "$ca/ra-enc.crt"
        cat "$ca/ca.crt" "$ca/ra-sign.crt" "$name.crt" "$ca/ra-enc.crt" >ca.crt
        encrypts_for "$ca/ra-enc.crt"
        stop_ca
    done
}

@test "recipient: a CA that may only sign, not the stranger beside it that may encrypt" {
    stranger foreign keyEncipherment
    start_enrolment --ca-usage sign,certsign
    cat foreign.crt "$ca/ca.crt" >ca.crt
    enroll
    enrolled
    warned "and not for /O=Strangers/CN=foreign, of another CA"
    recipient_is "$ca/ca.crt"
}

@test "recipient: a stranger that may encrypt, beside a chain that may only sign certificates, is none" {
    stranger both digitalSignature,keyEncipherment
    stranger encrypt keyEncipherment
    start_ca --profile ra-chain
    take local.key local.csr
    cat encrypt.crt "$ca/root.crt" "$ca/ca.crt" >ca.crt
    enroll -m message.pem -v
    stderr_has "encrypting for /C=FI/O=Example/CN=Example Test Root: none is suitable"
    # It may be the CA that signs what is sent by it: nobody can tell.
    cat "$ca/root.crt" "$ca/ca.crt" both.crt >ca.crt
    enroll -m message.pem
    expect_status 0
    warned "requests are encrypted for /O=Strangers/CN=both, and not for /C=FI/O=Example/CN=Example Test Root, of another CA"
}

# --- -v: which certificates are chosen -------------------------------------

# chosen USE NAME REASON: -v says that this certificate is chosen, and why.
chosen() {
    if ! grep -qxF "./sscep: $1 /C=FI/O=Example/CN=Example Test $2: $3" "$stderr"; then
        problem "not said: $1 $2: $3"
    fi
}

no_other="and it signs no other of the set"

@test "-v: which certificate is chosen for what, and why" {
    start_ca --profile ra-chain
    take local.key local.csr
    run_sscep getca -u "$URL" -c ca.crt
    enroll -m message.pem -v
    chosen "expecting replies signed by" "RA Signing" \
        "keyUsage allows digitalSignature, $no_other"
    chosen "encrypting for" "RA Encryption" \
        "keyUsage allows keyEncipherment, $no_other"
    enroll -m message.pem -v -e "$ca/ca.crt"
    chosen "encrypting for" "CA" "-e"
    # The same with a pin, where only a root and its CA are left.
    enroll -m message.pem -v --ca-fingerprint "$(fingerprint "$ca/root.crt" sha256)"
    chosen "expecting replies signed by" "CA" "none is suitable"
    enroll -m message.pem
    stderr_empty
    enroll -m message.pem -v -c "$ca/ca.crt"
    chosen "expecting replies signed by" "CA" "the only one"
    chosen "encrypting for" "CA" "the only one"
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out plain.crt 2>/dev/null
    cat "$ca/ca.crt" plain.crt >set.crt
    enroll -m message.pem -v -c set.crt
    stderr_has "encrypting for /C=FI/O=Example/CN=device.example.org: there is no keyUsage, $no_other"
}

# --- --tolerate ------------------------------------------------------------

# tolerated FAULT CHECK TEXT: only --tolerate CHECK accepts it; else exit status 97
# and an error with this text.
tolerated() {
    start_enrolment --fault "$1"
    snapshot
    enroll
    refused --answered 97 "$3"
    case $2 in
    nonce) enroll --tolerate transaction-id,issuer,clock ;;
    transaction-id) enroll --tolerate nonce,issuer,clock ;;
    issuer) enroll --tolerate nonce,transaction-id,clock ;;
    esac
    refused --answered 97 "$3"
    enroll --tolerate "$2"
    expect_status 0
    warned ""
    stdout_line "./sscep: certificate written as local.crt"
    expect_equal "the key of local.crt" "$(openssl pkey -in local.key -pubout)" \
        "$(openssl x509 -in local.crt -noout -pubkey)"
}

@test "--tolerate nonce accepts a reply without recipientNonce, nothing else does" {
    tolerated no-recipient-nonce nonce recipientNonce
}

@test "--tolerate nonce accepts a reply with a wrong recipientNonce, nothing else does" {
    tolerated wrong-recipient-nonce nonce recipientNonce
}

@test "--tolerate transaction-id accepts a reply without transactionID, nothing else does" {
    tolerated no-transaction-id transaction-id transactionID
}

@test "--tolerate transaction-id accepts a reply with a wrong transactionID, nothing else does" {
    tolerated wrong-transaction-id transaction-id transactionID
}

@test "--tolerate issuer accepts a certificate of an unknown issuer, nothing else does" {
    tolerated cert-issuer-unknown issuer "--tolerate issuer"
}

@test "--tolerate issuer accepts a certificate of a wrong issuer, nothing else does" {
    tolerated cert-wrong-issuer issuer "--tolerate issuer"
}

@test "--tolerate issuer: the error message names it" {
    start_enrolment --fault cert-issuer-unknown
    enroll
    refused --answered 97 "--tolerate issuer"
}

@test "--tolerate: Tolerate in the configuration file does the same" {
    start_enrolment --fault no-recipient-nonce
    printf 'Tolerate = nonce, issuer\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
    warned recipientNonce
}

@test "--tolerate: the checks of signature and key cannot be skipped" {
    local fault text
    while IFS='|' read -r fault text; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_enrolment --fault "$fault"
        snapshot
        enroll --tolerate nonce,transaction-id,issuer,clock,ra,signer
        refused --answered 97 "$text"
        stop_ca
    done <<'END'
bad-signature|its signature does not verify
wrong-signer|its signature does not verify
stranger-signer|signed by a certificate that is not among those of -c
bad-message-digest|its signature does not verify
altered-content|its signature does not verify
cert-wrong-key|none of its 2 certificate(s) is for the key of the request
END
}

@test "--tolerate: an unknown check is answered with the list" {
    start_enrolment
    enroll --tolerate signature
    misuse signature nonce,transaction-id,issuer,clock,ra,signer
    nothing_sent
}

# --- files and secrets -----------------------------------------------------

@test "-l is written in PEM and holds the issued certificate" {
    start_enrolment
    enroll
    enrolled
    expect_equal "first line" "-----BEGIN CERTIFICATE-----" "$(head -n 1 local.crt)"
    expect_equal "certificates" 1 "$(count BEGIN local.crt)"
    cmp local.crt "$(issued)"
    openssl verify -CAfile ca.crt local.crt
}

@test "the key and the request may be in DER" {
    start_enrolment
    cp "$shared/local.key.der" local.key
    cp "$shared/local.csr.der" local.csr
    enroll
    enrolled
}

@test "an existing -l is replaced and keeps its mode" {
    start_enrolment
    echo old >local.crt
    chmod 640 local.crt
    enroll
    enrolled
    expect_equal "the mode" 640 "$(stat -c %a local.crt)"
    expect_equal "files" \
        "ca.crt local.crt local.csr local.key sscep" "$(ls -A | paste -sd' ')"
}

@test "a new -l has the mode that the umask leaves" {
    start_enrolment
    umask 027
    enroll
    enrolled
    expect_equal "the mode" 640 "$(stat -c %a local.crt)"
}

@test "an existing -l stays when the CA refuses, or answers badly" {
    local options
    for options in "--fail badRequest" "--fault cert-wrong-key" \
        "--fault http-500" "--pending 9" "--fault truncated-der"; do
        ca=$BATS_TEST_TMPDIR/${options// /}
        # shellcheck disable=SC2086
        start_enrolment $options
        echo old >local.crt
        snapshot
        enroll -n 0
        if [ "$status" -eq 0 ]; then
            problem "it succeeded with $options"
        fi
        nothing_written
        stop_ca
    done
}

@test "if -l is a symbolic link its target is replaced" {
    start_enrolment
    mkdir there
    echo old >there/target.crt
    ln -s there/target.crt local.crt
    enroll
    enrolled
    [ -L local.crt ]
    same_certificate there/target.crt "$(issued)"
    expect_equal "files there" target.crt "$(ls -A there)"
}

@test "the certificate goes to stdout with -l /dev/stdout" {
    start_enrolment
    run_sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l /dev/stdout --quiet
    expect_status 0
    same_certificate "$stdout" "$(issued)"
}

@test "--quiet: nothing on stdout" {
    start_enrolment --pending 1
    enroll -t 0 --quiet
    expect_status 0
    stdout_empty
    same_certificate local.crt "$(issued)"
}

@test "-v and -d print to stderr, and the transactionID to stdout" {
    local id
    local option
    for option in -v -d -vd --verbose --debug; do
        ca=$BATS_TEST_TMPDIR/ca$option
        start_enrolment
        enroll "$option"
        enrolled
        id=$(messages transactionID)
        expect_stdout <<END
./sscep: Read request with transaction id: $id
./sscep: sending certificate request
./sscep: valid response from server
./sscep: reply transaction id: $id
./sscep: pkistatus: SUCCESS
./sscep: certificate written as local.crt
END
        [ "$(wc -l <"$stderr")" -gt 5 ] || problem "too few lines"
        if grep -v "^./sscep: " "$stderr"; then
            problem "lines without the name of the program"
        fi
        stop_ca
    done
}

@test "-d prints neither challengePassword nor key" {
    local secret=correct-horse-4711
    start_enrolment --challenge "$secret" --pending 1
    sed "s/= secret/= $secret/" "$shared/local.cnf" >request.cnf
    openssl req -new -config request.cnf -key local.key -out local.csr
    enroll -d -v -t 0
    enrolled
    expect_equal "the challenge sent" "$secret" \
        "$(ca_log challengePassword 'messageType == "19"')"
    no_secrets_said "$secret" local.key
}

@test "SIGTERM while polling: the message says how to resume, and that works" {
    start_enrolment --pending 1
    snapshot
    enroll_in_background -t 60 -v
    wait_for 20 grep -q "waiting 60 seconds" "$stderr"
    kill -TERM "$pid"
    wait_for_client
    expect_status 143
    stderr_has "-R"
    expect_equal "what it says last" 1 "$(tail -n 1 "$stderr" | count -e "./sscep: .* -R")"
    nothing_written
    enroll -R
    enrolled
    expect_equal "messages" "19 20" "$(types)"
}

@test "SIGTERM while polling: --json reports it" {
    start_enrolment --pending 1
    enroll_in_background -t 60 -v --json
    wait_for 20 grep -q "waiting 60 seconds" "$stderr"
    kill -TERM "$pid"
    wait_for_client
    expect_status 143
    expect_equal "exitCode and status" "3 PENDING" "$(python3 -c '
import json, sys
report = json.load(sys.stdin)
print(report["exitCode"], report["status"])' <"$stdout")"
}

@test "SIGINT while polling: the message says how to resume" {
    start_enrolment --pending 1
    snapshot
    # By default background processes of a shell ignore SIGINT.
    env --default-signal=INT ./sscep enroll -u "$URL" -c ca.crt -k local.key \
        -r local.csr -l local.crt -t 60 -v >"$stdout" 2>"$stderr" 3>&- &
    pid=$!
    ca_pids+=("$pid")
    wait_for 20 grep -q "waiting 60 seconds" "$stderr"
    kill -INT "$pid"
    wait_for_client
    expect_status 130
    stderr_has "-R"
    nothing_written
}

@test "a signal that the caller ignores does not end the polling" {
    start_enrolment --pending 1
    env --ignore-signal=INT,TERM,HUP ./sscep enroll -u "$URL" -c ca.crt \
        -k local.key -r local.csr -l local.crt -t 2 -v >"$stdout" \
        2>"$stderr" </dev/null 3>&- &
    pid=$!
    ca_pids+=("$pid")
    wait_for 20 grep -q "waiting 2 seconds" "$stderr"
    kill -INT "$pid"
    kill -TERM "$pid"
    kill -HUP "$pid"
    wait_for_client
    enrolled
    stderr_lacks interrupted
}

@test "SIGTERM while waiting for an answer leaves no file" {
    start_enrolment --delay 30
    snapshot
    enroll_in_background
    wait_for 20 grep -q PKIOperation "$ca/log"
    kill -TERM "$pid"
    wait_for_client
    expect_status 143
    nothing_written
}

@test "stdout that cannot be written to: exit status 93" {
    start_enrolment
    status=0
    ./sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
        >/dev/full 2>"$stderr" || status=$?
    : >"$stdout"
    no_sanitizer_text
    expect_status 93
}
