#!/usr/bin/env bats
#
# Keys that cannot leave a PKCS#11 token, with the engine pkcs11 and with the
# provider pkcs11; SoftHSM is the token. Then the commands that engines get,
# which the engine of engine.c records.
#
# UNPACKED is a directory that the script unpack has filled or will fill.

load helper

export UNPACKED=${UNPACKED:-$tree/build-test/trixie}
module=/usr/lib/softhsm/libsofthsm2.so

setup() {
    token_setup
    once software make_software
    once softhsm make_tokens
    cp -a "$BATS_RUN_TMPDIR/softhsm/tokens" "$BATS_TEST_TMPDIR/tokens"
    export SOFTHSM2_CONF=$BATS_TEST_TMPDIR/softhsm2.conf
    softhsm_config "$BATS_TEST_TMPDIR"
    requests=$BATS_RUN_TMPDIR/softhsm
    export PIN=$pin OTHER_PIN=$other_pin
    pass=(--passin env:PIN)
}

softhsm_config() {
    cat >"$SOFTHSM2_CONF" <<END
directories.tokendir = $1/tokens
objectstore.backend = file
log.level = ERROR
END
}

# Makes two tokens, scep with the keys dev, new, sign and ec, and old with dev;
# each has its own PIN.
make_tokens() {
    export SOFTHSM2_CONF=$PWD/softhsm2.conf PKCS11_MODULE_PATH=$module
    local name
    softhsm_config "$PWD"
    mkdir -m 700 tokens
    make_token scep "$pin" dev new sign
    make_token old "$other_pin" dev
    "$here/forbid-decryption" "$module" scep "$pin" sign
    pkcs11-tool --module "$module" --token-label scep --login --pin "$pin" \
        --keypairgen --key-type EC:prime256v1 --id 04 --label ec
    request_config request.cnf "$challenge"
    for name in dev new sign ec; do
        engine_request scep "$pin" "$name" "$name.csr"
    done
    mkdir old
    engine_request old "$other_pin" dev old/dev.csr
}

# make_token TOKEN PIN KEY ...
make_token() {
    local name id=0
    softhsm2-util --init-token --free --label "$1" --so-pin 123456 --pin "$2"
    for name in "${@:3}"; do
        id=$((id + 1))
        pkcs11-tool --module "$module" --token-label "$1" --login --pin "$2" \
            --keypairgen --key-type rsa:2048 --id "0$id" --label "$name"
    done
}

# engine_request TOKEN PIN KEY FILE
engine_request() {
    openssl req -new -engine pkcs11 -keyform engine -config request.cnf \
        -key "pkcs11:token=$1;object=$3;type=private;pin-value=$2" -out "$4"
}

uri() {
    printf 'pkcs11:token=%s;object=%s;type=private' "${token:-scep}" "$1"
}

use_engine() {
    export PKCS11_MODULE_PATH=$module
    options=(-g pkcs11)
}

use_provider() {
    if ! "$here/unpack" "$UNPACKED" pkcs11-provider 2>unpack.err; then
        skip "$(cat unpack.err)"
    fi
    modules=$UNPACKED/modules
    if sanitized; then
        once modules make_modules "$modules/pkcs11.so"
        modules=$BATS_RUN_TMPDIR/modules
    fi
    export PKCS11_PROVIDER_MODULE=$module
    options=(--provider pkcs11 --provider-path "$modules")
}

# provider_cnf SETTING: makes openssl.cnf, which activates the provider with
# SETTING.
provider_cnf() {
    cat >openssl.cnf <<END
openssl_conf = all
[all]
providers = providers
[providers]
default = default_sect
pkcs11 = pkcs11_sect
[default_sect]
activate = 1
[pkcs11_sect]
module = $modules/pkcs11.so
$1
activate = 1
END
}

# Makes a copy of the provider that calls dlkeep() of keep.c instead of
# dlopen().
make_modules() {
    sed 's/\x00dlopen\x00/\x00dlkeep\x00/' "$1" >pkcs11.so
    ! cmp "$1" pkcs11.so
}

# The trace shows that the files of the token have been read.
token_read() {
    opened | grep -q "^$BATS_TEST_TMPDIR/tokens/" ||
        problem "the trace lacks the token" "$(cat "$trace")"
}

