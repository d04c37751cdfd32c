#!/usr/bin/env bats
#
# Proxies: tinyproxy and squid between the client and the test CA, or nginx
# in front of it.

load helper
load servers

setup() {
    common_setup
    make_tls
    trust=(--tls-ca-file "$tls/tls-ca.pem")
    squid_dir=
}

teardown() {
    [ -n "${BATS_TEST_COMPLETED:-}" ] || show_case
    stop_ca
    [ -z "$squid_dir" ] || rm -rf "$squid_dir"
}

# --- the proxies --------------------------------------------------------------

# start_tinyproxy [LINE...]: sets proxy and proxy_log.
start_tinyproxy() {
    local dir proxy_port
    need tinyproxy
    dir=$(mktemp -d "$BATS_TEST_TMPDIR/tinyproxy.XXXXXX")
    proxy_port=$(free_ports 1)
    proxy_log=$dir/log
    {
        echo "Port $proxy_port"
        echo "Listen 127.0.0.1"
        echo "Timeout 60"
        echo "LogFile \"$proxy_log\""
        echo "LogLevel Info"
        echo "MaxClients 20"
        echo "Allow 127.0.0.1"
        printf '%s\n' "$@"
    } >"$dir/conf"
    start_server "$proxy_port" "$dir/out" tinyproxy -d -c "$dir/conf"
    proxy=127.0.0.1:$proxy_port
}

# If started as root, squid changes to a user who cannot read the directory of
# the test.
make_squid_dir() {
    [ -z "$squid_dir" ] || return 0
    squid_dir=$(mktemp -d "${TMPDIR:-/tmp}/sscep-squid.XXXXXX")
    chmod 755 "$squid_dir"
    [ "$(id -u)" -ne 0 ] || chown nobody "$squid_dir"
}

# start_squid [LINE...]: the same; LINEs precede the rules that allow access.
# The log has the method, the target, the status and the fields of the request.
start_squid() {
    local dir proxy_port
    need squid
    make_squid_dir
    dir=$squid_dir
    proxy_port=$(free_ports 1)
    proxy_log=$dir/log
    echo "127.0.0.1 localhost" >"$dir/hosts"
    {
        echo "http_port ${squid_address:+[}${squid_address:-127.0.0.1}${squid_address:+]}:$proxy_port"
        echo "pid_filename none"
        echo "hosts_file $dir/hosts"
        echo "cache deny all"
        echo "cache_log $dir/cache.log"
        echo "coredump_dir $dir"
        echo "netdb_filename none"
        echo "pinger_enable off"
        echo "shutdown_lifetime 0 seconds"
        echo "strip_query_terms off"
        echo "visible_hostname proxy"
        [ "$(id -u)" -ne 0 ] || echo "cache_effective_user nobody"
        echo "logformat all %rm %ru %>Hs host=%{Host}>h authorization=%{Proxy-Authorization}>h"
        echo "logfile_rotate 0"
        echo "access_log stdio:$proxy_log all"
        printf '%s\n' "$@"
        echo "http_access allow all"
    } >"$dir/conf"
    server_address=${squid_address:-127.0.0.1}
    start_server "$proxy_port" "$dir/out" squid -N -n "sscep$proxy_port" \
        -f "$dir/conf"
    proxy=${squid_address:+[}$server_address${squid_address:+]}:$proxy_port
}

# squid_password USER PASSWORD: sets password, an array of LINEs for them.
squid_password() {
    local helper
    for helper in /usr/lib/squid/basic_ncsa_auth \
        /usr/lib64/squid/basic_ncsa_auth; do
        [ ! -x "$helper" ] || break
    done
    [ -x "$helper" ] || skip "squid has no basic_ncsa_auth"
    make_squid_dir
    echo "$1:$(openssl passwd -apr1 "$2")" >"$squid_dir/passwords"
    password=(
        "auth_param basic program $helper $squid_dir/passwords"
        "auth_param basic children 1"
        "acl known proxy_auth REQUIRED"
        "http_access deny !known"
    )
}

# whole_way [OPTION...]: getcaps, getca and enroll through proxy $via.
whole_way() {
    run_sscep getcaps -u "$URL" -p "$via" "$@"
    expect_status 0
    run_sscep getca -u "$URL" -c got.crt -p "$via" "$@"
    expect_status 0
    same_certificate got.crt "$ca/ca.crt"
    rm -f local.crt
    enroll -p "$via" "$@"
    enrolled
    stderr_empty
}

