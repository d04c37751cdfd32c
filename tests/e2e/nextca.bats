#!/usr/bin/env bats
#
# getnextca: the next CA certificate, signed by the current CA (RFC 8894, 4.7).

load helper
load namespace
load servers

getnextca() {
    run_sscep getnextca -u "$URL" -c next.crt -C ca.crt "$@"
}

# Starts a CA that has a next certificate; copies the current one to ca.crt.
start_rollover() {
    start_ca --next-ca "$@"
    cp "$ca/ca.crt" .
}

# refuses FAULT STATUS TEXT ...: an answer with this fault is refused.
refuses() {
    local fault=$1
    shift
    ca=$BATS_TEST_TMPDIR/$fault
    start_rollover --fault "$fault" --fault-on getnextcacert
    echo old >next.crt
    snapshot
    getnextca -w signer.crt
    refused --answered "$@"
    expect_equal "the fault" "['$fault']" \
        "$(ca_log faults 'operation == "GetNextCACert"' | tail -n 1)"
    stop_ca
}

# got_one FILE: the last run has written this certificate, and no other.
got_one() {
    expect_status 0
    stdout_line "./sscep: certificate written as next.crt-0"
    same_certificate next.crt-0 "$1"
    no_file next.crt next.crt-1
}

# --- the answer ------------------------------------------------------------

@test "one certificate: the same output lines as getca for a set" {
    start_rollover
    getnextca -F md5
    got_one "$ca/next-ca.crt"
    stderr_empty
    expect_stdout <<END
./sscep: requesting next CA certificate
./sscep: valid response from server

./sscep: found certificate with
  subject: /C=FI/O=Example/CN=Example Test CA
  issuer: /C=FI/O=Example/CN=Example Test CA
  usage: Digital Signature, Key Encipherment, Certificate Sign, CRL Sign
  MD5 fingerprint: $(fingerprint next.crt-0 md5)
./sscep: certificate written as next.crt-0
END
    cmp next.crt-0 "$ca/next-ca.crt"
    expect_equal "files" "ca.crt next.crt-0 sscep" "$(ls -A | paste -sd' ')"
    expect_equal "requests" "[['operation', 'GetNextCACert']]" "$(ca_log query)"
}

@test "-C that is not valid now: a warning, and the next certificate is written" {
    start_rollover --ca-expired
    getnextca -w signer.crt
    got_one "$ca/next-ca.crt"
    warned "/C=FI/O=Example/CN=Example Test CA, which signed the answer, has expired"
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
    same_certificate signer.crt ca.crt
    stop_ca
    rm next.crt-0 signer.crt
    ca=$BATS_TEST_TMPDIR/valid
    start_rollover
    redate 2090 ca.crt "$ca/ca.key"
    getnextca
    got_one "$ca/next-ca.crt"
    warned "which signed the answer, is not valid yet"
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
}

# The second certificate of -C is not that of the signer.
@test "-C with another certificate that is not valid now: no warning" {
    start_rollover
    cp "$shared/other.crt" expired.crt
    redate 2020 expired.crt "$shared/other.key"
    cat expired.crt >>ca.crt
    getnextca
    got_one "$ca/next-ca.crt"
    stderr_empty
}

@test "-C that is not valid now: no warning if no signer was verified" {
    start_rollover --ca-expired
    cp "$shared/other.crt" ca.crt
    snapshot
    getnextca
    refused --answered 97 "not among those of -C"
    stderr_lacks expired
}

@test "-F: every digest; without it the best announced one" {
    local name
    start_rollover
    for name in md5 sha1 sha224 sha256 sha384 sha512; do
        getnextca -F "$name"
        expect_status 0
        stdout_line "  $(tr a-z A-Z <<<"$name") fingerprint: $(fingerprint "$ca/next-ca.crt" "$name")"
    done
    getnextca
    stdout_line "  SHA512 fingerprint: $(fingerprint "$ca/next-ca.crt" sha512)"
    stop_ca
    ca=$BATS_TEST_TMPDIR/old
    start_rollover --caps none
    getnextca
    stdout_line "  MD5 fingerprint: $(fingerprint "$ca/next-ca.crt" md5)"
}

@test "-w writes the certificate of the signer" {
    start_rollover
    getnextca -F md5 -w signer.crt
    got_one "$ca/next-ca.crt"
    same_certificate signer.crt "$ca/ca.crt"
    expect_equal "the last line" "./sscep: certificate written as signer.crt" \
        "$(tail -n 1 "$stdout")"
}

