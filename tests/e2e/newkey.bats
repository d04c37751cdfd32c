#!/usr/bin/env bats
#
# enroll makes the key and the request: what it asks for, as openssl would make
# it, and what is left when something fails.

load helper
load namespace
load servers
load newkey

# certified, and the last run said so.
said_and_certified() {
    stdout_line "$sscep: certificate written as new.crt"
    certified
}

mode() {
    stat -c %a "$1"
}

# dumped OPTION...: the request in the message of -m, decrypted: made.der.
dumped() {
    rm -f message.pem made.der
    run_sscep enroll -u "$URL" -c ca.crt -k new.key -m message.pem "$@"
    expect_status 0
    sed '/^-/d' message.pem | base64 -d >message.der
    openssl cms -verify -noverify -binary -inform DER -in message.der \
        -out envelope.der 2>/dev/null
    openssl cms -decrypt -binary -inform DER -in envelope.der \
        -inkey "$ca/ca.key" -recip "$ca/ca.crt" -out made.der
    openssl req -in made.der -inform DER -noout -verify 2>/dev/null
}

# same_info FILE FILE: both requests, in DER, ask for the same, byte by byte.
same_info() {
    python3 - "$@" <<'END_PYTHON' || problem "the requests differ" \
        "$(openssl req -in "$1" -inform DER -noout -text)" \
        "$(openssl req -in "$2" -inform DER -noout -text)"
import sys
from asn1crypto import csr
a, b = (csr.CertificationRequest.load(open(name, "rb").read())
        ["certification_request_info"] for name in sys.argv[1:])
assert a.dump() == b.dump()
END_PYTHON
}

