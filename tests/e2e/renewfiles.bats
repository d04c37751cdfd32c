#!/usr/bin/env bats
#
# The files of renew: who may read them, whose they are, which names they may
# have, and what a run that was killed leaves.

load helper
load namespace
load servers

setup() {
    common_setup
}

# A CA, and a configuration file.
start() {
    start_ca --lifetime 900000000 --challenge secret "$@"
    cp "$ca/ca.crt" .
    configure
}

# configure [LINE...]: writes the configuration file, with these lines.
configure() {
    cat >dev.conf <<END
URL = $URL
CACertFile = ca.crt
[sscep_renew]
PrivateKeyFile = dev.key
LocalCertFile = dev.crt
Subject = /CN=device
NewKey = ec:P-256
Challenge = pass:secret
END
    [ $# -eq 0 ] || printf '%s\n' "$@" >>dev.conf
}

# renew [OPTION...]: one run.
renew() {
    run_sscep renew -f dev.conf "$@"
}

enrolled() {
    renew "$@"
    expect_status 0
}

# modes FILE...: in a line.
modes() {
    stat -c %a "$@" | xargs
}

# --- modes -----------------------------------------------------------------

@test "a bundle does not get the mode of a file without a key" {
    start
    enrolled
    cp ca.crt b.pem
    chmod 644 b.pem
    renew --force --bundle b.pem
    expect_status 0
    grep -q 'PRIVATE KEY' b.pem
    expect_equal "the mode" 600 "$(modes b.pem)"
    rm b.pem
    touch b.pem
    chmod 444 b.pem
    renew --force --bundle b.pem
    expect_status 0
    expect_equal "the mode" 400 "$(modes b.pem)"
    rm b.pem
    touch b.pem
    chmod 644 b.pem
    renew --force --bundle b.pem --key-mode 660
    expect_status 0
    expect_equal "the mode" 640 "$(modes b.pem)"
    chmod 440 b.pem
    renew --force --bundle b.pem
    expect_equal "the mode of the bundle before" 440 "$(modes b.pem)"
}

# --- private keys that are in the way ------------------------------------------

# foreign_keys: a private key of somebody else in each form.
foreign_keys() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
        -out foreign.pem
    openssl pkey -in foreign.pem -outform DER -out foreign.der
    openssl req -x509 -key foreign.pem -subj /CN=foreign -out foreign.crt
    openssl pkcs12 -export -inkey foreign.pem -in foreign.crt -passout pass:x \
        -out foreign.p12
    openssl pkcs8 -topk8 -in foreign.pem -passout pass:x -out foreign.encrypted
    cat foreign.crt foreign.pem >foreign.both
    cat dev.key foreign.pem >foreign.two
}

# key_kept OPTION FORM WORDS: each of these runs leaves the key alone.
key_kept() {
    local option=$1 form=$2 words=$3 more
    cp "foreign.$form" web.key
    : >"$ca/log"
    for more in "" --dry-run --force; do
        renew $more "$option" web.key
        refused --unsent --except dev.crt.lock 93 \
            "web.key: it holds a private key" "$words"
    done
    run_sscep check --local -f dev.conf "$option" web.key
    stdout_has "web.key: it holds a private key"
    stdout_has "$words"
    rm -f web.key
}

@test "a foreign private key is no file for --chain, --fullchain or --bundle, due or not" {
    start
    enrolled
    foreign_keys
    local form option
    for form in pem der p12 encrypted both two; do
        key_kept --bundle "$form" "other than dev.key and is not overwritten"
    done
    for form in pem der p12; do
        for option in --chain --fullchain; do
            key_kept "$option" "$form" "and is not overwritten"
        done
    done
}

@test "a private key is no certificate that -l replaces, nor the one before it" {
    start
    enrolled
    cp dev.crt good.crt
    cat good.crt dev.key >dev.crt
    : >"$ca/log"
    renew --force
    expect_status 93
    one_error "dev.crt: it holds a private key and is not overwritten"
    cat good.crt dev.key | cmp - dev.crt
    cp good.crt dev.crt
    cp dev.key dev.crt.old
    renew
    expect_status 93
    one_error "dev.crt.old: it holds a private key and is not overwritten"
    cmp dev.key dev.crt.old
    expect_equal "messages" "" "$(messages messageType)"
}

