# cookbook.bash: the examples of a manual page, $page, typed as they stand there. The
# server is the test CA, which is the proxy for scep.example.com; /etc/sscep is a
# directory of the test, as is /tmp, and the fingerprint that of the CA.

load ../wild/helper

fingerprint=510c9e4f7ab1027f2bb4d2f4c64b4fd1c2f3b8e2a6d90b6a2f7f6f4f0a1b2c3d

examples() {
    "$tree/tests/e2e/cookbook-examples" "$page" list
}

# example NUMBER: its text, as a user of this test types it.
example() {
    "$tree/tests/e2e/cookbook-examples" "$page" "$1" |
        sed -e "s|/tmp/|$PWD/|g" -e "s|/etc/sscep|$PWD/etc|g" \
            -e "s/$fingerprint/${pin:-$fingerprint}/g"
}

# cook NAME: writes the files of an example, and runs its commands; the challenge
# password is on their standard input.
cook() {
    local number name kind path
    mkdir -p etc
    pin=$(openssl x509 -in "$ca/ca.crt" -outform DER | sha256sum | cut -d ' ' -f 1)
    : >"$BATS_TEST_TMPDIR/commands"
    while read -r number name kind path; do
        [ "$name" = "$1" ] || continue
        case $kind in
        file) example "$number" >"${path/#\/etc\/sscep/etc}" ;;
        run) example "$number" >>"$BATS_TEST_TMPDIR/commands" ;;
        esac
    done < <(examples)
    [ -s "$BATS_TEST_TMPDIR/commands" ]
    command_line=$(cat "$BATS_TEST_TMPDIR/commands")
    status=0
    timeout -k 5 $((10 * run_limit)) env "http_proxy=http://127.0.0.1:$port" \
        sh -e "$BATS_TEST_TMPDIR/commands" >"$stdout" 2>"$stderr" <<<secret ||
        status=$?
    no_sanitizer_text
}

# each_example_is_marked: and those that are run are run by this file.
each_example_is_marked() {
    local line
    while read -r line; do
        case $line in
        *" - "conf\ ?* | *" - "parse | *" - "yaml | *" - "foreign) ;;
        *\ [a-z]*\ run | *\ [a-z]*\ file\ ?*) ;;
        *) problem "example $line: unknown kind" ;;
        esac
    done < <(examples)
    expect_equal "displays" "$(grep -c '^\.Bd ' "$page")" "$(examples | wc -l)"
    expect_equal "the examples that are run" \
        "$(sed -n 's/^ *cook \([a-z]*\)$/\1/p' "$BATS_TEST_FILENAME" | sort -u)" \
        "$(examples | awk '$3 == "run" { print $2 }' | sort -u)"
}

# configurations_are_accepted COUNT: as many as that at least.
configurations_are_accepted() {
    local number kind op seen=0
    while read -r number _ kind op; do
        [ "$kind" = conf ] || continue
        example "$number" >"$number.conf"
        run_sscep "$op" -f "$number.conf" --dump-config
        expect_status 0
        stderr_empty
        seen=$((seen + 1))
    done < <(examples)
    [ "$seen" -ge "$1" ]
}

# lines_are_accepted COUNT: as many as that at least.
lines_are_accepted() {
    local number kind line seen=0
    mkdir etc
    : >etc/router1.conf
    : >etc/enroll.conf
    while read -r number _ kind _; do
        [ "$kind" = parse ] || continue
        while read -r line; do
            line=$(printf '%s' "$line" | sed 's/^\([A-Z_]*=[^ ]* \)*//')
            run_line "$line --dump-config"
            expect_status 0
            stderr_empty
            seen=$((seen + 1))
        done < <(example "$number" | sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}')
    done < <(examples)
    [ "$seen" -ge "$1" ]
}

# run_line LINE: as a shell splits it.
run_line() {
    local words
    eval "words=($1)"
    [ "${words[0]}" = sscep ]
    run_sscep "${words[@]:1}"
}
