#!/usr/bin/env bats
#
# For every faulty answer the client ends with the right exit status and one
# error line, and writes nothing. The list of faults comes from the test CA.

load helper

# start_fault_cas OPERATION [OPTION ...]: a CA for each fault, in $cas/NAME.
start_fault_cas() {
    operation=$1
    cas=$BATS_TEST_TMPDIR/cas
    mkdir "$cas"
    "$here/fault-cas" "$cas" "$BATS_RUN_TMPDIR/cakeys" "$@" \
        >"$cas.out" 2>&1 3>&- 4>&- &
    ca_pids+=($!)
    if ! wait_for 60 started_or_dead "$cas/ready" "$!" || [ ! -e "$cas/ready" ]; then
        echo "the test CAs do not start" >&2
        cat "$cas.out" >&2
        return 1
    fi
    take local.key local.csr
    snapshot
}

# names harmless|harmful: the faults of the operation of this kind.
names() {
    "$testca" --list-faults | awk -F '\t' -v operation="$operation" -v want="$1" '
        ("," $2 ",") ~ ("," operation ",") {
            if (($3 ~ /^harmless:/) == (want == "harmless")) print $1
        }'
}

# The harmful faults that any answer may have, not only a CertRep.
of_any_answer() {
    names harmful | grep -xF "$("$testca" --list-faults |
        awk -F '\t' '("," $2) ~ /,getcacert/ { print $1 }')"
}

of_messages() {
    names harmful | without $(of_any_answer) | grep -v '^crl-'
}

# each FUNCTION NAME ...: calls FUNCTION for each fault. It goes on after a
# failure, and names the failed ones at the end.
each() {
    local body=$1 name before bad=() done=0
    shift
    for name in "$@"; do
        ca=$cas/$name
        port=$(cat "$ca/port")
        URL=http://127.0.0.1:$port/scep
        before=$problems
        echo "=== $operation: $name" >&2
        "$body" "$name" 2>>"$cas.problems" || true
        if [ "$problems" -ne "$before" ]; then
            bad+=("$name")
            sed 's/^/    /' "$cas.problems" >&2
            rm -f local.crt* ca.crt*
        fi
        : >"$cas.problems"
        done=$((done + 1))
    done
    echo "$done faults, ${#bad[@]} with problems: ${bad[*]}" >&2
    if [ "$done" -lt 1 ] || [ "${#bad[@]}" -gt 0 ]; then
        return 1
    fi
}

# without NAME...: filters these names out of stdin.
without() {
    grep -vxF "$(printf '%s\n' "$@")"
}

# The faults that lead to a time limit (exit status 89).
timeouts=(silent slow-drip)

expect_status_of() {
    case " $2 " in
    *" $status "*) ;;
    *) problem "$1: expected exit status ${2// / or }" ;;
    esac
}

committed() {
    if ! grep -qF "\"faults\": [\"$1\"]" "$ca/log"; then
        problem "$1 was not committed"
    fi
}

# ends FAULT STATUSES: one of these statuses, one error line, no file.
ends() {
    expect_status_of "$1" "$2"
    one_error
    nothing_written
    stdout_lacks "written as"
    committed "$1"
    true
}

# --- getca -----------------------------------------------------------------

getca_fails() {
    local limit=30
    case " ${timeouts[*]} " in *" $1 "*) limit=1 ;; esac
    # -F: no GetCACaps, so the fault concerns GetCACert.
    run_sscep getca -u "$URL" -c ca.crt -F sha256 --timeout "$limit"
    if [ "$limit" -eq 1 ]; then
        ends "$1" 89
    else
        ends "$1" "95 97"
    fi
}

getca_succeeds() {
    run_sscep getca -u "$URL" -c ca.crt -F sha256
    expect_status 0
    committed "$1"
    if [ ! -s ca.crt ] && [ ! -s ca.crt-0 ]; then
        problem "no certificate"
    fi
    rm -f ca.crt ca.crt-*
}

@test "getca: every fault of the server is an error" {
    start_fault_cas getcacert
    each getca_fails $(names harmful)
}

@test "getca: every fault, of a CA with RA certificates" {
    start_fault_cas getcacert --profile ra-chain
    each getca_fails $(names harmful)
}

@test "getca: harmless faults change nothing" {
    start_fault_cas getcacert
    each getca_succeeds $(names harmless)
}

