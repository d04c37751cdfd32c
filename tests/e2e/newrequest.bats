#!/usr/bin/env bats
#
# What a request that enroll makes asks for: subjects as openssl takes them,
# lists of names and purposes, what a renewal carries over, and weak keys. Most
# tests need no server: the request is written before the network is touched.

load helper

setup() {
    common_setup
    cp "$shared/local.key" new.key
    openssl req -x509 -new -key new.key -subj /CN=CA -days 9 -out ca.crt \
        -addext keyUsage=critical,digitalSignature,keyCertSign,cRLSign
}

# enroll OPTION...: runs it; it finds no server.
enroll() {
    rm -f new.csr
    run_sscep enroll -u http://127.0.0.1:1/scep -c ca.crt -k new.key \
        -l new.crt "$@"
}

# request OPTION...: the same; its request is in new.csr.
request() {
    enroll -r new.csr "$@"
}

# requested OPTION...: the same; the request is there.
requested() {
    request "$@"
    expect_status 95
    openssl req -in new.csr -noout -verify 2>/dev/null
}

# not_made TEXT... -- OPTION...: such a request is refused, with these texts.
not_made() {
    local texts=()
    while [ "$1" != -- ]; do
        texts+=("$1")
        shift
    done
    request "${@:2}"
    refused 1 "${texts[@]}"
}

# extensions: those of new.csr, each in a line, as openssl shows them.
extensions() {
    openssl req -in new.csr -noout -text |
        sed -n '/Requested Extensions:/,/Signature Algorithm/p' |
        sed -e '1d; $d; s/^ *//; s/ *$//' \
            -e 's/^Microsoft certificate template:$/1.3.6.1.4.1.311.21.7:/' \
            -e 's/^Microsoft NTDS CA Extension:$/1.3.6.1.4.1.311.25.2:/' | paste -sd'|' | sed 's/:|/: /g; s/|/; /g'
}

letters() {
    printf "%0$1d" 0 | tr 0 x
}

# Texts that openssl takes, and of which it makes names.
taken() {
    cat <<'END'
/CN=a
/CN=a b
/CN= a
/CN=a 
/CN=a, b
/CN=a=b
/CN==a
/CN=a=
/CN=\/a
/CN=a\/b
/CN=a\+b
/CN=a\\b
/CN=a\=b
/CN=\a
/CN=\2C
/CN=#0c01
/CN="a"
/CN=<a>;
/CN=a'b
/CN=a:b?
/CN=*
/CN=é
/CN=Hyvää
/CN=€
/CN=日本
/CN=😀
/CN=a_b
/CN=a@b
/CN=a&b
/CN=0
/CN=-
/CN=.
/C=FI
/C=fi
/ST=x
/L=x
/O=x
/OU=x
/serialNumber=12
/emailAddress=a@b
/DC=org
/DC=a_b
/UID=u
/uid=u
/userId=u
/GN=x
/SN=x
/surname=x
/givenName=x
/title=x
/street=x
/postalCode=1
/dnQualifier=x
/unstructuredName=x
/unstructuredName=ä
/unstructuredAddress=x
/unstructuredAddress=ä
/initials=x
/generationQualifier=x
/pseudonym=x
/description=x
/businessCategory=x
/name=x
/x500UniqueIdentifier=x
/organizationIdentifier=x
/telephoneNumber=1
/jurisdictionC=FI
/jurisdictionL=x
/jurisdictionST=x
/mail=a@b
/host=h
/INN=123456789012
/OGRN=1234567890123
/SNILS=12345678901
/role=x
/dmdName=x
/member=x
/userPassword=x
/countryName=FI
/commonName=x
/organizationName=x
/organizationalUnitName=x
/localityName=x
/stateOrProvinceName=x
/domainComponent=x
/streetAddress=x
/CN=x
/2.5.4.3=x
/2.5.4.6=FI
/rfc822Mailbox=a@b
/
/CN=a/
/CN=a+O=b
/CN=a+O=b/
/CN=a+O=b/C=FI
/O=b+CN=a
/C=FI/O=b+CN=a+OU=c/CN=d
/CN=a+CN=b
/CN=b+CN=a
/CN=a+CN=a
/CN=aa+CN=b
/CN=a \/ b
/CN=\\
/CN=a\/
/CN=a\+
/CN=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
/CN=ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää
/O=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
/serialNumber=1111111111111111111111111111111111111111111111111111111111111111
/title=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
/C=FI/ST=Uusimaa/L=Helsinki/O=Example Oy/OU=IT/CN=router1.example.com/emailAddress=noc@example.com
/DC=com/DC=example/CN=r
/O=a/O=b/O=c
/CN=a/C=FI
/CN=aCN=b
/CN=a?b#c
/CN=100%
/CN=$HOME
/CN=`x`
/CN=a|b
/CN=(a)
/CN=~
/CN=a^b
/CN={a}
/CN=[a]
/UID=u+CN=n/O=o
/serialNumber=1+serialNumber=2
/C=FI+O=x
END
    printf '/%s=%s\n' CN "$(letters 64)" O "$(letters 64)" L "$(letters 128)" \
        serialNumber "$(printf %064d 0)" GN "$(letters 300)" \
        DC "$(letters 300)" UID "$(letters 300)" title "$(letters 64)"
}

