#!/usr/bin/env bats
#
# renew keeps a certificate valid: what it does with what it finds, with a clock
# that the tests move, and what is left when something fails.

load helper
load namespace
load servers
load renewing

# --- a life ----------------------------------------------------------------

@test "an empty directory, and then ten renewals" {
    start
    configure "Hook = 'echo \$SSCEP_ACTION \$SSCEP_SERIAL >>hooks'"
    local i last=
    enrolled
    stdout_has "enrolled: 36"
    stderr_empty
    files hooks
    for i in 1 2 3 4 5 6 7 8 9 10; do
        last=$(serial dev.crt)
        clock_is "+$((i * 250 - 10))d"
        renew
        expect_status 0
        stdout_has "not due: 1"
        expect_equal "the certificate" "$last" "$(serial dev.crt)"
        clock_is "+$((i * 250))d"
        renew
        expect_status 0
        stdout_has "renewed: 36"
        pair_is_good
        expect_equal "the old certificate" "$last" "$(serial dev.crt.old)"
        expect_equal "the old key" "$(openssl pkey -in dev.key.old -pubout)" \
            "$(openssl x509 -in dev.crt.old -noout -pubkey)"
        files hooks dev.key.old dev.crt.old
    done
    expect_equal "the hooks" 11 "$(wc -l <hooks)"
    expect_equal "the first" enrolled "$(head -n 1 hooks | sed 's/ .*//')"
    expect_equal "the last" "$(serial dev.crt)" \
        "$(tail -n 1 hooks | sed 's/renewed /serial=/')"
    expect_equal "keys" 11 "$(ca_log 'csrSubject' 'csrSubject' | wc -l)"
    expect_equal "types" "$(printf '19 %.0s' 1; printf '17 %.0s' 1 2 3 4 5 6 7 8 9 10)" \
        "$(what_was_sent)"
    expect_equal "challenges" 1 \
        "$(ca_log challengePassword challengePassword | wc -l)"
}

# --- due -------------------------------------------------------------------

@test "what is due: by days, by hours, by percent, by force" {
    start
    enrolled
    local before
    before=$(serial dev.crt)
    renew --renew-before 364d
    stdout_lines_are "not due: 36[45] of 366 days left"
    stderr_empty
    renew --renew-before 99% --quiet
    stdout_empty
    clock_is +2d
    renew --renew-before 364d --dry-run
    stdout_lines_are "would renew: due, 36[23] of 366 days left"
    renew --renew-before 8760h --dry-run
    stdout_has "would renew: due"
    renew --renew-before 100% --dry-run
    stdout_has "would renew: due"
    renew --force --dry-run
    stdout_lines_are "would renew: forced, 36[23] of 366 days left"
    expect_status 0
    unchanged
    expect_equal "messages" "19 " "$(what_was_sent)"
    files
    renew --force
    expect_status 0
    stdout_has "renewed: 36"
}

# stdout_lines_are REGEX
stdout_lines_are() {
    grep -qx "$1" "$stdout" && [ "$(wc -l <"$stdout")" -eq 1 ] ||
        problem "stdout is not: $1"
    expect_status 0
}

@test "json: action, reason, daysLeft, notAfter, serial" {
    start
    renew --json
    expect_status 0
    expect_equal action enrolled "$(member action)"
    expect_equal reason "no certificate" "$(member reason)"
    renew --json
    expect_equal action none "$(member action)"
    expect_equal reason "not due" "$(member reason)"
    grep -Eq '"daysLeft":36[45],' "$stdout" || problem "daysLeft is no number"
    expect_equal serial "$(serial dev.crt)" "serial=$(member serial)"
    expect_equal notAfter \
        "$(date -u -d "$(openssl x509 -in dev.crt -noout -enddate | cut -d= -f2)" +%FT%TZ)" \
        "$(member notAfter)"
    renew --json --force
    expect_equal action renewed "$(member action)"
    expect_equal reason forced "$(member reason)"
    expect_equal files "['dev.key', 'dev.crt']" "$(member files)"
    expect_equal serial "$(serial dev.crt)" "serial=$(member serial)"
    clock_is +400d
    renew --json --dry-run
    expect_equal action none "$(member action)"
    expect_equal reason expired "$(member reason)"
    grep -Eq '"daysLeft":-3[456],' "$stdout" || problem "daysLeft is not below 0"
}

@test "a clock before the certificate" {
    start
    enrolled
    local before
    before=$(serial dev.crt)
    clock_is "@1970-01-02 00:00:00"
    renew
    expect_status 1
    warned "dev.crt is not valid before $(date -u +%Y)"
    stderr_has "[clock]"
    one_error "whether it is due cannot be told" "--tolerate clock"
    unchanged
    renew --json
    expect_status 1
    expect_equal action none "$(member action)"
    renew --dry-run
    expect_status 0
    stdout_has "would stop: the clock is before the certificate"
    stderr_has "[clock]"
    renew --dry-run --tolerate clock
    stdout_lines_are "would renew: the clock is before the certificate"
    clock_is -10d
    renew --tolerate clock
    expect_status 0
    stdout_has "renewed: "
    pair_is_good
}