# engine_config FILE: makes a configuration file with the engine, without a PIN.
engine_config() {
    cat >"$1" <<END
[sscep]
engine = sscep_engine

[sscep_engine]
engine_id = pkcs11
MODULE_PATH = $module
END
}

# Makes a key "each" on the token, which needs the PIN at each use.
make_asking_key() {
    openssl genrsa -out each.pem 2048
    openssl rsa -in each.pem -outform DER -out each.der
    openssl rsa -in each.pem -pubout -outform DER -out each.pub
    pkcs11-tool --module "$module" --token-label scep --login --pin "$pin" \
        --write-object each.der --type privkey --id 09 --label each \
        --always-auth --usage-sign --usage-decrypt
    pkcs11-tool --module "$module" --token-label scep --login --pin "$pin" \
        --write-object each.pub --type pubkey --id 09 --label each
    openssl req -new -key each.pem -subj /CN=each -out each.csr
    rm each.pem each.der each.pub
} >/dev/null 2>&1

# each_enrolled OPTION ...
each_enrolled() {
    rm -f each.crt
    run_token enroll -u "$URL" -c ca.crt -k "$(uri each)" -r each.csr \
        -l each.crt "${options[@]}" "$@"
    expect_status 0
    certified each
}

# --- the token itself ---------------------------------------------------------

@test "the keys of these tests cannot be read from the token" {
    local all
    all=$(pkcs11-tool --module "$module" --token-label scep --login \
        --pin "$pin" --list-objects --type privkey)
    expect_equal "keys" 4 "$(grep -c '^Private Key Object' <<<"$all")"
    expect_equal "keys that never were outside" 4 \
        "$(grep -c 'sensitive, always sensitive, never extractable' <<<"$all")"
    # Of an EC key it means nothing.
    expect_equal "keys that decrypt" 3 "$(grep -c 'Usage:.*decrypt' <<<"$all")"
}

# --- engine -------------------------------------------------------------------

@test "engine: getca and enroll" {
    use_engine
    enrols
}

@test "engine: the request is made for a key of the token" {
    use_engine
    makes_request dev
}

@test "engine: renew keeps a key of the token" {
    use_engine
    renew_keeps dev
}

@test "engine: a life with renew, from the first certificate on" {
    use_engine
    lives dev
}

@test "engine: the request is made for an EC key of the token" {
    use_engine
    makes_request ec
}

@test "engine: nothing is on the command line but what was typed" {
    use_engine
    command_line_is_clean
}

@test "engine: getca and enroll with an EC key" {
    use_engine
    enrols_by_password
}

@test "engine: the PIN of the configuration, after the PIN of another token" {
    use_engine
    start_token_ca
    cp "$requests/old/dev.csr" old.csr
    engine_config both.conf
    printf '[sscep_engine_pkcs11]\nPIN = %s\n' "$pin" >>both.conf
    options=(-f both.conf)
    enrols_with -k "$(uri dev)" "${options[@]}"
    renew dev old -K "$(uri dev)" -k "$(token=old uri dev)" \
        --passin env:OTHER_PIN
}

@test "engine: the PIN of one token is not tried on another" {
    use_engine
    start_token_ca
    token=old
    cp "$requests/old/dev.csr" .
    enrols_with -k "$(uri dev)" --passin env:OTHER_PIN "${options[@]}"
    : >"$ca/log"
    refuses 93 "signature key $(uri dev)" "the engine asks for a PIN" \
        --sign-passin -- enroll -u "$URL" -c ca.crt -O dev.crt \
        -K "$(uri dev)" -k "$(token=scep uri new)" -r new.csr -l new.crt \
        --passin env:PIN "${options[@]}"
    no_message_sent
}

@test "engine: one PIN is enough for two keys of a token" {
    use_engine
    start_token_ca
    enrols_with -k "$(uri dev)" "${pass[@]}" "${options[@]}"
    renew dev new -K "$(uri dev)" -k "$(uri new)" "${pass[@]}"
}

@test "engine: a key that needs the PIN at each use" {
    use_engine
    start_ca
    cp "$ca/ca.crt" .
    make_asking_key
    each_enrolled --passin env:PIN
    engine_config each.conf
    printf '[sscep_engine_pkcs11]\nPIN = %s\n' "$pin" >>each.conf
    options=(-f each.conf)
    each_enrolled
}