@test "a foreign private key that appears while the CA decides is not overwritten" {
    start --pending 1
    renew -n 0 --bundle b.pem
    expect_status 3
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out b.pem
    cp b.pem foreign.pem
    renew -t 1 --bundle b.pem
    expect_status 93
    one_error "b.pem: it holds a private key other than dev.key"
    cmp foreign.pem b.pem
    rm b.pem
    renew -t 1 --bundle b.pem
    expect_status 0
    cat dev.key dev.crt "$ca/ca.crt" | cmp - b.pem
}

@test "a bundle of this enrolment is replaced, whatever its key is encrypted with" {
    start
    enrolled --bundle b.pem
    local i
    for i in 1 2; do
        renew --force --bundle b.pem
        expect_status 0
        cat dev.key dev.crt "$ca/ca.crt" | cmp - b.pem
    done
    # The key before, once a renewal ran without the option.
    renew --force
    expect_status 0
    renew --force --bundle b.pem
    expect_status 0
    cat dev.key dev.crt "$ca/ca.crt" | cmp - b.pem
    # Written otherwise.
    cat dev.crt >b.pem
    openssl ec -in dev.key >>b.pem
    renew --force --bundle b.pem
    expect_status 0
    openssl pkcs8 -topk8 -in dev.key -passout pass:x -out encrypted.key
    mv encrypted.key dev.key
    openssl ec -in dev.key -passin pass:x -aes128 -passout pass:x -out b.pem
    for i in 1 2; do
        renew --force --bundle b.pem --passin pass:x
        expect_status 0
        cat dev.key dev.crt "$ca/ca.crt" | cmp - b.pem
    done
}

# --- names -----------------------------------------------------------------

@test "standard output is no file of renew" {
    start
    local option
    for option in --bundle --fullchain --chain; do
        renew "$option" -
        misuse "--chain, --fullchain and --bundle"
        [ ! -e ./- ] || problem "there is a file -"
    done
}

@test "names that are of other files of renew, or in no directory" {
    start
    local name
    for name in dev.key.new dev.crt.hook dev.crt.req dev.crt.lock dev.key.old; do
        renew --bundle "$name"
        misuse "$name is the name of a file that renew has beside"
    done
    renew --bundle none/b.pem
    expect_status 93
    only_error "none/b.pem"
    [ ! -e dev.key.new ] || problem "a key was made"
    expect_equal "messages" "" "$(messages messageType)"
}

@test "whatever the umask, what the next run reads is for its owner" {
    start --pending 2
    (umask 0777; "$sscep" renew -f dev.conf -n 0 >"$stdout" 2>"$stderr") ||
        status=$?
    expect_status 3
    expect_equal "modes" "600 600 600" \
        "$(modes dev.key.new dev.crt.req dev.crt.lock)"
}

# --- owners ----------------------------------------------------------------

@test "what root leaves is of the user whose certificate it is" {
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    configure "Hook = false"
    renew
    expect_status 78
    expect_equal "owners" "0 0" \
        "$(stat -c %u dev.crt.lock dev.crt.hook | xargs)"
    chown 65534:65533 dev.key dev.crt
    stop_ca
    start_ca --challenge secret --pending 1
    cp "$ca/ca.crt" .
    configure "Hook = false"
    renew --force -T 0
    expect_status 3
    expect_equal "owners" "65534:65533 65534:65533 65534:65533 65534:65533" \
        "$(stat -c %u:%g dev.crt.lock dev.crt.hook dev.crt.req dev.key.new |
            xargs)"
    expect_equal "modes" "600 600 600 600" \
        "$(modes dev.crt.lock dev.crt.hook dev.crt.req dev.key.new)"
}

@test "the new key goes to the owner of the key, not of the certificate" {
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    enrolled
    chown 65534 dev.crt
    stop_ca
    renew --force
    expect_status 95
    expect_equal "owners" "0 65534" \
        "$(stat -c %u dev.key.new dev.crt.lock | xargs)"
    rm dev.key dev.crt dev.key.new dev.crt.lock
    renew --owner 65534
    expect_status 95
    expect_equal "owners" "65534 65534" \
        "$(stat -c %u dev.key.new dev.crt.lock | xargs)"
}