@test "expired: with the challenge, and without" {
    start
    enrolled
    clock_is +400d
    renew
    expect_status 0
    pair_is_good
    stdout_has "renewed: 36"
    expect_equal "messages" "19 19 " "$(what_was_sent)"
    expect_equal "self-signed" "True True " \
        "$(messages signerSelfSigned | tr '\n' ' ')"
    sed -i /Challenge/d dev.conf
    clock_is +800d
    renew
    expect_status 0
    warned "has expired"
    expect_equal "messages" "19 19 17 " "$(what_was_sent)"
    restart --fail badRequest
    sed -i /Challenge/d dev.conf
    local before
    before=$(serial dev.crt)
    clock_is +1200d
    renew
    expect_status 72
    one_error "the certificate has expired: the CA's administrator has to"
    unchanged
    files dev.key.old dev.crt.old dev.key.new
}

@test "expired, with the challenge: polls are signed as the request was" {
    start
    enrolled
    clock_is +400d
    restart --pending 1
    renew -T 0
    expect_status 3
    renew
    expect_status 0
    pair_is_good
    expect_equal "messages" "19 19 20 " "$(what_was_sent)"
    expect_equal "self-signed" "True True True " \
        "$(messages signerSelfSigned | tr '\n' ' ')"
}

# --- what is there ---------------------------------------------------------

@test "a certificate without its key, and one of another key" {
    start
    enrolled
    mv dev.key away
    renew
    expect_status 93
    only_error "certificate dev.crt" "its private key dev.key is not"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
        -out dev.key 2>/dev/null
    renew
    expect_status 93
    only_error "private key dev.key" "not the key of certificate dev.crt"
    mv away dev.key
    renew
    expect_status 0
}

@test "nothing there, and no type of key, or no subject" {
    start
    sed -i /NewKey/d dev.conf
    renew
    expect_status 93
    only_error "private key dev.key: there is none" "--new-key"
    configure
    sed -i /Subject/d dev.conf
    renew
    expect_status 1
    one_error "missing subject (--subject)"
    files_are sscep dev.conf ca.crt dev.crt.lock
}

# files_are NAME...: exactly these.
files_are() {
    expect_equal "the files" "$(printf '%s\n' "$@" | sort)" "$(ls -A | sort)"
}

@test "a key without a certificate: a request of somebody else is taken over" {
    start --pending 1
    take local.key
    cp local.key dev.key
    openssl req -new -key dev.key -subj /CN=device -out dev.csr
    run_sscep enroll -u "$URL" -c "$ca/ca.crt" -k dev.key --subject /CN=device \
        --challenge pass:secret -l other.crt -n 0
    expect_status 3
    enrolled
    stdout_has "enrolled: "
    stderr_empty
    expect_equal "messages" "19 20 " "$(what_was_sent)"
    cmp local.key dev.key
}

@test "a request is taken over without the challenge that it was sent with" {
    start --pending 1
    take local.key
    cp local.key dev.key
    run_sscep enroll -u "$URL" -c "$ca/ca.crt" -k dev.key --subject /CN=device \
        --challenge pass:secret -l other.crt -n 0
    expect_status 3
    enrolled --challenge file:removed
    expect_equal "messages" "19 20 " "$(what_was_sent)"
}

@test "a key without a certificate, and nothing pending" {
    start
    take local.key
    cp local.key dev.key
    enrolled
    stderr_empty
    expect_equal "messages" "20 19 " "$(what_was_sent)"
    cmp local.key dev.key
    files local.key
}

@test "a configuration file of sscep 0.10 is the base" {
    start
    take local.csr local.key
    cat >dev.conf <<END
[sscep]
URL	"$URL"
CACertFile	"ca.crt"
[sscep_enroll]
PrivateKeyFile	"local.key"
LocalCertFile	"dev.crt"
CertReqFile	"local.csr"
PollInterval	60
MaxPollTime	28800
MaxPollCount	50
END
    cp "$ca/ca.crt" .
    renew
    expect_status 0
    stderr_empty
    expect_equal "challenges" "secret" "$(ca_log challengePassword \
        'challengePassword')"
    openssl x509 -in dev.crt -noout -subject | grep -q device.example.org
    clock_is +300d
    renew
    expect_status 0
    stdout_has "renewed: "
    openssl x509 -in dev.crt -noout -text | grep -q DNS:device.example.org
    printf '[sscep_renew]\nRenewBefore = 100%%\n' >>dev.conf
    renew --dry-run
    stdout_has "would renew: due"
}

# --- what is asked for -----------------------------------------------------

@test "a new key of the old type, of another type, and the same key" {
    start
    enrolled --new-key ec:P-256
    sed -i /NewKey/d dev.conf
    renew --force
    expect_status 0
    pair_is_good
    openssl pkey -in dev.key -noout -text | grep -q P-256
    renew --force --new-key rsa:2048
    expect_status 0
    pair_is_good
    local key
    key=$(openssl pkey -in dev.key -pubout)
    renew --force --new-key same
    expect_status 0
    pair_is_good
    expect_equal "the key" "$key" "$(openssl pkey -in dev.key -pubout)"
    rm dev.key.old
    renew --force --new-key same
    files dev.crt.old
}

@test "a key with a pass phrase gets a successor with the same" {
    start
    echo phrase >pass
    configure "NewKeyPassword = file:pass"
    local i
    for i in 1 2; do
        renew --force
        expect_status 0
        grep -q ENCRYPTED dev.key || problem "the key is not encrypted"
        openssl pkey -in dev.key -passin pass:phrase -pubout >pub
        openssl x509 -in dev.crt -noout -pubkey | cmp - pub
    done
    configure "KeyPassword = file:pass"
    renew --force
    expect_status 0
    grep -q ENCRYPTED dev.key
    openssl pkey -in dev.key -passin pass:phrase -noout
}

