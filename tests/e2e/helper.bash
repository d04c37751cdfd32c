# helper.bash: functions shared by the end-to-end tests.
#
# SSCEP names the program to test, MKREQUEST the script; the default is those of
# the source tree. Each test has its own empty directory and its own test CA
# (tests/testca), whose log it reads.

bats_require_minimum_version 1.5.0

# Each test reads this file; the first time it is for the file of the test, and
# what that has found need not be found again.
if [ -z "${E2E_HERE:-}" ]; then
    E2E_HERE=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
    E2E_UMASK=$(umask)
    export E2E_HERE E2E_UMASK
fi
here=$E2E_HERE
tree=${here%/*/*}
testca=$tree/tests/testca/testca
real_testca=$testca

# A leak or undefined behaviour ends in exit status 99, which sscep never uses.
export ASAN_OPTIONS=detect_leaks=1:exitcode=99:allocator_may_return_null=1
export LSAN_OPTIONS=exitcode=99
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1:exitcode=99

# Of all that openssl trusts for TLS. "openssl x509", ca and cms load all of it each
# time, which takes longer than what they do; the system has some 140 CAs.
export SSL_CERT_FILE=/dev/null SSL_CERT_DIR=/dev/null

# The leak sanitizer, strace and readers of /proc need a process they may trace.
export SSCEP_ALLOW_CORE=1

# The factor by which time limits are longer on slow machines; see scripts/test.
slowness=${slowness:-1}

# After this number of seconds a hanging client is ended.
run_limit=$((60 * slowness))

setup() {
    common_setup
}

teardown() {
    [ -n "${BATS_TEST_COMPLETED:-}" ] || show_case
    stop_ca
}

common_setup() {
    # What bats does before each command takes longer than most of the commands.
    # From here on it does that for those of the test only, so that it still knows
    # which of them has failed, and for these functions of its own.
    set +T
    declare -ft bats_error_trap bats_check_status_from_trap 2>/dev/null || true
    unset OPENSSL_CONF http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY
    unset NO_PROXY PREFIX CHALLENGE KEYBITS
    umask 022
    # With a umask of 002 bats makes them writable for the group.
    (((8#$E2E_UMASK & 8#022) == 8#022)) || chmod go-w "$BATS_RUN_TMPDIR" \
        "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
    ca_pids=()
    problems=0
    ca=$BATS_TEST_TMPDIR/ca
    stdout=$BATS_TEST_TMPDIR/stdout
    stderr=$BATS_TEST_TMPDIR/stderr
    shared=$BATS_RUN_TMPDIR/shared
    find_programs
    make_shared
    # One process copies what two would make.
    if [ "$shared.work/sscep" -ef "$SSCEP" ]; then
        cp -a "$shared.work" "$BATS_TEST_TMPDIR/work"
    else
        mkdir "$BATS_TEST_TMPDIR/work"
        ln -s "$SSCEP" "$BATS_TEST_TMPDIR/work/sscep"
    fi
    cd "$BATS_TEST_TMPDIR/work" || return
    sscep=./sscep
}

find_programs() {
    local found
    if [ -z "${SSCEP:-}" ]; then
        for found in "$tree/build-clang/sscep" "$tree/sscep"; do
            if [ -x "$found" ]; then
                SSCEP=$found
                break
            fi
        done
    fi
    if [ ! -x "${SSCEP:-}" ]; then
        echo "no sscep to test: SSCEP='${SSCEP:-}'" >&2
        return 1
    fi
    [[ $SSCEP == /* && ! -L $SSCEP ]] || SSCEP=$(realpath "$SSCEP")
    MKREQUEST=${MKREQUEST:-$tree/mkrequest}
    [[ $MKREQUEST == /* && ! -L $MKREQUEST ]] ||
        MKREQUEST=$(realpath "$MKREQUEST")
}

# without_sanitizers WHY: if the program has them, the rest of the test runs that
# of gcc, which GCC_SSCEP names; without one the test is skipped.
without_sanitizers() {
    grep -q __asan_init "$SSCEP" || return 0
    [ -n "${GCC_SSCEP:-}" ] || skip "$1: it runs with the program of gcc"
    SSCEP=$(realpath "$GCC_SSCEP")
    ln -sf "$SSCEP" sscep
}

# --- keys and requests, made once for all files ----------------------------

# The first test file makes them, the others wait.
make_shared() {
    local tries=0
    [ ! -e "$shared.done" ] || return 0
    if mkdir "$shared.lock" 2>/dev/null; then
        mkdir "$shared" "$shared.work"
        ln -s "$SSCEP" "$shared.work/sscep"
        mkfifo "$shared.silent"
        fill_shared >"$shared.log" 2>&1
        start_forker
        : >"$shared.done"
    fi
    until [ -e "$shared.done" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt $((600 * slowness)) ]; then
            echo "keys and requests were not made:" >&2
            cat "$shared.log" >&2
            return 1
        fi
        sleep 0.1
    done
}

# Makes NAME.key and NAME.csr. The request local has a challengePassword, new
# has none; plain is like local without the challengePassword.
fill_shared() {
    local name
    for name in local new other; do
        openssl genrsa -out "$shared/$name.key" 2048
    done
    shared_request local local "challengePassword = secret"
    shared_request plain local ""
    shared_request new new ""
    shared_request other other ""
    openssl req -in "$shared/local.csr" -outform DER -out "$shared/local.csr.der"
    openssl rsa -in "$shared/local.key" -outform DER -out "$shared/local.key.der"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
        -out "$shared/ec.key"
    openssl req -new -x509 -key "$shared/ec.key" -subj /CN=ec -days 30 \
        -out "$shared/ec.crt"
    openssl req -new -x509 -key "$shared/other.key" -days 30 \
        -subj "/C=FI/O=Elsewhere/CN=Another CA" -out "$shared/other.crt"
    openssl rsa -in "$shared/local.key" -aes128 -passout pass:phrase \
        -out "$shared/encrypted.key"
}

# shared_request NAME KEY ATTRIBUTE: makes NAME.csr with KEY.key.
shared_request() {
    cat >"$shared/$1.cnf" <<END
[ req ]
prompt = no
distinguished_name = dn
attributes = attributes
req_extensions = extensions
[ dn ]
C = FI
O = Example
CN = device.example.org
[ attributes ]
$3
[ extensions ]
subjectAltName = DNS:device.example.org
END
    openssl req -new -config "$shared/$1.cnf" -key "$shared/$2.key" \
        -out "$shared/$1.csr"
}

# request_config FILE CHALLENGE: for openssl req, with the same subject as the
# shared requests and this challengePassword.
request_config() {
    cat >"$1" <<END
[ req ]
prompt = no
distinguished_name = dn
attributes = attributes
[ dn ]
C = FI
O = Example
CN = device.example.org
[ attributes ]
challengePassword = $2
END
}

# take NAME...: copies these shared files.
take() {
    cp "${@/#/$shared/}" .
}

# --- the test CA -----------------------------------------------------------

# start_ca [OPTION ...]: a CA in directory $ca; sets port and URL.
start_ca() {
    local start=run_ca
    [ "$testca" != "$real_testca" ] || start=fork_ca
    [ ! -e "$ca/port" ] || rm "$ca/port"
    if ! "$start" --dir "$ca" --keys "$BATS_RUN_TMPDIR/cakeys" \
        --lifetime 900 "$@" || [ ! -s "$ca/port" ]; then
        echo "the test CA did not start: $*" >&2
        cat "$ca.out" >&2
        return 1
    fi
    read -r port <"$ca/port"
    URL=http://127.0.0.1:$port/scep
}

run_ca() {
    "$testca" "$@" >"$ca.out" 2>&1 3>&- 4>&- &
    ca_pids+=($!)
    wait_for 30 started_or_dead "$ca/port" "$!"
}

# The process that forks the CAs of all files; it ends with bats.
start_forker() {
    ("$(dirname "$real_testca")/forker" "$BATS_RUN_TMPDIR/forker" \
        "$BATS_RUN_TMPDIR/cakeys" "$BATS_ROOT_PID" \
        >"$BATS_RUN_TMPDIR/forker.out" 2>&1 </dev/null 3>&- 4>&- &)
    wait_for 60 test -p "$BATS_RUN_TMPDIR/forker"
}

fork_ca() {
    local pid port=0 reply=$ca.start.reply
    [ -p "$reply" ] || mkfifo "$reply"
    printf '%s\0' "$BASHPID" "$PWD" "$ca.out" "$@" >"$ca.start"
    {
        echo "$ca.start" 1<>"$BATS_RUN_TMPDIR/forker"
        if ! read -r -t $((30 * slowness)) pid port; then
            cat "$BATS_RUN_TMPDIR/forker.out" >&2
            return 1
        fi
    } <>"$reply"
    ca_pids+=("$pid")
    [ "$port" -ne 0 ]
}

started_or_dead() {
    [ -s "$1" ] || ! kill -0 "$2" 2>/dev/null
}

# Ends everything that was started in the background.
stop_ca() {
    local pid
    for pid in "${ca_pids[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${ca_pids[@]}"; do
        wait_for_end "$pid"
    done
    ca_pids=()
}

# wait_for_end PID: waits until it has ended, also if another process forked it.
wait_for_end() {
    local tries=0
    wait "$1" 2>/dev/null || true
    while kill -0 "$1" 2>/dev/null && [ "$tries" -lt 500 ]; do
        tries=$((tries + 1))
        pause 0.01
    done
}

# pause SECONDS: without another process, once there is a FIFO that nobody writes to.
pause() {
    if [ -p "${shared:-}.silent" ]; then
        read -r -t "$1" <>"$shared.silent" || true
    else
        sleep "$1"
    fi
}

# wait_for SECONDS COMMAND ...: waits until the command succeeds; on a slow
# machine longer.
wait_for() {
    local end=$((SECONDS + $1 * slowness + 1))
    shift
    until "$@"; do
        if [ "$SECONDS" -ge "$end" ]; then
            return 1
        fi
        pause 0.05
    done
}

# Starts a CA; copies its certificate to ca.crt, and a key and a request.
start_enrolment() {
    start_ca "$@"
    cp "$shared/local.key" "$shared/local.csr" "$ca/ca.crt" .
}

# temporary NAME [OPTION ...]: makes a temporary file or directory, in that of
# the test or, when called by setup_file, in that of the test file.
temporary() {
    mktemp "${@:2}" "${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}/$1.XXXXXX"
}

# issue_for YEAR CERT CSR SERIAL OPTION ...: makes a certificate that is valid
# in that year only, with openssl ca and these options.
issue_for() {
    local dir
    dir=$(temporary issue -d)
    echo "$4" >"$dir/serial"
    : >"$dir/index"
    cat >"$dir/cnf" <<END
[ ca ]
default_ca = this
[ this ]
database = $dir/index
serial = $dir/serial
new_certs_dir = $dir
default_md = sha256
policy = any
[ any ]
countryName = optional
organizationName = optional
commonName = optional
END
    openssl ca -batch -config "$dir/cnf" -in "$3" -preserveDN -notext \
        -startdate "${1}0101000000Z" -enddate "${1}1231235959Z" -out "$2" \
        "${@:5}" >"$dir/log" 2>&1 || {
        cat "$dir/log" >&2
        return 1
    }
}

# redate YEAR CERT KEY: replaces the certificate by one with the same issuer,
# serial number and key that is valid in that year.
redate() {
    local csr serial
    csr=$(temporary redate)
    openssl x509 -in "$2" -x509toreq -signkey "$3" -out "$csr"
    serial=$(openssl x509 -in "$2" -noout -serial | sed 's/.*=//')
    issue_for "$1" "$2" "$csr" "$serial" -selfsign -keyfile "$3" \
        -extfile <(echo "basicConstraints = critical, CA:TRUE")
}

# ca_log EXPRESSION [CONDITION]: prints EXPRESSION for each request in the log
# for which CONDITION is true. Both are Python expressions; the fields of the
# log entry are names in them, None if absent.
ca_log() {
    /usr/bin/python3 -I -S - "$ca/log" "$@" <<'END'
import builtins, sys

class Entry(dict):
    def __missing__(self, name):
        if hasattr(builtins, name):
            raise KeyError(name)
        return None

def read(line):
    """What json.dumps has written: importing json takes longer than all else.

    Such a line is Python but for three words, and pairs of escapes.
    """
    if "\\ud" in line:
        import json
        return json.loads(line)
    return eval(line, {"true": True, "false": False, "null": None})

condition = sys.argv[3] if len(sys.argv) > 3 else "True"
with open(sys.argv[1]) as log:
    for line in log:
        entry = Entry(read(line))
        if eval(condition, {}, entry):
            print(eval(sys.argv[2], {}, entry))
END
}

# The same, for pkiMessages only.
messages() {
    ca_log "$1" 'operation == "PKIOperation"'
}

# The certificate that the CA issued, if it issued exactly one.
issued() {
    local all=("$ca"/issued/*.pem)
    [ "${#all[@]}" -eq 1 ] && [ -e "${all[0]}" ] && echo "${all[0]}"
}

# --- running the client ----------------------------------------------------

# Runs the client; the results are in $status and in the files $stdout and
# $stderr. A message of a sanitizer fails the test.
run_sscep() {
    command_line="$sscep $*"
    status=0
    before_run
    timeout -k 5 "$run_limit" "$sscep" "$@" >"$stdout" 2>"$stderr" </dev/null ||
        status=$?
    no_sanitizer_text
}

no_sanitizer_text() {
    if has "$stderr" Sanitizer || has "$stderr" "runtime error" ||
        [ "$status" -eq 99 ]; then
        problem "a sanitizer has found something"
    fi
}

# enroll OPTION ...: runs enroll with the usual files and these options.
enroll() {
    run_sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt "$@"
}

# The same in the background; sets pid.
enroll_in_background() {
    command_line="$sscep enroll (in the background) $*"
    status=0
    before_run
    "$sscep" enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt "$@" >"$stdout" 2>"$stderr" </dev/null 3>&- 4>&- &
    pid=$!
    ca_pids+=("$pid")
}

wait_for_client() {
    status=0
    wait "$pid" || status=$?
    no_sanitizer_text
}

# --- what is expected ------------------------------------------------------

# show_case: what the loops of this test are at, by the variables that they set.
show_case() {
    local looped
    while read -r looped; do
        [ -z "${!looped+is set}" ] || echo "--- $looped: ${!looped}"
    done < <(declare -f "$BATS_TEST_NAME" | sed -nE \
        -e 's/^ *for (\w+) in .*/\1/p' \
        -e 's/^ *while (IFS=\S* )?read (-r )?(\w+( \w+)*).*/\3/p' |
        tr ' ' '\n' | sort -u)
}

