#!/usr/bin/env bats
#
# --json: one object on stdout, whatever happens.

load helper

# json OPERATION OPTION ...: runs the operation; stdout must be one line with an
# object as the manual describes it.
json() {
    run_sscep "$@" --json
    is_report
}

is_report() {
    if ! check_report "$status" "$@" 2>"$stdout.check"; then
        problem "not the JSON that is wanted" "$(tail -n 3 "$stdout.check")"
    fi
}

# check_report STATUS [EXPRESSION ...]: the object is valid and the Python
# expressions are true; o is the object, ids are the ids of its warnings.
check_report() {
    python3 - "$stdout" "$@" <<'END'
import json, re, sys

STRINGS = {"version", "operation", "status", "failInfo", "failInfoText",
           "transactionID", "error"}
TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]"
                  r":[0-5][0-9]Z")
HEX = re.compile("([0-9A-F][0-9A-F])+")
PRINT = re.compile("[0-9A-F]{2}(:[0-9A-F]{2}){31}")
CERTIFICATE = {"subject", "issuer", "serial", "notBefore", "notAfter",
               "sha256", "file"}
CRL = {"issuer", "thisUpdate", "nextUpdate", "file"}


def unique(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a member comes twice"
    return dict(pairs)


def not_json(text):
    raise ValueError(text)


def members(objects, names, optional=()):
    assert objects, "an empty array"
    for one in objects:
        assert set(one) | set(optional) == names | set(optional), sorted(one)
        assert all(isinstance(value, str) for value in one.values()), one
        for name in one:
            if name in ("notBefore", "notAfter", "thisUpdate", "nextUpdate"):
                assert TIME.fullmatch(one[name]), one[name]


with open(sys.argv[1], "rb") as stream:
    text = stream.read()
assert text.count(b"\n") == 1 and text.endswith(b"\n"), "not one line"
assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", text), "control bytes"
o = json.loads(text.decode("utf-8"), object_pairs_hook=unique,
               parse_constant=not_json)
assert type(o) is dict
assert list(o)[0] == "version" and re.match("[0-9]+[.][0-9]+", o["version"]), o
for name, value in o.items():
    if name in STRINGS:
        assert isinstance(value, str), name
    elif name in ("capabilities", "files"):
        assert value and all(isinstance(one, str) for one in value), name
    elif name == "certificates":
        members(value, CERTIFICATE)
        assert all(HEX.fullmatch(one["serial"]) and
                   PRINT.fullmatch(one["sha256"]) for one in value), value
    elif name == "crls":
        members(value, CRL - {"nextUpdate"}, {"nextUpdate"})
    elif name == "warnings":
        members(value, {"id", "text"})
        assert all(re.fullmatch("[a-z]+(-[a-z]+)*", one["id"])
                   for one in value), value
    else:
        assert name == "exitCode", "unknown member " + name
assert type(o["exitCode"]) is int
assert o["exitCode"] == int(sys.argv[2]), o
if "operation" in o or o["exitCode"] != 1:
    assert o["operation"] in ("getca", "getnextca", "enroll", "getcert",
                              "getcrl", "getcaps"), o
assert ("error" in o) == (o["exitCode"] != 0), o
assert o.get("status", "SUCCESS") in ("SUCCESS", "FAILURE", "PENDING"), o
assert ("failInfo" in o) == (o.get("status") == "FAILURE"), o
assert o.get("failInfo", "unknown") in (
    "badAlg", "badMessageCheck", "badRequest", "badTime", "badCertId",
    "unknown"), o
for one in o.get("certificates", []) + o.get("crls", []):
    assert one["file"] in o["files"], o
ids = [one["id"] for one in o.get("warnings", [])]
for expression in sys.argv[3:]:
    assert eval(expression), expression + "\n" + repr(o)
END
}

# report [EXPRESSION ...]: the same, for the last run and its status.
report() {
    is_report "$@"
}

# success [EXPRESSION ...], failure STATUS [EXPRESSION ...]: of the last run.
success() {
    expect_status 0
    report "'error' not in o" "$@"
}

