#!/usr/bin/env bats
#
# renew over several runs: what one run leaves for the next one, in CERT.req,
# KEY.new and CERT.hook.

load helper
load namespace
load network
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

# --- the hook --------------------------------------------------------------

@test "a hook that renews the same certificate does not run itself" {
    start
    configure "Hook = 'echo run >>hooks; cd / && \
$SSCEP renew -v --force -f $PWD/abs.conf >>$PWD/out 2>&1'"
    sed "s, = \\(dev\\|ca\\)\\., = $PWD/\\1.," dev.conf >abs.conf
    renew
    expect_status 0
    expect_equal "hooks" 1 "$(wc -l <hooks)"
    grep -q "started by the hook, which is left to the next one" out ||
        problem "$(cat out)"
    pair_is_good
    [ -e dev.crt.hook ]
    renew --hook 'echo run >>hooks'
    expect_status 0
    expect_equal "hooks" 2 "$(wc -l <hooks)"
    [ ! -e dev.crt.hook ]
}

@test "a hook that renews another certificate: that one has its hook" {
    start
    configure "Hook = '$SSCEP renew -f two.conf'"
    sed "s/dev\\./two./; s/^Hook.*/Hook = 'touch hooked'/" dev.conf >two.conf
    enrolled
    [ -e hooked ]
}

@test "a run without --hook keeps the hook that failed for later" {
    start
    renew --hook 'exit 1'
    expect_status 78
    renew
    expect_status 0
    files dev.crt.hook
    renew --force
    expect_status 0
    [ -e dev.crt.hook ]
    renew --hook 'echo "$SSCEP_ACTION" >hooked'
    expect_status 0
    expect_equal "the hook" enrolled "$(cat hooked)"
    [ ! -e dev.crt.hook ]
}

@test "a hook is neither left out nor run again without a word" {
    need strace
    start
    enrolled
    local n told=0 calls='?fstat,?lstat,?newfstatat,?statx'
    for ((n = 1; n < 20; n++)); do
        : >dev.crt.hook
        rm -f hooked
        make_program broken env ASAN_OPTIONS=detect_leaks=0 \
            strace -o "$PWD/calls" -P dev.crt.hook -e "trace=$calls" \
            -e "inject=$calls:error=EIO:when=$n" "$sscep"
        status=0
        "$BATS_TEST_TMPDIR/broken" renew -f dev.conf --hook 'touch hooked' \
            >"$stdout" 2>"$stderr" || status=$?
        sed -i '/^strace: /d' "$stderr"
        grep -q INJECTED calls || break
        if [ "$status" -eq 0 ]; then
            [ -e hooked ] && [ ! -e dev.crt.hook ] || problem "call $n"
            continue
        fi
        expect_status 93
        one_error "dev.crt.hook: cannot " ": Input/output error"
        [ -e dev.crt.hook ] || problem "call $n: there is no mark"
        told=$((told + 1))
    done
    [ "$told" -ge 4 ] || problem "told $told times"
    expect_status 0
    [ -e hooked ] && [ ! -e dev.crt.hook ]
}

# started PROGRAM ARGUMENT...: runs it with SIGUSR1 blocked, SIGINT
# ignored, an umask and limits of its own, and two descriptors. The shell is bash,
# as others unblock all signals.
started() {
    cat >launch <<'END'
import os, resource, signal, sys
signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGUSR1])
for number in signal.SIGPIPE, signal.SIGXFSZ:
    signal.signal(number, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.SIG_IGN)
os.umask(0o137)
zero = os.open("/dev/zero", os.O_RDONLY)
os.dup2(zero, 9)
os.dup2(zero, 88)
os.closerange(3, 9)
resource.setrlimit(resource.RLIMIT_NOFILE, (77, 99)) # below 88
resource.setrlimit(resource.RLIMIT_CORE, (4096, 8192))
os.environ.pop("SSCEP_ALLOW_CORE")
os.environ["ASAN_OPTIONS"] = "detect_leaks=0:disable_coredump=0"
os.execv(sys.argv[1], sys.argv[1:])
END
    make_program started python3 "$PWD/launch" "$1"
    sscep=$BATS_TEST_TMPDIR/started
    in_mounts "mount --bind '$(command -v bash)' '$(realpath /bin/sh)'" \
        run_sscep "${@:2}"
    expect_status 0
}

