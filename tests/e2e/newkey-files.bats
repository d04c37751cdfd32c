#!/usr/bin/env bats
#
# The files of enroll where it makes the key and the request: what is there
# already, what is no file, pass phrases, and several runs.

load helper
load namespace
load servers
load newkey

# make_new OPTION...: runs enroll with a new P-256 key for /CN=a.
make_new() {
    make --new-key ec:P-256 --subject /CN=a "$@"
}

# --- types of keys -----------------------------------------------------------

@test "a first enrolment with a key that cannot be used sends nothing" {
    local type
    start
    for type in ED448 X25519; do
        openssl genpkey -algorithm "$type" -out new.key
        snapshot
        make --subject /CN=a --challenge pass:x -r new.csr
        expect_status 93
        only_error "private key new.key: its type is $type"
        nothing_written
    done
    openssl genpkey -algorithm RSA-PSS -out new.key
    make --subject /CN=a
    expect_status 93
    only_error "private key new.key: its type is RSASSA-PSS, expected RSA or EC"
    nothing_sent
}

@test "a renewal for an Ed25519 key: the request is signed without a digest" {
    start
    make --new-key rsa:2048 --subject /CN=a
    certified
    mv new.key old.key
    mv new.crt old.crt
    openssl genpkey -algorithm ED25519 -out new.key
    make -K old.key -O old.crt -r new.csr --subject /CN=a --eku clientAuth
    certified
    openssl req -in new.csr -noout -verify
    openssl req -in new.csr -noout -text >text
    grep -q 'Signature Algorithm: ED25519' text
    expect_equal "key agreement" 0 "$(grep -c 'Key Agreement' text || true)"
    rm new.csr new.crt
    openssl genpkey -algorithm X25519 -out new.key
    : >"$ca/log"
    make -K old.key -O old.crt -r new.csr --subject /CN=a
    expect_status 93
    only_error "private key new.key: its type is X25519, which cannot sign"
    no_file new.csr
    nothing_sent
}

# --- what is no file ---------------------------------------------------------

@test "-k and -r that are made: pipes, sockets, devices and directories are refused" {
    local name kind
    start
    mkfifo fifo
    mkdir directory
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
    run_limit=5
    snapshot
    while IFS='|' read -r name kind; do
        make_new -k "$name"
        misuse "--new-key writes the key to a file: -k $name is $kind"
        make_new -r "$name"
        misuse "the request that is made is not written to -r $name, which is $kind"
    done <<'END'
fifo|a FIFO
directory|a directory
socket|a socket
/dev/null|a device
/dev/full|a device
/dev/stdout|a stream
/dev/fd/1|a stream
-|a stream
END
    make_new -k file:fifo
    misuse "--new-key writes the key to a file: -k file:fifo is a FIFO"
    "$sscep" enroll -u "$URL" -c ca.crt -l new.crt --new-key ec:P-256 \
        --subject /CN=a -k /dev/stdout 2>&1 | grep -q "is a stream"
    nothing_written
    nothing_sent
    # A key that is only read may come from a pipe.
    make --subject /CN=a --challenge pass:x -k <(cat "$shared/ec.key")
    expect_status 0
}

# --- names -------------------------------------------------------------------

@test "-k and -r are never the same file, whatever their names are" {
    local name
    start
    ln -s new.key link
    for name in ./new.key link "$PWD/new.key" "../${PWD##*/}/new.key"; do
        make_new -r "$name"
        misuse "-k and -r are the same file, new.key"
    done
    no_file new.key
    cp "$shared/ec.key" new.key
    ln new.key hard
    for name in new.key link hard; do
        make_new -r "$name"
        misuse "-r and -k are the same file, $name"
    done
    cmp new.key "$shared/ec.key"
    nothing_sent
}

@test "-O and -K are read before anything is made" {
    local options
    start
    make_new --challenge pass:x
    expect_status 0
    mv new.key old.key
    mv new.crt old.crt
    : >"$ca/log"
    cp "$shared/other.key" other.key
    openssl genpkey -algorithm ED448 -out ed.key
    openssl req -new -x509 -key ed.key -subj /CN=ed -out ed.crt
    : >empty
    snapshot
    for options in "-K none -O old.crt" "-K old.key -O none" \
        "-K old.key -O empty" "-K empty -O old.crt" "-K old.key -O old.key" \
        "-K other.key -O old.crt" "-K ed.key -O ed.crt"; do
        # shellcheck disable=SC2086
        make_new -r new.csr $options
        expect_status 93
        nothing_written
    done
    make_new -K new.key -O old.crt
    misuse "-k and -K are the same file, new.key"
    nothing_written
    nothing_sent
    make_new -K old.key -O old.crt --challenge pass:x
    certified
}

