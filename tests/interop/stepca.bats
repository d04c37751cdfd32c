#!/usr/bin/env bats
#
# sscep against the SCEP server of step-ca 0.19 or 0.20, which is built here
# from Debian's packages golang-go and golang-github-smallstep-certificates-dev.
# Like all tests of this directory it runs in a private network, which
# "scripts/test interop" makes.
#
# The CA is an RSA intermediate below a root; each provisioner of ca.json has
# its own URL.

load helper

setup_file() {
    prepare
    export server=$BATS_FILE_TMPDIR port=8081 tls_port=8444
    export url=http://127.0.0.1:$port/scep
    export tls_url=https://localhost:$tls_port/scep
    build_server
    make_authority
    configure_server
    start_server
}

teardown_file() {
    end "${server_pid:-}"
}

setup() {
    mkdir "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work" || return
    ln -s "$SSCEP" sscep
}

# --- the server -------------------------------------------------------------

# GOGC=400 uses more memory to save time; Go caches what it has built before.
build_server() {
    if ! (cd "$BATS_TEST_DIRNAME/stepca" &&
        GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS='' GOGC=400 \
            timeout $((400 * ${slowness:-1})) go build -buildvcs=false -ldflags '-s -w' \
            -o "$server/stepca" .) >"$server/build.log" 2>&1; then
        cat "$server/build.log" >&2
        return 1
    fi
}

make_authority() {
    cat >"$server/ca.cnf" <<'END'
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ intermediate ]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign, digitalSignature, keyEncipherment
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
    certify root 1 -signkey "$server/root.key"
    certify intermediate 2 -CA "$server/root.crt" -CAkey "$server/root.key"
}

# certify NAME SERIAL SIGNER...: makes NAME.key and NAME.crt.
certify() {
    openssl req -new -newkey rsa:2048 -nodes -keyout "$server/$1.key" \
        -subj "/O=Interop/CN=$1" -out "$server/$1.csr" 2>/dev/null
    openssl x509 -req -in "$server/$1.csr" -days 30 -set_serial "$2" \
        -extfile "$server/ca.cnf" -extensions "$1" "${@:3}" \
        -out "$server/$1.crt" 2>/dev/null
}

# The numbers of the ciphers of replies: 0 is DES, 1 AES-128, 2 AES-256.  The
# server speaks https at "address", with a certificate for the dnsNames that the
# intermediate issues when the server starts.
configure_server() {
    cat >"$server/ca.json" <<END
{
    "root": "$server/root.crt",
    "crt": "$server/intermediate.crt",
    "key": "$server/intermediate.key",
    "address": "127.0.0.1:$tls_port",
    "insecureAddress": "127.0.0.1:$port",
    "dnsNames": ["localhost"],
    "logger": {"format": "json"},
    "db": {"type": "badgerv2", "dataSource": "$server/db"},
    "authority": {"provisioners": [
        {"type": "SCEP", "name": "des", "challenge": "secret",
            "encryptionAlgorithmIdentifier": 0},
        {"type": "SCEP", "name": "aes128", "challenge": "secret",
            "encryptionAlgorithmIdentifier": 1},
        {"type": "SCEP", "name": "aes256", "challenge": "secret",
            "encryptionAlgorithmIdentifier": 2},
        {"type": "SCEP", "name": "root", "challenge": "secret",
            "encryptionAlgorithmIdentifier": 1, "includeRoot": true},
        {"type": "SCEP", "name": "cn", "challenge": "secret",
            "encryptionAlgorithmIdentifier": 1, "forceCN": true},
        {"type": "SCEP", "name": "get", "challenge": "secret",
            "encryptionAlgorithmIdentifier": 1,
            "capabilities": ["AES", "SHA-256"]}
    ]}
}
END
}

start_server() {
    STEPPATH=$server/step serve "$server/log" "$port" "$tls_port" -- \
        "$server/stepca" "$server/ca.json" || return
    export server_pid=$served_pid
}

# --- the client -------------------------------------------------------------

# enroll PROVISIONER NAME [ARGUMENT...]: from the request to NAME.crt.
enroll() {
    client 0 getca -u "$url/$1" -c ca.crt
    request "$2" secret
    client 0 enroll -u "$url/$1" -c ca.crt -k "$2.key" -r "$2.csr" \
        -l "$2.crt" "${@:3}"
    [[ "$output" == *"./sscep: pkistatus: SUCCESS"* ]]
    [[ "$output" == *"./sscep: certificate written as $2.crt" ]]
}

