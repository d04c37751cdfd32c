#!/usr/bin/env bats
#
# Keys of a TPM, with the provider tpm2; swtpm is the TPM. A key is a handle of
# the TPM, or a file that only the TPM can decrypt (TSS2 PRIVATE KEY).

load helper

# tss2 prints to stderr, unless an environment variable forbids it.
libraries_write=yes

setup() {
    token_setup
    once software make_software
    once tpm make_tpm
    requests=$BATS_RUN_TMPDIR/tpm/plain
    cp -a "$BATS_RUN_TMPDIR/tpm/state" "$BATS_TEST_TMPDIR/state"
    start_tpm "$BATS_TEST_TMPDIR/state"
    options=(--provider tpm2)
    pass=()
    export AUTH=$auth WRONG=$wrong_pin
}

# start_tpm DIRECTORY: starts a TPM with its state in DIRECTORY. The control
# port must be the one after the command port, because tss2 expects that.
start_tpm() {
    local tries=0 first
    until [ "$tries" -eq 20 ]; do
        tries=$((tries + 1))
        first=$(free_ports 1)
        swtpm socket --tpm2 --tpmstate "dir=$1" \
            --server "type=tcp,bindaddr=127.0.0.1,port=$first" \
            --ctrl "type=tcp,bindaddr=127.0.0.1,port=$((first + 1))" \
            --flags not-need-init,startup-clear \
            >"$1.log" 2>&1 </dev/null 3>&- 4>&- &
        tpm_pid=$!
        if wait_for 10 ready_or_dead "$first" && ! dead "$tpm_pid"; then
            ca_pids+=("$tpm_pid")
            export TPM2TOOLS_TCTI=swtpm:host=127.0.0.1,port=$first
            export TPM2OPENSSL_TCTI=$TPM2TOOLS_TCTI
            return
        fi
        wait "$tpm_pid" || true
    done
    echo "swtpm does not start" >&2
    cat "$1.log" >&2
    return 1
}

ready_or_dead() {
    dead "$tpm_pid" || listening $(($1 + 1))
}

# Makes the handles 0x81000000 (dev), 0x81000001 (new), 0x81000002 (sign, which
# can only sign), 0x81000003 (auth, with an authorization), 0x81000004 (ec), and
# the files dev.pem and new.pem; those in locked/ have an authorization.
make_tpm() {
    local both='fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|sign'
    mkdir state
    ca_pids=()
    start_tpm "$PWD/state"
    tpm2_dictionarylockout -s -n 1000 -t 10 -l 10
    tpm2_createprimary -Q -C o -G ecc -c primary
    tpm2_flushcontext -t
    make_handle 0x81000000 "$both|decrypt"
    make_handle 0x81000001 "$both|decrypt"
    make_handle 0x81000002 "$both"
    make_handle 0x81000003 "$both|decrypt" -p "$auth"
    make_handle 0x81000004 "$both" -G ecc256
    mkdir plain pem locked
    request_config request.cnf "$challenge"
    request handle:0x81000000 plain/dev
    request handle:0x81000001 plain/new
    request handle:0x81000002 plain/sign
    request 'handle:0x81000003?pass' plain/auth -passin "pass:$auth"
    request handle:0x81000004 plain/ec
    make_file pem/dev
    make_file pem/new
    make_file locked/dev -pkeyopt "user-auth:$auth"
    make_file locked/new -pkeyopt "user-auth:$auth"
    tpm2_shutdown -c
    stop_ca
}

# make_handle HANDLE ATTRIBUTES [OPTION ...]
make_handle() {
    tpm2_create -Q -C primary -G rsa2048 -a "$2" -u public -r private "${@:3}"
    tpm2_flushcontext -t
    tpm2_load -Q -C primary -u public -r private -c loaded
    tpm2_evictcontrol -Q -C o -c loaded "$1"
    tpm2_flushcontext -t
}

# Runs openssl with the TPM.
with_tpm() {
    openssl "$@" -provider default -provider tpm2 \
        -propquery '?provider=tpm2,tpm2.digest!=yes,tpm2.cipher!=yes'
    tpm2_flushcontext -t
}

# URI NAME [OPTION ...]: NAME.csr.
request() {
    with_tpm req -new -config request.cnf -key "$1" -out "$2.csr" "${@:3}"
}

# NAME [OPTION ...]: NAME.pem, and its request.
make_file() {
    with_tpm genpkey -algorithm RSA -pkeyopt bits:2048 -out "$1.pem" "${@:2}"
    request "$1.pem" "$1" -passin "pass:$auth"
}

uri() {
    case $kind in
    handle)
        case $1 in
        dev) echo handle:0x81000000 ;;
        new) echo handle:0x81000001 ;;
        sign) echo handle:0x81000002 ;;
        auth) echo 'handle:0x81000003?pass' ;;
        ec) echo handle:0x81000004 ;;
        none) echo handle:0x81000077 ;;
        esac
        ;;
    *) echo "$1.pem" ;;
    esac
}

