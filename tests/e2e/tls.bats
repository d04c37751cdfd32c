#!/usr/bin/env bats
#
# https: nginx in front of the test CA, with good and bad certificates.

load helper
load servers

setup() {
    need nginx openssl
    common_setup
    unset SSL_CERT_FILE SSL_CERT_DIR
    make_tls
    trust=(--tls-ca-file "$tls/tls-ca.pem")
}

# start_https CERT: starts a CA with nginx in front of it, which has this
# certificate; copies the files of an enrolment.
start_https() {
    start_enrolment
    start_nginx "$@"
}

# untrusted TEXT...: the certificate of the server is refused: exit status 95,
# one error line with the texts, no request, no file.
untrusted() {
    local operation
    for operation in getcaps getca enroll; do
        rm -f out.crt local.crt
        case $operation in
        getcaps) run_sscep getcaps -u "$URL" "${options[@]}" ;;
        getca) run_sscep getca -u "$URL" -c out.crt "${options[@]}" ;;
        enroll) enroll "${options[@]}" ;;
        esac
        expect_status 95
        only_error "$@"
        no_file out.crt local.crt
    done
    no_request
}

# --- what works ---------------------------------------------------------------

@test "https: every operation works" {
    start_https good
    run_sscep getcaps -u "$URL" "${trust[@]}"
    expect_status 0
    run_sscep getca -u "$URL" -c got.crt "${trust[@]}"
    expect_status 0
    same_certificate got.crt "$ca/ca.crt"
    enroll "${trust[@]}"
    enrolled
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l local.crt \
        -s "0x$(openssl x509 -in local.crt -noout -serial | cut -d= -f2)" \
        -w again.crt "${trust[@]}"
    expect_status 0
    same_certificate again.crt local.crt
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w crl.pem \
        "${trust[@]}"
    expect_status 0
    openssl crl -in crl.pem -noout
    stderr_empty
    [ "$(requests)" -ge 7 ]
    # Every request through TLS 1.2 or later, with SNI and Host.
    if grep -Ev "^[0-9]+ TLSv1\.[23] sni=localhost host=localhost:$tls_port " \
        "$access_log"; then
        problem "a request that is not as it should be"
    fi
}

@test "https: getnextca works" {
    start_enrolment --next-ca
    start_nginx good
    run_sscep getnextca -u "$URL" -c next.crt -C ca.crt "${trust[@]}"
    expect_status 0
    same_certificate next.crt-0 "$ca/next-ca.crt"
}

@test "https: an IP address, which is no name for SNI" {
    start_https good
    URL=https://127.0.0.1:$tls_port/scep
    enroll "${trust[@]}"
    enrolled
    grep -q " sni=- host=127.0.0.1:$tls_port " "$access_log"
}

@test "https: one connection and two requests, for getca and for enroll" {
    start_https good
    run_sscep getca -u "$URL" -c got.crt "${trust[@]}"
    expect_status 0
    expect_equal requests 2 "$(requests)"
    expect_equal connections 1 "$(connections)"
    : >"$access_log"
    enroll "${trust[@]}"
    enrolled
    expect_equal requests 2 "$(requests)"
    expect_equal connections 1 "$(connections)"
}

@test "https: a server that closes after each answer" {
    start_https good "keepalive_timeout 0;"
    enroll "${trust[@]}"
    enrolled
    expect_equal connections 2 "$(connections)"
}

@test "https: TLS 1.2 only, and TLS 1.3 only" {
    local version
    for version in TLSv1.2 TLSv1.3; do
        ca=$BATS_TEST_TMPDIR/ca-$version
        start_https good "ssl_protocols $version;"
        run_sscep getca -u "$URL" -c got.crt -d "${trust[@]}"
        expect_status 0
        stderr_has "$version"
        expect_equal versions "$version" "$(cut -d' ' -f2 "$access_log" | sort -u)"
        stop_ca
    done
}

