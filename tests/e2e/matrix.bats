#!/usr/bin/env bats
#
# The requirements on replies, on polling and renewal, and on CA and RA
# certificates. Each has at least one case that must succeed and one that must
# fail. Other files test the details.

load helper

# rows OPERATION: runs a case for each line of stdin,
#
#   STATUS | options of the CA | options of the client | text on stderr
#
# If STATUS is not 0, the client must write no file and exactly one error line,
# which contains the text. Each case has its own CA and its own directory.
rows() {
    local operation=$1 code ca_options options text number=0
    while IFS='|' read -r code ca_options options text; do
        number=$((number + 1))
        code=${code// /}
        text=$(sed 's/^ *//; s/ *$//' <<<"$text")
        echo "=== $code | $ca_options | $options | $text" >&2
        mkdir "$BATS_TEST_TMPDIR/row$number"
        cd "$BATS_TEST_TMPDIR/row$number"
        ln -s "$SSCEP" sscep
        ca=$BATS_TEST_TMPDIR/row$number.ca
        # shellcheck disable=SC2086
        start_with_certificates $ca_options
        case $operation$options in
        getcert* | getcrl* | *own.crt*) own_certificate ;;
        esac
        snapshot
        # shellcheck disable=SC2086
        "do_$operation" $options </dev/null
        case_is "$code" "$text"
        stop_ca
    done
    [ "$number" -gt 1 ]
}

# Starts a CA, fetches its certificates with getca, copies keys and requests.
start_with_certificates() {
    cp "$shared"/{local,new,other}.{key,csr} "$shared"/{other,ec}.crt \
        "$shared/plain.csr" .
    start_ca "$@"
    run_sscep getca -u "$URL" -c ca.crt -F sha256
    expect_status 0
    : >"$ca/log"
}

# Makes own.crt with serial number 4711 and enters it in the CA's records.
own_certificate() {
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>/dev/null
    mkdir -p "$ca/issued"
    cp own.crt "$ca/issued/1267.pem"
}

do_enroll() {
    output=local.crt
    enroll "$@"
}

do_getcert() {
    output=found.crt
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt "$@"
}

do_getcrl() {
    output=found.crl
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt \
        -w found.crl "$@"
}

do_getca() {
    output=new.crt
    run_sscep getca -u "$URL" -c new.crt "$@"
}

do_getnextca() {
    output=next.crt
    run_sscep getnextca -u "$URL" -c next.crt -C "$ca/ca.crt" "$@"
}

case_is() {
    expect_status "$1"
    if [ "$1" -ne 0 ]; then
        one_error "$2"
        nothing_written
        stdout_lacks "written as"
        return
    fi
    if [ ! -s "$output" ] && [ ! -s "$output-0" ]; then
        problem "$output was not written"
    fi
    if [ -n "$2" ]; then
        stderr_has "$2"
    fi
}

types() {
    messages messageType | paste -sd' '
}

# --- checks of a reply -----------------------------------------------------

@test "signer: a reply must be signed by a certificate of -c" {
    rows enroll <<'END'
0  | | |
0  | --no-signer-cert | |
97 | --fault stranger-signer | | not among those of -c
97 | --fault wrong-signer | | signature does not verify
97 | --fault end-entity-signer | | not among those of -c
97 | | -c other.crt -e ca.crt | not among those of -c
END
}

@test "signed attributes: messageType, transactionID, recipientNonce and pkiStatus must be right, with one value each" {
    rows enroll <<'END'
0  | --attr-order shuffle --extra-attr | |
97 | --fault wrong-message-type | | messageType
97 | --fault wrong-transaction-id | | transactionID
97 | --fault transaction-id-prefix | | transactionID
97 | --fault no-recipient-nonce | | recipientNonce
97 | --fault short-recipient-nonce | | recipientNonce
97 | --fault wrong-recipient-nonce | | recipientNonce
97 | --fault unknown-status | | pkiStatus
97 | --fault two-statuses | | pkiStatus
97 | --fault duplicate-transaction-id | | transactionID
END
}

@test "signed attributes: contentType may be absent, with a warning, in all operations" {
    local text="warning: the reply has no contentType attribute"
    local operation
    rows enroll <<END
0  | --no-content-type | | $text
0  | --no-content-type --econtent enveloped --ber | | $text
0  | --no-content-type --ca-key ec --challenge secret | | $text
0  | --no-content-type --pending 1 | -t 0 -n 1 | $text
0  | --no-content-type --sigalg pss | | $text
0  | --no-content-type --sigalg pss --digest sha512 | | $text
0  | --no-content-type | -K local.key -O own.crt -k new.key -r new.csr | $text
72 | --no-content-type --fail badRequest | | badRequest
END
    for operation in getcert getcrl getnextca; do
        rm -r "$BATS_TEST_TMPDIR"/row*
        rows $operation <<END
0  | --no-content-type --next-ca | | $text
97 | --no-content-type --next-ca --digest md5 | | signed with md5
END
    done
}

