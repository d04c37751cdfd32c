#!/usr/bin/env bats
# Private keys of -k, -K and --tls-key in files, and where their pass phrases
# come from. No output may contain a pass phrase.

load helper
load servers

# Long and unique, so that grep finds nothing else.
phrase=correct-horse-51c07e9a2b
sign_phrase=battery-staple-d83f16e477
tls_phrase=tulip-bulb-9a42b0c6fe
wrong_phrase=wrong-donkey-0e7d94ab13
challenge=quiet-harbour-b6125f3d08
pin=73829104

rsa_forms="pkcs1.pem pkcs1.der pkcs8.pem pkcs8.der"
rsa_encrypted="rsa-pkcs8.pem rsa-pkcs8.der rsa-traditional.pem"
ec_forms="sec1.pem sec1.der ec.pem ec.der"
ec_encrypted="ec-pkcs8.pem ec-pkcs8.der ec-traditional.pem"

# make_request NAME KEY: makes a request with the challengePassword, for the
# same subject as the shared ones.
make_request() {
    request_config "$1.cnf" "$challenge"
    openssl req -new -config "$1.cnf" -key "$2" -out "$1"
}

# encrypt FILE rsa|ec [OPTION]: makes the encrypted forms of a key.
encrypt() {
    openssl pkcs8 -topk8 -in "$1" -v2 aes-128-cbc -passout "pass:$phrase" \
        -out "$2-pkcs8.pem"
    openssl pkcs8 -topk8 -in "$1" -v2 aes-128-cbc -passout "pass:$phrase" \
        -outform DER -out "$2-pkcs8.der"
    openssl "$2" -in "$1" -aes128 -passout "pass:$phrase" "${@:3}" \
        -out "$2-traditional.pem"
}

setup_file() {
    keys=$BATS_FILE_TMPDIR/keys
    mkdir "$keys"
    make_tls
    (
        cd "$keys" || exit
        openssl genrsa -traditional -out pkcs1.pem 2048
        openssl rsa -in pkcs1.pem -traditional -outform DER -out pkcs1.der
        openssl pkcs8 -topk8 -nocrypt -in pkcs1.pem -out pkcs8.pem
        openssl pkcs8 -topk8 -nocrypt -in pkcs1.pem -outform DER -out pkcs8.der
        encrypt pkcs1.pem rsa -traditional
        openssl ecparam -name prime256v1 -genkey -noout -out sec1.pem
        openssl ec -in sec1.pem -outform DER -out sec1.der
        openssl pkcs8 -topk8 -nocrypt -in sec1.pem -out ec.pem
        openssl pkcs8 -topk8 -nocrypt -in sec1.pem -outform DER -out ec.der
        encrypt sec1.pem ec
        make_request rsa.csr pkcs1.pem
        make_request ec.csr sec1.pem
        openssl req -in rsa.csr -outform DER -out rsa.csr.der
        # The TLS server trusts them.
        for name in rsa ec; do
            openssl x509 -req -in "$name.csr" -CA "$tls/tls-ca.pem" \
                -CAkey "$tls/tls-ca.key" -CAcreateserial -days 30 \
                -out "$name-tls.pem"
        done
        openssl pkcs8 -topk8 -in "$tls/client.key" -v2 aes-128-cbc \
            -passout "pass:$tls_phrase" -out tls-encrypted.key
    ) 2>"$keys/log" 1>&2 || {
        cat "$keys/log" >&2
        return 1
    }
}

setup() {
    need setsid
    common_setup
    keys=$BATS_FILE_TMPDIR/keys
    tls=$BATS_RUN_TMPDIR/tls
    # The next runs read these from stdin and from descriptor 7.
    input=/dev/null
    descriptor=/dev/null
}

# --- running it ----------------------------------------------------------------

# Every test of this file runs the client with this function: without a
# terminal, once with -d, once with --json and -v, and once as given. All runs
# must have the same result and print no secret, and their arguments in /proc
# must be unchanged except for hidden secrets.
client() {
    local how first
    for how in "-d" "--json -v" ""; do
        # shellcheck disable=SC2086
        once "$1" $how "${@:2}"
        first=${first:-$status}
        expect_equal "the exit status with '$how'" "$first" "$status"
    done
}

once() {
    local name=/proc/self/cmdline
    command_line="$sscep $*"
    printf '%s\0' "$sscep" "$@" | hidden >"$stdout.typed"
    status=0
    before_run
    setsid "$sscep" "$@" >"$stdout" 2>"$stderr" <"$input" \
        7<"$descriptor" 9<&- 3>&- 4>&- &
    pid=$!
    ca_pids+=("$pid")
    name=/proc/$pid/cmdline
    if ! wait_for "$run_limit" ended "$name"; then
        kill "$pid"
        problem "it does not end"
    fi
    wait "$pid" || status=$?
    no_sanitizer_text
    no_secret "$stdout" "$stderr"
    if [ -e "$stdout.changed" ]; then
        problem "not the arguments that were typed" \
            "$(tr '\0' ' ' <"$stdout.changed")"
    fi
}

# Reads arguments, each followed by a NUL, and prints them with their secrets
# hidden.
hidden() {
    LC_ALL=C sed -z -E \
        -e ':pass; s/^((-[a-z-]+=)?pass:x*)[^x]/\1x/; t pass' \
        -e ':pin; s/(pin-value=x*)[^x;?&]/\1x/; t pin' \
        -e ':user; s/^((-p|--proxy=)x*)[^x@]([^@]*@127)/\1x\3/; t user' \
        -e '/^-/! { :bare; s/^(x*)[^x@]([^@]*@127)/\1x\2/; t bare' -e '}' \
        -e '/^pkcs11:/I b' \
        -e ':uri; s/^([a-z0-9]+:[^/?][^?]*\?x*)[^x]/\1x/; t uri'
}

