#!/usr/bin/env bats
#
# Names of files: scripts, slashes, drives, servers, lengths, and those that Windows
# does not take as they are.

load helper

# backslashes NAME: with each slash as a backslash.
backslashes() { tr / '\\' <<<"$1"; }

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

@test "a name of many letters that are several bytes each" {
    local name
    start
    # Temporary names have 100 bytes of it.
    name=x$(printf 'ü%.0s' {1..60})
    enroll_to "$name.key" "$name.crt"
    expect_status 0
    pair_is_good "$name.key" "$name.crt"
    name=$(printf 'ж%.0s' {1..120})
    run_sscep getca -u "$URL" -c "$name"
    expect_status 0
    run_sscep enroll -u "$URL" -c "$name" -k x.key -l x.crt \
        --new-key ec:P-256 --subject /CN=x --challenge pass:secret
    expect_status 0
}

# The files of \\server\share\x are below unc/server/share of the drives of wine.
@test "a share of a server, with both slashes and with the prefix" {
    local name share=$WINEPREFIX/dosdevices/unc/server.$$/share
    start
    mkdir -p "$share/dir"
    for name in "//server.$$/share/dir/x.key" "\\\\server.$$\\share\\dir\\x.key" \
        "\\\\server.$$/share\\dir/../dir/x.key" \
        "\\\\?\\UNC\\server.$$\\share\\dir\\x.key"; do
        rm -f "$share"/dir/*
        enroll_to "$name" "${name%key}crt"
        expect_status 0
        pair_is_good "$share/dir/x.key" "$share/dir/x.crt"
    done
    run_sscep enroll -u "$URL" -c ca.crt -k "file:////server.$$/share/dir/x.key" \
        -l y.crt --subject /CN=x --challenge pass:secret
    expect_status 0
    pair_is_good "$share/dir/x.key" y.crt
    run_sscep getca -u "$URL" -c "\\\\server.$$\\nothing\\ca.crt"
    expect_status 93
    stderr_has "No such file or directory"
    rm -r "${share%/share}"
}

@test "a drive with the prefix for long names" {
    start
    enroll_to "\\\\?\\Z:$(backslashes "$PWD")\\x.key" "//?/Z:$PWD/x.crt"
    expect_status 0
    pair_is_good x.key x.crt
    stdout_has "certificate written as Z:$PWD/x.crt"
}

@test "paths of more than 260 characters: of every file" {
    local part d
    start
    part=$(printf 'd%.0s' {1..90})
    d=$part/$part/$part
    mkdir -p "$d"
    cp ca.crt "$d/ca.crt"
    echo secret >"$d/challenge"
    cat >"$d/dev.conf" <<END
URL = $URL
CACertFile = $d/ca.crt
Challenge = file:$d/challenge
[sscep_renew]
PrivateKeyFile = $d/dev.key
LocalCertFile = $d/dev.crt
BundleFile = Z:$PWD/$d/bundle.pem
Subject = /CN=device
NewKey = ec:P-256
RenewBefore = 9999d
END
    for _ in 1 2; do
        run_sscep renew -f "$d/dev.conf"
        expect_status 0
        pair_is_good "$d/dev.key" "$d/dev.crt"
        pair_is_good "$d/bundle.pem" "$d/dev.crt"
    done
    # With a drive and the file's own long name it is still one file.
    run_sscep getcrl -u "$URL" -c "$d/ca.crt" -k "$d/dev.key" -l "$d/dev.crt" \
        -w "Z:$PWD/$d/dev.crt"
    expect_status 1
    stderr_has "are the same file"
    run_sscep getcrl -u "$URL" -c "$d/ca.crt" -k "$d/dev.key" -l "$d/dev.crt" \
        -w "\\\\?\\Z:$(backslashes "$PWD/$d/crl.pem")"
    expect_status 0
    [ -s "$d/crl.pem" ]
}

@test "a name in other letters, large or small, is that of the same file" {
    start
    enroll_to x.key X.KEY
    expect_status 1
    stderr_has "-k and -l are the same file"
    no_file x.key
    enroll_to Ä.key ä.KEY
    expect_status 1
}

@test "renew: a name in other letters is that of a file of its own" {
    local option
    start
    for option in '--bundle DEV.KEY.OLD' '--chain DEV.CRT.OLD' \
        '--fullchain DEV.CRT.REQ' '--bundle DEV.KEY'; do
        # shellcheck disable=SC2086
        run_sscep renew -u "$URL" -c ca.crt -k dev.key -l dev.crt \
            --new-key ec:P-256 --subject /CN=device --challenge pass:secret \
            $option
        expect_status 1
        [ -z "$(find . -iname 'dev*')" ]
    done
}

# refused NAME TEXT: no file of that name is made, and the text tells why.
refused() {
    run_sscep getca -u "$URL" -c "$1"
    expect_status 93
    stderr_has "$1: cannot open: $2"
    [ "$(ls -A)" = "$before" ]
}

@test "names of devices, streams, and those that Windows would change" {
    local name before
    start
    before=$(ls -A)
    for name in aux.crt COM1 con prn.pem ./lpt1; do
        refused "$name" "Windows has a device of this name"
    done
    for name in ca2.crt:x 'ca2.crt::$DATA' "Z:$PWD/ca2.crt:x" Z:ca2.crt; do
        refused "$name" "A colon is only for a drive, before a slash"
    done
    for name in ca2.crt. 'ca2.crt ' 'ca2.crt. .'; do
        refused "$name" "Windows would leave out the dot or blank at its end"
    done
    name=$(printf 'x%.0s' {1..256})
    refused "$name" "File name too long"
    for name in 'a?.crt' 'a*.crt' 'a<.crt' 'a|b' $'a\tb'; do
        run_sscep getca -u "$URL" -c "$name"
        expect_status 93
        stderr_has 'Windows has no < > " | ? *'
    done
    run_sscep getca -u "$URL" -c '\\.\pipe\x'
    expect_status 93
    stderr_has "Windows has a device of this name"
    run_sscep enroll -u "$URL" -c ca.crt -k aux.key -l x.crt --subject /CN=x
    expect_status 93
    stderr_has "Windows has a device of this name"
    [ "$(ls -A)" = "$before" ]
    run_sscep getca -u "$URL" -c NUL
    expect_status 0
}

@test "an argument that is no text" {
    probe half "$SSCEP_EXE" getca -u http://127.0.0.1:9/ -c >said 2>&1
    cat said
    grep 'sscep: cannot start: an argument is no text in UTF-16' said
    grep -x 'ended 1' said
}

@test "the working directory is on a share, and has letters of other scripts" {
    local share=$WINEPREFIX/dosdevices/unc/server.$$/share
    start
    mkdir -p "$share/Gerät ключ"
    cp ca.crt "$share/Gerät ключ"
    ln -s "$SSCEP" "$share/Gerät ключ/sscep"
    cd "$share/Gerät ключ"
    enroll_to x.key x.crt
    expect_status 0
    pair_is_good x.key x.crt
    cd "$BATS_TEST_TMPDIR"
    rm -r "${share%/share}"
}

@test "a configuration file is named with a drive: its hook runs" {
    local d=$WINEPREFIX/drive_c/sscep.$$
    start
    mkdir "$d"
    cat >"$d/dev.conf" <<END
URL = $URL
CACertFile = C:/sscep.$$/ca.crt
[sscep_renew]
PrivateKeyFile = C:/sscep.$$/dev.key
LocalCertFile = C:/sscep.$$/dev.crt
Subject = /CN=device
NewKey = ec:P-256
Challenge = pass:secret
Hook = "echo %SSCEP_SERIAL%>>C:\\\\sscep.$$\\\\hooks"
END
    cp ca.crt "$d"
    run_sscep renew -f "C:\\sscep.$$\\dev.conf"
    expect_status 0
    [ -s "$d/hooks" ]
    rm -r "$d"
}