@test "https: polling works" {
    start_enrolment --pending 2
    start_nginx good
    enroll -t 0 "${trust[@]}"
    enrolled
    expect_equal connections 1 "$(connections)"
}

@test "https: a request of 1 MiB" {
    start_https good "client_max_body_size 2m;"
    {
        sed -n '/commonName/!p' "$shared/local.cnf"
        echo "nsComment = \"$(head -c 700000 /dev/zero | tr '\0' x)\""
    } >big.cnf
    openssl req -new -config big.cnf -key local.key -out local.csr
    enroll "${trust[@]}"
    enrolled
    [ "$(ca_log bodyLength 'messageType == "19"')" -gt 700000 ]
}

@test "https: an answer that comes before the request is sent" {
    start_https good
    sed -i 's/client_max_body_size 8m/client_max_body_size 1k/' "$nginx_dir/nginx.conf"
    kill "$server_pid"
    wait "$server_pid" || true
    start_server "$tls_port" "$nginx_dir/out" nginx -p "$nginx_dir" \
        -c "$nginx_dir/nginx.conf" -e "$nginx_dir/error.log"
    {
        sed -n '/commonName/!p' "$shared/local.cnf"
        echo "nsComment = \"$(head -c 6000000 /dev/zero | tr '\0' x)\""
    } >big.cnf
    openssl req -new -config big.cnf -key local.key -out local.csr
    enroll "${trust[@]}"
    expect_status 95
    only_error "413 Request Entity Too Large"
    no_file local.crt
}

# start_cutter FIELD: starts a server by https whose answers have this header
# field and half a body; then the connection ends, for paths below /closed after
# close_notify, and for others without. Sets URL.
start_cutter() {
    local cutter_port
    cutter_port=$(free_ports 1)
    start_server "$cutter_port" "$BATS_TEST_TMPDIR/cutter" python3 -c '
import socket, ssl, sys
port, cert, key, field = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server = socket.create_server(("127.0.0.1", int(port)))
while True:
    raw = server.accept()[0]
    try:
        connection = context.wrap_socket(raw, server_side=True)
        request = connection.recv(65536)
        connection.sendall(("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
            + field + "\r\n\r\nAES\n").encode())
        if b" /closed" in request:
            connection = connection.unwrap()
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
        connection.close()
    except OSError:
        raw.close()
' "$cutter_port" "$tls/good.pem" "$tls/good.key" "$1"
    URL=https://localhost:$cutter_port
}

# getcaps_at PATH
getcaps_at() {
    run_sscep getcaps -u "$URL/$1" "${trust[@]}"
}

# RFC 9112, 9.8: what is there may be less than the server has sent.
@test "https: a connection that is cut within a body is an error" {
    local field
    for field in "Content-Length: 8" "Connection: close"; do
        start_cutter "$field"
        getcaps_at cut
        expect_status 95
        only_error "without close_notify (RFC 8446, 6.1)"
        stdout_empty
    done
    # The body ends with the connection.
    getcaps_at closed
    expect_status 0
    stdout_has "scep capabilities: AES"
}

# --- trusted CAs --------------------------------------------------------------

@test "trust: --tls-ca-dir has the CAs" {
    start_https good
    mkdir certs
    cp "$tls/tls-ca.pem" certs/
    openssl rehash certs
    enroll --tls-ca-dir certs
    enrolled
}

@test "trust: SSL_CERT_FILE, and SSL_CERT_DIR" {
    start_https good
    SSL_CERT_FILE=$tls/tls-ca.pem enroll
    enrolled
    mkdir certs
    cp "$tls/tls-ca.pem" certs/
    openssl rehash certs
    SSL_CERT_FILE=/nonexistent SSL_CERT_DIR=$PWD/certs run_sscep getca \
        -u "$URL" -c got.crt
    expect_status 0
}

@test "trust: --tls-ca-file replaces the CAs of the system" {
    start_https good
    options=(--tls-ca-file "$tls/other-ca.pem")
    export SSL_CERT_FILE=$tls/tls-ca.pem
    untrusted "not trusted" "issuer"
}

