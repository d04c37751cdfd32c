#!/usr/bin/env bats
#
# Warnings on stderr and their ids, --no-warn, and what tells the transactionID.

load helper

warning_line='^\./sscep: warning: [^ ].* \[[a-z0-9-]+\]$'

# only_warnings: each line on stderr is a warning with an id; adds the ids to
# the file seen.
only_warnings() {
    expect_status 0
    if grep -vE "$warning_line" "$stderr"; then
        problem "a line is no warning with an id"
    fi
    sed 's/.*\[\(.*\)\]$/\1/' "$stderr" >>"$BATS_TEST_TMPDIR/seen"
}

silent() {
    expect_status 0
    stderr_empty
}

# every_operation CHECK [OPTION ...]: getca, enroll, a renewal in place, getcrl.
every_operation() {
    local check=$1 url=$URL
    shift
    rm -f ca.crt* local.crt
    run_sscep getca -u "$url" -c ca.crt "$@"
    "$check"
    enroll "$@"
    "$check"
    enroll -K local.key -O local.crt "$@"
    "$check"
    run_sscep getcrl -u "$url" -c ca.crt -k local.key -l local.crt -w crl "$@"
    "$check"
}

# All profiles of the test CA, each as it is and as an old server.
profiles() {
    local profile
    PYTHONPATH=$BATS_TEST_DIRNAME/../testca python3 -c \
        'import pki; print("\n".join(pki.ORDERS))' | while read -r profile; do
        echo "--profile $profile"
        echo "--profile $profile --get-only --caps none --cipher des"
    done
    echo "--digest sha1"
    echo "--profile ra-chain --order sign,enc,ca"
}

@test "--no-warn: with the list for cron in the manual stderr is empty with every profile" {
    local list options number=0
    list=$(cron_list)
    [ "$(cron_list | wc -l)" -eq 1 ]
    take local.key local.csr
    while read -r options; do
        number=$((number + 1))
        echo "=== $options" >&2
        ca=$BATS_TEST_TMPDIR/ca$number
        # shellcheck disable=SC2086
        start_ca $options
        every_operation only_warnings
        every_operation silent --no-warn "$list"
        stop_ca
    done < <(profiles)
    [ "$number" -gt 10 ]
    # The list has what these servers cause, and nothing else.
    expect_equal "ids" "$(tr , '\n' <<<"$list" | LC_ALL=C sort)" \
        "$(LC_ALL=C sort -u "$BATS_TEST_TMPDIR/seen")"
}

@test "--no-warn: NoWarn in the file silences what was said before it was read" {
    start_ca --profile ra --order sign,enc
    printf 'URLL = x\nNoWarn = "unknown-key, no-effect"\nNoWarn = no-chain\n' \
        >sscep.conf
    run_sscep getca -R -u "$URL" -f sscep.conf -c ca.crt
    silent
    run_sscep getca -R -u "$URL" -f sscep.conf -c ca.crt --no-warn no-chain
    expect_equal "ids" "no-effect unknown-key" \
        "$(sed 's/.*\[\(.*\)\]$/\1/' "$stderr" | paste -sd' ')"
}

@test "--no-warn: an unknown id is warned of, with the nearest" {
    start_ca --profile ra --order sign,enc
    run_sscep getca -u "$URL" -c ca.crt --no-warn no-chian,no-chain
    expect_status 0
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
    warned "option --no-warn: unknown warning no-chian (did you mean no-chain?) [unknown-warning]"
}

@test "--no-warn: what --tolerate waives is not silenced" {
    start_enrolment --fault no-recipient-nonce
    enroll --tolerate nonce --no-warn tolerated-nonce
    expect_status 0
    warned "tolerated-nonce cannot be silenced [unknown-warning]"
    warned "recipientNonce is missing"
    expect_equal "lines of stderr" 2 "$(wc -l <"$stderr")"
}

@test "--no-warn: what a pin leaves out is not silenced" {
    start_ca --profile ra
    run_sscep getca -u "$URL" -c ca.crt --no-warn not-pinned,unknown-warning \
        --ca-fingerprint "$(fingerprint "$ca/ra-sign.crt" sha256)"
    expect_status 0
    warned "[not-pinned]"
    stderr_lacks "[unknown-warning]"
}

