#!/usr/bin/env bats
#
# check --local says why an enrolment would fail: what it finds in the options, in
# keys, requests, certificates and directories. Where there is a problem, enroll is
# run with the same options: same words, same exit status.

load helper
load namespace
load servers

nowhere=http://127.0.0.1:9/

setup() {
    common_setup
    take local.key local.csr
    make_ca
    usual=(-c ca.crt -k local.key -r local.csr -l local.crt)
}

# make_ca [OPTION...]: ca.crt, a CA with the key of other.
make_ca() {
    openssl req -new -x509 -key "$shared/other.key" -subj "/CN=The CA" \
        -days 365 -out ca.crt "$@"
}

# Names, inodes, times, modes and sizes, of the directory, too.
traces() {
    find . -printf '%p %i %T@ %C@ %M %s\n' | sort
}

# check [OPTION...]: runs check --local, which leaves no trace.
check() {
    traces >"$BATS_TEST_TMPDIR/traces"
    run_sscep check --local "$@"
    traces | cmp -s "$BATS_TEST_TMPDIR/traces" - ||
        problem "the directory has changed"
    stderr_empty
}

# finds STATE TEXT: there is such a line.
finds() {
    grep -E "^$1 +" "$stdout" | grep -qF -e "$2" ||
        problem "there is no $1: $2"
}

has_no() {
    ! grep -qE "^$1 " "$stdout" || problem "there should be no $1"
}

# warns TEXT: the last run found that, and no problem.
warns() {
    expect_status 0
    has_no problem
    finds warning "$1"
}

# fails_as OPERATION TEXT OPTION...: the operation fails with a message that has the
# text, and check finds the same, with the same exit status.
fails_as() {
    local operation=$1 text=$2 expected said
    shift 2
    run_sscep "$operation" -u "$nowhere" "$@"
    expected=$status
    said=$(sed -n 's,^[^ ]*sscep: ,,p' "$stderr" | grep -v '^warning: ' |
        tail -n 1)
    [ -n "$said" ] || problem "$operation does not say why it fails"
    stderr_has "$text"
    check "$@"
    expect_status "$expected"
    finds problem "$said"
}

# --- all is well -------------------------------------------------------------

@test "check: where all is well there is a line for each thing, and status 0" {
    check "${usual[@]}"
    expect_status 0
    sed -i 's/36[45] of 365/N of 365/; s/[0-9A-F]\{32\}/ID/' "$stdout"
    expect_stdout <<'END'
ok       options: checked as for enroll
ok       output local.crt: it can be written
ok       CA certificate /CN=The CA, N of 365 days left; requests are encrypted to it, and it is expected to sign
ok       private key local.key: rsa:2048, mode 0600
ok       request local.csr: subject /C=FI/O=Example/CN=device.example.org, DNS:device.example.org; with a challengePassword; the key belongs to it
ok       transactionID ID
END
}

@test "check: the challengePassword is on no line" {
    local form
    for form in "" --json -v -d; do
        run_sscep check --local "${usual[@]}" ${form:+"$form"}
        expect_status 0
        stdout_lacks secret
        stderr_lacks secret
    done
}

@test "check: --json has the findings, and nothing else is printed" {
    check "${usual[@]}" --json
    expect_status 0
    python3 - "$stdout" <<'END' || problem "not the expected object"
import json, sys
text = open(sys.argv[1]).read()
assert text.count("\n") == 1
object = json.loads(text)
assert object["operation"] == "check" and object["exitCode"] == 0, object
topics = [f["topic"] for f in object["findings"]]
assert topics == ["options", "output", "ca", "key", "request", "transaction"], topics
assert all(f["state"] == "ok" and f["text"] for f in object["findings"])
assert len(object["transactionID"]) == 32
END
    check "${usual[@]}" --json -k none.key
    expect_status 93
    python3 - "$stdout" <<'END' || problem "not the expected object"
import json, sys
object = json.load(open(sys.argv[1]))
assert object["exitCode"] == 93 and "error" not in object, object
bad = [f for f in object["findings"] if f["state"] != "ok"]
assert [(f["state"], f["topic"]) for f in bad] == [("problem", "key")], bad
assert "none.key" in bad[0]["text"] and "name" in bad[0]["advice"], bad
END
}

@test "check: --quiet leaves warnings and problems" {
    check "${usual[@]}" --quiet
    expect_status 0
    stdout_empty
    chmod 644 local.key
    check "${usual[@]}" --quiet -c none.crt
    expect_status 93
    has_no ok
    finds warning "mode 0644"
    finds problem none.crt
}

@test "check: --no-warn silences the warnings that enroll has, too" {
    openssl genrsa -out weak.key 1024
    openssl req -new -key weak.key -subj /CN=weak -out weak.csr
    check "${usual[@]}" -k weak.key -r weak.csr
    warns "1024 bits, is weak"
    check "${usual[@]}" -k weak.key -r weak.csr --no-warn weak-key
    expect_status 0
    has_no warning
}

@test "check: standard input is not read, and no terminal is asked" {
    take encrypted.key
    printf 'one\ntwo\n' >input
    {
        "$sscep" check --local "${usual[@]}" -k encrypted.key >"$stdout" ||
            true
        expect_equal "what is left" "one two" "$(paste -sd' ')"
    } <input
    need script
    timeout 20 script -qec "$sscep check --local -c ca.crt -k encrypted.key \
        -r local.csr -l local.crt" /dev/null >"$stdout" 2>&1 </dev/null ||
        problem "it waits"
    stdout_has "not opened"
    stdout_lacks "Pass phrase or PIN"
}

