#!/usr/bin/env bats
#
# Manuals and how-tos of servers, which show sscep as the client.

load helper

# From: Infisical's documentation: one certificate in a PKCS#7, -c ca.pem-0.
@test "Infisical: a PKCS#7 of one certificate is ca.pem-0" {
    take local.key local.csr
    start_ca --getca-form p7-ra
    user <<'END'
sscep getca -u "$URL" -c ca.pem
sscep enroll -u "$URL" -c ca.pem-0 -k local.key -r local.csr -l local.crt
END
    ends 0
    makes ca.pem-0 local.crt
    prints "sscep: requesting CA certificate" "sscep: found certificate with" \
        "  subject: /C=FI/O=Example/CN=Example Test CA" \
        "sscep: certificate written as ca.pem-0" "sscep: pkistatus: SUCCESS"
    silent
}

# From: the same, with -c as in the manual, and the content type of a bare one.
@test "Infisical: the same, with -c ca.pem and another content type" {
    take local.key local.csr
    start_ca --getca-form p7
    user <<'END'
sscep getca -u "$URL" -c ca.pem
sscep enroll -u "$URL" -c ca.pem -k local.key -r local.csr -l local.crt
END
    ends 0
    makes ca.pem-0 local.crt
    silent
}

# From: Dogtag's CI: mkrequest, getca -c, enroll -k -r -l -E 3des -S sha256.
@test "Dogtag: mkrequest, getca, enroll with 3des and sha256" {
    start_ca --challenge netscape
    user <<'END'
mkrequest -ip 172.30.0.1 netscape
sscep getca -u "$URL" -c ca.crt
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l cert.crt \
    -E 3des -S sha256
openssl x509 -in cert.crt -noout -subject
END
    ends 0
    makes ca.crt cert.crt local.csr local.key
    prints "sscep: CA certificate written as ca.crt" \
        "sscep: sending certificate request" "sscep: pkistatus: SUCCESS" \
        "sscep: certificate written as cert.crt"
    expect_equal "the algorithms" "des3 sha256" \
        "$(messages 'f"{contentEncryptionName} {digestName}"')"
}

# From: Dogtag's CI, which compares the text of the request with one of 0.10.
@test "Dogtag: the text of the request for mkrequest -dns NAME secret" {
    user <<'END'
mkrequest -dns client.example.com secret
# Without the numbers of the key and of the signature, and as all versions of
# openssl print it.
openssl req -in local.csr -noout -text | sed -e '/^ *[0-9a-f][0-9a-f]:/d' \
    -e '/Signature Value:/d' -e '/^ *[0-9a-f][0-9a-f]$/d' -e 's/ = /=/' \
    -e 's/ *$//' -e 's/RSA Public-Key/Public-Key/' \
    -e 's/challengePassword *:/challengePassword :/' >request.txt
END
    ends 0
    makes local.csr local.key request.txt
    silent
    cat >expected.txt <<'END'
Certificate Request:
    Data:
        Version: 1 (0x0)
        Subject: CN=client.example.com
        Subject Public Key Info:
            Public Key Algorithm: rsaEncryption
                Public-Key: (2048 bit)
                Modulus:
                Exponent: 65537 (0x10001)
        Attributes:
            challengePassword :secret
            Requested Extensions:
                X509v3 Subject Alternative Name: critical
                    DNS:client.example.com
    Signature Algorithm: sha256WithRSAEncryption
END
    diff expected.txt request.txt
}

# From: how-tos of NDES: three certificates, -c is the first and -e the second.
@test "NDES: three certificates, -c ca.crt-0 -e ca.crt-1" {
    take local.key local.csr
    start_ca --profile ra
    user <<'END'
sscep getca -u "$URL" -c ca.crt
sscep enroll -u "$URL" -c ca.crt-0 -e ca.crt-1 -k local.key -r local.csr -l local.crt
openssl verify -CAfile ca.crt-2 local.crt
END
    ends 0
    makes ca.crt-0 ca.crt-1 ca.crt-2 local.crt
    prints "sscep: pkistatus: SUCCESS" "local.crt: OK"
    # The CA of the RA is in ca.crt-2, which -c does not name.
    warns no-ca-certificate
}

