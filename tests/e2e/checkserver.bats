#!/usr/bin/env bats
#
# check: what it finds out about the server, from its name to its certificates.

load helper
load namespace
load network
load servers

setup() {
    common_setup
}

faketime=/usr/lib/$HOSTTYPE-linux-gnu/faketime/libfaketime.so.1

# check [OPTION ...]: runs it with the files of an enrolment.
check() {
    run_sscep check -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt "$@"
}

# The same with this clock: "-2d".
check_at() {
    without_sanitizers "not with libfaketime"
    [ -e "$faketime" ] || skip "libfaketime is not installed"
    LD_PRELOAD=$faketime FAKETIME=$1 FAKETIME_NO_CACHE=1 \
        DONT_FAKE_MONOTONIC=1 check "${@:2}"
}

# found STATE TEXT...: there is a finding with that state that has the texts.
found() {
    local text lines
    lines=$(grep "^$1 " "$stdout" || true)
    for text in "${@:2}"; do
        lines=$(grep -F -e "$text" <<<"$lines" || true)
    done
    if [ -z "$lines" ]; then
        problem "no $1 that says: ${*:2}"
    fi
}

# foreseen STATUS [OPTION...]: enroll ends with it, and so does check.
foreseen() {
    enroll "${@:2}"
    expect_status "$1"
    rm -f local.crt
    check "${@:2}"
    expect_status "$1"
}

# What is said of the server, which begins with its URL.
server_half() {
    sed -nE '/^ok +https?:/,$p' "$stdout" |
        grep -E '^(ok|warning|problem) ' || true
}

# No warning and no problem of the server.
no_trouble() {
    if server_half | grep -v '^ok '; then
        problem "the server is in order"
    fi
}

# What a run has at random: dates, names, numbers.
mask() {
    sed -E 's/127\.0\.0\.1:[0-9]+/127.0.0.1:PORT/g
        s/port [0-9]+/port PORT/g
        s/in [0-9]+ ms/in N ms/
        s/(transactionID) [0-9A-F]{32}/\1 ID/
        s/\b[0-9A-F]{30,40}\b/SERIAL/g
        s/sha256:([0-9A-F]{2}:){31}[0-9A-F]{2}/sha256:FINGERPRINT/g
        s/([0-9A-F]{2}:){15,31}[0-9A-F]{2}/FINGERPRINT/g
        s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8} UTC/TIME/g
        s/[0-9]+ of [0-9]+ days left/N of M days left/'
}

# sent OPERATION...: these requests, once each, and no others.
sent() {
    expect_equal "what was sent" "$*" "$(ca_log operation | paste -sd' ')"
}

# serve_python PORT: serves with the class Handler on stdin, a
# BaseHTTPRequestHandler.
serve_python() {
    local script
    script=$(temporary server)
    {
        echo "import http.server, sys"
        cat
        echo "http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])),"
        echo "    Handler).serve_forever()"
    } >"$script"
    start_server "$1" "$script.log" python3 "$script" "$1"
}

# --- a good server, and what is sent --------------------------------------------

@test "a good server: all of it is ok" {
    start_enrolment --date 0 --ca-usage sign,encipher,certsign,crlsign
    check --ca-fingerprint "$(fingerprint ca.crt sha256)"
    expect_status 0
    server_half | mask >"$stdout.masked"
    mv "$stdout.masked" "$stdout"
    expect_stdout <<'END'
ok       http://127.0.0.1:PORT/scep: directly to 127.0.0.1:PORT
ok       http is not encrypted; SCEP protects its messages itself
ok       connected to 127.0.0.1, port PORT, in N ms
ok       GetCACaps: 200 OK, text/plain
ok       the server announces AES, DES3, POSTPKIOperation, Renewal, SHA-1, SHA-256, SHA-512, SCEPStandard
ok       SCEPStandard: it has AES, SHA-256 and POST, as RFC 8894 requires
ok       requests are encrypted with aes-128-cbc (the best that is announced), signed with sha512 (the best that is announced)
ok       requests are sent by POST
ok       Renewal: renew signs with the old certificate and sends a RenewalReq
ok       GetNextCACert is not announced: when the CA changes, its new certificates come with getca
ok       GetCACert: 200 OK, application/x-x509-ca-cert
ok       CA certificate 1 of 1: /C=FI/O=Example/CN=Example Test CA, serial number SERIAL, self-signed
ok       CA certificate 1 of 1: a CA's, by basicConstraints, keyUsage: Digital Signature, Key Encipherment, Certificate Sign, CRL Sign; key rsaEncryption of 2048 bits; signed with sha256WithRSAEncryption
ok       CA certificate 1 of 1: SHA-256 FINGERPRINT
ok       CA certificate 1 of 1: SHA-1 FINGERPRINT, MD5 FINGERPRINT
ok       CA certificate 1 of 1: valid from TIME to TIME, N of M days left
ok       --ca-fingerprint FINGERPRINT is that of /C=FI/O=Example/CN=Example Test CA
ok       requests would be encrypted for /C=FI/O=Example/CN=Example Test CA: the only one
ok       replies are expected to be signed by /C=FI/O=Example/CN=Example Test CA: the only one
ok       the certificates form a chain up to a root
ok       ca.crt has the certificates that the server sends
ok       this system's clock agrees with that of the server
END
}

@test "the fingerprints are those of the certificate" {
    start_enrolment
    check
    found ok "SHA-256 $(fingerprint ca.crt sha256)"
    found ok "SHA-1 $(fingerprint ca.crt sha1), MD5 $(fingerprint ca.crt md5)"
}