@test "a key whose pass phrase is not given gets no successor in clear" {
    start
    configure "NewKeyPassword = pass:phrase"
    enrolled_with_phrase
    configure "KeyPassword = pass:one" "NewKeyPassword = pass:two"
    renew --force
    misuse "--passin" "--key-passout"
    configure
    # The prompt is answered.
    need script
    status=0
    (sleep 2 && echo phrase) | script -qec "$sscep renew -f dev.conf --force" \
        /dev/null >"$stdout" 2>&1 || status=$?
    expect_status 93
    stdout_has "its successor would not be"
    [ ! -e dev.key.new ]
}

enrolled_with_phrase() {
    renew
    expect_status 0
    grep -q ENCRYPTED dev.key
}

@test "names of the old certificate, or as configured" {
    start
    enrolled --san DNS:one.example
    sed -i '/Subject/d' dev.conf
    renew --force
    expect_status 0
    openssl x509 -in dev.crt -noout -text | grep -q DNS:one.example
    renew --force --subject /CN=device --san DNS:two.example
    expect_status 0
    openssl x509 -in dev.crt -noout -text | grep -q DNS:two.example
}

@test "--renew-with challenge and both, and what a refusal says" {
    start
    enrolled
    renew --force --renew-with challenge
    expect_status 0
    renew --force --renew-with both
    expect_status 0
    expect_equal "messages" "19 19 17 " "$(what_was_sent)"
    expect_equal "challenges" 3 \
        "$(ca_log challengePassword challengePassword | wc -l)"
    openssl x509 -in dev.crt -noout -subject | grep -q device
    restart --fail badRequest
    renew --force
    expect_status 72
    one_error "--renew-with both"
    restart --fault http-500
    renew --force
    expect_status 95
    one_error "--renew-with both"
    sed -i /Challenge/d dev.conf
    renew --force --renew-with both
    misuse "--renew-with both needs --challenge"
}

@test "--transaction-id is of the enrolment with the challenge, not of renewals" {
    start --pending 1
    renew --transaction-id 4711 -T 0
    expect_status 3
    enrolled --transaction-id 4711
    restart --pending 1
    renew --force --transaction-id 4711 -T 0
    expect_status 3
    enrolled --transaction-id 4711
    renew --force --transaction-id 4711 --renew-with both -t 1
    expect_status 0
    renew --force --transaction-id 4711 --renew-with challenge -t 1
    expect_status 0
    expect_equal "messages" "19 20 17 20 17 20 19 20 " "$(what_was_sent)"
    expect_equal "transactions" "4711 4711 a a b b 4711 4711" \
        "$(messages transactionID | awk '
            !/4711/ && !($1 in name) { name[$1] = substr("abc", ++n, 1) }
            { print /4711/ ? $1 : name[$1] }' | xargs)"
}

@test "--renewal 17 is for renewals, not for the first enrolment" {
    start
    enrolled --renewal 17
    enrolled --force --renewal 17
    enrolled --force --renewal 17 --renew-with challenge
    enrolled --force --renewal 19
    expect_equal "messages" "19 17 19 19 " "$(what_was_sent)"
}

@test "a renewal of an EC key is not warned of, as it needs no challenge" {
    start
    configure "NewKey = ec:P-256"
    sed -i '/NewKey = rsa/d' dev.conf
    enrolled
    stderr_empty
    renew --force
    expect_status 0
    stderr_empty
    pair_is_good
}

# --- pending, refused, unanswered ------------------------------------------

@test "pending over three runs, with the same key" {
    start --pending 3
    local key
    renew -T 0
    expect_status 3
    one_error "still PENDING" "to resume, run renew again"
    files_are sscep dev.conf ca.crt dev.key.new dev.crt.req dev.crt.lock
    expect_equal "the mode" 600 "$(stat -c %a dev.crt.req)"
    key=$(openssl pkey -in dev.key.new -pubout)
    renew -T 0 --dry-run
    expect_status 0
    stdout_has "would poll: a request is pending"
    renew -T 0 --json
    expect_status 3
    expect_equal action pending "$(member action)"
    renew -T 0
    expect_status 3
    enrolled
    files
    expect_equal "the key" "$key" "$(openssl pkey -in dev.key -pubout)"
    expect_equal "messages" "19 20 20 20 " "$(what_was_sent)"
    expect_equal "transactions" 1 "$(messages transactionID | sort -u | wc -l)"
}

@test "a renewal that is pending: the old pair is in use until it is issued" {
    start
    enrolled
    local before
    before=$(serial dev.crt)
    clock_is +300d
    restart --pending 2
    renew -T 0
    expect_status 3
    unchanged
    renew -T 0
    expect_status 3
    unchanged
    files dev.key.new dev.crt.req
    renew
    expect_status 0
    stdout_has "renewed: "
    pair_is_good
    files dev.key.old dev.crt.old
    expect_equal "messages" "19 17 20 20 " "$(what_was_sent)"
}

@test "pending within one run: polls until --poll-time" {
    start --pending 2
    enrolled -t 1
    stdout_has "requesting certificate (#2)"
    expect_equal "messages" "19 20 20 " "$(what_was_sent)"
}

