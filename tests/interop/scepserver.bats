#!/usr/bin/env bats
#
# sscep against scepserver, the SCEP server of Debian's package scep.  The
# server listens on all addresses, so it runs in a private network, which
# "scripts/test interop" makes.
#
# The server always answers with DES, SHA-1 and the chunked transfer coding, and
# the keyUsage of its CA certificate lacks keyEncipherment.

load helper

setup_file() {
    prepare
    start_server
}

teardown_file() {
    end "${server_pid:-}"
}

setup() {
    cd "$BATS_TEST_TMPDIR"
    ln -s "$SSCEP" sscep
}

start_server() {
    local depot=$BATS_FILE_TMPDIR/depot
    export port=8080 url=http://127.0.0.1:8080/scep
    scepserver ca -init -depot "$depot" -keySize 2048 -organization Interop
    serve "$BATS_FILE_TMPDIR/log" "$port" -- scepserver -depot "$depot" \
        -port "$port" -challenge secret -allowrenew 0 -debug || return
    export server_pid=$served_pid
}

# enroll NAME: from the request to NAME.crt.
enroll() {
    client 0 getca -u "$url" -c ca.crt
    request "$1" secret
    client 0 enroll -u "$url" -c ca.crt -k "$1.key" -r "$1.csr" -l "$1.crt"
}

# certified NAME: this CA issued NAME.crt, with this name and the key NAME.key.
certified() {
    openssl verify -CAfile ca.crt "$1.crt"
    is_for "$1"
}

# served OPERATION: how often the server logged this operation.
served() {
    grep -c "component=scep_service method=$1 " "$BATS_FILE_TMPDIR/log"
}

@test "getcaps lists what the server announces" {
    client 0 getcaps -u "$url"
    [ "$output" = "./sscep: scep capabilities: AES, DES3, POSTPKIOperation, \
Renewal, SHA-1, SHA-256, SCEPStandard" ]
}

@test "getca writes the CA certificate" {
    client 0 getca -u "$url" -c ca.crt -F sha256
    openssl x509 -in ca.crt -noout -text >text
    openssl x509 -in ca.crt -noout -fingerprint -sha256 >fingerprint
    [ "$(cat fingerprint)" = \
        "$(openssl x509 -in "$BATS_FILE_TMPDIR/depot/ca.pem" -noout \
            -fingerprint -sha256)" ]
    [[ "$output" == *"SHA256 fingerprint: $(cut -d = -f 2 fingerprint)"* ]]
    [[ "$output" == *"CA certificate written as ca.crt" ]]
    # This keyUsage is what the other tests depend on.
    usage=$(grep -A 1 'X509v3 Key Usage: critical' text | tail -n 1)
    [[ "$usage" == *"Certificate Sign, CRL Sign" ]]
    [[ "$usage" != *Encipherment* ]]
}

@test "enroll gets a certificate" {
    enroll device
    certified device
    [[ "$output" == *"./sscep: pkistatus: SUCCESS"* ]]
    [[ "$output" == *"./sscep: certificate written as device.crt" ]]
}

# made NAME TYPE [ARGUMENT...]: one command makes NAME.key and gets NAME.crt.
made() {
    client 0 enroll -u "$url" -c ca.crt -k "$1.key" -l "$1.crt" \
        --new-key "$2" "${@:3}"
    certified "$1"
}

# It encrypts to the key of the request only, which is then RSA.
@test "enroll with a key and a request that it makes, and a renewal" {
    client 0 getca -u "$url" -c ca.crt
    client 72 enroll -u "$url" -c ca.crt -k device.key -l device.crt \
        --new-key rsa:2048 --subject /CN=device.example.org \
        --challenge pass:wrong
    cp device.key kept
    made device rsa:2048 --subject /CN=device.example.org \
        --san DNS:device.example.org,IP:192.0.2.1 --eku clientAuth \
        --challenge pass:secret
    cmp device.key kept
    mv device.key old.key
    mv device.crt old.crt
    made device rsa:3072 -K old.key -O old.crt --challenge pass:secret
}

