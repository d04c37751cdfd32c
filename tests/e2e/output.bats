#!/usr/bin/env bats
#
# Warnings on stderr and their ids, --no-warn, and what tells the transactionID.

load helper
load namespace
load servers

warning_line='^\./sscep: warning: [^ ].* \[[a-z0-9-]+\]$'

# only_warnings ID ...: each line on stderr is a warning; these are the ids.
only_warnings() {
    expect_status 0
    if grep -vE "$warning_line" "$stderr"; then
        problem "a line is no warning with an id"
    fi
    expect_equal "ids" "$*" \
        "$(sed 's/.*\[\(.*\)\]$/\1/' "$stderr" | paste -sd' ')"
}

silent() {
    expect_status 0
    stderr_empty
}

# quiet_without LIST COMMAND ...: the command succeeds and prints nothing to
# stderr without these warnings; adds their ids to the file seen.
quiet_without() {
    "${@:2}" --json --no-warn "$1"
    silent
    python3 -c 'import json, sys
for one in json.load(sys.stdin).get("warnings", []):
    print(one["id"])' <"$stdout" >>"$BATS_TEST_TMPDIR/seen"
}

# every_operation LIST NEXT: getca, enroll, a renewal in place, getcrl, and
# getnextca unless NEXT is empty.
every_operation() {
    rm -f ca.crt* local.crt
    quiet_without "$1" run_sscep getca -u "$URL" -c ca.crt
    quiet_without "$1" enroll -t 0
    quiet_without "$1" enroll -t 0 -K local.key -O local.crt
    quiet_without "$1" run_sscep getcrl -u "$URL" -c ca.crt -k local.key \
        -l local.crt -w crl
    if [ -n "$2" ]; then
        quiet_without "$1" run_sscep getnextca -u "$URL" -C ca.crt -c next
    fi
}

# All options of the test CA with which every operation succeeds, with each of
# their values, and its profiles as old servers. What is left out: servers that
# the client refuses, or that need options of the client; and those that issue
# another certificate than requested, which should be noticed.
servers() {
    PYTHONPATH=$BATS_TEST_DIRNAME/../testca python3 - <<'END'
import argparse, keys, oids, options, pki

LEFT_OUT = """
    --ca-expired --ra-expired --ca-key=ec --ca-key=ec384 --no-caps-http=html
    --renewal-by=19 --then=failure --oaep=md5 --digest=md5
    --recipient=pwri --recipient=kari
    --challenge-file --pwri-password --fail --fail-text --fail-text-form
    --pending-name
    --issue-as --issue-san --issue-ahead --next-ca
    --ra-sign-key --ra-enc-key --next-ca-key --reply-kem
""".split()
VALUES = {
    "--ca-key": list(keys.KINDS), "--digest": ["same"] + list(oids.DIGESTS),
    "--ca-usage": ["sign,encipher,certsign,crlsign", "none"],
    "--next-ca-certs": ["self", "cross", "self,cross"],
    "--revoke": ["12"], "--crl-size": ["100"],
    "--caps": ["none", "AES", "SHA-1,DES3", "SCEPStandard"],
    "--renewal-http": ["400", "404", "405", "500", "501"],
    "--challenge": ["secret"], "--pending": ["2"], "--pwri-rounds": ["1"],
    "--delay": ["0.1"], "--date": ["0", "86400"], "--chunked": ["10"],
    "--oaep-mask": ["sha1 --oaep sha256"],
}
ORDERS = {
    "chain": ["root,ca", "ca"], "ra-pair": ["sign"],
    "ra": ["sign,enc", "enc,sign", "ca,enc,sign"],
    "ra-chain": ["sign,enc", "sign,enc,ca", "root,ca,enc,sign"],
}
parser = argparse.ArgumentParser(add_help=False)
for add in (options._ca, options._decision, options._form, options._http):
    add(parser)
for action in parser._actions:
    name = action.option_strings[0]
    if name in LEFT_OUT or name == "--order":
        continue
    if action.nargs == 0:
        print(name)
        continue
    prefix = "--profile ra " if name == "--ra-purpose" else ""
    for value in VALUES.get(name) or action.choices:
        if "%s=%s" % (name, value) not in LEFT_OUT:
            print("%s%s %s" % (prefix, name, value))
for profile in pki.ORDERS:
    old = "--profile %s --caps none --cipher des" % profile
    print(old, "--get-only")
    print(old, "--no-content-type")
    for order in ORDERS.get(profile, []):
        print("--profile", profile, "--order", order)
END
}

