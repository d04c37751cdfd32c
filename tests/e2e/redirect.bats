#!/usr/bin/env bats
#
# Redirects by a server in front of the test CA: which are followed, how many,
# and what is sent to the new URL. tls.bats tests those to and from https.

load helper
load servers

# start_mover STATUS OPERATION LIMIT [LOCATION]: starts a server in front of the
# CA at $URL, and sets URL to it. It answers requests of OPERATION with STATUS,
# at most LIMIT times, and passes all others to the CA. In LOCATION, %q is the
# query of the request and %n the number of the redirect. Sets mover_port;
# $moves has a line for each request: method, target without query, operation,
# status, and the other parts of the request.
start_mover() {
    local dir
    dir=$(mktemp -d "$BATS_TEST_TMPDIR/mover.XXXXXX")
    moves=$dir/log
    mover_port=$(free_ports 1)
    : >"$moves"
    write_mover >"$dir/mover.py"
    start_server "$mover_port" "$dir/out" python3 "$dir/mover.py" \
        "$mover_port" "$port" "$moves" "$@"
    URL=http://127.0.0.1:$mover_port/scep
}

write_mover() {
    cat <<'END_PYTHON'
import hashlib, http.client, http.server, sys, urllib.parse

port, behind, log, status, operation, limit = sys.argv[1:7]
location = sys.argv[7] if len(sys.argv) > 7 else None
moved = 0

class Mover(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        global moved
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        asked = urllib.parse.parse_qs(query).get("operation", ["-"])
        if asked == [operation] and moved < int(limit):
            moved += 1
            code, fields, answer = int(status), {}, b"moved\n"
            if location is not None:
                fields["Location"] = location.replace("%q", query).replace(
                    "%n", str(moved))
        else:
            code, fields, answer = self.ask_ca("/scep?" + query, body)
        with open(log, "a") as out:
            print(self.command, path, *asked, code,
                  "host=" + ",".join(self.headers.get_all("Host") or []),
                  "type=%s" % self.headers.get("Content-Type"),
                  "query=" + hashlib.sha256(query.encode()).hexdigest(),
                  "body=%d,%s" % (len(body), hashlib.sha256(body).hexdigest()),
                  file=out)
        self.send_response(code)
        fields["Content-Length"] = str(len(answer))
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET

    def ask_ca(self, target, body):
        ca = http.client.HTTPConnection("127.0.0.1", int(behind))
        kind = self.headers.get("Content-Type")
        ca.request(self.command, target, body or None,
                   {"Content-Type": kind} if kind else {})
        answer = ca.getresponse()
        return (answer.status,
                {"Content-Type": answer.getheader("Content-Type", "")},
                answer.read())

server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), Mover)
server.serve_forever()
END_PYTHON
}

# moves METHOD PATH OPERATION STATUS COUNT: the server saw COUNT such requests;
# the other arguments are patterns.
moves() {
    expect_equal "requests $1 $2 $3, answered $4" "$5" \
        "$(grep -cx "$1 $2 $3 $4 .*" "$moves")"
}

# same_request OPERATION SIZE: all its requests had the same query, content type
# and body, of at least SIZE bytes.
same_request() {
    local seen
    seen=$(grep "^[A-Z]* [^ ]* $1 " "$moves" | sed 's/.* type=/type=/' | sort -u)
    expect_equal "kinds of requests for $1" 1 "$(wc -l <<<"$seen")"
    if [ "$(sed 's/.*body=\([0-9]*\),.*/\1/' <<<"$seen")" -lt "$2" ]; then
        problem "no body of $2 bytes" "$(cat "$moves")"
    fi
}

getca() {
    run_sscep getca -u "$URL" -c got.crt "$@"
}

got_ca() {
    expect_status 0
    same_certificate got.crt "$ca/ca.crt"
    stderr_empty
}

# not_moved TEXT...: exit status 95, one error line and no file; the CA did not
# receive the operation.
not_moved() {
    expect_status 95
    only_error "$@"
    no_file got.crt local.crt
    expect_equal "what came to the CA" "" \
        "$(ca_log operation 'operation in ("GetCACert", "PKIOperation")')"
}

# --- GET ----------------------------------------------------------------------

