#!/usr/bin/env bats
# What surrounds the program: pipes, descriptors, wrong servers.

load helper

@test "a reader of stdout that goes away does not cost the file" {
    start_ca
    ./sscep getca -u "$URL" -c ca.crt -F sha256 | sed 1q >/dev/null
    [ -s ca.crt ] || problem "no certificate"
}

@test "closed descriptors do not become the connection" {
    start_ca
    ./sscep getca -u "$URL" -c ca.crt -F sha256 <&- >&- 2>&- || true
    [ -s ca.crt ] || problem "no certificate"
    ! grep -q "valid response" "$ca/log" || problem "stdout in the request"
}

@test "an html page in answer to GetCACaps is no capabilities" {
    start_enrolment --fault html --fault-on getcacaps
    enroll -v
    expect_status 0
    stderr_has "no good answer to GetCACaps"
    stderr_has "capabilities: none"
}

@test "-R: an error before anything is PENDING is the end" {
    start_enrolment --fault http-404
    enroll -R -t 0
    expect_status 95
    [ ! -e local.crt ] || problem "a certificate"
}

@test "-R -n 0 sends nothing" {
    start_enrolment
    enroll -R -n 0
    expect_status 3
    ! grep -q '"operation": "PKIOperation"' "$ca/log" || problem "a message"
}