@test "--no-warn: with the list for cron in the manual stderr is empty with every server" {
    local list options next number=0
    list=$(cron_list)
    take local.key local.csr
    servers >"$BATS_TEST_TMPDIR/servers"
    while read -r options; do
        number=$((number + 1))
        echo "=== $options" >&2
        ca=$BATS_TEST_TMPDIR/ca$number
        # shellcheck disable=SC2086
        start_ca --next-ca $options
        # getnextca wants a signature of the CA, over the certificates.
        case $options in
        *"--profile ra"* | *outer*) next="" ;;
        *) next=yes ;;
        esac
        every_operation "$list" "$next"
        stop_ca
    done <"$BATS_TEST_TMPDIR/servers"
    [ "$number" -gt 100 ]
    # The list has what these servers cause, and nothing else; two ids are those
    # of lines that only -v prints.
    expect_equal "ids" "$(tr , '\n' <<<"$list" | LC_ALL=C sort)" \
        "$(LC_ALL=C sort -u "$BATS_TEST_TMPDIR/seen" | grep -vxE 'chain|set-aside')"
}

@test "a warning on stderr is a line that ends in its id" {
    start_ca --profile ra --order sign,enc --get-only --caps none --cipher des \
        --no-content-type
    take local.key local.csr
    run_sscep getca -u "$URL" -c ca.crt
    only_warnings no-chain
    enroll
    only_warnings weak-algorithm weak-algorithm long-get no-content-type \
        obsolete-cipher no-ca-certificate
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

# A letter whose second byte, 9B, is what ESC [ is to a terminal without UTF-8.
@test "a terminal that does not take UTF-8 gets no byte beyond ASCII, all else the letters" {
    start_enrolment --fail badRequest --fail-text $'\u00db31m'
    local locale
    for locale in LC_ALL=C LC_ALL=de_DE.ISO-8859-1 "LC_ALL= LC_CTYPE=C LANG=C.UTF-8" \
        "LC_ALL= LC_CTYPE= LANG="; do
        export LC_ALL LC_CTYPE LANG
        eval "$locale"
        on_terminal enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
            -l local.crt
        grep -qF '\xc3\x9b31m' "$stdout" || problem "$locale" "$(cat "$stdout")"
        ! LC_ALL=C grep -q $'[\x80-\xff]' "$stdout" || problem "$locale: a byte"
        on_terminal run_sscep getcert -u "$URL" -c ca.crt -k local.key -s 1 -w w \
            --json -l $'\u00db\U0001f600'
        grep -qF '"local certificate \u00db\ud83d\ude00: ' "$stdout" || problem "$locale: JSON"
        enroll
        LC_ALL=C.UTF-8
        stderr_has $'\u00db31m'
    done
    for locale in LC_ALL=C.UTF-8 "LC_ALL= LC_CTYPE=de_DE.utf8" \
        "LC_ALL= LC_CTYPE= LANG=en_US.UTF-8"; do
        eval "$locale"
        on_terminal enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
            -l local.crt
        LC_ALL=C.UTF-8
        stdout_has $'\u00db31m'
    done
}

@test "names of files: no terminal obeys them, and each message is a line" {
    start_enrolment
    local name=$'A\e[31mR\x9b\u202e\u00e9\nB\\x1b' shown
    shown='A\x1b[31mR\x9b\xe2\x80\xaeé\x0aB\x1b'
    run_sscep enroll -u "$URL" -c ca.crt -k "$name" -r local.csr -l local.crt
    expect_status 93
    only_error "private key $shown: cannot open"
    on_terminal enroll -u "$URL" -c ca.crt -k "$name" -r local.csr -l local.crt
    stdout_has "private key $shown: cannot open"
    ln -s "/nowhere/$name" link
    enroll -l link
    expect_status 93
    ! LC_ALL=C grep -q $'[\x1b\x9b]' "$stderr" || problem "a control is printed"
    enroll -m "$name" -v
    expect_status 0
    stdout_has "written as $shown"
    ! LC_ALL=C grep -q $'[\x1b\x9b]' "$stderr" || problem "a control is printed"
    rm "$name"
    # Plain names, with a backslash and letters, are as they are.
    name='C:\\new é "x".key'
    run_sscep enroll -u "$URL" -c ca.crt -k "$name" -r local.csr -l local.crt
    only_error "private key $name: cannot open"
}

@test "a line on stderr is written as a whole" {
    python3 - "$SSCEP" <<'END' || problem "a line came in parts"
import socket, subprocess, sys
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
subprocess.run([sys.argv[1], "getca", "-c", "\u00e9"], stderr=theirs)
sys.exit(not ours.recv(4096).endswith(b"\n"))
END
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
    run_without_reader check --local -c ca.crt -k local.key -r local.csr \
        -l local.crt
    expect_status 0
    stderr_empty
    run_without_reader check --local -c ca.crt -k none.key -r local.csr \
        -l local.crt
    expect_status 93
    stderr_empty
}

@test "a reader of the JSON object that has left is a failure, and it goes to stderr" {
    start_ca
    run_without_reader getca -u "$URL" -c ca.crt --json
    expect_status 93
    stderr_has "cannot write to standard output: Broken pipe"
    stderr_has '"exitCode":'
}