@test "several certificates: in the order received" {
    start_rollover --next-ca-certs cross,self
    getnextca -F sha1
    expect_status 0
    same_certificate next.crt-0 "$ca/next-ca-cross.crt"
    same_certificate next.crt-1 "$ca/next-ca.crt"
    no_file next.crt next.crt-2
    stdout_line "./sscep: certificate written as next.crt-0"
    stdout_line "./sscep: certificate written as next.crt-1"
    expect_equal "found" 2 "$(grep -c 'found certificate with' "$stdout")"
    stdout_line "  SHA1 fingerprint: $(fingerprint "$ca/next-ca.crt" sha1)"
}

@test "stale files: from several to one, and from one to several" {
    start_rollover
    echo zero >next.crt-0
    echo one >next.crt-1
    echo two >next.crt-2
    getnextca
    got_one "$ca/next-ca.crt"
    no_file next.crt-0.old next.crt-2
    expect_equal "set aside" "one two" \
        "$(cat next.crt-1.old next.crt-2.old | paste -sd' ')"
    stop_ca
    ca=$BATS_TEST_TMPDIR/several
    start_rollover --next-ca-certs self,cross
    getnextca
    expect_status 0
    no_file next.crt next.crt-0.old next.crt-2
    same_certificate next.crt-0 "$ca/next-ca.crt"
    same_certificate next.crt-1 "$ca/next-ca-cross.crt"
}

# until_rollover FILE: it is not touched, and stays what operations read.
until_rollover() {
    local inode
    inode=$(stat -c '%i %y %a' "$1")
    getnextca -c "$1"
    expect_status 0
    expect_equal "$1" "$inode" "$(stat -c '%i %y %a' "$1")"
    same_certificate "$1-0" "$ca/next-ca.crt"
    rm -f "$1-0"
}

@test "-c that is the file of -C, or a directory: not touched, and no warning" {
    local name
    start_rollover
    ln ca.crt hard
    ln -s ca.crt link
    mkdir dir
    chmod 444 ca.crt
    for name in ca.crt ./ca.crt hard link dir; do
        until_rollover "$name"
        stderr_empty
    done
    same_certificate ca.crt "$ca/ca.crt"
}

@test "-c that exists is not touched; a warning, as it is read before the next certificate" {
    start_rollover
    cp ca.crt copy
    until_rollover copy
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
    warned "copy: -c copy reads this file, not copy-0, and it holds /C=FI/O=Example/CN=Example Test CA, which is not in the answer: after the rollover, remove it to use the new ones"
    echo text >copy
    until_rollover copy
    warned "copy: -c copy reads this file, not copy-0, but it cannot be read as certificates: give -c another name"
}

# getnextca never writes it.
@test "-c that holds a private key or cannot be read is not touched" {
    start_rollover
    take local.key
    until_rollover local.key
    cmp local.key "$shared/local.key"
    warned "local.key: -c local.key reads this file, not local.key-0, but it cannot be read as certificates: give -c another name"
    echo text >copy
    chmod 000 copy
    chmod a+rwx .
    as_other until_rollover copy
    warned "copy: -c copy reads this file, not copy-0, but it cannot be read"
}

@test "the next certificates work for an enrolment" {
    local next
    start_rollover
    getnextca
    got_one "$ca/next-ca.crt"
    stop_ca
    # The CA now uses the next certificate.
    next=$BATS_TEST_TMPDIR/next
    mkdir "$next"
    cp "$ca/next-ca.crt" "$next/ca.crt"
    cp "$ca/next-ca.key" "$next/ca.key"
    ca=$next
    start_ca
    take local.key local.csr
    enroll -c next.crt
    enrolled
    openssl verify -CAfile next.crt-0 local.crt
}