@test "pending, then refused: the next run sends a new request" {
    start --pending 1 --then failure
    renew -T 0
    expect_status 3
    renew -T 0
    expect_status 72
    one_error "badRequest" "the next run sends another one"
    files_are sscep dev.conf ca.crt dev.key.new dev.crt.lock
    local key
    key=$(openssl pkey -in dev.key.new -pubout)
    restart
    enrolled
    expect_equal "the key" "$key" "$(openssl pkey -in dev.key -pubout)"
    expect_equal "messages" "19 20 19 " "$(what_was_sent)"
}

@test "pending: --forget begins again, with another key" {
    start --pending 1
    renew -T 0
    expect_status 3
    local key
    key=$(openssl pkey -in dev.key.new -pubout)
    renew --forget -T 0
    expect_status 3
    [ "$key" != "$(openssl pkey -in dev.key.new -pubout)" ] ||
        problem "the key is the same"
    expect_equal "messages" "19 19 " "$(what_was_sent)"
    enrolled
}

@test "a request that the CA does not know, or a server without CertPoll" {
    local fault
    start --pending 1
    renew -T 0
    expect_status 3
    rm -r "$ca/transactions"
    restart
    enrolled
    expect_equal "messages" "19 20 19 " "$(what_was_sent)"
    expect_equal "transactions" 1 "$(messages transactionID | sort -u | wc -l)"
    restart --pending 1
    renew --force -T 0
    expect_status 3
    restart --fault http-500 --fault-times 1
    renew
    expect_status 0
    stdout_has "renewed: "
    expect_equal "messages" "19 20 19 17 20 17 " "$(what_was_sent)"
}

@test "a server that is busy or down is asked again by the next run" {
    start --pending 5
    renew -T 0
    expect_status 3
    restart --fault http-503
    renew
    expect_status 95
    stderr_lacks "challenge"
    files_are sscep dev.conf ca.crt dev.key.new dev.crt.req dev.crt.lock
    expect_equal "messages" "19 20 " "$(what_was_sent)"
    stop_ca
    renew
    expect_status 95
    files_are sscep dev.conf ca.crt dev.key.new dev.crt.req dev.crt.lock
    restart
    renew --forget
    expect_status 0
    restart --fault http-503
    renew --force
    expect_status 95
    stderr_has "503"
    stderr_lacks "challenge"
    files dev.key.new dev.crt.req
}

@test "refused: the old pair and the new key stay" {
    start
    enrolled
    local before key
    before=$(serial dev.crt)
    restart --fail badRequest
    renew --force
    expect_status 72
    unchanged
    files dev.key.new
    key=$(openssl pkey -in dev.key.new -pubout)
    restart
    renew --force
    expect_status 0
    expect_equal "the key" "$key" "$(openssl pkey -in dev.key -pubout)"
    restart --fail badRequest
    renew --force
    expect_status 72
    renew --force --new-key ec:P-256
    expect_status 72
    openssl pkey -in dev.key.new -noout -text | grep -q P-256
}

@test "the server is down, or its name is not known" {
    start
    enrolled
    local before
    before=$(serial dev.crt)
    stop_ca
    renew --force
    expect_status 95
    unchanged
    files dev.key.new
    run_sscep renew -f dev.conf --force -u http://host.invalid/
    expect_status 95
    unchanged
    files dev.key.new
}

@test "the old certificate comes back: 75, and nothing changes" {
    start
    enrolled
    local before
    before=$(serial dev.crt)
    restart --fault cert-old
    renew --force --new-key same
    expect_status 75
    unchanged
    files
}

@test "no room: nothing is sent" {
    start
    mkdir full
    enrolled
    local before
    before=$(serial dev.crt)
    in_mounts "mount -t tmpfs -o size=8k,mode=0777 tmpfs full
        cp dev.key dev.crt full/
        dd if=/dev/zero of=full/rest bs=4k count=9 2>/dev/null || :" check_full
    unchanged
    expect_equal "messages" "19 " "$(what_was_sent)"
}

check_full() {
    renew --force -k full/dev.key -l full/dev.crt
    expect_status 93
}

# --- files -----------------------------------------------------------------

@test "chain, fullchain and bundle" {
    start --profile chain
    configure "ChainFile = chain.pem" "FullChainFile = full.pem" \
        "BundleFile = bundle.pem" "KeyMode = 640" "CertMode = 604"
    local i
    for i in 1 2; do
        renew --force
        expect_status 0
        cat dev.crt chain.pem | cmp - full.pem
        cat dev.key dev.crt chain.pem | cmp - bundle.pem
        openssl verify -CAfile "$ca/root.crt" -untrusted chain.pem dev.crt
        expect_equal "modes" "640 604 604 604 640" "$(stat -c %a dev.key \
            dev.crt chain.pem full.pem bundle.pem | tr '\n' ' ' | sed 's/ $//')"
    done
    files chain.pem full.pem bundle.pem dev.key.old dev.crt.old
}

@test "a file that is replaced leaves its mode and its link" {
    start
    mkdir real
    enrolled -k real/dev.key -l real/dev.crt
    chmod 440 real/dev.key
    chmod 664 real/dev.crt
    ln -s real/dev.key dev.key
    ln -s real/dev.crt dev.crt
    renew --force
    expect_status 0
    [ -L dev.key ]
    [ -L dev.crt ]
    pair_is_good
    expect_equal "modes" "440 664" "$(stat -c %a real/dev.key real/dev.crt |
        tr '\n' ' ' | sed 's/ $//')"
}