@test "check: colours on a terminal only, not with NO_COLOR, nor TERM=dumb" {
    need script
    local green=$'\033[32m'
    command_line="$sscep check --local ${usual[*]}"
    coloured() {
        env "$@" script -qec "$command_line" /dev/null >"$stdout" </dev/null
    }
    coloured TERM=xterm NO_COLOR=
    stdout_has "$green"
    coloured TERM=xterm NO_COLOR=1
    stdout_lacks $'\033'
    coloured TERM=dumb
    stdout_lacks $'\033'
    TERM=xterm check "${usual[@]}"
    stdout_lacks $'\033'
}

@test "check: the transactionID is the one that enroll uses" {
    run_sscep enroll -u "$nowhere" "${usual[@]}" -v --capabilities AES \
        -m message.pem
    expect_status 0
    local id
    id=$(sed -n 's/.*transactionID //p' "$stderr" | head -n 1)
    rm message.pem
    check "${usual[@]}"
    finds ok "transactionID $id"
    check "${usual[@]}" --transaction-id 4711
    finds ok "transactionID 4711"
}

# --- options -----------------------------------------------------------------

@test "check: what enroll misses is a problem, and the rest is looked at" {
    fails_as enroll "missing private key (-k, --key)" -c ca.crt -r local.csr \
        -l local.crt
    expect_status 1
    finds ok "request local.csr"
    fails_as enroll "missing CA certificate file" -k local.key -r local.csr \
        -l local.crt
    fails_as enroll "missing certificate request" -c ca.crt -k local.key \
        -l local.crt
    fails_as enroll "or --subject to make one" -c ca.crt -k ec.key \
        -l local.crt --new-key ec:P-256
    expect_equal "problems" 1 "$(grep -c ^problem "$stdout")"
}

@test "check: only the URL is required, and that not with --local" {
    run_sscep check
    misuse "missing URL (-u, --url)"
    check
    expect_status 0
    finds ok "no private key, request or certificate is named"
    expect_equal "problems" 0 "$(grep -c ^problem "$stdout")"
    fails_as enroll "missing CA certificate file" -k local.key
}

@test "check: two options with one file are the problem that enroll has" {
    fails_as enroll "-l and -r are the same file" "${usual[@]}" -l local.csr
    expect_status 1
}

@test "check: of several problems the status is that of the one that ends enroll" {
    fails_as enroll ftp "${usual[@]}" -k none.key -u ftp://x/
    expect_status 1
    finds problem none.key
    take other.crt
    fails_as enroll fingerprint "${usual[@]}" -k none.key \
        --ca-fingerprint "$(fingerprint other.crt sha256)"
    expect_status 97
    finds problem none.key
    fails_as enroll none/local.crt "${usual[@]}" -l none/local.crt \
        --ca-fingerprint "$(fingerprint other.crt sha256)"
    expect_status 93
    finds problem "ca.crt: --ca-fingerprint"
}

@test "check: every option of enroll and renew is taken, without a warning" {
    check "${usual[@]}" -t 5 -T 60 -n 3 --renewal 19 -e ca.crt --chain chain.pem
    expect_status 0
    has_no warning
    check -c ca.crt -k local.key -l local.crt --subject /CN=x --force \
        --dry-run --jitter 3 --wait-lock 3 --hook-timeout 3 --hook true \
        --hook-optional --key-mode 640 --cert-mode 644 --new-key same -t 3
    expect_status 0
    has_no warning
}

@test "check: warnings on the command line and the file are findings" {
    cat >sscep.conf <<'END'
[sscep]
CACertFile = ca.crt
PrivateKeyFile = local.key
CertReqFile = local.csr
LocalCertFile = local.crt
PrivateKyFile = x
END
    check -f sscep.conf extra
    warns "unknown key PrivateKyFile"
    finds warning "argument extra is ignored"
    finds ok "configuration file sscep.conf: checked as for enroll"
}

@test "check: a configuration file that cannot be read is a problem, and nothing else is said" {
    fails_as enroll none.conf "${usual[@]}" -f none.conf
    expect_status 93
    expect_equal "lines" 2 "$(wc -l <"$stdout")"
    finds warning "nothing else is looked at, as the options are not known"
    printf 'CACertFile = ca.crt\nJSON = yes\nlonely\n' >sscep.conf
    check -f sscep.conf
    expect_status 93
    python3 - "$stdout" <<'END' || problem "not the expected object"
import json, sys
object = json.load(open(sys.argv[1]))
assert object["exitCode"] == 93 and "error" not in object, object
assert [(f["state"], f["topic"]) for f in object["findings"]] == \
    [("problem", "options"), ("warning", "options")], object
assert "lonely has no value" in object["findings"][0]["text"], object
END
    run_sscep check -f none.conf --dump-config
    expect_status 93
    only_error none.conf
}

@test "check: each wrong value in the configuration file is a problem, and the rest is looked at" {
    printf '%s\n' '[sscep]' 'PollInterval = 5m' 'EncAlgorithm = best' \
        'CAFingerprint = AB' '[sscep_enroll]' 'MaxPollCount = many' >conf
    fails_as enroll "MaxPollCount: many is not a number" -f conf "${usual[@]}"
    expect_status 93
    finds problem "conf:2: PollInterval: 5m is not a number"
    finds problem "conf:3: EncAlgorithm: unknown cipher best"
    finds problem "conf:4: CAFingerprint: AB: "
    expect_equal "problems" 4 "$(grep -c ^problem "$stdout")"
    finds ok "private key local.key"
    finds ok "request local.csr"
    printf 'RenewBefore = soon\n' >conf
    fails_as renew "RenewBefore: " -f conf -c ca.crt -k local.key -l local.crt \
        --subject /CN=x
    expect_equal "problems" 1 "$(grep -c ^problem "$stdout")"
    finds ok "request that is made: subject /CN=x"
}

