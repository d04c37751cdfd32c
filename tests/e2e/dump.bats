#!/usr/bin/env bats
#
# --dump-config: what it prints is read back as the same, has no secret in it,
# and nothing else happens.

load helper

# dump OPERATION OPTION ...: prints the configuration, and reads what it printed:
# the same is printed again. It stays in the file printed.
dump() {
    run_sscep "$@" --dump-config
    expect_status 0
    mv "$stdout" printed
    run_sscep "$1" -f printed --dump-config
    expect_status 0
    stderr_lacks warning
    if ! cmp -s printed "$stdout"; then
        problem "not the same again: $(diff printed "$stdout")"
    fi
}

# printed LINE ...: these lines, and no others, were printed.
printed() {
    expect_equal "the configuration" "$(printf '%s\n' "$@")" "$(cat printed)"
}

@test "each operation: the command line as a file" {
    local operation
    for operation in getca getnextca enroll getcert getcrl getcaps; do
        dump "$operation"
        printed "[sscep_$operation]"
        dump "$operation" -u 'http://h/$x#y' --timeout 120 -M 'a=" b ' -M c=d
        printed "[sscep_$operation]" 'URL = "http://h/$x#y"' \
            'MonitorInformation = "a=\" b "' 'MonitorInformation = "c=d"' \
            'Timeout = 120'
    done
}

@test "an empty CA identifier is one" {
    dump getca -i ""
    printed '[sscep_getca]' 'CAIdentifier = ""'
    start_ca
    run_sscep getca -f printed -u "$URL" -c ca.crt
    expect_status 0
    expect_equal "the last parameter" "['message', '']" \
        "$(ca_log 'query[-1]' | uniq)"
}

@test "control characters are quoted in what is printed" {
    dump getca -i $'\n a\tb\r\n\b' -M $'a=\n' -c $'x\r\b\ty'
    printed '[sscep_getca]' $'CACertFile = "x\r\b\ty"' \
        $'CAIdentifier = \\n" a\tb"\\r\\n\\b' 'MonitorInformation = "a="\n'
}

@test "a value that cannot be written is an error, and nothing is printed" {
    run_sscep getca -u http://h/ -c $'a\nb' --dump-config
    expect_status 1
    only_error "--dump-config: CACertFile cannot be written: there is a line feed"
    stdout_empty
    run_sscep getca -i "$(head -c 16384 /dev/zero | tr '\0' x)" --dump-config
    expect_status 1
    only_error "CAIdentifier cannot be written: the value is longer than a line"
    stdout_empty
}

@test "the file, its sections, and the command line over it" {
    cat >sscep.conf <<'END'
dir = ./ca
[sscep]
URL = http://common/ # a comment
PollInterval = 1
NoWarn = long-get
[sscep_enroll]
CACertFile = $dir/ca.crt
PollInterval = 2
Resume = no
[sscep_getca]
FingerPrint = md5
END
    dump enroll -f sscep.conf -u http://argv/ --tolerate clock --tolerate nonce
    printed '[sscep_enroll]' 'URL = "http://argv/"' \
        'CACertFile = "./ca/ca.crt"' 'NoWarn = long-get' 'PollInterval = 2' \
        'Resume = no' 'Tolerate = nonce,clock'
    dump getca -f sscep.conf
    printed '[sscep_getca]' 'URL = "http://common/"' 'NoWarn = long-get' \
        'FingerPrint = "md5"'
}

@test "a file in the manner of sscep 0.10" {
    local operation
    for operation in getca getnextca enroll getcert getcrl getcaps; do
        dump "$operation" -f "$BATS_TEST_DIRNAME/sscep-0.10.conf"
        grep -qFx 'CAIdentifier = "my \"own\" domain.com"' printed ||
            problem "CAIdentifier differs"
    done
}

@test "nothing is sent, no key is read, no file is written" {
    start_ca
    mkfifo local.key phrase
    snapshot
    dump enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
        -L self.crt -m message -p 127.0.0.1:1 --passin file:phrase \
        --provider nosuch -g nosuch
    nothing_written printed
    nothing_sent
}

@test "required options may be missing, but values must be right" {
    dump enroll -K key
    printed '[sscep_enroll]' 'SignKeyFile = "key"'
    run_sscep enroll --dump-config -E rot13
    misuse "option -E: unknown cipher rot13"
    run_sscep enroll --nonsense --dump-config
    misuse "unknown option --nonsense"
    run_sscep enroll --dump-config=yes
    misuse "option --dump-config takes no value"
    run_sscep --dump-config
    misuse "the operation must come first"
    echo 'Timeout = soon' >sscep.conf
    run_sscep enroll --dump-config -f sscep.conf
    expect_status 93
    only_error "sscep.conf:1: Timeout: soon is not a number"
    stdout_empty
}