@test "trust: TLSCAFile in the file, in DER" {
    start_https good
    openssl x509 -in "$tls/tls-ca.pem" -outform DER -out tls-ca.der
    printf '[sscep]\nTLSCAFile = tls-ca.der\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
}

@test "trust: the certificates of -c are not trusted for TLS" {
    start_https good
    cat "$tls/tls-ca.pem" >>ca.crt
    options=(--no-warn recipient-unsure)
    untrusted "not trusted" issuer
}

@test "trust: a self-signed certificate given with --tls-ca-file" {
    start_https self-signed
    enroll --tls-ca-file "$tls/self-signed.pem"
    enrolled
}

# --- what is refused ----------------------------------------------------------

@test "refused: a server certificate that has expired" {
    start_https expired
    options=("${trust[@]}")
    untrusted "not trusted" expired "localhost:$tls_port" "/CN=expired"
}

@test "refused: a server certificate that is not valid yet" {
    start_https future
    options=("${trust[@]}")
    untrusted "not trusted" "not yet valid" "localhost:$tls_port" "/CN=future"
}

# RFC 5280, 4.2.1.12.
@test "refused: a certificate that is for clients only" {
    start_https client-only
    options=("${trust[@]}")
    untrusted "not trusted" purpose "/CN=client-only"
    stop_ca
    ca=$BATS_TEST_TMPDIR/ca-server
    start_https server-only
    enroll "${trust[@]}"
    enrolled
}

@test "refused: a wildcard that is no whole label, or is all but it" {
    start_https wildcards
    options=("${trust[@]}")
    untrusted "not trusted" "ostname mismatch" "/CN=wildcards"
}

@test "refused: the wrong name" {
    start_https wrong-name
    options=("${trust[@]}")
    untrusted "not trusted" "ostname mismatch" "/CN=wrong-name"
}

@test "refused: the wrong address" {
    start_https wrong-name
    URL=https://127.0.0.1:$tls_port/scep
    options=("${trust[@]}")
    untrusted "not trusted" "IP address mismatch"
}

@test "refused: an address that is not in the certificate" {
    start_https name-only
    URL=https://127.0.0.1:$tls_port/scep
    options=("${trust[@]}")
    untrusted "not trusted" "IP address mismatch"
}

# no_alt_name CERT HOST KIND: CERT has no subjectAltName of this KIND.
no_alt_name() {
    ca=$BATS_TEST_TMPDIR/$1-$2
    start_https "$1"
    URL=https://$2:$tls_port/scep
    options=("${trust[@]}")
    untrusted "not trusted" "no subjectAltName with $3" \
        "common name does not count" "$2:$tls_port" "have the server get"
    stop_ca
}

@test "refused: a common name without a subjectAltName" {
    no_alt_name bare localhost "a DNS name"
    no_alt_name bare-address 127.0.0.1 "an IP address"
    no_alt_name bare-address localhost "a DNS name"
}

@test "refused: a common name beside a subjectAltName of another kind" {
    no_alt_name address-only localhost "a DNS name"
    no_alt_name name-only 127.0.0.1 "an IP address"
}

@test "refused: a wrong subjectAltName, without a message about common names" {
    start_https wrong-name
    options=("${trust[@]}")
    untrusted "not trusted" "use a name or address of its subjectAltName"
    stderr_lacks "does not count"
}

@test "refused: a self-signed server certificate" {
    start_https self-signed
    options=("${trust[@]}")
    untrusted "not trusted" "self-signed" "--tls-ca-file"
}

@test "refused: an unknown issuer" {
    start_https good
    options=()
    untrusted "not trusted" "unable to get local issuer" "--tls-ca-file"
}

@test "refused: a server that has TLS 1.0 only" {
    start_https good "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;"
    options=("${trust[@]}")
    untrusted "TLS 1.2"
}