@test "GET: 301, 302, 303, 307 and 308 are followed" {
    local code seen
    start_ca
    for code in 301 302 303 307 308; do
        start_mover "$code" GetCACert 1 "http://127.0.0.1:$port/scep?%q"
        rm -f got.crt
        getca -i "one two" -M a=b
        got_ca
        stdout_line "$sscep: CA certificate written as got.crt"
        moves GET /scep GetCACert "$code" 1
        moves GET /scep GetCACert 200 0
        URL=http://127.0.0.1:$port/scep
    done
    # The query in Location is sent unchanged.
    seen=$(ca_log '(method, host, query)' 'operation == "GetCACert"' | sort |
        uniq -c | sed 's/^ *//')
    expect_equal "what came to the CA" "5 ('GET', ['127.0.0.1:$port'], \
[['operation', 'GetCACert'], ['message', 'one two'], ['a', 'b']])" "$seen"
}

@test "GET: a redirect to the same name in another case is followed" {
    start_ca
    start_mover 302 GetCACert 1 "HTTP://LocalHost:$port/scep?%q"
    URL=http://localhost:$mover_port/scep
    getca
    got_ca
    expect_equal Host "['LocalHost:$port']" \
        "$(ca_log host 'operation == "GetCACert"')"
}

# Another name of the same machine counts as another host.
@test "GET: a redirect to another host is not followed" {
    local code
    start_ca
    for code in 301 302 303 307 308; do
        start_mover "$code" GetCACert 1000 "http://localhost:$port/scep?%q"
        getca
        not_moved " $code " "http://localhost:$port/scep?" \
            "not followed: it leads to another host (localhost)"
        moves GET /scep GetCACert "$code" 1
        URL=http://127.0.0.1:$port/scep
    done
}