failure() {
    expect_status "$1"
    shift
    one_error
    # The error is the same text as on stderr.
    report "o['error'] == '''$(sed -n 's/^\.\/sscep: //p' "$stderr.errors" |
        sed "s/[\\']/\\\\&/g")'''" "not o.keys() & {'files', 'certificates', 'crls'}" "$@"
}

# described FILE: the report describes the certificate in FILE correctly.
described() {
    local dates
    dates=$(openssl x509 -in "$1" -noout -startdate -enddate | sed 's/.*=//')
    report "[c for c in o['certificates'] if c['file'] == '$1'][0]['sha256'] == '$(fingerprint "$1" sha256)'" \
        "[c for c in o['certificates'] if c['file'] == '$1'][0]['serial'] == '$(openssl x509 -in "$1" -noout -serial | sed 's/.*=//')'" \
        "[c for c in o['certificates'] if c['file'] == '$1'][0]['notBefore'] == '$(date -u -d "$(head -n 1 <<<"$dates")" +%FT%TZ)'" \
        "[c for c in o['certificates'] if c['file'] == '$1'][0]['notAfter'] == '$(date -u -d "$(tail -n 1 <<<"$dates")" +%FT%TZ)'" \
        "len([c for c in o['certificates'] if c['file'] == '$1']) == 1"
}

# A certificate issued by the CA, for getcert and getcrl.
own_certificate() {
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>log
    rm log
    mkdir -p "$ca/issued"
    cp own.crt "$ca/issued/1267.pem"
}

getcert() {
    json getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt "$@"
}

getcrl() {
    json getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w found.crl "$@"
}

# enroll of helper, with --json.
enrol() {
    enroll --json "$@"
    is_report
}

# --- success ---------------------------------------------------------------

@test "the report of getcaps" {
    start_ca --caps "AES,GetNextCACert,SHA-256,Unknown"
    json getcaps -u "$URL"
    success "o == {'version': o['version'], 'operation': 'getcaps', 'exitCode': 0, 'capabilities': ['AES', 'GetNextCACert', 'SHA-256']}"
    stderr_empty
    stop_ca
    ca=$BATS_TEST_TMPDIR/none
    start_ca --caps none
    json getcaps -u "$URL"
    success "not o.get('capabilities')"
}

@test "getca, one certificate" {
    start_ca
    json getca -u "$URL" -c ca.crt
    success "o['files'] == ['ca.crt']" "len(o['certificates']) == 1" \
        "set(o) == {'version', 'operation', 'exitCode', 'certificates', 'files'}" \
        "o['certificates'][0]['subject'] == '/C=FI/O=Example/CN=Example Test CA'" \
        "o['certificates'][0]['issuer'] == '/C=FI/O=Example/CN=Example Test CA'"
    described ca.crt
    stderr_empty
}

@test "getca, several certificates" {
    start_ca --profile ra
    json getca -u "$URL" -c ca.crt
    success "o['files'] == ['ca.crt-0', 'ca.crt-1', 'ca.crt-2']" \
        "[c['file'] for c in o['certificates']] == o['files']" \
        "o['certificates'][1]['subject'] == '/C=FI/O=Example/CN=Example Test RA Encryption'" \
        "ids == ['chain']"
    described ca.crt-0
    described ca.crt-1
    described ca.crt-2
}

@test "the report of getnextca" {
    start_ca --next-ca
    cp "$ca/ca.crt" .
    json getnextca -u "$URL" -c next.crt -C ca.crt -w signer.crt
    success "set(o['files']) == {'next.crt-0', 'signer.crt'}" \
        "o['certificates'][0]['file'] == 'next.crt-0'"
    described next.crt-0
}

@test "the report of enroll: SUCCESS" {
    start_enrolment
    enrol
    success "o['status'] == 'SUCCESS'" "o['files'] == ['local.crt']" \
        "o['transactionID'] == '$(messages transactionID)'" \
        "len(o['certificates']) == 1" \
        "o['certificates'][0]['subject'] == '/C=FI/O=Example/CN=device.example.org'" \
        "o['certificates'][0]['issuer'] == '/C=FI/O=Example/CN=Example Test CA'" \
        "'warnings' not in o"
    described local.crt
    same_certificate local.crt "$(issued)"
}

@test "enroll: every file that is written is named" {
    start_enrolment
    enrol --chain chain.crt -L self.crt
    success "set(o['files']) == {'local.crt', 'chain.crt', 'self.crt'}"
    [ -s chain.crt ]
    [ -s self.crt ]
}

@test "enroll: SUCCESS after PENDING" {
    start_enrolment --pending 2
    enrol -t 0
    success "o['status'] == 'SUCCESS'" "o['files'] == ['local.crt']"
}

@test "enroll -m: the file of the message" {
    start_enrolment
    enrol -m message.pem
    success "o['files'] == ['message.pem']" "'status' not in o" \
        "'certificates' not in o"
}

@test "the report of getcert" {
    start_enrolment
    own_certificate
    getcert
    success "o['status'] == 'SUCCESS'" "o['files'] == ['found.crt']" \
        "o['transactionID'] == '$(messages transactionID)'" \
        "o['certificates'][0]['serial'] == '1267'"
    described found.crt
}

@test "the report of getcrl" {
    start_enrolment
    own_certificate
    getcrl
    success "o['status'] == 'SUCCESS'" "o['files'] == ['found.crl']" \
        "o['transactionID'] == '$(messages transactionID)'" \
        "'certificates' not in o" "len(o['crls']) == 1" \
        "o['crls'][0]['issuer'] == '/C=FI/O=Example/CN=Example Test CA'" \
        "o['crls'][0]['thisUpdate'] == '$(date -u +%FT%TZ -d \
            "$(openssl crl -in found.crl -noout -lastupdate | sed 's/.*=//')")'" \
        "o['crls'][0]['nextUpdate'] == '$(date -u +%FT%TZ -d \
            "$(openssl crl -in found.crl -noout -nextupdate | sed 's/.*=//')")'"
}

# --- failure ---------------------------------------------------------------

@test "the report of a FAILURE has every failInfo" {
    local info code=70
    for info in badAlg badMessageCheck badRequest badTime badCertId; do
        ca=$BATS_TEST_TMPDIR/$info
        start_enrolment --fail "$info"
        enrol
        failure "$code" "o['status'] == 'FAILURE'" "o['failInfo'] == '$info'" \
            "'failInfoText' not in o"
        code=$((code + 1))
        stop_ca
    done
}

@test "FAILURE: failInfoText" {
    start_enrolment --fail badRequest --fail-text "Out of licences"
    own_certificate
    enrol
    failure 72 "o['failInfo'] == 'badRequest'" \
        "o['failInfoText'] == 'Out of licences'"
    getcert
    failure 72 "o['failInfoText'] == 'Out of licences'" \
        "o['operation'] == 'getcert'"
    getcrl
    failure 72 "o['failInfoText'] == 'Out of licences'" \
        "o['operation'] == 'getcrl'"
}

@test "FAILURE: an unknown failInfo, or none" {
    local fault
    for fault in unknown-failinfo no-failinfo; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_enrolment --fault "$fault"
        enrol
        expect_status 2
        report "o['failInfo'] == 'unknown'" "len(ids) == 1" "o['error']"
        stop_ca
    done
}

@test "PENDING, and no more polls: exit status 3" {
    start_enrolment --pending 9
    enrol -t 0 -n 1
    failure 3 "o['status'] == 'PENDING'" "o['transactionID']"
    enrol -R -t 0 -n 1
    failure 3 "o['status'] == 'PENDING'"
}

@test "the report of a network error" {
    start_enrolment
    own_certificate
    stop_ca
    enrol
    failure 95 "'status' not in o"
    getcert
    failure 95
    getcrl
    failure 95
    json getca -u "$URL" -c new.crt
    failure 95
    json getnextca -u "$URL" -c new.crt -C ca.crt
    failure 95
    json getcaps -u "$URL"
    failure 95
}

@test "a time limit" {
    start_enrolment --fault silent
    enrol --timeout 1
    failure 89
}

@test "a reply that fails a check" {
    start_enrolment --fault cert-wrong-key
    enrol
    failure 97 "o['status'] == 'SUCCESS'"
    stop_ca
    ca=$BATS_TEST_TMPDIR/signature
    start_enrolment --fault bad-signature
    enrol
    failure 97 "'status' not in o"
}

@test "a file that cannot be read, or written" {
    start_enrolment
    own_certificate
    enrol -r missing.csr
    failure 93 "'missing.csr' in o['error']"
    enrol -l missing/local.crt
    failure 93 "'missing/local.crt' in o['error']"
    json getca -u "$URL" -c missing/ca.crt
    failure 93
    getcert -k missing.key
    failure 93
    getcrl -k missing.key
    failure 93
    json getnextca -u "$URL" -c next.crt -C missing
    failure 93
}

@test "misuse after --json is reported in JSON" {
    local operation
    start_ca
    for operation in getca getnextca enroll getcert getcrl; do
        run_sscep "$operation" --json -u "$URL"
        expect_status 1
        report "o['operation'] == '$operation'" "'missing' in o['error']"
    done
    run_sscep getcaps --json
    expect_status 1
    report "'missing' in o['error']"
    run_sscep getcaps --json --nonsense
    expect_status 1
    report "'--nonsense' in o['error']"
    run_sscep getca --json -u "$URL" -c ca.crt -F nonsense
    expect_status 1
    report "'nonsense' in o['error']"
    nothing_sent
}

@test "misuse before --json, or without an operation" {
    run_sscep getca --jsn --json
    failure 1 "o['operation'] == 'getca'" "'--json?' in o['error']"
    run_sscep getca -E rot13 -u x --json
    failure 1 "'rot13' in o['error']"
    run_sscep nonsense --json
    failure 1 "'operation' not in o" "'nonsense' in o['error']"
    run_sscep getc --js
    failure 1 "'operation' not in o" "'ambiguous' in o['error']"
    run_sscep --json
    failure 1 "'operation' not in o" "'must come first' in o['error']"
    run_sscep -u x --json
    failure 1 "'must come first' in o['error']"
    run_sscep getca --jsn
    expect_status 1
    stdout_empty
}

@test "JSON in a configuration file that has an error" {
    printf 'Timeout = soon\nJSON = yes\n' >sscep.conf
    run_sscep getca -f sscep.conf
    failure 93 "o['operation'] == 'getca'" "'sscep.conf:1' in o['error']"
    printf 'JSON = yes\nTimeout\n' >sscep.conf
    run_sscep getca -f sscep.conf
    failure 93 "'sscep.conf:2' in o['error']"
    printf 'Timeout\nJSON = yes\n[\n' >sscep.conf
    run_sscep getca -f sscep.conf
    failure 93 "'sscep.conf:1' in o['error']"
    run_sscep getca -f sscep.conf --nonsense
    failure 1 "'--nonsense' in o['error']"
    printf 'Timeout = soon\nJSON = no\n' >sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 93
    stdout_empty
}

# from_pipe LINE...: the pipe has these lines, for one who reads it once.
from_pipe() {
    printf '%s\n' "$@" >pipe 3>&- 4>&- &
    ca_pids+=("$!")
}

@test "a pipe of -f is read once, and JSON in it counts if -f stands before the error" {
    mkfifo pipe
    from_pipe 'CACertFile = ca.crt'
    run_sscep getca -f pipe
    misuse "missing URL"
    from_pipe 'Timeout = soon'
    run_sscep getca -f pipe
    expect_status 93
    only_error "pipe:1: "
    from_pipe 'JSON = yes'
    run_sscep getca -f pipe
    failure 1 "'missing URL' in o['error']"
    from_pipe 'JSON = yes'
    run_sscep getca -f pipe --nonsense
    failure 1 "'--nonsense' in o['error']"
    run_sscep getca --nonsense -f pipe
    misuse --nonsense
}

@test "--json as a value, or after --, is no option" {
    run_sscep enroll -k --json -l
    expect_status 1
    stdout_empty
    run_sscep enroll --nonsense -k --json
    expect_status 1
    stdout_empty
    run_sscep nonsense -- --json
    expect_status 1
    stdout_empty
    run_sscep enroll --nonsense -k local.key --json
    failure 1 "'--nonsense' in o['error']"
}

@test "a configuration file that cannot be read is reported in JSON" {
    start_ca
    json getca -u "$URL" -c ca.crt -f missing.conf
    failure 93 "'missing.conf' in o['error']"
    printf 'Timeout = soon\n' >sscep.conf
    json getca -u "$URL" -c ca.crt -f sscep.conf
    failure 93 "'sscep.conf:1' in o['error']"
}

@test "stdout that cannot be written to: exit status 93" {
    start_ca
    status=0
    ./sscep getcaps -u "$URL" --json >/dev/full 2>"$stderr" || status=$?
    : >"$stdout"
    no_sanitizer_text
    expect_status 93
}

# --- warnings --------------------------------------------------------------

# warns ID: stderr and the report have this warning, with the same text.
warns() {
    local text
    report "'$1' in ids" "o['operation']"
    text=$(python3 -c 'import json, sys
for one in json.load(open(sys.argv[1]))["warnings"]:
    if one["id"] == sys.argv[2]:
        print(one["text"])' "$stdout" "$1")
    stderr_has "$text [$1]"
}

# informs ID: the report has it; on stderr it is with -v only.
informs() {
    report "'$1' in ids"
    stderr_lacks "[$1]"
}

@test "warnings of getca: chain, no-chain, set-aside, ca-not-valid-now" {
    start_ca --profile ra
    json getca -u "$URL" -c ca.crt
    informs chain
    json getca -u "$URL" -c ca.crt -v
    warns chain
    stop_ca
    ca=$BATS_TEST_TMPDIR/expired
    start_ca --ca-expired
    json getca -u "$URL" -c ca.crt
    informs set-aside
    warns ca-not-valid-now
    stop_ca
    ca=$BATS_TEST_TMPDIR/loose
    start_ca --profile ra --order sign,enc
    json getca -u "$URL" -c new.crt
    warns no-chain
}

@test "warnings that --no-warn silences are in the report; unknown-warning" {
    start_ca --profile ra --order sign,enc
    json getca -u "$URL" -c ca.crt --no-warn frob
    warns unknown-warning
    json getca -u "$URL" -c ca.crt -k x --no-warn no-chain,no-effect
    expect_status 0
    report "set(ids) == {'no-chain', 'no-effect'}"
    stderr_empty
}

@test "warnings of --ca-fingerprint: not-pinned, tolerated-ra" {
    start_ca --profile ra
    json getca -u "$URL" -c ca.crt \
        --ca-fingerprint "$(fingerprint "$ca/ra-sign.crt" sha256)"
    warns not-pinned
    report "o['files'] == ['ca.crt-0']" "len(ids) == 2"
    described ca.crt-0
    json getca -u "$URL" -c more.crt --tolerate ra \
        --ca-fingerprint "$(fingerprint "$ca/ca.crt" sha256)"
    warns tolerated-ra
}

@test "warnings of the command line and the file: config-syntax, given-twice, no-effect, unknown-key, unknown-section" {
    start_ca
    printf '[sscep]\nURLL = x\n[nowhere]\nURL = %s\n[sscep_getca]\nCACertFile = "a\nCACertFile = b\n' \
        "$URL" >sscep.conf
    json getca -u "$URL" -f sscep.conf -w file
    expect_status 0
    warns config-syntax
    warns given-twice
    warns no-effect
    warns unknown-key
    warns unknown-section
}

@test "warnings of the command line: abbreviated-operation, extra-argument" {
    start_enrolment
    own_certificate
    json getcr -u "$URL" -c ca.crt -k local.key -l own.crt -w found.crl "" x
    expect_status 0
    warns abbreviated-operation
    warns extra-argument
    report "len(ids) == 3" "o['operation'] == 'getcrl'"
}

@test "warnings of the messages: long-get, weak-algorithm, obsolete-cipher, poll-failed" {
    start_enrolment --get-only --caps none --cipher des --pending 1 \
        --fault http-500 --fault-after 1 --fault-times 1
    enrol -t 0
    expect_status 0
    warns long-get
    report "ids.count('long-get') == 1"
    warns weak-algorithm
    warns obsolete-cipher
    warns poll-failed
    report "o['status'] == 'SUCCESS'"
}

@test "warnings of the messages: weak-signature" {
    start_enrolment --digest sha1
    enrol
    expect_status 0
    warns weak-signature
}

@test "warnings of the certificate: subject-changed, issued-not-valid-now, no-ca-certificate" {
    take local.key local.csr
    start_ca --profile ra --issue-as "another name" --issue-ahead 3
    cp "$ca/ra-sign.crt" ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    enrol -e enc.crt
    expect_status 0
    warns subject-changed
    warns issued-not-valid-now
    warns no-ca-certificate
    report "o['certificates'][0]['subject'] == '/C=FI/O=Example/CN=another name'"
}

@test "warnings of a CRL: crl-expired, crl-not-yet-valid" {
    start_enrolment --fault crl-expired
    own_certificate
    getcrl
    expect_status 0
    warns crl-expired
    stop_ca
    ca=$BATS_TEST_TMPDIR/future
    start_enrolment --fault crl-not-yet-valid
    own_certificate
    getcrl
    expect_status 0
    warns crl-not-yet-valid
}

@test "warnings of --tolerate: each check" {
    local fault check
    while read -r fault check; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_enrolment --fault "$fault"
        enrol --tolerate "$check"
        expect_status 0
        warns "tolerated-$check"
        stop_ca
    done <<'END'
no-recipient-nonce nonce
wrong-transaction-id transaction-id
cert-issuer-unknown issuer
cert-expired clock
END
}

@test "warnings of FAILURE: no-fail-info, unknown-fail-info" {
    start_enrolment --fault no-failinfo
    enrol
    expect_status 2
    warns no-fail-info
    stop_ca
    ca=$BATS_TEST_TMPDIR/unknown
    start_enrolment --fault unknown-failinfo
    enrol
    expect_status 2
    warns unknown-fail-info
}

@test "warnings of the signer: signer-expired, not-written" {
    start_enrolment
    issue_for 2020 old.crt local.csr 1267 -cert "$ca/ca.crt" \
        -keyfile "$ca/ca.key"
    mkdir -p "$ca/issued"
    cp old.crt "$ca/issued/1267.pem"
    enrol -K local.key -O old.crt -L self.crt
    expect_status 0
    warns signer-expired
    warns not-written
    report "o['files'] == ['local.crt']"
}

@test "warnings of getnextca: signer-expired, signer-not-yet-valid, tolerated-signer" {
    start_ca --next-ca --ca-expired
    json getnextca -u "$URL" -c next.crt -C "$ca/ca.crt"
    expect_status 0
    warns signer-expired
    stop_ca
    ca=$BATS_TEST_TMPDIR/valid
    start_ca --next-ca
    cp "$ca/ca.crt" .
    redate 2090 ca.crt "$ca/ca.key"
    json getnextca -u "$URL" -c next.crt -C ca.crt
    expect_status 0
    warns signer-not-yet-valid
    stop_ca
    ca=$BATS_TEST_TMPDIR/ra
    start_ca --next-ca --profile ra --ra-purpose cmc-ra
    json getnextca -u "$URL" -c next.crt -C "$ca/ra-sign.crt" \
        --tolerate signer
    expect_status 0
    warns tolerated-signer
}

@test "warnings of a key that cannot decrypt: no-password" {
    take ec.key
    start_ca --recipient kari
    openssl req -new -key ec.key -subj "/C=FI/O=Example/CN=ec" -out ec.csr
    json enroll -u "$URL" -c "$ca/ca.crt" -k ec.key -r ec.csr -l ec.crt
    warns no-password
    openssl req -new -key ec.key -config "$shared/local.cnf" -out ec.csr
    json enroll -u "$URL" -c "$ca/ca.crt" -k ec.key -r ec.csr -l ec.crt
    report "'no-password' not in ids"
}

@test "warnings of getca: ca-file-shadows-set" {
    start_ca --profile ra
    openssl req -x509 -key "$ca/ca.key" -subj /CN=old -days 2 -out ca.crt
    json getca -u "$URL" -c ca.crt
    expect_status 0
    warns ca-file-shadows-set
}

@test "warnings of a renewal: renewal-repeated, renewal-subject, key-not-used" {
    start_enrolment --renewal-http 500
    own_certificate
    take other.key
    openssl req -new -key local.key -subj /CN=another -out local.csr
    enrol -K local.key -O own.crt
    expect_status 0
    warns renewal-repeated
    warns renewal-subject
    enrol -K local.key -O own.crt -k other.key
    expect_status 0
    warns key-not-used
    report "'renewal-subject' not in ids"
}

@test "warnings of the reply: no-content-type, san-changed" {
    start_enrolment --no-content-type --issue-san other.example.org
    enrol
    expect_status 0
    warns no-content-type
    warns san-changed
}

@test "warnings of CA certificates: recipient-unsure" {
    start_enrolment
    cat "$shared/other.crt" >>ca.crt
    enrol
    expect_status 0
    warns recipient-unsure
}

# tls.bats tests tls-insecure; surroundings.bats and files.bats test
# owner-changed and access-changed, which need two users; renew.bats hook-failed;
# newkey-files.bats and newrequest.bats have the warnings of keys, renewca.bats
# ca-not-renewed.
@test "every id of the manual is tested here" {
    local id missing=()
    # shellcheck disable=SC2013
    for id in $(sed -n '/^The text of a warning/,/^\.Sh/s/^\.It Cm \([a-z-]*\)$/\1/p' \
        "$tree/man/sscep.1"); do
        grep -Eq "(warns|informs) \"?$id|^[a-z-]+ ${id#tolerated-}$" "$BATS_TEST_FILENAME" ||
            [[ $id =~ ^(tls-insecure|owner-changed|access-changed|hook-failed|key-not-encrypted|weak-key|key-access|others-file|ca-not-renewed|crl-older)$ ]] || missing+=("$id")
    done
    if [ -z "${id:-}" ] || [ "${#missing[@]}" -gt 0 ]; then
        problem "not tested: ${missing[*]}"
    fi
}

# --- hostile text ----------------------------------------------------------

@test "quotes, backslashes and non-ASCII letters in names" {
    cat >request.cnf <<'END'
[ req ]
prompt = no
utf8 = yes
string_mask = utf8only
distinguished_name = dn
[ dn ]
O = "A \"quoted\" \\\\ name, {} [] /CN=x"
CN = Hyvää työtä
END
    start_enrolment --issue-as $'"b" \\ \u2028 \U1F600 </script> \t\n ä'
    openssl req -new -config request.cnf -key local.key -out local.csr -utf8
    enrol
    success "'subject-changed' in ids" "'\"b\" ' in o['certificates'][0]['subject']"
    described local.crt
    stop_ca
    ca=$BATS_TEST_TMPDIR/same
    start_enrolment
    openssl req -new -config request.cnf -key local.key -out local.csr -utf8
    enrol
    success "'A \"quoted\" ' in o['certificates'][0]['subject']"
    described local.crt
}

@test "quotes, backslashes, control bytes in failInfoText" {
    start_enrolment --fail badRequest \
        --fail-text $'say "hello\\" \e[31m\x01\x7f\n\r\t\u00e4\u202e\u009b\u061c}'
    enrol
    expect_status 72
    report 'o["failInfoText"] == "say \"hello\\\" \x1b[31m\x01\x7f\n\r\tä\u202e\u009b\u061c}"' \
        'r"say \"hello\\\" \x1b[31m\x01" in o["error"]'
    grep -qF '\u001b[31m\u0001\u007f\u000a\u000d\u0009ä\u202e\u009b\u061c' "$stdout"
}

@test "quotes and bytes that are no UTF-8 in the names of files" {
    local name
    start_enrolment
    name=$'we"ird\\ \n\t\x01 n\xffame\xc3.crt'
    enroll --json -l "$name"
    is_report "len(o['files']) == 1" "'we\"ird\\\\ \n\t\x01 n' in o['files'][0]"
    expect_status 0
    same_certificate "$name" "$(issued)"
    enroll --json -k $'no\xff"such\\file'
    is_report "'no' in o['error']"
    expect_status 93
}

@test "the answer of a server that is no SCEP server" {
    start_enrolment --fault http-404
    enrol
    expect_status 95
    report "'nothing here' in o['error']"
    stop_ca
    ca=$BATS_TEST_TMPDIR/html
    start_enrolment --fault html
    enrol
    expect_status 97
    report "'Welcome' in o['error'] and 'html' in o['error']"
}

# --- other options ---------------------------------------------------------

@test "--quiet does not suppress the report" {
    start_enrolment
    enrol --quiet
    success "o['files'] == ['local.crt']"
    enrol --quiet --resume -t 0 -k missing
    failure 93
}

@test "-v and -d do not change the report" {
    start_enrolment
    enrol -v -d
    success "o['files'] == ['local.crt']"
    [ "$(wc -l <"$stderr")" -gt 5 ]
}

@test "the key JSON asks for a report" {
    start_enrolment
    printf 'JSON = yes\n' >sscep.conf
    enroll -f sscep.conf
    is_report "o['files'] == ['local.crt']"
    printf 'JSON = no\n' >sscep.conf
    enroll -f sscep.conf
    stdout_line "./sscep: certificate written as local.crt"
    stdout_lacks "{"
}

@test "without --json there is no report" {
    start_enrolment
    enroll
    stdout_lacks "{"
    enroll -k missing
    stdout_lacks "{"
}

@test "no secrets in the report" {
    local secret=correct-horse-4711
    start_enrolment --challenge "$secret" --pending 1
    sed "s/= secret/= $secret/" "$shared/local.cnf" >request.cnf
    openssl req -new -config request.cnf -key local.key -out local.csr
    enrol -t 0 -v -d
    success
    expect_equal "the challenge sent" "$secret" \
        "$(ca_log challengePassword 'messageType == "19"')"
    no_secrets_said "$secret" local.key
    stop_ca
    # Also if the CA refuses the request.
    ca=$BATS_TEST_TMPDIR/refuses
    start_ca --challenge another
    cp "$ca/ca.crt" .
    rm local.crt
    enrol
    failure 72
    no_secrets_said "$secret" local.key
}

@test "exitCode is the exit status, also where standard output fails" {
    start_enrolment
    local command result
    for command in getcaps "enroll -c ca.crt -k local.key -r local.csr -l local.crt" \
        "enroll -c ca.crt -k none.key -r local.csr -l local.crt"; do
        result=0
        # shellcheck disable=SC2086
        "$sscep" $command -u "$URL" --json >/dev/full 2>"$stderr" || result=$?
        expect_equal "status of $command" 93 "$result"
        grep '^{' "$stderr" >object
        python3 - "$result" object <<'END' || problem "$(cat "$stderr")"
import json, sys
with open(sys.argv[2], encoding="utf-8") as lines:
    only = json.loads(lines.read())
sys.exit(only["exitCode"] != int(sys.argv[1]) or "error" not in only)
END
    done
}