# problem TEXT ...: prints the texts and the last run, and fails the test.
problem() {
    problems=$((problems + 1))
    {
        echo "--- $1"
        shift
        [ $# -eq 0 ] || printf '%s\n' "$@"
        show_case
        echo "--- command: ${command_line:-none}"
        echo "--- exit status: ${status:-}"
        echo "--- stdout:"
        cat "$stdout"
        echo "--- stderr:"
        cat "$stderr"
        echo "---"
    } >&2 2>/dev/null
    return 1
}

expect_status() {
    if [ "$status" -ne "$1" ]; then
        problem "expected exit status $1"
    fi
}

# expect_equal WHAT EXPECTED GOT
expect_equal() {
    if [ "$2" != "$3" ]; then
        problem "$1 differs" "expected: $2" "got:      $3"
    fi
}

# expect_stdout <<END: stdout is exactly this text.
expect_stdout() {
    local expected got
    IFS= read -r -d '' expected || true
    # The last read succeeds where there is a NUL byte.
    if [ -r "$stdout" ] && ! IFS= read -r -d '' got <"$stdout" &&
        [ "$got" = "$expected" ]; then
        return
    fi
    printf %s "$expected" >"$stdout.expected"
    if ! diff -u "$stdout.expected" "$stdout" >"$stdout.diff"; then
        problem "stdout differs (- expected, + got)" "$(cat "$stdout.diff")"
    fi
}

# The same after all fingerprints are masked in both.
expect_transcript() {
    mask_fingerprints >"$stdout.expected"
    mask_fingerprints <"$stdout" >"$stdout.masked"
    if ! diff -u "$stdout.expected" "$stdout.masked" >"$stdout.diff"; then
        problem "the transcript differs (- expected, + got)" \
            "$(cat "$stdout.diff")"
    fi
}

mask_fingerprints() {
    sed -E '/fingerprint: /s/[0-9A-F]{2}(:|$)/##\1/g'
}

# has FILE TEXT: the text is in the file, in one of its lines. The shell looks
# for it, because another process takes longer than all that it does.
has() {
    local parts part
    if [[ $2 == *$'\n'* ]]; then
        grep -qF -e "$2" "$1"
        return
    fi
    # What is between NUL bytes; the shell can have none in a variable.
    mapfile -d '' parts <"$1"
    for part in "${parts[@]}"; do
        [[ $part != *"$2"* ]] || return 0
    done
    return 1
}

stdout_has() {
    if ! has "$stdout" "$1"; then
        problem "not on stdout: $1"
    fi
}

# stdout_line LINE: stdout has exactly this line.
stdout_line() {
    local lines line
    mapfile -t lines <"$stdout"
    for line in "${lines[@]}"; do
        [ "$line" != "$1" ] || return 0
    done
    problem "no such line on stdout: $1"
}

stdout_lacks() {
    if has "$stdout" "$1"; then
        problem "should not be on stdout: $1"
    fi
}

stderr_has() {
    if ! has "$stderr" "$1"; then
        problem "not on stderr: $1"
    fi
}

stderr_lacks() {
    if has "$stderr" "$1"; then
        problem "should not be on stderr: $1"
    fi
}

stderr_empty() {
    if [ -s "$stderr" ]; then
        problem "stderr should be empty"
    fi
}

# warned TEXT: there is a warning that contains TEXT.
warned() {
    local lines line warnings=()
    mapfile lines <"$stderr"
    for line in "${lines[@]}"; do
        [[ $line != *"$sscep: warning: "* ]] || warnings+=("$line")
    done
    printf %s "${warnings[@]}" >"$stderr.warnings"
    if ! has "$stderr.warnings" "$1"; then
        problem "no warning of: $1"
    fi
}

# one_error TEXT ...: warnings, then one error line that contains the texts.
one_error() {
    local text lines line errors=()
    mapfile lines <"$stderr"
    for line in "${lines[@]}"; do
        [[ $line == "$sscep: warning: "* ]] || errors+=("$line")
    done
    printf %s "${errors[@]}" >"$stderr.errors"
    if [ "${#errors[@]}" -ne 1 ] || [[ ${lines[-1]} != *$'\n' ]]; then
        problem "not exactly one line of error"
    fi
    if [[ ${errors[0]} != "$sscep: "[^\ $'\n']* ]]; then
        problem "the error does not start with '$sscep: '"
    fi
    for text in "$@"; do
        if ! has "$stderr.errors" "$text"; then
            problem "the error does not say: $text"
        fi
    done
}

# only_error TEXT ...: the same, without warnings.
only_error() {
    one_error "$@"
    local lines
    mapfile lines <"$stderr"
    if [ "${#lines[@]}" -ne 1 ]; then
        problem "more than the error on stderr"
    fi
}

# misuse TEXT ...: exit status 1, one error line, nothing on stdout.
misuse() {
    expect_status 1
    only_error "$@" "Try '$sscep --help'"
    stdout_empty
}

# refused [OPTION ...] STATUS TEXT ...: the last run ended with this status; one
# line of error, which has the texts, is all that it printed; it made, changed and
# removed no file. What is otherwise is said by options:
#   --unsent         the CA has received nothing, since its log was emptied
#   --answered       stdout says how far the exchange came, and no more
#   --warned TEXT    before the error there are warnings, which have this text
#   --except NAME    this file may have changed
refused() {
    local unsent='' answered='' warnings=() except=()
    while [[ $1 == --* ]]; do
        case $1 in
        --unsent) unsent=1 ;;
        --answered) answered=1 ;;
        --warned) warnings+=("$2") ;;
        --except) except+=("$2") ;;
        *) problem "refused knows no $1" ;;
        esac
        [[ $1 != --[we]* ]] || shift
        shift
    done
    [ $# -gt 1 ] || problem "refused needs a text of the error"
    expect_status "$1"
    one_error "${@:2}"
    warned_only "${warnings[@]}"
    if [ -n "$answered" ]; then
        only_progress
    else
        stdout_empty
    fi
    as_before_run "${except[@]}"
    [ -z "$unsent" ] || nothing_sent
}