@test "a renewal with the same key, encrypted: --passin opens it for both" {
    start
    make_new --challenge pass:x --key-passout pass:one
    expect_status 0
    mv new.crt old.crt
    make_new --challenge pass:x --passin pass:one -K new.key -O old.crt
    expect_status 0
    make_new --challenge pass:x --key-passout pass:one -K new.key -O old.crt
    expect_status 0
}

@test "the same renewal in place, twice: the message says that it is done" {
    start
    make_new -k old.key --challenge pass:x
    expect_status 0
    mv new.crt both.crt
    make_new -K old.key -O both.crt -l both.crt --challenge pass:x
    expect_status 0
    : >"$ca/log"
    make_new -K old.key -O both.crt -l ./both.crt --challenge pass:x
    expect_status 93
    only_error "private key old.key: it is not the key of certificate both.crt" \
        "by that of -k new.key: then the renewal is done"
    make_new -K old.key -O both.crt --challenge pass:x
    expect_status 93
    only_error "private key old.key: it is not the key of certificate both.crt"
    stderr_lacks "is done"
    nothing_sent
}

# --- pass phrases ------------------------------------------------------------

@test "a command with pass phrases can be repeated: it opens its own key" {
    local options
    start
    for options in "--key-passout pass:one" \
        "--key-passout pass:one --passin pass:one"; do
        rm -f new.key new.csr
        for _ in 1 2; do
            # shellcheck disable=SC2086
            make_new --challenge pass:x -r new.csr $options
            expect_status 0
        done
        openssl pkey -in new.key -passin pass:one -noout
        # shellcheck disable=SC2086
        make_new --challenge pass:x -r new.csr -R $options
        expect_status 0
    done
    # The phrase of --passin is tried, and no other.
    make_new --challenge pass:x --passin pass:two --key-passout pass:one
    expect_status 93
    stderr_has "the pass phrase is wrong"
}

@test "pass phrases that differ, and --passin alone: no key is made" {
    start
    snapshot
    make_new --passin pass:one --key-passout pass:two -r new.csr
    expect_status 1
    only_error "the pass phrase of --key-passout is not that of --passin"
    make_new --passin pass:one -r new.csr
    expect_status 1
    only_error "private key new.key: --passin is for a key that is encrypted" \
        "add --key-passout SOURCE"
    make_new --key-passout pass: -r new.csr
    expect_status 1
    only_error "--key-passout: the pass phrase is empty"
    make_new --key-passout $'pass:\ufeffone' -r new.csr
    expect_status 1
    only_error "--key-passout: the pass phrase has a byte order mark (U+FEFF, character 1)"
    make_new --key-passout $'pass:o\tne' -r new.csr
    expect_status 1
    only_error "the pass phrase has a control character (U+0009, character 2)"
    make_new --key-passout $'pass:\xe4' -r new.csr
    expect_status 1
    only_error "the pass phrase is not valid UTF-8 (character 1)"
    nothing_written
    nothing_sent
}

@test "--key-passout and a key that is there in clear: a warning" {
    start
    cp "$shared/ec.key" new.key
    make_new --challenge pass:x --key-passout pass:one
    certified
    warned "private key new.key: it is there, and is not encrypted"
    cmp new.key "$shared/ec.key"
    make_new --challenge pass:x --key-passout pass:one \
        --no-warn key-not-encrypted
    expect_status 0
    stderr_empty
}

# status_of OPTION SOURCE: the exit status, and one line that names the option or,
# where it is a file, the file.
status_of() {
    case $1 in
        --challenge | --key-passout | --tls-passin) make_new "$1" "$2" -c none ;;
        --passin) make_new --passin "$2" -c none ;;
        --sign-passin) make_new -K own.key -O own.crt --sign-passin "$2" -c none ;;
    esac
    only_error
    echo "$status"
}

