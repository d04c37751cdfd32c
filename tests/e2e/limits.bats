#!/usr/bin/env bats
#
# The number of connections, servers that are silent at every stage, addresses
# that do not answer, and --capabilities.

load helper
load servers
load network

setup() {
    common_setup
}

# --- a server that stops at a given stage -------------------------------------

# start_silent STAGE: starts a server and sets silent_port. STAGE is where it
# stops:
#   connect   connections are never accepted, and the queue is full
#   accept    no byte is sent
#   headers   after a part of the header
#   body      after a part of the body
#   drip      a byte of the body every 200 ms
start_silent() {
    local log=$BATS_TEST_TMPDIR/silent-$1
    : >"$log"
    python3 - "$1" >"$log" 2>&1 3>&- 4>&- <<'END_PYTHON' &
import socket, sys, threading, time
stage = sys.argv[1]
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(0 if stage == "connect" else 16)
if stage == "connect":
    full = []
    for _ in range(8):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(server.getsockname())
        full.append(one)
print(server.getsockname()[1], flush=True)

def serve(peer):
    if stage == "accept":
        time.sleep(60)
    data = b""
    while b"\r\n\r\n" not in data:
        data += peer.recv(65536) or exit()
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    if stage == "headers":
        time.sleep(60)
    peer.sendall(b"Content-Length: 1000\r\n\r\n")
    while stage == "drip":
        peer.sendall(b"A")
        time.sleep(0.2)
    peer.sendall(b"AES\n")
    time.sleep(60)

if stage == "connect":
    time.sleep(60)
while True:
    threading.Thread(target=serve, args=server.accept()[:1], daemon=True).start()
END_PYTHON
    ca_pids+=($!)
    wait_for 10 test -s "$log"
    silent_port=$(cat "$log")
}

now() {
    date +%s%3N
}

# timed COMMAND...: runs a command that runs the client. Sets took, its time,
# and idle, the time of sscep --version under the same load of the machine.
timed() {
    local began
    began=$(now)
    case $1 in
    *_there) run_there --version ;;
    *) run_sscep --version ;;
    esac
    expect_status 0
    idle=$(($(now) - began))
    began=$(now)
    "$@"
    took=$(($(now) - began))
}

# took_between LOWEST HIGHEST: the last command took so many milliseconds. What
# the client does besides waiting, such as reading the certificates of the
# system, may add three times the time of sscep --version.
took_between() {
    if [ "$took" -lt "$1" ] || [ "$took" -gt $(($2 + 3 * idle)) ]; then
        problem "it took $took ms, and $idle ms to do nothing"
    fi
}

# in_time COMMAND...: exit status 89 after 2 to 3 seconds, with one error line.
in_time() {
    timed "$@" --timeout 2
    expect_status 89
    only_error "time limit of 2 s"
    took_between 1900 3000
}

@test "silent: the connection is not accepted" {
    start_silent connect
    in_time run_sscep getcaps -u "http://127.0.0.1:$silent_port/"
    only_error connecting
}

@test "a server that is silent: no answer in time" {
    start_silent accept
    in_time run_sscep getcaps -u "http://127.0.0.1:$silent_port/"
    only_error "waiting for the answer"
}

@test "silent: after a part of the header" {
    start_silent headers
    in_time run_sscep getcaps -u "http://127.0.0.1:$silent_port/"
    only_error "reading the answer"
}

@test "silent: after a part of the body" {
    start_silent body
    in_time run_sscep getcaps -u "http://127.0.0.1:$silent_port/"
    only_error "reading the answer"
}

@test "silent: single bytes do not extend the time limit" {
    start_silent drip
    in_time run_sscep getcaps -u "http://127.0.0.1:$silent_port/"
    only_error "reading the answer"
}

@test "silent: a time limit of GetCACaps ends an enrolment" {
    start_enrolment
    start_silent accept
    URL=http://127.0.0.1:$silent_port/
    in_time enroll
    no_file local.crt
}

@test "silent: in the TLS handshake" {
    "$SSCEP" --version | grep -qx "TLS: built in" || skip "no TLS"
    start_silent accept
    in_time run_sscep getcaps -u "https://127.0.0.1:$silent_port/"
    only_error "TLS handshake"
}