@test "signed attributes: of an absent contentType there is one warning in a run, also while PENDING" {
    local limit
    start_enrolment --no-content-type --pending 9
    for limit in "-n 0" "-n 2 -t 0"; do
        # shellcheck disable=SC2086
        enroll $limit
        expect_status 3
        expect_equal "warnings with $limit" 1 "$(grep -c 'no-content-type' "$stderr")"
        # The reply may be refused later.
        stderr_lacks accepted
    done
}

@test "signed attributes: contentType must be right, messageDigest is signed, also where contentType is absent" {
    rows enroll <<'END'
0  | --econtent enveloped | |
0  | --econtent enveloped --fault data-content-type | |
97 | --fault enveloped-content-type | | contentType is 1.2.840.113549.1.7.3, expected 1.2.840.113549.1.7.1
97 | --econtent enveloped --fault wrong-content-type | | contentType is 1.2.840.113549.1.7.2
97 | --fault wrong-content-type | | contentType is 1.2.840.113549.1.7.2, expected 1.2.840.113549.1.7.1
97 | --fault two-content-types | | signature does not verify
97 | --fault duplicate-content-type | | signature does not verify
97 | --fault unsigned-content-type | | is an unsigned attribute
97 | --no-content-type --fault unsigned-content-type | | is an unsigned attribute
97 | --no-content-type --fault unsigned-message-digest | | is an unsigned attribute
97 | --no-content-type --fault both-message-digests | | is an unsigned attribute
97 | --no-content-type --fault no-message-digest | | signature does not verify
97 | --no-content-type --fault two-message-digests | | signature does not verify
97 | --no-content-type --fault duplicate-message-digest | | signature does not verify
97 | --no-content-type --fault bad-message-digest | | signature does not verify
97 | --no-content-type --fault altered-content | | signature does not verify
97 | --no-content-type --fault bad-signature | | signature does not verify
97 | --no-content-type --fault signature-of-other-key | | signature does not verify
97 | --no-content-type --ca-key ec --challenge secret --fault signature-of-other-key | | signature does not verify
97 | --fault signature-unknown | | signature does not verify
97 | --fault signature-pss-trailer | | signature does not verify
97 | --fault signature-cut | | signature does not verify
97 | --ca-key ec --challenge secret --fault signature-cut | | signature does not verify
97 | --no-content-type --fault signature-unknown | | signature does not verify
97 | --no-content-type --fault signature-pss-trailer | | signature does not verify
97 | --no-content-type --ca-key ec --challenge secret --fault signature-cut | | signature does not verify
97 | --no-content-type --fault signature-of-other-digest | | signature does not verify
97 | --no-content-type --ca-key ec --challenge secret --fault signature-of-other-digest | | signature does not verify
0  | --no-content-type --sigalg shaWithRSA | |
97 | --no-content-type --fault unsigned-attrs | | is an unsigned attribute
97 | --no-content-type --fault no-signed-attrs | | no messageType
97 | --no-content-type --sigalg pss --fault bad-signature | | signature does not verify
END
}

@test "issued certificate: found by the key of the request, at any position" {
    rows enroll <<'END'
0  | --cert-order leaf-last | |
0  | --cert-order with-strangers | |
97 | --fault cert-wrong-key | | for the key of the request
END
    ca=$BATS_TEST_TMPDIR/row2.ca
    same_certificate "$BATS_TEST_TMPDIR/row2/local.crt" \
        "$(find "$ca/issued" ! -name 1267.pem -name '*.pem')"
}

@test "issuer: the issued certificate must verify against the CA certificates of -c" {
    rows enroll <<'END'
0  | --profile chain | |
0  | --profile chain | -c ca.crt-0 |
0  | --profile ra --order sign,enc | | warning: no CA certificate at hand
0  | --issue-as somebody | | the CA changed the subject
97 | --fault cert-issuer-unknown | | --tolerate issuer
97 | --fault cert-wrong-issuer | | --tolerate issuer
97 | --fault cert-bad-signature | | --tolerate issuer
97 | --profile ra --fault cert-wrong-issuer | | --tolerate issuer
END
}

