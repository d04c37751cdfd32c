# helper.bash: functions shared by the tests of keys on tokens.
#
# It includes tests/e2e/helper.bash, checks that no run prints a secret, and
# finds out which files a run has opened. Tokens are made once for all files and
# copied for each test. Only runs of at_terminal have a terminal.

load ../e2e/helper
load ../e2e/servers

here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")

# No output may contain these. They are long enough to be unique.
pin=74839201
other_pin=60517283
wrong_pin=90817263
challenge='challenge-Xk29fPq7'
auth='auth-5hQw9ZrT'
phrase='phrase-m3Vt8LsD'
secrets=("$pin" "$other_pin" "$wrong_pin" "$challenge" "$auth" "$phrase")

setup() {
    token_setup
}

token_setup() {
    common_setup
    unset PKCS11_MODULE_PATH PKCS11_PROVIDER_MODULE SOFTHSM2_CONF PIN
    unset OPENSSL_ENGINES OPENSSL_MODULES TSS2_LOG TPM2OPENSSL_TCTI
    unset TPM2OPENSSL_PARENT_AUTH TPM2TOOLS_TCTI
    command_lines=$BATS_TEST_TMPDIR/command-lines
    write_secrets
    mkfifo "$BATS_TEST_TMPDIR/pause"
    trace=$BATS_TEST_TMPDIR/trace
    tracing=no
    keeping=()
    if sanitized; then
        once keep make_keep
        keeping=(env "LD_PRELOAD=$BATS_RUN_TMPDIR/keep/keep.so")
    fi
    # The leak sanitizer does not work under strace.
    traced=(env "ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0" strace -f -q
        -s 4096 -e 'trace=open,openat,execve' -o "$trace")
    options=()
}

# once NAME COMMAND ...: fills the directory $BATS_RUN_TMPDIR/NAME; the first
# test does it, the others wait.
once() {
    local dir=$BATS_RUN_TMPDIR/$1 maker
    if mkdir "$dir.lock" 2>/dev/null; then
        mkdir "$dir"
        (
            set -e
            cd "$dir"
            "${@:2}"
            : >"$dir.done"
        ) >"$dir.log" 2>&1 3>&- &
        maker=$!
        wait "$maker" || : >"$dir.failed"
    fi
    if ! wait_for 120 any_file "$dir.done" "$dir.failed" ||
        [ ! -e "$dir.done" ]; then
        echo "$1 could not be made:" >&2
        cat "$dir.log" >&2
        return 1
    fi
}

any_file() {
    [ -e "$1" ] || [ -e "$2" ]
}

sanitized() {
    grep -q __asan_init "$SSCEP"
}

make_keep() {
    gcc -Wall -Wextra -Werror -shared -fPIC -o keep.so "$here/keep.c"
}

# Makes an encrypted key in a file, for renewals from and to a token, and the
# configuration of the requests.
make_software() {
    openssl genrsa -out plain.key 2048
    openssl rsa -in plain.key -aes128 -passout "pass:$phrase" -out file.key
    request_config request.cnf "$challenge"
    openssl req -new -config request.cnf -key plain.key -out file.csr
    rm plain.key
}

# --- runs --------------------------------------------------------------------

# As run_sscep, without a terminal; $stdin may name a file. The run must not
# print a secret.
run_token() {
    local tracer=()
    command_line="$sscep $*"
    status=0
    : >"$command_lines"
    before_run
    [ "$tracing" = no ] || tracer=("${traced[@]}")
    run_limited "${keeping[@]}" "${tracer[@]}" "$sscep" "$@" \
        >"$stdout" 2>"$stderr"
    no_sanitizer_text
    expect_no_crash
    no_secret_told "$@"
}