# The log of squid, without the connections that tested whether it listens.
squid_log() {
    grep -v "^- error:" "$proxy_log"
}

# logged TEXT: waits until the log of the proxy has a line with TEXT.
logged() {
    wait_for 10 grep -q -e "$1" "$proxy_log" ||
        problem "not in the log of the proxy: $1" "$(cat "$proxy_log")"
}

# --- plain http ---------------------------------------------------------------

# Host names the origin server, also in a request to a proxy (RFC 9112, 3.2).
origin_saw_host() {
    expect_equal "Host at the CA" "['127.0.0.1:$port']" \
        "$(ca_log host | sort -u)"
}

@test "squid: http, the request line and Host" {
    start_enrolment
    start_squid
    via=$proxy
    whole_way
    origin_saw_host
    logged "POST http://127.0.0.1:$port/scep?operation=PKIOperation 200"
    expect_equal requests 5 "$(squid_log | wc -l)"
    if squid_log | grep -Ev "^(GET|POST) http://127\.0\.0\.1:$port/scep\?operation=[A-Za-z]* 200 host=127\.0\.0\.1:$port authorization=-$"; then
        problem "a request that is not as it should be"
    fi
}

@test "tinyproxy: http, the request line and Host" {
    start_enrolment
    start_tinyproxy
    via=$proxy
    whole_way
    origin_saw_host
    logged "Request (file descriptor [0-9]*): GET http://127.0.0.1:$port/scep?operation=GetCACert HTTP/1.1"
    logged "Request (file descriptor [0-9]*): POST http://127.0.0.1:$port/scep?operation=PKIOperation HTTP/1.1"
}

@test "squid: http with user and password" {
    local given
    start_enrolment
    squid_password user 'p@ss:/%?#'
    start_squid "${password[@]}"
    via="user:p%40ss%3A%2F%25%3F%23@$proxy"
    whole_way
    given=$(printf '%s' 'user:p@ss:/%?#' | base64)
    logged "POST http://127.0.0.1:$port/scep?operation=PKIOperation 200 host=127.0.0.1:$port authorization=Basic%20$given"
    # The credentials are for the proxy, not for the CA.
    expect_equal "what came to the CA" "" \
        "$(ca_log headers '"proxy-authorization" in headers')"
}

@test "tinyproxy: http with user and password" {
    start_enrolment
    start_tinyproxy "BasicAuth user secret"
    via=user:secret@$proxy
    whole_way
}

# --- https by CONNECT ---------------------------------------------------------

@test "squid: https goes through a tunnel" {
    start_enrolment
    start_nginx good
    start_squid
    via=$proxy
    whole_way "${trust[@]}"
    logged "^CONNECT localhost:$tls_port 200 host=localhost:$tls_port authorization=-"
    if squid_log | grep -v "^CONNECT localhost:$tls_port 200 "; then
        problem "what the proxy should not have seen"
    fi
    expect_equal "requests" 5 "$(requests)"
    if grep -v " host=localhost:$tls_port \"[A-Z]* /scep?" "$access_log"; then
        problem "a request that is not as it should be"
    fi
}

@test "tinyproxy: https goes through a tunnel" {
    start_enrolment
    start_nginx good
    start_tinyproxy
    via=$proxy
    whole_way "${trust[@]}"
    logged "Request (file descriptor [0-9]*): CONNECT localhost:$tls_port HTTP/1.1"
}

@test "squid: https with user and password, which the server does not get" {
    start_enrolment
    start_nginx good "add_header X-Seen \$http_proxy_authorization;"
    squid_password user secret
    start_squid "${password[@]}"
    via=user:secret@$proxy
    whole_way "${trust[@]}"
    logged "^CONNECT localhost:$tls_port 200 host=localhost:$tls_port authorization=Basic%20dXNlcjpzZWNyZXQ="
    expect_equal "what came to the CA" "" \
        "$(ca_log headers '"proxy-authorization" in headers')"
}