@test "issuer: another subjectAltName than that of the request is noted" {
    rows enroll <<'END'
0  | --issue-san none | | the CA changed the subjectAltName: it left out DNS:device.example.org
0  | --issue-san none --pending 1 | -t 0 -n 1 | it left out DNS:device.example.org
0  | --issue-san a.example,b.example | | it left out DNS:device.example.org; it added DNS:a.example, DNS:b.example
0  | --issue-san a.example,device.example.org | | the CA changed the subjectAltName: it added DNS:a.example
0  | --issue-san none | -K local.key -O own.crt -k new.key -r new.csr | it left out DNS:device.example.org
END
}

@test "issuer: a subjectAltName that cannot be read is not called changed" {
    start_enrolment --issue-san a.example
    openssl req -new -key local.key -subj /C=FI/O=Example/CN=a.example \
        -addext 2.5.29.17=DER:3003820578 -out local.csr
    enroll -v
    expect_status 0
    stderr_has "the subjectAltName of request local.csr cannot be read"
    stderr_lacks "san-changed"
}

@test "issuer: the subjectAltName of the request, in any case, or a commonName beside it, is not noted" {
    local options
    for options in "" "--pending 1" "--issue-san DEVICE.Example.org"; do
        ca=$BATS_TEST_TMPDIR/ca${options// /}
        # shellcheck disable=SC2086
        start_enrolment $options
        enroll -t 0 -n 1
        enrolled
        stderr_empty
        rm local.crt
        stop_ca
    done
    openssl req -new -key local.key -subj /CN=device.example.org -out bare.csr
    for options in device.example.org a.example,device.example.org; do
        ca=$BATS_TEST_TMPDIR/$options
        start_enrolment --issue-san "$options"
        enroll -r bare.csr
        enrolled
        case $options in
        *,*) stderr_has "the CA changed the subjectAltName: it added DNS:a.example" ;;
        *) stderr_empty ;;
        esac
        stderr_lacks device.example
        rm local.crt
        stop_ca
    done
}

@test "getcert: the certificate must have the serial number and the issuer that were asked for" {
    rows getcert <<'END'
0  | --cert-order leaf-last | |
0  | --profile ra --order sign,enc | | warning: no CA certificate at hand
97 | --fault cert-wrong-key | | issuer and serial
97 | --fault cert-same-serial | | issuer and serial
97 | --fault cert-forged | | does not verify
END
}

@test "getcrl: the CRL must have the issuer that was asked for, and its signature" {
    rows getcrl <<'END'
0  | --revoke 17 | |
0  | --profile ra --order sign,enc | | is not verified
97 | --fault crl-wrong-issuer | | another issuer
97 | --fault crl-bad-signature | | signature of the CRL
97 | --fault crl-altered | | signature of the CRL
END
}

@test "--tolerate: skips individual checks, with a warning, never the signature or the key" {
    rows enroll <<'END'
0  | --fault no-recipient-nonce | --tolerate nonce | warning: recipientNonce
97 | --fault no-recipient-nonce | --tolerate transaction-id,issuer,clock | recipientNonce
0  | --fault wrong-transaction-id | --tolerate transaction-id | warning: transactionID
97 | --fault wrong-transaction-id | --tolerate nonce,issuer,clock | transactionID
0  | --fault cert-issuer-unknown | --tolerate issuer | ignored (--tolerate issuer)
97 | --fault cert-issuer-unknown | --tolerate nonce,transaction-id,clock | --tolerate issuer
0  | --fault cert-expired | --tolerate clock | ignored (--tolerate clock)
97 | --fault cert-expired | --tolerate nonce,transaction-id,issuer | --tolerate clock
97 | --fault bad-signature | --tolerate nonce,transaction-id,issuer,clock | signature
97 | --fault cert-wrong-key | --tolerate nonce,transaction-id,issuer,clock | key of the request
END
}

@test "malformed replies: bad bytes at any layer end in exit status 95 or 97" {
    rows enroll <<'END'
0  | --ber --ber-envelope --ber-content --chunked 1 | |
95 | --fault garbage-status-line | |
95 | --fault short-body | |
95 | --fault http-500 | | 500
97 | --fault garbage | | reply: 
97 | --fault deep-nesting | | reply: 
97 | --fault envelope-garbage | | reply: 
97 | --fault envelope-truncated | | reply: 
97 | --fault content-truncated | | reply: 
97 | --fault content-trailing | | reply: 
END
}