@test "check: a wrong value of a request that would be made has no consequences" {
    local line
    for line in 'Subject = x' 'NewKey = rsa:1' 'SubjectAltName = x:y'; do
        printf '%s\n' "$line" >conf
        fails_as enroll "conf:1: ${line%% *}: " -f conf -c ca.crt -k none.key \
            -l local.crt
        expect_equal "problems" 1 "$(grep -c ^problem "$stdout")"
        finds warning "the private key and the request are not looked at"
        finds ok "CA certificate /CN=The CA, "
    done
}

@test "check: others may write the configuration file" {
    printf 'CACertFile = ca.crt\n' >sscep.conf
    chmod 666 sscep.conf
    check -f sscep.conf "${usual[@]}"
    warns "its group or others may write"
    stdout_lacks "its hook is not run"
    printf 'Hook = true\n' >>sscep.conf
    certified
    : >local.crt.hook
    fails_as renew "its hook is not run, as its group or others may write" \
        -f sscep.conf -k local.key -l local.crt
    expect_status 78
    check -f sscep.conf -k local.key -l local.crt --hook-optional
    warns "its hook is not run, as its group or others may write"
    rm local.crt.hook
    mkdir local.crt.hook
    fails_as renew "local.crt.hook: cannot open: Is a directory" \
        "${renewal[@]}"
    expect_status 93
}

@test "check: the sections of check, renew, enroll, and of all, in this order" {
    local section
    cp local.key four.key
    printf '[sscep]\nPrivateKeyFile = four.key\nCACertFile = ca.crt\n' >conf
    for section in enroll renew check; do
        cp local.key "$section.key"
        printf '[sscep_%s]\nPrivateKeyFile = %s.key\n' "$section" "$section" \
            >>conf
        check -f conf -l local.crt
        finds ok "private key $section.key"
        [ "$section" != renew ] ||
            finds ok "checked as for renew, by a key of the configuration file"
    done
}

@test "check: whose options they are, the command line tells, and then the file" {
    printf '[sscep_renew]\nLocalCertFile = local.crt\n' >conf
    check -f conf -k local.key -c ca.crt --subject /CN=x
    finds ok "checked as for renew"
    check -f conf -k local.key -c ca.crt -r local.csr -R
    finds ok "checked as for enroll, by an option"
    check "${usual[@]}"
    finds ok "checked as for enroll"
}

# warned_by OPERATION TEXT OPTION...: both it and check of it warn so.
warned_by() {
    run_sscep "$1" -u "$nowhere" -f conf "${@:3}"
    stderr_has "warning: $2"
    check -f conf "${@:3}"
    finds ok "checked as for $1"
    finds warning "$2"
}

@test "check: a key without effect in the section of the operation is told of" {
    cat >conf <<'END'
[sscep]
CACertFile = ca.crt
PrivateKeyFile = local.key
LocalCertFile = local.crt
[sscep_renew]
Subject = /CN=x
DumpRequestFile = message.pem
Resume = yes
[sscep_enroll]
Hook = true
END
    warned_by renew "conf:7: DumpRequestFile has no effect in [sscep_renew]"
    finds warning "conf:8: Resume has no effect in [sscep_renew]"
    stdout_lacks Hook
    warned_by enroll "conf:10: Hook has no effect in [sscep_enroll]" \
        -r local.csr -R
    stdout_lacks DumpRequestFile
}

@test "check: a key that has its effect in the section of renew is not warned of" {
    cat >conf <<END
URL = $nowhere
CACertFile = ca.crt
[sscep_renew]
PrivateKeyFile = local.key
LocalCertFile = local.crt
NewKey = rsa:2048
Subject = /CN=x
END
    check -f conf
    finds ok "checked as for renew"
    stdout_lacks "no effect"
}

@test "check: what an earlier renew has left makes no renewal of an enrolment" {
    certified
    run_sscep renew -u "$nowhere" "${renewal[@]}"
    expect_status 0
    [ -e local.crt.lock ]
    check "${usual[@]}"
    expect_status 0
    finds ok "checked as for enroll; renew has been run, too: --dry-run has it"
    finds ok "request local.csr: "
    fails_as enroll "it is not the key of request" "${usual[@]}" \
        -k "$shared/new.key"
    check "${usual[@]}" --dry-run
    finds ok "checked as for renew, by an option"
    check -c ca.crt -k local.key -l local.crt
    expect_status 0
    finds ok "checked as for renew, as it has been run, and no request is named"
    rm local.crt.lock
    fails_as enroll "missing certificate request" -c ca.crt -k local.key \
        -l local.crt
}

# --- the key -----------------------------------------------------------------

@test "check: a key that is not there" {
    fails_as enroll none.key "${usual[@]}" -k none.key
    finds problem "correct the name"
    fails_as enroll "there is none (--new-key ec:P-256 makes one)" -c ca.crt \
        -k none.key --subject /CN=x -l local.crt
    fails_as enroll none/k "${usual[@]}" -k none/k
}