@test "--no-warn: the warnings that were held come before an error" {
    start_ca
    run_sscep getca -u "$URL" -R --no-warn no-chain
    expect_status 1
    expect_equal "the first line" \
        "./sscep: warning: option -R has no effect with getca [no-effect]" \
        "$(head -n 1 "$stderr")"
    one_error "missing"
    run_sscep getca -u "$URL" -R --no-warn no-effect
    only_error "missing"
}

# --- the transactionID -----------------------------------------------------

# The transactionIDs that the CA has got; it must be one.
transaction() {
    messages transactionID | sort -u
}

# The lines of stdout that have the transactionID, one of them for each reply.
says_transaction() {
    local id i
    id=$(transaction)
    expect_equal "the first line" \
        "./sscep: Read request with transaction id: $id" "$(head -n 1 "$stdout")"
    expect_equal "replies" "$1" \
        "$(grep -cxF "./sscep: reply transaction id: $id" "$stdout")"
    expect_equal "lines before those of replies" "./sscep: valid response from server" \
        "$(grep -B 1 "reply transaction id" "$stdout" |
            grep -v -e "reply transaction id" -e '^--$' | sort -u)"
    expect_equal "all lines" "$(($1 + 1))" "$(grep -c "transaction id" "$stdout")"
}

@test "-v: enroll prints the transactionID of the request and of each reply" {
    start_enrolment --pending 2
    enroll -v -t 0
    enrolled
    says_transaction 3
    expect_equal "what a script gets" "$(transaction)" \
        "$(python3 -c 'import re, sys
for line in open(sys.argv[1]):
    if "Read request with transaction id" in line:
        print(re.split(r":\s+", line.rstrip())[2])' "$stdout")"
}

@test "-d: getcert and getcrl print the transactionID of the request and of the reply" {
    start_enrolment
    enroll
    : >"$ca/log"
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l local.crt -w found \
        -s "0x$(openssl x509 -in local.crt -noout -serial | sed 's/.*=//')" -d
    expect_status 0
    says_transaction 1
    : >"$ca/log"
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w found -d
    expect_status 0
    says_transaction 1
}

@test "no line has the transactionID without -v, with --quiet, --json or -m" {
    start_enrolment
    local options
    for options in "" "-v --quiet" "-v --json" "-v -m message"; do
        # shellcheck disable=SC2086
        enroll $options
        expect_status 0
        if grep "transaction id" "$stdout"; then
            problem "$options: it is printed"
        fi
    done
}

@test "-v: a reply with another transactionID is shown as it is" {
    start_enrolment --fault wrong-transaction-id
    enroll -v --tolerate transaction-id
    expect_status 0
    stdout_line "./sscep: reply transaction id: $(transaction | sed 's/.$/?/')"
    rm local.crt
    # What is refused is not shown.
    enroll -v
    expect_status 97
    stdout_lacks "reply transaction id"
}

@test "FAILURE and PENDING at a limit name the transactionID" {
    start_enrolment --pending 9
    enroll -n 0
    expect_status 3
    only_error "PENDING" "-R (transactionID $(transaction))"
    enroll -R -n 1
    expect_status 3
    only_error "PENDING" "-R (transactionID $(transaction))"
    stop_ca
    ca=$BATS_TEST_TMPDIR/failing
    start_enrolment --fail badRequest --fail-text "Why?"
    enroll --transaction-id 4711
    expect_status 72
    only_error '"Why?"' "(transactionID 4711)"
    take other.key other.crt
    run_sscep getcrl -u "$URL" -c ca.crt -k other.key -l other.crt -w crl
    expect_status 72
    only_error "(transactionID $(messages transactionID | tail -n 1))"
}

# Runs sscep with standard output a pipe that nobody reads any more.
run_without_reader() {
    python3 - "$SSCEP" "$@" <<'END' 2>"$stderr" && status=0 || status=$?
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
sys.exit(subprocess.run(sys.argv[1:], stdout=writer).returncode)
END
}

@test "a reader of status lines that has left is no failure" {
    start_enrolment
    run_without_reader enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt
    expect_status 0
    stderr_empty
    same_certificate local.crt "$(issued)"
    run_without_reader --help-all
    expect_status 0
    stderr_empty
}

@test "a reader of the JSON object that has left is a failure, and it goes to stderr" {
    start_ca
    run_without_reader getca -u "$URL" -c ca.crt --json
    expect_status 93
    stderr_has "cannot write to standard output: Broken pipe"
    stderr_has '"exitCode":'
}