@test "empty SUCCESS: a reply without certificates is refused" {
    rows enroll <<'END'
0  | | |
97 | --fault success-no-content | | try again later with -R
97 | --fault success-empty-envelope | | try again later with -R
97 | --fault content-empty | | try again later with -R
97 | --fault content-no-certificates | | no certificate
END
}

@test "FAILURE: failInfo is printed by name, with failInfoText and a hint" {
    rows enroll <<'END'
0  | | |
70 | --fail badAlg | | badAlg; try other algorithms with -E and -S
71 | --fail badMessageCheck | | wrong CA certificate for encryption
72 | --fail badRequest --fail-text Why? | | badRequest, "Why?"; the challenge password is wrong, used or expired
73 | --fail badTime | | badTime; set this system's clock
74 | --fail badCertId | | badCertId; 
2  | --fault no-failinfo | | unknown
2  | --fault unknown-failinfo | | unknown
END
}

# --- polling, resumption, renewal ------------------------------------------

@test "polling: CertPoll has a new senderNonce and the same transactionID, and the limits apply" {
    rows enroll <<'END'
0 | --pending 2 | -t 0 -n 2 |
0 | --pending 1 --fault http-500 --fault-after 1 --fault-times 1 | -t 0 -n 2 | warning: 
0 | --pending 1 --fault reset --fault-after 1 --fault-times 1 | -t 0 -n 2 | warning: 
3 | --pending 9 | -t 0 -n 2 | limit of -n 2
3 | --pending 9 | -n 0 | limit of -n 0
3 | --pending 9 | -t 2 -T 1 | limit of -T 1
0 | --pending 1 --fault bad-signature --fault-after 1 --fault-times 1 | -t 0 -n 2 | signature
3 | --pending 1 --fault bad-signature --fault-after 1 | -t 0 -n 2 | signature
97 | --pending 1 --fault wrong-transaction-id --fault-after 1 | -t 0 -n 2 | transactionID
END
    ca=$BATS_TEST_TMPDIR/row1.ca
    expect_equal "messages" "19 20 20" "$(types)"
    expect_equal "transactionIDs" 1 "$(messages transactionID | sort -u | wc -l)"
    expect_equal "senderNonces" 3 "$(messages senderNonce | sort -u | wc -l)"
    ca=$BATS_TEST_TMPDIR/row4.ca
    expect_equal "messages of -n 2" "19 20 20" "$(types)"
    ca=$BATS_TEST_TMPDIR/row5.ca
    expect_equal "messages of -n 0" "19" "$(types)"
    ca=$BATS_TEST_TMPDIR/row6.ca
    expect_equal "messages of -T 1" "19" "$(types)"
}

@test "-R: a new process continues with the same transactionID" {
    start_enrolment --pending 1
    snapshot
    enroll -n 0
    expect_status 3
    nothing_written
    enroll -R -n 1
    enrolled
    expect_equal "messages" "19 20" "$(types)"
    expect_equal "transactionIDs" 1 "$(messages transactionID | sort -u | wc -l)"
    # For another key there is nothing to resume.
    take other.key other.csr
    rm local.crt
    snapshot
    enroll -R -k other.key -r other.csr
    expect_status 74
    nothing_written
}

@test "-R: continues after the client was killed while polling" {
    start_enrolment --pending 1
    snapshot
    enroll_in_background -t 60 -v
    wait_for 20 grep -q "waiting 60 seconds" "$stderr"
    kill -KILL "$pid"
    wait_for_client
    expect_status 137
    nothing_written '\.local\.crt\.sscep-[^ ]*'
    enroll -R
    enrolled
    nothing_written local.crt
    expect_equal "messages" "19 20" "$(types)"
}

# leave_pending TRANSACTION-ID: gives the CA a pending transaction that this
# client did not start.
leave_pending() {
    python3 - "$ca/transactions" "$1" local.csr.der <<'END'
import hashlib, json, sys

directory, number, request = sys.argv[1:]
with open(request, "rb") as stream:
    record = {"transactionID": number, "csr": stream.read().hex(),
              "challenge": None, "replies": 1, "serial": None, "final": False}
name = hashlib.sha256(number.encode()).hexdigest()
with open("%s/%s.json" % (directory, name), "w") as stream:
    json.dump(record, stream)
END
}

@test "-R: continues a request that another client left pending under the MD5 of the key" {
    local number
    start_enrolment --pending 1
    take local.csr.der
    number=$(openssl pkey -in local.key -pubout -outform DER | openssl md5 |
        sed 's/.* //' | tr a-f A-F)
    snapshot
    enroll -R -n 1
    expect_status 74
    nothing_written
    leave_pending "$number"
    enroll -R -n 1
    enrolled
    expect_equal "messages" "20 20" "$(types)"
    expect_equal "the transactionID" "$number" "$(messages transactionID | uniq)"
}

