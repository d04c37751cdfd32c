#!/usr/bin/env bats
#
# What is different on Windows: names of files, their access, files that are open,
# and how a run ends.  SSCEP is tests/windows/in-wine, PROBE is probe.exe.

load ../e2e/helper

setup() {
    common_setup
    console=$tree/tests/windows/on-console
    probe() { timeout -k 5 60 wine "$PROBE" "$@" | tr -d '\r'; }
}

# enroll_to KEY CERT [OPTION...]: with a new key.
enroll_to() {
    run_sscep enroll -u "$URL" -c ca.crt -k "$1" -l "$2" \
        --new-key ec:P-256 --subject /CN=x --challenge pass:secret "${@:3}"
}

start() {
    start_ca --challenge secret "$@"
    cp "$ca/ca.crt" ca.crt
}

# pair_is_good KEY CERT
pair_is_good() {
    [ "$(openssl pkey -in "$1" -pubout)" = \
        "$(openssl x509 -in "$2" -noout -pubkey)" ]
}

@test "lines end with a line feed only, also on standard output" {
    start
    run_sscep getca -u "$URL" -c -
    expect_status 0
    cmp "$stdout" "$ca/ca.crt"
    run_sscep --help
    [ -z "$(grep -l $'\r' "$stdout")" ]
}

@test "names with blanks and letters of other scripts, on the command line" {
    start
    mkdir 'Zertifikate für Geräte'
    enroll_to 'Zertifikate für Geräte/ключ 鍵.key' 'Zertifikate für Geräte/é.crt'
    expect_status 0
    pair_is_good 'Zertifikate für Geräte/ключ 鍵.key' \
        'Zertifikate für Geräte/é.crt'
    stdout_has "certificate written as Zertifikate für Geräte/é.crt"
}

@test "names with both slashes and a drive, of outputs, too" {
    start
    mkdir -p a/b
    enroll_to 'a\b\x.key' "Z:$(tr / '\\' <<<"$PWD")\\a\\b/x.crt"
    expect_status 0
    pair_is_good a/b/x.key a/b/x.crt
    [ "$(ls -A a/b | tr "\n" " ")" = "x.crt x.key " ]
}

@test "a file: URI with a drive, and one without" {
    start
    enroll_to x.key x.crt
    expect_status 0
    for uri in "file:///Z:$PWD/x.key" "file:Z:$PWD/x.key" file:x.key; do
        run_sscep enroll -u "$URL" -c ca.crt -k "$uri" -l y.crt \
            --subject /CN=x --challenge pass:secret
        expect_status 0
        pair_is_good x.key y.crt
    done
}

@test "a path of more than 260 characters" {
    local part directory
    start
    part=$(printf 'd%.0s' {1..90})
    directory=$part/$part/$part/$part
    mkdir -p "$directory"
    enroll_to "$directory/x.key" "$directory/x.crt"
    expect_status 0
    pair_is_good "$directory/x.key" "$directory/x.crt"
}

@test "a configuration file in each syntax, with line ends of Windows" {
    start
    cat >new.conf <<END
URL = $URL
CACertFile = "ca.crt"
Challenge = pass:secret
[sscep_enroll]
NewKey = ec:P-256
Subject = /CN=x
PrivateKeyFile = new.key
LocalCertFile = "new ä.crt"
END
    sed 's/ = / /; s/^CACertFile.*/CACertFile ca.crt/; s/new /old /
        s/"//g; s/new\.key/old.key/; s/old ä/old/' new.conf >old.conf
    sed -i '/^\[/d' old.conf
    sed -i 's/$/\r/' new.conf old.conf
    run_sscep enroll -f new.conf
    expect_status 0
    pair_is_good new.key 'new ä.crt'
    run_sscep enroll -f old.conf
    expect_status 0
    pair_is_good old.key old.crt
}

@test "a backslash in a configuration file: the error names the escape" {
    printf 'URL = http://127.0.0.1:9/\r\nCACertFile = C:\\new\\ca.crt\r\n' \
        >x.conf
    run_sscep getca -f x.conf
    expect_status 93
    # shellcheck disable=SC1003
    stderr_has 'x.conf:2: CACertFile: \n is an escape'
    stderr_has 'write / or \\ if a backslash is meant'
}

@test "a new key has the user alone in its access control list" {
    start
    enroll_to x.key x.crt
    expect_status 0
    probe access x.key >said
    cat said
    # wine adds the system.
    sed -i 's/(A;;FA;;;SY)//' said
    grep -x 'D:P\?(A;;FA;;;S-1-5-21-[-0-9]*)' said
    probe access x.crt | grep -q ';;;WD)'
}

@test "a key that others may read: the warning, and the mode that stands for it" {
    start
    openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out x.key
    chmod 644 x.key
    enroll_to x.key x.crt
    expect_status 0
    warned key-access "has mode 0644"
}

# configure_renewal: dev.conf, of a certificate that is always due.
configure_renewal() {
    cat >dev.conf <<END
URL = $URL
CACertFile = ca.crt
[sscep_renew]
PrivateKeyFile = dev.key
LocalCertFile = dev.crt
BundleFile = bundle.pem
Subject = /CN=device
NewKey = ec:P-256
Challenge = pass:secret
RenewBefore = 9999d
END
}