@test "tinyproxy: https with user and password" {
    start_enrolment
    start_nginx good
    start_tinyproxy "BasicAuth user secret"
    via=user:secret@$proxy
    whole_way "${trust[@]}"
}

@test "https: one connection through the proxy for two requests" {
    start_enrolment
    start_nginx good
    start_squid
    enroll -p "$proxy" "${trust[@]}"
    enrolled
    expect_equal requests 2 "$(requests)"
    expect_equal connections 1 "$(connections)"
    logged CONNECT
    expect_equal tunnels 1 "$(squid_log | wc -l)"
}

@test "https: the certificate is verified through the proxy as well" {
    start_enrolment
    start_nginx expired
    start_squid
    enroll -p "$proxy" "${trust[@]}"
    expect_status 95
    only_error "localhost:$tls_port" "not trusted" expired
    no_request
}

@test "https: a common name is not accepted through the proxy either" {
    start_enrolment
    start_nginx bare
    start_squid
    enroll -p "$proxy" "${trust[@]}"
    expect_status 95
    only_error "localhost:$tls_port" "no subjectAltName with a DNS name" \
        "common name does not count"
    no_request
}

# --- the environment ----------------------------------------------------------

@test "environment: http_proxy and https_proxy, with a password" {
    start_enrolment
    start_nginx good
    squid_password user secret
    start_squid "${password[@]}"
    https_proxy=http://user:secret@$proxy/ enroll "${trust[@]}"
    enrolled
    logged "^CONNECT localhost:$tls_port 200"
    rm local.crt
    http_proxy=user:secret@$proxy run_sscep getca \
        -u "http://127.0.0.1:$port/scep" -c got.crt
    expect_status 0
    logged "^GET http://127.0.0.1:$port/scep?operation=GetCACert 200"
}

@test "environment: no_proxy names the exceptions" {
    start_enrolment
    start_nginx good
    https_proxy=127.0.0.1:1 no_proxy=localhost enroll "${trust[@]}"
    enrolled
}

@test "Proxy in the file, with a password" {
    start_enrolment
    start_tinyproxy "BasicAuth user secret"
    printf '[sscep]\nProxy = "user:secret@%s"\n' "$proxy" >sscep.conf
    enroll -f sscep.conf
    enrolled
}

# --- redirects ----------------------------------------------------------------

# start_mover CODE TO: starts nginx, which redirects all to TO; sets URL.
start_mover() {
    local mover_port
    mover_port=$(free_ports 1)
    need nginx
    nginx_dir=$(mktemp -d "$BATS_TEST_TMPDIR/nginx.XXXXXX")
    nginx_conf "$nginx_dir" <<END_CONF
    server {
        listen 127.0.0.1:$mover_port;
        location / { return $1 $2\$request_uri; }
    }
END_CONF
    start_server "$mover_port" "$nginx_dir/out" nginx_in "$nginx_dir"
    URL=http://localhost:$mover_port/scep
}

@test "squid: a redirect stays with its host, for http and https" {
    start_enrolment
    start_squid
    start_mover 308 "http://localhost:$port"
    enroll -p "$proxy"
    enrolled
    rm local.crt
    : >"$ca/log"
    start_mover 308 "http://127.0.0.1:$port"
    enroll -p "$proxy" --capabilities SCEPStandard
    expect_status 95
    only_error "not followed: it leads to another host (127.0.0.1)"
    nothing_sent
    start_nginx good
    start_mover 308 "https://127.0.0.1:$tls_port"
    enroll -p "$proxy" --capabilities SCEPStandard "${trust[@]}"
    expect_status 95
    only_error "not followed: it leads to another host (127.0.0.1)"
    nothing_sent
    if squid_log | grep CONNECT; then
        problem "the proxy was asked for the other host"
    fi
}

# --- IPv6 ---------------------------------------------------------------------

@test "squid: a proxy with an IPv6 address" {
    python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' \
        2>/dev/null || skip "there is no ::1 here"
    start_enrolment
    start_nginx good
    squid_address=::1
    start_squid
    via=$proxy
    whole_way "${trust[@]}"
    run_sscep getca -u "http://127.0.0.1:$port/scep" -c http.crt -p "$proxy"
    expect_status 0
    same_certificate http.crt "$ca/ca.crt"
}

# --- errors -------------------------------------------------------------------