@test "--renewal: RenewalReq or PKCSReq, as announced or as chosen" {
    rows enroll <<'END'
0  | --challenge x | -K local.key -O own.crt -k new.key -r new.csr |
0  | --challenge x --caps AES,SHA-256,POSTPKIOperation | -K local.key -O own.crt -k new.key -r new.csr |
0  | --challenge x | -K local.key -O own.crt -k new.key -r new.csr --renewal 19 |
0  | --challenge x --caps none | -K local.key -O own.crt -k new.key -r new.csr --renewal 17 |
72 | --fail badRequest | -K local.key -O own.crt -k new.key -r new.csr | --renewal 19
71 | --fail badMessageCheck | -K local.key -O own.crt -k new.key -r new.csr | --renewal 19
1  | | --renewal 17 | --renewal 17 needs
END
    local got=()
    local number
    for number in 1 2 3 4 7; do
        ca=$BATS_TEST_TMPDIR/row$number.ca
        got+=("$(types)")
    done
    expect_equal "messageTypes" "17 19 19 17 " "${got[*]}"
}

@test "renewal: a PKCSReq follows HTTP status 400, 404, 405, 500 and 501, once" {
    local renewal="-K local.key -O own.crt -k new.key -r new.csr"
    local got=() number
    rows enroll <<END
0  | --renewal-http 400 | $renewal | warning: the server answered the RenewalReq with HTTP status 400
0  | --renewal-http 404 | $renewal | warning: the server answered the RenewalReq with HTTP status 404
0  | --renewal-http 405 | $renewal | warning: the server answered the RenewalReq with HTTP status 405
0  | --renewal-http 501 | $renewal | warning: the server answered the RenewalReq with HTTP status 501
0  | --renewal-http 500 --pending 1 | $renewal -t 0 -n 1 | warning: the server answered the RenewalReq with HTTP status 500
72 | --renewal-http 500 --fail badRequest | $renewal | badRequest
95 | --renewal-http 500 --fault http-404 --fault-after 1 | $renewal | that was the PKCSReq, the RenewalReq got 500
95 | --renewal-http 500 | $renewal --renewal 17 | use --renewal 19
0  | --renewal-http 400 | $renewal -v | answered 400 Bad Request: "what is a RenewalReq?"
0  | --renewal-http 500 | $renewal --renewal 19 |
END
    for number in 1 2 3 4 5 6 7 8 9 10; do
        ca=$BATS_TEST_TMPDIR/row$number.ca
        got+=("$(types)")
    done
    expect_equal "messages" \
        "17 19,17 19,17 19,17 19,17 19 20,17 19,17 19,17,17 19,19" \
        "$(IFS=,; echo "${got[*]}")"
    ca=$BATS_TEST_TMPDIR/row5.ca
    expect_equal "transactionIDs" 1 "$(messages transactionID | sort -u | wc -l)"
    expect_equal "senderNonces" 3 "$(messages senderNonce | sort -u | wc -l)"
}

@test "renewal: no PKCSReq follows a CertRep, or any other error" {
    local renewal="-K local.key -O own.crt -k new.key -r new.csr" name
    rows enroll <<END
72 | --fail badRequest | $renewal | badRequest
71 | --fail badMessageCheck | $renewal | badMessageCheck
72 | --renewal-by 19 | $renewal | --renewal 19
97 | --fault bad-signature | $renewal | signature does not verify
97 | --fault wrong-transaction-id | $renewal | transactionID
97 | --fault empty-200 | $renewal | empty body
97 | --fault html | $renewal | Welcome
95 | --renewal-http 500 --renewal-http-body message | $renewal | a CertRep came with this status
95 | --renewal-http 401 | $renewal | 401
95 | --renewal-http 403 | $renewal | 403
95 | --renewal-http 503 | $renewal | 503
95 | --renewal-http 410 | $renewal | 410
95 | --fault http-302 | $renewal | 302
95 | --fault reset | $renewal |
95 | --fault close-no-answer | $renewal |
89 | --fault silent | $renewal --timeout 1 |
3  | --pending 9 | $renewal -n 0 | limit
END
    for name in "$BATS_TEST_TMPDIR"/row*.ca; do
        ca=$name
        expect_equal "messages of ${name##*/}" 17 "$(types | sed 's/^17 17$/17/')"
    done
}

