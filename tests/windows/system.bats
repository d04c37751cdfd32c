#!/usr/bin/env bats
#
# What a person at cmd.exe or PowerShell, or Task Scheduler, does with the program.

load helper

@test "the program tells Windows its name, version and copyright" {
    probe version "$(winepath -w "$SSCEP_EXE" 2>/dev/null)" >said
    cat said
    grep -x 'ProductName: sscep' said
    grep -x "ProductVersion: $(sed -n \
        's/^AC_INIT(\[sscep\], \[\(.*\)\])$/\1/p' "$tree/configure.ac")" said
    grep -x "LegalCopyright: $(head -n 1 "$tree/COPYRIGHT")" said
    grep -q '<longPathAware .*>true</longPathAware>' "$SSCEP_EXE"
    grep -q 'level="asInvoker"' "$SSCEP_EXE"
}

# closed ARGUMENT...: with a reader of standard output that has gone.
closed() {
    { wine "$SSCEP_EXE" "$@" 2>err && echo 0 >status || echo $? >status; } |
        exec 0<&-
}

# in-wine reads what the program writes: it would be the one that gets no further.
@test "standard output is a pipe that nobody reads" {
    start
    closed getca -u "$URL" -c -
    cat err
    grep -x 'sscep: -: cannot write: Broken pipe' err
    expect_equal status 93 "$(cat status)"
    closed --help-all
    cat err
    [ ! -s err ]
}

@test "standard input: a pipe, by each of its names" {
    local name
    start
    enroll_to x.key x.crt
    for name in stdin fd:0 file:/dev/stdin; do
        printf 'secret\r\n' | "$sscep" enroll -u "$URL" -c ca.crt -k x.key \
            -l y.crt --subject /CN=x --challenge "$name"
        pair_is_good x.key y.crt
        rm y.crt
    done
    sed 's/$/\r/' ca.crt | "$sscep" enroll -u "$URL" -c - -k x.key -l y.crt \
        --subject /CN=x --challenge pass:secret
    pair_is_good x.key y.crt
}

@test "without a console and standard streams, as services start programs" {
    start
    [ "$(probe alone "$SSCEP_EXE" getca --quiet -u "$URL" -c x.crt)" = "ended 0" ]
    cmp x.crt "$ca/ca.crt"
    [ "$(probe alone "$SSCEP_EXE" getca -u "$URL" -c y.crt)" = "ended 0" ]
    cmp y.crt "$ca/ca.crt"
}

@test "files with a byte order mark and CR LF, as Notepad writes them" {
    local file
    start
    enroll_to x.key x.crt
    cat >dev.conf <<END
URL = $URL
CACertFile = ca.crt
Challenge = pass:secret
END
    for file in dev.conf ca.crt x.key; do
        { printf '\xef\xbb\xbf'; sed 's/$/\r/' "$file"; } >"bom.$file"
    done
    run_sscep enroll -f bom.dev.conf -c bom.ca.crt -k bom.x.key -l y.crt \
        --subject /CN=x
    expect_status 0
    pair_is_good x.key y.crt
    printf '\xef\xbb\xbfsecret\r\n' >challenge
    run_sscep enroll -u "$URL" -c ca.crt -k x.key -l y.crt --subject /CN=x \
        --challenge file:challenge
    expect_status 93
    stderr_has "byte order mark"
}

@test "files in UTF-16, as PowerShell writes them: the error says so" {
    local file
    start
    enroll_to x.key x.crt
    echo secret >challenge
    echo "URL = $URL" >dev.conf
    for file in ca.crt x.key challenge dev.conf; do
        { printf '\xff\xfe'; iconv -t UTF-16LE "$file"; } >"wide.$file"
    done
    run_sscep enroll -u "$URL" -c wide.ca.crt -k x.key -l y.crt --subject /CN=x
    expect_status 93
    stderr_has "CA certificate wide.ca.crt: the file is in UTF-16"
    run_sscep enroll -u "$URL" -c ca.crt -k wide.x.key -l y.crt --subject /CN=x
    expect_status 93
    stderr_has "private key wide.x.key: the file is in UTF-16"
    run_sscep enroll -u "$URL" -c ca.crt -k x.key -l y.crt --subject /CN=x \
        --challenge file:wide.challenge
    expect_status 93
    stderr_has "wide.challenge: the file is in UTF-16"
    run_sscep getca -f wide.dev.conf
    expect_status 93
    stderr_has "wide.dev.conf:1: a NUL byte: not a text file, or UTF-16"
}

@test "several CA certificates get numbers" {
    start_ca --challenge secret --profile ra-pair
    run_sscep getca -u "$URL" -c 'ca é.crt'
    expect_status 0
    [ -s 'ca é.crt-0' ]
    [ -s 'ca é.crt-1' ]
    run_sscep enroll -u "$URL" -c 'ca é.crt' -k x.key -l x.crt \
        --new-key ec:P-256 --subject /CN=x --challenge pass:secret
    expect_status 0
    pair_is_good x.key x.crt
}

@test "a server that does not answer: --timeout" {
    start --fault silent --fault-on getcacaps
    run_sscep getcaps -u "$URL" --timeout 2
    expect_status 89
    stderr_has "time limit of 2 s reached"
}

@test "the variables for a proxy, in the letters of the manual" {
    start
    http_proxy=http://127.0.0.1:9 run_sscep getcaps -u "$URL"
    expect_status 95
    stderr_has 127.0.0.1:9
    HTTP_PROXY=http://127.0.0.1:9 run_sscep getcaps -u "$URL"
    expect_status 0
    http_proxy=http://127.0.0.1:9 NO_PROXY=127.0.0.1 run_sscep getcaps -u "$URL"
    expect_status 0
}

@test "letters of other scripts on the console" {
    start
    "$console" 'never shown' '' wine "$SSCEP_EXE" getca -u "$URL" \
        -c 'Zürich.crt' >said 2>&1
    cat said
    grep 'CAcertificatewrittenasZürich.crt' said
}