@test "check: a key that is none, and one of another" {
    echo none >none.key
    fails_as enroll "not a private key" "${usual[@]}" -k none.key
    ! grep -E '^ok +private key' "$stdout" || problem "it is said to be well"
    : >empty.key
    fails_as enroll "empty" "${usual[@]}" -k empty.key
    take new.key
    fails_as enroll "it is not the key of request local.csr" "${usual[@]}" \
        -k new.key
}

@test "check: a key that this user may not read" {
    chmod 777 .
    chmod 600 local.key
    [ "$(id -u)" -eq 0 ] || chmod 000 local.key
    as_other fails_as enroll "local.key: cannot open" "${usual[@]}"
    finds problem "let this user read it"
}

@test "check: an encrypted key is not opened without its pass phrase" {
    take encrypted.key
    on_terminal check "${usual[@]}" -k encrypted.key
    warns "private key encrypted.key: encrypted; not opened"
    finds warning ": give that with --passin, without which it fails where"
    finds ok "request local.csr"
    check "${usual[@]}" -k encrypted.key --passin pass:phrase
    expect_status 0
    finds ok "private key encrypted.key: rsa:2048, mode 0600, encrypted"
    fails_as enroll "the pass phrase is wrong" "${usual[@]}" -k encrypted.key \
        --passin pass:wrong
    fails_as enroll "there is no environment variable NONE" "${usual[@]}" \
        -k encrypted.key --passin env:NONE
}

@test "check: an encrypted key where nobody can be asked is a problem" {
    take encrypted.key
    openssl x509 -req -in local.csr -CA ca.crt -CAkey "$shared/other.key" \
        -days 90 -out old.crt
    detached fails_as enroll "private key encrypted.key: it is encrypted and there is no terminal" \
        "${usual[@]}" -k encrypted.key
    expect_status 93
    finds ok "request local.csr"
    detached fails_as enroll "private key encrypted.key: it is encrypted and there is no terminal" \
        -c ca.crt -k encrypted.key --subject /CN=x -l local.crt
    detached fails_as enroll "signature key encrypted.key: it is encrypted and there is no terminal" \
        "${usual[@]}" -O old.crt -K encrypted.key
    detached fails_as renew "private key encrypted.key: it is encrypted and there is no terminal" \
        -c ca.crt -k encrypted.key -l old.crt --hook true
    finds ok "certificate old.crt: /C=FI"
    cp old.crt old.crt.new
    detached fails_as renew "private key encrypted.key: it is encrypted and there is no terminal" \
        -c ca.crt -k encrypted.key -l old.crt --hook true
}

@test "check: a key of a token that no provider reads is a problem" {
    local key="pkcs11:object=x;type=private"
    fails_as enroll "no loaded provider handles this URI" "${usual[@]}" \
        -k "$key"
    expect_status 93
    fails_as enroll "no loaded provider handles this URI" "${usual[@]}" \
        -k handle:0x81000001
    fails_as renew "no loaded provider handles this URI" -c ca.crt -k "$key" \
        -l local.crt --hook true --subject /CN=x
    fails_as enroll "no loaded provider handles this URI" "${usual[@]}" \
        -k "pkcs11:object=x;type=private?pin-value=1234"
    stdout_lacks 1234
}

@test "check: a key from a pipe is left there" {
    check "${usual[@]}" -k -
    warns "private key -: it can be read once only, and is not"
}

@test "check: a key that others can read" {
    chmod 640 local.key
    check "${usual[@]}"
    warns "private key local.key: it has mode 0640"
    finds warning ": chmod 600 local.key"
    check -c ca.crt -k local.key -l local.crt --subject /CN=x --key-mode 640
    expect_status 0
    has_no warning
}

@test "check: a key that others can read is told once, also where one is asked for" {
    chmod 640 local.key
    check -c ca.crt -k local.key --new-key rsa:2048 --subject /CN=x \
        -l local.crt
    warns "private key local.key: it has mode 0640"
    expect_equal warnings 1 "$(grep -c ^warning "$stdout")"
}

@test "check: a key that belongs to somebody else" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    chown 65533 local.key
    check "${usual[@]}"
    warns "it belongs to another user, who can read it"
}

@test "check: --new-key would make it, and makes none" {
    check -c ca.crt -k new.key --new-key ec:P-256 --subject /CN=x \
        --challenge pass:x -r new.csr -l local.crt
    expect_status 0
    has_no warning
    finds ok "private key new.key: there is none; ec:P-256 would be made"
    finds ok "request new.csr: subject /CN=x; with a challengePassword"
    finds ok "transactionID: it is made from the key"
    no_file new.key new.csr
    fails_as enroll "is not of type ec:P-256" -c ca.crt -k local.key \
        --new-key ec:P-256 --subject /CN=x -l local.crt
    fails_as enroll "is for a key that is encrypted" -c ca.crt -k new.key \
        --new-key ec:P-256 --subject /CN=x -l local.crt --passin pass:x
    fails_as enroll none/new.key -c ca.crt -k none/new.key --new-key ec:P-256 \
        --subject /CN=x -l local.crt
}

# --- the request -------------------------------------------------------------

@test "check: a request that is not there, or is none" {
    fails_as enroll none.csr "${usual[@]}" -r none.csr
    finds problem "correct the name"
    fails_as enroll "not a certificate request" "${usual[@]}" -r ca.crt
}

@test "check: a request whose signature does not verify" {
    openssl req -in local.csr -outform DER -out bad.csr
    printf '\377\377\377\377' |
        dd of=bad.csr bs=1 seek=$(($(stat -c %s bad.csr) - 4)) conv=notrunc
    fails_as enroll "does not verify" "${usual[@]}" -r bad.csr
}

