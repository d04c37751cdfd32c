#!/usr/bin/env bats
#
# What is different on Windows: the access to files, files that are open, and how
# a run ends.

load helper

@test "lines end with a line feed only, also on standard output" {
    start
    run_sscep getca -u "$URL" -c -
    expect_status 0
    cmp "$stdout" "$ca/ca.crt"
    run_sscep --help
    [ -z "$(grep -l $'\r' "$stdout")" ]
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
    run_sscep check -u "$URL" -c ca.crt -k x.key -l x.crt --subject /CN=x
    stdout_has 'icacls "x.key" /inheritance:r /grant:r *S-1-5-21-'
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

# wine refuses the first way; the numbers are those of what is set.
@test "a file is replaced in the way that lets others read the old one, first" {
    start
    echo old >other.crt
    probe calls "$SSCEP_EXE" getca -u "$URL" -c other.crt >said
    cat said
    [ "$(grep -E -A 1 '^SetFileInformationByHandle 22$' said | tr '\n' ' ')" = \
        "SetFileInformationByHandle 22 MoveFileExW " ]
    cmp other.crt "$ca/ca.crt"
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