# Compares the arguments as long as the process exists. Before it runs sscep
# they are those of bash and of setsid. They are read at once: of a process that
# ends between two reads the rest is missing.
ended() {
    dd if="$1" of="$stdout.read" bs=64k count=1 2>/dev/null || return 0
    [ -s "$stdout.read" ] || return 0
    hidden <"$stdout.read" >"$stdout.cmdline"
    if ! cmp -s "$stdout.typed" "$stdout.cmdline" &&
        [ "$(head -c 8 "$stdout.cmdline" | tr '\0' ' ')" = "$sscep " ]; then
        cp "$stdout.cmdline" "$stdout.changed"
    fi
    return 1
}

no_secret() {
    if grep -F -e "$phrase" -e "$sign_phrase" -e "$tls_phrase" \
        -e "$wrong_phrase" -e "$challenge" -e "$pin" "$@" >&2; then
        problem "a secret is said"
    fi
}

# start [OPTION...]: starts a CA and copies its certificate to ca.crt.
start() {
    start_ca --challenge "$challenge" "$@"
    cp "$ca/ca.crt" .
}

# Forgets the requests so far.
forget_requests() {
    : >"$ca/log"
}

# enroll_with KEY [OPTION...]
enroll_with() {
    cp "$keys/rsa.csr" "$keys/ec.csr" .
    client enroll -u "$URL" -c ca.crt -r "${csr:-rsa.csr}" -l local.crt \
        -k "$@"
}

# As enrolled of helper.bash, for when several certificates have been issued.
enrolled() {
    expect_status 0
    stdout_line "$sscep: pkistatus: SUCCESS"
    stderr_empty
    expect_equal "the key of $1" "$(openssl req -in "$2" -noout -pubkey)" \
        "$(openssl x509 -in "$1" -noout -pubkey)"
    openssl verify -partial_chain -trusted ca.crt "$1" >/dev/null ||
        problem "$1 is not of the CA"
    rm "$1"
}

# https, for clients with a certificate.
start_tls() {
    start
    start_nginx good "ssl_verify_client on; ssl_client_certificate" \
        "$tls/tls-ca.pem;"
}

# getcaps_with CERT KEY OPTION...: over TLS, with a client certificate.
getcaps_with() {
    client getcaps -u "$URL" --tls-ca-file "$tls/tls-ca.pem" --tls-cert "$1" \
        --tls-key "$2" "${@:3}"
}

# unusable TEXT...: refused with exit status 93, before anything is sent.
unusable() {
    refused --unsent 93 "$@"
}

# --- forms ---------------------------------------------------------------------

@test "-k: PKCS#1, SEC1 and PKCS#8, in PEM and DER, encrypted or not" {
    start
    local form
    for form in $rsa_forms $rsa_encrypted; do
        csr=rsa.csr enroll_with "$keys/$form" --passin "pass:$phrase"
        enrolled local.crt rsa.csr
    done
    for form in $ec_forms $ec_encrypted; do
        csr=ec.csr enroll_with "$keys/$form" --passin "pass:$phrase"
        enrolled local.crt ec.csr
    done
    for form in $rsa_forms; do
        enroll_with "$keys/$form"
        enrolled local.crt rsa.csr
    done
}

@test "-K: PKCS#1, SEC1 and PKCS#8, in PEM and DER, encrypted or not" {
    start
    take new.key new.csr
    local form name
    for name in rsa ec; do
        once enroll -u "$URL" -c ca.crt -r "$keys/$name.csr" \
            -l "$name.crt" -k "$keys/$name-pkcs8.pem" --passin "pass:$phrase"
        expect_status 0
    done
    for form in $rsa_forms $rsa_encrypted; do
        client enroll -u "$URL" -c ca.crt -K "$keys/$form" -O rsa.crt \
            --sign-passin "pass:$phrase" -k new.key -r new.csr -l new.crt
        enrolled new.crt new.csr
    done
    # The reply for an EC key is encrypted with the challengePassword.
    make_request new.csr new.key 2>/dev/null
    for form in $ec_forms $ec_encrypted; do
        client enroll -u "$URL" -c ca.crt -K "$keys/$form" -O ec.crt \
            --sign-passin "pass:$phrase" -k new.key -r new.csr -l new.crt
        enrolled new.crt new.csr
    done
}

@test "--tls-key: PKCS#1, SEC1 and PKCS#8, in PEM and DER, encrypted or not" {
    start_tls
    local form
    for form in $rsa_forms $rsa_encrypted; do
        getcaps_with "$keys/rsa-tls.pem" "$keys/$form" \
            --tls-passin "pass:$phrase"
        expect_status 0
        stderr_empty
    done
    for form in $ec_forms $ec_encrypted; do
        getcaps_with "$keys/ec-tls.pem" "$keys/$form" \
            --tls-passin "pass:$phrase"
        expect_status 0
        stderr_empty
    done
    [ "$(requests)" -eq 42 ]
}

@test "getcert and getcrl: an encrypted key" {
    start
    enroll_with "$keys/rsa-pkcs8.pem" --passin "pass:$phrase"
    expect_status 0
    client getcert -u "$URL" -c ca.crt -l local.crt -w got.crt \
        -k "$keys/rsa-pkcs8.der" --passin "pass:$phrase" \
        -s "0x$(openssl x509 -in local.crt -noout -serial | cut -d= -f2)"
    expect_status 0
    same_certificate got.crt local.crt
    client getcrl -u "$URL" -c ca.crt -l local.crt -w got.crl \
        -k "$keys/rsa-traditional.pem" --passin "pass:$phrase"
    expect_status 0
    openssl crl -in got.crl -noout
}