# Texts that openssl refuses; those that it shortens, with a warning, are refused,
# too: tests/unit/test_names.c has them.
not_taken() {
    cat <<'END'
/C=FIN
/C=F
/serialNumber=a_b
/serialNumber=a@b
/serialNumber=ä
/emailAddress=ä@b
/DC=ä
/dnQualifier=a_b
/2.5.4.6=FIN
/2.5.4.5=ä
//
CN=a
/CN
/CN=a//
/O=a/b
/CN=a+O
/CN=a\
/CN=\
/CN=\\\
/CN=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
/CN=äääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää
/O=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
/OU=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
/serialNumber=11111111111111111111111111111111111111111111111111111111111111111
END
    printf '/%s=%s\n' CN "$(letters 65)" O "$(letters 65)" L "$(letters 129)" \
        ST "$(letters 129)" OU "$(letters 65)" \
        serialNumber "$(printf %065d 0)" emailAddress "$(letters 127)@b"
}

@test "the subject: openssl takes the same texts, and makes the same names" {
    local subject i=0
    without_sanitizers "many runs; test_names.c reads such texts"
    taken >texts
    while IFS= read -r subject; do
        i=$((i + 1))
        requested --subject "$subject" --san DNS:a
        mv new.csr "$i.sscep"
        openssl req -new -utf8 -config /dev/null -key new.key \
            -subj "$subject" -out "$i.openssl"
    done <texts
    expect_equal "the number of texts" "$(wc -l <texts)" "$i"
    python3 - texts <<'END_PYTHON' || problem "subjects differ"
import sys
from asn1crypto import csr, pem

def subject(name):
    der = pem.unarmor(open(name, "rb").read())[2]
    request = csr.CertificationRequest.load(der)
    return request["certification_request_info"]["subject"].dump()

texts = open(sys.argv[1]).read().splitlines()
bad = [text for i, text in enumerate(texts, 1)
       if subject(f"{i}.sscep") != subject(f"{i}.openssl")]
print(*bad, sep="\n")
sys.exit(len(bad) != 0)
END_PYTHON
}

@test "the subject: what openssl refuses is refused" {
    local subject
    without_sanitizers "many runs; test_names.c reads such texts"
    while IFS= read -r subject; do
        not_made "option --subject: " -- --subject "$subject"
        ! openssl req -new -utf8 -config /dev/null -key new.key \
            -subj "$subject" -out /dev/null 2>/dev/null ||
            problem "openssl takes $subject"
    done < <(not_taken)
}