@test "a link that has the name of a file of renew is not followed" {
    start
    configure "Hook = true"
    echo other >other
    ln -s other dev.crt.hook
    ln -s none dev.crt.req
    enrolled
    expect_equal "the other file" other "$(cat other)"
    files other
}

@test "the owner of the first files" {
    start
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    renew --owner 65534:65533
    expect_status 0
    expect_equal "owners" "65534:65533 65534:65533" \
        "$(stat -c %u:%g dev.key dev.crt | tr '\n' ' ' | sed 's/ $//')"
    renew --owner nobody-of-that-name --force
    expect_status 1
    one_error "no such user"
    local owner
    for owner in 4294967295 4294967296 99999999999999999999999; do
        renew --owner "$owner" --force
        expect_status 1
        one_error "--owner $owner: there is no such user"
        renew --owner "0:$owner" --force
        expect_status 1
        one_error "--owner $owner: there is no such group"
    done
    renew --owner : --force
    expect_status 1
    one_error "there is no such group"
    renew --owner "" --force
    expect_status 1
}

@test "owner and modes of the first files, of the configuration file" {
    start
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    configure "Owner = :65533" "KeyMode = 0640" "CertMode = 444" \
        "BundleFile = all.pem"
    enrolled
    expect_equal "owners and modes" "0:65533 640, 0:65533 444, 0:65533 640, " \
        "$(stat -c '%u:%g %a,' dev.key dev.crt all.pem | tr '\n' ' ')"
    configure "KeyMode = 1640"
    renew
    expect_status 93
    one_error "dev.conf" "is not the mode of a file"
}

@test "a challenge that --renew-with needs, and that cannot be read" {
    start
    enrolled
    renew --force --renew-with both --challenge env:NOT_THERE
    expect_status 93
    only_error "there is no environment variable NOT_THERE"
    renew --force --renew-with both --challenge file:not-there
    expect_status 93
    files
}

# interrupt_at FILE: as if a run had been killed after FILE.new was there.
interrupted() {
    start
    configure "Hook = 'echo \$SSCEP_ACTION >>hooks'"
    enrolled
    cp dev.key one.key
    cp dev.crt one.crt
    renew --force
    expect_status 0
    rm -f hooks dev.key.old dev.crt.old
}

@test "an interrupted swap is finished first" {
    interrupted
    local wanted
    wanted=$(serial dev.crt)
    mv dev.key dev.key.new
    mv dev.crt dev.crt.new
    cp one.key dev.key
    cp one.crt dev.crt
    touch dev.crt.req
    renew --dry-run
    expect_status 0
    stdout_has "would finish an interrupted renewal"
    renew --dry-run --json
    expect_equal action none "$(member action)"
    renew
    expect_status 0
    stdout_has "not due"
    expect_equal "the certificate" "$wanted" "$(serial dev.crt)"
    pair_is_good
    files one.key one.crt hooks dev.key.old dev.crt.old
    expect_equal "the hook" renewed "$(cat hooks)"
    # After the key has taken its place.
    mv dev.crt dev.crt.new
    cp one.crt dev.crt
    renew --json
    expect_status 0
    expect_equal action renewed "$(member action)"
    pair_is_good
    expect_equal "messages" "19 17 " "$(what_was_sent)"
}

@test "a successor that belongs to no key" {
    interrupted
    cp one.crt dev.crt.new
    local before
    before=$(serial dev.crt)
    renew
    expect_status 93
    only_error dev.crt.new dev.key.new "dev.key:"
    unchanged
}

@test "a certificate that cannot be written is printed, and fetched again" {
    need strace
    start
    enrolled
    local before option
    before=$(serial dev.crt)
    # The temporary file of CERT.new is renamed after that of CERT.req.
    make_program broken env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e trace=rename -e inject=rename:error=ENOSPC:when=2+ "$sscep"
    for option in --force --json; do
        [ ! -e dev.crt.req ] || make_program broken env \
            ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
            -e trace=rename -e inject=rename:error=ENOSPC "$sscep"
        status=0
        "$BATS_TEST_TMPDIR/broken" renew -f dev.conf "$option" >"$stdout" \
            2>"$stderr" || status=$?
        expect_status 93
        stderr_has "as it could not be written: dev.crt.new: cannot write"
        files dev.key.new dev.crt.req
        if [ "$option" = --json ]; then
            member pem
        else
            cat "$stdout"
        fi | openssl x509 -noout -pubkey >pub
        openssl pkey -in dev.key.new -pubout | cmp - pub
        rm pub
        unchanged
    done
    renew
    expect_status 0
    stdout_has "renewed: "
    pair_is_good
    expect_equal "messages" "19 17 20 20 " "$(what_was_sent)"
}

@test "files of the user's that have the names of those of renew" {
    start
    local a
    cp "$ca/ca.crt" dev.crt.req
    for a in "-c dev.crt.req" "-r dev.crt.req" "-e dev.crt.req" \
        "-l dev.key.new" "-k dev.crt.old" "--bundle dev.crt.hook" \
        "--fullchain dev.key.old" "--chain dev.crt.lock" \
        "--bundle b --chain b.new" "--bundle ca.crt.next" "-l ca.crt.next"; do
        renew --force $a
        misuse "is the name of a file that renew has beside"
        files_are sscep dev.conf dev.crt.req
        cmp "$ca/ca.crt" dev.crt.req || problem "dev.crt.req has changed"
    done
}

# --- lock, hook, jitter ----------------------------------------------------