# --- enroll ----------------------------------------------------------------

# The CA certificate is taken from the directory of the CA, not from a reply.
with_ca_certificate() {
    enroll -c "$ca/ca.crt" "$@"
}

enroll_fails() {
    case $1 in
    silent | slow-drip)
        with_ca_certificate --timeout 1
        ends "$1" 89
        ;;
    no-failinfo | unknown-failinfo)
        with_ca_certificate
        ends "$1" 2
        ;;
    *)
        with_ca_certificate
        ends "$1" "95 97"
        ;;
    esac
}

enroll_succeeds() {
    with_ca_certificate -t 0 -n 1
    expect_status 0
    committed "$1"
    same_certificate local.crt "$(issued)"
    rm -f local.crt
}

# Faults of the envelope or the certificate, which a PENDING reply has not.
of_success='^(success-|envelope-|content-|cert-|crl-|altered-content$)'

@test "enroll: every fault of the connection and of the body" {
    start_fault_cas pkioperation
    each enroll_fails $(of_any_answer)
}

@test "enroll: every fault of the message" {
    start_fault_cas pkioperation
    each enroll_fails $(of_messages | grep -Ev "$of_success")
}

@test "enroll: every fault of the envelope and the certificate" {
    start_fault_cas pkioperation
    each enroll_fails $(of_messages | grep -E "$of_success")
}

@test "enroll: every fault of the message, in BER with an enveloped content" {
    start_fault_cas pkioperation --ber --ber-envelope --econtent enveloped
    # The contentType of this fault is right for such a content.
    each enroll_fails $(of_messages | without enveloped-content-type)
}

@test "enroll: every fault of the message, in a reply without contentType" {
    start_fault_cas pkioperation --no-content-type
    each enroll_fails $(of_messages)
}

@test "enroll: harmless faults change nothing" {
    start_fault_cas pkioperation
    each enroll_succeeds $(names harmless | without pending-with-content)
}

@test "enroll: PENDING with the content of a SUCCESS is PENDING" {
    start_fault_cas pkioperation --fault-times 1
    each enroll_succeeds pending-with-content
}

# The first reply is PENDING and has the fault.
pending_fails() {
    case $1 in
    no-failinfo | unknown-failinfo)
        with_ca_certificate -n 0
        ends "$1" 2
        ;;
    *)
        with_ca_certificate -n 0
        ends "$1" 97
        ;;
    esac
}

@test "enroll: every fault of the message, in a PENDING" {
    start_fault_cas pkioperation --pending 9
    each pending_fails $(of_messages | grep -Ev "$of_success")
}

failure_fails() {
    with_ca_certificate
    case $1 in
    no-failinfo | unknown-failinfo) ends "$1" 2 ;;
    *) ends "$1" 97 ;;
    esac
}

# RFC 8894, 3.2.1: its transactionID and recipientNonce are ours.
@test "enroll: every fault of the message, in a FAILURE" {
    start_fault_cas pkioperation --fail badRequest
    each failure_fails $(of_messages | grep -Ev "$of_success")
}

# The faults of replies that the CA did not sign.
unsigned=(wrong-cms-type no-signerinfo two-signerinfos bad-signature
    bad-message-digest altered-content wrong-signer stranger-signer
    end-entity-signer cert-sign-signer unsigned-attrs two-content-types
    duplicate-content-type unsigned-content-type no-message-digest
    two-message-digests duplicate-message-digest unsigned-message-digest
    both-message-digests many-unsigned-attributes
    many-primitive-attributes many-primitive-values many-signed-attributes
    many-values many-values-behind-others signature-of-other-key
    signature-unknown signature-pss-trailer signature-cut)

# The first reply is PENDING and good, the next has the fault. A reply that the
# CA did not sign does not end the polling, a bad reply of the CA does.
polled_fails() {
    case $1 in
    no-failinfo | unknown-failinfo)
        with_ca_certificate -t 0 -n 2
        ends "$1" 2
        ;;
    *)
        with_ca_certificate -t 0 -n 2
        ends "$1" 97
        ;;
    esac
    stdout_has "requesting certificate (#1)"
}

polled_goes_on() {
    local limit=30
    case " ${timeouts[*]} " in *" $1 "*) limit=3 ;; esac
    with_ca_certificate -t 0 -n 2 --timeout "$limit"
    ends "$1" 3
    stdout_has "requesting certificate (#2)"
    warned ""
    stderr_has "poll #2 failed: "
}