@test "refused: a server that speaks http" {
    start_redirect 204
    run_sscep getca -u "https://127.0.0.1:$redirect_port/scep" -c got.crt
    expect_status 95
    only_error "127.0.0.1:$redirect_port" "not TLS"
    no_file got.crt
}

@test "refused: a bad certificate is not tried again with -W" {
    start_https expired
    before=$SECONDS
    enroll "${trust[@]}" -W 20
    expect_status 95
    [ $((SECONDS - before)) -lt 10 ]
    no_request
}

# --- --tls-insecure -----------------------------------------------------------

@test "--tls-insecure: any certificate, and a warning each time" {
    local cert
    for cert in expired wrong-name self-signed; do
        ca=$BATS_TEST_TMPDIR/ca-$cert
        start_https "$cert"
        enroll --tls-insecure
        enrolled
        warned "not verified"
        printf 'TLSInsecure = yes\n' >sscep.conf
        run_sscep getca -u "$URL" -c got.crt --json -f sscep.conf
        expect_status 0
        warned "not verified"
        stdout_has '"id":"tls-insecure"'
        stop_ca
        rm -f local.crt
    done
}

@test "--tls-insecure: no warning without https" {
    start_enrolment
    enroll --tls-insecure
    enrolled
    stderr_empty
}

# --- client certificates ------------------------------------------------------

verify="ssl_verify_client on; ssl_client_certificate"

@test "client certificate: required, and given" {
    start_https good "$verify $tls/tls-ca.pem;"
    enroll "${trust[@]}" --tls-cert "$tls/client.pem" --tls-key "$tls/client.key"
    enrolled
    cat "$tls/client.pem" "$tls/client.key" >both.pem
    printf 'TLSCertFile = both.pem\n' >sscep.conf
    rm local.crt
    run_sscep getca -u "$URL" -c got.crt "${trust[@]}" -f sscep.conf
    expect_status 0
}

@test "client certificate: required, and not given" {
    start_https good "$verify $tls/tls-ca.pem;"
    # The first request fails, so that no request with weaker algorithms
    # follows.
    enroll "${trust[@]}"
    expect_status 95
    only_error 400 "client certificate" "--tls-cert"
    no_file local.crt
    nothing_sent
}

@test "client certificate: of a CA that the server does not know" {
    start_https good "$verify $tls/tls-ca.pem;"
    enroll "${trust[@]}" --tls-cert "$tls/stranger.pem" \
        --tls-key "$tls/stranger.key"
    expect_status 95
    only_error 400 "client certificate" "--tls-cert"
    no_file local.crt
    nothing_sent
}

# The alert comes in the handshake up to TLS 1.2, and after it in TLS 1.3.
@test "client certificate: refused by an alert" {
    local version
    start_enrolment
    for version in tls1_2 tls1_3; do
        port=$(free_ports 1)
        start_server "$port" "$BATS_TEST_TMPDIR/$version" openssl s_server \
            -accept "127.0.0.1:$port" "-$version" -www -quiet \
            -cert "$tls/good.pem" -key "$tls/good.key" \
            -CAfile "$tls/tls-ca.pem" -Verify 1 -verify_return_error
        URL=https://localhost:$port/scep
        enroll "${trust[@]}"
        expect_status 95
        only_error "wants a client certificate" "--tls-cert"
        enroll "${trust[@]}" --tls-cert "$tls/stranger.pem" \
            --tls-key "$tls/stranger.key"
        expect_status 95
        only_error "refuses our client certificate" alert
        no_file local.crt
    done
}

# --- files --------------------------------------------------------------------

# unusable STATUS TEXT OPTION...: an error before anything is sent.
unusable() {
    local expected=$1 text=$2
    shift 2
    enroll "$@"
    expect_status "$expected"
    only_error "$text"
    no_request
}