# openssl_request SUBJECT [LINE...]: makes expected.der for new.key; the lines
# are extensions.  With $challenge the subject is /CN=a: openssl adds attributes
# only where -subj is not given.
openssl_request() {
    local subject=(-subj "$1")
    [ -z "${challenge:-}" ] || subject=()
    {
        printf '[req]\nprompt = no\ndistinguished_name = dn\n'
        printf 'string_mask = utf8only\nutf8 = yes\n'
        [ $# -eq 1 ] || printf 'req_extensions = extensions\n'
        [ -z "${challenge:-}" ] || printf 'attributes = attributes\n'
        printf '[attributes]\nchallengePassword = %s\n' "${challenge:-}"
        printf '[dn]\nCN = a\n[extensions]\n'
        printf '%s\n' "${@:2}"
    } >openssl.cnf
    openssl req -new -utf8 -config openssl.cnf -key new.key \
        "${subject[@]}" -outform DER -out expected.der
}

take_key() {
    cp "$shared/ec.key" new.key
}

@test "one command: a key, a request, a certificate" {
    start --challenge secret
    C=secret make --new-key ec:P-256 --subject /CN=router1 --challenge env:C
    said_and_certified
    expect_equal "the mode" 600 "$(mode new.key)"
    expect_equal "what is there" "ca.crt new.crt new.key sscep" \
        "$(find . -mindepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd' ')"
    expect_equal "the subject" "subject=CN=router1" \
        "$(openssl x509 -in new.crt -noout -subject | tr -d ' ')"
    stdout_line "$sscep: private key written as new.key"
    stderr_empty
}

@test "--json: the files that were written, and no secret" {
    start --challenge secret
    make --json --new-key ec:P-256 --subject /CN=a --challenge pass:secret \
        -r new.csr
    expect_status 0
    python3 - "$stdout" <<'END_PYTHON'
import json, sys
text = open(sys.argv[1]).read()
print(text)
for name in "new.key", "new.csr", "new.crt":
    assert name in json.loads(text)["files"]
assert "secret" not in text
END_PYTHON
}

@test "a first try that is refused, and the second with the same key" {
    start --challenge secret
    local first
    make --new-key ec:P-256 --subject /CN=router1 --challenge pass:wrong
    expect_status 72
    no_file new.crt
    first=$(cat new.key)
    make --new-key ec:P-256 --subject /CN=router1 --challenge pass:secret
    said_and_certified
    expect_equal "the key" "$first" "$(cat new.key)"
    stdout_lacks "private key written"
}

@test "the key is kept when there is no network" {
    start
    stop_ca
    make --new-key rsa:2048 --subject /CN=router1
    expect_status 95
    key_of new.key
    expect_equal "the mode" 600 "$(mode new.key)"
}

@test "every type of key, and an existing one of another type" {
    start
    local type
    for type in rsa:2048 rsa:3072 ec:P-256 EC:p-384; do
        rm -f new.key new.crt
        make --new-key "$type" --subject /CN=router1 --challenge pass:x
        said_and_certified
    done
    openssl pkey -in new.key -noout -text | grep -q P-384
    rm new.crt
    snapshot
    make --new-key rsa:2048 --subject /CN=router1
    expect_status 93
    only_error "private key new.key" "is not of type rsa:2048"
    nothing_written
}

@test "without --new-key: the key of -k, which must be there" {
    start
    make --subject /CN=router1
    expect_status 93
    only_error "private key new.key: there is none" "--new-key"
    nothing_sent
    cp "$shared/local.key" new.key
    make --subject /CN=router1
    said_and_certified
}

@test "the subject is as openssl makes it" {
    start
    take_key
    local subject
    for subject in /CN=a /C=FI/ST=b/L=c/O=d/OU=e/CN=f '/CN=a\/b' '/CN=a\+b' \
        '/CN=a\\b' '/CN=a\=b=c' '/CN=a, b' '/CN=\2C#0c01' '/O=Hyvää/CN=€' \
        /CN=a+serialNumber=12/OU=b '/serialNumber=b+CN=a' \
        /DC=org/DC=example/CN=a /CN=a/emailAddress=a@b.example / \
        '/CN=\ a\ '; do
        openssl_request "$subject" subjectAltName=DNS:a
        if [ "$subject" = / ]; then
            openssl_request / subjectAltName=critical,DNS:a
        fi
        dumped --subject "$subject" --san DNS:a --challenge pass:x
        openssl req -in made.der -inform DER -noout -subject >made
        openssl req -in expected.der -inform DER -noout -subject |
            diff made - || problem "the subject differs: $subject"
        without_challenge made.der
        same_info made.der expected.der
    done
}

# The key is EC: the message needs a challengePassword.  It is left out here.
without_challenge() {
    python3 - "$1" <<'END_PYTHON'
import sys
from asn1crypto import csr
r = csr.CertificationRequest.load(open(sys.argv[1], "rb").read())
info = r["certification_request_info"]
kept = [a for a in info["attributes"]
        if a["type"].native != "challenge_password"]
assert len(kept) == len(info["attributes"]) - 1
info["attributes"] = csr.CRIAttributes(kept, implicit=("context", 0))
r["certification_request_info"] = info
open(sys.argv[1], "wb").write(r.dump(force=True))
END_PYTHON
}

@test "names, purposes, template and challenge are as openssl makes them" {
    start
    take_key
    local challenge='sec*ret-ä'
    openssl_request /CN=a "subjectAltName = DNS:a.example,DNS:*.b.example,\
IP:192.0.2.1,IP:2001:db8::1,email:a@b.example,URI:urn:x,\
otherName:1.3.6.1.4.1.311.20.2.3;UTF8:a@b.example" \
        'keyUsage = critical, digitalSignature, keyAgreement' \
        'extendedKeyUsage = serverAuth, clientAuth, 1.3.6.1.5.5.7.3.17' \
        '1.3.6.1.4.1.311.20.2 = ASN1:UTF8String:pc-client'
    dumped --subject /CN=a --san DNS:a.example,dns:*.b.example \
        --san 'ip:192.0.2.1, IP:2001:db8::1' \
        --san email:a@b.example,URI:urn:x,UPN:a@b.example \
        --eku serverAuth,clientauth,1.3.6.1.5.5.7.3.17 --template pc-client \
        --challenge "pass:$challenge"
    same_info made.der expected.der
    cp "$shared/local.key" new.key
    challenge=
    openssl_request /CN=a \
        'keyUsage = critical, digitalSignature, keyEncipherment'
    dumped --subject /CN=a --ku
    same_info made.der expected.der
    openssl_request /CN=a
    dumped --subject /CN=a
    same_info made.der expected.der
}

@test "a name with a comma or a newline brings no other name along" {
    start
    take_key
    dumped --subject /CN=a --san 'URI:http://a/\,DNS:evil.example' \
        --challenge pass:x
    openssl req -in made.der -inform DER -noout -text >text
    grep -q 'URI:http://a/,DNS:evil.example' text
    python3 - made.der <<'END_PYTHON'
import sys
from asn1crypto import csr
r = csr.CertificationRequest.load(open(sys.argv[1], "rb").read())
for a in r["certification_request_info"]["attributes"]:
    if a["type"].native == "extension_request":
        names = a["values"][0][0]["extn_value"].parsed
        assert [n.name for n in names] == ["uniform_resource_identifier"]
END_PYTHON
    : >"$ca/log"
    make --subject /CN=a --san $'DNS:a\n,DNS:evil.example'
    misuse "option --san" "DNS:a\\x0a"
    make --subject $'/CN=a\nb'
    misuse "option --subject: CN has a control character"
    nothing_sent
}

@test "the challenge: PrintableString where it can be, else UTF8String" {
    start --challenge "it's 1, (a)"
    make --new-key rsa:2048 --subject /CN=a --challenge "pass:it's 1, (a)"
    said_and_certified
    expect_equal "its type" PrintableString "$(messages challengePasswordType)"
    stop_ca
    rm new.crt "$ca/log"
    start --challenge 'ä*'
    printf 'ä*\nnot this\n' >challenge
    make --subject /CN=a --challenge file:challenge
    said_and_certified
    expect_equal "its type" UTF8String "$(messages challengePasswordType)"
}

@test "pass phrases and the challenge from standard input, a line each" {
    start --challenge second
    status=0
    printf 'first\nsecond\n' | "$sscep" enroll -u "$URL" -c ca.crt -k new.key \
        -l new.crt --new-key ec:P-256 --subject /CN=a --key-passout stdin \
        --challenge stdin >"$stdout" 2>"$stderr" || status=$?
    expect_status 0
    openssl pkey -in new.key -passin pass:first -noout
}

@test "--key-passout: PKCS#8, AES-256, PBKDF2; the same command again opens it" {
    start
    make --new-key rsa:2048 --subject /CN=a --key-passout pass:swordfish
    expect_status 0
    grep -q 'BEGIN ENCRYPTED PRIVATE KEY' new.key
    openssl asn1parse -in new.key >parsed
    grep -q PBKDF2 parsed
    grep -q hmacWithSHA256 parsed
    grep -q aes-256-cbc parsed
    local first
    first=$(cat new.key)
    make --new-key rsa:2048 --subject /CN=a --key-passout pass:swordfish
    expect_status 0
    make --subject /CN=a --passin pass:swordfish
    expect_status 0
    expect_equal "the key" "$first" "$(cat new.key)"
    make -v --new-key rsa:2048 --subject /CN=a --key-passout pass:sword \
        --challenge pass:hidden-one
    expect_status 93
    stderr_has "the pass phrase is wrong"
    stderr_lacks hidden-one
    stderr_lacks pass:sword
}

@test "-r: the request is kept, for its owner only, and never overwritten" {
    start
    make --new-key ec:P-256 --subject /CN=a --challenge pass:x -r new.csr
    said_and_certified
    stdout_line "$sscep: request written as new.csr"
    expect_equal "the mode" 600 "$(mode new.csr)"
    openssl req -in new.csr -noout -verify
    local first
    first=$(cat new.csr)
    make --new-key ec:P-256 --subject /CN=a --challenge pass:x -r new.csr
    said_and_certified
    rm new.crt
    make --new-key ec:P-256 --subject /CN=b --challenge pass:x -r new.csr
    expect_status 93
    only_error "request new.csr: it is there, and is not what these options"
    no_file new.crt
    expect_equal "the request" "$first" "$(cat new.csr)"
    make -k other.key --new-key ec:P-256 --subject /CN=a -r new.csr
    expect_status 93
    only_error "request new.csr: it is there, but its private key other.key is"
    make -k other.key --new-key ec:P-256 -K new.key -O no.crt
    expect_status 93
    only_error "signature certificate no.crt"
    no_file other.key
    make --new-key ec:P-256 --subject /CN=a -r -
    misuse "the request that is made is not written to -r -"
}

@test "a key and a request that are made are outputs: no other file is theirs" {
    local other
    start
    for other in -r -l -L -m --chain -K; do
        make --new-key ec:P-256 --subject /CN=a -K k -O o "$other" new.key
        misuse "-k and $other are the same file, new.key"
    done
    for other in -l -L -m --chain -O; do
        make --new-key ec:P-256 --subject /CN=a -K k -O o -r new.csr \
            "$other" ./new.csr
        misuse "-r and $other are the same file, new.csr"
    done
    make --new-key ec:P-256 --subject /CN=a -k ca.crt-1
    misuse "-k and -c are the same file, ca.crt-1"
    expect_equal "what is there" "ca.crt sscep" \
        "$(find . -mindepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd' ')"
    nothing_sent
}

@test "a power failure: key and request are on the disk, with their names" {
    start
    trace_calls fsync,fdatasync make --new-key ec:P-256 --subject /CN=a -r new.csr
    said_and_certified
    synced new.key work new.csr work new.crt work
    rm new.crt
    trace_calls fsync,fdatasync make --new-key ec:P-256 --subject /CN=a -r new.csr
    said_and_certified
    synced new.crt work
}

@test "-R: the request is read, or made again from the key" {
    start --pending 2
    local how
    for how in read made; do
        rm -f new.key new.crt new.csr
        make --new-key rsa:2048 --subject "/CN=$how" -r new.csr -n 0
        expect_status 3
        [ "$how" = read ] || rm new.csr
        make --new-key rsa:2048 --subject "/CN=$how" -r new.csr -R -t 0
        said_and_certified
    done
    rm new.key
    make --new-key rsa:2048 --subject /CN=a -R
    expect_status 93
    only_error "private key new.key: there is none, and -R needs"
}

@test "a renewal without -r asks for what the certificate has" {
    start
    make --new-key rsa:2048 --subject '/C=FI/O=Hyvää/CN=a' \
        --san DNS:a.example,IP:192.0.2.1
    said_and_certified
    mv new.key old.key
    mv new.crt old.crt
    : >"$ca/log"
    make --new-key rsa:2048 -K old.key -O old.crt
    said_and_certified
    stderr_empty
    expect_equal "the subject" "$(openssl x509 -in old.crt -noout -subject)" \
        "$(openssl x509 -in new.crt -noout -subject)"
    expect_equal "the names" \
        "$(openssl x509 -in old.crt -noout -ext subjectAltName)" \
        "$(openssl x509 -in new.crt -noout -ext subjectAltName)"
    expect_equal "the message" 17 "$(messages messageType | head -n 1)"
    make -K old.key -O old.crt --san DNS:b.example
    said_and_certified
    openssl x509 -in new.crt -noout -ext subjectAltName | grep -q 'DNS:b.example'
}

@test "every profile of the test CA: two types of keys, and a renewal" {
    local profile type
    for profile in single chain ra ra-chain ra-pair; do
        for type in ec:P-256 rsa:2048; do
            ca=$BATS_TEST_TMPDIR/$profile-$type
            rm -f ./*.crt ./*.crt-* new.key old.key
            start_ca --profile "$profile" --challenge secret
            run_sscep getca -u "$URL" -c ca.crt
            expect_status 0
            make --new-key "$type" --subject /CN=router1 --challenge pass:secret
            said_and_certified
            mv new.key old.key
            mv new.crt old.crt
            make --new-key "$type" -K old.key -O old.crt --challenge pass:secret
            said_and_certified
            stop_ca
        done
    done
}

@test "misuse is one clear line, and nothing is made or sent" {
    local options text
    start
    snapshot
    while IFS='|' read -r options text; do
        # shellcheck disable=SC2086
        make --new-key ec:P-256 $options
        misuse "${text# }"
    done <<'END'
--subject CN=a | option --subject: it does not begin with a slash
--subject /CM=a | unknown type of attribute CM
--subject /CN= | the value of CN is empty
--subject /C=FIN | not the two letters of a country
--subject /CN=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | CN has 65 characters, and may have 64
--subject / | there is no name in --san
--subject /CN=a --san IP:1.2.3 | expected an IPv4 or IPv6 address
--subject /CN=a --san a.example | does not begin with DNS:
--subject /CN=a --eku clientauht | unknown purpose clientauht
--subject /CN=a --challenge secret | not a source of a pass phrase
--subject /CN=a --new-key rsa:1024 | unknown type of key rsa:1024
--san DNS:a | missing certificate request (-r, --request), or --subject
-r local.csr | missing subject (--subject)
END
    run_sscep enroll -u "$URL" -c ca.crt -k new.key -l new.crt -r a.csr --ku
    misuse "--ku needs --subject or --new-key"
    make --subject /CN=a --key-passout pass:x
    misuse "--key-passout needs --new-key"
    run_sscep enroll -u "$URL" -c ca.crt -l new.crt -K a -O b
    misuse "missing private key (-k, --key)"
    make --new-key ec:P-256 --subject /CN=a --challenge pass:
    expect_status 1
    only_error "--challenge: the challenge password is empty"
    make --new-key ec:P-256 --subject /CN=a \
        --challenge "pass:$(printf %0256d 0)"
    expect_status 1
    only_error "has 256 characters, and may have 255 (RFC 2985, 5.4.1)"
    nothing_written
    nothing_sent
}

@test "a key in a token is not made, and the message tells how it is" {
    start
    run_sscep enroll -u "$URL" -c ca.crt -l new.crt --new-key ec:P-384 \
        -k 'pkcs11:token=a;object=b?pin-value=1234' --subject /CN=a
    expect_status 1
    only_error "pkcs11-tool --module MODULE --login --keypairgen --key-type \
EC:secp384r1"
    stderr_lacks 1234
    run_sscep enroll -u "$URL" -c ca.crt -l new.crt --new-key rsa:2048 \
        -k handle:0x81000000 --subject /CN=a
    expect_status 1
    only_error "tpm2_create and tpm2_evictcontrol"
    run_sscep enroll -u "$URL" -c ca.crt -l new.crt --new-key rsa:2048 \
        -k mrsa:2048.key --subject /CN=a
    expect_status 1
    only_error "mrsa:2048.key begins as the URI of a key in a token does" \
        "(for a file of that name: ./mrsa:2048.key)"
    nothing_sent
    run_sscep enroll -u "$URL" -c ca.crt -l new.crt --new-key ec:P-256 \
        -k ./mrsa:2048.key --subject /CN=a
    expect_status 0
}

@test "what the type of a key may have been meant as" {
    start
    local text meant
    while read -r text meant; do
        make --subject /CN=a --new-key "$text"
        misuse "unknown type of key $text (did you mean $meant?), not one of"
    done <<'END'
rsa rsa:2048
rsa2048 rsa:2048
RSA-4096 rsa:4096
ec ec:P-256
P-256 ec:P-256
prime256v1 ec:P-256
EC:prime256v1 ec:P-256
ec:p384 ec:P-384
secp384r1 ec:P-384
END
    for text in rsa:1024 ec:P-521 ed448 --; do
        make --subject /CN=a --new-key "$text"
        misuse "unknown type of key $text, not one of"
    done
}

@test "the directory of a key is missing: it is named" {
    start
    run_sscep enroll -u "$URL" -c ca.crt -l new.crt --new-key ec:P-256 \
        -k a/b/new.key --subject /CN=a
    expect_status 93
    only_error "private key a/b/new.key: there is no directory a"
    mkdir a
    run_sscep enroll -u "$URL" -c ca.crt -l new.crt --new-key ec:P-256 \
        -k a/b/new.key --subject /CN=a
    expect_status 93
    only_error "private key a/b/new.key: there is no directory a/b"
    nothing_sent
}

@test "the options by their keys in the configuration file" {
    start --challenge secret
    cat >conf <<END
[sscep]
URL = $URL
CACertFile = ca.crt
[sscep_enroll]
PrivateKeyFile = new.key
LocalCertFile = new.crt
NewKey = ec:P-256
Subject = /C=FI/CN=router1
SubjectAltName = "DNS:a.example,IP:192.0.2.1"
ExtendedKeyUsage = clientAuth
Challenge = pass:secret
END
    run_sscep enroll -f conf
    said_and_certified
    # The renewal script has -r on the command line, and a request of its own.
    take local.key local.csr
    run_sscep enroll -f conf -k local.key -r local.csr -l local.crt
    expect_status 0
    stderr_empty
    expect_equal "the key" "$(key_of local.key)" \
        "$(openssl x509 -in local.crt -noout -pubkey)"
    # Its key may be there, encrypted.
    run_sscep enroll -f conf -r none.csr
    expect_status 93
    only_error "request none.csr: there is none: -r on the command line" \
        "whatever Subject and NewKey of conf say"
    openssl pkcs8 -topk8 -in local.key -passout pass:one -out new.key
    echo 'NewKeyPassword = pass:one' >>conf
    sed -i 's|^NewKey = .*|NewKey = rsa:2048|' conf
    run_sscep enroll -f conf -r local.csr
    expect_status 0
    run_sscep enroll -f conf -k local.key -r local.csr
    expect_status 0
    sed -i 's|^Subject = .*|Subject = CN=a|' conf
    run_sscep enroll -f conf
    expect_status 93
    only_error "conf:8: Subject: it does not begin with a slash"
}

@test "a full disk and a closed directory: no key, no part of one" {
    start
    mkdir full closed
    in_mounts "mount -t tmpfs -o size=4k,mode=0777 tmpfs full
        dd if=/dev/zero of=full/rest bs=4k count=1 2>/dev/null" check_full
    chmod 555 closed
    as_other make -k closed/new.key --new-key ec:P-256 --subject /CN=a \
        -m /dev/null
    expect_status 93
    stderr_has "private key closed/new.key: cannot create: Permission denied"
    expect_equal "what is left" "" "$(ls -A closed)"
    nothing_sent
}

check_full() {
    make -k full/new.key --new-key ec:P-256 --subject /CN=a
    expect_status 93
    stderr_has "private key full/new.key: cannot create: No space left"
}

@test "a file system without links: the key is there whole" {
    start
    with_error link EPERM make --new-key ec:P-256 --subject /CN=a \
        --challenge pass:x
    expect_status 0
    key_of new.key
    expect_equal "the mode" 600 "$(mode new.key)"
    expect_equal "what is left" "" "$(find . -name '.*sscep-tmp*')"
}

@test "in a root with nothing but the program and its libraries" {
    local type pin
    start --challenge secret
    enter_root
    pin=$(fingerprint "$ca/ca.crt" sha256)
    inside getca -c /tmp/ca.crt --ca-fingerprint "$pin"
    for type in ec:P-256 rsa:2048; do
        inside enroll -c /tmp/ca.crt -k "/tmp/$type.key" \
            -l "/tmp/$type.crt" --new-key "$type" --subject /CN=router1 \
            --challenge pass:secret
        expect_equal "the key" "$(key_of "root/tmp/$type.key")" \
            "$(openssl x509 -in "root/tmp/$type.crt" -noout -pubkey)"
    done
    inside getcrl -c /tmp/ca.crt -k /tmp/rsa:2048.key -l /tmp/rsa:2048.crt \
        -w /tmp/ca.crl
    openssl crl -in root/tmp/ca.crl -noout -CAfile "$ca/ca.crt"
}

inside() {
    run_sscep "$1" -u "$URL" "${@:2}"
    expect_status 0
}