@test "--eku and --san may be repeated; what is there twice is dropped" {
    requested --subject /CN=a --eku serverAuth,clientAuth --eku 1.2.3.4 \
        --eku clientAuth --san DNS:a,DNS:b --san dns:A,IP:::1 --san IP:0::1
    expect_equal "the extensions" "X509v3 Subject Alternative Name: DNS:a, \
DNS:b, IP Address:0:0:0:0:0:0:0:1; X509v3 Key Usage: critical; \
Digital Signature, Key Encipherment; X509v3 Extended Key Usage: TLS Web Server \
Authentication, TLS Web Client Authentication, 1.2.3.4" "$(extensions)"
    cat >conf <<'END'
[sscep_enroll]
Subject = /CN=a
CertReqFile = new.csr
ExtendedKeyUsage = serverAuth
ExtendedKeyUsage = clientAuth,serverAuth
END
    enroll -f conf
    expect_status 95
    expect_equal "the extensions" "X509v3 Key Usage: critical; Digital \
Signature, Key Encipherment; X509v3 Extended Key Usage: TLS Web Server \
Authentication, TLS Web Client Authentication" "$(extensions)"
    enroll -f conf --eku ipsecIKE
    expect_status 95
    expect_equal "the extensions" "X509v3 Key Usage: critical; Digital \
Signature, Key Encipherment; X509v3 Extended Key Usage: ipsec Internet Key \
Exchange" "$(extensions)"
}

@test "faults of lists are named" {
    local list expected
    while IFS='|' read -r list expected; do
        not_made "option --eku: $expected" -- --subject /CN=a --eku "$list"
    done <<'END'
1.2.3.|unknown purpose 1.2.3.
serverAuth,|there is a comma, but no purpose next to it
 |there is no purpose in it
END
    while IFS='|' read -r list expected; do
        not_made "option --san: $expected" -- --subject /CN=a --san "$list"
    done <<'END'
DNS:a,|there is a comma, but no name next to it
 |there is no name in it
IP:[::1]|IP:[::1]: expected an IPv4 or IPv6 address without brackets
DNS:1.2.3.4|DNS:1.2.3.4: expected the name of a host; an address is written IP:
DNS:ä.example|DNS:ä.example: expected the name of a host in ASCII: the A-label
email:ä@b|email:ä@b: expected user@host in ASCII (RFC 5280, 4.2.1.6)
URI:foo|URI:foo: expected an absolute URI: a scheme such as https:
URI:http:///x|URI:http:///x: expected a URI with a host after //
END
    not_made "option --template: the name has 256 characters, and may have 255" \
        -- --subject /CN=a --template "$(letters 256)"
}

@test "characters that are not seen are refused, and it is said where" {
    local escape
    not_made "CN has a byte order mark (U+FEFF, character 1)" -- \
        --subject $'/CN=\ufeffa'
    not_made "CN has a character that changes the direction of text (U+202E, \
character 2)" -- --subject $'/CN=a\u202eb'
    printf '\xef\xbb\xbfsecret\n' >challenge
    request --subject /CN=a --challenge file:challenge
    expect_status 93
    only_error "--challenge: the challenge password has a byte order mark \
(U+FEFF, character 1)"
    stderr_lacks secret
    no_file new.csr
    for escape in n r t b; do
        printf '[sscep_enroll]\nSubject = /CN=a\\%sb\n' "$escape" >conf
        request -f conf
        expect_status 93
        only_error "conf:2: Subject: \\$escape is an escape"
        no_file new.csr
    done
    printf '[sscep_enroll]\nSubject = /CN=a\0b\n' >conf
    request -f conf
    expect_status 93
    only_error conf
    no_file new.csr
}

