#!/usr/bin/env bats
#
# The examples of the two manuals: the same commands print the same lines.

load helper

getca_one() {
    cat <<'END'
./sscep: requesting CA certificate
./sscep: valid response from server
./sscep: MD5 fingerprint: 1D:3C:4C:DF:99:73:B8:FB:B4:EE:C4:56:A9:7C:37:A3
./sscep: CA certificate written as ca.crt
END
}

getca_several() {
    cat <<'END'
./sscep: requesting CA certificate
./sscep: valid response from server

./sscep: found certificate with
  subject: /C=FI/O=klake.org/CN=klake.org VPN RA
  issuer: /C=FI/O=klake.org/CN=klake.org VPN CA
  usage: Digital Signature, Non Repudiation
  MD5 fingerprint: 7A:92:84:2A:6F:EE:28:14:F9:69:D8:9D:61:34:B5:67
./sscep: certificate written as ca.crt-0

./sscep: found certificate with
  subject: /C=FI/O=klake.org/CN=klake.org VPN CA
  issuer: /C=FI/O=klake.org/CN=klake.org VPN CA
  usage: Digital Signature, Non Repudiation, Certificate Sign, CRL Sign
  MD5 fingerprint: A5:CE:94:5C:96:77:94:E8:F5:31:AB:D5:31:18:1D:E1
./sscep: certificate written as ca.crt-1
END
}

# enroll_pending FILE POLLS: the output of an enrolment with so many polls.
enroll_pending() {
    local file=$1 polls=$2 i
    cat <<'END'
./sscep: sending certificate request
./sscep: valid response from server
./sscep: pkistatus: PENDING
END
    for ((i = 1; i <= polls; i++)); do
        echo "./sscep: requesting certificate (#$i)"
        echo "./sscep: valid response from server"
        if [ "$i" -lt "$polls" ]; then
            echo "./sscep: pkistatus: PENDING"
        fi
    done
    echo "./sscep: pkistatus: SUCCESS"
    echo "./sscep: certificate written as $file"
}

# The configuration files of the first and the second manual.
new_conf() {
    cat >sscep.conf <<END
# sscep.conf

[sscep]
URL = $URL
CACertFile = $1
FingerPrint = "md5"

[sscep_enroll]
PrivateKeyFile = ./local.key
CertReqFile	=	"./local.csr"
LocalCertFile = ./local.crt
PollInterval = 0
MaxPollCount = 50
END
}

old_conf() {
    cat >sscep.conf <<END
# sscep.conf

URL		$URL
"CACertFile"	"$1"
FingerPrint	md5
PrivateKeyFile	./local.key
CertReqFile	"./local.csr"
LocalCertFile	./local.crt
PollInterval	0
MaxPollCount	50
END
}

# called NAME: replaces ./sscep: in the lines by the name of the program.
called() {
    sed "s|^\\./sscep: |$1: |"
}

fingerprint_is() {
    expect_equal "the fingerprint of $1" "$(fingerprint "$1" md5)" \
        "$(sed -n 's/.*MD5 fingerprint: //p' "$stdout" | sed -n "${2}p")"
}

got_one() {
    expect_status 0
    stderr_empty
    getca_one | expect_transcript
    same_certificate ca.crt "$ca/ca.crt"
    fingerprint_is ca.crt 1
}

got_several() {
    expect_status 0
    getca_several | expect_transcript
    same_certificate ca.crt-0 "$ca/ra-sign.crt"
    same_certificate ca.crt-1 "$ca/ca.crt"
    fingerprint_is ca.crt-0 1
    fingerprint_is ca.crt-1 2
    no_file ca.crt
}

@test "getca, one certificate: -F md5" {
    start_ca
    run_sscep getca -u "$URL" -c ca.crt -F md5
    got_one
    # "You can check the fingerprint any time with command"
    expect_equal "openssl's own default" \
        "$(openssl x509 -in ca.crt -noout -fingerprint -md5 | sed 's/.*=//')" \
        "$(sed -n 's/.*fingerprint: //p' "$stdout")"
}

@test "getca, one certificate: the command of the manual, a CA that announces nothing" {
    start_ca --caps none
    run_sscep getca -u "$URL" -c ca.crt
    got_one
}

@test "getca, one certificate: a CA that does not know GetCACaps" {
    start_ca --no-caps-http 404
    run_sscep getca -u "$URL" -c ca.crt
    got_one
}