@test "requests, and certificates of -c, -O and -l, in DER" {
    start
    openssl x509 -in ca.crt -outform DER -out ca.der
    cp "$keys/rsa.csr.der" .
    client enroll -u "$URL" -c ca.der -k "$keys/pkcs1.der" -r rsa.csr.der \
        -l local.crt
    expect_status 0
    openssl x509 -in local.crt -outform DER -out old.der
    take new.key new.csr
    client enroll -u "$URL" -c ca.der -k new.key -r new.csr -l new.crt \
        -K "$keys/pkcs8.der" -O old.der
    enrolled new.crt new.csr
    client getcert -u "$URL" -c ca.der -l old.der -w got.crt \
        -k "$keys/pkcs8.der" -O ca.der \
        -s "0x$(openssl x509 -in local.crt -noout -serial | cut -d= -f2)"
    expect_status 0
    same_certificate got.crt local.crt
    client getcrl -u "$URL" -c ca.der -l old.der -O old.der -w got.crl \
        -k "$keys/pkcs1.der"
    expect_status 0
}

# --- sources -------------------------------------------------------------------

# Files with a pass phrase in the first line, with different line ends.
write_phrases() {
    printf '%s\n' "$1" >lf
    printf '%s\r\nmore\r\n' "$1" >crlf
    printf '%s' "$1" >bare
    printf '%s\n\n%s\n' "$1" "$wrong_phrase" >first
}

# each_source OPTION PHRASE COMMAND...: runs it with each source of the phrase.
each_source() {
    local option=$1 secret=$2 file
    shift 2
    write_phrases "$secret"
    "$@" "$option" "pass:$secret"
    PHRASE=$secret "$@" "$option" env:PHRASE
    for file in lf crlf bare first; do
        "$@" "$option" "file:$file"
        descriptor=$file "$@" "$option=fd:7"
        input=$file "$@" "$option" stdin
        input=$file "$@" "$option" fd:0
    done
}

enroll_by_source() {
    enroll_with "$keys/rsa-pkcs8.pem" "$@"
    enrolled local.crt rsa.csr
}

renew_by_source() {
    client enroll -u "$URL" -c ca.crt -K sign.key -O old.crt \
        -k new.key -r new.csr -l new.crt "$@"
    enrolled new.crt new.csr
}

getcaps_by_source() {
    getcaps_with "$tls/client.pem" "$keys/tls-encrypted.key" "$@"
    expect_status 0
    stderr_empty
}

# Makes the files of a renewal; its key has a pass phrase of its own.
make_sign_key() {
    once enroll -u "$URL" -c ca.crt -r "$keys/rsa.csr" -l old.crt \
        -k "$keys/pkcs8.pem"
    expect_status 0
    take new.key new.csr
    openssl pkcs8 -topk8 -in "$keys/pkcs8.pem" -v2 aes-128-cbc \
        -passout "pass:$sign_phrase" -out sign.key
}

@test "--passin: from each source" {
    start
    each_source --passin "$phrase" enroll_by_source
}

@test "--sign-passin: from each source" {
    start
    make_sign_key
    each_source --sign-passin "$sign_phrase" renew_by_source
}

@test "--tls-passin: from each source" {
    start_tls
    each_source --tls-passin "$tls_phrase" getcaps_by_source
}

@test "a pass phrase of 1023 bytes, and one with blanks and colons" {
    start
    local long
    long=$(head -c 1023 /dev/zero | tr '\0' x)
    for secret in "$long" " a: b=\"c\" ' "; do
        openssl pkcs8 -topk8 -in "$keys/pkcs8.pem" -v2 aes-128-cbc \
            -passout "pass:$secret" -out odd.key
        write_phrases "$secret"
        enroll_with odd.key --passin "pass:$secret"
        enrolled local.crt rsa.csr
        for file in lf crlf bare; do
            enroll_with odd.key --passin "file:$file"
            enrolled local.crt rsa.csr
            input=$file enroll_with odd.key --passin stdin
            enrolled local.crt rsa.csr
        done
    done
}

# The order is --passin, --sign-passin, --tls-passin, in whatever order given.
@test "stdin and fd: each option reads the next line" {
    start
    make_sign_key
    start_nginx good "ssl_verify_client on; ssl_client_certificate" \
        "$tls/tls-ca.pem;"
    cp "$keys/rsa-pkcs8.pem" local.key
    cp "$keys/rsa.csr" new.csr
    printf '%s\r\n%s\n%s' "$phrase" "$sign_phrase" "$tls_phrase" >lines
    local source
    for source in stdin fd:7 fd:0; do
        input=lines descriptor=lines client enroll -u "$URL" -c ca.crt \
            --tls-passin "$source" --tls-key "$keys/tls-encrypted.key" \
            --tls-cert "$tls/client.pem" --tls-ca-file "$tls/tls-ca.pem" \
            --sign-passin "$source" -K sign.key -O old.crt \
            --passin "$source" -k local.key -r new.csr -l new.crt
        enrolled new.crt new.csr
    done
    # Two read lines, the third has another source.
    printf '%s\n%s\n' "$phrase" "$tls_phrase" >lines
    input=lines client enroll -u "$URL" -c ca.crt \
        --tls-passin stdin --tls-key "$keys/tls-encrypted.key" \
        --tls-cert "$tls/client.pem" --tls-ca-file "$tls/tls-ca.pem" \
        --sign-passin "pass:$sign_phrase" -K sign.key -O old.crt \
        --passin stdin -k local.key -r new.csr -l new.crt
    enrolled new.crt new.csr
}