@test "GetCACaps and GetCACert are sent once, on one connection, and nothing else" {
    start_enrolment
    check
    expect_status 0
    sent GetCACaps GetCACert
    expect_equal "connections" 1 \
        "$(ca_log 'f"{connection}"' | sort -u | wc -l)"
}

@test "GetNextCACert is sent only with --next" {
    start_enrolment --next-ca
    check --next
    expect_status 0
    sent GetCACaps GetCACert GetNextCACert
}

@test "--local: nothing is sent" {
    start_enrolment
    check --local
    nothing_sent
}

# --- the way --------------------------------------------------------------------

@test "a name that does not resolve: a problem, with the status of enroll" {
    take local.key local.csr other.crt
    mv other.crt ca.crt
    own_network
    URL=http://nosuch.test/scep
    run_there enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt
    expect_status 95
    run_there check -u "$URL" -c ca.crt
    expect_status 95
    found problem "cannot connect to nosuch.test:80: looking up the name:"
    expect_equal "findings after it" 0 \
        "$(sed '1,/^problem .*cannot connect/d' "$stdout" | grep -c '^ok ')"
}

@test "no connection: a problem, with the status of enroll" {
    take local.key local.csr other.crt
    mv other.crt ca.crt
    URL=http://127.0.0.1:$(free_ports 1)/scep
    enroll
    expect_status 95
    check
    expect_status 95
    found problem "cannot connect to 127.0.0.1:" "Connection refused"
}

@test "a dead address beside a live one: a warning" {
    own_network "127.0.0.2 many.test" "127.0.0.1 many.test"
    start_enrolment
    URL=http://many.test:$port/scep
    run_there check -u "$URL" -c ca.crt
    expect_status 0
    found warning "no connection to many.test (127.0.0.2), port $port: Connection refused" \
        "each run may lose time"
    found ok "connected to many.test (127.0.0.1), port $port, in "
    sent GetCACaps GetCACert
}

@test "dead addresses only: a problem, and each is named" {
    own_network "127.0.0.2 dead.test" "127.0.0.3 dead.test"
    take other.crt
    run_there check -u http://dead.test:8080/scep -c other.crt
    expect_status 95
    found warning "no connection to dead.test (127.0.0.2), port 8080: Connection refused"
    found warning "no connection to dead.test (127.0.0.3), port 8080: Connection refused"
    found problem "cannot connect to dead.test:8080" "2 addresses"
}

@test "a proxy: which one, where it comes from, and its address" {
    local proxy_port
    start_enrolment
    proxy_port=$(free_ports 1)
    serve_python "$proxy_port" <<'END'
import urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.path) as answer:
            body = answer.read()
            self.send_response(200)
            self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
END
    check -p "127.0.0.1:$proxy_port"
    expect_status 0
    found ok "$URL: through proxy 127.0.0.1:$proxy_port (-p)"
    found ok "connected to 127.0.0.1, port $proxy_port, in"
    http_proxy=127.0.0.1:$proxy_port check
    expect_status 0
    found ok "$URL: through proxy 127.0.0.1:$proxy_port of http_proxy"
    http_proxy=127.0.0.1:$proxy_port no_proxy=127.0.0.1 check
    expect_status 0
    found ok "$URL: directly to 127.0.0.1:$port, as no_proxy exempts the host"
}

# refusing_proxy STATUS: a proxy that refuses everything with it; sets proxy.
refusing_proxy() {
    local proxy_port
    proxy_port=$(free_ports 1)
    serve_python "$proxy_port" <<END
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error($1)
    do_CONNECT = do_GET
END
    proxy=127.0.0.1:$proxy_port
}

@test "a proxy that refuses: a problem" {
    start_enrolment
    refusing_proxy 407
    check -p "$proxy"
    expect_status 95
    found problem "proxy $proxy" "it requires authentication"
    check -p "$proxy" -u https://localhost/scep
    expect_status 95
    found problem "proxy $proxy" "407"
    nothing_sent
}

@test "a proxy that opens no tunnel: a problem" {
    start_enrolment
    refusing_proxy 403
    check -p "$proxy" -u https://localhost/scep
    expect_status 95
    found problem "proxy $proxy does not connect to localhost:443: 403"
}

@test "a tunnel through a proxy is told" {
    local proxy_port
    need nginx tinyproxy
    make_tls
    start_enrolment
    start_nginx good
    proxy_port=$(free_ports 1)
    printf '%s\n' "Port $proxy_port" "Listen 127.0.0.1" "Timeout 60" \
        "MaxClients 20" "Allow 127.0.0.1" >tinyproxy.conf
    start_server "$proxy_port" tinyproxy.out tinyproxy -d -c tinyproxy.conf
    check --tls-ca-file "$tls/tls-ca.pem" -p "127.0.0.1:$proxy_port"
    expect_status 0
    found ok "proxy 127.0.0.1:$proxy_port has opened a tunnel to localhost:$tls_port"
}

# --- TLS ------------------------------------------------------------------------

@test "https: version, cipher, the certificate and its names" {
    need nginx
    make_tls
    start_enrolment
    start_nginx good
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 0
    found ok "TLSv1."
    found warning 'certificate of the server: /CN=good, for DNS:localhost, IP Address:127.0.0.1, issued by /CN=tls-ca, valid from '
    found ok "is trusted, by the CA certificates of --tls-ca-file"
}

@test "https: a certificate that expires within 30 days is a warning" {
    need nginx
    make_tls
    start_enrolment
    start_nginx good
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 0
    found warning "certificate of the server: /CN=good, " \
        "29 of 30 days left: have the operator of the server renew it in time"
    openssl x509 -req -in "$tls/good.csr" -CA "$tls/tls-ca.pem" \
        -CAkey "$tls/tls-ca.key" -CAcreateserial -days 90 -out long.pem \
        -extfile <(echo "subjectAltName=DNS:localhost") 2>/dev/null
    cp long.pem "$tls/long.pem"
    cp "$tls/good.key" "$tls/long.key"
    start_nginx long
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 0
    no_trouble
}