# certified NAME: this CA issued NAME.crt, with this name and the key NAME.key.
certified() {
    openssl verify -CAfile "$server/root.crt" \
        -untrusted "$server/intermediate.crt" "$1.crt"
    is_for "$1"
}

# same FILE FILE: both hold the same certificate.
same() {
    [ "$(openssl x509 -in "$1" -outform DER | sha256sum)" = \
        "$(openssl x509 -in "$2" -outform DER | sha256sum)" ]
}

# reply_in PROVISIONER CIPHER: the server encrypts its replies with CIPHER.  The
# test posts a message of the client itself, and parses the reply with openssl.
reply_in() {
    client 0 enroll -u "$url/$1" -c ca.crt -k device.key -r device.csr \
        -m message.pem
    sed '/^-/d' message.pem | base64 -d >message
    post "/scep/$1?operation=PKIOperation" message >reply
    openssl cms -verify -noverify -binary -inform DER -in reply -out envelope
    openssl cms -cmsout -print -noout -inform DER -in envelope |
        grep -A 1 contentEncryptionAlgorithm | tee algorithm
    [[ "$(cat algorithm)" == *"algorithm: $2 ("* ]]
}

# post TARGET FILE: posts FILE and prints the body of the answer.
post() {
    local connection
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    printf 'POST %s HTTP/1.0\r\nContent-Length: %s\r\n\r\n' \
        "$1" "$(stat -c %s "$2")" >&"$connection"
    cat "$2" >&"$connection"
    LC_ALL=C timeout 20 sed '1,/^\r$/d' <&"$connection"
    exec {connection}>&-
}

# --- tests ------------------------------------------------------------------

# The last line of the answer, POSTPKIOperation, has no line end.
@test "getcaps lists what the server announces" {
    client 0 getcaps -u "$url/aes128"
    [ "$output" = "./sscep: scep capabilities: AES, DES3, POSTPKIOperation, \
Renewal, SHA-1, SHA-256, SCEPStandard" ]
    [ -z "$stderr" ]
}

@test "getca writes one certificate, the intermediate" {
    client 0 getca -u "$url/aes128" -c ca.crt -F sha256
    [ "$(ls)" = $'ca.crt\nsscep' ]
    same ca.crt "$server/intermediate.crt"
    openssl x509 -in ca.crt -noout -fingerprint -sha256 >fingerprint
    [[ "$output" == *"SHA256 fingerprint: $(cut -d = -f 2 fingerprint)"* ]]
    [[ "$output" == *"CA certificate written as ca.crt" ]]
}

@test "getca writes two certificates, the intermediate and the root" {
    client 0 getca -u "$url/root" -c ca.crt
    [ "$(ls)" = $'ca.crt-0\nca.crt-1\nsscep' ]
    same ca.crt-0 "$server/intermediate.crt"
    same ca.crt-1 "$server/root.crt"
    [[ "$output" == *"subject: /O=Interop/CN=intermediate"*\
"certificate written as ca.crt-0"*\
"subject: /O=Interop/CN=root"*\
"certificate written as ca.crt-1"* ]]
}

@test "enroll with a key and a request that it makes" {
    local type
    client 0 getca -u "$url/aes128" -c ca.crt
    refused_once
    for type in rsa:2048 rsa:3072; do
        client 0 enroll -u "$url/aes128" -c ca.crt -k device.key \
            -l device.crt --new-key "$type" --subject /CN=device.example.org \
            --san DNS:device.example.org --eku serverAuth,clientAuth \
            --challenge pass:secret
        certified device
        openssl x509 -in device.crt -noout -ext subjectAltName |
            grep 'DNS:device.example.org'
        rm device.key
    done
}

# The key of a try that is refused is used by the next.
refused_once() {
    client 72 enroll -u "$url/aes128" -c ca.crt -k device.key -l device.crt \
        --new-key rsa:2048 --subject /CN=device.example.org \
        --challenge pass:wrong
    [ -s device.key ]
    [ ! -e device.crt ]
}

@test "getca of a provisioner that does not exist" {
    client 95 getca -u "$url/none" -c ca.crt
    refused_by ./sscep --answered 95 "$url/none: " "500"
}