@test "two runs at once: one request" {
    start --delay 3
    # The others read files of their own, in which it does not write.
    stdout=$stdout.first stderr=$stderr.first renew &
    local first=$!
    wait_for 10 [ -e dev.crt.req ]
    renew
    expect_status 77
    one_error "dev.crt.lock"
    renew --wait-lock 20
    expect_status 0
    stdout_has "not due"
    wait "$first"
    expect_equal "messages" "19 " "$(what_was_sent)"
}

@test "the hook: its variables, and no secret" {
    start
    export THE_CHALLENGE=secret
    sed -i /Challenge/d dev.conf
    cat >>dev.conf <<'END'
Challenge = env:THE_CHALLENGE
ChainFile = chain.pem
BundleFile = bundle.pem
Hook = 'env | grep ^SSCEP_ | grep -v ALLOW | sort >vars # all'
END
    enrolled
    expect_equal "variables" "\
SSCEP_ACTION=enrolled
SSCEP_BUNDLE=bundle.pem
SSCEP_CERT=dev.crt
SSCEP_CHAIN=chain.pem
SSCEP_HOOK=:$PWD/dev.crt.hook:
SSCEP_KEY=dev.key
SSCEP_NOT_AFTER=$(date -u -d "$(openssl x509 -in dev.crt -noout -enddate | cut -d= -f2)" +%FT%TZ)
SSCEP_SERIAL=$(serial dev.crt | cut -d= -f2)" "$(cat vars)"
    renew --force --hook 'env >vars'
    expect_status 0
    grep -q SSCEP_ACTION=renewed vars
    if grep -q THE_CHALLENGE vars; then
        problem "the hook has the challenge"
    fi
}

@test "the hook reads no secret from the descriptors of sscep" {
    start
    sed -i /Challenge/d dev.conf
    printf 'secret\nphrase\n' >secrets
    exec 7<secrets
    enrolled --challenge fd:7 --hook '(cat <&7) >read 2>&1; test -s read'
    exec 7<&-
    if grep -q phrase read; then
        problem "the hook has descriptor 7"
    fi
    rm dev.key dev.crt read
    status=0
    printf 'secret\nphrase\n' | "$sscep" renew -f dev.conf \
        --challenge stdin --hook 'cat >read' >"$stdout" 2>"$stderr" || status=$?
    expect_status 0
    [ -e read ] && [ ! -s read ] || problem "the hook has read: $(cat read)"
}

@test "a hook that fails is run again until it succeeds" {
    start
    configure "Hook = 'echo \$SSCEP_ACTION >>hooks; test -e good'"
    renew
    expect_status 78
    one_error "hook"
    pair_is_good
    files hooks dev.crt.hook
    renew
    expect_status 78
    stdout_has "not due"
    renew --hook-optional
    expect_status 0
    warned "hook"
    stderr_has "[hook-failed]"
    touch good
    renew
    expect_status 0
    files hooks good
    renew
    expect_equal "hooks" 4 "$(grep -c enrolled hooks)"
}

# renew_keeping FILE [OPTION...]: this file cannot be removed.
renew_keeping() {
    need strace
    make_program keeping env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -P "$1" -e trace=unlink,unlinkat -e inject=unlink,unlinkat:error=EIO \
        "$sscep"
    status=0
    "$BATS_TEST_TMPDIR/keeping" renew -f dev.conf "${@:2}" >"$stdout" \
        2>"$stderr" || status=$?
}

@test "a request that cannot be removed: the next run goes on with its certificate" {
    local new
    start
    renew_keeping dev.crt.req
    expect_status 93
    only_error "dev.crt.req: cannot remove: Input/output error"
    new=$(serial dev.crt.new)
    renew
    expect_status 0
    expect_equal "the certificate" "$new" "$(serial dev.crt)"
    expect_equal "requests" 1 \
        "$(ca_log operation 'operation == "PKIOperation"' | wc -l)"
    pair_is_good
    no_file dev.crt.req dev.crt.new dev.key.new
}

@test "a hook whose mark cannot be removed runs again" {
    start
    renew_keeping dev.crt.hook --hook 'echo >>ran'
    expect_status 93
    only_error "dev.crt.hook: cannot remove: Input/output error"
    pair_is_good
    renew --hook 'echo >>ran'
    expect_status 0
    expect_equal "times" 2 "$(wc -l <ran)"
    no_file dev.crt.hook
}

@test "a hook is not run while the files are not in place" {
    need strace
    start
    renew --hook false
    expect_status 78
    make_program broken env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -P dev.crt.new -e trace=rename,renameat,renameat2 \
        -e inject=rename,renameat,renameat2:error=EIO:when=1+ "$sscep"
    status=0
    "$BATS_TEST_TMPDIR/broken" renew -f dev.conf --force \
        --hook 'touch hooked' >"$stdout" 2>"$stderr" || status=$?
    expect_status 93
    stderr_has "still to take their places: "
    [ -e dev.crt.new ]
    [ -e dev.crt.hook ]
    [ ! -e hooked ] || problem "the hook was run"
    mv dev.key away
    renew --hook 'touch hooked'
    expect_status 93
    [ ! -e hooked ] || problem "the hook was run"
    mv away dev.key
    renew --hook 'touch hooked'
    expect_status 0
    pair_is_good
    [ -e hooked ]
    touch dev.crt.hook
    mv dev.key.old dev.key
    rm hooked
    renew --hook 'touch hooked'
    expect_status 93
    [ ! -e hooked ] || problem "the hook was run"
}