@test "a file of root with another name is not given away" {
    as_root true
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    enrolled
    chown 65534 dev.key dev.crt
    rm dev.crt.lock
    echo >other
    ln other dev.crt.lock
    renew
    expect_status 0
    expect_equal "the owner" 0 "$(stat -c %u other)"
}

# --- what is left ----------------------------------------------------------

@test "a run that has nothing to do removes what killed ones have left" {
    start
    enrolled --bundle b.pem
    local name
    for name in dev.key.new dev.key.old dev.crt.new dev.crt.old dev.crt.req \
        dev.crt.hook b.pem.new; do
        echo secret >".$name.sscep-tmp-000000"
    done
    echo other >.other.sscep-tmp-000000
    renew --bundle b.pem
    expect_status 0
    stdout_has "not due"
    expect_equal "left" .other.sscep-tmp-000000 "$(ls -d .*sscep-tmp*)"
}

# --- what is reported ------------------------------------------------------

@test "--json names the files that are there at the end" {
    start
    local i
    for i in 1 2; do
        renew --force --json --bundle b.pem --fullchain f.pem --chain c.pem
        expect_status 0
        stdout_has \
            '"files":["dev.key","c.pem","f.pem","b.pem","dev.crt"]'
    done
    stop_ca
    renew --force --json
    expect_status 95
    stdout_has '"files":["dev.key.new"]'
}

@test "a key file with a certificate: its successor has none" {
    start
    enrolled
    cat dev.crt >>dev.key
    renew --force --new-key same
    expect_status 0
    stderr_empty
    grep -q 'BEGIN CERTIFICATE' dev.key
    renew --force
    expect_status 0
    warned "private key dev.key: it has a certificate, too"
    stderr_has "[not-written]"
    renew --force
    expect_status 0
    stderr_empty
}

# --- CA certificates -------------------------------------------------------

# planted FILE: it belongs to another user.
planted() {
    chown 12345 "$1"
}

@test "key and certificate of another user in a directory like /tmp: nothing is sent" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    enrolled
    mkdir -m 1777 open
    cp dev.key open/dev.key
    planted open/dev.key
    : >"$ca/log"
    renew -k open/dev.key -l open/dev.crt
    refused --unsent 93 "private key open/dev.key: it is there, and belongs to another user"
    cp dev.crt open/other.crt
    planted open/other.crt
    renew --force --renew-with both -l open/other.crt
    refused --unsent 93 "certificate open/other.crt: it is there, and belongs to another user"
}

# strangers_pair DIRECTORY: dev.key.new and dev.crt.new of another user in it.
strangers_pair() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
        -keyout "$1/dev.key.new" -out "$1/dev.crt.new" -days 9999 \
        -subj /CN=mallory 2>/dev/null
    chmod 644 "$1/dev.key.new"
    planted "$1/dev.key.new"
    planted "$1/dev.crt.new"
}

