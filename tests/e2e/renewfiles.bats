#!/usr/bin/env bats
#
# The files of renew: who may read them, whose they are, which names they may
# have, and what a run that was killed leaves.

load helper
load namespace
load servers

setup() {
    common_setup
}

# A CA, and a configuration file.
start() {
    start_ca --lifetime 900000000 --challenge secret "$@"
    cp "$ca/ca.crt" .
    configure
}

# configure [LINE...]: writes the configuration file, with these lines.
configure() {
    cat >dev.conf <<END
URL = $URL
CACertFile = ca.crt
[sscep_renew]
PrivateKeyFile = dev.key
LocalCertFile = dev.crt
Subject = /CN=device
NewKey = ec:P-256
Challenge = pass:secret
NoWarn = no-password
END
    [ $# -eq 0 ] || printf '%s\n' "$@" >>dev.conf
}

# renew [OPTION...]: one run.
renew() {
    run_sscep renew -f dev.conf "$@"
}

enrolled() {
    renew "$@"
    expect_status 0
}

# modes FILE...: in a line.
modes() {
    stat -c %a "$@" | xargs
}

# --- modes -----------------------------------------------------------------

@test "a bundle does not get the mode of a file without a key" {
    start
    enrolled
    cp ca.crt b.pem
    chmod 644 b.pem
    renew --force --bundle b.pem
    expect_status 0
    grep -q 'PRIVATE KEY' b.pem
    expect_equal "the mode" 600 "$(modes b.pem)"
    rm b.pem
    touch b.pem
    chmod 444 b.pem
    renew --force --bundle b.pem
    expect_status 0
    expect_equal "the mode" 400 "$(modes b.pem)"
    rm b.pem
    touch b.pem
    chmod 644 b.pem
    renew --force --bundle b.pem --key-mode 660
    expect_status 0
    expect_equal "the mode" 640 "$(modes b.pem)"
    chmod 440 b.pem
    renew --force --bundle b.pem
    expect_equal "the mode of the bundle before" 440 "$(modes b.pem)"
}

# --- names -----------------------------------------------------------------

@test "standard output is no file of renew" {
    start
    local option
    for option in --bundle --fullchain --chain; do
        renew "$option" -
        misuse "--chain, --fullchain and --bundle"
        [ ! -e ./- ]
    done
}