@test "engine: a key that needs the PIN at each use is used after a login each time" {
    local uses
    use_engine
    use_spy
    stop_ca
    start_ca
    cp "$ca/ca.crt" .
    make_asking_key
    : >"$PKCS11SPY_OUTPUT"
    each_enrolled --passin env:PIN
    uses=$(grep -cE ': C_(Sign|Decrypt)Init$' "$PKCS11SPY_OUTPUT")
    [ "$uses" -ge 2 ] || problem "it has not signed and decrypted"
    expect_equal "logins for one use" "$uses" \
        "$(grep -c CKU_CONTEXT_SPECIFIC "$PKCS11SPY_OUTPUT")"
    logins_are $((uses + 1))
}

@test "engine: a key that needs the PIN at each use, beside one of another token" {
    use_engine
    start_ca
    cp "$ca/ca.crt" .
    make_asking_key
    cp "$requests/old/dev.csr" old.csr
    each_enrolled --passin env:PIN
    renew each old -K "$(uri each)" --sign-passin env:PIN \
        -k "$(token=old uri dev)" --passin env:OTHER_PIN
    renew old each -K "$(token=old uri dev)" --sign-passin env:OTHER_PIN \
        -k "$(uri each)" --passin env:PIN
}

@test "provider: a key that needs the PIN at each use" {
    use_provider
    start_ca
    cp "$ca/ca.crt" .
    make_asking_key
    refuses 93 "required for each use" -- enroll -u "$URL" -c ca.crt \
        -k "$(uri each)" -r each.csr -l each.crt "${options[@]}" \
        --passin env:PIN
    provider_cnf "pkcs11-module-cache-pins = cache"
    options=()
    OPENSSL_CONF=$PWD/openssl.cnf each_enrolled --passin env:PIN
}

@test "engine: renewal on the token" {
    use_engine
    renews
}

@test "engine: renewal from the token to a file" {
    use_engine
    renews_to_file
}

@test "engine: renewal from a file to the token" {
    use_engine
    renews_from_file
}

@test "engine: renewal from one token to another, each with its PIN" {
    use_engine
    renews_between_tokens
}

@test "engine: enrolment that is pending" {
    use_engine
    polls
}

@test "engine: getcert and getcrl" {
    use_engine
    queries
}

@test "engine: the key of --tls-key" {
    use_engine
    logs_in
}

@test "engine: no private key file is read" {
    use_engine
    reads_no_key "" ""
}

@test "engine: renewal to and from a key that cannot decrypt" {
    use_engine
    renews_for_sign_only
}

@test "engine: a key that cannot decrypt" {
    use_engine
    refuses_sign_only "it signs, but does not decrypt"
}

@test "engine: objects by other names" {
    use_engine
    objects_by_name
}

@test "engine: a wrong PIN" {
    use_engine
    wrong_pin
}

@test "engine: a wrong PIN is tried once, as tokens count" {
    use_engine
    wrong_pin_once dev
}

@test "engine: a wrong PIN is tried once for a key that needs it at each use" {
    use_engine
    make_asking_key
    wrong_pin_once each
}

@test "engine: an object that does not exist" {
    use_engine
    unknown_object
}

@test "engine: no PIN, and no terminal to prompt on" {
    use_engine
    no_pin
}

@test "engine: the PIN by each source" {
    use_engine
    start_token_ca
    enrols_with_each_source "$pin" -k "$(uri dev)" "${options[@]}"
}

@test "engine: the PIN in the URI" {
    use_engine
    pin_in_uri
}

@test "engine: the PIN typed at a terminal" {
    use_engine
    pin_at_terminal
}

@test "engine: described by the configuration file, with the PIN" {
    start_token_ca
    engine_config engine.conf
    cat >>engine.conf <<END

[sscep_engine_pkcs11]
PIN = $pin
END
    enrols_with -f engine.conf -k "$(uri dev)"
    cat >>engine.conf <<END

[sscep_enroll]
PrivateKeyFile = $(uri dev)
END
    enrols_with -f engine.conf
    sed -i "s/^PIN = .*/PIN = $wrong_pin/" engine.conf
    cannot_enroll "pkcs11:" -- -f engine.conf
}

@test "engine: described by the configuration file, in the old form" {
    start_token_ca
    cat >engine.conf <<END
engine sscep_engine
[sscep_engine]
"engine_id" "pkcs11"
MODULE_PATH	$module
[sscep_engine_pkcs11]
PIN $pin
END
    enrols_with -f engine.conf -k "$(uri dev)"
}