@test "a TLS key that is not opened: only https: needs it" {
    local files
    start_enrolment
    take encrypted.key other.crt
    mkfifo pipe
    files=(--tls-cert other.crt --tls-key encrypted.key)
    check "${files[@]}"
    expect_status 0
    sent GetCACaps GetCACert
    detached check "${files[@]}" -u https://127.0.0.1:9/
    expect_status 93
    found problem "TLS key encrypted.key: it is encrypted and there is no" \
        "terminal to prompt on (use --tls-passin)"
    on_terminal check "${files[@]}" -u https://127.0.0.1:9/
    expect_status 0
    found warning "TLS key encrypted.key: encrypted; not opened" \
        "; so the server is not asked: give that with --tls-passin"
    check "${files[@]}" -u https://127.0.0.1:9/ --tls-key pipe
    expect_status 0
    found warning "TLS key pipe: it can be read once only" \
        "give the name of a file"
}

@test "a message that cannot be made with what the server announces" {
    local expected
    start_enrolment
    openssl genrsa -out small.key 1024
    openssl req -new -key small.key -subj /CN=x -out small.csr
    enroll -k small.key -r small.csr --rsa-pss
    expected=$status
    stderr_has "cannot sign the PKCSReq by RSA-PSS"
    check -k small.key -r small.csr --rsa-pss
    expect_status "$expected"
    found problem "cannot sign the PKCSReq by RSA-PSS"
    sent GetCACaps GetCACaps GetCACert
}

@test "https: a server that is not trusted, or has another name, is a problem" {
    need nginx
    make_tls
    start_enrolment
    start_nginx stranger
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 95
    found warning 'certificate of the server: /CN=stranger, for DNS:stranger, issued by /CN=other-ca'
    found problem "the certificate of the server is not trusted: unable to get local issuer certificate"
    start_nginx wrong-name
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 95
    found warning "for DNS:other.example.org, IP Address:127.0.0.2"
    found problem "is not trusted: hostname mismatch"
    start_nginx expired
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 95
    found warning "certificate of the server" "expired on 2020-12-31 23:59:59 UTC"
    found problem "certificate has expired"
    nothing_sent
}

@test "https: with --tls-insecure it is said what would be wrong" {
    need nginx
    make_tls
    start_enrolment
    start_nginx stranger
    check --tls-ca-file "$tls/tls-ca.pem" --tls-insecure
    expect_status 0
    found warning "the certificate of the server is not trusted: unable to get local issuer certificate" \
        "--tls-insecure hides it: leave --tls-insecure out when that is mended"
    enroll --tls-insecure
    enrolled
}

@test "https: whether the server asks for a client certificate, and its dates" {
    need nginx
    make_tls
    start_enrolment
    start_nginx good "ssl_client_certificate $tls/tls-ca.pem;" \
        "ssl_verify_client optional;"
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 0
    found ok "the server asks for a client certificate, and there is none (--tls-cert)"
    cat "$tls/client.pem" "$tls/client.key" >client.pem
    check --tls-ca-file "$tls/tls-ca.pem" --tls-cert client.pem
    expect_status 0
    found ok "the server asks for a client certificate, and gets that of --tls-cert"
    found warning "TLS certificate client.pem: valid from " \
        "29 of 30 days left: renew it in time"
    start_nginx good
    check --tls-ca-file "$tls/tls-ca.pem" --tls-cert client.pem
    expect_status 0
    found warning "the server asks for no client certificate: that of --tls-cert is not used"
    cat "$tls/expired.pem" "$tls/expired.key" >old.pem
    check --tls-ca-file "$tls/tls-ca.pem" --tls-cert old.pem
    found warning "TLS certificate old.pem: expired on 2020-12-31"
}

@test "https: a server that wants a client certificate and gets none is a problem" {
    need nginx
    make_tls
    start_enrolment
    start_nginx good "ssl_client_certificate $tls/tls-ca.pem;" \
        "ssl_verify_client on;"
    check --tls-ca-file "$tls/tls-ca.pem"
    expect_status 95
    found problem "the server asked for a client certificate, and there is no --tls-cert"
}

# --- HTTP -----------------------------------------------------------------------

@test "wrong media types are warnings" {
    start_enrolment --fault odd-content-type --fault-on getcacaps
    check
    expect_status 0
    found warning "GetCACaps: 200 OK, the media type is application/octet-stream, expected text/plain (RFC 8894, 3.5.2)"
    stop_ca
    start_ca --getca-form wrong-type
    check
    expect_status 0
    found warning "GetCACert: 200 OK, the media type is application/x-x509-ca-ra-cert, expected application/x-x509-ca-cert (RFC 8894, 4.2.1.1)"
    stop_ca
    start_ca --getca-form p7
    check
    expect_status 0
    found warning "the media type is application/x-x509-ca-cert, expected application/x-x509-ca-ra-cert (RFC 8894, 4.2.1.2)"
    stop_ca
    start_ca --fault no-content-type --fault-on getcacert
    check
    expect_status 0
    found warning "GetCACert: 200 OK, the media type is missing, expected"
}

@test "a body in PEM is a warning" {
    start_enrolment --getca-form pem
    check
    expect_status 0
    found warning "GetCACert: the body is PEM, expected DER (RFC 8894, 4.2.1)"
}

