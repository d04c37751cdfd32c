# servers.bash: real servers and proxies between the client and the test CA.
#
# Each runs on 127.0.0.1, as the user of the test, with all its files below
# the directory of the test; stop_ca of helper.bash ends them by their pid.

load ../e2e/nginx

PATH=$PATH:/usr/sbin:/sbin

need() {
    local name
    for name in "$@"; do
        if ! command -v "$name" >/dev/null; then
            skip "$name is not installed"
        fi
    done
}

# free_ports NUMBER: prints this many ports on which no server listens.
free_ports() {
    /usr/bin/python3 -I -S - "$1" <<'END_PYTHON'
import socket, sys
all = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in all:
    one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in all))
END_PYTHON
}

# listening PORT: a server listens there, on 127.0.0.1 or $server_address.
listening() {
    (exec 3<>"/dev/tcp/${server_address:-127.0.0.1}/$1") 2>/dev/null
}

dead() {
    ! kill -0 "$1" 2>/dev/null
}

# start_server PORT LOG COMMAND...: starts a server and waits until it listens.
start_server() {
    local port=$1 log=$2
    shift 2
    "$@" >"$log" 2>&1 </dev/null 3>&- 4>&- &
    server_pid=$!
    ca_pids+=("$server_pid")
    if ! wait_for 20 up_or_dead "$port" "$server_pid" || ! listening "$port"; then
        echo "it did not start: $*" >&2
        cat "$log" >&2
        return 1
    fi
}

up_or_dead() {
    listening "$1" || dead "$2"
}

# serve_file FILE TYPE: starts a server that answers GetCACaps with AES and all else
# with the file, of this content type; sets URL.
serve_file() {
    local chosen=$BATS_TEST_TMPDIR/port
    cat >"$BATS_TEST_TMPDIR/server.py" <<'END'
import http.server, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[1], "rb") as stream:
            body = stream.read()
        if "GetCACaps" in self.path:
            body = b"AES\n"
        self.send_response(200)
        self.send_header("Content-Type", sys.argv[2])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[3], "w") as stream:
    stream.write("%d\n" % server.server_port)
server.serve_forever()
END
    rm -f "$chosen"
    python3 "$BATS_TEST_TMPDIR/server.py" "$1" "$2" "$chosen" 3>&- 4>&- &
    ca_pids+=($!)
    wait_for 20 test -s "$chosen"
    URL=http://127.0.0.1:$(cat "$chosen")/scep
}

# --- certificates ------------------------------------------------------------

# tls_ca NAME: makes a CA, NAME.pem and NAME.key.
tls_ca() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/$1.key" \
        -out "$tls/$1.pem" -subj "/CN=$1" -days 30 \
        -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}

# tls_request NAME [SUBJECT]: makes NAME.csr and NAME.key. RSA keys would take 0.1 s
# each; those of the CAs are of RSA.
tls_request() {
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -keyout "$tls/$1.key" -out "$tls/$1.csr" -subj "${2:-/CN=$1}" \
        2>/dev/null
}

# tls_cert NAME CA SAN [SUBJECT]: makes NAME.pem and NAME.key, issued by that
# CA; SAN may be empty.
tls_cert() {
    tls_request "$1" "${4:-}"
    openssl x509 -req -in "$tls/$1.csr" -CA "$tls/$2.pem" \
        -CAkey "$tls/$2.key" -CAcreateserial -days 30 -out "$tls/$1.pem" \
        -extfile <(echo "${3:+subjectAltName=$3}") 2>/dev/null
}

# tls_cert_for YEAR NAME CA SAN: the same, valid in that year only.
tls_cert_for() {
    tls_request "$2"
    issue_for "$1" "$tls/$2.pem" "$tls/$2.csr" 1267 -cert "$tls/$3.pem" \
        -keyfile "$tls/$3.key" -extfile <(echo "subjectAltName=$4")
}

# tls_cert_with NAME CA SAN PURPOSE: with this extendedKeyUsage.
tls_cert_with() {
    tls_cert "$1" "$2" "$3"$'\n'"extendedKeyUsage=$4"
}

# Makes all certificates of the tests, once for all files: the first test makes
# them, the others wait.
make_tls() {
    tls=$BATS_RUN_TMPDIR/tls
    [ ! -e "$tls/done" ] || return 0
    if mkdir "$tls" 2>/dev/null; then
        fill_tls
        : >"$tls/done"
    fi
    wait_for 60 test -e "$tls/done"
}

fill_tls() {
    tls_ca tls-ca
    tls_ca other-ca
    tls_cert good tls-ca "DNS:localhost,IP:127.0.0.1"
    tls_cert name-only tls-ca "DNS:localhost"
    tls_cert address-only tls-ca "IP:127.0.0.1" /CN=localhost
    tls_cert bare tls-ca "" /CN=localhost
    tls_cert bare-address tls-ca "" /CN=127.0.0.1
    tls_cert wrong-name tls-ca "DNS:other.example.org,IP:127.0.0.2"
    tls_cert_for 2020 expired tls-ca "DNS:localhost,IP:127.0.0.1"
    tls_cert_for 2099 future tls-ca "DNS:localhost,IP:127.0.0.1"
    tls_cert_with client-only tls-ca "DNS:localhost" clientAuth
    tls_cert_with server-only tls-ca "DNS:localhost" serverAuth
    tls_cert wildcards tls-ca "DNS:*,DNS:*.,DNS:loc*,DNS:*host,DNS:*.localhost"
    tls_cert client tls-ca "DNS:client"
    tls_cert stranger other-ca "DNS:stranger"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tls/self-signed.key" \
        -out "$tls/self-signed.pem" -subj /CN=self-signed -days 30 \
        -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>/dev/null
}

# --- nginx -------------------------------------------------------------------

# start_nginx CERT [DIRECTIVE...]: starts nginx in front of the CA at $URL, and
# sets URL to https://localhost. Its access log has a line for each request.
start_nginx() {
    local cert=$1 behind=$port dir
    need nginx
    shift
    nginx_dir=$(mktemp -d "$BATS_TEST_TMPDIR/nginx.XXXXXX")
    dir=$nginx_dir
    tls_port=$(free_ports 1)
    nginx_conf "$dir" <<END_CONF
    server {
        listen 127.0.0.1:$tls_port ssl;
        ssl_certificate $tls/$cert.pem;
        ssl_certificate_key $tls/$cert.key;
        $*
        location / {
            proxy_pass http://127.0.0.1:$behind;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }
    }
END_CONF
    start_server "$tls_port" "$dir/out" nginx_in "$dir"
    access_log=$dir/access.log
    URL=https://localhost:$tls_port/scep
}

# The numbers of requests and of connections in the log of nginx.
requests() {
    wc -l <"$access_log"
}

connections() {
    cut -d' ' -f1 "$access_log" | sort -u | wc -l
}

# Neither nginx nor the CA has received a request.
no_request() {
    nothing_sent
    if [ -s "$access_log" ]; then
        problem "requests came to the server" "$(cat "$access_log")"
    fi
}