# interrupt_when_polling SIGNAL [OPTION...]: ends a run that waits for a poll.
interrupt_when_polling() {
    : >"$stderr"
    env --default-signal=INT,TERM "$sscep" renew -f dev.conf -t 30 -v "${@:2}" \
        >"$stdout" 2>"$stderr" </dev/null &
    local pid=$!
    wait_for 10 grep -q "waiting 30 seconds" "$stderr"
    kill "-$1" "$pid"
    status=0
    wait "$pid" || status=$?
}

@test "a signal while polling: the next run goes on" {
    start --pending 2
    interrupt_when_polling INT
    expect_status 130
    stderr_has "interrupted while PENDING: to resume, run renew again"
    files_are sscep dev.conf ca.crt dev.key.new dev.crt.req dev.crt.lock
    touch dev.crt.hook
    interrupt_when_polling TERM --json --hook 'touch hooked'
    expect_status 143
    expect_equal action pending "$(member action)"
    expect_equal exitCode 3 "$(member exitCode)"
    [ ! -e hooked ] || problem "the hook was run"
    enrolled -t 1
    files dev.crt.hook
    expect_equal "messages" "19 20 20 " "$(what_was_sent)"
    expect_equal "transactions" 1 "$(messages transactionID | sort -u | wc -l)"
}

@test "a hook that starts renew, or is still running, is not run twice" {
    start
    configure "Hook = 'echo run >>hooks; $SSCEP renew -f dev.conf && sleep 1'"
    stdout=$stdout.first stderr=$stderr.first enrolled &
    local first=$!
    wait_for 20 test -e hooks
    # That of the hook may have the lock for a moment.
    renew -v --wait-lock 20
    expect_status 0
    stderr_has "another run is running the hook"
    wait "$first"
    files hooks
    expect_equal "hooks" 1 "$(wc -l <hooks)"
}

@test "a hook from a file that others may write is not run" {
    start
    configure "Hook = 'touch hooked'"
    chmod 664 dev.conf
    renew
    expect_status 78
    one_error "dev.conf" "its group or others may write" "dev.conf (chmod go-w)"
    pair_is_good
    [ ! -e hooked ]
    chmod 644 dev.conf
    mkdir open
    cp dev.conf open
    chmod 777 open
    renew -f open/dev.conf
    expect_status 78
    one_error "others may write" "open (chmod go-w)"
    chmod 1777 open
    renew -f open/dev.conf
    expect_status 0
    [ -e hooked ]
    rm hooked
    chmod 666 dev.conf
    renew --force --hook 'touch hooked'
    expect_status 0
    [ -e hooked ]
}

@test "a hook from a file, or a link to it, that is in another user's hands" {
    start
    configure "Hook = 'touch hooked'"
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    chown 65534 dev.conf
    renew
    expect_status 78
    one_error "dev.conf belongs to another user"
    chown 0 dev.conf
    mkdir theirs
    ln -s ../dev.conf theirs/link.conf
    chown 65534 theirs
    renew -f theirs/link.conf
    expect_status 78
    one_error "theirs belongs to another user"
    [ ! -e hooked ]
    chown 0 theirs
    renew -f theirs/link.conf
    expect_status 0
    [ -e hooked ]
}

# hook_is_run CONFIG, hook_is_not_run CONFIG TEXT: once, of the file.
hook_is_run() {
    rm -f hooked
    touch dev.crt.hook
    renew -f "$1"
    expect_status 0
    [ -e hooked ] || problem "the hook was not run"
}

hook_is_not_run() {
    rm -f hooked
    touch dev.crt.hook
    renew -f "$1"
    expect_status 78
    one_error "configuration file $1: its hook is not run" "$2"
    [ ! -e hooked ] || problem "the hook was run"
}

@test "a hook from a file below a directory that others may write is not run" {
    start
    configure "Hook = 'touch hooked'"
    enrolled
    mkdir -p a/b/c links
    cp dev.conf a/b/c
    hook_is_run a/b/c/dev.conf
    chmod 777 a
    hook_is_not_run a/b/c/dev.conf "others may write $PWD/a (chmod go-w)"
    hook_is_not_run "$PWD/a/b/c/dev.conf" "write $PWD/a (chmod"
    hook_is_not_run links/../a/b/c/dev.conf "write $PWD/a (chmod"
    # Where links lead, and through which directories.
    ln -s ../a/b/c/dev.conf links/file.conf
    ln -s ../a/b links/directory
    hook_is_not_run links/file.conf "write $PWD/a (chmod"
    hook_is_not_run links/directory/c/dev.conf "write $PWD/a (chmod"
    ln -s "$PWD/dev.conf" a/b/there.conf
    hook_is_not_run a/b/there.conf "write $PWD/a (chmod"
    # What is entered and left again, the system has followed as well.
    ln -s . a/here
    hook_is_not_run a/../dev.conf "write $PWD/a (chmod"
    # A sticky bit keeps others from names that are not theirs.
    chmod 1777 a
    hook_is_run a/b/c/dev.conf
    hook_is_run links/directory/c/dev.conf
    hook_is_run a/here/b/there.conf
    chmod 775 a/b
    hook_is_not_run a/b/c/dev.conf "its group or others may write $PWD/a/b ("
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    chmod 755 a/b
    chown 65534 a/b
    hook_is_not_run a/b/c/dev.conf "$PWD/a/b belongs to another user"
    chown 0 a/b
    chown 65534 a
    hook_is_not_run a/b/c/dev.conf "$PWD/a belongs to another user"
    chown 0 a
    hook_is_run a/b/c/dev.conf
}

