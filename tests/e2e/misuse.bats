#!/usr/bin/env bats
#
# Wrong arguments and files are refused with one error line and the right exit
# status, before anything is sent or written.

load helper

# No server listens on port 1 of this machine.
NOWHERE=http://127.0.0.1:1/scep

# The required options of enroll, by letter.
everything() {
    start_enrolment
    take new.key new.csr other.crt ec.key ec.crt
    snapshot
}

# --- help ------------------------------------------------------------------

# screen: stdout is at most 48 lines of at most 80 columns.
screen() {
    local lines columns
    lines=$(wc -l <"$stdout")
    columns=$(wc -L <"$stdout")
    if [ "$lines" -gt 48 ] || [ "$columns" -gt 80 ]; then
        problem "$lines lines, $columns columns: more than a screen"
    fi
}

@test "no arguments, --help-all: the operations and all options, exit status 0" {
    local how word
    for how in "" --help-all "getca --help-all" "enroll -u x --help-all"; do
        # shellcheck disable=SC2086
        run_sscep $how
        expect_status 0
        stderr_empty
        for word in getca getnextca enroll getcert getcrl getcaps -u --url -p \
            --proxy -g -f --config -c --ca-cert -E --enc-alg -S --sig-alg -W \
            -M --monitor -m --dump-request -v -d -i -F --fingerprint -C -k -r \
            -K -O -l -e -L -t -T -n -R -s -w --timeout --max-size --version \
            --rsa-pss --tls-insecure --help --help-all; do
            stdout_has "$word"
        done
        expect_equal "operations with own options" \
            "getca getnextca enroll renew check getcert getcrl" \
            "$(sed -n 's/^OPTIONS for OPERATION \(.*\) are$/\1/p' "$stdout" |
                paste -sd' ')"
    done
}

@test "-h, --help: the operations and the common options, on one screen" {
    local how word
    for how in -h --help; do
        run_sscep "$how"
        expect_status 0
        stderr_empty
        screen
        for word in getca getnextca enroll getcert getcrl getcaps -u --url \
            --proxy --config --verbose --help-all "sscep(1)"; do
            stdout_has "$word"
        done
        stdout_line "Usage: ./sscep OPERATION [OPTIONS]"
    done
}

@test "OPERATION --help, OPERATION -h: its options on one screen, exit status 0" {
    local operation how
    for operation in getca getnextca enroll getcert getcrl getcaps; do
        for how in -h --help "-?" "-u x --help"; do
            # shellcheck disable=SC2086
            run_sscep $operation $how
            expect_status 0
            stderr_empty
            screen
            stdout_has "Usage: ./sscep $operation -u url"
            stdout_has "  ./sscep $operation -u http://scep.example.com/scep"
        done
    done
}

@test "OPERATION --help has the name of each option that --help-all has for it" {
    local operation option
    ./sscep --help-all >all
    for operation in getca getnextca enroll getcert getcrl getcaps; do
        ./sscep $operation --help >short
        {
            sed -n '/^General OPTIONS/,/^$/p' all
            sed -n "/^OPTIONS for OPERATION $operation are/,/^\$/p" all
        } | sed -nE 's/^  (-., |    )(--[a-z-]+).*/\2/p' >options
        [ "$(wc -l <options)" -gt 20 ] || problem "too few options"
        while read -r option; do
            if ! grep -Eq -e "(^|[ |])$option( |\$)" short; then
                problem "$operation --help does not have $option"
            fi
        done <options
    done
}

@test "--version: the version first, then what is linked" {
    local how
    run_sscep --version
    expect_status 0
    stderr_empty
    if ! head -n 1 "$stdout" | grep -Eq '^sscep version [0-9]+\.[0-9]+(\.[0-9]+)?'; then
        problem "the first line is not: sscep version X.Y.Z"
    fi
    stdout_has "OpenSSL"
    cp "$stdout" version
    for how in version "enroll --version"; do
        # shellcheck disable=SC2086
        run_sscep $how
        expect_status 0
        cmp "$stdout" version || problem "another version"
    done
}

