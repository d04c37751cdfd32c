#!/usr/bin/env bats
#
# What blogs, how-tos and the tests of packages do with sscep.

load helper

# From: tests of packages: the version is on the first line.
@test "package: --version, and no arguments" {
    user <<'END'
sscep --version | head -n 1 | grep -E '^sscep version [0-9]+\.[0-9]+\.[0-9]+'
sscep >usage
grep '^Usage: sscep OPERATION' usage
grep 'Available OPERATIONs are' usage
rm usage
END
    ends 0
    makes ""
    stdout_has "sscep version "
    silent
}

# From: users who do not know the manual.
@test "package: help, -?, and --help fit on a screen" {
    user <<'END'
sscep help >help
sscep '-?' >short
sscep help enroll >operation
sscep --help >long
sscep version | head -n 1
for file in help short operation long; do
    [ "$(wc -l <"$file")" -le 48 ]
done
END
    ends 0
    makes help long operation short
    stdout_has "sscep version "
    silent
}

# From: blogs of Debian and Ubuntu users: mkrequest, getca, enroll, verify.
@test "blog: from mkrequest to a certificate that verifies" {
    start_ca --challenge password
    user <<'END'
mkrequest -ip 172.30.0.1 password
sscep getca -u "$URL" -c ca.crt
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt
openssl verify -CAfile ca.crt local.crt
END
    ends 0
    makes ca.crt local.crt local.csr local.key
    prints "sscep: CA certificate written as ca.crt" \
        "sscep: sending certificate request" "sscep: valid response from server" \
        "sscep: pkistatus: SUCCESS" "sscep: certificate written as local.crt" \
        "local.crt: OK"
}

# From: blogs: a request by openssl req, with the password in its configuration.
@test "blog: a request by openssl, DER instead of PEM" {
    take local.key local.csr
    start_ca --challenge secret
    user <<'END'
openssl req -in local.csr -outform DER -out local.der
sscep getca -u "$URL" -c ca.crt
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.der -l local.crt
openssl x509 -in local.crt -noout -text | grep -o 'DNS:[a-z.]*'
END
    ends 0
    makes ca.crt local.crt local.der
    prints "sscep: pkistatus: SUCCESS" "DNS:device.example.org"
}

# From: blogs: the fingerprint on the screen is compared with that of openssl.
@test "blog: the fingerprint by sed is that of openssl" {
    start_ca
    user <<'END'
shown=$(sscep getca -u "$URL" -c ca.crt -F sha256 | sed -n 's/.*fingerprint: //p')
real=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
[ "$shown" = "$real" ] && echo trusted
END
    ends 0
    makes ca.crt
    prints trusted
    silent
}

# From: sscep's README: which certificates are for -c and -e, by their usage.
@test "blog: the certificates are chosen by the lines of their usage" {
    take local.key local.csr
    start_ca --profile ra
    user <<'END'
sscep getca -u "$URL" -c ca.crt >out
sign=$(awk '/usage: .*Digital Signature/ { found = 1 }
    found && /written as/ { print $NF; exit }' out)
enc=$(awk '/usage: .*Key Encipherment/ { found = 1 }
    found && /written as/ { print $NF; exit }' out)
echo "$sign $enc"
sscep enroll -u "$URL" -c "$sign" -e "$enc" -k local.key -r local.csr -l local.crt
END
    ends 0
    makes ca.crt-0 ca.crt-1 ca.crt-2 local.crt out
    prints "ca.crt-0 ca.crt-1" "sscep: pkistatus: SUCCESS"
    warns no-ca-certificate
}

# From: how-tos of strongSwan: files go below ipsec.d, and a PKCS#12 is made.
@test "strongSwan: files below ipsec.d" {
    take local.key local.csr
    start_ca
    user <<'END'
mkdir -p ipsec.d/cacerts ipsec.d/certs ipsec.d/private
cp local.key ipsec.d/private/host.pem
sscep getca -u "$URL" -c ipsec.d/cacerts/ca.pem
sscep enroll -u "$URL" -c ipsec.d/cacerts/ca.pem -k ipsec.d/private/host.pem \
    -r local.csr -l ipsec.d/certs/host.pem
openssl pkcs12 -export -in ipsec.d/certs/host.pem -inkey ipsec.d/private/host.pem \
    -certfile ipsec.d/cacerts/ca.pem -passout pass:x -out host.p12
END
    ends 0
    makes host.p12 ipsec.d/cacerts/ca.pem ipsec.d/certs/host.pem \
        ipsec.d/private/host.pem
    prints "sscep: CA certificate written as ipsec.d/cacerts/ca.pem" \
        "sscep: certificate written as ipsec.d/certs/host.pem"
    silent
}

# From: sscep's README, step 5: isakmpd wants the CA, not its RA.
@test "isakmpd: the certificate of an RA's CA is found by openssl verify" {
    take local.key local.csr
    start_ca --profile ra-pair
    user <<'END'
sscep getca -u "$URL" -c ca.crt >/dev/null
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt >/dev/null
for f in ca.crt-?; do
    if openssl verify -CAfile "$f" local.crt >/dev/null 2>&1; then
        cp "$f" ca.crt
        echo "$f"
    fi
done
END
    ends 0
    makes ca.crt ca.crt-0 ca.crt-1 local.crt
    expect_stdout <<'END'
ca.crt-1
END
    silent
}

# From: how-tos: the base name, and sscep chooses the certificates by itself.
@test "blog: -c with the base name of three files" {
    take local.key local.csr
    start_ca --profile ra
    user <<'END'
sscep getca -u "$URL" -c ca.crt >/dev/null
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt
END
    ends 0
    makes ca.crt-0 ca.crt-1 ca.crt-2 local.crt
    prints "sscep: pkistatus: SUCCESS"
    silent
}