@test "GET: a redirect to a host that only looks the same is not followed" {
    local to
    start_ca
    for to in "127.0.0.1.example" "127.0.0.10" "127.1" "0.0.1" "2130706433" \
        "[::ffff:127.0.0.1]"; do
        start_mover 302 GetCACert 1000 "//$to:$port/scep?%q"
        getca
        to=${to#[}
        not_moved "not followed: it leads to another host (${to%]})"
        URL=http://127.0.0.1:$port/scep
    done
    start_mover 302 GetCACert 1000 "http://127.0.0.1@localhost:$port/scep"
    getca
    not_moved "a user name and password in it are not supported"
}

@test "GET: a redirect to another host is not followed with a message in the query" {
    start_enrolment --caps AES,SHA-256
    start_mover 302 PKIOperation 1000 "http://localhost:$port/scep?%q"
    enroll
    expect_status 95
    one_error "not followed: it leads to another host (localhost)"
    no_file local.crt
    moves GET /scep PKIOperation 302 1
    expect_equal "messages at the CA" "" "$(messages method)"
}

@test "GET: a Location without a host is relative to the URL" {
    local to
    start_ca
    for to in "/other/path?%q" "//127.0.0.1:$port/scep?%q" "other?%q" "?%q"; do
        start_mover 302 GetCACert 1 "$to"
        getca
        got_ca
        rm got.crt
        URL=http://127.0.0.1:$port/scep
    done
}

@test "GET: a redirect of an enrolment by GET is followed" {
    start_enrolment --caps AES,SHA-256
    start_mover 302 PKIOperation 1 "/moved?%q"
    enroll
    expect_status 0
    same_certificate local.crt "$(issued)"
    moves GET /scep PKIOperation 302 1
    moves GET /moved PKIOperation 200 1
    same_request PKIOperation 0
}

@test "GET: a redirect of GetCACaps is followed" {
    start_enrolment
    start_mover 301 GetCACaps 1 "http://127.0.0.1:$port/scep?%q"
    enroll
    enrolled
    stderr_empty
    moves GET /scep GetCACaps 301 1
    moves POST /scep PKIOperation 200 1
}

# The next requests go to the URL of the user.
@test "GET: a redirect applies to one request" {
    start_enrolment
    start_mover 301 GetCACaps 1 "/moved?%q"
    enroll
    enrolled
    moves GET /moved GetCACaps 200 1
    moves POST /moved PKIOperation '.*' 0
}

# --- how far ------------------------------------------------------------------

@test "five in a row are followed, six are not" {
    start_ca
    start_mover 302 GetCACert 5 "/hop%n?%q"
    getca
    got_ca
    moves GET /scep GetCACert 302 1
    moves GET '/hop[1-4]' GetCACert 302 4
    moves GET /hop5 GetCACert 200 1
    rm got.crt
    URL=http://127.0.0.1:$port/scep
    : >"$ca/log"
    start_mover 302 GetCACert 6 "/hop%n?%q"
    getca
    not_moved "http://127.0.0.1:$mover_port/hop5" "302 Found" "/hop6?" \
        "not followed: too many in a row"
    moves GET '/.*' GetCACert 302 6
    expect_equal "requests in all" 6 "$(grep -c GetCACert "$moves")"
}

@test "five in a row are followed, six are not: of POST" {
    start_enrolment
    start_mover 307 PKIOperation 5 "/hop%n?%q"
    enroll
    enrolled
    moves POST '/.*' PKIOperation 307 5
    moves POST /hop5 PKIOperation 200 1
    same_request PKIOperation 1000
    rm local.crt
    : >"$ca/log"
    URL=http://127.0.0.1:$port/scep
    start_mover 307 PKIOperation 6 "/hop%n?%q"
    enroll
    not_moved "307 Temporary Redirect" "/hop6?" "too many in a row"
    moves POST '/.*' PKIOperation 307 6
}

@test "a redirect to itself is not followed for ever" {
    start_ca
    start_mover 302 GetCACert 1000 "/scep?%q"
    getca
    not_moved "302 Found" "too many in a row"
    moves GET /scep GetCACert 302 6
}

# --- POST ---------------------------------------------------------------------

@test "POST: 307 and 308 keep the method, the type and the body" {
    local code
    start_enrolment
    for code in 307 308; do
        start_mover "$code" PKIOperation 1 "/moved?%q"
        enroll
        enrolled
        moves POST /scep PKIOperation "$code" 1
        moves POST /moved PKIOperation 200 1
        same_request PKIOperation 1000
        grep -q ' type=application/x-pki-message ' "$moves" ||
            problem "no pkiMessage"
        rm -rf local.crt "$ca"/issued/*.pem
        URL=http://127.0.0.1:$port/scep
    done
}

@test "POST: 308 to another port of the host" {
    start_enrolment
    start_mover 308 PKIOperation 1 "http://127.0.0.1:$port/scep?%q"
    enroll
    enrolled
    expect_equal "what came to the CA" POST \
        "$(ca_log method 'operation == "PKIOperation"')"
}

@test "POST: 301, 302 and 303, which would change the method to GET, are not followed" {
    local code
    start_enrolment
    for code in 301 302 303; do
        start_mover "$code" PKIOperation 1000 "/moved?%q"
        enroll
        not_moved "http://127.0.0.1:$mover_port/scep: " " $code " \
            "see \"/moved?operation=PKIOperation\"" \
            "not followed: it would make a GET of a POST"
        moves POST /scep PKIOperation "$code" 1
        moves '.*' /moved '.*' '.*' 0
        URL=http://127.0.0.1:$port/scep
    done
}

@test "POST: a redirect to another host is not followed" {
    start_enrolment
    start_mover 307 PKIOperation 1000 "http://localhost:$port/scep?%q"
    enroll
    not_moved "307 Temporary Redirect" "http://localhost:$port/scep?" \
        "not followed: it leads to another host (localhost)"
    moves POST /scep PKIOperation 307 1
}

# --- redirects that cannot be followed ----------------------------------------

@test "not followed: no Location" {
    local code
    start_ca
    for code in 301 302 303 307 308; do
        start_mover "$code" GetCACert 1000
        getca
        not_moved "http://127.0.0.1:$mover_port/scep" " $code " '"moved"'
        moves GET /scep GetCACert "$code" 1
        URL=http://127.0.0.1:$port/scep
    done
}

@test "not followed: a status that is no redirect" {
    local code
    start_ca
    for code in 300 304 305 306 399 404; do
        start_mover "$code" GetCACert 1000 "http://127.0.0.1:$port/scep?%q"
        getca
        not_moved "answered $code"
        moves GET /scep GetCACert "$code" 1
        moves GET /scep GetCACert 200 0
        URL=http://127.0.0.1:$port/scep
    done
}

@test "not followed: another scheme, or no URL" {
    local to
    start_ca
    for to in "ftp://127.0.0.1:$port/scep" "file:///etc/passwd" \
        "http:///scep" "http://127.0.0.1:0/" "http://[::1/" "http://a b/"; do
        start_mover 302 GetCACert 1000 "$to"
        getca
        not_moved "http://127.0.0.1:$mover_port/scep: Location "
        moves GET /scep GetCACert 302 1
        URL=http://127.0.0.1:$port/scep
    done
}

@test "not followed: no server listens there" {
    local nobody
    start_ca
    nobody=$(free_ports 1)
    start_mover 302 GetCACert 1000 "http://127.0.0.1:$nobody/scep?%q"
    getca
    not_moved "cannot connect to 127.0.0.1:$nobody, as redirected by \
http://127.0.0.1:$mover_port/scep: "
    # The next request goes to the original URL.
    stop_ca
    getca
    expect_status 95
    only_error "cannot connect to 127.0.0.1:$mover_port: "
}