@test "KeyPassword, SignKeyPassword and TLSKeyPassword" {
    start
    make_sign_key
    start_nginx good "ssl_verify_client on; ssl_client_certificate" \
        "$tls/tls-ca.pem;"
    cp "$keys/rsa-pkcs8.pem" local.key
    cp "$keys/rsa.csr" new.csr
    printf '%s\n' "$sign_phrase" >sign.pass
    cat >sscep.conf <<END
[sscep]
URL = $URL
CACertFile = ca.crt
PrivateKeyFile = local.key
KeyPassword = pass:$phrase
TLSCAFile = $tls/tls-ca.pem
TLSCertFile = $tls/client.pem
TLSKeyFile = $keys/tls-encrypted.key
TLSKeyPassword = env:TLS_PHRASE
[sscep_enroll]
SignKeyFile = sign.key
SignCertFile = old.crt
SignKeyPassword = "file:sign.pass"
CertReqFile = new.csr
LocalCertFile = new.crt
END
    TLS_PHRASE=$tls_phrase client enroll -f sscep.conf
    enrolled new.crt new.csr
    # The command line wins, here with the wrong pass phrase.
    : >"$access_log"
    forget_requests
    TLS_PHRASE=$tls_phrase client enroll -f sscep.conf \
        --passin "pass:$wrong_phrase"
    unusable "private key local.key" "pass phrase is wrong"
    no_request
}

@test "-K and -k by one name: one pass phrase" {
    start
    make_sign_key
    cp "$keys/rsa-pkcs8.pem" local.key
    printf '%s\n' "$phrase" >line
    input=line client enroll -u "$URL" -c ca.crt -r "$keys/rsa.csr" \
        -l new.crt -k local.key --passin stdin -K local.key -O old.crt
    enrolled new.crt "$keys/rsa.csr"
    # With --sign-passin the pass phrase is read for each.
    forget_requests
    input=line client enroll -u "$URL" -c ca.crt -r "$keys/rsa.csr" \
        -l local.crt -k local.key --passin stdin -K local.key \
        --sign-passin stdin -O old.crt
    refused --unsent 93 "--sign-passin: there is no line"
}

# --- pass phrases and keys that are refused ------------------------------------

# wrong_and_none OPTION TEXT COMMAND...: a wrong, an empty and no pass phrase.
wrong_and_none() {
    local option=$1 name=$2
    shift 2
    "$@" "$option" "pass:$wrong_phrase"
    unusable "$name" "cannot decrypt it, the pass phrase is wrong"
    "$@" "$option" pass:
    unusable "$name" "cannot decrypt it, the pass phrase is wrong"
    "$@"
    unusable "$name" "it is encrypted" "no terminal" "$option"
}

@test "the wrong pass phrase, and none where there is no terminal" {
    start
    once enroll -u "$URL" -c ca.crt -r "$keys/rsa.csr" -l old.crt \
        -k "$keys/pkcs8.pem"
    forget_requests
    take new.key new.csr
    local form
    for form in $rsa_encrypted $ec_encrypted; do
        wrong_and_none --passin "private key $keys/$form" \
            enroll_with "$keys/$form"
        wrong_and_none --sign-passin "signature key $keys/$form" \
            client enroll -u "$URL" -c ca.crt -K "$keys/$form" -O old.crt \
            -k new.key -r new.csr -l local.crt
        wrong_and_none --tls-passin "TLS key $keys/$form" \
            client getcaps -u "https://127.0.0.1:$port/" \
            --tls-cert "$keys/rsa-tls.pem" --tls-key "$keys/$form"
    done
}

@test "a pass phrase for a key that is not encrypted is not used" {
    start
    enroll_with "$keys/pkcs8.pem" --passin "pass:$wrong_phrase"
    enrolled local.crt rsa.csr
}

# no_source STATUS SOURCE TEXT...: all three options refuse this source.
no_source() {
    local expected=$1 source=$2 option
    shift 2
    for option in --passin --sign-passin --tls-passin; do
        # --sign-passin has no effect here, but is read.
        enroll_with "$keys/rsa-pkcs8.pem" --no-warn no-effect \
            "$option" "$source"
        refused --unsent "$expected" "$@"
        [ "$expected" -ne 1 ] || stderr_has "$option"
    done
}

@test "sources that cannot be read" {
    start
    printf '\n%s\n' "$phrase" >blank
    : >empty
    head -c 1024 /dev/zero | tr '\0' x >long
    mkdir directory
    unset NO_SUCH
    no_source 93 env:NO_SUCH "no environment variable NO_SUCH"
    no_source 1 env: "not a source of a pass phrase"
    no_source 93 fd:9 "Bad file descriptor"
    no_source 1 fd:x "fd: wants the number of an open file"
    no_source 1 fd:-1 "fd: wants the number of an open file"
    no_source 1 fd: "not a source of a pass phrase"
    no_source 1 fd:7x "fd: wants the number of an open file"
    no_source 1 fd:99999999999999999999 "fd: wants the number of an open file"
    no_source 93 stdin "there is no line"
    no_source 93 fd:7 "there is no line"
    no_source 93 file:missing "missing" "No such file"
    no_source 93 file:empty "empty" "the file is empty"
    no_source 93 file:directory "directory"
    no_source 1 file: "not a source of a pass phrase"
    no_source 1 "pass:$(cat long)" "longer than 1023 bytes"
    no_source 93 file:long "longer than 1023 bytes"
    LONG=$(cat long) no_source 93 env:LONG "longer than 1023 bytes"
    input=long no_source 93 stdin "longer than 1023 bytes"
    descriptor=long no_source 93 fd:7 "longer than 1023 bytes"
    # An empty line is an empty pass phrase.
    enroll_with "$keys/rsa-pkcs8.pem" --passin file:blank
    unusable "cannot decrypt it, the pass phrase is wrong"
    input=blank enroll_with "$keys/rsa-pkcs8.pem" --passin stdin
    unusable "cannot decrypt it, the pass phrase is wrong"
}