@test "a server that closes each connection is told" {
    start_enrolment --http10
    check
    expect_status 0
    found ok "the server closes the connection after each answer (HTTP/1.0)"
    no_trouble
    expect_equal "lines about the connection" 1 \
        "$(grep -c "connected to" "$stdout")"
}

# redirecting STATUS URL: a server that redirects all requests; sets URL.
redirecting() {
    local from
    from=$(free_ports 1)
    serve_python "$from" <<END
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = self.path.partition("?")[2]
        self.send_response($1)
        self.send_header("Location", "$2?" + query)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()
END
    URL=http://127.0.0.1:$from/old
}

@test "a redirect that a POST follows is a warning, with the URL to use" {
    local to
    start_enrolment
    to=$URL
    redirecting 307 "$to"
    check
    expect_status 0
    found warning "$URL redirects to $to (307): use that URL: each message costs one more request"
}

@test "a redirect that a POST does not follow is a problem, with the status of enroll" {
    local to status_of
    start_enrolment
    to=$URL
    for status_of in 301 302 303; do
        redirecting "$status_of" "$to"
        enroll
        expect_status 95
        check
        expect_status 95
        found problem "$URL redirects to $to ($status_of), which is not followed with a POST, by which requests are sent: use that URL"
    done
    check --capabilities AES,SHA-256
    expect_status 0
    found warning "$URL redirects to $to (303): use that URL: each message costs one more request"
}

@test "a redirect and its connections are told once" {
    local from to
    start_enrolment
    to=$port
    redirecting 307 "$URL"
    from=${URL#http://127.0.0.1:}
    check
    expect_status 0
    expect_equal "lines" "connected to 127.0.0.1, port ${from%/old}
connected to 127.0.0.1, port $to
redirects to" \
        "$(grep -Eo 'redirects to|connected to [^ ]+ port [0-9]+' "$stdout")"
}

@test "a redirect loop is told as that, and not once for each redirect" {
    local status_of
    start_enrolment
    for status_of in 302 307; do
        redirecting "$status_of" '" + self.path.partition("?")[0] + "/x'
        foreseen 95
        found problem "not followed: too many in a row"
        stdout_lacks "redirects to"
    done
}

@test "a redirect of GetCACert alone is a warning" {
    local from
    start_enrolment
    from=$(free_ports 1)
    serve_python "$from" <<END
import urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, body=None):
        with urllib.request.urlopen("$URL?" + self.path.partition("?")[2],
                                    body) as answer:
            body = answer.read()
            self.send_response(200)
            self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if "GetCACert" not in self.path:
            return self.answer()
        self.send_response(302)
        self.send_header("Location", "$URL?operation=GetCACert")
        self.send_header("Content-Length", "0")
        self.end_headers()
    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])))
END
    URL=http://127.0.0.1:$from/scep
    foreseen 0
    found warning "redirects to" "(302): use that URL"
}

@test "a captive portal is a problem, with its title" {
    start_enrolment --fault html --fault-on getcacaps
    check
    expect_status 95
    found problem "the answer to GetCACaps is not a list of capabilities: \"Welcome\"" \
        "a captive portal"
    sent GetCACaps
}

@test "a portal that redirects to another host is a problem" {
    start_enrolment --fault http-302 --fault-on getcacaps
    check
    expect_status 95
    found problem "302 Found" "not followed: it leads to another host (127.0.0.2)"
    sent GetCACaps
}

@test "a wrong path: 404 is a problem" {
    local other
    start_enrolment
    other=$(free_ports 1)
    mkdir empty
    start_server "$other" web.log python3 -m http.server -b 127.0.0.1 \
        -d empty "$other"
    URL=http://127.0.0.1:$other/scep
    check
    expect_status 95
    found warning "404 File not found" "requests are sent as if"
    found problem "404 File not found" "check the path of the URL"
}

@test "a server that does not answer in time: a problem, with the status of enroll" {
    start_enrolment --fault silent --fault-on getcacaps
    check --timeout 1
    expect_status 89
    found problem "time limit of 1 s reached"
}

# --- capabilities ---------------------------------------------------------------

@test "unknown capabilities are named" {
    start_enrolment --caps AES,SHA-256,POSTPKIOperation,Frobnicate,x-y
    check
    expect_status 0
    found ok "the server announces AES, POSTPKIOperation, SHA-256"
    found ok "unknown capabilities, which are ignored (RFC 8894, 3.5.2): Frobnicate, x-y"
}

@test "a server with 3DES and SHA-1 only is a warning" {
    start_enrolment --caps DES3,SHA-1,POSTPKIOperation
    check
    expect_status 0
    found warning "the server announces nothing better: using 3des"
    found warning "the server announces nothing better: using sha1"
    found ok "requests are encrypted with des-ede3-cbc (the best that is announced), signed with sha1 (the best that is announced)"
    check -E aes256 -S sha512
    expect_status 0
    found ok "requests are encrypted with aes-256-cbc (-E), signed with sha512 (-S)"
    no_trouble
}

@test "no capabilities are a warning" {
    start_enrolment --caps none
    check
    expect_status 0
    found warning "the server announces no capabilities"
    found warning "the server announces nothing better: using 3des"
}

@test "no answer to GetCACaps is a warning, as an enrolment goes on" {
    start_enrolment --no-caps-http 500
    check
    expect_status 0
    found warning "the server answered 500" "requests are sent as if the server had none"
    enroll
    enrolled
}

@test "a server without POST is a warning" {
    start_enrolment --caps AES,SHA-256
    check
    expect_status 0
    found warning "the server does not announce POST: requests are sent by GET"
}

