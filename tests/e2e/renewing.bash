# renewing.bash: what the tests of renew share: a clock, a CA that has it, and files.

faketime=/usr/lib/$HOSTTYPE-linux-gnu/faketime/libfaketime.so.1

setup() {
    common_setup
    clock=$BATS_TEST_TMPDIR/clock
    echo +0 >"$clock"
}

# The clock of the CA and of sscep, days from now.
clock_is() {
    without_sanitizers "not with libfaketime"
    echo "$1" >"$clock"
}

with_clock() {
    if [ "$(cat "$clock")" = +0 ]; then
        "$@"
        return
    fi
    env LD_PRELOAD="$faketime" FAKETIME_TIMESTAMP_FILE="$clock" \
        FAKETIME_NO_CACHE=1 DONT_FAKE_MONOTONIC=1 "$@"
}

# start_ca_of_clock [OPTION...]: a CA with our clock.
start_ca_of_clock() {
    start_ca --clock "$clock" --challenge secret "$@"
}

# start [OPTION...]: the same, and a configuration file with it pinned.
start() {
    start_ca_of_clock "$@"
    pin=$(openssl x509 -in "$ca/ca.crt" -noout -fingerprint -sha256)
    configure
}

# configure [LINE...]: writes the configuration file, with these lines.
configure() {
    cat >dev.conf <<END
URL = $URL
CACertFile = ca.crt
CAFingerprint = ${pin#*=}
[sscep_renew]
PrivateKeyFile = dev.key
LocalCertFile = dev.crt
Subject = /CN=device
NewKey = rsa:2048
Challenge = pass:secret
END
    [ $# -eq 0 ] || printf '%s\n' "$@" >>dev.conf
}

# Stops the CA, and starts it again in the same directory.
restart() {
    stop_ca
    start "$@"
}

# renew [OPTION...]: one run, at the time of the clock.
renew() {
    command_line="$sscep renew -f dev.conf $*"
    status=0
    before_run
    with_clock timeout -k 5 "$run_limit" "$sscep" renew -f dev.conf "$@" \
        >"$stdout" 2>"$stderr" </dev/null || status=$?
    no_sanitizer_text
}

# The first enrolment, with nothing on stderr.
enrolled() {
    renew "$@"
    expect_status 0
    pair_is_good
}

pair_is_good() {
    expect_equal "the key" "$(openssl pkey -in dev.key -pubout)" \
        "$(openssl x509 -in dev.crt -noout -pubkey)"
}

serial() {
    openssl x509 -in "$1" -noout -serial
}

# files [NAME...]: these and the usual files are there, and no other.
files() {
    local expected
    expected=$(printf '%s\n' sscep dev.conf ca.crt dev.key dev.crt \
        dev.crt.lock "$@" | sort)
    expect_equal "the files" "$expected" "$(ls -A | sort)"
}

# member NAME: that member of the JSON on stdout.
member() {
    python3 -c 'import json, sys
value = json.load(open(sys.argv[1])).get(sys.argv[2])
print(value if value is not None else "-")' "$stdout" "$1"
}

# what_was_sent: the types of the messages, in a line.
what_was_sent() {
    messages messageType | tr '\n' ' '
}

unchanged() {
    expect_equal "the certificate" "$before" "$(serial dev.crt)"
    pair_is_good
}