@test "a reply in DES is read, with a warning" {
    enroll device
    [[ "$stderr" == *"warning:"*[Dd][Ee][Ss]*"obsolete"* ]]
    certified device
}

@test "requests are sent by POST" {
    local before after
    before=$(served PKIOperation) || true
    enroll device
    after=$(served PKIOperation)
    [ "$after" -eq $((before + 1)) ]
    client 0 enroll -d -u "$url" -c ca.crt -k device.key -r device.csr \
        -l again.crt
    [[ "$stderr" == *"POST $url"* ]]
}

@test "a wrong challenge is refused" {
    client 0 getca -u "$url" -c ca.crt
    request device wrong
    client 72 enroll -u "$url" -c ca.crt -k device.key -r device.csr \
        -l device.crt
    [[ "$output" == *"./sscep: pkistatus: FAILURE"* ]]
    [[ "$output" == *"Transaction not permitted or supported"* ]]
    [ ! -e device.crt ]
}

@test "no challenge is refused" {
    client 0 getca -u "$url" -c ca.crt
    request device
    client 72 enroll -u "$url" -c ca.crt -k device.key -r device.csr \
        -l device.crt
    [ ! -e device.crt ]
}

# renew MESSAGE-TYPE [ARGUMENT...]: with a new key; this server requires the
# challenge for renewals as well.
renew() {
    enroll device
    mv device.crt old.crt
    mv device.key old.key
    rm device.csr
    request device secret
    client 0 enroll -u "$url" -c ca.crt -K old.key -O old.crt \
        -k device.key -r device.csr -l device.crt "${@:2}"
    certified device
    [ "$(cat device.key)" != "$(cat old.key)" ]
    [ "$(openssl x509 -in device.crt -noout -serial)" != \
        "$(openssl x509 -in old.crt -noout -serial)" ]
    grep scep_message_type "$BATS_FILE_TMPDIR/log" | tail -n 1 |
        grep -F "scep_message_type=\"$1\""
}

@test "a renewal is a RenewalReq" {
    renew "RenewalReq (17)"
}

@test "a renewal as PKCSReq" {
    renew "PKCSReq (19)" --renewal 19
}

@test "a renewal without challenge is refused, and the error names the option" {
    enroll device
    mv device.crt old.crt
    mv device.key old.key
    rm device.csr
    request device
    client 72 enroll -u "$url" -c ca.crt -K old.key -O old.crt \
        -k device.key -r device.csr -l device.crt
    [[ "$stderr" == *"--renewal 19"* ]]
    [ ! -e device.crt ]
}

# --- nginx in front of it -----------------------------------------------------

# Its process id is $https_pid; tls-ca.pem issued its certificate for localhost.
start_nginx() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout tls.key -out tls.pem \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 2
    mkdir nginx
    nginx_conf "$PWD/nginx" <<END
    server {
        listen 127.0.0.1:8443 ssl;
        ssl_certificate $PWD/tls.pem;
        ssl_certificate_key $PWD/tls.key;
        location / { proxy_pass http://127.0.0.1:$port; }
    }
END
    serve nginx/out 8443 -- nginx_in "$PWD/nginx" || return
    https_pid=$served_pid
}

teardown() {
    end "${https_pid:-}"
}

@test "https with nginx in front: getcaps, getca, enroll" {
    PATH=$PATH:/usr/sbin
    command -v nginx || skip "nginx is not installed"
    start_nginx
    url=https://localhost:8443/scep
    client 95 getca -u "$url" -c ca.crt
    [[ "$stderr" == *"not trusted: self-signed certificate"* ]]
    [ ! -s nginx/access.log ]
    printf '[sscep]\nTLSCAFile = tls.pem\nURL = %s\n' "$url" >sscep.conf
    client 0 getcaps -f sscep.conf
    client 0 getca -f sscep.conf -c ca.crt
    request secure secret
    client 0 enroll -f sscep.conf -c ca.crt -k secure.key -r secure.csr \
        -l secure.crt
    certified secure
    grep -q '"POST /scep?operation=PKIOperation HTTP/1.1" 200' nginx/access.log
}