@test "Renewal and GetNextCACert: what follows from them" {
    start_enrolment --caps AES,SHA-256,POSTPKIOperation
    check
    found ok "Renewal is not announced: renew sends a PKCSReq"
    found ok "GetNextCACert is not announced"
    stop_ca
    start_ca --caps AES,SHA-256,POSTPKIOperation,Renewal,GetNextCACert
    check
    found ok "Renewal: renew signs with the old certificate"
    found ok "GetNextCACert: the certificates of the next CA can be fetched"
}

@test "--capabilities is compared with what the server announces" {
    start_enrolment --caps AES,SHA-256,POSTPKIOperation
    check --capabilities POSTPKIOperation,DES3
    expect_status 0
    found warning "--capabilities is used instead: the server announces AES, SHA-256 beyond them, and does not announce DES3"
    found ok "requests are encrypted with des-ede3-cbc"
    check --capabilities SHA-256,AES,POSTPKIOperation
    expect_status 0
    found ok "--capabilities has what the server announces"
    sent GetCACaps GetCACert GetCACaps GetCACert
}

@test "--capabilities: a page in place of the server's own is a warning" {
    start_enrolment --no-caps-http html
    check --capabilities AES,SHA-256,POSTPKIOperation
    expect_status 0
    found warning "is not a list of capabilities" "those of --capabilities are used"
    enroll --capabilities AES,SHA-256,POSTPKIOperation
    enrolled
}

@test "--capabilities: what follows from them is not laid to the server" {
    start_enrolment --caps AES,SHA-512,POSTPKIOperation,Renewal,GetNextCACert
    check --capabilities AES,SHA-256
    expect_status 0
    found ok "requests are encrypted with aes-128-cbc (the best of --capabilities), signed with sha256 (the best of --capabilities)"
    found warning "--capabilities has no POSTPKIOperation: requests are sent by GET" \
        "add POSTPKIOperation to --capabilities"
    found ok "--capabilities has no Renewal: renew sends a PKCSReq"
    found ok "--capabilities has no GetNextCACert: when the CA changes"
    check --capabilities POSTPKIOperation
    expect_status 0
    found ok "(--capabilities has none), signed with"
    found warning "--capabilities has nothing better: using 3des"
    enroll --capabilities AES,SHA-256
    enrolled
    stderr_has "--capabilities has no POST: a GET of"
}

@test "a digest that the key or the scheme of signatures does not go with is a problem" {
    start_enrolment
    take ec.key
    openssl req -new -key ec.key -subj /CN=x -out ec.csr
    foreseen 1 -k ec.key -r ec.csr -S md5
    found problem "md5 cannot be used with an EC key"
    foreseen 1 -S md5 --rsa-pss
    found problem "md5 cannot be used with --rsa-pss"
    foreseen 0 -S md5
    check --local -S md5 -E aes -k ec.key -r ec.csr
    expect_status 1
    found problem "md5 cannot be used with an EC key"
}

# --- a message that is not sent, and one that is pending --------------------------

@test "-m: the server is asked for its capabilities at most, as by enroll" {
    start_enrolment
    foreseen 0 -m message.pem
    found ok "-m: the message is written and not sent: the server is asked for no more"
    sent GetCACaps GetCACaps
    stop_ca
    foreseen 95 -m message.pem
    foreseen 0 -m message.pem --capabilities AES,SHA-256,POSTPKIOperation
    found ok "-m: the message is written and not sent: the server is not asked"
    found ok "requests are encrypted with aes-128-cbc (the best of --capabilities)"
    foreseen 0 -m message.pem -E aes -S sha256
    foreseen 1 -m message.pem --capabilities AES -S md5 --rsa-pss
}

@test "-m: a redirect that a POST does not follow does no harm" {
    start_enrolment
    redirecting 302 "$URL"
    foreseen 0 -m message.pem
    found warning "redirects to" "(302): use that URL"
}

@test "limits that allow no poll: what PENDING means is told, and -R is a problem" {
    local options
    start_enrolment --pending 9
    for options in "-n 0" "-T 0" "-t 9 -T 9"; do
        enroll $options
        expect_status 3
        check $options
        expect_status 0
        found warning "if the CA answers PENDING, enroll ends with status 3, as ${options: -4:2} allows no poll: then run it again with -R"
    done
    check -t 9 -T 99
    expect_status 0
    no_trouble
    foreseen 3 -R -n 0
    found problem "still PENDING after 0 poll(s), the limit of -n 0 is reached"
    if grep "if the CA answers PENDING" "$stdout"; then
        problem "the limit is told twice"
    fi
    check --local -R -n 0
    expect_status 3
    check -R -n 1
    expect_status 0
}

@test "limits that allow no poll: renew that begins with one" {
    start_enrolment --pending 9
    run_sscep renew -u "$URL" -c ca.crt -k local.key -l local.crt \
        --subject /CN=x -n 0
    expect_status 3
    run_sscep check -u "$URL" -c ca.crt -k local.key -l local.crt \
        --subject /CN=x -n 0 --dry-run
    expect_status 3
    found ok "checked as for renew"
    found problem "the limit of -n 0 is reached; to resume, run renew again"
    run_sscep check -u "$URL" -c ca.crt -k local.key -l local.crt \
        --subject /CN=x -n 0 --dry-run --forget
    expect_status 0
    found ok "if the CA answers PENDING, renew ends with status 3, as -n allows no poll; the next run polls"
}

# --- the CA ---------------------------------------------------------------------

# getca [OPTION...]: writes the certificates as ca.crt-0, ...
getca() {
    rm -f ca.crt
    run_sscep getca -u "$URL" -c ca.crt "$@"
    expect_status 0
}

