# newkey.bash: enroll where it makes the key, for the tests of that.

# start [OPTION...]: starts a CA and takes its certificate.
start() {
    start_ca "$@"
    cp "$ca/ca.crt" .
}

# make OPTION...: runs enroll with a new key.
make() {
    run_sscep enroll -u "$URL" -c ca.crt -k new.key -l new.crt "$@"
}

key_of() {
    openssl pkey -in "$1" -pubout
}

# The certificate is that of the new key.
certified() {
    expect_status 0
    expect_equal "the key" "$(key_of new.key)" \
        "$(openssl x509 -in new.crt -noout -pubkey)"
}