@test "silent: after the TLS handshake, in header and body" {
    local stage
    "$SSCEP" --version | grep -qx "TLS: built in" || skip "no TLS"
    need nginx
    make_tls
    for stage in accept headers; do
        start_silent "$stage"
        port=$silent_port
        start_nginx good
        in_time run_sscep getcaps -u "$URL" --tls-ca-file "$tls/tls-ca.pem"
        only_error "waiting for the answer"
    done
    start_silent body
    port=$silent_port
    start_nginx good "proxy_buffering off;"
    in_time run_sscep getcaps -u "$URL" --tls-ca-file "$tls/tls-ca.pem"
    only_error "reading the answer"
}

@test "silent: a proxy that does not answer CONNECT" {
    "$SSCEP" --version | grep -qx "TLS: built in" || skip "no TLS"
    start_silent accept
    in_time run_sscep getcaps -u https://127.0.0.1:1/ \
        -p "127.0.0.1:$silent_port"
    only_error "CONNECT" "proxy 127.0.0.1:$silent_port"
}

# --- connections --------------------------------------------------------------

@test "one connection and two requests, for getca and for enroll" {
    start_enrolment
    run_sscep getca -u "$URL" -c got.crt
    expect_status 0
    expect_equal "connections and operations" "1 GetCACaps 1 GetCACert" \
        "$(ca_log 'f"{connection} {operation}"' | paste -sd' ')"
    : >"$ca/log"
    enroll
    enrolled
    expect_equal "connections and operations" "2 GetCACaps 2 PKIOperation" \
        "$(ca_log 'f"{connection} {operation}"' | paste -sd' ')"
}

@test "one connection for an enrolment with polls" {
    start_enrolment --pending 3
    enroll -t 0
    enrolled
    expect_equal connections 1 "$(ca_log connection | sort -u | wc -l)"
    expect_equal requests 5 "$(ca_log connection | wc -l)"
}

# --- --capabilities -----------------------------------------------------------

@test "--capabilities: GetCACaps is not sent" {
    start_enrolment --caps ""
    enroll --capabilities AES,SHA-384,POSTPKIOperation
    enrolled
    stderr_empty
    expect_equal operations PKIOperation "$(ca_log operation | paste -sd' ')"
    expect_equal method POST "$(ca_log method)"
    expect_equal algorithms "sha384 aes128" \
        "$(messages 'f"{digestName} {contentEncryptionName}"')"
    : >"$ca/log"
    run_sscep getca -u "$URL" -c got.crt --capabilities SHA-256
    expect_status 0
    stdout_has "SHA256 fingerprint"
    expect_equal operations GetCACert "$(ca_log operation)"
}

@test "--capabilities: Capabilities in the file, with blanks" {
    start_enrolment
    printf 'Capabilities = "sha-256, aes POSTPKIOperation"\n' >sscep.conf
    enroll -f sscep.conf
    enrolled
    expect_equal operations PKIOperation "$(ca_log operation | paste -sd' ')"
}

@test "--capabilities: an unknown keyword is refused with the list of known ones" {
    start_enrolment
    enroll --capabilities AES,SHA256
    misuse SHA256 "AES, DES3, GetNextCACert, POSTPKIOperation, Renewal"
    nothing_sent
}

@test "--capabilities: getcaps sends GetCACaps nevertheless" {
    start_ca
    run_sscep getcaps -u "$URL" --capabilities DES3
    expect_status 0
    stdout_has AES
}

# --- names and addresses, in a network of its own -----------------------------

enroll_there() {
    run_there enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt "$@"
}

# full_queue ADDRESS: a socket there whose queue of connections is full.
full_queue() {
    "${there[@]}" python3 - "$1" "$port" \
        >"$BATS_TEST_TMPDIR/full-$1" 2>&1 3>&- 4>&- <<'END_PYTHON' &
import socket, sys, time
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
server = socket.socket(family)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(0)
full = []
for _ in range(8):
    one = socket.socket(family)
    one.setblocking(False)
    one.connect_ex(server.getsockname())
    full.append(one)
print("full", flush=True)
time.sleep(120)
END_PYTHON
    ca_pids+=($!)
    wait_for 10 test -s "$BATS_TEST_TMPDIR/full-$1"
}