@test "renewal: after a PKCSReq and a CertPoll nothing is repeated" {
    rows enroll <<'END'
95 | --fault http-500 | | 500
95 | --caps AES,SHA-256,POSTPKIOperation --fault http-500 | -K local.key -O own.crt -k new.key -r new.csr | 500
95 | --fault http-500 | -K local.key -O own.crt -k new.key -r new.csr -R -n 1 |
END
    local got=() number
    for number in 1 2 3; do
        ca=$BATS_TEST_TMPDIR/row$number.ca
        got+=("$(types)")
    done
    expect_equal "messages" "19 19 20" "${got[*]}"
}

@test "renewal: a reply with the old certificate ends in exit status 75" {
    rows enroll <<'END'
0  | | -K local.key -O own.crt -k new.key -r new.csr |
75 | --fault cert-old | -K local.key -O own.crt -k new.key -r new.csr | not a new one
75 | --fault cert-old | -K local.key -O own.crt | not a new one
END
}

@test "renewal: a request that names another subject than -O is warned of, before it is sent" {
    local renewal="-K local.key -O own.crt -k local.key"
    start_with_certificates
    own_certificate
    openssl req -new -key local.key -subj /CN=another -out another.csr
    # shellcheck disable=SC2086
    enroll $renewal -r another.csr -m message.pem
    expect_status 0
    expect_equal "messages" "" "$(types)"
    warned "request another.csr is for /CN=another, but -O own.crt for /C=FI/O=Example/CN=device.example.org"
    # shellcheck disable=SC2086
    enroll $renewal
    expect_status 0
    stderr_empty
    # It is not sent again by -R.
    # shellcheck disable=SC2086
    enroll $renewal -r another.csr -R -n 1
    stderr_lacks "keeps the subject"
}

@test "renewal: an RA that forwards the request of somebody else is not warned of the subject" {
    start_with_certificates
    own_certificate
    openssl req -new -key other.key -subj /CN=another -out another.csr
    enroll -K local.key -O own.crt -k local.key -r another.csr
    expect_status 0
    warned "is not used"
    stderr_lacks "keeps the subject"
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>/dev/null \
        -extfile <(echo extendedKeyUsage=1.3.6.1.5.5.7.3.28)
    cp own.crt "$ca/issued/1267.pem"
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O own.crt \
        -r another.csr -l new.crt
    expect_status 0
    stderr_empty
}

@test "-K and -O: the key of the request is not needed" {
    start_with_certificates
    own_certificate
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O own.crt -r new.csr \
        -l local.crt
    expect_status 0
    expect_equal "the key" "$(openssl pkey -in new.key -pubout)" \
        "$(openssl x509 -in local.crt -noout -pubkey)"
    rm local.crt
    : >"$ca/log"
    snapshot
    run_sscep enroll -u "$URL" -c ca.crt -r new.csr -l local.crt
    misuse "missing" "-k"
    run_sscep enroll -u "$URL" -c ca.crt -r new.csr -l local.crt -K local.key
    expect_status 1
    nothing_sent
    nothing_written
}

# refused_early STATUS TEXT OPTION...: enroll fails before it sends anything, as
# the log of the CA shows.
refused_early() {
    local code=$1 text=$2
    shift 2
    enroll "$@"
    expect_status "$code"
    one_error "$text"
    nothing_sent
    nothing_written
}

@test "before sending: keys, request, certificates and output files are checked" {
    start_with_certificates --profile chain
    own_certificate
    openssl req -in local.csr -outform DER -out good.csr
    python3 - <<'END'
der = bytearray(open("good.csr", "rb").read())
der[-1] ^= 1
open("broken.csr", "wb").write(der)
END
    cat "$ca/ca.crt" other.crt >apart.crt
    cp ec.crt ec-ca.crt
    issue_for 2020 expired.crt other.csr 1267 -cert "$ca/ca.crt" \
        -keyfile "$ca/ca.key"
    snapshot
    refused_early 93 "not the key of request" -k other.key
    refused_early 93 "private key none.key" -k none.key -K local.key -O own.crt
    refused_early 93 "broken.csr" -r broken.csr
    refused_early 93 "missing/local.crt" -l missing/local.crt
    refused_early 93 "missing/self.crt" -L missing/self.crt
    refused_early 93 "missing/chain.crt" --chain missing/chain.crt
    refused_early 93 "not the key of certificate" -K other.key -O own.crt
    refused_early 93 "cannot encrypt" -e ec-ca.crt -r plain.csr
    refused_early 93 "does not chain" -c apart.crt
    refused_early 93 "does not chain" -c apart.crt -e "$ca/ca.crt"
    refused_early 93 "expired" -c expired.crt
    refused_early 93 "expired" -e expired.crt
    enroll -e expired.crt --tolerate clock
    expect_status 71
    : >"$ca/log"
    enroll
    expect_status 0
    same_certificate local.crt \
        "$(find "$ca/issued" ! -name 1267.pem -name '*.pem')"
}