# The server announces SHA-256 but signs with SHA-1.
other_warnings() {
    grep -vxF "./sscep: warning: the reply is signed with sha1, although the \
server announces sha256 [weak-signature]" <<<"$stderr"
}

@test "enroll, with a reply in DES and a warning" {
    enroll des device
    [[ "$(other_warnings)" == "./sscep: warning: "*[Dd][Ee][Ss]*"obsolete"* ]]
    [ "$(wc -l <<<"$(other_warnings)")" -eq 1 ]
    certified device
    reply_in des des-cbc
}

@test "enroll, with a reply in AES-128" {
    enroll aes128 device
    [ -z "$(other_warnings)" ]
    certified device
    reply_in aes128 aes-128-cbc
}

@test "enroll, with a reply in AES-256" {
    enroll aes256 device
    [ -z "$(other_warnings)" ]
    certified device
    reply_in aes256 aes-256-cbc
}

@test "enroll with the intermediate and the root at hand" {
    enroll root device
    [ -z "$(other_warnings)" ]
    [ -e ca.crt-1 ]
    certified device
}

# enroll_in CIPHER DIGEST OPENSSL-CIPHER: enrols with these algorithms.
enroll_in() {
    enroll aes128 device -E "$1" -S "$2"
    certified device
    client 0 enroll -u "$url/aes128" -c ca.crt -k device.key -r device.csr \
        -E "$1" -S "$2" -m message.pem
    openssl cms -cmsout -print -noout -inform PEM -in message.pem >text
    grep -A 1 digestAlgorithm: text | grep -F "algorithm: $2 ("
    openssl cms -verify -noverify -binary -inform PEM -in message.pem \
        -out envelope
    openssl cms -cmsout -print -noout -inform DER -in envelope |
        grep -A 1 contentEncryptionAlgorithm | grep -F "algorithm: $3 ("
}

@test "the server reads a request in 3DES and SHA-1" {
    enroll_in 3des sha1 des-ede3-cbc
}

@test "the server reads a request in AES-256 and SHA-512" {
    enroll_in aes256 sha512 aes-256-cbc
}

# The server adds the first subjectAltName as the common name.
@test "a subject that the CA changed is reported" {
    cat >device.cnf <<'END'
[ req ]
prompt = no
distinguished_name = subject
attributes = attributes
req_extensions = extensions
[ subject ]
O = Elsewhere
[ attributes ]
challengePassword = secret
[ extensions ]
subjectAltName = DNS:device.example.org
END
    openssl req -new -newkey rsa:2048 -nodes -keyout device.key \
        -config device.cnf -out device.csr 2>/dev/null
    client 0 getca -u "$url/cn" -c ca.crt
    client 0 enroll -u "$url/cn" -c ca.crt -k device.key -r device.csr \
        -l device.crt
    openssl verify -CAfile "$server/root.crt" -untrusted ca.crt device.crt
    [ "$(openssl x509 -in device.crt -noout -subject -nameopt RFC2253)" = \
        "subject=CN=device.example.org,O=Elsewhere" ]
    [[ "$stderr" == *"changed the subject to /O=Elsewhere/CN=device"* ]]
}

# renewal CHALLENGE...: renames device.crt to old.crt and makes a new request.
renewal() {
    enroll aes128 device
    mv device.crt old.crt
    mv device.key old.key
    rm device.csr
    request device "$@"
}

# renew MESSAGE-TYPE [ARGUMENT...]: this server requires the challenge here too.
renew() {
    renewal secret
    client 0 enroll -d -u "$url/aes128" -c ca.crt -K old.key -O old.crt \
        -k device.key -r device.csr -l device.crt "${@:2}"
    [[ "$stderr" == *"./sscep: $1, "* ]]
    certified device
    [ "$(cat device.key)" != "$(cat old.key)" ]
    [ "$(openssl x509 -in device.crt -noout -serial)" != \
        "$(openssl x509 -in old.crt -noout -serial)" ]
}

@test "a renewal is a RenewalReq" {
    renew RenewalReq
}

@test "a renewal as PKCSReq" {
    renew PKCSReq --renewal 19
}

@test "a renewal without challenge is refused" {
    renewal
    client 72 enroll -u "$url/aes128" -c ca.crt -K old.key -O old.crt \
        -k device.key -r device.csr -l device.crt
    refused_by ./sscep --answered --warned "signed with sha1" 72 \
        "badRequest, \"wrong password provided\""
}

