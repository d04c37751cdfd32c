#!/usr/bin/env bats
#
# The examples of sscep-cookbook(7), see cookbook.bash.

load cookbook

page=$tree/man/sscep-cookbook.7

@test "each example says what it is" {
    each_example_is_marked
}

@test "configuration files are accepted" {
    configurations_are_accepted 11
}

@test "command lines are accepted" {
    lines_are_accepted 5
}

@test "plays and jobs are YAML" {
    local number kind seen=0
    while read -r number _ kind _; do
        [ "$kind" = yaml ] || continue
        example "$number" >example.yaml
        python3 -c 'import sys, yaml; assert yaml.safe_load(open(sys.argv[1]))' \
            example.yaml
        seen=$((seen + 1))
    done < <(examples)
    [ "$seen" -eq 2 ]
}

@test "the first certificate, in five lines" {
    start_ca --challenge secret
    cook first
    ends 0
    silent
    stdout_has "SHA256 fingerprint: "
    stdout_has "sscep: private key written as local.key"
    grep -qx "subject=CN *= *router1.example.com" "$stdout"
    openssl verify -CAfile ca.crt local.crt
    expect_equal "the mode of the password" 600 "$(stat -c %a challenge.txt)"
}

@test "a certificate that is kept valid, with one file" {
    start_ca --challenge secret
    mkdir etc
    echo secret >etc/challenge
    cook keep
    ends 0
    silent
    stdout_has "enrolled: "
    openssl verify -CAfile etc/ca.crt etc/router1.crt
    cook keep
    ends 0
    stdout_has "not due: "
}

@test "two hundred devices, each with its own key" {
    without_sanitizers "slow with the sanitizers"
    ln -sf "$SSCEP" "$bin/sscep"
    start_ca --challenge secret
    cp "$ca/ca.crt" .
    echo secret >challenge.txt
    cook fleet
    ends 0
    expect_equal "certificates" 200 "$(find devices -name '*.crt' -size +0 | wc -l)"
    expect_equal "keys" 200 "$(sha256sum devices/*.key | cut -c 1-64 | sort -u | wc -l)"
    openssl verify -CAfile ca.crt devices/device001.crt devices/device200.crt
    expect_equal "requests" 200 "$(messages messageType | wc -l)"
    cook fleet
    ends 0
    expect_equal "requests" 200 "$(messages messageType | wc -l)"
}

@test "the days that are left, for a monitor" {
    start_ca --challenge secret
    mkdir etc
    echo secret >etc/challenge
    cook keep
    ends 0
    sed 's/router1/absent/' etc/router1.conf >etc/absent.conf
    cook monitor
    ends 0
    silent
    grep -x 'sscep_days_left{name="router1"} [1-9][0-9]*' sscep.prom
    grep -x 'sscep_days_left{name="absent"} -1' sscep.prom
}

@test "the example that enrols on behalf of a device works" {
    start_enrolment
    hold_certificate
    mv local.key ra.key
    mv local.crt ra.crt
    openssl ecparam -name prime256v1 -genkey -noout -out device.key
    openssl req -new -key device.key -subj /CN=device -out device.csr
    cook behalf
    ends 0
    stderr_lacks "[renewal-subject]"
    openssl x509 -in device.crt -noout -subject | grep device
}

@test "a request that waits for an approval" {
    start_ca --pending 2
    cp "$ca/ca.crt" .
    cook pending
    ends 0
    [ -s local.crt ]
    expect_equal "transactions" 1 "$(messages transactionID | sort -u | wc -l)"
}

@test "a request of mkrequest, and a renewal by hand" {
    start_ca --challenge secret
    echo secret >challenge.txt
    cook request
    ends 0
    openssl verify -CAfile ca.crt local.crt new.crt
    grep -q "BEGIN PRIVATE KEY" new.key
}

@test "a CRL that is fetched when it is due" {
    start_enrolment
    hold_certificate
    cook crl
    ends 0
    silent
    expect_equal "what is on stdout" "" "$(cat "$stdout")"
    openssl crl -in crl.pem -noout -CAfile ca.crt
    cook crl
    ends 0
    expect_equal "CRLs that were asked for" 1 "$(messages messageType | grep -c 22)"
}

@test "the example for Dogtag works" {
    start_ca --challenge secret --get-only --caps DES3,SHA-256
    echo secret >challenge.txt
    cook dogtag
    ends 0
    openssl verify -CAfile ca.crt local.crt
}

@test "a file that was written for sscep 0.10" {
    start_enrolment
    openssl req -in local.csr -noout
    cook old
    ends 0
    stdout_has "enrolled: "
    cook old
    ends 0
    stdout_has "not due: "
}