# refused_by PROGRAM [OPTION ...] STATUS TEXT ...: the same of what the function run
# of bats, with --separate-stderr, has run.
refused_by() {
    local sscep=$1 said=$stderr
    local stdout=$BATS_TEST_TMPDIR/stdout stderr=$BATS_TEST_TMPDIR/stderr
    echo "$output" | sed '1{/^$/d}' >"$stdout"
    printf '%s\n' "$said" >"$stderr"
    refused "${@:2}"
}

# warned_only TEXT ...: each is in a warning, and each warning has one of them.
warned_only() {
    local text line lines warnings=() others
    mapfile lines <"$stderr"
    for line in "${lines[@]}"; do
        [[ $line != "$sscep: warning: "* ]] || warnings+=("$line")
    done
    for text in "$@"; do
        warned "$text"
        others=()
        for line in "${warnings[@]}"; do
            [[ $line == *"$text"* ]] || others+=("$line")
        done
        warnings=("${others[@]}")
    done
    if [ "${#warnings[@]}" -ne 0 ]; then
        problem "other warnings than expected" "${warnings[@]}"
    fi
}

# stdout has lines that say how far the exchange with the CA came, and no other.
only_progress() {
    [ -s "$stdout" ] || problem "stdout does not say how far the exchange came"
    local line lines progress="requesting |sending certificate request$"
    progress+="|valid response from server$|pkistatus: |reason: "
    mapfile -t lines <"$stdout"
    for line in "${lines[@]}"; do
        if [[ ! $line =~ ^"$sscep: "($progress) ]]; then
            problem "stdout says more than how far the exchange came"
        fi
    done
}

