#!/usr/bin/env bats
#
# sscep-router(7): its examples, see cookbook.bash, and what it says of the clock, of
# file systems and of https.

load cookbook
load namespace
load servers

page=$tree/man/sscep-router.7
faketime=/usr/$(uname -m | sed 's/$/-linux-gnu/;s,^,lib/,')/faketime/libfaketime.so.1

# has_certificate [OPTION...]: the first example, with a CA with these options.
has_certificate() {
    start_ca --challenge secret "$@"
    cook first
    ends 0
}

# sent TYPE...: these messages, since the CA was started.
sent() {
    expect_equal "what was sent" "$*" "$(messages messageType | paste -sd' ')"
}

# The clock of sscep begins in 1970.
in_1970() {
    without_sanitizers "not with libfaketime"
    [ -e "$faketime" ] || skip "libfaketime is not installed"
    rm "$bin/sscep"
    cat >"$bin/sscep" <<END
#!/bin/sh
LD_PRELOAD=$faketime FAKETIME='@1970-01-01 00:01:00'
export LD_PRELOAD FAKETIME
exec $SSCEP "\$@"
END
    chmod +x "$bin/sscep"
}

# gives STATUS TEXT OPERATION [OPTION...]: with the configuration file.
gives() {
    run_sscep "$3" -f etc/router1.conf -u "$URL" "${@:4}"
    expect_status "$1"
    [ -z "$2" ] || stderr_has "$2"
}

@test "each example says what it is" {
    each_example_is_marked
}

@test "configuration files are accepted" {
    configurations_are_accepted 1
}

@test "command lines are accepted" {
    lines_are_accepted 1
}

@test "the first certificate" {
    start_ca --challenge secret
    cook first
    ends 0
    silent
    stdout_has "enrolled: "
    stdout_lacks warning
    no_file etc/challenge
    openssl verify -CAfile etc/ca.crt etc/router1.crt
}

@test "a run after the boot, and a CRL in the memory" {
    has_certificate
    cook boot
    ends 0
    silent
    cook crl
    ends 0
    silent
    openssl crl -in crl.pem -noout -CAfile etc/ca.crt
    cook crl
    ends 0
    sent 19 22
}

@test "a configuration file of an old module" {
    start_ca --challenge secret
    mkdir etc
    (cd etc && echo secret | mkrequest -dns router1.example.com -)
    cook old
    ends 0
    silent
    stdout_has "SHA256 fingerprint: "
    stdout_has "not due: "
    openssl crl -in etc/crl.crl -noout -CAfile etc/ca.crt
}

@test "in 1970: no request, and what works nevertheless" {
    start_ca --challenge secret
    in_1970
    run_sscep getcaps -u "$URL"
    expect_status 0
    run_sscep getca -u "$URL" -c etc.crt
    expect_status 0
    warned_only "the certificate is not valid yet"
    cook first
    ends 93
    stdout_has "it is not valid yet, by this system's clock"
    sent
}

@test "in 1970: with a certificate" {
    has_certificate
    in_1970
    gives 1 "set this system's clock" renew
    gives 93 "it is not valid yet, by this system's clock" getcrl -w crl.pem
    sent 19
    cook clock
    ends 0
    stdout_has "renewed"
    cook clock
    ends 0
    sent 19 17 17
}

@test "in 1970: https" {
    has_certificate --tls
    in_1970
    URL=https${URL#http}
    gives 95 "certificate is not yet valid" getcrl -w crl.pem \
        --tls-ca-file etc/ca.crt --tolerate clock
}

@test "https without a trust store" {
    has_certificate --tls
    URL=https${URL#http}
    SSL_CERT_FILE=/none SSL_CERT_DIR=/none \
        gives 95 "unable to get local issuer certificate" getcrl -w crl.pem
    SSL_CERT_FILE=/none SSL_CERT_DIR=/none \
        gives 0 "" getcrl -w crl.pem --tls-ca-file etc/ca.crt
}

@test "nothing is sent if the directory is read-only, or has no room" {
    local make
    has_certificate
    in_mounts "mount --bind etc etc
        mount -o remount,bind,ro etc" gives 93 \
        "cannot lock: Read-only file system" renew --force
    in_mounts "mount --bind etc etc
        mount -o remount,bind,ro etc" gives 93 \
        "cannot write to its directory: Read-only file system" getcrl \
        -w etc/crl.pem
    make="mount -t tmpfs -o size=KBk,mode=0755 tmpfs etc2
        cp etc/* etc2; mount --bind etc2 etc"
    mkdir etc2
    in_mounts "${make/KB/20}" gives 93 "No space left on device" renew --force
    sent 19
    in_mounts "${make/KB/120}" gives 0 "" renew --force
    sent 19 17
}