# The first address refuses connections, the second never accepts them, and the
# third is that of the CA. IPv6 is tried first; 2001:db8::2 is from the range
# for documentation, which nobody uses.
@test "addresses: two that cannot be connected to, then a good one" {
    own_network "::1 many.test" "2001:db8::2 many.test" "127.0.0.1 many.test"
    "${there[@]}" ip addr show dev lo | grep -q " 2001:db8::2/128 " ||
        skip "there is no IPv6 here"
    start_enrolment
    full_queue 2001:db8::2
    URL=http://many.test:$port/scep
    timed enroll_there -d --timeout 6
    enrolled
    expect_equal "the addresses tried" "127.0.0.1 2001:db8::2 ::1" \
        "$(sed -n 's/.*connecting to //p' "$stderr" | LC_ALL=C sort | paste -sd' ')"
    expect_equal "the last one" 127.0.0.1 \
        "$(sed -n 's/.*connecting to //p' "$stderr" | tail -n 1)"
    took_between 1900 6000
}

@test "addresses: if all fail there is one error within the time limit" {
    own_network "127.0.0.2 dead.test" "127.0.0.3 dead.test"
    port=8080
    timed run_there getcaps -u "http://dead.test:$port/" --timeout 4
    expect_status 95
    only_error "dead.test:8080" refused "2 addresses"
    took_between 0 2000
    full_queue 127.0.0.2
    full_queue 127.0.0.3
    timed run_there getcaps -u "http://dead.test:$port/" --timeout 4
    expect_status 89
    only_error "dead.test:8080"
    took_between 3900 5000
}

@test "names: a name server that stays silent" {
    own_network
    "${there[@]}" python3 -c '
import socket, time
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.53", 53))
print("bound", flush=True)
time.sleep(120)' >"$BATS_TEST_TMPDIR/dns" 2>&1 3>&- 4>&- &
    ca_pids+=($!)
    wait_for 10 test -s "$BATS_TEST_TMPDIR/dns"
    in_time run_there getcaps -u http://scep.example.org/
    only_error "scep.example.org:80"
}

# --- sizes --------------------------------------------------------------------

# start_declaring OPERATION LENGTH: starts a server and sets declared_port. Its
# answer to OPERATION is a header with this Content-Length; to GetCACaps, if
# that is another operation, it gives a good answer.
start_declaring() {
    local log=$BATS_TEST_TMPDIR/declaring-$1-$2
    : >"$log"
    python3 - "$@" >"$log" 2>&1 3>&- 4>&- <<'END_PYTHON' &
import http.server, sys
operation, length = sys.argv[1:]

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        if operation in self.path:
            self.send_header("Content-Length", length)
            self.end_headers()
        else:
            self.end_headers()
            self.wfile.write(b"AES\nSHA-256\nPOSTPKIOperation\n")

    do_POST = do_GET

server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
END_PYTHON
    ca_pids+=($!)
    wait_for 10 grep -q '^[0-9]*$' "$log"
    declared_port=$(head -n 1 "$log")
}

# size_limit NAME LIMIT COMMAND...: an answer to operation NAME of more than
# LIMIT bytes is refused because of its size, one of LIMIT bytes is not.
size_limit() {
    local length
    for length in $(($2 + 1)) "$2"; do
        start_declaring "$1" "$length"
        run_sscep "${@:3}" -u "http://127.0.0.1:$declared_port/"
        if [ "$length" -gt "$2" ]; then
            only_error "the body is over the limit of $2 bytes (--max-size)"
        else
            only_error "ended after"
        fi
        expect_status 95
        stop_ca
    done
}

@test "sizes: each operation has its own" {
    take local.key local.csr
    cp "$shared/other.crt" ca.crt
    openssl req -new -x509 -key local.key -subj /CN=own -days 3 -out local.crt
    size_limit GetCACaps 65536 getcaps
    size_limit GetCACert 2097152 getca -c new.crt -F sha256
    size_limit GetNextCACert 2097152 getnextca -c new.crt -C ca.crt -F sha256
    size_limit PKIOperation 2097152 enroll -c ca.crt -k local.key \
        -r local.csr -l new.crt
    size_limit PKIOperation 2097152 getcert -c ca.crt -k local.key \
        -l local.crt -s 1 -w new.crt
    size_limit PKIOperation 67108864 getcrl -c ca.crt -k local.key \
        -l local.crt -w new.crl
    size_limit PKIOperation 70000 getcrl -c ca.crt -k local.key \
        -l local.crt -w new.crl --max-size 70000
    no_file new.crt new.crl
}