# untouched ERROR [OPTION...]: renew in open fails with that, sends nothing, runs no
# hook, and changes no file.
untouched() {
    local before
    before=$(tail -n +1 open/*)
    : >"$ca/log"
    renew -k open/dev.key -l open/dev.crt --hook 'touch hook-ran' "${@:2}"
    refused --unsent 93 "$1"
    [ ! -e hook-ran ] || problem "the hook has run"
    expect_equal "the files" "$before" "$(tail -n +1 open/*)"
}

@test "NAME.new of another user in a directory like /tmp does not take its place" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    local pin name there="it is there, and belongs to user 12345, who may have put it there; expected what an earlier run has left, of this user or root (remove it)"
    pin=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
    mkdir -m 1777 open
    strangers_pair open
    untouched "open/dev.key.new: $there" --ca-fingerprint "$pin"
    rm open/*.new
    enrolled -k open/dev.key -l open/dev.crt
    strangers_pair open
    untouched "open/dev.key.new: $there"
    untouched "open/dev.key.new: $there" --ca-fingerprint "$pin" \
        --bundle open/b.pem
    untouched "open/dev.key.new: $there" --dry-run
    # The key alone, and the certificate alone, for the public key of dev.key.
    rm open/dev.crt.new
    untouched "open/dev.key.new: $there" --force
    rm open/dev.key.new
    openssl req -new -x509 -key open/dev.key -days 9999 -subj /CN=mallory \
        -out open/dev.crt.new
    planted open/dev.crt.new
    untouched "open/dev.crt.new: $there"
    # check says the same of the same files.
    run_sscep check renew -f dev.conf -k open/dev.key -l open/dev.crt
    expect_status 93
    stdout_has "open/dev.crt.new: $there"
    # What others may have written is no better in the hands of this user.
    chown 0 open/dev.crt.new
    chmod 666 open/dev.crt.new
    untouched "open/dev.crt.new: it is there, and has mode 0666"
    chmod 664 open/dev.crt.new
    untouched "open/dev.crt.new: it is there, and has mode 0664"
    rm open/dev.crt.new
    for name in b.pem c.pem f.pem; do
        echo >"open/$name.new"
        planted "open/$name.new"
        untouched "open/$name.new: $there" --force --bundle open/b.pem \
            --chain open/c.pem --fullchain open/f.pem
        rm "open/$name.new"
        cp ca.crt "open/$name"
        planted "open/$name"
        untouched "output file open/$name: it is there, and belongs to another user" \
            --force --bundle open/b.pem --chain open/c.pem --fullchain open/f.pem
        rm "open/$name"
    done
}

@test "what else renew keeps, of another user in a directory like /tmp, is not believed" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    local name
    mkdir -m 1777 open
    enrolled -k open/dev.key -l open/dev.crt
    rm open/dev.crt.lock
    for name in crt.req crt.hook crt.lock crt.old key.old; do
        echo >"open/dev.$name"
        planted "open/dev.$name"
        untouched "open/dev.$name: it is there, and belongs to user 12345" \
            --force
        rm "open/dev.$name"
    done
    ln -s dev.crt open/dev.crt.hook
    chown -h 12345 open/dev.crt.hook
    untouched "open/dev.crt.hook: it is there, and belongs to user 12345"
    rm open/dev.crt.hook
    : >"$ca/log"
    for name in 12345 0; do
        mkfifo open/dev.crt.hook
        chown "$name" open/dev.crt.hook
        renew -k open/dev.key -l open/dev.crt --hook 'touch hook-ran'
        expect_status 93
        one_error "open/dev.crt.hook: i"
        [ ! -e hook-ran ] || problem "the hook has run"
        rm open/dev.crt.hook
    done
    # What the run of root has given to the owner of the pair is this user's.
    chmod 755 open
    chown 65534 open/dev.key open/dev.crt
    for name in crt.req crt.hook crt.lock crt.old; do
        : >"open/dev.$name"
        chown 65534 "open/dev.$name"
    done
    rm open/dev.crt.req
    renew -k open/dev.key -l open/dev.crt --hook 'touch hook-ran' --force
    expect_status 0
    [ -e hook-ran ] || problem "the hook has not run"
}

@test "files of another user in a directory like /tmp: one line for a user without rights, too" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    need setpriv
    start
    mkdir -m 1777 open
    chmod a+r dev.conf ca.crt
    strangers_pair open
    before=$(ls -A open)
    as_other renew -k open/dev.key -l open/dev.crt --hook 'touch hook-ran'
    expect_status 93
    one_error "open/dev.key.new: it is there, and belongs to user 12345"
    expect_equal "the files" "$before" "$(ls -A open)"
}

# The files are made while the run waits for the CA.
@test "a key of another user, put into /tmp while renew waits, does not get the new one" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start --pending 1
    local pid
    mkdir -m 1777 open
    before_run
    timeout 60 "$sscep" renew -f dev.conf -k open/dev.key -l open/dev.crt \
        -t 5 >"$stdout" 2>"$stderr" 3>&- 4>&- &
    pid=$!
    wait_for 30 test -s open/dev.crt.req
    openssl genpkey -algorithm ed25519 -out open/dev.key
    planted open/dev.key
    status=0
    wait "$pid" || status=$?
    expect_status 93
    one_error "open/dev.key: it is there, and belongs to user 12345"
    expect_equal "the owner of the new key" 0 "$(stat -c %u open/dev.key.new)"
}

@test "a FIFO in the place of what renew keeps: it is refused or left alone at once" {
    start --pending 1
    local pin name start=$SECONDS
    pin=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
    mkfifo dev.crt.req
    renew
    expect_status 93
    one_error "request dev.crt.req: is no regular file, expected one, or none (--forget removes it"
    for name in dev.crt.new dev.key.new dev.key dev.crt; do
        rm -f dev.*.req dev.*.new dev.crt dev.key
        mkfifo "$name"
        renew
        expect_status 93
        one_error "$name: is no regular file"
    done
    rm -f dev.*.req dev.*.new dev.crt dev.key
    mkfifo dev.crt.old dev.key.old ca.crt.next
    renew --ca-fingerprint "$pin"
    expect_status 0
    renew --force --ca-fingerprint "$pin"
    [ $((SECONDS - start)) -lt 60 ] || problem "$((SECONDS - start)) s"
}

@test "under a pin, CA certificates of the next CA that another user may write are not believed" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    local pin change
    pin=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
    enrolled
    cp "$shared/other.crt" ca.crt.next
    for change in "planted ca.crt.next" "chmod 666 ca.crt.next"; do
        chown root ca.crt.next
        $change
        : >"$ca/log"
        renew --force --ca-fingerprint "$pin"
        expect_status 93
        one_error "ca.crt.next: it holds the CA certificates of the next CA, but belongs to another user or may be written by all"
        ! grep -q '"operation": "PKIOperation"' "$ca/log" || problem "a message"
    done
    chmod 644 ca.crt.next
    renew --force --ca-fingerprint "$pin"
    expect_status 0
}

# What is looked at is what is read: the file is replaced while it is opened.
@test "under a pin, the next CA of another user is not believed where it takes the place of one's own" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    need strace
    start_enrolment
    local pin pid
    pin=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
    cp "$shared/other.crt" ca.crt.next
    cp "$shared/other.crt" theirs
    planted theirs
    : >"$ca/log"
    before_run
    ASAN_OPTIONS=detect_leaks=0 timeout 60 \
        strace -f -o /dev/null -P "$PWD/ca.crt.next" -P ca.crt.next -e trace=openat,open \
        -e inject=openat,open:delay_enter=4000000 "$sscep" enroll -u "$URL" \
        -c ca.crt -k local.key -r local.csr -l local.crt \
        --ca-fingerprint "$pin" >"$stdout" 2>"$stderr" 3>&- 4>&- &
    pid=$!
    sleep 2
    mv theirs ca.crt.next
    status=0
    wait "$pid" || status=$?
    expect_status 93
    stderr_has "ca.crt.next: it holds the CA certificates of the next CA, but belongs to another user"
    ! grep -q '"operation": "PKIOperation"' "$ca/log" || problem "a message"
}

@test "CA certificates under a pin: others may not write them, and an empty file is none" {
    start
    local pin
    pin=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
    rm ca.crt
    umask 0
    enrolled --ca-fingerprint "$pin"
    umask 022
    expect_equal "the mode" 644 "$(modes ca.crt)"
    : >ca.crt
    renew --force
    expect_status 93
    one_error "CA certificates ca.crt: there are none"
    renew --force --ca-fingerprint "$pin"
    expect_status 0
    grep -q 'BEGIN CERTIFICATE' ca.crt
}

@test "CA certificates under a pin are not written into a file of another user" {
    [ "$(id -u)" -eq 0 ] || skip "only root gives files away"
    start
    local pin change
    pin=$(openssl x509 -in ca.crt -noout -fingerprint -sha256 | cut -d= -f2)
    for change in "planted open.crt" "chmod 666 open.crt"; do
        rm -f open.crt
        : >open.crt
        $change
        : >"$ca/log"
        renew -c open.crt --ca-fingerprint "$pin"
        expect_status 93
        one_error "open.crt: it is to get the CA certificates, but belongs to another user or may be written by all"
        [ ! -s "$ca/log" ] || problem "something was sent"
        [ ! -s open.crt ] || problem "it was written"
        run_sscep check renew -f dev.conf -c open.crt --ca-fingerprint "$pin"
        expect_status 93
        stdout_has "open.crt: it is to get the CA certificates, but belongs to another user"
    done
}

# --- files that are asked for later ----------------------------------------

# The options for all three, and a hook that notes what it was run for.
all_three="--chain c.pem --fullchain f.pem --bundle b.pem"
note='echo "$SSCEP_ACTION" >>hooks'

# key, certificate and CA certificate are in the files as they should be.
three_are_good() {
    cmp c.pem "$ca/ca.crt"
    cat dev.crt c.pem | cmp - f.pem
    cat dev.key dev.crt c.pem | cmp - b.pem
}

@test "files that are asked for later are written while nothing is due" {
    start
    enrolled
    : >"$ca/log"
    renew $all_three --key-mode 640 --hook "$note"
    expect_status 0
    stderr_empty
    stdout_has "not due"
    stdout_has "b.pem was not there, and is written"
    three_are_good
    expect_equal "modes" "644 644 640" "$(modes c.pem f.pem b.pem)"
    expect_equal "hooks" files "$(cat hooks)"
    expect_equal "requests" "" "$(cat "$ca/log")"
    expect_equal "files of renew" "dev.crt.lock" \
        "$(ls -d ./*.new ./*.old ./*.hook ./*.lock 2>/dev/null |
            sed 's,^./,,')"
    renew $all_three --hook "$note"
    expect_status 0
    expect_equal "hooks" files "$(cat hooks)"
}

@test "a file that was deleted is written again, for its owner, whatever the umask" {
    start
    enrolled $all_three
    local others
    others=$(ls -i c.pem f.pem dev.key dev.crt)
    rm b.pem
    (umask 0; "$sscep" renew -f dev.conf $all_three --json >"$stdout")
    stdout_has '"action":"files","reason":"not due"'
    stdout_has '"files":["b.pem"]'
    three_are_good
    expect_equal "the mode" 600 "$(modes b.pem)"
    expect_equal "the others" "$others" "$(ls -i c.pem f.pem dev.key dev.crt)"
}

@test "a hook that has to tell of a renewal, and then of files, tells of the renewal" {
    start
    renew --hook "$note; false"
    expect_status 78
    renew --bundle b.pem --hook "$note"
    expect_status 0
    expect_equal "hooks" "enrolled enrolled" "$(xargs <hooks)"
    rm b.pem
    renew --bundle b.pem --hook "$note; false"
    expect_status 78
    renew --hook "$note"
    expect_status 0
    expect_equal "hooks" "enrolled enrolled files files" "$(xargs <hooks)"
}

@test "--dry-run names the files that it would write" {
    start
    enrolled
    renew --bundle b.pem --chain c.pem --dry-run
    expect_status 0
    stdout_has "would write c.pem"
    stdout_has "would write b.pem"
    expect_equal "files" 2 "$(grep -c 'would write' "$stdout")"
    [ ! -e b.pem ] && [ ! -e c.pem ] || problem "a file was written"
    renew --bundle b.pem --dry-run --json
    stdout_has '"action":"none","reason":"not due","would":"files"'
}

@test "without the CA certificate, a file that is asked for later waits" {
    start
    enrolled
    openssl req -x509 -key dev.key -subj /CN=other -out other.crt
    local name
    mv ca.crt away.crt
    for name in none.crt other.crt; do
        sed -i "s/^CACertFile.*/CACertFile = $name/" dev.conf
        renew --bundle b.pem --hook "$note"
        expect_status 0
        stdout_has "not due"
        warned "b.pem is not there, and only the next renewal writes it (--force renews now): " "$name"
        stderr_has "[not-written]"
        [ ! -e b.pem ] || problem "a bundle was written"
        renew --bundle b.pem --dry-run --json
        expect_status 0
        stdout_has '"would":"nothing"'
    done
    [ ! -e hooks ] || problem "the hook was run"
}

@test "a bundle that cannot be written later is an error, and no hook is run" {
    start
    enrolled
    local before
    before=$(cksum dev.crt)
    openssl pkey -in dev.key -outform DER -out der.key
    mv der.key dev.key
    renew --bundle b.pem --chain c.pem --hook "$note"
    expect_status 93
    one_error "private key dev.key: it is not in PEM"
    no_file hooks b.pem c.pem
    renew --chain c.pem --hook "$note"
    expect_status 0
    expect_equal "hooks" files "$(cat hooks)"
    expect_equal "the certificate" "$before" "$(cksum dev.crt)"
}