@test "a source of a secret: 93 if it cannot be read or used, 1 if it is none, whatever the option" {
    local option source expected
    start
    rm ca.crt
    : >empty
    head -c 1024 /dev/zero | tr '\0' x >long
    printf 'a\0b\n' >nul
    snapshot
    while read -r source expected; do
        for option in --challenge --passin --key-passout --sign-passin \
            --tls-passin; do
            expect_equal "$option $source" "$expected" \
                "$(LONG=$(cat long) status_of "$option" "$source")"
        done
    done <<'END'
env:NONE 93
env:LONG 93
env: 1
file:none 93
file:empty 93
file:long 93
file:nul 93
file:. 93
file: 1
fd:99 93
fd:x 1
fd: 1
stdin 93
secret 1
END
    nothing_written
    nothing_sent
}

@test "contents of a source that are no challenge or pass phrase: 93, or 1 where they are typed" {
    start
    printf 'o\tne\n' >tab
    printf '\n' >blank
    snapshot
    make_new --key-passout file:tab
    expect_status 93
    only_error "--key-passout: the pass phrase has a control character"
    make_new --key-passout file:blank
    expect_status 93
    only_error "--key-passout: the pass phrase is empty"
    TAB=$(cat tab) make_new --challenge env:TAB
    expect_status 93
    only_error "--challenge: "
    make_new --challenge file:blank
    expect_status 93
    only_error "--challenge: "
    make_new --challenge pass:
    expect_status 1
    only_error "--challenge: "
    nothing_written
    nothing_sent
}

@test "-R: a challenge that has been used up is not needed to read the request" {
    start --pending 1 --challenge once
    echo once >challenge
    make --new-key rsa:2048 --subject /CN=a --challenge file:challenge \
        -r new.csr -n 0
    expect_status 3
    rm challenge
    make --new-key rsa:2048 --subject /CN=a --challenge file:challenge \
        -r new.csr -R -t 0
    certified
}

# --- several runs ------------------------------------------------------------