@test "enroll: every fault of the message, in the answer to a poll" {
    start_fault_cas pkioperation --pending 1 --fault-after 1
    each polled_fails $(of_messages | without "${unsigned[@]}")
}

@test "enroll: a reply that the CA did not sign, in the answer to each poll" {
    start_fault_cas pkioperation --pending 1 --fault-after 1
    each polled_goes_on $(of_any_answer) "${unsigned[@]}"
}

renewal_ends() {
    run_sscep enroll -u "$URL" -c "$ca/ca.crt" -K local.key -O old.crt \
        -k local.key -r local.csr -l local.crt
    ends "$1" "$expected"
}

@test "enroll: the CA returns the old certificate" {
    start_fault_cas pkioperation
    openssl x509 -req -in local.csr -CA "$cas/cert-old/ca.crt" \
        -CAkey "$cas/cert-old/ca.key" -days 30 -set_serial 4711 -out old.crt
    mkdir -p "$cas/cert-old/issued"
    cp old.crt "$cas/cert-old/issued/$(printf %x 4711).pem"
    snapshot
    expected=75
    each renewal_ends cert-old
}

# --- getcert, getcrl -------------------------------------------------------

# query OPERATION OPTION...: with own.crt, which this CA has issued.
query() {
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>/dev/null
    mkdir -p "$ca/issued"
    cp own.crt "$ca/issued/1267.pem"
    run_sscep "$@" -u "$URL" -c "$ca/ca.crt" -k local.key -l own.crt -w result
    rm own.crt
}

query_ends() {
    case $1 in
    silent | slow-drip)
        query "${operands[@]}" --timeout 1
        ends "$1" 89
        ;;
    no-failinfo | unknown-failinfo)
        query "${operands[@]}"
        ends "$1" 2
        ;;
    *)
        query "${operands[@]}"
        ends "$1" "95 97"
        ;;
    esac
    rm -f result
}

query_succeeds() {
    query "${operands[@]}"
    expect_status 0
    committed "$1"
    [ -s result ] || problem "$1: nothing was written"
    rm -f result
}

@test "getcrl: every fault of the server is an error" {
    start_fault_cas pkioperation
    operands=(getcrl)
    each query_ends $(names harmful | grep -Ev '^(cert-|content-single-certificate$|content-no-certificates$)')
    each query_succeeds $(names harmless | without pending-with-content)
}

@test "getcert: every fault of the server is an error" {
    start_fault_cas pkioperation
    operands=(getcert -s 4711)
    # The certificate asked for may have any key, also that of the client.
    each query_ends $(names harmful | grep -Ev '^(crl-|cert-)')
    each query_succeeds $(names harmless | without pending-with-content)
}

# --- getnextca -------------------------------------------------------------

getnextca_ends() {
    run_sscep getnextca -u "$URL" -c next.crt -C "$ca/ca.crt" -F sha256 --timeout "${limit:-30}"
    ends "$1" "$expected"
}

@test "getnextca: every fault of the server is an error" {
    start_fault_cas getnextcacert --next-ca
    # Servers say so that there is none yet.
    local none=(http-404 http-500 http-204 empty-200)
    expected="95 97"
    each getnextca_ends \
        $(names harmful | without "${timeouts[@]}" "${none[@]}")
    expected=76
    each getnextca_ends "${none[@]}"
    limit=1 expected=89
    each getnextca_ends "${timeouts[@]}"
}

# --- 100,000 of an element ---------------------------------------------------

# in_no_time NAME COMMAND...: the reply is refused before its signature is
# verified, within three seconds of processor time; more of it is a signal.
in_no_time() {
    local program=$sscep limited=$BATS_FILE_TMPDIR/limited
    printf '#!/bin/sh\nulimit -S -t 3\nexec ./sscep "$@"\n' >"$limited"
    chmod +x "$limited"
    sscep=$limited
    "${@:2}"
    sscep=$program
    ends "$1" 97
}

many() {
    names harmful | grep many-
}

many_getca() {
    in_no_time "$1" run_sscep getca -u "$URL" -c ca.crt -F sha256 --timeout 10
}