# The sections that CertNanny writes for an engine, every key each time.
@test "engine: described by the configuration file, as CertNanny writes it" {
    start_token_ca
    cat >certnanny.conf <<END
[sscep]
engine = sscep_engine
URL = $URL
CACertFile = ca.crt

[sscep_engine]
engine_id = pkcs11
dynamic_path =
MODULE_PATH = $module
engine_usage = default
init = 0

[sscep_engine_pkcs11]
PIN = $pin

[sscep_getca]
FingerPrint =

[sscep_enroll]
PrivateKeyFile = "$(uri dev)"
CertReqFile = dev.csr
LocalCertFile = dev.crt
Resume =
END
    rm -f ca.crt
    run_token getca -f certnanny.conf
    expect_status 0
    stderr_lacks warning
    [ -s ca.crt ]
    run_token enroll -f certnanny.conf
    token_enrolled dev
    stderr_lacks "unknown"
}

@test "engine: loaded from the file that dynamic_path names" {
    start_token_ca
    engine_config engine.conf
    cat >>engine.conf <<END
dynamic_path = $(engine_file pkcs11)
END
    export OPENSSL_ENGINES=$PWD
    enrols_with -f engine.conf -k "$(uri dev)" "${pass[@]}"
}

@test "engine: keys by the id that the engine knows them by" {
    use_engine
    start_token_ca
    enrols_with -k "slot_$(slot)-label_dev" "${options[@]}" "${pass[@]}"
    enrols_with -k "slot_$(slot)-id_01" "${options[@]}" "${pass[@]}"
}

# The number of the slot of the token scep.
slot() {
    softhsm2-util --show-slots | awk '
        /^Slot / { slot = $2 }
        / Label: +scep *$/ { print slot; exit }'
}

@test "engine: a key in a file is read from the file" {
    use_engine
    start_token_ca
    PHRASE=$phrase run_token enroll -u "$URL" -c ca.crt -k file.key \
        -r file.csr -l file.crt --passin env:PHRASE "${options[@]}" -d
    token_enrolled file
}

@test "engine: a module that does not exist" {
    start_token_ca
    engine_config engine.conf
    sed -i 's,^MODULE_PATH.*,MODULE_PATH = /nonexistent/module.so,' engine.conf
    expected_status=93
    cannot_enroll "engine.conf:$(sed -n '/^MODULE_PATH/=' engine.conf): MODULE_PATH" \
        -- -f engine.conf -k "$(uri dev)" "${pass[@]}"
}

# --- provider -----------------------------------------------------------------

@test "provider: getca and enroll" {
    use_provider
    enrols
}

@test "provider: the request is made for a key of the token" {
    use_provider
    makes_request dev
}

@test "provider: renew keeps a key of the token" {
    use_provider
    renew_keeps dev
}

@test "provider: a life with renew, from the first certificate on" {
    use_provider
    lives dev
}

@test "provider: the request is made for an EC key of the token" {
    use_provider
    makes_request ec
}

@test "provider: nothing is on the command line but what was typed" {
    use_provider
    command_line_is_clean
}

@test "provider: getca and enroll with an EC key" {
    use_provider
    enrols_by_password
}

@test "provider: renewal on the token" {
    use_provider
    renews
}

@test "provider: renewal from the token to a file" {
    use_provider
    renews_to_file
}

@test "provider: renewal from a file to the token" {
    use_provider
    renews_from_file
}

@test "provider: renewal from one token to another, each with its PIN" {
    use_provider
    renews_between_tokens
}

@test "provider: enrolment that is pending" {
    use_provider
    polls
}

@test "provider: getcert and getcrl" {
    use_provider
    queries
}

@test "provider: the key of --tls-key" {
    use_provider
    logs_in
}

@test "provider: no private key file is read" {
    use_provider
    reads_no_key "" ""
}

@test "provider: renewal to and from a key that cannot decrypt" {
    use_provider
    renews_for_sign_only
}

@test "provider: a key that cannot decrypt" {
    use_provider
    refuses_sign_only "it signs, but does not decrypt"
}

@test "provider: objects by other names" {
    use_provider
    objects_by_name
}

@test "provider: a wrong PIN" {
    use_provider
    wrong_pin
}

@test "provider: a wrong PIN is tried once, as tokens count" {
    use_provider
    wrong_pin_once dev
}