@test "getca, one certificate: sscep.conf of the first manual" {
    start_ca
    new_conf ca.crt
    run_sscep getca -f sscep.conf
    got_one
}

@test "getca, one certificate: sscep.conf of the second manual" {
    start_ca
    old_conf ca.crt
    run_sscep getca -f sscep.conf
    got_one
}

@test "getca, several certificates: -F md5" {
    start_ca --profile ra-pair
    run_sscep getca -u "$URL" -c ca.crt -F md5
    got_several
}

@test "getca, several certificates: the command of the manual, a CA that announces nothing" {
    start_ca --profile ra-pair --caps none
    run_sscep getca -u "$URL" -c ca.crt
    got_several
}

@test "getca, several certificates: sscep.conf of the first manual" {
    start_ca --profile ra-pair
    new_conf ca.crt
    run_sscep getca -f sscep.conf
    got_several
}

@test "getca, several certificates: sscep.conf of the second manual" {
    start_ca --profile ra-pair
    old_conf ca.crt
    run_sscep getca -f sscep.conf
    got_several
}

@test "getca, several certificates: openssl verify -CAfile ca.crt-1 ca.crt-0" {
    start_ca --profile ra-pair
    run_sscep getca -u "$URL" -c ca.crt
    run -0 openssl verify -CAfile ca.crt-1 ca.crt-0
    expect_equal "what openssl says" "ca.crt-0: OK" "$output"
}

@test "enroll: the command of the manual, three times PENDING" {
    start_enrolment --pending 3
    enroll -t 0
    expect_status 0
    stderr_empty
    enroll_pending local.crt 3 | expect_stdout
    same_certificate local.crt "$(issued)"
}

@test "enroll: three times PENDING, polling every second" {
    local before=$SECONDS
    start_enrolment --pending 3
    enroll -t 1
    expect_status 0
    enroll_pending local.crt 3 | expect_stdout
    if [ $((SECONDS - before)) -lt 3 ]; then
        problem "three polls, one a second, took less than three seconds"
    fi
}

@test "enroll: sscep.conf of the first manual" {
    start_enrolment --pending 3
    new_conf ./ca.crt
    run_sscep enroll -f sscep.conf
    expect_status 0
    stderr_empty
    enroll_pending ./local.crt 3 | expect_stdout
    same_certificate local.crt "$(issued)"
}

@test "enroll: sscep.conf of the second manual" {
    start_enrolment --pending 3
    old_conf ./ca.crt
    run_sscep enroll -f sscep.conf
    expect_status 0
    stderr_empty
    enroll_pending ./local.crt 3 | expect_stdout
    same_certificate local.crt "$(issued)"
}

@test "enroll: automatic enrolment returns SUCCESS as a first reply" {
    start_enrolment --challenge secret
    enroll
    expect_status 0
    stderr_empty
    expect_stdout <<'END'
./sscep: sending certificate request
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: certificate written as local.crt
END
}

@test "enroll: the base name of several certificates" {
    take local.key local.csr
    start_ca --profile ra-pair --pending 3
    run_sscep getca -u "$URL" -c ca.crt
    enroll -t 0
    expect_status 0
    enroll_pending local.crt 3 | expect_stdout
    same_certificate local.crt "$(issued)"
}

@test "enroll: renewal, with -K and -O" {
    start_enrolment
    enroll
    take new.key new.csr
    run_sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt \
        -k new.key -r new.csr -l new.crt
    expect_status 0
    stderr_empty
    expect_stdout <<'END'
./sscep: sending certificate request
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: certificate written as new.crt
END
    expect_equal "the key of new.crt" "$(openssl pkey -in new.key -pubout)" \
        "$(openssl x509 -in new.crt -noout -pubkey)"
}