@test "help that cannot be written: exit status 93" {
    status=0
    ./sscep --help >/dev/full 2>"$stderr" || status=$?
    : >"$stdout"
    expect_status 93
    only_error
}

# --- operations and options ------------------------------------------------

@test "an unknown operation is misuse, and the nearest one is named" {
    local word
    snapshot
    for word in enlorl GETC "get ca" "" enr getn getc $'a\e[31mb'; do
        run_sscep "$word" -u "$NOWHERE"
        misuse
        nothing_written
    done
    run_sscep enlorl
    misuse "enlorl" "did you mean enroll?"
    run_sscep getc
    misuse "ambiguous: getca, getcert, getcrl, getcaps"
    run_sscep help getc
    misuse "ambiguous: getca, getcert, getcrl, getcaps"
    run_sscep help unknown
    misuse "unknown operation unknown"
}

@test "a word that begins with the name of an operation is that operation, without a warning" {
    local word
    start_enrolment
    for word in getcacert getcap getca2; do
        run_sscep "$word" -u "$URL" -c "got-$word.crt"
        expect_status 0
        stderr_empty
        same_certificate "got-$word.crt" "$ca/ca.crt"
    done
    run_sscep getcapsfoo -u "$URL"
    expect_status 0
    stderr_empty
    stdout_has "scep capabilities: "
    for word in enrol enrollment; do
        rm -f local.crt "$ca"/issued/*
        run_sscep "$word" -u "$URL" -c ca.crt -k local.key -r local.csr \
            -l local.crt
        enrolled
        stderr_empty
    done
}

@test "an abbreviated operation causes a warning" {
    start_enrolment
    run_sscep enro -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt
    enrolled
    warned "operation enro is taken for enroll"
}

@test "an operation in capitals is unknown" {
    run_sscep ENROLL -u "$NOWHERE" -c ca.crt
    misuse ENROLL "did you mean enroll?"
}

@test "an option before the operation" {
    run_sscep -u "$NOWHERE" getca -c ca.crt
    misuse
}

@test "an unknown option is refused" {
    run_sscep getca -u "$NOWHERE" -c ca.crt -Z
    misuse -Z
    run_sscep getca -u "$NOWHERE" -c ca.crt --frobnicate
    misuse --frobnicate
    run_sscep getca -u "$NOWHERE" -c ca.crt --timeuot 3
    misuse --timeuot "did you mean --timeout?"
    run_sscep getca -u "$NOWHERE" -c ca.crt -vZ
    misuse -Z
}

@test "an argument that is no option" {
    start_ca
    run_sscep getca -u "$URL" -c ca.crt ""
    expect_status 0
    same_certificate ca.crt "$ca/ca.crt"
    warned 'argument "" is ignored'
    run_sscep getca "" -u "$URL" extra -c new.crt -F sha1 -- -F $'a\e[31mb\n'
    expect_status 0
    same_certificate new.crt "$ca/ca.crt"
    stdout_has "SHA1 fingerprint: "
    expect_equal "lines on stderr" 4 "$(wc -l <"$stderr")"
    stderr_has 'argument "" is ignored'
    stderr_has "argument extra is ignored"
    stderr_has "argument -F is ignored"
    stderr_has 'argument a\x1b[31mb\x0a is ignored'
    run_sscep getca "$URL" -c ca.crt
    expect_status 1
    stderr_has "argument $URL is ignored"
    stderr_has "missing URL"
}

@test "an option without its value" {
    local option
    for option in -u -p -f -c -i -E -S -W -M -F --url --timeout; do
        run_sscep getca "$option"
        misuse "$option" "needs a value"
    done
}

@test "an option with a value that it does not take" {
    run_sscep getca -u "$NOWHERE" -c ca.crt --verbose=yes
    misuse --verbose
}

@test "an ambiguous abbreviation of an option is refused with the list of options" {
    run_sscep enroll --ca x
    misuse --ca-cert --ca-identifier
}

@test "an unambiguous abbreviation and --option=value are accepted" {
    start_ca
    run_sscep getca --ur "$URL" --ca-c=ca.crt --fing sha1 --timeou=20
    expect_status 0
    stdout_line "./sscep: SHA1 fingerprint: $(fingerprint ca.crt sha1)"
}

@test "letters together, and a value next to its letter" {
    start_ca
    run_sscep getca "-u$URL" -vcca.crt -Fsha1
    expect_status 0
    stdout_line "./sscep: SHA1 fingerprint: $(fingerprint ca.crt sha1)"
    stderr_has "configuration: "
}

@test "-H of sscep 0.10 is accepted and ignored" {
    start_ca
    run_sscep getca -u "$URL" -c ca.crt -H
    expect_status 0
    same_certificate ca.crt "$ca/ca.crt"
    stderr_empty
}

@test "an option of another operation has no effect, with a warning" {
    start_ca
    run_sscep getca -u "$URL" -c ca.crt -k local.key
    expect_status 0
    warned "-k"
}

@test "an unknown algorithm is refused with the list of algorithms" {
    local name
    everything
    for name in rot13 aes-256-gcm des-ecb DES-EDE-CBC aes12 "" sha256; do
        enroll -E "$name"
        misuse -E
        nothing_sent
    done
    enroll -E rot13
    misuse rot13 "des|3des|blowfish|aes|aes128|aes192|aes256"
    for name in sha3 SHA512-256 sha md "" aes128; do
        enroll -S "$name"
        misuse -S
    done
    enroll -S sha3
    misuse sha3 "md5|sha1|sha224|sha256|sha384|sha512"
    enroll -E AES-2566
    misuse "AES-2566 (did you mean aes256?)"
    run_sscep getca -u "$URL" -c new.crt -F sha3
    misuse -F sha3 "md5|sha1|sha224|sha256|sha384|sha512"
    nothing_sent
    nothing_written
}

@test "a value that is no number, or out of range" {
    local option value
    everything
    for option in -t -T -n -W --timeout --max-size; do
        for value in x -1 1.5 "" 0x10 99999999999999999999 "1 "; do
            enroll "$option" "$value"
            misuse "$option"
        done
    done
    for option in --timeout --max-size; do
        enroll "$option" 0
        misuse "$option"
    done
    nothing_sent
    nothing_written
}

@test "-M that is not name=value" {
    local value
    everything
    for value in x =x ""; do
        enroll -M "$value"
        misuse -M
    done
    nothing_sent
}

@test "getca: each required option" {
    run_sscep getca
    misuse "missing URL" -u --url
    run_sscep getca -u "$NOWHERE"
    misuse missing -c --ca-cert
    run_sscep getcaps
    misuse "missing URL" -u
}

@test "enroll: each required option" {
    local all letter given=() option
    declare -A all=([u]=$NOWHERE [c]=ca.crt [k]=local.key [r]=local.csr
        [l]=local.crt)
    for letter in u c k r l; do
        given=()
        for option in u c k r l; do
            if [ "$option" != "$letter" ]; then
                given+=("-$option" "${all[$option]}")
            fi
        done
        run_sscep enroll "${given[@]}"
        misuse missing "-$letter"
    done
}

@test "enroll: -K without -O, or -O without -K, is misuse" {
    everything
    enroll -K new.key
    misuse -K -O
    enroll -O other.crt
    misuse -O -K
    nothing_sent
    nothing_written
}

# --- files -----------------------------------------------------------------

@test "a file that is missing, empty or something else" {
    local option wrong other
    everything
    : >empty
    head -c 2000 /dev/zero >zeros
    echo "not what you want" >text
    mkdir directory
    printf -- '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' \
        >broken.pem
    snapshot
    for option in -c -k -r -e; do
        case $option in
        -c | -e) other=local.key ;;
        -k) other=local.csr ;;
        -r) other=local.key ;;
        esac
        for wrong in missing empty zeros text directory broken.pem "$other" \
            local.key/below; do
            enroll "$option" "$wrong"
            refused --unsent 93 "$wrong"
        done
    done
}

@test "a file of -K or -O that is missing, empty or something else" {
    local wrong
    everything
    : >empty
    echo "not what you want" >text
    snapshot
    for wrong in missing empty text local.csr; do
        enroll -K "$wrong" -O other.crt
        refused --unsent 93 "$wrong"
        enroll -K new.key -O "$wrong"
        refused --unsent 93 "$wrong"
    done
}

@test "a file of -f that is missing, or a directory, is refused" {
    everything
    enroll -f missing.conf
    refused --unsent 93 missing.conf
    enroll -f .
    refused --unsent 93 "configuration file .: "
    enroll -f local.key/below
    refused --unsent 93 local.key/below
}

@test "a request that is broken" {
    everything
    # Changes one bit of the signature, which is at the end.
    openssl req -in local.csr -outform DER -out broken.csr
    printf '\x%02x' "$((0x$(tail -c 1 broken.csr | od -An -tx1 | tr -d ' ') ^ 1))" |
        xargs -0 printf >last
    head -c -1 broken.csr >start
    cat start last >broken.csr
    cp local.csr trailing.csr
    openssl req -in local.csr -outform DER -out trailing.csr
    echo more >>trailing.csr
    head -c 300 broken.csr >short.csr
    snapshot
    enroll -r broken.csr
    refused --unsent 93 broken.csr signature
    enroll -r trailing.csr
    refused --unsent 93 trailing.csr
    enroll -r short.csr
    refused --unsent 93 short.csr
}

@test "a key that does not belong to the request is refused" {
    everything
    enroll -k new.key
    refused --unsent 93 new.key local.csr
    enroll -k ec.key
    refused --unsent 93 ec.key local.csr
}

@test "a key of -K that does not belong to -O is refused" {
    everything
    enroll -K local.key -O other.crt
    refused --unsent 93 local.key other.crt
}

@test "an encrypted key is refused without a terminal and without --passin" {
    everything
    cp "$shared/encrypted.key" .
    snapshot
    # Without a terminal to prompt on.
    command_line="enroll -k encrypted.key"
    status=0
    before_run
    setsid timeout 20 ./sscep enroll -u "$URL" -c ca.crt -k encrypted.key \
        -r local.csr -l local.crt >"$stdout" 2>"$stderr" </dev/null || status=$?
    no_sanitizer_text
    refused --unsent 93 encrypted.key
}

@test "an output that cannot be written: found before anything is sent" {
    local option where
    everything
    mkdir directory
    snapshot
    for option in -l -L -m; do
        for where in missing/file local.key/file directory \
            missing/deeper/file /proc/nothing/file; do
            enroll "$option" "$where"
            refused --unsent 93 "$where"
        done
    done
    for where in missing/ca.crt local.key/ca.crt; do
        run_sscep getca -u "$URL" -c "$where"
        refused --unsent 93 "$where"
    done
}

# --- the server ------------------------------------------------------------

@test "an invalid URL" {
    local url
    for url in x example.com/scep ftp://example.com/ http:// http:///x \
        "http://exa mple.com/" http://:80/ http://127.0.0.1:0/ \
        http://127.0.0.1:65536/ http://127.0.0.1:x/ http://127.0.0.1:-1/ \
        "http://[::1" "http://[::1]x/" "http://[]/" "" \
        http://127.0.0.1:99999999999999999999/ $'http://a\nb/'; do
        run_sscep getca -u "$url" -c ca.crt --timeout 5
        expect_status 1
        only_error
        stdout_empty
        no_file ca.crt
    done
}

@test "an invalid proxy is refused" {
    local proxy
    for proxy in : :80 host:0 host:65536 host:x ""; do
        run_sscep getca -u "$NOWHERE" -p "$proxy" -c ca.crt --timeout 5
        expect_status 1
        only_error
        stdout_empty
    done
}

@test "no server: exit status 95" {
    run_sscep getca -u "$NOWHERE" -c ca.crt
    expect_status 95
    only_error "127.0.0.1:1" "refused"
    no_file ca.crt
    take local.key local.csr
    cp "$shared/other.crt" ca.crt
    URL=$NOWHERE
    enroll
    expect_status 95
    only_error "127.0.0.1:1" "refused"
    stdout_lacks "sending certificate request"
    no_file local.crt
    run_sscep getcaps -u "$NOWHERE"
    expect_status 95
    only_error "127.0.0.1:1" "refused"
}

@test "a proxy that does not exist: exit status 95" {
    run_sscep getca -u http://scep.example.org/ -p 127.0.0.1:1 -c ca.crt
    expect_status 95
    only_error "127.0.0.1:1" "refused"
}

@test "a name that does not resolve: exit status 95" {
    local before=$SECONDS
    run_sscep getca -u http://nonexistent.invalid/ -c ca.crt --timeout 20
    expect_status 95
    only_error "nonexistent.invalid"
    if [ $((SECONDS - before)) -gt 25 ]; then
        problem "took $((SECONDS - before)) seconds"
    fi
}

@test "a server that does not speak HTTP: exit status 95" {
    start_ca --fault garbage-status-line --fault-on getcacert
    run_sscep getca -u "$URL" -c ca.crt -F md5
    expect_status 95
    only_error
}

# --- the configuration file ------------------------------------------------

@test "an unknown key gives a warning that names the nearest one" {
    start_ca
    printf 'URL = %s\n\nCACertFil = x\n' "$URL" >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    warned "sscep.conf:3: "
    warned CACertFil
    warned "did you mean CACertFile?"
    expect_equal "lines of stderr" 1 "$(wc -l <"$stderr")"
}

@test "an unknown section gives a warning" {
    start_ca
    printf '[sscep]\nURL = %s\n[sscep_getcacert]\nURL = x\n' "$URL" >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    warned "sscep.conf:3: "
    warned sscep_getcacert
}

@test "an invalid boolean: an error with file and line" {
    local value
    snapshot
    for value in maybe 2 y "yes no" ja; do
        printf '# one\n\nVerbose = "%s"\n' "$value" >sscep.conf
        run_sscep getca -f sscep.conf -u "$NOWHERE" -c ca.crt
        expect_status 93
        only_error "sscep.conf:3: " Verbose
        stdout_empty
    done
}

@test "a bad value in the file: an error with file and line" {
    local line
    while read -r line; do
        printf '[sscep_enroll]\n%s\n' "$line" >sscep.conf
        run_sscep enroll -f sscep.conf -u "$NOWHERE" -c ca.crt -k local.key \
            -r local.csr -l local.crt
        expect_status 93
        only_error "sscep.conf:2: " "$(echo "$line" | sed -E 's/^"?([A-Za-z]+).*/\1/')"
        stdout_empty
    done <<'END'
EncAlgorithm = rot13
SigAlgorithm = sha3
PollInterval = x
MaxPollTime = -1
MaxPollCount = 1.5
MonitorInformation = x
Resume = perhaps
Tolerate = everything
RenewalMessage = 18
EncAlgorithm rot13
"SigAlgorithm" "sha3"
END
}

@test "a line that cannot be read: an error with file and line" {
    local line
    while IFS= read -r line; do
        printf '# first\n%s\n' "$line" >sscep.conf
        run_sscep getca -f sscep.conf -u "$NOWHERE" -c ca.crt
        expect_status 93
        only_error "sscep.conf:2: "
        stdout_empty
    done <<'END'
[sscep
[]
URL
URL "x
"URL = x
= x
URL "x" y
URL = $x
URL = ${x
.include = x
END
}

@test "a configuration file that is not text is refused" {
    printf 'URL = x\0y\n' >sscep.conf
    run_sscep getca -f sscep.conf -u "$NOWHERE" -c ca.crt
    expect_status 93
    only_error "sscep.conf"
    head -c 20000 /dev/zero | tr '\0' x >sscep.conf
    run_sscep getca -f sscep.conf -u "$NOWHERE" -c ca.crt
    expect_status 93
    only_error "sscep.conf"
}