@test "provider: a wrong PIN is tried once for a key that needs it at each use" {
    use_provider
    make_asking_key
    wrong_pin_once each
}

@test "provider: check logs in with a PIN only, and once" {
    use_provider
    check_logs_in_once
}

@test "provider: an object that does not exist" {
    use_provider
    unknown_object
}

@test "provider: no PIN, and no terminal to prompt on" {
    use_provider
    no_pin
}

@test "provider: the PIN by each source" {
    use_provider
    start_token_ca
    enrols_with_each_source "$pin" -k "$(uri dev)" "${options[@]}"
}

@test "provider: the PIN in the URI" {
    use_provider
    pin_in_uri
}

@test "provider: the PIN typed at a terminal" {
    use_provider
    pin_at_terminal
}

@test "provider: described by the configuration file" {
    use_provider
    start_token_ca
    cat >provider.conf <<END
[sscep]
Provider = pkcs11
ProviderPath = $modules

[sscep_enroll]
PrivateKeyFile = "$(uri dev)"
KeyPassword = env:PIN
END
    enrols_with -f provider.conf
}

@test "provider: activated by the configuration of libcrypto" {
    use_provider
    start_token_ca
    provider_cnf "pkcs11-module-path = $module"
    unset PKCS11_PROVIDER_MODULE
    options=()
    OPENSSL_CONF=$PWD/openssl.cnf enrols_with -k "$(uri dev)" "${pass[@]}"
    OPENSSL_CONF=$PWD/openssl.cnf cannot_enroll "$(uri nobody)" -- \
        -k "$(uri nobody)" "${pass[@]}"
}

@test "engine: activated by the configuration of libcrypto" {
    start_token_ca
    cat >openssl.cnf <<END
openssl_conf = all
[all]
engines = engines
[engines]
pkcs11 = pkcs11_sect
[pkcs11_sect]
engine_id = pkcs11
MODULE_PATH = $module
PIN = $pin
init = 0
END
    OPENSSL_CONF=$PWD/openssl.cnf enrols_with -k "$(uri dev)" -g pkcs11
    OPENSSL_CONF=$PWD/openssl.cnf cannot_enroll "$(uri nobody)" -- \
        -k "$(uri nobody)" -g pkcs11
}

@test "provider: named twice, and beside another" {
    use_provider
    start_token_ca
    enrols_with -k "$(uri dev)" "${pass[@]}" "${options[@]}" --provider pkcs11
    enrols_with -k "$(uri dev)" "${pass[@]}" "${options[@]}" \
        --provider default --provider base
}

@test "provider: one that does not exist" {
    start_token_ca
    expected_status=1
    cannot_enroll "nonexistent" "name its directory with --provider-path" -- \
        --provider nonexistent -k "$(uri dev)" "${pass[@]}"
}

@test "provider: none for URIs of this kind" {
    start_token_ca
    cannot_enroll "pkcs11:" -- -k "$(uri dev)" "${pass[@]}"
    cannot_enroll "pkcs11:" -- --provider legacy -k "$(uri dev)" "${pass[@]}"
    cannot_enroll "pkcs11:" -- -k "$(uri dev);pin-value=$pin"
}

# --- tests for engine and provider --------------------------------------------

# The token has a public key of the same name as well.
objects_by_name() {
    start_token_ca
    enrols_with -k "pkcs11:token=scep;object=dev" "${pass[@]}" "${options[@]}"
    enrols_with -k "pkcs11:token=scep;id=%01" "${pass[@]}" "${options[@]}"
    enrols_with -k "pkcs11:object=%64ev;token=scep;type=private" "${pass[@]}" \
        "${options[@]}"
}

wrong_pin() {
    start_token_ca
    export WRONG=$wrong_pin
    cannot_enroll "pkcs11:" "PIN" -- -k "$(uri dev)" --passin env:WRONG \
        "${options[@]}"
    cannot_enroll "pkcs11:" "PIN" -- -k "$(uri dev);pin-value=$wrong_pin" \
        "${options[@]}"
    # The wrong PIN is that of the key that signs, which is on another token.
    cp "$requests/old/dev.csr" .
    token=old
    enrols_with -k "$(uri dev)" --passin env:OTHER_PIN "${options[@]}"
    : >"$ca/log"
    refuses 93 "$(uri dev)" "PIN" -- enroll -u "$URL" -c ca.crt \
        -K "$(uri dev)" -O dev.crt -k "$(token=scep uri new)" -r new.csr \
        -l new.crt "${pass[@]}" --sign-passin env:WRONG "${options[@]}"
    no_message_sent
}