stdout_empty() {
    if [ -s "$stdout" ]; then
        problem "stdout should be empty"
    fi
}

no_file() {
    local name
    for name in "$@"; do
        if [ -e "$name" ]; then
            problem "there should be no file $name"
        fi
    done
}

# Prints all names, modes and contents in the directory.
listing() {
    find . -mindepth 1 -printf '%p %M\n' -type f -exec cksum {} + 2>&1 || true
}

snapshot() {
    listing >"$BATS_TEST_TMPDIR/listing"
}

# Whatever runs the client calls this first.
before_run() {
    # Whoever waits for a line there must not find that of the run before.
    : >"$stdout"
    : >"$stderr"
    list_before
}

# Whatever runs another program, whose output is not in files, calls this.
list_before() {
    listing >"$BATS_TEST_TMPDIR/before"
}

# nothing_written [NAME ...]: all is as at snapshot, except these names.
nothing_written() {
    as_listed "$BATS_TEST_TMPDIR/listing" "$@"
}

# The same for what was there before the last run.
as_before_run() {
    as_listed "$BATS_TEST_TMPDIR/before" "$@"
}

# as_listed LISTING [NAME ...]: the directory is as it was then.
as_listed() {
    local name before now pattern='^$'
    # Most often nothing at all has changed.
    listing >"$BATS_TEST_TMPDIR/now"
    mapfile -d '' before <"$1"
    mapfile -d '' now <"$BATS_TEST_TMPDIR/now"
    [ "${before[*]}" != "${now[*]}" ] || return 0
    for name in "${@:2}"; do
        pattern="$pattern|(^| )(\\./)?$name( |\$)"
    done
    if ! diff <(grep -Ev "$pattern" "$1" | sort) \
        <(grep -Ev "$pattern" "$BATS_TEST_TMPDIR/now" | sort) \
        >"$BATS_TEST_TMPDIR/listing.diff"; then
        problem "the directory has changed" \
            "$(cat "$BATS_TEST_TMPDIR/listing.diff")"
    fi
}