@test "RA certificates: which does what, and why" {
    start_enrolment --profile ra
    getca
    check
    expect_status 0
    found ok "RA certificate /C=FI/O=Example/CN=Example Test RA Signing, "
    found ok "CA certificate /C=FI/O=Example/CN=Example Test CA, "
    found ok "the 3 certificates of ca.crt form a chain up to a root"
    found ok 'RA certificate 1 of 3: /C=FI/O=Example/CN=Example Test RA Signing' \
        'issued by /C=FI/O=Example/CN=Example Test CA'
    found ok 'requests would be encrypted for /C=FI/O=Example/CN=Example Test RA Encryption: keyUsage allows keyEncipherment'
    found ok 'replies are expected to be signed by /C=FI/O=Example/CN=Example Test RA Signing: keyUsage allows digitalSignature'
    no_trouble
}

# wrong_now: enroll, and then check, exits with 93 for the same reason.
wrong_now() {
    local reason
    enroll
    expect_status 93
    reason=$(grep "certificate .*: it " "$stderr" | sed 's/^[^ ]* //')
    "$@"
    expect_status 93
    found problem "$reason"
}

@test "an expired RA is a problem, with the status and the words of enroll" {
    start_enrolment --profile ra --ra-expired
    getca
    wrong_now check
    found problem 'CA certificate /C=FI/O=Example/CN=Example Test RA Signing: it has expired'
    found warning "RA certificate 1 of 3: expired on "
    found warning "RA certificate 2 of 3: expired on " \
        "ask the operator of the CA for the new one"
    check --tolerate clock
    grep -q "tolerate has no effect" "$stderr" ||
        found warning "it has expired: ignored (--tolerate clock)"
}

@test "an expired CA is a problem" {
    start_enrolment --ca-expired
    wrong_now check
    found warning "CA certificate 1 of 1: expired on "
}

# made_ca DAYS: the certificate of the CA that is started next.
made_ca() {
    mkdir "$ca"
    openssl req -new -x509 -newkey rsa:2048 -nodes -keyout "$ca/ca.key" \
        -subj "/CN=Short" -days "$1" -out "$ca/ca.crt" 2>/dev/null
}

@test "a CA that expires soon is a warning, of the file and of the server" {
    made_ca 20
    start_enrolment
    check
    expect_status 0
    found warning "CA certificate /CN=Short, " "of 20 days left" \
        ": it expires soon: get the next ones with getnextca"
    found warning "CA certificate 1 of 1: valid from " "of 20 days left" \
        ": it expires soon: get the next ones with getnextca"
}

@test "a CA that is not valid yet is a problem, with a hint at the clock" {
    start_enrolment
    check_at -3d
    expect_status 93
    found problem "it is not valid yet, by this system's clock" \
        ": is this system's clock right?"
    stdout_lacks "get the current ones"
    found warning "CA certificate 1 of 1: not valid before" \
        "look at this system's clock first"
}

@test "a CA that is not valid yet: the clock of the server tells that ours is wrong" {
    start_enrolment --date 0
    check_at -3d
    expect_status 93
    found problem "it is not valid yet, by this system's clock" \
        ": set this system's clock, which is " "behind that of the server"
    stop_ca
    start_ca --date -259200
    check_at -3d
    expect_status 93
    stdout_lacks "set this system's clock"
}

@test "certificates without the right usages are warnings" {
    start_enrolment --profile ra --order ca
    check
    expect_status 0
    found warning "no certificate allows keyEncipherment, by keyUsage" \
        "Example Test CA has to be encrypted for"
    found warning "no certificate allows digitalSignature, by keyUsage"
}

@test "a set without its root is a warning" {
    start_enrolment --profile chain --order ca
    check
    expect_status 0
    found warning "the certificates do not form a chain up to a root"
}

@test "a CA whose key cannot encrypt is a warning" {
    start_enrolment --ca-key ec --challenge secret --ca-usage sign,certsign
    check
    found warning "the key to encrypt for cannot encrypt, its type is" \
        "id-ecPublicKey: give a challengePassword"
    stdout_lacks "keyEncipherment"
}

@test "a weak key and a weak signature are warnings" {
    mkdir "$ca"
    openssl genrsa -out "$ca/ca.key" 1024 2>/dev/null
    start_enrolment --profile ra --cert-digest sha1
    getca
    check
    found warning "CA certificate 3 of 3: its key, rsaEncryption of 1024 bits, is weak"
    found warning "RA certificate 1 of 3: it is signed with SHA1"
}

@test "a pin that does not hold is a problem, of the file and of the server" {
    local source
    start_enrolment
    check --ca-fingerprint "sha256:$(printf '00%.0s' {1..32})"
    expect_status 97
    for source in ca.crt GetCACert; do
        found problem "$source: --ca-fingerprint matches none of the 1 CA certificate(s)" \
            "$(fingerprint ca.crt sha256)"
    done
    expect_equal problems 2 "$(grep -c ^problem "$stdout")"
    found ok "SHA-256 $(fingerprint ca.crt sha256)"
    found ok "ca.crt has the certificates that the server sends"
}

@test "a certificate that the pin leaves out is a warning, and a pin without use is told" {
    start_enrolment --fault end-entity-in-front --fault-on getcacert
    check --ca-fingerprint "$(fingerprint ca.crt sha256)" \
        --ca-fingerprint "sha1:$(printf '00%.0s' {1..20})"
    expect_status 0
    found warning "Example End Entity" "is left out"
    found ok "is that of none of them"
}