@test "the hook finds signals, umask, limits and descriptors as sscep did" {
    start
    cat >look <<'END'
umask
grep -E '^(SigBlk|SigIgn)' /proc/self/status
cat /proc/self/limits
readlink /proc/self/fd/9
ls /proc/self/fd
END
    started /bin/sh -c 'sh look >expected'
    grep -qx 0137 expected
    grep -q '^SigBlk.*0200$' expected
    grep -q '^SigIgn.*0002$' expected
    grep -Eq '^Max open files +77 +99 ' expected
    grep -Eq '^Max core file size +4096 +8192 ' expected
    grep -qx 88 expected
    started "$SSCEP" renew -f dev.conf --hook 'sh look >found'
    expect_equal "what the hook finds" "$(cat expected)" "$(cat found)"
}

# --- the pass phrase -------------------------------------------------------

@test "a key in clear has a successor in clear, whatever pass phrase is given" {
    start
    echo phrase >pass
    enrolled
    local option
    for option in passin key-passout; do
        renew --force "--$option" file:pass
        expect_status 0
        warned "dev.key: it is not encrypted, and so its successor is not"
        stderr_has "[key-not-encrypted]"
        pair_is_good
        openssl pkey -in dev.key -passin pass: -noout
    done
    # A KEY.new that is encrypted is not used for it, nor the other way round.
    openssl genrsa -aes128 -passout pass:phrase -out dev.key.new 2048 2>/dev/null
    renew --force --passin file:pass
    expect_status 0
    if grep -q ENCRYPTED dev.key; then
        problem "the new key is encrypted"
    fi
    openssl pkcs8 -topk8 -in dev.key -passout pass:phrase -out dev.key.p8
    mv dev.key.p8 dev.key
    openssl genrsa -out dev.key.new 2048 2>/dev/null
    renew --force --passin file:pass
    expect_status 0
    grep -q ENCRYPTED dev.key
}

@test "--passin alone makes no first key" {
    start
    echo phrase >pass
    renew --passin file:pass
    expect_status 1
    only_error "private key dev.key.new" "add --key-passout"
    renew --key-passout file:pass
    expect_status 0
    grep -q ENCRYPTED dev.key
}

# --- what is not there -----------------------------------------------------

# fails STATUS TEXT...: with one line, which has the texts, and the pair, of which
# sums has the sums, stays.
fails() {
    expect_status "$1"
    only_error "${@:2}"
    sha256sum --quiet -c sums || problem "the pair is another"
}

@test "no name server answers: the pair stays, and is renewed when one does" {
    local i hosts=$BATS_TEST_TMPDIR/hosts
    own_network "127.0.0.1 scep.example.com"
    start_ca --lifetime 900000000 --challenge secret
    pin=$(openssl x509 -in "$ca/ca.crt" -noout -fingerprint -sha256)
    configure
    sed -i "s/127.0.0.1/scep.example.com/" dev.conf
    run_there renew -f dev.conf
    expect_status 0
    sha256sum dev.key dev.crt >sums
    echo "127.0.0.1 localhost" >"$hosts"
    for i in 1 2; do
        run_there renew -f dev.conf --force
        fails 95 "cannot connect to scep.example.com:$port" \
            "looking up the name"
        files dev.key.new sums
    done
    echo "127.0.0.1 scep.example.com" >"$hosts"
    run_there renew -f dev.conf --force
    expect_status 0
    stdout_has "renewed: "
    pair_is_good
    sed -i 's/$/.old/' sums
    sha256sum --quiet -c sums
    expect_equal "messages" "19 17 " "$(what_was_sent)"
}