@test "before sending: a cipher that this libcrypto lacks is refused" {
    start_with_certificates
    snapshot
    env OPENSSL_MODULES=/nonexistent ./sscep enroll -u "$URL" -c ca.crt \
        -k local.key -r local.csr -l local.crt -E blowfish \
        >"$stdout" 2>"$stderr" </dev/null && status=0 || status=$?
    no_sanitizer_text
    if [ "$status" -eq 0 ] || [ "$status" -ge 126 ]; then
        problem "expected an error"
    fi
    one_error "legacy"
    expect_equal "messages sent" "" "$(messages messageType)"
    nothing_written
}

# --- CA and RA certificates ------------------------------------------------

@test "RA certificates: separate ones for signing and encryption work in any order" {
    rows enroll <<'END'
0  | --profile ra --order sign,enc,ca | |
0  | --profile ra --order ca,enc,sign | |
0  | --profile ra-chain --order enc,root,sign,ca | |
97 | --profile ra --order ca,enc | | not among those of -c
71 | --profile ra --order sign,enc,ca | -e ca.crt-2 | badMessageCheck
END
}

@test "keyUsage: certificates without it, or with one of the two usages, work" {
    rows enroll <<'END'
0  | --ca-usage none | |
0  | --ca-usage sign,certsign | |
0  | --ca-usage encipher,certsign | |
0  | --ca-usage certsign,crlsign | |
93 | --ca-usage none | -c ec.crt -r plain.csr | cannot encrypt
END
}

@test "issuer of a query: getcert and getcrl name the CA that issued -l, not the RA" {
    rows getcert <<'END'
0  | --profile ra | |
0  | --profile ra --order sign,enc | | warning: 
74 | --profile ra | -O ca.crt-0 | badCertId
END
    rm -r "$BATS_TEST_TMPDIR"/row*
    rows getcrl <<'END'
0  | --profile ra | |
0  | --profile ra --order sign,enc | | warning: 
74 | --profile ra | -O other.crt | badCertId
END
}

@test "--ca-fingerprint: CA certificates that do not match are refused" {
    local operation digest wrong
    start_with_certificates --profile ra --ra-purpose cmc-ra
    own_certificate
    wrong=$(fingerprint other.crt sha256)
    for operation in getca enroll getcert getcrl; do
        for digest in md5 sha1 sha256 sha512; do
            "do_$operation" --ca-fingerprint "$(fingerprint "$ca/ca.crt" "$digest")"
            case_is 0 ""
            rm -f "$output" "$output"-*
        done
        : >"$ca/log"
        snapshot
        "do_$operation" --ca-fingerprint "$wrong"
        case_is 97 fingerprint
        expect_equal "messages sent" "" "$(messages messageType)"
    done
    # A certificate that does not chain to the pinned one is left out.
    cat "$ca/ra-sign.crt" other.crt >ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    snapshot
    for operation in enroll getcert getcrl; do
        "do_$operation" -e enc.crt \
            --ca-fingerprint "$(fingerprint other.crt sha256)"
        case_is 97 "--ca-fingerprint does not vouch for it"
        "do_$operation" --ca-fingerprint "$(fingerprint other.crt sha256)"
        case_is 97 "not among those of -c"
        stderr_has "is left out"
    done
}

@test "getca: reports whether the certificates form a chain and whether one has expired" {
    rows getca <<'END'
0  | --profile ra-chain | -v | the certificates form a chain
0  | --profile ra --order sign,enc | | do not form a chain
0  | --ca-expired | | has expired
97 | --fault no-certificates --fault-on getcacert --fault-after 1 | | no certificate
END
}

@test "getca: files of an earlier answer are set aside, unless the new answer is bad" {
    start_ca --fault garbage --fault-on getcacert --fault-times 1
    echo zero >new.crt-0
    echo one >new.crt-1
    snapshot
    do_getca
    case_is 97 "reply: "
    do_getca -v
    case_is 0 new.crt-0.old
    no_file new.crt-0 new.crt-1
    expect_equal "set aside" "zero one" \
        "$(cat new.crt-0.old new.crt-1.old | paste -sd' ')"
}