use_handles() {
    kind=handle
}

# The keys are files, dev.pem and new.pem.
use_files() {
    kind=pem
    requests=$BATS_RUN_TMPDIR/tpm/pem
    cp "$requests"/*.pem .
}

# The same with an authorization.
use_locked_files() {
    kind=locked
    requests=$BATS_RUN_TMPDIR/tpm/locked
    cp "$requests"/*.pem .
    pass=(--passin env:AUTH)
}

# No opened file shows that the TPM was used.
token_read() {
    :
}

# The TPM has room for three keys, so each test must unload its keys.
teardown() {
    local left
    left=$(tpm2_getcap handles-transient) || left="no answer of the TPM"
    stop_ca
    expect_equal "what is left in the TPM" "" "$left"
}

# --- the TPM itself -----------------------------------------------------------

@test "the key files of these tests are for the TPM only" {
    local name
    for name in pem/dev pem/new locked/dev locked/new; do
        expect_equal "the first line of $name" \
            "-----BEGIN TSS2 PRIVATE KEY-----" \
            "$(head -n 1 "$BATS_RUN_TMPDIR/tpm/$name.pem")"
    done
    expect_equal "handles" 5 "$(tpm2_getcap handles-persistent | wc -l)"
}

# --- handles ------------------------------------------------------------------

@test "handle: getca and enroll" {
    use_handles
    enrols
}

@test "handle: getca and enroll with an EC key" {
    use_handles
    enrols_by_password
}

@test "handle: nothing is on the command line but what was typed" {
    use_handles
    command_line_is_clean
}

@test "handle: renewal in the TPM" {
    use_handles
    renews
}

@test "handle: a life with renew, from the first certificate on" {
    use_handles
    lives dev
}

@test "handle: renewal from the TPM to a file" {
    use_handles
    renews_to_file
}

@test "handle: renewal from a file to the TPM" {
    use_handles
    renews_from_file
}

@test "handle: enrolment that is pending" {
    use_handles
    polls
}

@test "handle: getcert and getcrl" {
    use_handles
    queries
}

@test "handle: the key of --tls-key" {
    use_handles
    logs_in_if_it_can
}

@test "handle: no private key file is read" {
    use_handles
    reads_no_key "" ""
}

@test "handle: renewal to and from a key that cannot decrypt" {
    use_handles
    renews_for_sign_only
}

@test "handle: a key that cannot decrypt" {
    use_handles
    refuses_sign_only "it signs, but does not decrypt"
}

@test "handle: one that does not exist" {
    use_handles
    start_token_ca
    cannot_enroll "$(uri none)" -- -k "$(uri none)" "${options[@]}"
}

@test "handle: an authorization by each source" {
    use_handles
    start_token_ca
    mv auth.csr dev.csr
    enrols_with_each_source "$auth" -k "$(uri auth)" "${options[@]}"
}

@test "handle: a wrong authorization, or none" {
    use_handles
    start_token_ca
    mv auth.csr dev.csr
    cannot_enroll "handle:0x81000003" "PIN" -- -k "$(uri auth)" \
        --passin env:WRONG "${options[@]}"
    cannot_enroll "handle:0x81000003" -- -k "$(uri auth)" "${options[@]}"
}

@test "handle: an authorization typed at a terminal" {
    use_handles
    start_token_ca
    mv auth.csr dev.csr
    typed_at_terminal
}

@test "handle: the provider activated by the configuration of libcrypto" {
    use_handles
    start_token_ca
    cat >openssl.cnf <<'END'
openssl_conf = all
[all]
providers = providers
[providers]
default = default_sect
tpm2 = tpm2_sect
[default_sect]
activate = 1
[tpm2_sect]
activate = 1
END
    OPENSSL_CONF=$PWD/openssl.cnf enrols_with -k "$(uri dev)"
    OPENSSL_CONF=$PWD/openssl.cnf cannot_enroll "$(uri none)" -- \
        -k "$(uri none)"
}

@test "handle: no provider for it" {
    use_handles
    start_token_ca
    cannot_enroll "handle:0x81000000" -- -k "$(uri dev)"
    cannot_enroll "handle:0x81000000" -- -k "$(uri dev)" --provider legacy
}

# --- files --------------------------------------------------------------------

@test "file: getca and enroll" {
    use_files
    enrols
}

@test "file: renewal in the TPM" {
    use_files
    renews
}

@test "file: a life with renew, from the first certificate on" {
    use_files
    lives dev
}

@test "file: renewal from the TPM to a software key" {
    use_files
    renews_to_file
}

@test "file: renewal from a software key to the TPM" {
    use_files
    renews_from_file
}

@test "file: getcert and getcrl" {
    use_files
    queries
}

@test "file: no other private key is read" {
    use_files
    reads_no_key dev.pem new.pem
}

@test "file: no provider for it" {
    use_files
    start_token_ca
    cannot_enroll "dev.pem" "tpm2" -- -k dev.pem
}

@test "file: of another TPM" {
    use_files
    start_token_ca
    mkdir "$BATS_TEST_TMPDIR/other"
    start_tpm "$BATS_TEST_TMPDIR/other"
    cannot_enroll "dev.pem" -- -k dev.pem "${options[@]}"
}

@test "file: described by the configuration file" {
    use_files
    start_token_ca
    cat >tpm.conf <<END
[sscep]
Provider = tpm2

[sscep_enroll]
PrivateKeyFile = dev.pem
END
    enrols_with -f tpm.conf
}

@test "locked file: getca and enroll" {
    use_locked_files
    enrols
}

@test "locked file: nothing is on the command line but what was typed" {
    use_locked_files
    command_line_is_clean
}

@test "locked file: renewal in the TPM" {
    use_locked_files
    renews
}

@test "locked file: a life with renew, from the first certificate on" {
    use_locked_files
    lives dev
}

@test "locked file: renewal from the TPM to a software key" {
    use_locked_files
    renews_to_file
}

@test "locked file: renewal from a software key to the TPM" {
    use_locked_files
    renews_from_file
}

@test "locked file: enrolment that is pending" {
    use_locked_files
    polls
}

@test "locked file: getcert and getcrl" {
    use_locked_files
    queries
}

@test "locked file: the key of --tls-key" {
    use_locked_files
    logs_in_if_it_can
}

@test "locked file: no other private key is read" {
    use_locked_files
    reads_no_key dev.pem new.pem
}

@test "locked file: the authorization by each source" {
    use_locked_files
    start_token_ca
    enrols_with_each_source "$auth" -k dev.pem "${options[@]}"
}

@test "locked file: a wrong authorization, or none" {
    use_locked_files
    start_token_ca
    cannot_enroll "dev.pem" "PIN" -- -k dev.pem --passin env:WRONG \
        "${options[@]}"
    cannot_enroll "dev.pem" -- -k dev.pem "${options[@]}"
    # The wrong authorization is that of the key that signs.
    enrols_with -k dev.pem "${pass[@]}" "${options[@]}"
    : >"$ca/log"
    refuses 93 "dev.pem" -- enroll -u "$URL" -c ca.crt -K dev.pem -O dev.crt \
        -k new.pem -r new.csr -l new.crt "${pass[@]}" \
        --sign-passin env:WRONG "${options[@]}"
    no_message_sent
}

@test "locked file: a wrong authorization is tried once, as the TPM counts" {
    use_locked_files
    start_token_ca
    run_token enroll -u "$URL" -c ca.crt -k dev.pem -r dev.csr -l dev.crt \
        --passin env:WRONG "${options[@]}"
    expect_status 93
    local tries
    tries=$(tpm2_getcap properties-variable |
        sed -n 's/^TPM2_PT_LOCKOUT_COUNTER: //p')
    expect_equal tries 0x1 "$tries"
}

@test "locked file: the authorization typed at a terminal" {
    use_locked_files
    start_token_ca
    typed_at_terminal
}

@test "no TPM answers" {
    use_files
    start_token_ca
    TPM2OPENSSL_TCTI=swtpm:host=127.0.0.1,port=$(free_ports 1)
    expected_status=1
    cannot_enroll "tpm2" -- -k dev.pem "${options[@]}"
}

# libssl fetches the signature algorithm without a property query, so that some
# versions of libcrypto cannot sign with the key of the TPM. The client must
# report that before it sends anything.
logs_in_if_it_can() {
    echo data >data
    if openssl dgst -sha256 -provider default -provider tpm2 \
        -passin "pass:$auth" -sign "$(uri dev)" -out signature data; then
        tpm2_flushcontext -t
        logs_in
        return
    fi
    tpm2_flushcontext -t
    make_tls
    start_token_ca
    token_enroll dev
    start_nginx good "ssl_verify_client on; ssl_client_certificate $ca/ca.crt;"
    : >"$ca/log"
    refuses 93 "TLS key" "does not sign for TLS" -- getca -u "$URL" -c again.crt \
        --tls-ca-file "$tls/tls-ca.pem" --tls-cert dev.crt \
        --tls-key "$(uri dev)" "${options[@]}" "${pass[@]/#--passin/--tls-passin}"
    no_file again.crt
    nothing_sent
}

typed_at_terminal() {
    local key
    key=$(uri dev)
    [ "$kind" != handle ] || key=$(uri auth)
    at_terminal "$auth" enroll -u "$URL" -c ca.crt -k "$key" -r dev.csr \
        -l dev.crt "${options[@]}" -d
    token_enrolled dev
    grep -qE 'phrase|PIN' "$terminal" ||
        problem "the terminal shows no question" "$(cat "$terminal")"
    rm dev.crt
    : >"$ca/log"
    at_terminal "$wrong_pin" enroll -u "$URL" -c ca.crt -k "$key" \
        -r dev.csr -l dev.crt "${options[@]}" -d
    expect_status 93
    no_file dev.crt
    no_message_sent
}