# pkcs11-spy, which records all calls, is loaded before the token; it leaks
# memory.
# The module is watched: $PKCS11SPY_OUTPUT has its calls.
use_spy() {
    local spy
    spy=$(find /usr/lib /usr/lib64 -name pkcs11-spy.so 2>/dev/null |
        head -n 1)
    export PKCS11SPY=$module PKCS11SPY_OUTPUT=$BATS_TEST_TMPDIR/spy
    export PKCS11_MODULE_PATH=$spy PKCS11_PROVIDER_MODULE=$spy
    start_token_ca
    ASAN_OPTIONS+=:detect_leaks=0
}

logins_are() {
    expect_equal "logins" "$1" "$(grep -sc ': C_Login$' "$PKCS11SPY_OUTPUT")"
}

# wrong_pin_once NAME: the token counts one wrong PIN for its key NAME.
wrong_pin_once() {
    use_spy
    WRONG=$wrong_pin run_token enroll -u "$URL" -c ca.crt -k "$(uri "$1")" \
        -r "$1.csr" -l "$1.crt" --passin env:WRONG "${options[@]}"
    expect_status 93
    expect_equal "wrong PINs" 1 "$(grep -c CKR_PIN_INCORRECT "$PKCS11SPY_OUTPUT")"
    logins_are 1
}

check_logs_in_once() {
    local usual=(-c ca.crt -k "$(uri dev)" -r dev.csr -l dev.crt)
    use_spy
    : >"$PKCS11SPY_OUTPUT"
    run_token check --local "${usual[@]}" "${options[@]}"
    expect_status 0
    stdout_has "in a token; not opened without its PIN, and no PIN is tried"
    logins_are 0
    RIGHT=$pin run_token check --local "${usual[@]}" --passin env:RIGHT \
        "${options[@]}"
    expect_status 0
    stdout_has "ok       private key $(uri dev): rsa:2048"
    logins_are 1
}

unknown_object() {
    start_token_ca
    cannot_enroll "$(uri nobody)" "no such key, or its PIN was refused" -- -k "$(uri nobody)" "${pass[@]}" \
        "${options[@]}"
    cannot_enroll "object=nobody" -- -k "$(uri nobody);pin-value=$pin" \
        "${options[@]}"
    token=nowhere
    cannot_enroll "$(uri dev)" -- -k "$(uri dev)" "${pass[@]}" "${options[@]}"
}

no_pin() {
    start_token_ca
    cannot_enroll "pkcs11:" "asks for a PIN" -- -k "$(uri dev)" "${options[@]}"
    cannot_enroll "no-such-file" -- -k "$(uri dev)" \
        --passin file:no-such-file "${options[@]}"
    cannot_enroll "NOT_SET" -- -k "$(uri dev)" --passin env:NOT_SET \
        "${options[@]}"
}

pin_in_uri() {
    start_token_ca
    printf %s "$pin" >pin-file
    enrols_with -k "$(uri dev);pin-value=$pin" "${options[@]}"
    enrols_with -k "$(uri dev)?pin-value=$pin" "${options[@]}"
    enrols_with -k "$(uri dev);pin-source=file:$PWD/pin-file" "${options[@]}"
    cat >uri.conf <<END
[sscep_enroll]
PrivateKeyFile = "$(uri dev);pin-value=$pin"
END
    enrols_with -f uri.conf "${options[@]}"
}

pin_at_terminal() {
    start_token_ca
    at_terminal "$pin" enroll -u "$URL" -c ca.crt -k "$(uri dev)" -r dev.csr \
        -l dev.crt "${options[@]}" -d
    token_enrolled dev
    grep -q PIN "$terminal" || problem "the terminal shows no question" \
        "$(cat "$terminal")"
    rm dev.crt
    : >"$ca/log"
    at_terminal "$wrong_pin" enroll -u "$URL" -c ca.crt -k "$(uri dev)" \
        -r dev.csr -l dev.crt "${options[@]}" -d
    expect_status 93
    no_file dev.crt
    no_message_sent
}