@test "an invalid source is misuse, and the message does not repeat it" {
    start
    local option text
    for option in --passin --sign-passin --tls-passin; do
        for text in "$phrase" "PASS:$phrase" "stdin$phrase" "pass" "env"; do
            enroll_with "$keys/rsa-pkcs8.pem" "$option" "$text"
            misuse "$option" "not a source of a pass phrase"
            nothing_sent
        done
        enroll_with "$keys/rsa-pkcs8.pem" "$option" ""
        misuse "$option"
    done
    for option in KeyPassword SignKeyPassword TLSKeyPassword; do
        printf '%s = %s\n' "$option" "$phrase" >sscep.conf
        enroll_with "$keys/rsa-pkcs8.pem" -f sscep.conf
        unusable "sscep.conf:1: $option" "not a source"
    done
}

@test "files that are no keys are refused" {
    start
    take new.key new.csr
    once enroll -u "$URL" -c ca.crt -r "$keys/rsa.csr" -l old.crt \
        -k "$keys/pkcs8.pem"
    forget_requests
    : >empty.key
    echo nonsense >nonsense.key
    head -c 300 "$keys/pkcs8.pem" >cut.key
    head -c 300 "$keys/rsa-pkcs8.der" >cut.der
    openssl pkey -in "$keys/pkcs8.pem" -pubout -out public.key
    mkdir directory.key
    local name
    for name in missing.key empty.key nonsense.key cut.key cut.der public.key \
        directory.key ca.crt; do
        enroll_with "$name" --passin "pass:$phrase"
        unusable "private key $name"
        client enroll -u "$URL" -c ca.crt -K "$name" -O old.crt \
            --sign-passin "pass:$phrase" -k new.key -r new.csr -l local.crt
        unusable "signature key $name"
        client getcaps -u "https://127.0.0.1:$port/" \
            --tls-cert "$keys/rsa-tls.pem" --tls-key "$name" \
            --tls-passin "pass:$phrase"
        unusable "TLS key $name"
    done
    enroll_with new.key
    unusable "private key new.key" "not the key of request rsa.csr"
    client enroll -u "$URL" -c ca.crt -K new.key -O old.crt \
        -k new.key -r new.csr -l local.crt
    unusable "private key new.key" "not the key of certificate old.crt"
}

# --- terminals -----------------------------------------------------------------

# on_terminal TYPED COMMAND...: runs it with a new terminal. TYPED has lines
# with | between them; each is typed when the client asks and echo is off.
# $BATS_TEST_TMPDIR/terminal is what the terminal shows.
on_terminal() {
    local typed=$1 how first
    shift
    for how in "-d" "--json -v" ""; do
        # shellcheck disable=SC2086
        terminal_once "$typed" "$1" $how "${@:2}"
        first=${first:-$status}
        expect_equal "the exit status with '$how'" "$first" "$status"
    done
}

terminal_once() {
    terminal=$BATS_TEST_TMPDIR/terminal
    command_line="$sscep ${*:2} (on a terminal)"
    status=0
    before_run
    python3 - "$terminal" "$stdout" "$stderr" "$1" "$sscep" "${@:2}" \
        <<'END_PYTHON' 3>&- 4>&- || status=$?
import os, pty, select, signal, sys, termios

shown, out, err, lines, *command = sys.argv[1:]
lines = lines.split("|")
pid, terminal = pty.fork()
if pid == 0:
    os.dup2(0, 8)  # a terminal that nobody has open hangs up
    for fd, name in (1, out), (2, err):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), fd)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.execv(command[0], command)

def give_up(*_):
    os.kill(pid, signal.SIGKILL)

def echoes():
    return termios.tcgetattr(terminal)[3] & termios.ECHO

signal.signal(signal.SIGALRM, give_up)
signal.alarm(60)
text = asked = b""
while True:
    ready = select.select([terminal], [], [], 0.01)[0]
    if ready:
        try:
            got = os.read(terminal, 4096)
        except OSError:
            break
        text += got
        asked += got
    if asked.rstrip(b" ").endswith(b":") and lines and not echoes():
        asked = b""
        os.write(terminal, lines.pop(0).encode() + b"\n")
with open(shown, "wb") as file:
    file.write(text)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit(code if code >= 0 and not lines else 98)
END_PYTHON
    no_sanitizer_text
    no_secret "$stdout" "$stderr" "$terminal"
}

# asked NAME...: the terminal shows a prompt for each, and nothing else.
asked() {
    local name
    for name in "$@"; do
        printf 'Pass phrase or PIN of the %s: \n' "$name"
    done | diff - <(tr -d '\r' <"$terminal") >&2 ||
        problem "not the questions expected"
}

@test "on a terminal: the right pass phrase, not echoed" {
    start
    local form
    for form in $rsa_encrypted; do
        cp "$keys/$form" local.key
        on_terminal "$phrase" enroll -u "$URL" -c ca.crt -k local.key \
            -r "$keys/rsa.csr" -l local.crt
        enrolled local.crt "$keys/rsa.csr"
        asked "private key local.key"
    done
}