# Records its command line again and again while it runs, without other programs.
run_limited() {
    local end=$((SECONDS + run_limit)) words
    setsid "$@" <"${stdin:-/dev/null}" 3>&- 4>&- &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        mapfile -t -d '' words 2>/dev/null </proc/$pid/cmdline || true
        printf '%s\n' "${words[*]}" >>"$command_lines"
        [ "$SECONDS" -lt "$end" ] || kill "$pid"
        read -r -t 0.03 <>"$BATS_TEST_TMPDIR/pause" || true
    done
    wait "$pid" || status=$?
}

expect_no_crash() {
    if [ "$status" -ge 124 ]; then
        problem "it did not end by itself"
    fi
}

# write_secrets: the files secrets and secrets-hex, for grep.
write_secrets() {
    local secret i
    printf '%s\n' "${secrets[@]}" >"$BATS_TEST_TMPDIR/secrets"
    for secret in "${secrets[@]}"; do
        for ((i = 0; i < ${#secret}; i++)); do
            printf '%02x' "'${secret:i:1}"
        done
        echo
    done >"$BATS_TEST_TMPDIR/secrets-hex"
}

# Neither in plain text nor in hexadecimal. The command line may contain a
# secret that was typed there.
no_secret_told() {
    local secret told
    if told=$(grep -hoF -f "$BATS_TEST_TMPDIR/secrets" "$stdout" "$stderr") ||
        told=$(tr -d ' :\n' <"$stderr" |
            grep -oiF -f "$BATS_TEST_TMPDIR/secrets-hex"); then
        problem "a secret is told: $told"
    fi
    for secret in "${secrets[@]}"; do
        [[ "$*" == *"$secret"* ]] || printf '%s\n' "$secret"
    done >"$BATS_TEST_TMPDIR/untyped"
    if told=$(grep -oF -f "$BATS_TEST_TMPDIR/untyped" "$command_lines"); then
        problem "a secret is on the command line: $told" \
            "$(cat "$command_lines")"
    fi
}

# The same run with -d and --json.
run_loudly() {
    run_token "$@" -d --json
}

# refuses STATUS TEXT ... -- ARGUMENT ...: one error line with the texts; no
# secret is printed, also with -d and --json.
refuses() {
    local expected=$1 texts=()
    shift
    while [ "$1" != -- ]; do
        texts+=("$1")
        shift
    done
    shift
    run_token "$@"
    expect_status "$expected"
    our_error "${texts[@]}"
    stdout_lacks "written as"
    run_loudly "$@"
    expect_status "$expected"
}

# As one_error; if libraries print to stderr as well, for the lines of sscep
# only.
libraries_write=no

our_error() {
    if [ "$libraries_write" = no ]; then
        one_error "$@"
        return
    fi
    cp "$stderr" "$stderr.all"
    grep "^$sscep: " "$stderr.all" >"$stderr" || true
    one_error "$@"
    cp "$stderr.all" "$stderr"
}

# at_terminal ANSWER ARGUMENT ...: runs the client with a new terminal, and
# types ANSWER when it prompts. The file $terminal has what the terminal shows.
at_terminal() {
    local answer=$1
    shift
    terminal=$BATS_TEST_TMPDIR/terminal
    command_line="$sscep $* (at a terminal)"
    status=0
    : >"$command_lines"
    "${keeping[@]}" "$here/at-terminal" "$answer" "$terminal" "$sscep" "$@" \
        >"$stdout" 2>"$stderr" 3>&- || status=$?
    no_sanitizer_text
    expect_no_crash
    cat "$terminal" >>"$stderr"
    no_secret_told "$@"
}

# --- the files that a run has opened -----------------------------------------

# The files that were opened successfully, each once.
opened() {
    grep -E 'open(at)?\(.*\) = [0-9]+$' "$trace" |
        sed -E 's/^[^"]*"(([^"\\]|\\.)*)".*/\1/' | sort -u
}

# Those of them that contain a private key.
keys_read() {
    local file
    opened | while read -r file; do
        if [ -f "$file" ] && [[ $file != /proc/* ]] && grep -q \
            'PRIVATE KEY-----' "$file"; then
            printf '%s\n' "$file"
        fi
    done
}

# expect_keys_read [FILE ...]: exactly these files with private keys were
# opened, and no other program was run.
expect_keys_read() {
    expect_equal "files with private keys that were read" "$*" \
        "$(keys_read | xargs)"
    expect_equal "programs that were run" 1 \
        "$(grep -c 'execve(.*) = 0$' "$trace")"
    if ! opened | grep -q 'ca\.crt$'; then
        problem "the trace lacks ca.crt" "$(cat "$trace")"
    fi
}

# --- the life of a key --------------------------------------------------------

# Each kind of key defines $options (for every run), $pass (for runs that need
# the private key), the function uri NAME (NAME is dev, new or sign), and has
# NAME.csr in $requests.

# Starts a CA that requires the challengePassword; getca fetches its
# certificate.
start_token_ca() {
    cp "$requests"/*.csr .
    cp "$BATS_RUN_TMPDIR/software/file.key" "$BATS_RUN_TMPDIR/software/file.csr" .
    start_ca --challenge "$challenge" "$@"
    run_token getca -u "$URL" -c ca.crt "${options[@]}"
    expect_status 0
    stdout_line "$sscep: CA certificate written as ca.crt"
}

# token_enroll NAME [OPTION ...]
token_enroll() {
    run_token enroll -u "$URL" -c ca.crt -k "$(uri "$1")" -r "$1.csr" \
        -l "$1.crt" "${options[@]}" "${pass[@]}" "${@:2}"
}

# token_enrolled NAME: the CA has issued NAME.crt, for the key of the request.
token_enrolled() {
    expect_status 0
    certified "$1"
}

certified() {
    expect_equal "the key of $1.crt" \
        "$(openssl req -in "$1.csr" -noout -pubkey)" \
        "$(openssl x509 -in "$1.crt" -noout -pubkey)"
    openssl verify -CAfile ca.crt "$1.crt" >/dev/null ||
        problem "$1.crt does not verify"
}

# renew OLD NEW KEY-OPTION ...: signed by OLD.crt, for NEW.csr; NEW.crt.
renew() {
    run_token enroll -u "$URL" -c ca.crt -O "$1.crt" -r "$2.csr" -l "$2.crt" \
        "${options[@]}" "${@:3}"
    expect_status 0
    certified "$2"
    expect_equal "signed by a certificate of the CA, as RenewalReq" "17 True" \
        "$(messages 'f"{messageType} {signerIssuedByUs}"' | tail -n 1)"
}

# The serial number of a certificate, in the form for -s.
serial_of() {
    printf '0x%s' "$(openssl x509 -in "$1" -noout -serial | cut -d = -f 2)"
}

# --- requirements on each kind of key -----------------------------------------

# pass_as --OPTION: $pass with --OPTION in place of --passin, for keys of -K.
pass_as() {
    local word
    for word in "${pass[@]}"; do
        printf '%s\n' "${word/#--passin/$1}"
    done
}

# getca and enroll, also with -d and --json.
enrols() {
    start_token_ca
    token_enroll dev
    token_enrolled dev
    stdout_line "$sscep: pkistatus: SUCCESS"
    stdout_line "$sscep: certificate written as dev.crt"
    expect_equal "challengePassword" "$challenge" "$(messages challengePassword)"
    rm dev.crt
    token_enroll dev -d --json
    token_enrolled dev
    stderr_has "$sscep: "
    python3 -m json.tool "$stdout" >/dev/null || problem "stdout is no JSON"
}

# makes_request KEY: the request for the key is made here, and signed by the
# token; a key is not made there.
makes_request() {
    start_token_ca
    run_token enroll -u "$URL" -c ca.crt -k "$(uri "$1")" "${pass[@]}" \
        -l made.crt -r made.csr --subject "/CN=$1" --san DNS:made.example \
        --challenge "pass:$challenge" "${options[@]}"
    expect_status 0
    stdout_line "$sscep: request written as made.csr"
    openssl req -in made.csr -noout -verify 2>/dev/null ||
        problem "the request does not verify"
    expect_equal "the key" "$(openssl req -in "$1.csr" -noout -pubkey)" \
        "$(openssl req -in made.csr -noout -pubkey)"
    certified made
    run_token enroll -u "$URL" -c ca.crt -k "$(uri other)" "${pass[@]}" \
        -l other.crt --new-key ec:P-256 --subject /CN=other "${options[@]}"
    expect_status 1
    stderr_has "--key-type EC:prime256v1"
}

# renew enrols and renews with a key of the token, which it keeps.
renew_keeps() {
    local i said=(enrolled renewed)
    start_token_ca
    for i in 0 1; do
        run_token renew -u "$URL" -c ca.crt -k "$(uri "$1")" "${pass[@]}" \
            -l made.crt --subject "/CN=$1" --new-key rsa:2048 --force \
            --challenge "pass:$challenge" "${options[@]}"
        expect_status 0
        stdout_has "${said[i]}: "
        expect_equal "the key" "$(openssl req -in "$1.csr" -noout -pubkey)" \
            "$(openssl x509 -in made.crt -noout -pubkey)"
    done
    expect_equal "the files" "made.crt made.crt.lock made.crt.old " \
        "$(ls made* | tr '\n' ' ')"
}

# life_step STATUS [TEXT]: one run, which prints TEXT.
life_step() {
    run_token renew -f life.conf "${options[@]}"
    expect_status "$1"
    [ $# -eq 1 ] || stdout_has "$2"
}

# lives NAME: renew from no certificate on, by a configuration file. It keeps the
# key, whatever NewKey says, and runs the hook once for each certificate.
lives() {
    local before first second
    before=$(sha256sum *.pem 2>/dev/null) || true
    start_ca --challenge "$challenge" --pending 1
    cat >life.conf <<END
URL = $URL
CACertFile = ca.crt
CAFingerprint = $(fingerprint "$ca/ca.crt" sha256)
[sscep_renew]
PrivateKeyFile = "$(uri "$1")"
${pass[1]:+KeyPassword = ${pass[1]}}
LocalCertFile = life.crt
Subject = /CN=$1
Challenge = pass:$challenge
NewKey = ec:P-256
MaxPollTime = 0
Hook = 'echo \$SSCEP_ACTION serial=\$SSCEP_SERIAL >>hooks'
END
    life_step 3
    no_file life.crt
    life_step 0 "enrolled: "
    first=$(openssl x509 -in life.crt -noout -serial)
    life_step 0 "not due: "
    sed -i /NewKey/d life.conf
    echo "RenewBefore = 400d" >>life.conf
    life_step 3
    expect_equal "the certificate" "$first" \
        "$(openssl x509 -in life.crt -noout -serial)"
    life_step 0 "renewed: "
    expect_equal "the old certificate" "$first" \
        "$(openssl x509 -in life.crt.old -noout -serial)"
    second=$(openssl x509 -in life.crt -noout -serial)
    sed -i "s/^MaxPollTime.*/PollInterval = 1/" life.conf
    life_step 0 "renewed: "
    expect_equal "the hooks" "enrolled $first
renewed $second
renewed $(openssl x509 -in life.crt -noout -serial)" "$(cat hooks)"
    expect_equal "the key" "$(openssl req -in "$requests/$1.csr" -noout -pubkey)" \
        "$(openssl x509 -in life.crt -noout -pubkey)"
    expect_equal "the files of keys" "$before" \
        "$(sha256sum *.pem* 2>/dev/null || true)"
    expect_equal "the files" "life.conf life.crt life.crt.lock life.crt.old " \
        "$(ls life* | tr '\n' ' ')"
    expect_equal "messages" "20 19 20 17 20 17 20 " \
        "$(messages messageType | tr '\n' ' ')"
}

# With a key that cannot decrypt: the reply is encrypted with the
# challengePassword.
enrols_by_password() {
    start_token_ca
    token_enroll ec -d
    token_enrolled ec
    expect_equal "challengePassword" "$challenge" "$(messages challengePassword)"
}

# Records the command line while the CA delays its answer.
command_line_is_clean() {
    start_token_ca --delay 1
    token_enroll dev
    token_enrolled dev
    grep -qF -e "$sscep enroll" "$command_lines" ||
        problem "the command line was not seen" "$(cat "$command_lines")"
}

renews() {
    local sign_pass
    mapfile -t sign_pass < <(pass_as --sign-passin)
    start_token_ca
    token_enroll dev
    token_enrolled dev
    renew dev new -K "$(uri dev)" -k "$(uri new)" \
        "${sign_pass[@]}" "${pass[@]}" -d
}

# Renewal from a key on the token to one in a file.
renews_to_file() {
    local sign_pass
    mapfile -t sign_pass < <(pass_as --sign-passin)
    start_token_ca
    token_enroll dev
    token_enrolled dev
    PHRASE=$phrase renew dev file -K "$(uri dev)" -k file.key \
        "${sign_pass[@]}" --passin env:PHRASE -d
}

# Renewal from a key in a file to one on the token.
renews_from_file() {
    start_token_ca
    PHRASE=$phrase run_token enroll -u "$URL" -c ca.crt -k file.key -r file.csr \
        -l file.crt --passin env:PHRASE "${options[@]}"
    token_enrolled file
    printf '[sscep_enroll]\nSignKeyPassword = env:PHRASE\n' >sign.conf
    PHRASE=$phrase renew file new -K file.key -k "$(uri new)" -f sign.conf \
        "${pass[@]}" -d
}

# The key signs each poll, and opens each reply.
polls() {
    start_token_ca --pending 2
    token_enroll dev -t 1 -L self.crt -d
    token_enrolled dev
    stdout_line "$sscep: requesting certificate (#2)"
    expect_equal "the key of self.crt" \
        "$(openssl req -in dev.csr -noout -pubkey)" \
        "$(openssl x509 -in self.crt -noout -pubkey)"
}

queries() {
    start_token_ca
    token_enroll dev
    token_enrolled dev
    run_token getcert -u "$URL" -c ca.crt -k "$(uri dev)" -l dev.crt \
        -s "$(serial_of dev.crt)" -w again.crt "${options[@]}" "${pass[@]}" -d
    expect_status 0
    same_certificate again.crt dev.crt
    run_token getcrl -u "$URL" -c ca.crt -k "$(uri dev)" -l dev.crt -w found.crl \
        "${options[@]}" "${pass[@]}" -d
    expect_status 0
    expect_equal "openssl's opinion of the CRL" "verify OK" \
        "$(openssl crl -in found.crl -CAfile ca.crt -noout -verify 2>&1)"
}

# reads_no_key DEV-FILE NEW-FILE: enrolment, renewals and a query under strace.
# The files are those that the token itself needs for the keys dev and new.
reads_no_key() {
    local dev_file=$1 new_file=$2 sign_pass
    mapfile -t sign_pass < <(pass_as --sign-passin)
    start_token_ca
    tracing=yes
    token_enroll dev
    token_enrolled dev
    expect_keys_read $dev_file
    token_read
    renew dev new -K "$(uri dev)" -k "$(uri new)" "${sign_pass[@]}" "${pass[@]}"
    expect_keys_read $dev_file $new_file
    token_read
    run_token getcrl -u "$URL" -c ca.crt -k "$(uri dev)" -l dev.crt -w found.crl \
        "${options[@]}" "${pass[@]}"
    expect_status 0
    expect_keys_read $dev_file
    # The same trace does show a key that is read from a file.
    PHRASE=$phrase renew dev file -K "$(uri dev)" -k file.key \
        "${sign_pass[@]}" --passin env:PHRASE
    expect_keys_read $dev_file file.key
}

# The key is that of --tls-key, for a server that requires a client certificate.
logs_in() {
    local tls_pass
    mapfile -t tls_pass < <(pass_as --tls-passin)
    make_tls
    start_token_ca
    token_enroll dev
    token_enrolled dev
    start_nginx good "ssl_verify_client on; ssl_client_certificate $ca/ca.crt;"
    run_token getca -u "$URL" -c again.crt --tls-ca-file "$tls/tls-ca.pem" \
        --tls-cert dev.crt --tls-key "$(uri dev)" "${options[@]}" \
        "${tls_pass[@]}" -d
    expect_status 0
    same_certificate again.crt ca.crt
    cat >tls.conf <<END
[sscep]
TLSCAFile = $tls/tls-ca.pem
TLSCertFile = dev.crt
TLSKeyFile = "$(uri dev)"
${tls_pass[1]:+TLSKeyPassword = "${tls_pass[1]}"}
END
    run_token enroll -u "$URL" -c ca.crt -k "$(uri new)" -r new.csr -l new.crt \
        -f tls.conf "${options[@]}" "${pass[@]}" -d
    token_enrolled new
}

# A key that can sign but not decrypt is refused before anything is sent.
refuses_sign_only() {
    start_token_ca
    : >"$ca/log"
    refuses 93 "$@" -- enroll -u "$URL" -c ca.crt -k "$(uri sign)" -r sign.csr \
        -l sign.crt "${options[@]}" "${pass[@]}"
    no_file sign.crt
    no_message_sent
}

# The reply is encrypted for the key of -K, so that of -k need not decrypt.
renews_for_sign_only() {
    local sign_pass
    mapfile -t sign_pass < <(pass_as --sign-passin)
    start_token_ca
    token_enroll dev
    token_enrolled dev
    renew dev sign -K "$(uri dev)" -k "$(uri sign)" \
        "${sign_pass[@]}" "${pass[@]}" -d
    : >"$ca/log"
    refuses 93 "$(uri sign)" "decrypt" -- enroll -u "$URL" -c ca.crt \
        -K "$(uri sign)" -O sign.crt -k "$(uri new)" -r new.csr -l new.crt \
        "${options[@]}" "${sign_pass[@]}" "${pass[@]}"
    no_file new.crt
    no_message_sent
}

no_message_sent() {
    expect_equal "messages sent" "" "$(messages method)"
}

# cannot_enroll TEXT ... -- OPTION ...: exit status 93, before anything is sent,
# because the key of -k cannot be loaded. dev.csr is the request.
cannot_enroll() {
    local texts=()
    while [ "$1" != -- ]; do
        texts+=("$1")
        shift
    done
    shift
    : >"$ca/log"
    rm -f dev.crt
    refuses "${expected_status:-93}" "${texts[@]}" -- enroll -u "$URL" \
        -c ca.crt -r dev.csr -l dev.crt "$@"
    no_file dev.crt
    no_message_sent
}

# enrols_with OPTION ...: enrols the key dev with exactly these options.
enrols_with() {
    rm -f dev.crt
    run_token enroll -u "$URL" -c ca.crt -r dev.csr -l dev.crt -d "$@"
    token_enrolled dev
}

# enrols_with_each_source SECRET OPTION...: with each source of the PIN SECRET.
enrols_with_each_source() {
    local secret=$1
    shift
    printf '%s\n' "$secret" >secret-file
    enrols_with "$@" --passin "pass:$secret"
    SECRET=$secret enrols_with "$@" --passin env:SECRET
    enrols_with "$@" --passin file:secret-file
    stdin=secret-file enrols_with "$@" --passin stdin
    enrols_with "$@" --passin fd:7 7<secret-file
    printf '[sscep_enroll]\nKeyPassword = file:secret-file\n' >secret.conf
    enrols_with "$@" -f secret.conf
    printf '[sscep_enroll]\nKeyPassword = "pass:%s"\n' "$secret" >secret.conf
    enrols_with "$@" -f secret.conf
}