@test "long values are one error, and thousands of names are not" {
    local long
    long=$(letters 65536)
    not_made "CN has 65536 characters, and may have 64 (RFC 5280, A.1)" \
        -- --subject "/CN=$long"
    not_made "unknown type of attribute xxx" -- --subject "/$long=a"
    not_made "expected at most 253 characters" -- --subject /CN=a \
        --san "DNS:$long"
    not_made "does not begin with DNS:" -- --subject /CN=a --san "$long"
    not_made "unknown purpose xxx" -- --subject /CN=a --eku "$long"
    not_made "has 65536 characters, and may have 255" -- --subject /CN=a \
        --template "$long"
    not_made "the value is empty" -- --subject ''
    not_made "the value is empty" -- --subject /CN=a --san ''
    requested --subject /CN=a \
        --san "$(seq -f 'DNS:host%g.example' 4000 | paste -sd,)"
    expect_equal "the names" 4000 "$(openssl req -in new.csr -noout -text |
        grep -o 'DNS:host' | wc -l)"
}

# old EXTENSION...: a certificate with these, for old.key: old.crt.
old() {
    local extension arguments=()
    for extension; do
        arguments+=(-addext "$extension")
    done
    openssl req -x509 -new -config /dev/null -key old.key -days 9 \
        -subj /C=FI/CN=old -out old.crt "${arguments[@]}"
}

@test "a renewal carries over what a request may have, and no more" {
    mv new.key old.key
    openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.key \
        2>/dev/null
    openssl ecparam -name prime256v1 -genkey -noout -out ec.key
    old subjectAltName=DNS:a,IP:192.0.2.1 extendedKeyUsage=clientAuth \
        keyUsage=critical,digitalSignature,nonRepudiation,keyEncipherment,keyCertSign,cRLSign \
        basicConstraints=critical,CA:TRUE subjectKeyIdentifier=hash \
        authorityKeyIdentifier=keyid:always certificatePolicies=1.2.3.4 \
        crlDistributionPoints=URI:http://a/crl \
        'authorityInfoAccess=OCSP;URI:http://a/ocsp' tlsfeature=status_request \
        1.3.6.1.4.1.311.20.2=ASN1:UTF8String:t 1.2.3.4=ASN1:NULL \
        1.3.6.1.4.1.311.21.7=ASN1:NULL 1.3.6.1.4.1.311.25.2=ASN1:NULL
    local names="X509v3 Subject Alternative Name: DNS:a, IP Address:192.0.2.1; "
    local purposes="X509v3 Extended Key Usage: TLS Web Client Authentication; "
    local template="1.3.6.1.4.1.311.20.2: ..t; 1.3.6.1.4.1.311.21.7: ..; "
    local identifier="1.3.6.1.4.1.311.25.2: .."
    local usage="X509v3 Key Usage: critical; Digital Signature, Non Repudiation"
    carried -k rsa.key --new-key rsa:2048 -- "$names$usage, Key Encipherment; \
$purposes$template$identifier"
    carried -k ec.key --new-key ec:P-256 -- "$names$usage, Key Agreement; \
$purposes$template$identifier"
    expect_equal "the subject" "subject=C=FI,CN=old" \
        "$(openssl req -in new.csr -noout -subject | tr -d ' ')"
    carried -k ec.key --new-key ec:P-256 --subject /C=FI/CN=old -- "$names$usage, \
Key Agreement; $purposes$template$identifier"
    stderr_lacks "is taken over"
    carried -k ec.key --new-key ec:P-256 --subject /CN=new -- ""
    warned "nothing else of -O is taken over either"
    expect_equal "the subject" "subject=CN=new" \
        "$(openssl req -in new.csr -noout -subject | tr -d ' ')"
    carried -k ec.key --new-key ec:P-256 --san DNS:b -- "X509v3 Subject Alternative Name: DNS:b; \
$usage, Key Agreement; $purposes$template$identifier"
    carried -k ec.key --new-key ec:P-256 --ku --template u -- "${names}X509v3 Key Usage: critical; \
Digital Signature, Key Agreement; ${purposes}1.3.6.1.4.1.311.20.2: ..u; \
$identifier"
    carried -k ec.key --new-key ec:P-256 --eku serverAuth -- "${names}X509v3 Key Usage: critical; \
Digital Signature, Key Agreement; X509v3 Extended Key Usage: TLS Web Server \
Authentication; $template$identifier"
}