@test "files: unusable ones are reported before anything is sent" {
    start_https good
    echo nonsense >nonsense
    mkdir directory
    unusable 93 missing.pem --tls-ca-file missing.pem
    unusable 93 nonsense --tls-ca-file nonsense
    unusable 93 missing --tls-ca-dir missing
    unusable 93 nonsense --tls-ca-dir nonsense
    unusable 93 missing.pem --tls-cert missing.pem --tls-key "$tls/client.key"
    unusable 93 nonsense --tls-cert nonsense --tls-key "$tls/client.key"
    unusable 93 missing.key --tls-cert "$tls/client.pem" --tls-key missing.key
    unusable 93 "not the key" --tls-cert "$tls/client.pem" \
        --tls-key "$tls/stranger.key"
    unusable 93 "not a private key" --tls-cert "$tls/client.pem"
    unusable 1 "--tls-cert" --tls-key "$tls/client.key"
}

# --- redirects ----------------------------------------------------------------

# start_redirect TO: starts a server by plain http that redirects all to TO.
start_redirect() {
    local to=$1
    redirect_port=$(free_ports 1)
    nginx_dir=$(mktemp -d "$BATS_TEST_TMPDIR/nginx.XXXXXX")
    nginx_conf "$nginx_dir" <<END_CONF
    server {
        listen 127.0.0.1:$redirect_port;
        location / { return $to; }
    }
END_CONF
    start_server "$redirect_port" "$nginx_dir/out" nginx_in "$nginx_dir"
}

@test "redirect: http to https, of GET by 301 and of POST by 308" {
    start_https good
    start_redirect "301 https://localhost:$tls_port\$request_uri"
    run_sscep getca -u "http://localhost:$redirect_port/scep" -c got.crt \
        "${trust[@]}"
    expect_status 0
    same_certificate got.crt "$ca/ca.crt"
    expect_equal "GetCACert" 1 "$(grep -c 'GET /scep?operation=GetCACert ' "$access_log")"
    URL=http://localhost:$redirect_port/scep
    enroll "${trust[@]}"
    expect_status 95
    one_error "301 Moved" "https://localhost:$tls_port/scep" "not followed"
    no_file local.crt
    start_redirect "308 https://localhost:$tls_port\$request_uri"
    URL=http://localhost:$redirect_port/scep
    enroll "${trust[@]}"
    enrolled
}

@test "redirect: not to a server with a bad certificate" {
    start_https expired
    start_redirect "301 https://localhost:$tls_port\$request_uri"
    URL=http://localhost:$redirect_port/scep
    options=("${trust[@]}")
    untrusted "not trusted" expired
    one_error "localhost:$tls_port, as redirected by $URL: "
}

@test "redirect: to another host with a good certificate is refused" {
    start_https good "return 308 https://127.0.0.1:\$server_port\$request_uri;"
    run_sscep getca -u "$URL" -c got.crt -F sha256 "${trust[@]}"
    expect_status 95
    only_error 308 "not followed: it leads to another host (127.0.0.1)"
    no_file got.crt
    expect_equal requests 1 "$(requests)"
    enroll "${trust[@]}" --capabilities SCEPStandard
    expect_status 95
    only_error 308 "not followed: it leads to another host (127.0.0.1)"
    no_file local.crt
    expect_equal requests 2 "$(requests)"
    nothing_sent
}

@test "redirect: https to http is refused" {
    start_enrolment
    start_nginx good "return 302 http://127.0.0.1:$port\$request_uri;"
    run_sscep getca -u "$URL" -c got.crt "${trust[@]}"
    expect_status 95
    one_error 302 "http://127.0.0.1:" "not followed" "leaves https"
    no_file got.crt
    nothing_sent
}

# --- secrets ------------------------------------------------------------------

@test "-d prints nothing of the TLS key" {
    start_https good "$verify $tls/tls-ca.pem;"
    enroll -d "${trust[@]}" --tls-cert "$tls/client.pem" \
        --tls-key "$tls/client.key"
    enrolled
    grep -v -e ----- "$tls/client.key" >lines
    [ -s lines ]
    if grep -qFf lines "$stdout" "$stderr"; then
        problem "the key is said"
    fi
}