@test "--help goes before --dump-config" {
    run_sscep getca --dump-config --help
    expect_status 0
    stdout_has "Usage: "
}

@test "warnings are printed with --dump-config, too" {
    printf 'NoSuchKey = 1\n' >sscep.conf
    run_sscep getca -f sscep.conf --dump-config -k x
    expect_status 0
    warned "unknown key NoSuchKey"
    warned "option -k has no effect with getca"
    expect_equal "the configuration" "[sscep_getca]" "$(cat "$stdout")"
}

@test "--quiet and --json do not change it, errors are JSON" {
    dump getca -c ca.crt --quiet
    printed '[sscep_getca]' 'CACertFile = "ca.crt"' 'Quiet = yes'
    dump getca -c ca.crt --json
    printed '[sscep_getca]' 'CACertFile = "ca.crt"' 'JSON = yes'
    run_sscep getca --json --dump-config -i $'a\nb' -c $'a\nb'
    expect_status 1
    python3 - "$stdout" <<'END'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["operation"] == "getca" and report["exitCode"] == 1
assert "CACertFile cannot be written" in report["error"]
END
}

@test "stdout that is full or closed" {
    local result=0
    ./sscep getca --dump-config >/dev/full 2>"$stderr" || result=$?
    expect_equal "the exit status" 93 "$result"
    stderr_has "$sscep: "
}

# No pass phrase, PIN or password, however it was given.
hidden() {
    if grep -q swordfish "$stdout" "$stderr"; then
        problem "a secret was printed"
    fi
}

@test "secrets are comments with their source" {
    local how
    cat >sscep.conf <<'END'
Proxy = user:swordfish@127.0.0.1:1
[sscep_enroll]
SignKeyPassword = pass:swordfish
SignKeyFile = pkcs11:token=x?pin-value=swordfish
TLSKeyPassword = file:phrase
MonitorInformation = challenge=swordfish
END
    for how in "" -v -d --json "--json -v"; do
        # shellcheck disable=SC2086
        run_sscep enroll -f sscep.conf --dump-config $how \
            -u http://user:swordfish@h/ --passin pass:swordfish \
            -k 'handle:1?swordfish' -r local.csr
        expect_status 0
        hidden
        grep -v -e Verbose -e Debug -e JSON "$stdout" >shown
        expect_equal "the configuration" "$(cat shown)" '[sscep_enroll]
# URL: from user:password@host on the command line, not shown
# Proxy: from user:password@host in sscep.conf, not shown
# MonitorInformation: from a secret parameter in sscep.conf, not shown
TLSKeyPassword = "file:phrase"
# PrivateKeyFile: from a URI with a PIN on the command line, not shown
CertReqFile = "local.csr"
# SignKeyFile: from a URI with a PIN in sscep.conf, not shown
# SignKeyPassword: from pass: in sscep.conf, not shown
# KeyPassword: from pass: on the command line, not shown'
    done
    run_sscep enroll -f shown --dump-config
    expect_status 0
    expect_equal "what is left" "$(grep -v '^#' shown)" "$(cat "$stdout")"
    run_sscep enroll --dump-config --passin pass:swordfish -c $'a\nb' --json
    expect_status 1
    hidden
    run_sscep enroll --dump-config --passin pass:swordfish -E swordfis
    expect_status 1
    hidden
}

@test "the section of an engine, without its PIN" {
    cat >sscep.conf <<'END'
[sscep]
engine = sscep_engine
[sscep_engine]
engine_id = pkcs11
dynamic_path = /lib/pkcs11.so
engine_usage =
MODULE_PATH = /lib/softhsm.so
PIN = swordfish
LOAD_CERT_CTRL =
[sscep_engine_pkcs11]
VERBOSE = "#1"
END
    run_sscep enroll -f sscep.conf -v --dump-config
    expect_status 0
    hidden
    grep -v Verbose "$stdout" >shown
    expect_equal "the configuration" '[sscep_enroll]
engine = "sscep_engine"
[sscep_engine]
engine_id = "pkcs11"
dynamic_path = "/lib/pkcs11.so"
MODULE_PATH = "/lib/softhsm.so"
# PIN: from sscep.conf:8, not shown
LOAD_CERT_CTRL =
VERBOSE = "#1"' "$(cat shown)"
    grep -v '^#' shown >sscep.conf
    dump enroll -f sscep.conf
    cmp printed sscep.conf
    dump enroll -g pkcs11
    printed '[sscep_enroll]' 'engine = "pkcs11"'
}

@test "what is printed does the same" {
    start_ca
    run_sscep getca -u "$URL" -c ca.crt -F md5 --timeout 20 --dump-config
    expect_status 0
    cp "$stdout" sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 0
    stderr_empty
    stdout_has "MD5 fingerprint"
    same_certificate ca.crt "$ca/ca.crt"
}