@test "on a terminal: the wrong pass phrase, and an empty one" {
    start
    local form line
    for form in $rsa_encrypted; do
        cp "$keys/$form" local.key
        for line in "$wrong_phrase" ""; do
            on_terminal "$line" enroll -u "$URL" -c ca.crt -k local.key \
                -r "$keys/rsa.csr" -l local.crt
            unusable "private key local.key" "the pass phrase is wrong"
            asked "private key local.key"
        done
    done
}

@test "on a terminal: no prompt for a pass phrase that is given or not needed" {
    start
    cp "$keys/rsa-pkcs8.pem" local.key
    on_terminal "" enroll -u "$URL" -c ca.crt -k local.key \
        -r "$keys/rsa.csr" -l local.crt --passin "pass:$phrase"
    # The line that was to be typed has not been read.
    expect_status 98
    asked
    stdout_line "$sscep: pkistatus: SUCCESS"
    rm local.crt
    forget_requests
    on_terminal "" enroll -u "$URL" -c ca.crt -k local.key \
        -r "$keys/rsa.csr" -l local.crt --passin "pass:$wrong_phrase"
    expect_status 98
    asked
    only_error "the pass phrase is wrong"
    no_file local.crt
}

@test "on a terminal: the prompts name -k, -K and --tls-key" {
    start
    make_sign_key
    cp "$keys/rsa-pkcs8.pem" local.key
    cp "$keys/tls-encrypted.key" tls.key
    start_nginx good "ssl_verify_client on; ssl_client_certificate" \
        "$tls/tls-ca.pem;"
    on_terminal "$tls_phrase|$phrase|$sign_phrase" enroll -u "$URL" \
        -c ca.crt -r "$keys/rsa.csr" -l new.crt -k local.key \
        -K sign.key -O old.crt --tls-ca-file "$tls/tls-ca.pem" \
        --tls-cert "$tls/client.pem" --tls-key tls.key
    enrolled new.crt "$keys/rsa.csr"
    asked "TLS key tls.key" "private key local.key" "signature key sign.key"
    # There is one prompt for a file that is both -k and -K.
    on_terminal "$tls_phrase|$phrase" enroll -u "$URL" \
        -c ca.crt -r "$keys/rsa.csr" -l new.crt -k local.key \
        -K local.key -O old.crt --tls-ca-file "$tls/tls-ca.pem" \
        --tls-cert "$tls/client.pem" --tls-key tls.key
    enrolled new.crt "$keys/rsa.csr"
    asked "TLS key tls.key" "private key local.key"
}

# --- secrets in arguments and memory -------------------------------------------

@test "arguments without secrets do not change" {
    start --fault silent --fault-on getcacaps
    printf '%s\n' "$phrase" >line
    setsid "$sscep" enroll -u "$URL" -c ca.crt -k "$keys/rsa-pkcs8.pem" \
        -r "$keys/rsa.csr" -l local.crt --passin stdin -d \
        <line >"$stdout" 2>"$stderr" 3>&- 4>&- &
    pid=$!
    ca_pids+=("$pid")
    wait_for 30 test -s "$ca/log"
    no_secret "/proc/$pid/cmdline" "/proc/$pid/environ" "$stdout" "$stderr"
    printf '%s\0' "$sscep" enroll -u "$URL" -c ca.crt \
        -k "$keys/rsa-pkcs8.pem" -r "$keys/rsa.csr" -l local.crt \
        --passin stdin -d | cmp - "/proc/$pid/cmdline" >&2 ||
        problem "not the arguments that were typed"
}

# waits_with ARGUMENT...: while the client waits for the CA, each character of
# the secrets in its arguments is an x, and nothing else is changed.
waits_with() {
    : >"$ca/log"
    setsid "$sscep" "$@" </dev/null >"$stdout" 2>"$stderr" 3>&- 4>&- &
    pid=$!
    ca_pids+=("$pid")
    command_line="$sscep $*"
    wait_for 30 test -s "$ca/log" || problem "it asked nothing of the CA"
    no_secret "/proc/$pid/cmdline"
    cat "/proc/$pid/cmdline" >"$stdout.cmdline"
    kill "$pid"
    wait "$pid" || true
    printf '%s\0' "$sscep" "$@" | hidden | cmp - "$stdout.cmdline" >&2 ||
        problem "not the arguments expected" \
            "$(tr '\0' ' ' <"$stdout.cmdline")"
}

@test "pass phrases are hidden in the arguments" {
    start --fault silent --fault-on getcacaps
    cp "$keys/rsa-pkcs8.pem" local.key
    local way
    for way in "--passin pass:$phrase" "--passin=pass:$phrase" \
        "--pass pass:$phrase --sign-pass=pass:$sign_phrase"; do
        # shellcheck disable=SC2086
        waits_with enroll -u "$URL" -c ca.crt -k local.key \
            -r "$keys/rsa.csr" -l local.crt $way \
            --tls-passin "pass:$tls_phrase"
    done
}

@test "a pass phrase that is not the value of an option is hidden, and not printed" {
    start --fault silent --fault-on getcacert
    waits_with getca -u "$URL" -c got.crt "pass:$phrase" -d
    no_secret "$stdout" "$stderr"
    stderr_has "an argument that looks like a pass phrase (pass:...) is ignored"
    run_sscep getca -u "$URL" -c got.crt "user:$phrase@127.0.0.1" --json --nonsense
    expect_status 1
    no_secret "$stdout" "$stderr"
    stderr_has "an argument that looks like user:password@host is ignored"
}