@test "GetCACert: what is wrong with it is a problem for those who have no -c" {
    start_enrolment --fault garbage --fault-on getcacert
    run_sscep check -u "$URL"
    expect_status 97
    found problem "reply: expected application/x-x509-ca-cert"
    foreseen 0
    found warning "reply: expected application/x-x509-ca-cert" \
        ": enroll does without it, as it has ca.crt"
    stop_ca
    start_ca --fault bad-certificate --fault-on getcacert
    run_sscep check -u "$URL"
    expect_status 97
    found problem certificate
    foreseen 0
    stop_ca
    start_ca --fault http-404 --fault-on getcacert
    run_sscep check -u "$URL"
    expect_status 95
    found problem "404 Not Found"
    foreseen 0
    found warning "404 Not Found" ": enroll does without it"
    foreseen 0 --ca-fingerprint "$(fingerprint ca.crt sha256)"
}

@test "another RA that reads requests than in -c is a warning" {
    start_enrolment --profile ra
    getca
    stop_ca
    rm "$ca/ra-enc.crt"
    start_ca --profile ra
    check
    expect_status 0
    found warning 'the server sends a new RA certificate, /C=FI/O=Example/CN=Example Test RA Encryption, which ca.crt lacks, and may be unable to read' \
        ': run getca again'
    check -e "$ca/ra-enc.crt"
    expect_status 0
    found ok 'ca.crt lacks the RA certificate /C=FI/O=Example/CN=Example Test RA Encryption'
}

@test "another RA that signs replies than in -c is a problem, as its replies are refused" {
    start_enrolment --profile ra
    foreseen 97
    found problem "expected to be signed by the RA certificate /C=FI/O=Example/CN=Example Test RA Signing, which is not among those of ca.crt: fetch them again with getca"
    getca
    foreseen 0
    cp ca.crt-2 ca.crt
    foreseen 97
    found problem "ca.crt-0 ... have the signer, but ca.crt is read"
    rm ca.crt
    stop_ca
    rm "$ca"/ra-*.crt
    start_ca --profile ra
    foreseen 97
    found problem "signed by the RA certificate /C=FI/O=Example/CN=Example Test RA Signing"
    found warning "the server sends a new RA certificate, /C=FI/O=Example/CN=Example Test RA Encryption"
}

@test "another RA that signs replies: renew fetches it, if there is a pin for it" {
    local pin
    start_enrolment --profile ra --ra-purpose cmc-ra
    pin=$(fingerprint ca.crt sha256)
    run_sscep renew -u "$URL" -c ca.crt -k local.key -l local.crt \
        --subject /CN=x
    expect_status 97
    check --force
    expect_status 97
    found problem "replies would be refused"
    check --force --ca-fingerprint "$pin"
    expect_status 0
    found warning "the server sends a new RA certificate"
}

@test "the CA below the root in -c signs replies: a problem" {
    start_enrolment --profile chain
    foreseen 0
    cp "$ca/root.crt" ca.crt
    foreseen 97
    found problem "expected to be signed by the CA certificate /C=FI/O=Example/CN=Example Test CA, which is not among those of ca.crt"
}

@test "the CA of -c may sign, although the server sends a certificate that is not marked as an RA's" {
    start_enrolment --fault end-entity-in-front --fault-on getcacert
    foreseen 0
    found warning "Example End Entity, which ca.crt lacks"
    stop_ca
    rm -r "$ca"
    start_ca --profile ra --ra-purpose cmc-ra \
        --ca-usage sign,certsign,crlsign
    cp "$ca/ca.crt" .
    foreseen 97
    found problem "Example Test RA Signing, which is not among those of ca.crt"
}

@test "a pin that leaves out who signs replies is a problem" {
    start_enrolment --profile ra
    getca
    foreseen 97 --ca-fingerprint "$(fingerprint "$ca/ca.crt" sha256)"
    found problem "expected to be signed by the RA certificate /C=FI/O=Example/CN=Example Test RA Signing, which --ca-fingerprint leaves out of ca.crt: --ca-fingerprint left out 2 of them"
    foreseen 0 --ca-fingerprint "$(fingerprint "$ca/ca.crt" sha256)" \
        --tolerate ra
}

@test "-c without the root that is sent is ok, -c with more than that is a warning" {
    start_enrolment --profile chain
    check
    expect_status 0
    found ok 'ca.crt lacks the CA certificate /C=FI/O=Example/CN=Example Test Root that the server sends, too'
    stop_ca
    rm -r "$ca"
    start_ca --profile ra
    getca
    stop_ca
    start_ca --profile ra --order sign,ca
    check
    expect_status 0
    found warning "ca.crt has certificates that the server does not send"
}

@test "-c has what the server sends, even if the pin leaves some of it out" {
    start_enrolment --profile ra
    getca
    check --ca-fingerprint "$(fingerprint "$ca/ca.crt" sha256)"
    found warning "Example Test RA Encryption" "is left out"
    found ok "ca.crt has the certificates that the server sends"
}

@test "-e: which certificate requests are encrypted for" {
    start_enrolment --profile ra
    getca
    check -e ca.crt-1
    grep -q "option -e has no effect" "$stderr" ||
        found ok "but -e has requests encrypted for the certificate ca.crt-1"
    check -e "$shared/other.crt"
    expect_status 0
    found warning "which the server does not send: it may be unable to read them"
}

@test "a server that sends nothing of -c is a problem in capitals" {
    start_enrolment
    cp "$shared/other.crt" ca.crt
    foreseen 97
    found problem "THE SERVER SENDS NONE OF THE CERTIFICATES OF ca.crt"
}

@test "the certificate of -l: whether the CA has issued it" {
    start_enrolment
    enroll
    enrolled
    check
    expect_status 0
    found ok "certificate local.crt was issued by a CA that the server sends"
    cp "$shared/other.crt" local.crt
    check
    found warning "certificate local.crt was issued by none of the CAs that the server sends"
}