# From: how-tos of NDES: the challenge password has expired; a case of statuses.
@test "NDES: a challenge password that is not valid any more" {
    start_enrolment --challenge tomorrow
    user <<'END'
status=0
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt -d \
    >out 2>&1 || status=$?
grep -q 'pkistatus: FAILURE' out
case $status in
0) echo enrolled ;;
3) echo "not yet" ;;
7[0-4]) echo "refused: $(sed -n 's/.*reason: //p' out)" ;;
*) echo "broken: $status" ;;
esac
END
    ends 0
    makes out
    prints "refused: Transaction not permitted or supported"
}

# From: EJBCA's manual: the CA is chosen by -i, and its name has blanks.
@test "EJBCA: -i with the name of the CA" {
    take local.key local.csr
    start_ca
    user <<'END'
sscep getca -u "$URL" -i "Scep CA 1" -c scepca.crt
sscep enroll -u "$URL" -i "Scep CA 1" -c scepca.crt -k local.key -r local.csr \
    -l cert.crt -E 3des
END
    ends 0
    makes scepca.crt cert.crt
    prints "sscep: CA certificate written as scepca.crt" "sscep: pkistatus: SUCCESS"
    silent
    expect_equal "the CA that was asked for" "Scep CA 1" \
        "$(ca_log message 'operation == "GetCACert"')"
}

# From: EJBCA's manual, polling mode: the administrator approves, then -R.
@test "EJBCA: resumed after the approval" {
    start_enrolment --pending 2
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l cert.crt -t 1 -n 1 \
    2>err || echo "status $?"
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l cert.crt -t 1 -n 1 -R
END
    ends 0
    makes cert.crt err
    prints "sscep: pkistatus: PENDING" "sscep: requesting certificate (#1)" \
        "sscep: pkistatus: PENDING" "status 3" \
        "sscep: requesting certificate (#1)" "sscep: pkistatus: SUCCESS" \
        "sscep: certificate written as cert.crt"
    silent
    grep -F "$(received)" err
}

# From: a forum's answer about a sub CA: which of the files is the root.
@test "EJBCA: a CA below a root, verified by openssl" {
    take local.key local.csr
    start_ca --profile chain
    user <<'END'
sscep getca -u "$URL" -c ca.crt
openssl verify -CAfile ca.crt-1 ca.crt-0
sscep enroll -u "$URL" -c ca.crt-0 -k local.key -r local.csr -l local.crt
openssl verify -CAfile ca.crt-1 -untrusted ca.crt-0 local.crt
END
    ends 0
    makes ca.crt-0 ca.crt-1 local.crt
    prints "ca.crt-0: OK" "sscep: pkistatus: SUCCESS" "local.crt: OK"
    silent
}

# From: SCEPman's guide for Linux: AES-256 and SHA-256, each as one writes it.
@test "SCEPman: names of algorithms as openssl and getcaps spell them" {
    start_enrolment
    user <<'END'
enroll() {
    sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt "$@" |
        grep 'pkistatus: SUCCESS' >/dev/null
}
enroll -E aes256 -S sha256
enroll -E AES-256 -S SHA-256
enroll -E aes-256-cbc -S SHA256
enroll -E AES256 -S sha256WithRSAEncryption
enroll -E AES-128 -S SHA512
enroll -E AES -S SHA-512
enroll -E DES3 -S SHA-1
enroll -E des3 -S sha1
enroll -E des-ede3-cbc -S SHA1
END
    ends 0
    makes local.crt
    silent
    expect_equal "the ciphers" "aes256 aes256 aes256 aes256 aes128 aes128 \
des3 des3 des3" "$(messages contentEncryptionName | paste -sd ' ')"
    expect_equal "the digests" "sha256 sha256 sha256 sha256 sha512 sha512 \
sha1 sha1 sha1" "$(messages digestName | paste -sd ' ')"
}

# From: micromdm scep's README: what the server can do, by grep.
@test "micromdm: getcaps, and grep for what is needed" {
    start_ca
    user <<'END'
sscep getcaps -u "$URL" |
    grep -q 'scep capabilities: .*POSTPKIOperation'
sscep getcaps -u "$URL" | sed -n 's/.*scep capabilities: //p' | tr -d ' ' |
    tr , '\n' | grep -x SHA-256
END
    ends 0
    prints SHA-256
    silent
}