@test "user and password of a proxy are hidden in the arguments" {
    start --fault silent --fault-on getcacert
    local way
    for way in "-p " -p "--proxy " "--proxy=" "--prox "; do
        # shellcheck disable=SC2086
        waits_with getca -u "$URL" -c got.crt \
            ${way}user:$wrong_phrase@127.0.0.1:$port
    done
}

@test "PINs of keys that are not used are hidden in the arguments" {
    start --fault silent --fault-on getcacert
    local key
    for key in "pkcs11:token=x?module-name=y&pin-value=$pin" \
        "pkcs11:pin-value=$pin;token=x" "handle:0x81000000?$pin"; do
        waits_with getca -u "$URL" -c got.crt --tls-key "$key" \
            --tls-cert ca.crt
    done
}

# copies TEXT ...: prints how often each text is in the memory of the client
# while it waits between two polls. A process may read that of its children.
copies() {
    python3 - "$stdout" "$stderr" "$@" -- \
        "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt -t 60 --passin "pass:$phrase" <<'END_PYTHON'
import subprocess, sys, time

out, err, *rest = sys.argv[1:]
needles = [text.encode() for text in rest[:rest.index("--")]]
counts = [0] * len(needles)
with open(out, "wb") as stdout, open(err, "wb") as stderr:
    child = subprocess.Popen(rest[rest.index("--") + 1:], stdout=stdout,
                             stderr=stderr)
while child.poll() is None and b"PENDING" not in open(out, "rb").read():
    time.sleep(0.05)
time.sleep(0.2)
with open(f"/proc/{child.pid}/mem", "rb") as memory:
    for line in open(f"/proc/{child.pid}/maps"):
        begin, end = (int(part, 16) for part in line.split()[0].split("-"))
        # Larger regions belong to a sanitizer.
        if line.split()[1][:2] != "rw" or end - begin > 1 << 28:
            continue
        memory.seek(begin)
        bytes = memory.read(end - begin)
        for i, needle in enumerate(needles):
            counts[i] += bytes.count(needle)
child.kill()
child.wait()
print(*counts)
END_PYTHON
}

# few_copies WHAT: of the challengePassword one, of the pass phrase one or what
# some libcrypto leave on their stack as well, and none of WHAT, which is $line.
few_copies() {
    local counts
    counts=$(copies "$challenge" "$phrase" "$line")
    if [[ ! $counts =~ ^1\ [12]\ 0$ ]]; then
        problem "copies of challengePassword, pass phrase, $1: $counts"
    fi
}

@test "while it waits memory has only what may still be wanted" {
    local line
    without_sanitizers "memory that is only theirs takes long to search"
    start --pending 1000
    cp "$keys/rsa.csr" local.csr
    cp "$keys/rsa-pkcs8.pem" local.key
    line=$(sed -n 4p local.csr)
    few_copies "PEM of the request"
    cp "$keys/rsa.csr.der" local.csr
    line=$(openssl rsa -in "$keys/pkcs1.pem" | sed -n 10p)
    few_copies "PEM of the key"
}

# shown STATUS LINE...: -v prints these lines of the configuration in effect.
shown() {
    local line
    expect_status "$1"
    shift
    for line in "$@"; do
        stderr_has "$sscep: configuration: $line"
    done
    no_file local.crt
}

@test "-v shows neither pass phrases nor PINs, but where they are" {
    start
    take new.key
    printf '%s\n' "$wrong_phrase" >phrase-file
    PHRASE_NAME=$wrong_phrase enroll_with "$keys/rsa-pkcs8.pem" -v \
        --passin env:PHRASE_NAME --sign-passin file:phrase-file \
        --tls-passin "pass:$wrong_phrase"
    shown 93 'KeyPassword = "env:PHRASE_NAME"' \
        'SignKeyPassword = "file:phrase-file"' \
        "# TLSKeyPassword: from pass: on the command line, not shown" \
        "PrivateKeyFile = \"$keys/rsa-pkcs8.pem\""
    local uri
    for uri in "pkcs11:pin-value=$pin" "pkcs11:token=x;pin-value=$pin" \
        "pkcs11:token=x?module-name=y&pin-value=$pin" \
        "handle:0x81000000?$pin"; do
        enroll_with "$uri" -v
        shown 93 "# PrivateKeyFile: from a URI with a PIN on the command line, not shown"
        enroll_with new.key -v -K "$uri" -O ca.crt
        shown 93 "# SignKeyFile: from a URI with a PIN on the command line, not shown"
        enroll_with new.key -v --tls-key "$uri" --tls-cert ca.crt
        shown 93 "# TLSKeyFile: from a URI with a PIN on the command line, not shown"
    done
    nothing_sent
    enroll_with "pkcs11:token=x" -v
    shown 93 'PrivateKeyFile = "pkcs11:token=x"'
}

# --- URIs, engines, providers ----------------------------------------------------

@test "URIs that no provider handles: one error line without the PIN" {
    start
    local uri name
    while read -r uri name; do
        enroll_with "$uri"
        unusable "private key $name: no loaded provider handles this URI" "--provider"
        names_engines
        client enroll -u "$URL" -c ca.crt -K "$uri" -O "$keys/rsa-tls.pem" \
            -k "$keys/pkcs8.pem" -r rsa.csr -l local.crt
        unusable "signature key $name: no loaded provider handles this URI"
        client getcaps -u "https://127.0.0.1:$port/" \
            --tls-cert "$keys/rsa-tls.pem" --tls-key "$uri"
        unusable "TLS key $name: no loaded provider handles this URI"
    done <<END
pkcs11:token=x;pin-value=$pin pkcs11:token=x
pkcs11:pin-value=$pin;token=x pkcs11:token=x
pkcs11:token=x?pin-value=$pin pkcs11:token=x
pkcs11:token=x?module-name=y&pin-value=$pin pkcs11:token=x?module-name=y
PKCS11:token=x;pin-value=$pin PKCS11:token=x
pkcs11:token=x pkcs11:token=x
handle:0x81000000?$pin handle:0x81000000
handle:0x81000000 handle:0x81000000
nosuch:thing nosuch:thing
END
    enroll_with "pkcs11:token=x;pin-value=${pin}%zz"
    unusable "private key pkcs11:...: its pin-value is given twice or cannot be decoded"
    enroll_with "pkcs11:pin-value=1234;token=x;pin-value=$pin"
    unusable "private key pkcs11:...: its pin-value is given twice or cannot be decoded"
}