renews_between_tokens() {
    cp "$requests/old/dev.csr" .
    token=old
    start_token_ca
    cp "$requests/old/dev.csr" .
    enrols_with -k "$(uri dev)" --passin env:OTHER_PIN "${options[@]}"
    renew dev new -K "$(uri dev)" --sign-passin env:OTHER_PIN \
        -k "$(token=scep uri new)" --passin env:PIN -d
}

# --- commands that engines get ------------------------------------------------

# engine_file NAME: the shared object of an engine that comes with libcrypto.
engine_file() {
    printf '%s/%s.so' "$(openssl version -e | sed 's/.*"\(.*\)"/\1/')" "$1"
}

make_recorder() {
    gcc -Wall -Wextra -Werror -shared -fPIC -o engine.so "$here/engine.c" \
        -lcrypto
}

# record ID: makes engine.conf, which loads the engine of engine.c with this id.
record() {
    once recorder make_recorder
    export ENGINE_LOG=$BATS_TEST_TMPDIR/engine.log
    cat >engine.conf <<END
[sscep]
engine = sscep_engine

[sscep_engine]
engine_id = $1
dynamic_path = $BATS_RUN_TMPDIR/recorder/engine.so
END
}

# told <<END: all commands that the engine got, without the PIN of --passin.
told() {
    expect_equal "what the engine was told" "$(cat)" \
        "$(grep -vxF "PIN $phrase" "$ENGINE_LOG")"
}

# Starts a CA; the engine reads the key from file.key.
start_recorder() {
    start_token_ca
    rm -f "$ENGINE_LOG"
    mkdir keys
    mv file.key keys/slot_1
}

recorded_enroll() {
    : >"$ENGINE_LOG"
    rm -f file.crt
    PHRASE=$phrase run_token enroll -u "$URL" -c ca.crt -r file.csr \
        -l file.crt -f engine.conf -d "$@"
}

@test "engine: commands of its section, then cmds in order, then its own" {
    record recorder
    cat >>engine.conf <<END
MODULE_PATH = $BATS_RUN_TMPDIR/recorder/engine.so
cmds = engine_cmds

[sscep_engine_recorder]
PIN = $pin

[engine_cmds]
storelocation = second first
VERBOSE =
KEYS = keys
NUMBER = 17
storelocation = again
JavaPath = "quoted # text"
END
    start_recorder
    recorded_enroll -k slot_1 --passin env:PHRASE
    token_enrolled file
    told <<END
MODULE_PATH $BATS_RUN_TMPDIR/recorder/engine.so
storelocation second first
VERBOSE
KEYS keys
NUMBER 17
storelocation again
JavaPath quoted # text
PIN $pin
init recorder
key slot_1
finish recorder
END
}

@test "engine: a module without a directory, and other paths, are left to the engine" {
    record recorder
    cat >>engine.conf <<END
MODULE_PATH = module.so

[sscep_engine_recorder]
storelocation = /nonexistent/store
KEYS = keys
END
    start_recorder
    recorded_enroll -k slot_1 --passin env:PHRASE
    token_enrolled file
    told <<END
MODULE_PATH module.so
storelocation /nonexistent/store
KEYS keys
init recorder
key slot_1
finish recorder
END
}

@test "engine: renew keeps a file that the engine alone can read" {
    local i said=(enrolled renewed)
    record recorder
    echo "KEYS = keys" >>engine.conf
    start_recorder
    mv keys/slot_1 keys/wrapped.key
    echo "a key that is wrapped" >wrapped.key
    for i in 0 1; do
        PHRASE=$phrase run_token renew -u "$URL" -c ca.crt -f engine.conf \
            -k wrapped.key --passin env:PHRASE -l file.crt --subject /CN=file \
            --challenge "pass:$challenge" --new-key ec:P-256 --force
        expect_status 0
        stdout_has "${said[i]}: "
        certified file
    done
    expect_equal "the key" "a key that is wrapped" "$(cat wrapped.key*)"
}

@test "engine: the PIN typed at a terminal for an engine that prompts" {
    record recorder
    echo "KEYS = keys" >>engine.conf
    start_recorder
    at_terminal "$phrase" enroll -u "$URL" -c ca.crt -r file.csr -l file.crt \
        -f engine.conf -d -k slot_1
    token_enrolled file
    rm file.crt
    refuses 93 slot_1 -- enroll -u "$URL" -c ca.crt -r file.csr -l file.crt \
        -f engine.conf -k slot_1
}