# From: scripts that choose from getcaps and pass on the word as it stands.
@test "getcaps: its words are names for -E and -S" {
    start_enrolment
    user <<'END'
caps=$(sscep getcaps -u "$URL" | sed 's/.*capabilities: //; s/,//g')
for word in $caps; do
    case $word in
    AES | DES3) cipher=${cipher:-$word} ;;
    SHA-*) digest=$word ;;
    esac
done
echo "$cipher $digest"
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
    -E "$cipher" -S "$digest"
END
    ends 0
    makes local.crt
    prints "AES SHA-512" "sscep: pkistatus: SUCCESS"
    silent
}

# From: jscep's test server: the first answers are PENDING, and time is short.
@test "jscep: polls every second until the certificate is there" {
    start_enrolment --pending 2
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt -t 1 -T 30 -n 5
END
    ends 0
    makes local.crt
    prints "sscep: pkistatus: PENDING" "sscep: requesting certificate (#1)" \
        "sscep: pkistatus: PENDING" "sscep: requesting certificate (#2)" \
        "sscep: pkistatus: SUCCESS" "sscep: certificate written as local.crt"
    silent
}

# From: XiPKI's manual: a certificate that was lost is fetched by its serial.
@test "XiPKI: getcert by the decimal serial number" {
    start_enrolment
    hold_certificate
    user <<'END'
hex=$(openssl x509 -in local.crt -noout -serial | cut -d= -f2)
serial=$(python3 -c "print(int('$hex', 16))")
sscep getcert -u "$URL" -c ca.crt -k local.key -l local.crt -s "$serial" -w again.crt
cmp local.crt again.crt
END
    ends 0
    makes again.crt
    prints "sscep: requesting certificate" "sscep: pkistatus: SUCCESS" \
        "sscep: certificate written as again.crt"
    silent
}

# From: XiPKI's manual, and step 6 of sscep's own.
@test "XiPKI: getcrl, which openssl reads" {
    start_enrolment
    hold_certificate
    user <<'END'
sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w ca.crl
openssl crl -in ca.crl -noout -CAfile ca.crt
END
    ends 0
    makes ca.crl
    prints "sscep: requesting crl" "sscep: valid response from server" \
        "sscep: pkistatus: SUCCESS" "sscep: CRL written as ca.crl"
}

# From: a how-to of router labs (IOS as CA): what old servers read.
@test "IOS: -E des -S md5, by name" {
    start_enrolment --caps none
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt -E des -S md5 \
    --no-warn obsolete-cipher,long-get
END
    ends 0
    makes local.crt
    prints "sscep: pkistatus: SUCCESS"
    silent
    expect_equal "the algorithms" "des md5" \
        "$(messages 'f"{contentEncryptionName} {digestName}"')"
}

# From: a how-to of router labs: the server takes GET only.
@test "IOS: a server that takes GET only" {
    start_enrolment --get-only
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
    --no-warn long-get
END
    ends 0
    makes local.crt
    prints "sscep: pkistatus: SUCCESS"
    silent
}

# From: a note on Junos and an old CA: fingerprints are compared as SHA-1.
@test "Junos: the fingerprint of the CA by telephone" {
    start_ca
    user <<'END'
sscep getca -u "$URL" -c ca.crt -F sha1 | grep -i 'fingerprint: ' |
    cut -d: -f3- | tr -d ' '
END
    ends 0
    makes ca.crt
    prints "$(fingerprint "$ca/ca.crt" sha1)"
    silent
}

# From: servers that announce Renewal, but answer RenewalReq with an HTTP error.
@test "renewal: a server that does not know the type is asked again" {
    start_enrolment --fault http-404 --fault-after 1 --fault-times 1
    hold_certificate
    take new.key new.csr
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt -k new.key -r new.csr \
    -l new.crt
END
    ends 0
    makes new.crt
    prints "sscep: pkistatus: SUCCESS"
    warns renewal-repeated
    expect_equal "what was sent" "19 17 19" "$(messages messageType | paste -sd ' ')"
}

# From: a monitor of roll-overs, every night: mostly there is no next CA yet.
@test "getnextca: nothing to get has a status of its own" {
    start_ca
    cp "$ca/ca.crt" .
    user <<'END'
status=0
sscep getnextca -u "$URL" -C ca.crt -c next.crt 2>err || status=$?
case $status in
0) echo "roll over" ;;
76) echo "nothing yet" ;;
*) echo "trouble: $status" ;;
esac
END
    ends 0
    makes err
    prints "nothing yet"
}