# hold FILE [delete]: another program has it open until release.
hold() {
    mkfifo go
    timeout 60 wine "$PROBE" hold "$@" <go >held 3>&- &
    holder=$!
    exec 7>go
    wait_for 20 grep -q held held
}

release() {
    exec 7>&-
    wait "$holder"
    rm go
}

# Where the system replaces no open file, as wine does not, it is written in place.
@test "a file that another program reads gets the new contents" {
    local how
    start
    for how in delete ''; do
        rm -f x.key
        echo old >x.crt
        hold x.crt $how
        enroll_to x.key x.crt
        release
        expect_status 0
        pair_is_good x.key x.crt
        grep -q -e '^old' -e 'BEGIN CERTIFICATE' held
    done
}

@test "renew: a file that another program has open; the next run goes on" {
    local before
    start
    configure_renewal
    run_sscep renew -f dev.conf
    expect_status 0
    before=$(cat dev.crt)
    hold dev.crt
    run_sscep renew -f dev.conf
    release
    expect_status 93
    stderr_has 'Another process has the file open'
    [ "$(cat dev.crt)" = "$before" ]
    [ -s dev.crt.new ]
    run_sscep renew -f dev.conf
    expect_status 0
    pair_is_good dev.key dev.crt
    [ "$(cat dev.crt)" != "$before" ]
    [ -z "$(find . -name '*.new' -o -name '*sscep-tmp*')" ]
}

@test "Ctrl-C ends a poll, as SIGINT does" {
    local status=0
    start --pending 9
    "$console" 'next poll in' '\x03' wine "$SSCEP_EXE" enroll -u "$URL" \
        -c ca.crt -k x.key -l x.crt --new-key ec:P-256 --subject /CN=x \
        --challenge pass:secret -t 30 >said 2>&1 || status=$?
    cat said
    grep 'interruptedwhilePENDING:toresume,runthesamecommandwith-R' said
    # The last byte of 0xC000013A.
    [ "$status" -eq 58 ]
    no_file x.crt
    [ -z "$(find . -name '*sscep-tmp*')" ]
}

@test "a pass phrase is prompted for on the console, without echo" {
    start
    openssl genpkey -algorithm rsa -aes-128-cbc -pass pass:geheim -out x.key
    "$console" 'Pass phrase' 'geheim\r' wine "$SSCEP_EXE" enroll -u "$URL" \
        -c ca.crt -k x.key -l x.crt --subject /CN=x --challenge pass:secret \
        >said 2>&1
    cat said
    [ -z "$(grep geheim said)" ]
    grep 'certificatewrittenasx.crt' said
}

@test "no terminal: an encrypted key does not wait for a pass phrase" {
    start
    openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 \
        -aes-128-cbc -pass pass:x -out x.key
    run_sscep enroll -u "$URL" -c ca.crt -k x.key -l x.crt --subject /CN=x
    expect_status 93
    stderr_has 'there is no terminal to prompt on'
}

@test "renew: ended before each call that renames, links or removes a file" {
    local n=0
    start
    configure_renewal
    run_sscep renew -f dev.conf
    expect_status 0
    while :; do
        n=$((n + 1))
        probe killed "$n" "$SSCEP_EXE" renew -f dev.conf >said 2>&1
        grep -q '^killed 137$' said || break
        run_sscep renew -f dev.conf
        expect_status 0
        pair_is_good dev.key dev.crt
        pair_is_good bundle.pem dev.crt
        [ -z "$(find . -name '*.new' -o -name '*sscep-tmp*')" ]
    done
    cat said
    grep '^ended 0$' said
    [ "$n" -gt 8 ]
}

@test "renew: another run has the lock" {
    start --pending 9
    configure_renewal
    "$sscep" renew -f dev.conf >first 2>&1 3>&- &
    wait_for 20 grep -q PENDING first
    run_sscep renew -f dev.conf
    expect_status 77
    stderr_has 'another run'
    kill "$!"
    wait "$!" || true
}

# wine has no sticky directories: a hook would not be run below /tmp.
@test "renew: a hook is a command of cmd.exe" {
    local serial
    start
    mkdir "$WINEPREFIX/drive_c/sscep.$$"
    cd "$WINEPREFIX/drive_c/sscep.$$"
    cp "$ca/ca.crt" ca.crt
    ln -s "$SSCEP" sscep
    configure_renewal
    echo 'Hook = "echo %SSCEP_SERIAL%>>hooks & exit 0"' >>dev.conf
    run_sscep renew -f dev.conf
    expect_status 0
    cat hooks
    serial=$(openssl x509 -in dev.crt -noout -serial)
    grep -qi "^${serial#*=}" hooks
    sed -i 's/exit 0/exit 7/' dev.conf
    run_sscep renew -f dev.conf
    expect_status 78
    stderr_has 'exit status 7'
    sed -i 's/^Hook.*/Hook = "ping -n 60 127.0.0.1 >nul"/' dev.conf
    run_sscep renew -f dev.conf --hook-timeout 2
    expect_status 78
    stderr_has 'not finished after 2 s'
    cd "$BATS_TEST_TMPDIR"
    rm -r "$WINEPREFIX/drive_c/sscep.$$"
}