@test "a key encrypted with an obsolete cipher is read with the legacy provider" {
    start
    openssl pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy -provider default \
        -in "$keys/pkcs8.pem" -passout "pass:$phrase" -out old.key
    enroll_with old.key --passin "pass:$phrase"
    enrolled local.crt rsa.csr
    forget_requests
    enroll_with old.key --passin "pass:$wrong_phrase"
    unusable "private key old.key" "the pass phrase is wrong"
}

@test "file: URIs name files" {
    start
    cp "$keys/pkcs8.pem" plain.key
    cp "$keys/rsa-pkcs8.pem" local.key
    enroll_with "file:$PWD/plain.key"
    enrolled local.crt rsa.csr
    enroll_with "file:$PWD/local.key" --passin "pass:$phrase"
    enrolled local.crt rsa.csr
    forget_requests
    enroll_with "file:$PWD/local.key" --passin "pass:$wrong_phrase"
    unusable "private key $PWD/local.key"
    enroll_with "file:$PWD/local.key"
    unusable "private key $PWD/local.key" "no terminal" --passin
    enroll_with "file:$PWD/missing.key"
    unusable "private key $PWD/missing.key"
    enroll_with "file:$PWD/ca.crt"
    unusable "private key $PWD/ca.crt"
    enroll_with file:missing.key
    unusable "private key missing.key" "No such file"
    enroll_with file:plain.key
    enrolled local.crt rsa.csr
}

@test "a file that is named like a URI is read as a file" {
    start
    local name
    for name in "pkcs11:x" "file:x" "handle:0x81000000"; do
        cp "$keys/rsa-pkcs8.pem" "$name"
        enroll_with "$name" --passin "pass:$phrase"
        enrolled local.crt rsa.csr
        enroll_with "./$name" --passin "pass:$phrase"
        enrolled local.crt rsa.csr
    done
    forget_requests
    enroll_with "pkcs11:x"
    unusable "private key pkcs11:x: it is encrypted and there is no terminal"
    enroll_with "./pkcs11:y"
    unusable "private key ./pkcs11:y: cannot open: No such file"
}

# names_engines: stderr names -g if engines are built in, and only then.
names_engines() {
    if ./sscep --version | grep -qx "Engines: built in"; then
        stderr_has "or use an engine with -g"
    else
        stderr_lacks "-g"
    fi
}

@test "engines and providers that do not exist" {
    start
    enroll_with "$keys/pkcs8.pem" -g nosuchengine
    refused --unsent 1 "engine nosuchengine"
    enroll_with "$keys/pkcs8.pem" --provider nosuch
    refused --unsent 1 "provider nosuch: cannot be loaded" "--provider-path"
    names_engines
    enroll_with "$keys/pkcs8.pem" --provider nosuch --provider-path "$PWD"
    refused --unsent 1 "provider nosuch: cannot be loaded"
    enroll_with "$keys/pkcs8.pem" --provider default --provider "$PWD/nosuch.so"
    refused --unsent 1 "provider $PWD/nosuch.so: cannot be loaded"
    client getcaps -u "$URL" -g nosuchengine
    refused --unsent 1 "engine nosuchengine"
}

@test "sections of engines that cannot be loaded" {
    start
    printf 'engine = e\n[e]\nengine_id = nosuchengine\nPIN = %s\n' "$pin" >conf
    enroll_with "$keys/pkcs8.pem" -f conf
    refused --unsent 1 "engine nosuchengine"
    stderr_lacks "[e]"
    printf 'engine = e\n[e]\nengine_id = x\ncmds = f\n' >conf
    enroll_with "$keys/pkcs8.pem" -f conf
    unusable "conf: there is no section [f] (cmds of [e])"
    printf 'engine = e\n[e]\nengine_id = x\ndynamic_path = ./missing.so\n' >conf
    enroll_with "$keys/pkcs8.pem" -f conf
    refused --unsent 1 "engine x"
    if ./sscep --version | grep -qx "Engines: built in"; then
        stderr_has "cannot be loaded from ./missing.so (dynamic_path)"
    fi
    printf 'engine = e\n[e]\nengine_id = x\033[1m\ndynamic_path = ./y\007\n' >conf
    enroll_with "$keys/pkcs8.pem" -f conf
    refused --unsent 1 'engine x\x1b[1m'
    stderr_lacks $'\033' $'\007'
    # The command line wins, with a section or an id.
    printf 'engine = e\n[e]\nengine_id = x\n[g]\nengine_id = nosuch\n' >conf
    enroll_with "$keys/pkcs8.pem" -f conf -g g
    expect_status 1
    one_error "engine nosuch"
    nothing_sent
}

@test "--version says whether engines are built in" {
    local built="not built in"
    ! grep -q ENGINE_by_id "$SSCEP" || built="built in"
    run_sscep --version
    expect_status 0
    stdout_line "Engines: $built"
}
