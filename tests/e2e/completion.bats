#!/usr/bin/env bats
# Completion of command lines: what the scripts offer in bash, zsh and fish.

load helper.bash
load servers.bash

completion=$tree/scripts/completion

setup() {
    common_setup
    mkdir sub
    touch ours.key "our own.key" sub/inner.key
    # What readline splits words at, by default.
    COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
    . "$completion/sscep.bash"
}

teardown() {
    [ -n "${BATS_TEST_COMPLETED:-}" ] || show_case
}

# bash knows compopt only while it completes; its arguments are kept.
compopt() {
    compopts+="$*;"
}

# lines [WORD...]: each on a line, sorted.
lines() {
    [ $# -eq 0 ] || printf '%s\n' "$@" | sort
}

# offers LINE [WORD...]: bash offers exactly these words at the end of LINE.
# It replaces what follows the last blank, = or :.
offers() {
    COMP_LINE=$1
    COMP_POINT=${#1}
    mapfile -t COMP_WORDS < <(grep -o '[=:]\+\|[^ =:]\+' <<<"$1")
    [[ $1 != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    compopts=
    _sscep sscep "${COMP_WORDS[COMP_CWORD]}" ''
    expect_equal "$1" "$(lines "${@:2}")" "$(lines "${COMPREPLY[@]}")"
}

# The operations, as --help lists them.
operations() {
    "$sscep" --help | sed -n '/^Operations:/,/^$/s/^  \([a-z]*\) .*/\1/p'
}

# long_options OPERATION: those that its --help has, and those that it names by
# "All options of OPERATION and OPERATION".
long_options() {
    local others operation
    others=$("$sscep" "$1" --help | sed -n 's/^ *All options of \([a-z]*\) and \([a-z]*\):.*/\1 \2/p')
    for operation in "$1" $others; do
        own_options "$operation"
    done | sort -u
}

own_options() {
    "$sscep" "$1" --help | sed -n -e '/^Usage/,/^More options/s/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p' \
        -e '/^More options/,/^$/p' | grep -o -- '--[a-z][a-z-]*' |
        grep -v -x -e --help-all
    echo --help-all
}

@test "bash completes the name of an operation" {
    mapfile -t all < <(operations)
    [ "${#all[@]}" -gt 6 ]
    offers "sscep " "${all[@]}" help version
    offers "sscep en" enroll
    offers "sscep help " "${all[@]}"
    offers "sscep help getca "
    offers "sscep nothing "
}

@test "bash completes options that need no operation where it is missing" {
    offers "sscep -" -h --help --help-all --version
    offers "sscep --v" --version
    offers "sscep -f x.conf en"
}

@test "bash completes the long options of an operation, and no others" {
    local operation
    for operation in $(operations); do
        mapfile -t own < <(long_options "$operation")
        [ "${#own[@]}" -gt 20 ] || problem "${#own[@]} options only"
        offers "sscep $operation --" "${own[@]}"
    done
    offers "sscep enroll --new" --new-key
    offers "sscep getca --new"
    offers "sscep enroll --json --ca-f" --ca-fingerprint
}

@test "bash completes words, after a blank, = and a letter" {
    offers "sscep getca -F " md5 sha1 sha224 sha256 sha384 sha512
    offers "sscep getca -F sha2" sha224 sha256
    offers "sscep getca -Fsha2" -Fsha224 -Fsha256
    offers "sscep getca -vdF sha2" sha224 sha256
    offers "sscep getca --fingerprint=sha2" sha224 sha256
    offers "sscep enroll --renewal " auto 17 19
    offers "sscep renew --renew-with c" certificate challenge
    offers "sscep getcaps -E aes" aes aes128 aes192 aes256
}

@test "bash completes words that have a colon in them" {
    offers "sscep enroll --new-key e" ec:P-256 ec:P-384 ed25519
    offers "sscep enroll --new-key ec:" P-256 P-384
    offers "sscep enroll --new-key=ec:P-3" P-384
    offers "sscep renew --new-key s" same
    offers "sscep enroll --new-key s"
    offers "sscep enroll --ca-fingerprint sha25" sha256:
    expect_equal "no blank follows" "-o nospace;" "$compopts"
    # It is replaced as a whole where bash does not split words.
    COMP_WORDBREAKS=$' \t\n'
    offers "sscep enroll --new-key ec:P-3" ec:P-384
    offers "sscep enroll --new-key=ec:P-3" --new-key=ec:P-384
}

@test "bash completes each item of a list" {
    offers "sscep renew --tolerate tr" transaction-id
    offers "sscep renew --tolerate nonce,i" nonce,issuer
    offers "sscep renew --tolerate=nonce,i" nonce,issuer
    offers "sscep renew --eku server" serverAuth
    offers "sscep renew --san DNS:a,UR" a,URI:
    offers "sscep renew --capabilities AES,POST" AES,POSTPKIOperation
    offers "sscep getca --no-warn weak-a" weak-algorithm
    offers "sscep getca --no-warn tls-ins"
}

@test "bash completes files and directories" {
    offers "sscep enroll -k o" ours.key "our own.key"
    expect_equal "file names are quoted" "-o filenames;" "$compopts"
    offers "sscep enroll -vkours" -vkours.key
    offers "sscep enroll --key=ours" ours.key
    offers "sscep enroll -k sub/" sub/inner.key
    offers "sscep enroll --tls-ca-dir " sub
    offers "sscep getcrl -f ours" ours.key
    offers "sscep enroll -k pkcs11:o"
}

@test "bash completes sources of secrets, and no secrets" {
    offers "sscep enroll --passin " env: file: fd: stdin
    offers "sscep enroll --passin file:ours" ours.key
    offers "sscep enroll --passin=file:sub/" sub/inner.key
    offers "sscep enroll --tls-passin env:BATS_TEST_TMP" BATS_TEST_TMPDIR
    offers "sscep enroll --passin pass:o"
    offers "sscep enroll --challenge o"
}

@test "bash completes nothing where anything may stand" {
    offers "sscep enroll -u "
    offers "sscep enroll -u o"
    offers "sscep enroll --url=o"
    offers "sscep enroll --subject o"
    offers "sscep renew --hook o"
    offers "sscep enroll --json="
    offers "sscep enroll --unknown=o"
    offers "sscep enroll -- -"
    # The value of -k is -u, and so the last word is none.
    offers "sscep enroll -k -u --new-k" --new-key
}

# typed COMMAND LINE...: types them in a shell on a terminal, and shows the
# arguments that sscep would get.
typed() {
    need script
    printf '%s\n' "${@:2}" exit |
        TERM=dumb PS1='$ ' timeout -k 5 "$run_limit" script -qec "$1" /dev/null |
        tr -d '\r' | grep -o 'got:<.*' || true
}

show='sscep() { printf "got:"; printf "<%s>" "$@"; echo; }'

@test "bash: a command that is typed with tabs" {
    expect_equal "arguments" "got:<enroll><-k><our own.key>
got:<enroll><--passin=file:ours.key><--new-key><ec:P-384>
got:<getca><--ca-fingerprint><sha256:AB>" "$(typed 'bash --norc --noprofile -i' \
        "$show" ". '$completion/sscep.bash'" \
        $'sscep en\t-k our\\ \t' \
        $'sscep enroll --passin=file:ours\t--new-k\tec:P-3\t' \
        $'sscep getca --ca-f\tsha25\tAB')"
}

@test "zsh: a command that is typed with tabs" {
    need zsh
    zsh -n "$completion/_sscep"
    expect_equal "arguments" "got:<enroll><-k><ours.key>
got:<enroll><--passin=file:ours.key><--new-key=ec:P-384>
got:<getca><--ca-fingerprint=sha256:AB>
got:<renew><--tolerate=nonce,issuer><-v>
got:<help><getcaps>
got:<getca><--new>" "$(typed 'zsh -f -i' "$show" \
        "fpath=('$completion' \$fpath); autoload -U compinit; compinit -D" \
        $'sscep en\t-k ours\t' \
        $'sscep enroll --passin=file:ours\t--new-k\tec:P-3\t' \
        $'sscep getca --ca-f\tsha25\tAB' \
        $'sscep renew --tol\tnonce,iss\t -v' \
        $'sscep help getcap\t' \
        $'sscep getca --new\t')"
}

# fish_offers LINE [WORD...]: as offers, but whole words.
fish_offers() {
    expect_equal "$1" "$(lines "${@:2}")" "$(fish --no-config -c \
        "source '$completion/sscep.fish'; complete -C '$1'" |
        cut -f 1 | sort)"
}

@test "fish completes operations, options and values" {
    need fish
    export HOME=$PWD
    fish --no-execute "$completion/sscep.fish"
    mapfile -t all < <(operations)
    fish_offers "sscep " "${all[@]}" help version
    fish_offers "sscep help " "${all[@]}"
    fish_offers "sscep -" -h --help --help-all --version
    fish_offers "sscep getca --new-k"
    fish_offers "sscep enroll --new-k" --new-key
    fish_offers "sscep enroll --new-key=ec:" --new-key=ec:P-256 --new-key=ec:P-384
    fish_offers "sscep enroll --tolerate nonce,i" nonce,issuer
    fish_offers "sscep enroll --passin " env: file: fd: stdin
    fish_offers "sscep enroll --passin file:ours" file:ours.key
    fish_offers "sscep enroll -k ours" ours.key
    fish_offers "sscep enroll -u o"
    fish_offers "sscep enroll --tls-ca-dir s" sub/
}

@test "fish completes the long options of an operation, and no others" {
    local operation
    need fish
    export HOME=$PWD
    for operation in $(operations); do
        mapfile -t own < <(long_options "$operation")
        fish_offers "sscep $operation --" "${own[@]}"
    done
}