# The error names the proxy, and the CA received nothing.
proxy_error() {
    expect_status 95
    only_error "proxy $proxy" "$@"
    stderr_lacks "the server answered"
    no_file local.crt
    nothing_sent
}

@test "407: it is said that no password was given" {
    start_enrolment
    start_nginx good
    squid_password user secret
    start_squid "${password[@]}"
    enroll -p "$proxy" "${trust[@]}"
    proxy_error 407 "user:password@"
    URL=http://127.0.0.1:$port/scep
    enroll -p "$proxy"
    proxy_error 407 "user:password@"
    start_tinyproxy "BasicAuth user secret"
    enroll -p "$proxy"
    proxy_error 407 "user:password@"
}

@test "407: the wrong password, which is not printed" {
    start_enrolment
    start_nginx good
    squid_password user secret
    start_squid "${password[@]}"
    enroll -p "user:wr0ng@$proxy" "${trust[@]}" -d
    expect_status 95
    stderr_has "proxy $proxy: it does not accept this user and password (407"
    stderr_lacks wr0ng
    stderr_lacks "$(printf user:wr0ng | base64)"
    URL=http://127.0.0.1:$port/scep
    enroll -p "user:wr0ng@$proxy"
    proxy_error 407 "does not accept"
}

@test "the password is in no message" {
    start_enrolment
    start_tinyproxy "BasicAuth user secret-4711"
    enroll -p "user:secret-4711@$proxy" -d -v
    enrolled
    cat "$stdout" "$stderr" >said
    if grep -qF -e secret-4711 -e "$(printf user:secret-4711 | base64)" said; then
        problem "the password is said"
    fi
    [ "$(wc -l <said)" -gt 10 ]
}

@test "CONNECT is refused" {
    start_enrolment
    start_nginx good
    start_squid "acl tunnel method CONNECT" "http_access deny tunnel"
    enroll -p "$proxy" "${trust[@]}"
    proxy_error "does not connect to localhost:$tls_port" 403
    start_tinyproxy "ConnectPort 443"
    enroll -p "$proxy" "${trust[@]}"
    proxy_error "does not connect to localhost:$tls_port" 403
    # Plain http is not refused.
    URL=http://127.0.0.1:$port/scep
    enroll -p "$proxy"
    enrolled
}

@test "the proxy cannot reach the server" {
    start_enrolment
    start_squid
    URL=https://127.0.0.1:1/scep
    enroll -p "$proxy" "${trust[@]}"
    proxy_error "does not connect to 127.0.0.1:1" 503
    URL=http://127.0.0.1:1/scep
    run_sscep getca -u "$URL" -p "$proxy" -c got.crt
    expect_status 95
    only_error "proxy $proxy" 503 "http://127.0.0.1:1/scep"
}

# Starts a server that accepts connections and is silent; sets silent_port.
start_silent() {
    silent_port=$(free_ports 1)
    start_server "$silent_port" "$BATS_TEST_TMPDIR/silent" python3 -c '
import socket, sys, time
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
held = []
while True:
    held.append(server.accept())' "$silent_port"
}

# through_proxy STATUS TEXT...: the answer to getca may come from the server or
# from the proxy, and the error names both.
through_proxy() {
    local answered=$1
    shift
    run_sscep getca -u "$URL" -c got.crt
    expect_status 95
    only_error "$URL: the server, or proxy $proxy of http_proxy, answered \
$answered" "$@"
    no_file got.crt
}

@test "plain http: the answer of the proxy if the server is down" {
    start_ca
    start_silent
    start_squid "read_timeout 1 second"
    export http_proxy=$proxy
    URL=http://127.0.0.1:1/scep
    through_proxy 503 "(a proxy says: ERR_CONNECT_FAIL 111)"
    URL=http://127.0.0.1:$silent_port/scep
    through_proxy 504 "(a proxy says: ERR_READ_TIMEOUT 0)"
    start_tinyproxy
    export http_proxy=$proxy
    URL=http://127.0.0.1:1/scep
    through_proxy 500 "Unable to connect"
    nothing_sent
}

@test "plain http: an answer of the server is not attributed to the proxy" {
    start_ca --fault http-500 --fault-on getcacert
    start_squid
    export http_proxy=$proxy
    through_proxy 500
    stderr_lacks "a proxy says"
    start_tinyproxy
    export http_proxy=$proxy
    through_proxy 500
    stderr_lacks "a proxy says"
}