@test "enroll: interrupted, continued with -R" {
    start_enrolment --pending 1
    enroll -n 0
    expect_status 3
    enroll -R
    expect_status 0
    expect_stdout <<'END'
./sscep: requesting certificate (#1)
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: certificate written as local.crt
END
}

# --- getcrl ----------------------------------------------------------------

got_crl() {
    expect_status 0
    stderr_empty
    expect_stdout <<'END'
./sscep: requesting crl
./sscep: valid response from server
./sscep: pkistatus: SUCCESS
./sscep: CRL written as ./crl.crl
END
    openssl crl -in crl.crl -CAfile ca.crt -noout
}

@test "getcrl: sscep.conf of the first manual" {
    start_enrolment
    new_conf ./ca.crt
    cat >>sscep.conf <<'END'

[sscep_getcrl]
PrivateKeyFile = ./local.key
LocalCertFile = ./local.crt
GetCrlFile = ./crl.crl
END
    run_sscep enroll -f sscep.conf
    run_sscep getcrl -f sscep.conf
    got_crl
}

@test "getcrl: sscep.conf of the second manual" {
    start_enrolment
    old_conf ./ca.crt
    echo '"GetCrlFile" "./crl.crl"' >>sscep.conf
    run_sscep enroll -f sscep.conf
    run_sscep getcrl -f sscep.conf
    got_crl
}

# --- request.cnf and mkrequest of the manuals ------------------------------

request_cnf() {
    cat >request.cnf <<'END'
oid_section = new_oids
[ req ]
default_bits = 2048
default_keyfile = local.key
encrypt_key = no
distinguished_name = req_dn
attributes = req_attributes
req_extensions = req_ext
[ new_oids ]
certTemplateName = 1.3.6.1.4.1.311.20.2
[ req_dn ]
0.domainComponent = org
1.domainComponent = OpenXPKI
2.domainComponent = Test Deployment
commonName = device
[ req_attributes ]
[ req_ext ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = @alt_names
certTemplateName = ASN1:UTF8String:pc-client
[ alt_names ]
DNS.1 = www.example.com
DNS.2 = example.com
END
}

@test "request.cnf of the manual, from the request to openssl verify" {
    start_ca --pending 3
    request_cnf
    # The names of the file are prompts to openssl; these are the answers.
    printf 'org\nOpenXPKI\nTest Deployment\ndevice\n' |
        openssl req -new -config request.cnf -out local.csr
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 0
    enroll -t 0
    expect_status 0
    enroll_pending local.crt 3 | expect_stdout
    run -0 openssl verify -CAfile ca.crt local.crt
    expect_equal "what openssl says" "local.crt: OK" "$output"
    expect_equal "the subject" \
        "subject=CN=device,DC=Test Deployment,DC=OpenXPKI,DC=org" \
        "$(openssl x509 -in local.crt -noout -subject -nameopt RFC2253)"
    expect_equal "the names" "DNS:www.example.com, DNS:example.com" \
        "$(openssl x509 -in local.crt -noout -ext subjectAltName |
            sed -n '2s/^ *//p')"
    expect_equal "what the CA finds wrong" "[]" "$(messages problems | uniq)"
}

@test "mkrequest -ip 172.30.0.1, pending" {
    start_ca --pending 3
    "$MKREQUEST" -ip 172.30.0.1
    run_sscep getca -u "$URL" -c ca.crt
    enroll -t 0
    expect_status 0
    enroll_pending local.crt 3 | expect_stdout
    expect_equal "the address" "IP Address:172.30.0.1" \
        "$(openssl x509 -in local.crt -noout -ext subjectAltName |
            sed -n '2s/^ *//p')"
}

@test "mkrequest -ip 172.30.0.1 password, automatic" {
    start_ca --challenge password
    "$MKREQUEST" -ip 172.30.0.1 password
    run_sscep getca -u "$URL" -c ca.crt
    enroll
    enrolled
    expect_equal "the challenge" "password" "$(messages challengePassword)"
}

# --- the name before each line ---------------------------------------------

@test "called by its full path, which is its name in messages" {
    start_enrolment --pending 3
    sscep=$PWD/sscep
    enroll -t 0
    expect_status 0
    enroll_pending local.crt 3 | called "$PWD/sscep" | expect_stdout
}

@test "called as sscep, found in PATH" {
    start_enrolment --pending 3
    sscep=sscep
    PATH=$PWD:$PATH enroll -t 0
    expect_status 0
    enroll_pending local.crt 3 | called sscep | expect_stdout
    rm ca.crt
    PATH=$PWD:$PATH run_sscep getca -u "$URL" -c ca.crt -F md5
    getca_one | called sscep | expect_transcript
}

@test "called by another name, from another directory" {
    start_ca
    mkdir elsewhere
    cp sscep "elsewhere/scep client"
    sscep="elsewhere/scep client"
    run_sscep getca -u "$URL" -c ca.crt -F md5
    expect_status 0
    getca_one | called "elsewhere/scep client" | expect_transcript
    run_sscep getca -u "$URL"
    expect_status 1
    only_error "Try 'elsewhere/scep client --help'"
}