@test "a read-only directory: the pair stays, and is renewed when it is not" {
    start
    mkdir ro
    sed -i 's, = dev, = ro/dev,' dev.conf
    renew
    expect_status 0
    sha256sum ro/dev.key ro/dev.crt >sums
    in_mounts "mount --bind ro ro; mount -o remount,bind,ro ro" renew --force
    fails 93 "ro/dev.crt.lock" "Read-only file system"
    [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 ro
    chmod 555 ro
    as_other renew --force
    fails 93 "ro/dev.key.new" "Permission denied"
    expect_equal "the files" "dev.crt dev.crt.lock dev.key" \
        "$(ls -A ro | paste -sd' ')"
    expect_equal "messages" "19 " "$(what_was_sent)"
    chmod 755 ro
    as_other renew --force
    expect_status 0
    stdout_has "renewed: "
    openssl verify -CAfile ca.crt ro/dev.crt
    sed -i 's/$/.old/' sums
    sha256sum --quiet -c sums
}

@test "in a root with nothing but the program and its libraries" {
    local before
    start
    enter_root
    # The names of files are those in the root.
    cd root/tmp
    configure "BundleFile = /tmp/b.pem" "FullChainFile = /tmp/full.pem" \
        "ChainFile = /tmp/chain.pem"
    sed -i 's, = \(dev\|ca\)\., = /tmp/\1.,' dev.conf
    run_sscep renew -f /tmp/dev.conf
    expect_status 0
    stdout_has "enrolled: "
    before=$(serial dev.crt)
    run_sscep renew -f /tmp/dev.conf
    stdout_has "not due: "
    run_sscep renew -f /tmp/dev.conf --force
    expect_status 0
    stdout_has "renewed: "
    pair_is_good
    expect_equal "the old certificate" "$before" "$(serial dev.crt.old)"
    openssl verify -CAfile ca.crt dev.crt
    cmp ca.crt chain.pem
    cat dev.crt chain.pem | cmp - full.pem
    cat dev.key full.pem | cmp - b.pem
    expect_equal "the files" "b.pem ca.crt chain.pem dev.conf dev.crt \
dev.crt.lock dev.crt.old dev.key dev.key.old full.pem" "$(ls -A | paste -sd' ')"
}

# --- what is said ----------------------------------------------------------

@test "expired, and the challenge cannot be read: that is said" {
    start
    enrolled
    sed -i 's/^Challenge.*/Challenge = file:missing/' dev.conf
    clock_is +400d
    renew
    expect_status 0
    warned "missing: " "the expired certificate is renewed without it"
    pair_is_good
}

@test "a refused renewal: the hint is true with and without --challenge" {
    start
    enrolled
    restart --fail badRequest
    renew --force
    expect_status 72
    one_error "--renew-with both sends that of --challenge"
}

@test "a renewal before the notBefore says nothing of what is left" {
    start
    enrolled
    # The CA has the right time.
    clock=$BATS_TEST_TMPDIR/early
    clock_is "@1970-01-02 00:00:00"
    renew --tolerate clock
    expect_status 0
    grep -qx renewed "$stdout" || problem "$(cat "$stdout")"
}

@test "a certificate that fails a check stays pending, with the way out" {
    start --fault cert-expired
    renew
    expect_status 97
    one_error "the next run polls for it again" "--forget begins with another"
    [ -e dev.crt.req ]
    restart
    renew --forget
    expect_status 0
    pair_is_good
}

@test "--dry-run fails if it cannot see whether a hook is still to run" {
    start
    enrolled
    ln -s dev.crt.hook dev.crt.hook
    renew --dry-run --hook true
    expect_status 93
    one_error "dev.crt.hook: cannot access"
}

@test "--dry-run --json has what would be done" {
    start
    # would WORD [OPTION...]
    would() {
        renew --json --dry-run "${@:2}"
        expect_status 0
        expect_equal action none "$(member action)"
        expect_equal would "$1" "$(member would)"
    }
    would enrol
    sed -i.pin /CAFingerprint/d dev.conf
    would enrol
    grep -q '"id":"no-ca-certificate"' "$stdout" || problem "no warning"
    mv dev.conf.pin dev.conf
    renew --hook false
    expect_status 78
    would nothing
    would hook --hook false
    renew --dry-run --hook false
    stdout_has "would run the hook, which has not succeeded yet"
    would renew --force --hook false
    expect_equal reason forced "$(member reason)"
    cp dev.crt dev.crt.new
    would swap
    mv dev.crt.new dev.crt.req
    would poll
    rm dev.crt.req dev.crt
    would poll
}