# The text has another OID and type than failInfoText (RFC 8894, 3.2.1).
@test "a wrong challenge is refused, with the text of the server" {
    client 0 getca -u "$url/aes128" -c ca.crt
    request device wrong
    client 72 enroll -u "$url/aes128" -c ca.crt -k device.key -r device.csr \
        -l device.crt
    refused_by ./sscep --answered --warned "signed with sha1" 72 \
        "badRequest, \"wrong password provided\""
    [[ "$output" == *"./sscep: pkistatus: FAILURE"* ]]
    [[ "$output" == *"reason: Transaction not permitted or supported"* ]]
}

# takes_get: the server has version 0.20, which processes a PKIOperation by GET
# like one by POST, and so answers an invalid message with status 500.  Version
# 0.19 accepts only base64url, and always sends an empty answer.
takes_get() {
    local connection line
    exec {connection}<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET %s HTTP/1.0\r\n\r\n' \
        "/scep/get?operation=PKIOperation&message=AAAA" >&"$connection"
    read -r -t 20 line <&"$connection"
    exec {connection}>&-
    case $line in
    "HTTP/1.0 500 "*) return 0 ;;
    "HTTP/1.0 200 "*) return 1 ;;
    esac
    echo "neither of both: $line" >&2
    exit 1
}

# The server reads the first "message" of the query; the URL has one.
@test "a PKIOperation by GET with an invalid message" {
    client 0 getca -u "$url/get" -c ca.crt
    request device secret
    if takes_get; then
        answer='"size":[1-9][0-9]*,"status":500'
        client 95 enroll -u "$url/get?message=AAAA" -c ca.crt -k device.key \
            -r device.csr -l device.crt
        refused_by ./sscep --answered --warned "announces no POST" 95 \
            "$url/get: " "500" "get request failed"
    else
        answer='"size":0,"status":200'
        client 97 enroll -u "$url/get?message=AAAA" -c ca.crt -k device.key \
            -r device.csr -l device.crt
        refused_by ./sscep --answered --warned "announces no POST" 97 \
            "reply: " "empty"
    fi
    grep '"path":"/scep/get?message=AAAA.*operation=PKIOperation' \
        "$server/log" | grep "$answer"
}

@test "a PKIOperation by GET" {
    client 0 getca -u "$url/get" -c ca.crt
    request device secret
    if takes_get; then
        client 0 enroll -d -u "$url/get" -c ca.crt -k device.key \
            -r device.csr -l device.crt
        [[ "$stderr" == *"./sscep: GET $url/get, "* ]]
        [[ "$output" == *"./sscep: pkistatus: SUCCESS"* ]]
        certified device
        grep '"method":"GET".*"path":"/scep/get?operation=PKIOperation' \
            "$server/log" | grep '"status":200'
    else
        client 95 enroll -u "$url/get" -c ca.crt -k device.key -r device.csr \
            -l device.crt
        refused_by ./sscep --answered --warned "announces no POST" 95 \
            "$url/get: " "500" "illegal base64"
    fi
}

@test "getcert is not supported" {
    enroll aes128 device
    client 95 getcert -u "$url/aes128" -c ca.crt -k device.key \
        -l device.crt -s 0x10 -w other.crt
    refused_by ./sscep --answered 95 "$url/aes128: " "500" "not implemented"
}

@test "getcrl is not supported" {
    enroll aes128 device
    client 95 getcrl -u "$url/aes128" -c ca.crt -k device.key \
        -l device.crt -w ca.crl
    refused_by ./sscep --answered 95 "$url/aes128: " "500" "not implemented"
}

@test "getnextca is not supported" {
    client 76 getnextca -u "$url/aes128" -c next.crt -C "$server/root.crt"
    refused_by ./sscep --answered 76 "no next CA certificate" "500"
}

# --- https, with the server's own certificate -------------------------------

# The lines of the log for the URL of a provisioner.
asked() {
    grep -c "\"path\":\"/scep/$1?" "$server/log" || true
}