# The CA has received no request.
nothing_sent() {
    if [ -s "$ca/log" ]; then
        problem "requests were sent" "$(ca_log 'operation')"
    fi
}

# first_pem FILE: sets REPLY to the certificate with which it begins, in PEM.
first_pem() {
    local line lines
    REPLY=
    mapfile lines <"$1"
    [ "${lines[0]:-}" = $'-----BEGIN CERTIFICATE-----\n' ] || return 0
    for line in "${lines[@]}"; do
        REPLY+=$line
        [ "$line" != $'-----END CERTIFICATE-----\n' ] || return 0
    done
    REPLY=
}

# Two files hold the same certificate, in any encoding.
same_certificate() {
    local file number=0
    # What the CA has written is one; most often the other has the same lines.
    if [[ $2 == "$ca"/*.pem && -r $1 ]]; then
        first_pem "$2"
        file=$REPLY
        first_pem "$1"
        [ -z "$REPLY" ] || [ "$REPLY" != "$file" ] || return 0
    fi
    for file in "$1" "$2"; do
        number=$((number + 1))
        if ! openssl x509 -in "$file" -outform DER -out "$stdout.der-$number" \
            2>/dev/null; then
            problem "there is no certificate in '$file'"
        fi
    done
    if ! cmp -s "$stdout.der-1" "$stdout.der-2"; then
        problem "the certificate in '$1' is not that in '$2'"
    fi
}

# The last run succeeded: local.crt is the certificate that the CA issued.
enrolled() {
    expect_status 0
    stdout_line "$sscep: pkistatus: SUCCESS"
    stdout_line "$sscep: certificate written as local.crt"
    same_certificate local.crt "$(issued)"
}

# no_secrets_said CHALLENGE KEY: the last run said neither the challengePassword,
# in base64 or hex either, nor a line of the key in PEM or one of its numbers.
no_secrets_said() {
    local text
    cat "$stdout" "$stderr" >said
    for text in "$1" "$(printf %s "$1" | base64)" \
        "$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n')"; do
        if grep -qiF -e "$text" said; then
            problem "the challengePassword is said: $text"
        fi
    done
    grep -v -e ----- "$2" >lines
    [ -s lines ]
    if grep -qFf lines said; then
        problem "the key is said"
    fi
    text=$(openssl rsa -in "$2" -noout -text | tr -d ' :\n' |
        sed 's/.*privateExponent\(.\{32\}\).*/\1/')
    [ "${#text}" -eq 32 ]
    if tr -d ' :\n' <said | grep -qiF "$text"; then
        problem "the key is said"
    fi
}

fingerprint() {
    openssl x509 -in "$1" -noout -fingerprint "-$2" | sed 's/.*=//'
}

# The list of --no-warn in the example for cron of the cookbook.
cron_list() {
    sed -n 's/^    --no-warn \([a-z,-]*\)\( \\e\)\{0,1\}$/\1/p' \
        "$here/../../man/sscep-cookbook.7" | paste -sd,
}