@test "an answer that is chunked, has another content type or none, or follows 100 Continue is read" {
    local options
    for options in "--chunked 7" "--http10" \
        "--fault odd-content-type --fault-on getnextcacert" \
        "--fault no-content-type --fault-on getnextcacert" \
        "--fault http-100 --fault-on getnextcacert"; do
        ca=$BATS_TEST_TMPDIR/${options// /}
        # shellcheck disable=SC2086
        start_rollover $options
        getnextca
        got_one "$ca/next-ca.crt"
        stderr_empty
        rm next.crt-0
        stop_ca
    done
}

@test "-i and -M are parameters of the request" {
    start_rollover
    getnextca -F md5 -i "CA & co" -M x=1
    got_one "$ca/next-ca.crt"
    expect_equal "the query" \
        "[['operation', 'GetNextCACert'], ['message', 'CA & co'], ['x', '1']]" \
        "$(ca_log query)"
}

@test "the keys of the configuration file" {
    start_rollover
    cat >sscep.conf <<END
[sscep]
URL = $URL
[sscep_getnextca]
CACertFile = next.crt
ChainRootCACertFile = ca.crt
SignerCertificateFile = signer.crt
FingerPrint = sha256
END
    run_sscep getnextca -f sscep.conf
    got_one "$ca/next-ca.crt"
    same_certificate signer.crt ca.crt
    stdout_has "SHA256 fingerprint"
}

# --- who may sign ----------------------------------------------------------

@test "the signer's certificate may be absent from the answer if -C has it" {
    start_rollover --no-signer-cert
    getnextca -w signer.crt
    got_one "$ca/next-ca.crt"
    same_certificate signer.crt "$ca/ca.crt"
}

@test "a CA below a root: its certificate is in -C or in the answer" {
    start_rollover --profile chain
    cp "$ca/root.crt" ca.crt
    getnextca -w signer.crt
    got_one "$ca/next-ca.crt"
    same_certificate signer.crt "$ca/ca.crt"
    cat "$ca/root.crt" "$ca/ca.crt" >ca.crt
    getnextca -w signer.crt
    got_one "$ca/next-ca.crt"
    same_certificate signer.crt "$ca/ca.crt"
    stop_ca
    rm next.crt-0 signer.crt
    start_rollover --profile chain --no-signer-cert
    cp "$ca/root.crt" ca.crt
    snapshot
    getnextca -w signer.crt
    refused --answered 97 "not among those of -C"
    # A CA below another root.
    stop_ca
    start_rollover --profile chain
    cp "$shared/other.crt" ca.crt
    snapshot
    getnextca -w signer.crt
    refused --answered 97 "signed by /C=FI/O=Example/CN=Example Test CA," \
        "not among those of -C, and does not verify against them"
}

@test "-C is the base name of several files, as getca writes them" {
    start_rollover --profile chain --order root,ca
    rm ca.crt
    run_sscep getca -u "$URL" -c ca.crt
    no_file ca.crt
    getnextca
    got_one "$ca/next-ca.crt"
}

@test "-C may hold several certificates in any order" {
    start_rollover
    cat "$shared/other.crt" "$ca/ca.crt" >several.pem
    getnextca -C several.pem
    got_one "$ca/next-ca.crt"
}

@test "an answer is refused if -C has the certificate of another CA" {
    start_rollover
    cp "$shared/other.crt" ca.crt
    snapshot
    getnextca
    refused --answered 97 "not among those of -C"
}

@test "an answer that a stranger signed is refused" {
    refuses stranger-signer 97 "/C=FI/O=Example/CN=Example Stranger CA" \
        "not among those of -C" "check which server answers"
}

@test "an answer of a stranger with the name and serial number of the CA is refused" {
    refuses wrong-signer 97 "signature does not verify"
}

@test "signed by an end entity of the CA" {
    refuses end-entity-signer 97 "not among those of -C"
    # The certificate itself verifies.
    openssl verify -CAfile "$ca/ca.crt" "$ca/end-entity.crt"
}

@test "an answer that an end entity signed is refused with the certificates outside the content, too" {
    start_rollover --next-ca-form outer --next-ca-certs cross \
        --fault end-entity-signer --fault-on getnextcacert
    snapshot
    getnextca -w signer.crt
    refused --answered 97 "not among those of -C"
}

@test "signed by an end entity of the CA that is in -C" {
    local options
    for options in "" "--tolerate signer"; do
        ca=$BATS_TEST_TMPDIR/${options// /}
        start_rollover --fault end-entity-signer --fault-on getnextcacert
        getnextca
        cat "$ca/ca.crt" "$ca/end-entity.crt" >ca.crt
        snapshot
        # shellcheck disable=SC2086
        getnextca -w signer.crt $options
        refused --answered 97 "signed by /C=FI/O=Example/CN=Example End Entity," \
            "not a CA certificate (no basicConstraints with cA) and not marked as an RA" "expected a CA certificate of -C"
        # Also if it is the only certificate of -C.
        cp "$ca/end-entity.crt" ca.crt
        snapshot
        # shellcheck disable=SC2086
        getnextca -w signer.crt $options
        refused --answered 97 "not a CA certificate (no basicConstraints with cA) and not marked as an RA"
        stop_ca
    done
}

# RFC 5280, 4.2.1.9: keyCertSign without basicConstraints makes no CA.
@test "signed by a certificate of -C with keyCertSign but without basicConstraints" {
    start_rollover --fault cert-sign-signer --fault-on getnextcacert
    getnextca
    cat "$ca/ca.crt" "$ca/cert-sign.crt" >ca.crt
    snapshot
    getnextca -w signer.crt
    refused --answered 97 "signed by /C=FI/O=Example/CN=Example Cert Sign," \
        "not a CA certificate (no basicConstraints with cA) and not marked as an RA"
}

ra="/C=FI/O=Example/CN=Example Test RA Signing"

@test "signed by an RA: accepted only with --tolerate signer and if -C has its certificate" {
    local purpose
    for purpose in cmc-ra enrolment-agent; do
        ca=$BATS_TEST_TMPDIR/$purpose
        rm -f next.crt-0 signer.crt
        start_rollover --profile ra --ra-purpose "$purpose"
        snapshot
        getnextca -w signer.crt --tolerate signer
        refused --answered 97 "signed by $ra," "not a CA certificate (no basicConstraints with cA), and not among those of -C"
        cat "$ca/ca.crt" "$ca/ra-sign.crt" >ca.crt
        snapshot
        getnextca -w signer.crt --tolerate ra
        refused --answered 97 "signed by $ra," "an RA of -C" "--tolerate signer"
        getnextca -w signer.crt --tolerate signer
        got_one "$ca/next-ca.crt"
        warned "the answer is signed by $ra, an RA of -C, not by a CA: accepted (--tolerate signer)"
        same_certificate signer.crt "$ca/ra-sign.crt"
        rm next.crt-0
        printf '[sscep_getnextca]\nTolerate = signer\n' >sscep.conf
        getnextca -f sscep.conf
        got_one "$ca/next-ca.crt"
        stop_ca
    done
}

@test "signed by an RA without a mark: refused, with any --tolerate" {
    local purpose
    for purpose in none client; do
        ca=$BATS_TEST_TMPDIR/$purpose
        start_rollover --profile ra --ra-purpose "$purpose"
        cat "$ca/ca.crt" "$ca/ra-sign.crt" >ca.crt
        snapshot
        getnextca
        refused --answered 97 "signed by $ra," "not a CA certificate (no basicConstraints with cA) and not marked as an RA"
        getnextca --tolerate ra,signer
        refused --answered 97 "signed by $ra," "not a CA certificate (no basicConstraints with cA) and not marked as an RA"
        stop_ca
    done
}

@test "an answer whose signature does not verify is refused" {
    refuses next-ca-bad-signature 97 "signature does not verify"
}

@test "an answer with bytes after its end is refused" {
    refuses trailing-bytes 97 "bytes follow"
}

@test "an answer that is garbage is refused" {
    refuses garbage 97 "reply: "
    refuses truncated-der 97 "reply: "
    refuses html 97 "Welcome"
    refuses empty-sequence 97 "reply: "
    refuses deep-nesting 97 "reply: "
}

# serve FILE: starts a server that answers with the file.
serve() {
    serve_file "$1" application/x-x509-next-ca-cert
}

@test "an answer with certificates that nobody signed is refused" {
    local body
    start_rollover
    # An answer to GetCACert is not one to GetNextCACert.
    openssl crl2pkcs7 -nocrl -certfile ca.crt -outform DER -out unsigned.p7
    openssl x509 -in ca.crt -outform DER -out bare.der
    snapshot
    for body in unsigned.p7 bare.der; do
        serve "$body"
        getnextca -F md5
        refused --answered 97 "reply: "
    done
}

@test "a CertRep that the CA signed for a client is refused" {
    local kind
    take local.key local.csr
    for kind in "" "--pending 9" "--fail badRequest" "--sender-nonce none --pending 9"; do
        ca=$BATS_TEST_TMPDIR/ca${kind// /}
        # shellcheck disable=SC2086
        start_rollover $kind
        enroll -n 0
        stdout_has pkistatus
        rm -f local.crt
        snapshot
        serve "$ca/replies/2.der"
        getnextca -F md5
        refused --answered 97 "reply: a pkiMessage, not the next CA certificates"
    done
}

# --- certificates outside an empty content ---------------------------------

@test "outer form: a certificate that the current CA has issued" {
    start_rollover --next-ca-form outer --next-ca-certs cross
    getnextca -w signer.crt
    got_one "$ca/next-ca-cross.crt"
    same_certificate signer.crt "$ca/ca.crt"
    openssl verify -CAfile ca.crt next.crt-0
}

@test "outer form: without the signer's certificate" {
    start_rollover --next-ca-form outer --next-ca-certs cross --no-signer-cert
    getnextca
    got_one "$ca/next-ca-cross.crt"
}

@test "outer form: a root above the next CA certificate is no obstacle" {
    start_rollover --next-ca-form outer --next-ca-certs cross --profile chain
    cat "$ca/root.crt" "$ca/ca.crt" >ca.crt
    getnextca -w signer.crt
    got_one "$ca/next-ca-cross.crt"
    same_certificate signer.crt "$ca/ca.crt"
}

@test "outer form: a new root that the current CA has not signed" {
    start_rollover --next-ca-form outer --next-ca-certs self
    snapshot
    getnextca -w signer.crt
    refused --answered 97 "not all are CA certificates that verify against -C"
}

@test "outer form: one certificate signed by the current CA, and one not" {
    local certs
    for certs in cross,self self,cross cross,entity; do
        ca=$BATS_TEST_TMPDIR/$certs
        start_rollover --next-ca-form outer --next-ca-certs "$certs"
        snapshot
        getnextca -w signer.crt
        refused --answered 97 "not all are CA certificates that verify against -C"
        stop_ca
    done
}

@test "outer form: the certificate of an end entity is refused" {
    start_rollover --next-ca-form outer --next-ca-certs entity
    snapshot
    getnextca
    refused --answered 97 "not all are CA certificates that verify against -C"
}

# The RA may sign by --tolerate signer, but vouches for no CA.
@test "outer form: with an RA alone in -C nothing verifies" {
    local certs
    for certs in cross self; do
        ca=$BATS_TEST_TMPDIR/$certs
        start_rollover --profile ra --ra-purpose cmc-ra --next-ca-form outer \
            --next-ca-certs "$certs"
        cp "$ca/ra-sign.crt" ca.crt
        snapshot
        getnextca --tolerate signer
        refused --answered --warned "accepted (--tolerate signer)" 97 \
            "not all are CA certificates that verify against -C" \
            "there is no CA certificate to verify it with"
        stop_ca
    done
}

@test "outer form: no certificate but that of the signer is refused" {
    start_rollover --next-ca-form outer --next-ca-certs ""
    snapshot
    getnextca
    refused --answered 97 "no next CA certificate"
}

@test "outer form: an answer of a stranger, or with a bad signature, is refused" {
    local fault
    for fault in stranger-signer wrong-signer next-ca-bad-signature; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_rollover --next-ca-form outer --next-ca-certs cross \
            --fault "$fault" --fault-on getnextcacert
        snapshot
        getnextca
        refused --answered 97 "sign"
        stop_ca
    done
}

@test "an answer without certificates is refused" {
    start_rollover --next-ca-certs ""
    snapshot
    getnextca
    refused --answered 97 "no certificate"
}

# --- none available --------------------------------------------------------

@test "none available: 404, 500 and an empty answer have a message of their own" {
    start_ca
    cp "$ca/ca.crt" .
    snapshot
    getnextca
    refused --answered 76 "no next CA certificate available" \
        "it answered 404 Not Found; if in doubt, check the URL and -i"
    expect_stdout <<<"./sscep: requesting next CA certificate"
    stop_ca
    refuses http-500 76 "no next CA certificate available" "500"
    refuses http-404 76 "no next CA certificate available" "404"
    refuses empty-200 76 "no next CA certificate available" \
        "200 OK with an empty body; if in doubt"
    refuses http-204 76 "no next CA certificate available" \
        "204 No Content with an empty body; if in doubt"
}

# A typing error in the URL must not look like "nothing yet" to a script.
@test "none available: 95 if GetCACaps is answered no better, which is a wrong URL" {
    local answer fault
    for answer in "404 http-404" "500 http-500" "close empty-200"; do
        fault=${answer#* }
        ca=$BATS_TEST_TMPDIR/$fault
        start_rollover --no-caps-http "${answer% *}" --fault "$fault" \
            --fault-on getnextcacert
        snapshot
        getnextca
        refused --answered 95 "the server answered ${fault#*-}" \
            "to GetNextCACert, and no better to GetCACaps: check the URL and the CA identifier (-i)"
        stderr_lacks available
        # Nobody asks for the capabilities.
        getnextca -F sha256
        refused --answered 76 "no next CA certificate available" "check the URL and -i"
        getnextca --capabilities SHA-256
        refused --answered 76 "no next CA certificate available" "check the URL and -i"
        stop_ca
    done
    # A bad answer to GetCACaps alone is none.
    ca=$BATS_TEST_TMPDIR/caps
    start_rollover --fault http-404 --fault-on getcacaps
    getnextca
    got_one "$ca/next-ca.crt"
}

@test "none available: other errors have another message" {
    refuses reset 95 "Connection reset by peer"
    stderr_lacks available
    refuses http-302 95 302
    stderr_lacks available
    refuses close-no-answer 95 "127.0.0.1:"
    stderr_lacks available
}

# start_answer STATUS-LINE LENGTH: a server that sends "gone" as the body of every
# answer, which LENGTH says is that long.
start_answer() {
    local port
    port=$(free_ports 1)
    start_server "$port" "$BATS_TEST_TMPDIR/answer" python3 -c '
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    client = server.accept()[0]
    if client.recv(4096):
        client.sendall(b"HTTP/1.1 %s\r\nContent-Length: %s\r\n"
                       b"Connection: close\r\n\r\ngone"
                       % (sys.argv[2].encode(), sys.argv[3].encode()))
    client.close()' "$port" "$1" "$2"
    URL=http://127.0.0.1:$port/scep
}

@test "none available: a truncated 404 has another message" {
    start_rollover
    start_answer "404 Not Found" 100
    snapshot
    getnextca
    refused --answered 95 "the 404 answer ended after 4 of the 100 bytes"
    stderr_lacks available
}

@test "none available: 501 says that the server lacks the operation" {
    start_rollover
    start_answer "501 Not Implemented" 4
    snapshot
    getnextca
    refused --answered 95 "501 Not Implemented" "the server lacks this operation"
    getnextca -F sha256
    refused --answered 95 "501 Not Implemented" "the server lacks this operation"
}

@test "none available: a 404 without a reason phrase" {
    start_rollover
    start_answer "404 " 4
    snapshot
    getnextca
    refused --answered 95 "the server answered 404 to GetNextCACert"
    getnextca -F sha256
    refused --answered 76 "it answered 404; if in doubt"
}

@test "a CA that cannot be reached is not taken for one without next certificates" {
    start_rollover
    stop_ca
    snapshot
    getnextca -F md5
    refused --answered 95 "cannot connect to 127.0.0.1:$port"
    stderr_lacks available
}

# --- before anything is sent -----------------------------------------------

@test "-C and -c are required" {
    start_rollover
    snapshot
    run_sscep getnextca -u "$URL" -c next.crt
    misuse "missing" "-C"
    run_sscep getnextca -u "$URL" -C ca.crt
    misuse "missing" "-c"
    run_sscep getnextca -c next.crt -C ca.crt
    misuse "missing" "-u"
    nothing_sent
    nothing_written
}

@test "-C that is missing or no certificate is refused before anything is sent" {
    start_rollover
    echo garbage >garbage
    snapshot
    getnextca -C missing
    refused --unsent 93 missing
    getnextca -C garbage
    refused --unsent 93 garbage
    getnextca -C "$ca/ca.key"
    refused --unsent 93 ca.key
}

@test "-w must not be -C" {
    start_rollover
    ln -s ca.crt link
    ln ca.crt hard
    snapshot
    for name in ca.crt ./ca.crt link hard; do
        getnextca -w "$name"
        expect_status 1
        one_error "-w and -C"
    done
    nothing_written
    nothing_sent
}

@test "outputs that cannot be written to are found before anything is sent" {
    start_rollover
    snapshot
    getnextca -c missing/next.crt
    refused --unsent 93 missing/next.crt-0
    getnextca -w missing/signer.crt
    refused --unsent 93 missing/signer.crt
}

@test "signed with MD5, which needs -S md5, or with SHA-1" {
    start_ca --next-ca --digest md5
    snapshot
    run_sscep getnextca -u "$URL" -c next.crt -C "$ca/ca.crt"
    refused --answered 97 "signed with md5"
    run_sscep getnextca -u "$URL" -c next.crt -C "$ca/ca.crt" -S md5
    expect_status 0
    same_certificate next.crt-0 "$ca/next-ca.crt"
    stop_ca
    ca=$ca-sha1
    start_ca --next-ca --digest sha1
    run_sscep getnextca -u "$URL" -c next.crt -C "$ca/ca.crt"
    expect_status 0
    warned "the reply is signed with sha1, although the server announces sha512"
}