@test "check: a request without a challengePassword, and with a weak digest" {
    take plain.csr
    check "${usual[@]}" -r plain.csr
    expect_status 0
    finds ok "no challengePassword; the key belongs to it"
    openssl req -new -sha1 -key local.key -subj /CN=x -out sha1.csr
    check "${usual[@]}" -r sha1.csr
    warns "request sha1.csr: it is signed with SHA1"
}

@test "check: a request that cannot be written" {
    fails_as enroll "request none/x.csr: there is no directory" -c ca.crt \
        -k local.key -r none/x.csr --subject /CN=x -l local.crt
    expect_status 93
    mkdir dir
    chmod 755 . dir
    chmod 644 local.key
    [ "$(id -u)" -eq 0 ] || chmod 555 dir
    as_other fails_as enroll "request dir/x.csr: cannot create" -c ca.crt \
        -k local.key -r dir/x.csr --subject /CN=x -l local.crt -m -
}

@test "check: a request that is there, and is another" {
    fails_as enroll "is not what these options ask for" -c ca.crt \
        -k local.key -r local.csr --subject /CN=other -l local.crt
}

# --- the certificate to renew ------------------------------------------------

# signed YEAR: old.crt for local.key, valid in that year.
signed() {
    issue_for "$1" old.crt local.csr 01 -cert ca.crt \
        -keyfile "$shared/other.key"
}

@test "check: -O and -K of a renewal by enroll" {
    local options=("${usual[@]}" -O old.crt -K local.key)
    fails_as enroll old.crt "${options[@]}"
    openssl x509 -req -in local.csr -CA ca.crt -CAkey "$shared/other.key" \
        -days 90 -out old.crt
    check "${options[@]}"
    expect_status 0
    has_no warning
    finds ok "signature certificate old.crt: /C=FI/O=Example/CN=device.example.org, issued by /CN=The CA, "
    take new.key encrypted.key
    fails_as enroll "it is not the key of certificate old.crt" "${usual[@]}" \
        -O old.crt -K new.key --capabilities SCEPStandard,Renewal
    expect_equal problems 1 "$(grep -c '^problem ' "$stdout")"
    fails_as enroll none.key "${usual[@]}" -O old.crt -K none.key
    on_terminal check "${usual[@]}" -O old.crt -K encrypted.key
    warns "signature key encrypted.key: encrypted; not opened"
    finds warning "give that with --sign-passin"
    signed 2020
    check "${options[@]}"
    warns "signature certificate old.crt has expired"
    signed 2040
    check "${options[@]}"
    warns "signature certificate old.crt: it is not valid before 2040-01-01"
}

@test "check: a certificate of -l that enroll would replace" {
    openssl x509 -req -in local.csr -CA ca.crt -CAkey "$shared/other.key" \
        -days 90 -out local.crt
    check "${usual[@]}"
    expect_status 0
    finds ok "of 90 days left; the new one would replace it"
}

# --- renew -------------------------------------------------------------------

renewal=(-c ca.crt -k local.key -l local.crt --hook true)

# renewed [OPTION...]: check with the options of renew.
renewed() {
    check "${renewal[@]}" "$@"
}

certified() {
    openssl x509 -req -in local.csr -CA ca.crt -CAkey "$shared/other.key" \
        -days 90 -out local.crt
}

@test "check: renew, before the first certificate" {
    renewed --subject /CN=x
    expect_status 0
    has_no warning
    finds ok "certificate local.crt: there is none"
    fails_as renew "missing subject (--subject)" -c ca.crt -k local.key \
        -l local.crt --hook true
    fails_as renew "private key none.key: there is none" -c ca.crt \
        -k none.key -l local.crt --hook true --subject /CN=x
    check -c ca.crt -k none.key -l local.crt --hook true --subject /CN=x
    finds problem "there is none (--new-key ec:P-256 makes one)"
    expect_equal "problems" 1 "$(grep -c ^problem "$stdout")"
    stdout_lacks "correct the name"
    fails_as renew none/k.key -c ca.crt -k none/k.key -l local.crt \
        --hook true --subject /CN=x --new-key ec:P-256
    expect_equal "lines on the key" 1 "$(grep -c "problem .*key none/k.key: " "$stdout")"
    rm -f local.crt.lock
    renewed -k none.key --subject /CN=x --new-key ec:P-256
    expect_status 0
    finds ok "private key none.key: there is none; ec:P-256 would be made"
    no_file none.key none.key.new
}

@test "check: renew, what is left of the certificate" {
    certified
    renewed
    expect_status 0
    has_no warning
    finds ok "certificate local.crt: /C=FI/O=Example/CN=device.example.org, issued by /CN=The CA, "
    finds ok "request that is made: subject /C=FI/O=Example/CN=device.example.org"
    no_file local.crt.lock local.key.new
    renewed --renew-before 91d
    warns "it is due: run sscep renew"
    signed 2020
    mv old.crt local.crt
    renewed
    warns "certificate local.crt: /C=FI/O=Example/CN=device.example.org, issued by /CN=The CA: it has expired"
    signed 2040
    mv old.crt local.crt
    fails_as renew "whether it is due cannot be told" "${renewal[@]}"
    expect_status 1
    finds warning "certificate local.crt is not valid before 2040-01-01"
    finds ok "certificate local.crt: /C=FI/O=Example/CN=device.example.org, issued by /CN=The CA: it is not valid yet"
    renewed --tolerate clock
    warns "certificate local.crt is not valid before 2040-01-01"
}