@test "engine: the configuration for capi" {
    record capi
    cat >>engine.conf <<'END'

[sscep_engine_capi]
new_key_location = REQUEST
storelocation = LOCAL_MACHINE
END
    start_recorder
    recorded_enroll -k no-key
    expect_status 93
    told <<'END'
new_key_location REQUEST
storelocation LOCAL_MACHINE
init capi
key no-key
finish capi
END
}

@test "engine: the configuration for jksengine" {
    record jksengine
    cat >>engine.conf <<END

[sscep_engine_jksengine]
KeyStorePass = $phrase
KeyStoreProvider = SUN
JavaConnectorPath = /opt/java/connector.jar
JavaPath = /usr/bin/java
END
    start_recorder
    recorded_enroll -k no-key
    expect_status 93
    told <<END
KeyStorePass $phrase
KeyStoreProvider SUN
JavaConnectorPath /opt/java/connector.jar
JavaPath /usr/bin/java
init jksengine
key no-key
finish jksengine
END
}

@test "engine: sections of other engines have no effect" {
    record capi
    cat >>engine.conf <<END

[sscep_engine_pkcs11]
PIN = $pin

[sscep_engine_jksengine]
KeyStorePass = $phrase
END
    start_recorder
    recorded_enroll -k no-key
    expect_status 93
    told <<'END'
init capi
key no-key
finish capi
END
}

@test "engine: -g wins over the file, and uses the section of its name" {
    use_engine
    start_token_ca
    cat >engine.conf <<END
[sscep]
engine = sscep_engine

[sscep_engine]
engine_id = nonexistent

[sscep_engine_pkcs11]
PIN = $pin
END
    enrols_with -f engine.conf -g pkcs11 -k "$(uri dev)"
}

@test "engine: one that does not exist" {
    start_token_ca
    expected_status=1
    cannot_enroll "nonexistent" -- -g nonexistent -k "$(uri dev)"
    record recorder
    sed -i 's,^dynamic_path.*,dynamic_path = /nonexistent/engine.so,' \
        engine.conf
    cannot_enroll "/nonexistent/engine.so" -- -f engine.conf -k "$(uri dev)"
    printf '[sscep]\nengine = nowhere\n' >engine.conf
    cannot_enroll "nowhere" -- -f engine.conf -k "$(uri dev)"
    printf '[sscep]\nengine = e\n[e]\nMODULE_PATH = x\n' >engine.conf
    cannot_enroll "has no engine_id" -- -f engine.conf -k "$(uri dev)"
}

@test "engine: commands that fail, and a section that is not there" {
    record recorder
    start_token_ca
    expected_status=1
    echo "NUMBER = many" >>engine.conf
    cannot_enroll "engine.conf:$(grep -c '' engine.conf): command NUMBER" -- -f engine.conf -k "$(uri dev)"
    record recorder
    echo "VERBOSE = argument" >>engine.conf
    cannot_enroll "VERBOSE" -- -f engine.conf -k "$(uri dev)"
    record recorder
    printf 'cmds = nowhere\n' >>engine.conf
    expected_status=93
    cannot_enroll "nowhere" -- -f engine.conf -k "$(uri dev)"
}

@test "engine: keys that are no commands are warned of, others have no effect" {
    record recorder
    cat >>engine.conf <<END
NoSuchCommand = value
keys_of_all = keys
KEYS = \$keys_of_all
engine_usage = default
init = 1
default_algorithms = RSA
storelocation =
cmds = c
[c]
NoSuchEither =
VERBOSE =
Nor$(printf '\033')This = x
END
    start_recorder
    recorded_enroll -k slot_1 --passin env:PHRASE
    token_enrolled file
    told <<END
KEYS keys
VERBOSE
init recorder
key slot_1
finish recorder
END
    expect_equal "warnings" "\
engine.conf:7: unknown key NoSuchCommand, no command of the engine recorder
engine.conf:16: unknown key NoSuchEither, no command of the engine recorder
engine.conf:18: unknown key Nor\\x1bThis, no command of the engine recorder" \
        "$(sed -n 's/^.*: warning: \(.*\) \[unknown-key\]$/\1/p' "$stderr")"
    # With -d the configuration names them, and nothing else does.
    expect_equal "other lines about them" "" \
        "$(grep -v ': configuration: ' "$stderr" |
            grep -e keys_of_all -e engine_usage)"
}