# The certificate in the handshake is for localhost, issued by the intermediate,
# and was never in a file.
@test "https: the certificate of the server is issued by its CA" {
    openssl s_client -connect "127.0.0.1:$tls_port" -servername localhost \
        -showcerts </dev/null >handshake 2>/dev/null
    openssl x509 -in handshake -out tls.crt
    openssl verify -CAfile "$server/root.crt" \
        -untrusted "$server/intermediate.crt" -verify_hostname localhost \
        tls.crt
    [ "$(grep -c 'BEGIN CERTIFICATE' handshake)" -eq 2 ]
    [ "$(openssl x509 -in tls.crt -noout -issuer -nameopt RFC2253)" = \
        "issuer=CN=intermediate,O=Interop" ]
}

@test "https: getcaps, getca, enroll" {
    client 0 getcaps -u "$tls_url/aes128" --tls-ca-file "$server/root.crt"
    [ "$output" = "./sscep: scep capabilities: AES, DES3, POSTPKIOperation, \
Renewal, SHA-1, SHA-256, SCEPStandard" ]
    client 0 getca -u "$tls_url/aes128" -c ca.crt \
        --tls-ca-file "$server/root.crt"
    same ca.crt "$server/intermediate.crt"
    request device secret
    client 0 enroll -d -u "$tls_url/aes128" -c ca.crt -k device.key \
        -r device.csr -l device.crt --tls-ca-file "$server/root.crt"
    [[ "$output" == *"./sscep: pkistatus: SUCCESS"* ]]
    [[ "$stderr" == *"POST $tls_url/aes128"* ]]
    certified device
}

# The first contact: the root, fetched over plain http with a pin, is all that
# https needs.
@test "https: trusted with the root that getca fetched over plain http" {
    client 0 getca -u "$url/root" -c ca.crt --ca-fingerprint \
        "$(openssl x509 -in "$server/root.crt" -noout -fingerprint -sha256 |
            cut -d = -f 2)"
    client 0 getcaps -u "$tls_url/root" --tls-ca-file ca.crt-1
    [ -z "$stderr" ]
}

# untrusted TEXT ARGUMENT...: getca and enroll fail in the handshake, before the
# server receives a request.
untrusted() {
    local before
    request device secret
    before=$(asked des)
    client 95 getca -u "$tls_url/des" -c ca.crt "${@:2}"
    refused_by ./sscep --answered 95 "localhost:$tls_port: " "$1"
    client 95 enroll -u "$tls_url/des" -c "$server/intermediate.crt" \
        -k device.key -r device.csr -l device.crt "${@:2}"
    refused_by ./sscep 95 "localhost:$tls_port: " "$1"
    [ "$(asked des)" -eq "$before" ]
    client 0 getca -u "$tls_url/des" -c ca.crt \
        --tls-ca-file "$server/root.crt"
    [ "$(asked des)" -gt "$before" ]
}

@test "https: not trusted without its root" {
    untrusted "not trusted"
}

@test "https: not trusted with another root" {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout other.key \
        -out other.crt -subj /O=Interop/CN=root -days 2 2>/dev/null
    untrusted "not trusted" --tls-ca-file other.crt
}

# The certificate has no IP address.
@test "https: refused for another name" {
    local before
    before=$(asked aes256)
    client 95 getca -u "https://127.0.0.1:$tls_port/scep/aes256" -c ca.crt \
        --tls-ca-file "$server/root.crt"
    refused_by ./sscep --answered 95 "127.0.0.1:$tls_port: " "IP address mismatch"
    [ "$(asked aes256)" -eq "$before" ]
}

@test "https: a wrong challenge is refused as over plain http" {
    client 0 getca -u "$tls_url/aes128" -c ca.crt \
        --tls-ca-file "$server/root.crt"
    request device wrong
    client 72 enroll -u "$tls_url/aes128" -c ca.crt -k device.key \
        -r device.csr -l device.crt --tls-ca-file "$server/root.crt"
    refused_by ./sscep --answered --warned "signed with sha1" 72 \
        "badRequest, \"wrong password provided\""
}

@test "http to the port of https, and https to that of http" {
    client 95 getca -u "http://localhost:$tls_port/scep/aes128" -c ca.crt
    refused_by ./sscep --answered 95 "400" "HTTP request to an HTTPS server"
    client 95 getca -u "https://localhost:$port/scep/aes128" -c ca.crt \
        --tls-ca-file "$server/root.crt"
    refused_by ./sscep --answered 95 "localhost:$port: "
}
