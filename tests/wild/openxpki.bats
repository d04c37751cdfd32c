#!/usr/bin/env bats
#
# OpenXPKI: its enrolment wrapper, its functional tests and its documentation.

load helper

# From: OpenXPKI's functional tests, which count the files of getca.
@test "OpenXPKI: getca from an RA, and a count of the files" {
    start_ca --profile ra-pair
    user <<'END'
sscep getca -u "$URL" -c tmp-cacert
ls tmp-cacert-* | wc -l
END
    ends 0
    makes tmp-cacert-0 tmp-cacert-1
    prints "sscep: requesting CA certificate" "sscep: valid response from server" \
        "sscep: certificate written as tmp-cacert-0" \
        "sscep: certificate written as tmp-cacert-1" 2
    silent
}

# From: OpenXPKI's enrolment wrapper, which passes "$OPTION" even when it is empty.
@test "OpenXPKI: an empty argument is not refused" {
    start_enrolment
    user OPTION= <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt "$OPTION"
END
    ends 0
    makes local.crt
    prints "sscep: pkistatus: SUCCESS" "sscep: certificate written as local.crt"
    warns extra-argument
}

# From: the same wrapper; the words of its own that end up behind the options.
@test "OpenXPKI: arguments that are no options are not refused" {
    start_enrolment
    user <<'END'
sscep enroll extra -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt more
END
    ends 0
    makes local.crt
    prints "sscep: pkistatus: SUCCESS"
    warns extra-argument extra-argument
}

# From: OpenXPKI's functional tests: the transaction id by split /:\s+/.
@test "OpenXPKI: the transaction id of a pending request, by perl's split" {
    need_perl
    start_enrolment --pending 9
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
    -t 1 -n 1 -v >out 2>err || echo "status $?"
perl -ne 'print +(split /:\s+/)[2] if /Read request with transaction id/' out
END
    ends 0
    makes out err
    prints "status 3" "$(received)"
    silent
}

# From: OpenXPKI's functional tests: grep takes the line out of the output of -v.
@test "OpenXPKI: the transaction id of a request and of its reply, by grep" {
    start_enrolment
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt -v 2>err |
    grep 'transaction id'
END
    ends 0
    makes local.crt err
    prints "sscep: Read request with transaction id: $(received)" \
        "sscep: reply transaction id: $(received)"
    silent
}

# From: the same, with -d: first the request, then the answer, then its reply's id.
@test "OpenXPKI: the order of the lines with -d" {
    start_enrolment --pending 1
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt -t 0 -d 2>err
END
    ends 0
    prints "sscep: sending certificate request" \
        "sscep: valid response from server" \
        "sscep: reply transaction id: $(received)" \
        "sscep: pkistatus: PENDING" \
        "sscep: requesting certificate (#1)" \
        "sscep: valid response from server" \
        "sscep: reply transaction id: $(received)" \
        "sscep: pkistatus: SUCCESS" \
        "sscep: certificate written as local.crt"
    prints "sscep: Read request with transaction id: $(received)" \
        "sscep: valid response from server"
}

# From: OpenXPKI's quick start: without -v the lines are those of the manual.
@test "OpenXPKI: no transaction id on stdout without -v" {
    start_enrolment
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt
END
    ends 0
    expect_stdout <<'END'
sscep: sending certificate request
sscep: valid response from server
sscep: pkistatus: SUCCESS
sscep: certificate written as local.crt
END
    silent
}

# From: OpenXPKI's functional tests: pickup is the same command once more.
@test "OpenXPKI: pickup by the same command, until the operator has approved" {
    start_enrolment --pending 2
    user <<'END'
for round in 1 2 3; do
    sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
        -n 0 >out 2>err || echo "round $round: status $?"
done
sed -n 's/.*pkistatus: //p' out
END
    ends 0
    makes local.crt out err
    prints "round 1: status 3" "round 2: status 3" SUCCESS
    expect_equal "transactions" 1 "$(messages transactionID | sort -u | wc -l)"
}

# From: OpenXPKI's tests of requests on behalf: the RA passes its own key twice.
@test "OpenXPKI: an RA forwards another's request, with its own key twice" {
    start_enrolment
    hold_certificate
    take other.key
    user <<'END'
mv local.key ra.key
mv local.crt ra.crt
openssl req -new -key other.key -subj "/O=Example/CN=printer" -out printer.csr
sscep enroll -u "$URL" -c ca.crt -K ra.key -O ra.crt -k ra.key -r printer.csr \
    -l printer.crt
openssl x509 -in printer.crt -noout -pubkey >one
openssl pkey -in other.key -pubout | cmp - one
rm one
END
    ends 0
    makes printer.crt printer.csr ra.crt ra.key
    prints "sscep: pkistatus: SUCCESS" "sscep: certificate written as printer.crt"
    stderr_has "[key-not-used]"
    stderr_lacks "sscep: private key"
    stderr_lacks "[renewal-subject]"
}

# From: OpenXPKI's functional tests: renewal with the certificate and a new key.
@test "OpenXPKI: renewal with a new key" {
    start_enrolment
    hold_certificate
    take new.key new.csr
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt -k new.key -r new.csr \
    -l new.crt
openssl verify -CAfile ca.crt new.crt
END
    ends 0
    makes new.crt
    prints "sscep: pkistatus: SUCCESS" "sscep: certificate written as new.crt" \
        "new.crt: OK"
    silent
}

# From: OpenXPKI until 2020, whose library leaves out the contentType attribute.
@test "OpenXPKI: replies without contentType" {
    start_enrolment --no-content-type
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt
sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w crl
END
    ends 0
    makes local.crt crl
    prints "sscep: certificate written as local.crt" "sscep: CRL written as crl"
    warns no-content-type no-content-type
}

# From: OpenXPKI's documentation of a roll-over: the next CA, checked by the chain.
@test "OpenXPKI: getnextca writes FILE-0, though there is one certificate" {
    start_ca --next-ca
    cp "$ca/ca.crt" .
    user <<'END'
sscep getnextca -u "$URL" -C ca.crt -c next.crt -w signer.crt
openssl x509 -in next.crt-0 -noout -subject
END
    ends 0
    makes next.crt-0 signer.crt
    prints "sscep: requesting next CA certificate" \
        "sscep: certificate written as next.crt-0"
    silent
    same_certificate next.crt-0 "$ca/next-ca.crt"
}

# From: OpenXPKI's hints for load balancers and monitors: a parameter of the URL.
@test "OpenXPKI: -M adds a parameter" {
    start_enrolment
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
    -M hostname=web1 -M role=frontend
END
    ends 0
    makes local.crt
    silent
    ca_log target 'operation == "PKIOperation"' |
        grep -F 'hostname=web1&role=frontend'
}

# From: OpenXPKI's enrolment wrapper: what went wrong is found by the status line.
@test "OpenXPKI: a refusal, by the lines on stdout" {
    start_enrolment --challenge another
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt >out 2>err ||
    echo "status $?"
grep 'pkistatus: FAILURE' out
grep 'reason: ' out
END
    ends 0
    makes out err
    prints "status 72" "sscep: pkistatus: FAILURE" \
        "sscep: reason: Transaction not permitted or supported"
    # The CA's operator is asked by this number.
    grep -F "$(received)" err
}