@test "check: renew, with a clock that is behind the CA certificate alone" {
    certified
    issue_for 2040 future.crt local.csr 01 -selfsign -keyfile local.key
    local options=("${renewal[@]}" -c future.crt --force)
    fails_as renew "it is not valid yet" "${options[@]}"
    expect_status 93
    finds problem "this system's clock may be wrong"
    stdout_lacks getca
}

@test "check: renew, that is not due, is looked at as if it were" {
    certified
    renewed
    expect_status 0
    finds ok "the renewal is not due, and sscep renew would send nothing now"
    run_sscep renew -u "$nowhere" "${renewal[@]}" -c none.crt
    expect_status 0
    stdout_has "not due"
    renewed -c none.crt
    expect_status 93
    finds ok "the renewal is not due"
    fails_as renew none.crt "${renewal[@]}" -c none.crt --force
    stdout_lacks "is not due"
    renewed --renew-before 91d
    stdout_lacks "is not due"
}

@test "check: renew, a key that is kept, and is none for --bundle" {
    certified
    openssl pkey -in local.key -outform DER -out der.key
    chmod 600 der.key
    fails_as renew "it is not in PEM, which --bundle needs" "${renewal[@]}" \
        -k der.key --bundle bundle.pem --new-key same --force \
        --capabilities AES,SHA-256
    expect_status 93
    renewed -k der.key --bundle bundle.pem
    expect_status 0
    has_no warning
}

@test "check: renew, key and certificate that do not belong together" {
    certified
    take new.key
    fails_as renew "it is not the key of certificate local.crt" -c ca.crt \
        -k new.key -l local.crt --hook true
    rm -f local.crt.lock
    fails_as renew "its private key none.key is not" -c ca.crt -k none.key \
        -l local.crt --hook true
    echo none >none.key
    fails_as renew "not a private key" -c ca.crt -k none.key -l local.crt \
        --hook true
    finds ok "certificate local.crt: "
    echo none >none.crt
    fails_as renew none.crt -c ca.crt -k local.key -l none.crt --hook true
}

@test "check: renew, an encrypted key is not opened" {
    certified
    take encrypted.key
    on_terminal renewed -k encrypted.key
    warns "private key encrypted.key: encrypted; not opened"
    finds ok "certificate local.crt: "
    renewed -k encrypted.key --passin pass:phrase
    expect_status 0
    has_no warning
    finds ok "request that is made"
}

@test "check: renew, what an earlier run has left" {
    certified
    : >local.crt.hook
    take new.key
    mv new.key local.key.new
    chmod 600 local.key.new
    renewed
    warns "local.crt.hook is there: the hook has not succeeded yet: the next sscep renew runs it"
    finds warning "local.key.new is there: the key of an enrolment that has begun"
    cp "$shared/new.csr" local.crt.req
    renewed
    warns "local.crt.req is there: a request may be pending: the next sscep renew polls"
    finds ok "request local.crt.req: subject /C=FI"
    cp local.crt local.crt.new
    renewed
    cp local.key local.key.new
    warns_as_finished
    rm local.key.new
    warns_as_finished
}

# renew would finish what it has begun, with the certificate of local.crt.new.
warns_as_finished() {
    renewed
    warns "local.crt.new is there: a renewal was interrupted: the next sscep renew finishes it"
    finds ok "certificate local.crt.new: /C=FI"
    stdout_lacks "request local.crt.req"
}

@test "check: renew, a KEY.new or CERT.new that is a directory is told once" {
    local file
    certified
    for file in local.key.new local.crt.new; do
        mkdir "$file"
        fails_as renew "$file: is no regular file" "${renewal[@]}" --force
        has_no warning
        expect_equal problems 1 "$(grep -c '^problem ' "$stdout")"
        rmdir "$file"
    done
}