@test "GetCACert: DER, PEM and PKCS#7 are read, with any content type" {
    rows getca <<'END'
0  | --getca-form der | |
0  | --getca-form pem | |
0  | --getca-form p7 | |
0  | --getca-form p7-ra | |
0  | --getca-form p7pem | |
0  | --getca-form wrong-type --profile ra | |
0  | --fault odd-content-type --fault-on getcacert --fault-after 1 | |
97 | --fault html --fault-on getcacert --fault-after 1 | | Welcome
97 | --fault garbage --fault-on getcacert --fault-after 1 | | reply: 
97 | --fault bad-certificate --fault-on getcacert --fault-after 1 | | reply: 
END
}

@test "getnextca: nothing is written unless the current CA signed the answer" {
    rows getnextca <<'END'
0  | --next-ca | -w signer.crt |
0  | --next-ca --next-ca-form outer --next-ca-certs cross | -w signer.crt |
97 | --next-ca --next-ca-form outer | -w signer.crt | not all are CA certificates that verify
97 | --next-ca --fault stranger-signer --fault-on getnextcacert | -w signer.crt | not among those of -C
97 | --next-ca --fault wrong-signer --fault-on getnextcacert | | signature does not verify
97 | --next-ca --fault end-entity-signer --fault-on getnextcacert | | not among those of -C
97 | --next-ca --fault next-ca-bad-signature --fault-on getnextcacert | | signature does not verify
97 | --next-ca | -C other.crt | not among those of -C
76 | | | no next CA certificate available
76 | --next-ca --fault http-500 --fault-on getnextcacert | | no next CA certificate available
END
}

@test "--chain: the CA certificates of the reply are written" {
    rows enroll <<'END'
0  | --profile chain --cert-order with-strangers | --chain chain.crt |
0  | --fault cert-issuer-unknown | --chain chain.crt --tolerate issuer | chain.crt is not written
97 | --fault cert-wrong-key | --chain chain.crt | key of the request
93 | | --chain missing/chain.crt | missing/chain.crt
END
    ca=$BATS_TEST_TMPDIR/row1.ca
    cd "$BATS_TEST_TMPDIR/row1"
    expect_equal "certificates in it" 2 "$(grep -c BEGIN chain.crt)"
    openssl verify -CAfile "$ca/root.crt" -untrusted chain.crt local.crt
    no_file "$BATS_TEST_TMPDIR/row2/chain.crt"
}

@test "each requirement has a test in this file" {
    local subject
    for subject in "signer" "signed attributes" "issued certificate" "issuer" \
        "getcert" "getcrl" "--tolerate" "malformed replies" "empty SUCCESS" \
        "FAILURE" "polling" "-R" "--renewal" "renewal" "-K and -O" \
        "before sending" "RA certificates" "keyUsage" "issuer of a query" \
        "--ca-fingerprint" "getca" "GetCACert" "getnextca" "--chain"; do
        grep -q "^@test \"$subject: " "$BATS_TEST_FILENAME" ||
            problem "no test of $subject"
    done
}

@test "the tests that docs/rfc8894.md and SECURITY.md name exist" {
    python3 - "$tree" <<'END'
import os, re, sys

tree = sys.argv[1]


def read(*path):
    with open(os.path.join(tree, *path), encoding="utf-8") as stream:
        return stream.read()


def named_in(text):
    return re.findall(
        r'([\w-]+\.bats):\s"([^"]*)"|(test_\w+\.c): (test_\w+)', text)


text = read("docs/rfc8894.md")
security = read("SECURITY.md")
named = named_in(text)
missing = []
for bats, name, unit, function in named + named_in(security):
    name = name.replace("\n", " ")
    tokens = bats in os.listdir(os.path.join(tree, "tests/tokens"))
    path = os.path.join("tests", "unit" if unit else
                        "tokens" if tokens else "e2e", bats or unit)
    wanted = ('@test "%s" {' % name if bats
              else "static void %s(void" % function)
    if wanted not in read(path):
        missing.append("%s: %s" % (path, name or function))
if len(named_in(security)) < 40:
    missing.append("the tests of SECURITY.md")
rows = [line for line in text.split("\n") if re.match(r"\| [2-7]", line)]
bare = [row for row in rows
        if row.count("|") != 5 or not re.search(
            r'\.bats: "|\.c: test_|\| - \|$', row)]
if missing or bare or len(named) < 50 or len(rows) < 50:
    sys.exit("\n".join(["missing or bare:"] + missing + bare))
END
}