many_getnextca() {
    in_no_time "$1" run_sscep getnextca -u "$URL" -c next.crt \
        -C "$ca/ca.crt" -F sha256 --timeout 10
}

many_enroll() {
    in_no_time "$1" with_ca_certificate --timeout 10
}

many_query() {
    in_no_time "$1" query "${operands[@]}" --timeout 10
}

@test "100,000 of an element: getca, getnextca" {
    ulimit -S -s 1024
    start_fault_cas getcacert
    each many_getca $(many)
    stop_ca
    rm -r "$cas"
    start_fault_cas getnextcacert --next-ca
    each many_getnextca $(many)
}

@test "100,000 of an element: enroll, getcert, getcrl" {
    ulimit -S -s 1024
    start_fault_cas pkioperation
    each many_enroll $(many)
    operands=(getcert -s 4711)
    each many_query $(many)
    operands=(getcrl)
    each many_query $(many)
}

# --- GetCACaps -------------------------------------------------------------

# getcaps fails without a good answer to GetCACaps; other operations continue.
getcaps_fails() {
    local limit=30
    case " ${timeouts[*]} " in *" $1 "*) limit=1 ;; esac
    run_sscep getcaps -u "$URL" --timeout "$limit"
    if [ "$limit" -eq 1 ]; then
        ends "$1" 89
    else
        ends "$1" 95
    fi
    stdout_lacks "scep capabilities"
}

getcaps_succeeds() {
    run_sscep getcaps -u "$URL"
    expect_status 0
    stderr_empty
    stdout_has "./sscep: scep capabilities: AES, DES3"
    committed "$1"
}

getcaps_has_none() {
    run_sscep getcaps -u "$URL"
    expect_status 0
    expect_stdout <<<"./sscep: scep capabilities: none"
    committed "$1"
}

@test "getcaps: every fault of the server is an error" {
    start_fault_cas getcacaps
    each getcaps_fails $(names harmful | without empty-200 http-204)
}

@test "getcaps: an empty answer means no capabilities" {
    start_fault_cas getcacaps
    each getcaps_has_none empty-200 http-204
}

@test "getcaps: harmless faults" {
    start_fault_cas getcacaps
    each getcaps_succeeds $(names harmless)
}

# enroll continues without capabilities, unless the answer is an HTML page.
goes_on_without_caps() {
    with_ca_certificate
    expect_status 0
    committed "$1"
    stderr_has "3des"
    stderr_has "sha1"
    if [ "$(messages 'method + contentEncryptionName + digestName')" != GETdes3sha1 ]; then
        problem "$1: not what a server without capabilities gets"
    fi
    same_certificate local.crt "$(issued)"
    rm -f local.crt
}

ends_for_lack_of_time() {
    with_ca_certificate --timeout 1
    ends "$1" 89
    if [ -n "$(messages messageType)" ]; then
        problem "$1: a message was sent"
    fi
}

@test "enroll: faults of GetCACaps do not end it" {
    start_fault_cas getcacaps
    each goes_on_without_caps $(names harmful |
        without "${timeouts[@]}" html http-302)
}

ends_before_a_message() {
    with_ca_certificate
    ends "$1" 95
    expect_equal "messages" "" "$(messages messageType)"
}

@test "enroll: an HTML page in answer to GetCACaps, or a redirect to one, ends it" {
    start_fault_cas getcacaps
    each ends_before_a_message html http-302
}

@test "enroll: a time limit of GetCACaps ends it" {
    start_fault_cas getcacaps
    each ends_for_lack_of_time "${timeouts[@]}"
}

getca_goes_on_without_caps() {
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 0
    stdout_has "MD5 fingerprint"
    rm -f ca.crt
}

@test "getca: faults of GetCACaps do not end it" {
    start_fault_cas getcacaps
    each getca_goes_on_without_caps \
        $(names harmful | without "${timeouts[@]}" html http-302)
}

# --- the list itself -------------------------------------------------------

@test "every fault of the list is of an operation that is tested here" {
    local name operations
    "$testca" --list-faults | cut -f 1,2 >faults
    [ "$(wc -l <faults)" -gt 80 ]
    while read -r name operations; do
        case ,$operations, in
        *,getcacaps,* | *,getcacert,* | *,pkioperation,* | *,getnextcacert,*) ;;
        *) problem "$name: $operations" ;;
        esac
    done <faults
}