@test "check: renew, a KEY.new that is made anew is no problem" {
    certified
    take encrypted.key ec.key
    cp encrypted.key local.key.new
    chmod 600 ./*.key.new
    local expected options=("${renewal[@]}" --force --forget)
    fails_as renew "it is encrypted" "${renewal[@]}" --force
    check "${options[@]}"
    expect_status 0
    has_no warning
    run_sscep renew -u "$nowhere" "${options[@]}"
    expect_status 95
    rm -f local.crt local.crt.req
    mv ec.key first.key.new
    options=(-c ca.crt -k first.key -l local.crt --hook true --subject /CN=x
        --new-key rsa:2048)
    check "${options[@]}"
    expect_status 0
    run_sscep renew -u "$nowhere" "${options[@]}"
    expect_status 95
}

# As left by a power failure while the files took their places.
@test "check: renew, a swap that was interrupted is no problem" {
    certified
    take new.key new.csr
    mv local.crt before.crt
    openssl x509 -req -in new.csr -CA ca.crt -CAkey "$shared/other.key" \
        -days 90 -out local.crt.new
    mv before.crt local.crt
    mv new.key local.key
    renewed
    warns "local.crt.new is there"
    run_sscep renew -u "$nowhere" "${renewal[@]}"
    expect_status 0
    no_file local.crt.new
    renewed
    has_no warning
}

@test "check: renew, a CERT.new that no interrupted renewal has left" {
    certified
    echo garbage >local.crt.new
    fails_as renew "local.crt.new: not a certificate" "${renewal[@]}"
    openssl x509 -req -in "$shared/new.csr" -CA ca.crt \
        -CAkey "$shared/other.key" -days 90 -out local.crt.new
    fails_as renew "local.crt.new belongs neither to private key" \
        "${renewal[@]}"
    expect_status 93
    stdout_lacks "was interrupted"
    echo garbage >local.key.new
    fails_as renew "local.key.new: not a private key" "${renewal[@]}"
    rm local.key.new local.crt.new
    mkdir local.crt.new
    fails_as renew local.crt.new "${renewal[@]}"
}

@test "check: renew, a pending request whose key is gone" {
    certified
    cp "$shared/new.csr" local.crt.req
    fails_as renew "its private key is not there" -c ca.crt -k local.key \
        -l local.crt --hook true
}

@test "check: renew, another run is at work" {
    certified
    python3 - <<'END' 3>&- &
import fcntl, time
lock = open("local.crt.lock", "w")
fcntl.lockf(lock, fcntl.LOCK_EX)
open("locked", "w").close()
time.sleep(60)
END
    ca_pids+=($!)
    wait_for 10 test -e locked
    fails_as renew "another run (process $!) holds local.crt.lock" \
        "${renewal[@]}"
    expect_status 77
    finds problem "wait for it with --wait-lock"
    renewed --wait-lock 1
    warns "another run (process $!) holds local.crt.lock: the next sscep renew waits for it"
}

@test "check: renew, a lock file that cannot be locked" {
    certified
    mkdir local.crt.lock
    fails_as renew "cannot lock: Is a directory" "${renewal[@]}"
    rmdir local.crt.lock
    ln -s nowhere local.crt.lock
    fails_as renew "is a symbolic link" "${renewal[@]}"
    no_file nowhere
    rm local.crt.lock
    mkfifo local.crt.lock
    fails_as renew "is not a regular file" "${renewal[@]}"
    expect_status 93
}

@test "check: renew, where this user may not make the lock file" {
    certified
    mkdir dir
    cp local.crt local.key dir
    chmod 755 . dir
    chmod 644 dir/*
    [ "$(id -u)" -eq 0 ] || chmod 555 dir
    as_other fails_as renew "lock file dir/local.crt.lock: cannot lock" \
        -c ca.crt -k dir/local.key -l dir/local.crt --hook true
}

# --- CA certificates ---------------------------------------------------------

@test "check: CA certificates that are not there, or none" {
    fails_as enroll "get it with" "${usual[@]}" -c none.crt
    fails_as enroll local.key "${usual[@]}" -c local.key
    fails_as renew "or give that as --ca-fingerprint" -c none.crt \
        -k local.key -l local.crt --hook true --subject /CN=x
    renewed -c none.crt --subject /CN=x \
        --ca-fingerprint "$(fingerprint ca.crt sha256)"
    expect_status 0
    finds ok "CA certificates none.crt: there are none; sscep renew requests them"
}

@test "check: CA certificates that have expired, do soon, or are of the future" {
    issue_for 2020 past.crt local.csr 01 -selfsign -keyfile local.key
    fails_as enroll "has expired" "${usual[@]}" -c past.crt
    finds problem ": get the current ones with getca"
    check "${usual[@]}" -c past.crt --tolerate clock
    warns "it has expired: ignored"
    issue_for 2040 future.crt local.csr 01 -selfsign -keyfile local.key
    fails_as enroll "not valid yet" "${usual[@]}" -c future.crt
    finds problem "this system's clock may be wrong"
    stdout_lacks getca
    make_ca -days 20
    check "${usual[@]}"
    warns "of 20 days left"
    finds warning "it expires soon"
    make_ca
    cat ca.crt past.crt >both.crt
    check "${usual[@]}" -c both.crt
    expect_status 0
    # OpenSSL 3.5 says in it that it is of no CA, and so it is that of an RA.
    finds warning "A certificate /C=FI/O=Example/CN=device.example.org has expired"
}

@test "check: --ca-fingerprint, and what it leaves out" {
    take other.crt
    check "${usual[@]}" --ca-fingerprint "$(fingerprint ca.crt sha256)"
    expect_status 0
    finds ok "it is expected to sign; pinned"
    fails_as enroll fingerprint "${usual[@]}" \
        --ca-fingerprint "$(fingerprint other.crt sha256)"
    finds ok "CA certificate /CN=The CA, "
}

@test "check: a set of CA certificates, and one that hides it" {
    take ec.crt
    mv ca.crt ca.crt-0
    cp ec.crt ca.crt-1
    check "${usual[@]}"
    expect_status 0
    finds ok "the 2 certificates of ca.crt form a chain up to a root"
    cp ca.crt-0 ca.crt
    check "${usual[@]}"
    warns "CA certificates ca.crt-0 ...: they are not read, as there is ca.crt"
}

@test "check: a CA that cannot be encrypted to, and no password" {
    take ec.crt plain.csr
    fails_as enroll "its key cannot encrypt" "${usual[@]}" -c ec.crt \
        -r plain.csr
    check "${usual[@]}" -c ec.crt
    expect_status 0
}

# --- the message -------------------------------------------------------------

@test "check: a message that cannot be made, or not with this digest" {
    take ec.key
    openssl genrsa -out small.key 1024
    openssl genrsa -out tiny.key 512
    openssl req -new -x509 -key tiny.key -subj "/CN=Tiny" -out tiny.crt
    chmod 600 ./*.key
    local known=(--capabilities "AES,SHA-256,POSTPKIOperation" -m message.pem)
    local made=(-c ca.crt --subject /CN=x -l local.crt "${known[@]}")
    fails_as enroll "md5 cannot be used with an EC key" "${made[@]}" \
        -k ec.key -S md5
    expect_status 1
    fails_as enroll "md5 cannot be used with --rsa-pss" "${made[@]}" \
        -k local.key -S md5 --rsa-pss
    fails_as enroll "cannot sign the PKCSReq by RSA-PSS" "${made[@]}" \
        -k small.key -S sha512 --rsa-pss
    expect_status 1
    fails_as enroll "cannot make the self-signed certificate with sha512" \
        "${made[@]}" -k tiny.key -S sha512 -L self.crt
    expect_status 91
    fails_as enroll "cannot encrypt the PKCSReq" "${made[@]}" -k local.key \
        -c tiny.crt --rsa-oaep
    expect_status 1
}

@test "check: a message that cannot be made, for a key that is yet to be made" {
    check -c ca.crt -k new.key --new-key ec:P-256 --subject /CN=x \
        -l local.crt --challenge pass:x -S md5
    expect_status 1
    finds problem "md5 cannot be used with an EC key"
    check -c ca.crt -k new.key --new-key ec:P-256 --subject /CN=x \
        -l local.crt --challenge pass:x -S sha256
    expect_status 0
}

@test "check: renew, a message that cannot be made" {
    take ec.key
    openssl req -new -key ec.key -subj /CN=x -out ec.csr
    openssl x509 -req -in ec.csr -CA ca.crt -CAkey "$shared/other.key" \
        -days 90 -out local.crt
    fails_as renew "md5 cannot be used with an EC key" "${renewal[@]}" \
        -k ec.key -S md5 --force --capabilities AES,SHA-256
    expect_status 1
}

@test "check: a message that can be made is not written, nor its certificate" {
    check "${usual[@]}" -S sha256 -L self.crt -m message.pem
    expect_status 0
    has_no warning
    no_file self.crt message.pem
}

# --- outputs -----------------------------------------------------------------

@test "check: outputs without a directory, or that are one, or hold a key" {
    fails_as enroll none/local.crt "${usual[@]}" -l none/local.crt
    finds problem "make its directory"
    mkdir dir
    fails_as enroll "is a directory" "${usual[@]}" -l dir
    cp local.key copy.key
    fails_as enroll "it holds a private key" "${usual[@]}" -l copy.key
    fails_as enroll none/chain.pem "${usual[@]}" --chain none/chain.pem
    fails_as renew none/bundle.pem -c ca.crt -k local.key -l local.crt \
        --subject /CN=x --bundle none/bundle.pem
}

@test "check: an output of two options is told once" {
    fails_as enroll "are the same file" "${usual[@]}" --chain local.crt
    expect_equal lines 1 "$(grep -c "^ok  *output local.crt: " "$stdout")"
}

@test "check: an output that is a pipe is not read, nor waited for" {
    mkfifo pipe
    timeout 20 "$SSCEP" check --local "${usual[@]}" -l pipe >"$stdout"
    finds ok "output pipe: it can be written"
    timeout 20 "$SSCEP" check --local "${usual[@]}" -l /dev/stdout |
        cat >"$stdout"
    finds ok "output /dev/stdout: it can be written"
    finds ok "transactionID "
}

@test "check: an output that is a link of somebody else where all may write" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    mkdir -m 1777 sticky
    ln -s ../local.crt sticky/x
    chown -h 65533 sticky/x
    fails_as enroll "is a symbolic link of user 65533" "${usual[@]}" -l sticky/x
    stdout_lacks "make its directory"
}

@test "check: advice is for the effective user" {
    without_sanitizers "not of a program with two users"
    [ "$(id -u)" -eq 0 ] || skip "only root has another real user"
    need setpriv
    mkdir dir
    chmod 755 . dir
    as_other check "${usual[@]}" -k none.key
    make_program effective setpriv --euid 65534 --egid 65534 \
        --clear-groups "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/effective" check "${usual[@]}" \
        -l dir/x.crt
    finds problem "let this user write there"
    finds problem "let this user read it"
}

@test "check: outputs in a directory that this user may not write to" {
    mkdir dir
    chmod 755 . dir
    chmod 644 local.key
    [ "$(id -u)" -eq 0 ] || chmod 555 dir
    as_other fails_as enroll "dir/x.crt: cannot write to its directory" \
        "${usual[@]}" -l dir/x.crt
    finds problem "let this user write there"
    as_other fails_as enroll "private key dir/new.key: cannot create" \
        -c ca.crt -k dir/new.key --new-key ec:P-256 --subject /CN=x \
        -l local.crt -m -
}

@test "check: outputs on a file system that is read-only" {
    mkdir dir
    in_mounts "mount -t tmpfs -o ro none dir" fails_as enroll \
        "Read-only file system" "${usual[@]}" -l dir/x.crt
}

@test "check: where stdout cannot be written to, that is said once: exit status 93" {
    local name
    : >"$stdout"
    for name in ca.crt none.crt; do
        status=0
        ./sscep check --local "${usual[@]}" -c "$name" >/dev/full \
            2>"$stderr" || status=$?
        expect_status 93
        only_error "cannot write to standard output: No space left on device"
    done
}

@test "check: names of files are one line, without what a terminal obeys" {
    local name=$'o\e[31m\nok       forged'
    run_sscep check --local -c "$name" -k "$name.key" -l local.crt -r "$name"
    [ "$status" -ne 0 ]
    stdout_lacks $'\e'
    expect_equal "forged lines" 0 "$(grep -c '^ok  *forged' "$stdout")"
    grep -qF 'o\x1b[31m\x0aok' "$stdout"
}

@test "check: no mode is advised for what is no file" {
    check "${usual[@]}" -k /dev/null
    stdout_lacks "chmod"
}