@test "runs at the same time: one makes the key, and all use it" {
    local run pids=() failed=0
    start
    for run in 1 2 3 4 5 6; do
        "$sscep" enroll -u "$URL" -c ca.crt -k new.key -r new.csr \
            -l "$run.crt" --new-key rsa:2048 --subject /CN=a \
            >"$run.out" 2>&1 3>&- &
        pids+=($!)
    done
    for run in "${pids[@]}"; do
        wait "$run" || failed=1
    done
    cat ./*.out
    [ "$failed" -eq 0 ]
    expect_equal "the keys that were made" 1 \
        "$(cat ./*.out | grep -c 'private key written')"
    expect_equal "the requests" 1 "$(cat ./*.out | grep -c 'request written')"
    for run in 1 2 3 4 5 6; do
        expect_equal "the key" "$(key_of new.key)" \
            "$(openssl x509 -in "$run.crt" -noout -pubkey)"
    done
    expect_equal "what is left" "" "$(find . -name '.*sscep-tmp*')"
}

# slowly OPTION...: runs make_new in the background, with seconds before a file
# gets its name, and waits until the temporary file of $1 is there.
slowly() {
    local of=$1
    shift
    need strace
    make_program slow env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e inject=link,linkat:delay_enter=$((2000000 * slowness)) "$sscep"
    "$BATS_TEST_TMPDIR/slow" enroll -u "$URL" -c ca.crt -k new.key -l new.crt \
        --new-key ec:P-256 --subject /CN=a --challenge pass:x "$@" \
        >"$stdout" 2>"$stderr" </dev/null 3>&- 4>&- &
    pid=$!
    ca_pids+=("$pid")
    wait_for 20 has_temporary "$of"
}

has_temporary() {
    compgen -G ".$1.sscep-tmp-*" >/dev/null
}

@test "a key or a request that appears between the look and the writing" {
    start
    slowly new.key
    cp "$shared/ec.key" new.key
    wait_for_client
    certified
    cmp new.key "$shared/ec.key"
    stdout_lacks "private key written"
    slowly new.csr -r new.csr
    make_new --challenge pass:x -r other.csr -m /dev/null
    mv other.csr new.csr
    wait_for_client
    certified
    rm new.csr new.crt
    slowly new.csr -r new.csr
    make --subject /CN=b --challenge pass:x -r other.csr -m /dev/null
    mv other.csr new.csr
    wait_for_client
    expect_status 93
    only_error "request new.csr: it is there" "its subject is /CN=b, not /CN=a"
    no_file new.crt
    expect_equal "what is left" "" "$(find . -name '.*sscep-tmp*')"
}

@test "killed between the key and the request: the next run goes on" {
    local first
    need strace
    start
    make_program killed env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e inject=link:signal=KILL:when=2 "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/killed" make_new --challenge pass:x \
        -r new.csr
    expect_status 137
    no_file new.csr
    first=$(cat new.key)
    make_new --challenge pass:x -r new.csr
    certified
    expect_equal "the key" "$first" "$(cat new.key)"
}

# killed_at CALL OPTION...: make_new, killed by the first such call of the system.
killed_at() {
    need strace
    make_program killed env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e "inject=$1:signal=KILL:when=1" "$sscep"
    status=0
    run_as_program "$BATS_TEST_TMPDIR/killed" make_new "${@:2}"
    expect_status 137
}

@test "killed before the temporary name is gone: the next run removes it" {
    local run name
    start
    for run in make_new "make --subject /CN=a"; do
        rm -f new.key new.csr
        killed_at unlink --challenge pass:x
        expect_equal "the names of the key" 2 "$(stat -c %h new.key)"
        $run --challenge pass:x
        certified
        expect_equal "the names of the key" 1 "$(stat -c %h new.key)"
        killed_at unlink --challenge pass:x -r new.csr
        expect_equal "the names of the request" 2 "$(stat -c %h new.csr)"
        $run --challenge pass:x -r new.csr
        certified
        expect_equal "the names of the request" 1 "$(stat -c %h new.csr)"
        for name in new.key new.csr; do
            ln "$name" ".$name.sscep-tmp-abcdef"
        done
        run_sscep check --local -c ca.crt -k new.key -l new.crt -r new.csr
        expect_status 0
        expect_equal "the names of the key" 2 "$(stat -c %h new.key)"
        expect_equal "the names of the request" 2 "$(stat -c %h new.csr)"
        make -r new.csr
        certified
        expect_equal "what is left" "" "$(find . -name '.*sscep-tmp*')"
    done
}

@test "killed in a file system without links: no empty key is left" {
    need strace
    start
    make_program killed env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e inject=link:error=EPERM \
        -e inject=rename,renameat,renameat2:signal=KILL:when=1 "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/killed" make_new --challenge pass:x
    expect_status 137
    no_file new.key
    make_new --challenge pass:x
    certified
    expect_equal "what is left" "" "$(find . -name '.*sscep-tmp*')"
    # Neither is known to all systems and file systems.
    rm new.key
    make_program old env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null \
        -e inject=link:error=EPERM -e inject=renameat2:error=EINVAL "$sscep"
    run_as_program "$BATS_TEST_TMPDIR/old" make_new --challenge pass:x
    certified
}

# --- a request that is there -------------------------------------------------

@test "a request that differs: the message says in what, and what to do" {
    local first options text
    start
    make_new --san DNS:a --challenge pass:old-one -r new.csr -m /dev/null
    expect_status 0
    first=$(cat new.csr)
    : >"$ca/log"
    while IFS='|' read -r options text; do
        # shellcheck disable=SC2086
        make --new-key ec:P-256 -r new.csr $options
        expect_status 93
        only_error "request new.csr: it is there" "$text" "remove it"
        stderr_lacks old-one
        stderr_lacks new-one
    done <<'END'
--subject /CN=A --san DNS:a|its subject is written /CN=a, not /CN=A
--subject /CN=a --san DNS:a --challenge pass:new-one|its challengePassword is another one; it is never overwritten (remove it, leave out --challenge
--subject /CN=b --san DNS:a --challenge pass:new-one|its subject is /CN=a, not /CN=b
--subject /CN=a --challenge pass:old-one|it has the extension "X509v3 Subject Alternative Name"
--subject /CN=a --san DNS:b --challenge pass:old-one|its extension "X509v3 Subject Alternative Name" is another one
--subject /CN=a --san DNS:a --eku clientAuth|it lacks the extension "X509v3 Key Usage"
END
    nothing_sent
    expect_equal "the request" "$first" "$(cat new.csr)"
    make_new --san DNS:a -r new.csr
    certified
    make --subject /CN=a --san DNS:a -r new.csr -k "$shared/ec.key"
    expect_status 93
    only_error "it is for another key"
}

@test "a challenge for a request that was made without one" {
    start --challenge secret
    make --new-key rsa:2048 --subject /CN=a -r new.csr
    expect_status 72
    stderr_has "(give it with --challenge)"
    stderr_lacks mkrequest
    make --new-key rsa:2048 --subject /CN=a -r new.csr --challenge pass:secret
    expect_status 93
    only_error "it has no challengePassword" "(remove it, or give another name)"
    rm new.csr
    make --new-key rsa:2048 --subject /CN=a -r new.csr --challenge pass:secret
    certified
}

@test "-r is written when all has been checked" {
    start --profile single
    openssl req -new -x509 -key "$shared/ec.key" -subj /CN=CA -out ec.crt
    make_new -c ec.crt -r new.csr
    expect_status 93
    stderr_has "its key cannot encrypt, and there is no challengePassword"
    stderr_has "--challenge"
    no_file new.csr
    nothing_sent
}

@test "-R makes a lost request again, and never writes one" {
    start --pending 2
    make --new-key rsa:2048 --subject /CN=a -r new.csr -n 0
    expect_status 3
    rm new.csr
    make --new-key rsa:2048 --subject /CN=wrong -r new.csr -R -t 0 -n 1
    expect_status 74
    stderr_has "check that --subject and -k are those of the first run"
    no_file new.csr
    make --new-key rsa:2048 --subject /CN=a -r new.csr -R -t 0
    certified
    no_file new.csr
}

@test "-r that cannot be written: no key is made" {
    start
    mkdir closed
    chmod 555 closed
    snapshot
    make_new -r none/new.csr
    expect_status 93
    only_error "request none/new.csr: "
    nothing_written
    chmod 777 .
    as_other make_new -r closed/new.csr
    expect_status 93
    stderr_has "request closed/new.csr: cannot create: Permission denied"
    no_file new.key
    nothing_sent
}

# --- modes, and what cannot be read ------------------------------------------

@test "whatever the umask: the key and the request have mode 0600" {
    local mask
    start
    : >"$stdout"
    : >"$stderr"
    # What the helper reads must not get this mode.
    : >"$BATS_TEST_TMPDIR/before"
    for mask in 0777 0377 0; do
        rm -f new.key new.csr
        umask "$mask"
        make_new --challenge pass:x -r new.csr -m /dev/null
        umask 022
        expect_status 0
        expect_equal "the modes" "600 600" \
            "$(stat -c %a new.key new.csr | paste -sd' ')"
    done
}

@test "a key that cannot be used is not replaced, and the message says why" {
    start
    : >new.key
    make_new
    expect_status 93
    only_error "private key new.key: the file is empty" "remove it"
    echo text >new.key
    make_new
    expect_status 93
    only_error "private key new.key: not a private key in PEM or DER"
    cp "$shared/encrypted.key" new.key
    make --new-key rsa:2048 --subject /CN=a
    expect_status 93
    only_error "it is encrypted and there is no terminal" "--passin"
    cp "$shared/ec.key" new.key
    make --new-key rsa:2048 --subject /CN=a
    expect_status 93
    only_error "is not of type rsa:2048: it is of type ec:P-256 (--new-key"
    cmp new.key "$shared/ec.key"
    openssl ecparam -name secp256k1 -genkey -noout -out new.key
    make --new-key ec:P-256 --subject /CN=a
    expect_status 93
    only_error "is not of type ec:P-256: it is of the curve secp256k1 (--new-key"
    openssl genrsa -out new.key 1024
    make --new-key ec:P-256 --subject /CN=a
    expect_status 93
    only_error "it is rsaEncryption with 1024 bits (--new-key"
    chmod 600 new.key
    [ "$(id -u)" -eq 0 ] || chmod 000 new.key
    as_other make_new -m /dev/null
    expect_status 93
    stderr_has "private key new.key: cannot open: Permission denied"
    nothing_sent
}

@test "a key that others may know is warned of, and refused in /tmp" {
    start
    cp "$shared/ec.key" new.key
    chmod 640 new.key
    make_new --challenge pass:x
    certified
    warned "private key new.key: it is there, and has mode 0640"
    warned "[key-access]"
    make --subject /CN=a --challenge pass:x
    stderr_lacks key-access
    chmod 600 new.key
    make_new --challenge pass:x
    stderr_lacks key-access
    [ "$(id -u)" -eq 0 ] || skip "only root can give a file away"
    chown 12345 new.key
    make_new --challenge pass:x
    certified
    warned "private key new.key: it is there, and belongs to another user"
    rm new.crt
    mkdir sticky
    chmod 1777 sticky
    mv new.key sticky
    : >"$ca/log"
    make_new -k sticky/new.key --challenge pass:x
    expect_status 93
    only_error "private key sticky/new.key: it is there, and belongs to another"
    nothing_sent
}

@test "the manual names the temporary files" {
    need mandoc
    mandoc -T utf8 "$tree/man/sscep.1" | col -b >text
    grep -q ' \.file\.sscep-tmp-000000' text
}
