# helper.bash: what the tests of uses share. Each test is one use of sscep, retold
# from what is known of its users and not copied: the comment above it says whose
# it is, then follow the user's script and what it may rely on:
#
#   user <<'END'          the script; sh runs it and ends at the first failure
#   ends STATUS           the exit status of the script
#   makes FILE ...        the files that are new then, and no others
#   prints LINE ...       lines on stdout, in this order, others between them
#   silent                nothing is on stderr
#   warns ID ...          these warnings are on stderr, and nothing else

load ../e2e/helper

# The program is called by its name, as it is once it is installed.
setup() {
    common_setup
    rm sscep
    bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin"
    ln -s "$SSCEP" "$bin/sscep"
    ln -s "$MKREQUEST" "$bin/mkrequest"
    PATH=$bin:$PATH
    sscep=sscep
    export sscep bin ca URL
}

# user [NAME=VALUE ...] <<'END': runs the script with these variables. Its parts
# that must not end it at a failure say so, as in a real one.
user() {
    local script=$BATS_TEST_TMPDIR/script
    cat >"$script"
    command_line=$(cat "$script")
    all_files >"$script.before"
    status=0
    timeout -k 5 "$run_limit" env "$@" sh -e "$script" >"$stdout" 2>"$stderr" \
        </dev/null || status=$?
    all_files >"$script.after"
    no_sanitizer_text
}

all_files() {
    find . ! -type d -printf '%P\n' | LC_ALL=C sort
}

ends() {
    expect_status "$1"
}

makes() {
    local new
    new=$(LC_ALL=C comm -13 "$BATS_TEST_TMPDIR/script.before" \
        "$BATS_TEST_TMPDIR/script.after")
    expect_equal "the new files" "$(printf '%s\n' "$@" | LC_ALL=C sort)" "$new"
}

prints() {
    printf '%s\n' "$@" >"$stdout.expected"
    if ! awk '
    NR == FNR { line[++lines] = $0; next }
    seen < lines && $0 == line[seen + 1] { seen++ }
    END { exit seen < lines }' "$stdout.expected" "$stdout"; then
        problem "not all on stdout, or in another order:" "$@"
    fi
}

silent() {
    stderr_empty
}

warns() {
    expect_equal "what is on stderr" \
        "$(printf 'sscep: warning: [%s]\n' "$@")" \
        "$(sed 's/^\(sscep: warning: \).* \(\[[a-z-]*\]\)$/\1\2/' "$stderr")"
}

# need_perl: perl-base is on every Debian.
need_perl() {
    command -v perl >/dev/null || skip "perl is not installed"
}

# hold_certificate: the user has local.crt, from an earlier enrolment.
hold_certificate() {
    run_sscep enroll -u "$URL" -c "${1:-ca.crt}" -k local.key -r local.csr \
        -l local.crt
    expect_status 0
}

# received: the transactionID of the last message that the CA received.
received() {
    messages transactionID | tail -n 1
}