@test "Proxy-Status of a server without a proxy of the client is not printed" {
    start_ca
    start_nginx good "location /gone { add_header Proxy-Status \
\"cache; error=dns_error\" always; return 502; }"
    run_sscep getca -u "https://localhost:$tls_port/gone" -c got.crt \
        "${trust[@]}"
    expect_status 95
    only_error "the server answered 502 Bad Gateway"
    stderr_lacks dns_error
}

@test "CONNECT: why the proxy does not reach the server" {
    start_ca
    start_squid
    export https_proxy=$proxy
    run_sscep getca -u https://127.0.0.1:1/scep -c got.crt
    expect_status 95
    only_error "proxy $proxy of https_proxy does not connect to 127.0.0.1:1: \
503 Service Unavailable (ERR_CONNECT_FAIL 111)"
}

# variable NAME VALUE SCHEME TEXT...: the error about the proxy names NAME.
variable() {
    local name=$1 value=$2 url=$3://localhost:$port/scep
    shift 3
    export "$name=$value"
    run_sscep getca -u "$url" -c got.crt "${trust[@]}"
    unset "$name"
    only_error "$@"
    if ! grep -qw -e "of $name" "$stderr"; then
        problem "the line does not name $name"
    fi
    no_file got.crt
    nothing_sent
}

@test "the environment: an error about the proxy names the variable" {
    start_ca
    squid_password user secret
    start_squid "${password[@]}"
    variable http_proxy 127.0.0.1:1 http \
        "cannot connect to proxy 127.0.0.1:1 of http_proxy"
    expect_status 95
    variable https_proxy 127.0.0.1:1 https \
        "cannot connect to proxy 127.0.0.1:1 of https_proxy"
    expect_status 95
    variable HTTPS_PROXY 127.0.0.1:1 https \
        "cannot connect to proxy 127.0.0.1:1 of HTTPS_PROXY"
    variable http_proxy non/sense http 'proxy of http_proxy "non/sense": ' \
        "has no path"
    expect_status 1
    variable https_proxy u:p4ss@non/sense https "proxy of https_proxy: " \
        "has no path"
    stderr_lacks p4ss
    variable http_proxy "$proxy" http "proxy $proxy of http_proxy: " 407
    variable https_proxy "$proxy" https "proxy $proxy of https_proxy: " 407
    # For a proxy of -p the error names no variable.
    http_proxy=$proxy run_sscep getca -u "$URL" -c got.crt -p 127.0.0.1:1
    expect_status 95
    only_error "cannot connect to proxy 127.0.0.1:1: "
}

# Nothing listens on port 80 of these addresses, as far as a test may hope.
@test "without a port the proxy has port 80, and messages say so" {
    local text
    start_ca
    for text in 127.13.0.4 http://127.13.0.4 http://127.13.0.4/ \
        user:secret@127.13.0.4; do
        run_sscep getca -u "$URL" -c got.crt -p "$text"
        expect_status 95
        only_error "cannot connect to proxy 127.13.0.4:80: "
        variable http_proxy "$text" http \
            "cannot connect to proxy 127.13.0.4:80 of http_proxy: "
        expect_status 95
    done
    # A web server of this machine may listen at port 80 of ::1.
    run_sscep getca -u "$URL" -c got.crt -p "[::1]" -v
    stderr_has "requests go through proxy [::1]:80"
    printf 'Proxy = 127.13.0.4\n' >sscep.conf
    run_sscep getca -u "$URL" -c got.crt -f sscep.conf
    expect_status 95
    only_error "cannot connect to proxy 127.13.0.4:80: "
}

@test "the proxy cannot be connected to" {
    start_enrolment
    proxy=127.0.0.1:1
    URL=https://localhost:$port/scep
    enroll -p "$proxy" "${trust[@]}"
    proxy_error "cannot connect to"
}

@test "a server that is no proxy" {
    start_enrolment
    proxy=127.0.0.1:$port
    URL=https://localhost:1/scep
    enroll -p "$proxy" "${trust[@]}"
    expect_status 95
    only_error "proxy $proxy"
}