# carried OPTION... -- EXTENSIONS
carried() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    requested -K old.key -O old.crt "${options[@]}"
    openssl req -in new.csr -noout -text >&2
    expect_equal "the extensions" "$2" "$(extensions | tr -d '\f\001\005')"
}

@test "a renewal for a key that only signs: Ed25519, without a digest" {
    mv new.key old.key
    openssl genpkey -algorithm ed25519 -out new.key
    old keyUsage=digitalSignature,keyEncipherment
    requested -K old.key -O old.crt --subject /C=FI/CN=old
    expect_equal "the extensions" \
        "X509v3 Key Usage: critical; Digital Signature" "$(extensions)"
}

@test "the digest of the signature is as strong as the key" {
    local curve
    while read -r curve digest; do
        openssl ecparam -name "$curve" -genkey -noout -out new.key
        requested --subject /CN=a --challenge pass:x
        openssl req -in new.csr -noout -text |
            grep -q "Signature Algorithm: ecdsa-with-$digest" ||
            problem "$curve is not with $digest"
    done <<'END'
prime256v1 SHA256
secp384r1 SHA384
secp521r1 SHA512
END
}

@test "a weak key is warned of, in a request that is made and one that is read" {
    local how
    for how in 'RSA -pkeyopt rsa_keygen_bits:1024' \
        'EC -pkeyopt ec_paramgen_curve:prime192v1' \
        'EC -pkeyopt ec_paramgen_curve:secp256k1'; do
        # shellcheck disable=SC2086
        openssl genpkey -algorithm $how -out new.key 2>/dev/null
        requested --subject /CN=a --challenge pass:x
        warned "request new.csr: its key"
        warned "[weak-key]"
        run_sscep enroll -u http://127.0.0.1:1/scep -c ca.crt -k new.key \
            -l new.crt -r new.csr
        warned "[weak-key]"
        run_sscep enroll -u http://127.0.0.1:1/scep -c ca.crt -k new.key \
            -l new.crt -r new.csr --no-warn weak-key
        stderr_lacks weak
    done
    cp "$shared/local.key" new.key
    requested --subject /CN=a
    stderr_lacks weak
}

@test "an EC key with parameters instead of a name is refused" {
    openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout \
        -out new.key
    request --subject /CN=a --challenge pass:x
    expect_status 93
    only_error "request new.csr: its EC key has the parameters of a curve" \
        "RFC 5480, 2.1.1"
    no_file new.csr
    enroll --subject /CN=a --challenge pass:x
    expect_status 93
    only_error "request that is made: its EC key has the parameters of a curve"
    openssl req -new -config /dev/null -key new.key -subj /CN=a -out a.csr
    enroll -r a.csr
    expect_status 93
    only_error "request a.csr: its EC key has the parameters of a curve"
}

@test "the messages say which options make a request" {
    openssl req -new -config /dev/null -key new.key -subj /CN=a -out a.csr
    run_sscep enroll -u http://127.0.0.1:1/ -c ca.crt -k new.key -l new.crt \
        -r a.csr -K new.key -O ca.crt --san DNS:a
    misuse "--san needs --subject or --new-key, or -K and -O without -r"
    run_sscep enroll -u http://127.0.0.1:1/ -c ca.crt -l new.crt -K new.key \
        -O ca.crt
    misuse "missing private key (-k, --key"
    run_sscep enroll -u http://127.0.0.1:1/ -c ca.crt -l new.crt -K new.key \
        -O ca.crt -r a.csr
    expect_status 95
    not_made "there is no name in --san" -- --subject /
}