@test "the certificate of -O: whether the CA has issued it" {
    start_enrolment
    enroll
    enrolled
    mv local.crt old.crt
    check -O old.crt -K local.key
    expect_status 0
    found ok "certificate old.crt was issued by a CA that the server sends"
    check -O "$shared/other.crt" -K "$shared/other.key"
    expect_status 0
    found warning "other.crt was issued by none of the CAs that the server sends"
}

# --- the clock ------------------------------------------------------------------

@test "a clock that is an hour off is a warning, with the direction" {
    start_enrolment --date 3725
    check
    expect_status 0
    found warning "this system's clock is 1 hour 2 minutes behind that of the server: set the clock"
    stop_ca
    start_ca --date -90000
    check
    expect_status 0
    found warning "this system's clock is 1 day 1 hour ahead of that of the server"
}

@test "a clock that is off by less than 5 minutes does no harm" {
    start_enrolment --date 210
    check
    expect_status 0
    found ok "this system's clock is 3 minutes" "does no harm"
    grep -qE 'clock is 3 minutes [2-4][0-9] seconds ' "$stdout" ||
        problem "the seconds are wrong"
    no_trouble
}

@test "a server without Date: its clock is not compared" {
    start_enrolment
    check
    expect_status 0
    found ok "the server does not tell its time (Date)"
}

@test "nothing is said of the clock of a server that has not answered" {
    take local.key local.csr other.crt
    mv other.crt ca.crt
    URL=http://127.0.0.1:$(free_ports 1)/scep
    check --capabilities AES,SHA-256,POSTPKIOperation
    expect_status 95
    found problem "cannot connect to 127.0.0.1:"
    stdout_lacks "clock"
}

# --- the next CA ----------------------------------------------------------------

@test "--next: the certificates of the next CA, verified" {
    start_enrolment --next-ca --caps AES,SHA-256,POSTPKIOperation,GetNextCACert
    check --next
    expect_status 0
    found ok "the certificates of the next CA have come, and verify with those of ca.crt"
    found ok "next CA certificate 1 of 1: valid from "
    found ok "GetNextCACert: 200 OK, application/x-x509-next-ca-cert"
    no_trouble
}

@test "--next: an answer that is not announced is a warning" {
    start_enrolment --next-ca
    check --next
    expect_status 0
    found warning "the server has an answer to GetNextCACert, and does not announce it"
}

@test "--next: that there is none is ok" {
    start_enrolment
    check --next
    expect_status 0
    found ok "the server has no next CA certificate available: it answered 404"
}

@test "--next: an answer that does not verify is a problem" {
    start_enrolment --next-ca --fault next-ca-bad-signature \
        --fault-on getnextcacert
    check --next
    expect_status 97
    found problem "signature"
}

@test "--next: an answer of another CA is a problem, with the name of -c" {
    start_enrolment --next-ca
    take other.crt
    check --next -c other.crt
    expect_status 97
    found problem "is not among those of other.crt"
}

# --- forms of the output --------------------------------------------------------

@test "--json: findings, capabilities and certificates of the server" {
    start_enrolment
    check --json
    expect_status 0
    python3 - "$stdout" <<'END' || problem "the JSON is wrong"
import json, sys
report = json.load(open(sys.argv[1]))
topics = [one["topic"] for one in report["findings"]]
for topic in ("url", "connection", "http", "capabilities", "algorithms", "ca",
              "clock"):
    assert topic in topics, topic
assert "AES" in report["capabilities"]
assert report["certificates"][0]["subject"] == \
    "/C=FI/O=Example/CN=Example Test CA"
END
}

# --- the manual -----------------------------------------------------------------

# shown NAME: what docs/check.md has under that heading is the output. With
# UPDATE_DOCS=1 it is written there.
shown() {
    local doc=$tree/docs/check.md
    cp "$stdout" shown.new
    if [ -n "${UPDATE_DOCS:-}" ]; then
        awk -v heading="## $1" -v url="$URL" '
            /^## / { here = $0 == heading }
            here && /^```$/ && inside++ {
                while ((getline line <"shown.new") > 0) print line
                here = 0
            }
            here && /^\$ / { sub(/http:[^ ]*/, url) }
            !here || !inside || /^\$ |^```$/' "$doc" >doc.new
        cat doc.new >"$doc"
    fi
    mask <shown.new >"$stdout.masked"
    sed -n "/^## $1\$/,/^## /p" "$doc" | sed -n '/^```$/,/^```$/p' |
        grep -E '^(ok|warning|problem) ' | mask >"$stdout.expected"
    if ! diff -u "$stdout.expected" "$stdout.masked" >"$stdout.diff"; then
        problem "docs/check.md has another output for $1" \
            "$(cat "$stdout.diff")"
    fi
}

@test "docs/check.md shows a good server as it is" {
    start_enrolment --date 0
    check
    shown "A good server"
}

@test "docs/check.md shows an expired RA as it is" {
    start_enrolment --date 0 --profile ra --ra-expired
    getca
    check
    shown "An expired RA certificate"
}

@test "docs/check.md shows a captive portal as it is" {
    start_enrolment --fault html --fault-on getcacaps
    check
    shown "A captive portal"
}

@test "docs/check.md shows a wrong pin as it is" {
    start_enrolment --date 0
    check --ca-fingerprint "sha256:$(printf 'AB%.0s' {1..32})"
    shown "A wrong pin"
}

@test "docs/check.md shows a clock that is an hour off as it is" {
    start_enrolment --date 3725
    check
    shown "A clock that is an hour off"
}