# open_conf NAME: renew with a configuration file that is open as standard input.
open_conf() {
    rm -f hooked
    touch dev.crt.hook
    status=0
    before_run
    timeout -k 5 60 "$sscep" renew -f "$1" >"$stdout" 2>"$stderr" || status=$?
    no_sanitizer_text
}

@test "a hook from an open file that others may write is not run, from one's own and from a pipe it is" {
    start
    configure "Hook = 'touch hooked'"
    enrolled
    local name
    for name in - /dev/stdin /dev/fd/0 /proc/self/fd/0; do
        [ "$name" = - ] || [ -e "$name" ] || continue
        chmod 644 dev.conf
        open_conf "$name" <dev.conf
        expect_status 0
        [ -e hooked ] || problem "the hook was not run"
        open_conf "$name" < <(cat dev.conf)
        expect_status 0
        [ -e hooked ] || problem "the hook was not run"
        chmod 666 dev.conf
        open_conf "$name" <dev.conf
        expect_status 78
        one_error "configuration file $name: its hook is not run, as its group or others may write the open file (chmod go-w)"
        [ ! -e hooked ] || problem "the hook was run"
    done
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    chmod 644 dev.conf
    chown 12345 dev.conf
    open_conf - <dev.conf
    expect_status 78
    one_error "configuration file -: its hook is not run, as the open file belongs to another user (chown)"
    [ ! -e hooked ] || problem "the hook was run"
}

@test "a hook from a pipe or a socket of another user that the caller has opened is run, from a FIFO with a name not" {
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    configure "Hook = 'touch hooked'"
    enrolled
    local kind
    cat >hand-over.py <<'END'
import os, socket, sys
if sys.argv[1] == "pipe":
    reader, writer = os.pipe()
else:
    ours, theirs = socket.socketpair()
    reader, writer = theirs.detach(), ours.detach()
os.fchown(reader, 12345, 12345)
with open("dev.conf", "rb") as conf:
    os.write(writer, conf.read())
os.close(writer)
os.dup2(reader, 0)
os.execv(sys.argv[2], sys.argv[2:])
END
    for kind in pipe socket; do
        rm -f hooked
        touch dev.crt.hook
        python3 hand-over.py "$kind" "$sscep" renew -f - >"$stdout" \
            2>"$stderr" || problem "$kind" "$(cat "$stderr")"
        [ -e hooked ] || problem "$kind: the hook was not run"
    done
    mkfifo -m 600 pipe
    chown 12345 pipe
    (exec 3>&- 4>&-; cat dev.conf >pipe) &
    open_conf - <pipe
    expect_status 78
    one_error "configuration file -: its hook is not run, as the open file belongs to another user (chown)"
    chown 0 pipe
    chmod 622 pipe
    (exec 3>&- 4>&-; cat dev.conf >pipe) &
    open_conf - <pipe
    expect_status 78
    one_error "its group or others may write the open file (chmod go-w)"
    [ ! -e hooked ] || problem "the hook was run"
}

@test "an ordinary user's hook is run from root's file and his own, not below another's directory" {
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root is another user, too"
    start
    chmod go+x "$BATS_RUN_TMPDIR"
    configure "Hook = 'touch hooked'"
    enrolled
    mkdir etc own
    cp dev.conf etc
    cp dev.conf own
    chmod 755 . etc
    chown -R 65534 own dev.key dev.crt dev.crt.lock
    mkdir run
    chmod 777 run
    local path=$PWD
    sed -i "s,touch hooked,touch $path/run/hooked," etc/dev.conf own/dev.conf
    chown 65534 .
    user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    local file
    for file in etc/dev.conf own/dev.conf; do
        rm -f run/hooked
        "${user[@]}" touch dev.crt.hook
        "${user[@]}" "$sscep" renew -f "$file" >"$stdout" 2>"$stderr" ||
            problem "$file" "$(cat "$stderr")"
        [ -e run/hooked ] || problem "the hook did not run"
    done
    # To root the user is another one.
    hook_is_not_run etc/dev.conf "$PWD belongs to another user"
}

@test "--jitter waits, but not with --dry-run" {
    start
    renew --jitter 1000000 --dry-run
    expect_status 0
    run_limit=2
    renew --jitter 1000000
    expect_status 124
    files_are sscep dev.conf
}

# --- CA certificates -------------------------------------------------------

@test "CA certificates: under a pin, in one file; without one an error" {
    start --profile ra-chain --ra-purpose cmc-ra
    sed -i /CAFingerprint/d dev.conf
    renew
    expect_status 93
    one_error "CA certificates ca.crt: there are none" "--ca-fingerprint"
    [ ! -e ca.crt ]
    renew --ca-fingerprint "$(openssl x509 -in "$ca/root.crt" -noout \
        -fingerprint -sha256 | cut -d= -f2)"
    expect_status 0
    [ "$(grep -c BEGIN ca.crt)" -gt 1 ]
    files
    rm ca.crt
    renew --force --ca-fingerprint "sha256:$(printf '00%.0s' {1..32})"
    expect_status 97
    [ ! -e ca.crt ]
    rm dev.key dev.crt
    run_sscep getca -u "$URL" -c ca.crt
    renew
    expect_status 0
}
