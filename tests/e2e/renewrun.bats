#!/usr/bin/env bats
#
# renew over several runs: what one run leaves for the next one, in CERT.req,
# KEY.new and CERT.hook.

load helper
load namespace
load servers
load renewing

# --- pending ---------------------------------------------------------------

@test "polls are signed as the request was: expired, with the challenge" {
    start
    enrolled
    clock_is +400d
    restart --pending 2
    renew -T 0
    expect_status 3
    grep -qx "Signed-By: request" dev.crt.req
    renew -T 0
    expect_status 3
    # Without the challenge the certificate would sign a request.
    sed -i /Challenge/d dev.conf
    renew
    expect_status 0
    pair_is_good
    files dev.key.old dev.crt.old
    expect_equal "messages" "19 19 20 20 " "$(what_was_sent)"
    expect_equal "self-signed" "True True True True " \
        "$(messages signerSelfSigned | tr '\n' ' ')"
}

@test "polls are signed as the request was: --renew-with of one run only" {
    start
    enrolled
    restart --pending 1
    renew -T 0 --force --renew-with challenge
    expect_status 3
    renew
    expect_status 0
    pair_is_good
    restart --pending 1
    renew -T 0 --force
    expect_status 3
    grep -qx "Signed-By: certificate" dev.crt.req
    renew --renew-with challenge
    expect_status 0
    pair_is_good
    expect_equal "self-signed" "True True True False False " \
        "$(messages signerSelfSigned | tr '\n' ' ')"
}

@test "a CERT.req that is no request: the message has the way out" {
    start
    echo garbage >dev.crt.req
    renew
    expect_status 93
    only_error "dev.crt.req" "(--forget removes it, to begin again)"
    renew --forget
    expect_status 0
    pair_is_good
}
