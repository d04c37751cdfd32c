#!/usr/bin/env bats
#
# mkrequest: the files it writes and their encoding, what it refuses, and that
# it does not reveal secrets. MKREQUEST names another script to test.

bats_require_minimum_version 1.5.0

setup() {
    mkrequest=${MKREQUEST:-${BATS_TEST_DIRNAME}/../../mkrequest}
    mkrequest=$(realpath "$mkrequest")
    mkdir "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work"
    unset PREFIX CHALLENGE OPENSSL OPENSSL_CONF
    unset COUNTRY STATE LOCALITY ORGANIZATION ORGUNIT COMMONNAME SERIALNUMBER
    unset UNSTRUCTUREDNAME EMAILADDRESS
    export KEYBITS=1024         # small, to be quick
}

# field OBJECT [FILE]: the values of OBJECT in a request, each as TYPE:VALUE.
field() {
    openssl asn1parse -in "${2:-local.csr}" |
        sed -n "/ OBJECT  *:$1\$/ { n; / cons: SET/n; s/.* prim: \([A-Z0-9]*\) *:/\1:/p; }"
}

challenge() {
    field challengePassword "$@"
}

alternative_names() {
    openssl req -in "${1:-local.csr}" -noout -text |
        sed -n '/Subject Alternative Name/ { n; s/^ *//; s/ *$//; p; }'
}

subject() {
    openssl req -in "${1:-local.csr}" -noout -subject -nameopt RFC2253,-dn_rev
}

# refused TEXT COMMAND...: the command fails with status 1 and one line with
# TEXT on standard error, prints nothing on standard output and writes nothing.
refused() {
    local text=$1
    shift
    run --separate-stderr "$@"
    echo "status $status, output '$output', error '$stderr'"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [[ "$stderr" == "mkrequest: "*"$text"* ]]
    [[ "$stderr" != *$'\n'* ]]
    nothing_written
}

# The same for misuse, where a second line points to the help.
misused() {
    local text=$1
    shift
    run --separate-stderr "$@"
    echo "status $status, output '$output', error '$stderr'"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [[ "$stderr" == "mkrequest: "*"$text"*$'\n'"Try 'mkrequest --help'" ]]
    nothing_written
}

nothing_written() {
    local found
    found=$(find . -name '*.key*' -o -name '*.csr*' -o -name '*.new*')
    [ -z "$found" ]
}

# Makes a program that runs openssl in its place and records its arguments,
# environment and umask, and the modes of the files below the directory "out".
spy() {
    mkdir -p out/tmp spy
    cat >openssl-spy <<END
#!/bin/sh
printf '%s\n' "\$*" >>spy/arguments
env >>spy/environment
umask >>spy/umask
openssl "\$@"
status=\$?
find out -mindepth 1 ! -path out/tmp -printf '%m %p\n' >>spy/modes
exit \$status
END
    chmod +x openssl-spy
    export OPENSSL=./openssl-spy PREFIX=out/local TMPDIR=$PWD/out/tmp
}

# --- what is written -------------------------------------------------------

@test "mkrequest: an address, key and request belong together" {
    unset KEYBITS
    run --separate-stderr "$mkrequest" -ip 172.30.0.1
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "${lines[0]}" = 'mkrequest: key written as local.key' ]
    [ "${lines[1]}" = 'mkrequest: request written as local.csr' ]
    [ "${#lines[@]}" -eq 2 ]
    [ "$(ls -A)" = $'local.csr\nlocal.key' ]

    [ "$(alternative_names)" = 'IP Address:172.30.0.1' ]
    [ "$(subject)" = 'subject=CN=172.30.0.1' ]
    [ "$(openssl pkey -in local.key -pubout)" = \
      "$(openssl req -in local.csr -noout -pubkey)" ]
    openssl req -in local.csr -noout -verify
    text=$(openssl req -in local.csr -noout -text)
    [[ "$text" == *'(2048 bit)'* ]]
    [[ "$text" == *sha256WithRSAEncryption* ]]
    [[ "$text" == *'Digital Signature, Key Encipherment'* ]]
    [[ "$text" != *challengePassword* ]]
}

@test "mkrequest: IPv6 addresses" {
    "$mkrequest" -ip ::1
    [ "$(alternative_names)" = 'IP Address:0:0:0:0:0:0:0:1' ]
    "$mkrequest" -ip 2001:DB8:0:1:2:3:4:5
    [ "$(alternative_names)" = 'IP Address:2001:DB8:0:1:2:3:4:5' ]
    "$mkrequest" -ip ::ffff:192.0.2.1
    [ "$(alternative_names)" = 'IP Address:0:0:0:0:0:FFFF:C000:201' ]
}

@test "mkrequest: a host name" {
    "$mkrequest" -dns www.example.com
    [ "$(alternative_names)" = 'DNS:www.example.com' ]
    [ "$(subject)" = 'subject=CN=www.example.com' ]
    [ "$(field commonName)" = 'PRINTABLESTRING:www.example.com' ]
}

@test "mkrequest: an e-mail address" {
    "$mkrequest" -email me+vpn@example.com
    [ "$(alternative_names)" = 'email:me+vpn@example.com' ]
    [ "$(field commonName)" = 'UTF8STRING:me+vpn@example.com' ]
}

@test "mkrequest: several names, the first is the common name" {
    "$mkrequest" -dns '*.example.com' -dns example.com -ip 192.0.2.1 \
        -email a@example.com -ip 2001:db8::2
    [ "$(alternative_names)" = "DNS:*.example.com, DNS:example.com, IP \
Address:192.0.2.1, email:a@example.com, IP Address:2001:DB8:0:0:0:0:0:2" ]
    [ "$(subject)" = 'subject=CN=*.example.com' ]
}

@test "mkrequest: both files are for their owner only" {
    umask 000
    "$mkrequest" -dns a.example secret
    [ "$(stat -c %a local.key)" = 600 ]
    [ "$(stat -c %a local.csr)" = 600 ]
}

@test "mkrequest: no file is readable by others at any time" {
    spy
    umask 000
    "$mkrequest" -dns a.example secret
    [[ "$(cat spy/umask)" =~ ^0*77$ ]]
    run cat spy/modes
    echo "$output"
    [ "${#lines[@]}" -eq 3 ]        # directory, key and request
    [[ "$output" == *key* ]]
    for line in "${lines[@]}"; do
        [[ "$line" == ?00\ * ]]
    done
    [ -z "$(ls -A out/tmp)" ]
}

@test "mkrequest: a second run keeps the old files" {
    "$mkrequest" -dns one.example
    cp local.key one.key
    cp local.csr one.csr
    run --separate-stderr "$mkrequest" -dns two.example
    [ "$status" -eq 0 ]
    [ "${#lines[@]}" -eq 2 ]
    [ "$stderr" = "mkrequest: old file kept as local.key.old
mkrequest: old file kept as local.csr.old" ]
    cmp one.key local.key.old
    cmp one.csr local.csr.old
    [ "$(alternative_names)" = 'DNS:two.example' ]
    run ! cmp -s local.key local.key.old

    cp local.key two.key
    "$mkrequest" -dns three.example
    cmp two.key local.key.old
}

@test "mkrequest: if the new files cannot be moved to their names the old ones are restored" {
    "$mkrequest" -dns one.example
    cp local.key one.key
    cp local.csr one.csr
    mkdir bin
    cat >bin/mv <<'END'
#!/bin/sh
case $2 in
*.new.*/csr) echo 'mv: cannot move: Disk on fire' >&2; exit 1 ;;
esac
exec /bin/mv "$@"
END
    chmod +x bin/mv
    PATH=$PWD/bin:$PATH run --separate-stderr "$mkrequest" -dns two.example
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [ "$stderr" = 'mkrequest: cannot write local.csr: Disk on fire' ]
    cmp one.key local.key
    cmp one.csr local.csr
    [ "$(ls -d local*)" = $'local.csr\nlocal.key' ]
}

# --- the challenge password -------------------------------------------------

@test "mkrequest: a challenge is a PrintableString where it can be" {
    "$mkrequest" -ip 172.30.0.1 password
    [ "$(challenge)" = 'PRINTABLESTRING:password' ]
    "$mkrequest" -ip 172.30.0.1 "A z09'()+,-./:=?"
    [ "$(challenge)" = "PRINTABLESTRING:A z09'()+,-./:=?" ]
    "$mkrequest" -ip 172.30.0.1 7
    [ "$(challenge)" = 'PRINTABLESTRING:7' ]
}

@test "mkrequest: any other challenge is a UTF8String" {
    for secret in under_score a@b 'päss wörd' '☃' '#x' 'a;b' '*'; do
        "$mkrequest" -dns a.example "$secret"
        [ "$(challenge)" = "UTF8STRING:$secret" ]
    done
}

@test "mkrequest: a challenge is encoded unchanged" {
    for secret in ' blanks ' '"' "'" '\' '\n' 'a\' '$HOME' '${ENV::HOME}' \
        '$(touch pwned)' '`touch pwned`' 'a"b\"c\\"' '%s%n' '"] [' \
        ' "x" #y'; do
        "$mkrequest" -dns a.example "$secret"
        value=$(challenge)
        echo "$secret -> $value"
        [ "${value#*:}" = "$secret" ]
    done
    [ ! -e pwned ]
}

@test "mkrequest: a long challenge" {
    secret=$(printf '%01000d' 0)
    "$mkrequest" -dns a.example "$secret"
    [ "$(challenge)" = "PRINTABLESTRING:$secret" ]
}

@test "mkrequest: a challenge in the environment" {
    CHALLENGE='from env' "$mkrequest" -dns a.example
    [ "$(challenge)" = 'PRINTABLESTRING:from env' ]
    CHALLENGE='from env' "$mkrequest" -dns a.example 'from line'
    [ "$(challenge)" = 'PRINTABLESTRING:from line' ]
    CHALLENGE='from env' "$mkrequest" -dns a.example ''
    [ "$(challenge)" = 'PRINTABLESTRING:from env' ]
    CHALLENGE='' "$mkrequest" -dns a.example ''
    [ -z "$(challenge)" ]
}

@test "mkrequest: a challenge on standard input" {
    printf ' a  b\nmore\n' | "$mkrequest" -dns a.example -
    [ "$(challenge)" = 'PRINTABLESTRING: a  b' ]
    printf 'no\\line end' | CHALLENGE=x "$mkrequest" -dns a.example -
    [ "$(challenge)" = 'UTF8STRING:no\line end' ]
    printf 'from Windows\r\n' | "$mkrequest" -dns a.example -- -
    [ "$(challenge)" = 'PRINTABLESTRING:from Windows' ]
}

@test "mkrequest: a challenge typed at a terminal is not shown" {
    command -v python3 || skip 'no python3'
    cat >terminal.py <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "-dns", "a.example", "-"])
said = b""
while b"password: " not in said:
    said += os.read(fd, 100)
os.write(fd, b"typed\n")
try:
    while data := os.read(fd, 1000):
        said += data
except OSError:
    pass
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
    run python3 terminal.py "$mkrequest"
    [ "$status" -eq 0 ]
    [[ "$output" == *'request written as local.csr'* ]]
    [[ "$output" != *typed* ]]
    [ "$(challenge)" = 'PRINTABLESTRING:typed' ]
}

@test "mkrequest: a challenge that begins with - goes after --" {
    misused 'goes after --' "$mkrequest" -dns a.example -secret
    [[ "$stderr" != *secret* ]]
    "$mkrequest" -dns a.example -- -secret
    [ "$(challenge)" = 'PRINTABLESTRING:-secret' ]
}

@test "mkrequest: a challenge is in no argument, environment or output" {
    spy
    run "$mkrequest" -dns a.example sesame
    [ "$status" -eq 0 ]
    [[ "$output" != *sesame* ]]
    CHALLENGE=sesame challenge=x run "$mkrequest" -dns a.example
    [ "$status" -eq 0 ]
    [[ "$output" != *sesame* ]]
    [ "$(challenge out/local.csr)" = 'PRINTABLESTRING:sesame' ]
    [ "$(wc -l <spy/arguments)" -ge 2 ]
    run ! grep -r sesame spy
    run ! grep -rl sesame out/tmp

    unset OPENSSL PREFIX
    # Words out of place may be the challenge.
    run "$mkrequest" sesame
    [[ "$output" != *sesame* ]]
    run "$mkrequest" -dns a.example sesame -dns b.example
    [ "$status" -eq 1 ]
    [[ "$output" != *sesame* ]]
    run "$mkrequest" -dns a.example $'sesame\x01'
    [ "$status" -eq 1 ]
    [[ "$output" != *sesame* ]]
    run "$mkrequest" -dns a.example $'sesame\xff'
    [ "$status" -eq 1 ]
    [[ "$output" != *sesame* ]]
}

@test "mkrequest: challenges that are refused" {
    refused 'control characters' "$mkrequest" -dns a.example $'a\nb'
    refused 'control characters' "$mkrequest" -dns a.example $'a\tb'
    refused 'control characters' "$mkrequest" -dns a.example $'a\x7f'
    CHALLENGE=$'a\nb' refused 'control characters' "$mkrequest" -dns a.example
    refused 'not valid UTF-8' "$mkrequest" -dns a.example $'\xe9'
    refused 'no challenge' "$mkrequest" -dns a.example - </dev/null
    refused 'no challenge' "$mkrequest" -dns a.example - <<<''
}

# --- the subject -------------------------------------------------------------

@test "mkrequest: all parts of the subject" {
    COUNTRY=FI STATE=Uusimaa LOCALITY=Espoo ORGANIZATION=Example ORGUNIT=VPN \
        COMMONNAME='Router 7' SERIALNUMBER=0815-A UNSTRUCTUREDNAME=r7.example \
        EMAILADDRESS=noc@example.com "$mkrequest" -dns r7.example.com
    run openssl req -in local.csr -noout -subject -nameopt sep_comma_plus,sname
    [ "$output" = "subject=C=FI,ST=Uusimaa,L=Espoo,O=Example,OU=VPN,\
CN=Router 7,serialNumber=0815-A,unstructuredName=r7.example,\
emailAddress=noc@example.com" ]
    [ "$(alternative_names)" = 'DNS:r7.example.com' ]
    for name in countryName stateOrProvinceName organizationName commonName \
        serialNumber unstructuredName; do
        [[ "$(field "$name")" == PRINTABLESTRING:* ]]
    done
    [ "$(field emailAddress)" = 'IA5STRING:noc@example.com' ]
}

@test "mkrequest: empty parts of the subject are left out" {
    COUNTRY='' ORGANIZATION=Example ORGUNIT='' COMMONNAME='' \
        "$mkrequest" -dns a.example
    [ "$(subject)" = 'subject=O=Example,CN=a.example' ]
}

@test "mkrequest: the subject can be edited in the script" {
    sed -e 's/COUNTRY:-}/COUNTRY:-DE}/' -e "s/^ORGUNIT=.*/ORGUNIT='R \& D'/" \
        -e 's/PREFIX:-local}/PREFIX:-mine}/' "$mkrequest" >edited
    sh edited -dns a.example
    [ "$(subject mine.csr)" = 'subject=C=DE,OU=R & D,CN=a.example' ]
    COUNTRY=FR sh edited -dns a.example
    [ "$(subject mine.csr)" = 'subject=C=FR,OU=R & D,CN=a.example' ]
}

@test "mkrequest: special characters are encoded in the subject unchanged" {
    for value in 'a, b' 'a/CN=b' '"' "it's" '\' 'a\' '\,' '$HOME' \
        '$ENV::HOME' '${subject::x}' '#a' 'a # b' ' lead' 'trail ' '  ' \
        'a;b' 'a=b' '+a' '@names' '[ x ]' '.include /etc/passwd' \
        'Zürich ☃' '`touch pwned`' '$(touch pwned)' 'a+CN=b' '%s' '*' '-n'
    do
        ORGANIZATION=$value "$mkrequest" -dns a.example
        got=$(field organizationName)
        echo "$value -> $got"
        [ "${got#*:}" = "$value" ]
        [ "$(field commonName)" = 'PRINTABLESTRING:a.example' ]
    done
    [ ! -e pwned ]
}

@test "mkrequest: special characters in every part of the subject" {
    odd='a "b" \c $d #e'
    STATE=$odd LOCALITY=$odd ORGANIZATION=$odd ORGUNIT=$odd COMMONNAME=$odd \
        UNSTRUCTUREDNAME=$odd "$mkrequest" -dns a.example
    for name in stateOrProvinceName localityName organizationName \
        organizationalUnitName commonName unstructuredName; do
        [ "$(field "$name")" = "UTF8STRING:$odd" ]
    done
}

@test "mkrequest: lengths are counted in characters" {
    long=$(printf 'ä%.0s' {1..64})
    ORGANIZATION=$long "$mkrequest" -dns a.example
    [ "$(field organizationName)" = "UTF8STRING:$long" ]
    rm local.*
    ORGANIZATION=${long}x refused 'longer than 64' "$mkrequest" -dns a.example
    COMMONNAME=${long}x refused 'longer than 64' "$mkrequest" -dns a.example
}

@test "mkrequest: a name too long for a common name needs another one" {
    name=$(printf 'a%.0s' {1..60}).example.com
    refused 'set COMMONNAME' "$mkrequest" -dns "$name"
    COMMONNAME=short "$mkrequest" -dns "$name"
    [ "$(alternative_names)" = "DNS:$name" ]
    [ "$(subject)" = 'subject=CN=short' ]
}

@test "mkrequest: parts of the subject that are refused" {
    for part in STATE LOCALITY ORGANIZATION ORGUNIT COMMONNAME \
        UNSTRUCTUREDNAME; do
        export "$part"=$'a"\nCN = "b'
        refused "$part has control characters" "$mkrequest" -dns a.example
        export "$part"=$'a\xff'
        refused 'not valid UTF-8' "$mkrequest" -dns a.example
        unset "$part"
    done
    for value in F FIN 12 $'F\n' 'Ä'; do
        COUNTRY=$value refused 'not two letters' "$mkrequest" -dns a.example
    done
    for value in a_b $'1\n2' 'ä'; do
        SERIALNUMBER=$value refused SERIALNUMBER "$mkrequest" -dns a.example
    done
    for value in nobody @ a@ @b 'a b@c' $'a@b\n' 'ä@b'; do
        EMAILADDRESS=$value refused EMAILADDRESS "$mkrequest" -dns a.example
    done
}

# --- other settings ----------------------------------------------------------

@test "mkrequest: PREFIX may be any path" {
    mkdir 'a dir'
    for prefix in other 'a dir/b c' "$PWD/full" -dash '$(touch pwned)' \
        'x;touch pwned' "q'\"" 'pkcs11:x' 'file:y' '*' '%s' ..; do
        PREFIX=$prefix run --separate-stderr "$mkrequest" -dns a.example
        echo "$prefix: $status $output $stderr"
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
        [ "${lines[0]}" = "mkrequest: key written as $prefix.key" ]
        [ "${lines[1]}" = "mkrequest: request written as $prefix.csr" ]
        [ -s "./$prefix.key" ] || [ -s "$prefix.key" ]
        [ -s "./$prefix.csr" ] || [ -s "$prefix.csr" ]
    done
    [ ! -e pwned ]
    [ -z "$(find . -name '*.new*')" ]
}

@test "mkrequest: places where nothing can be written" {
    touch file
    PREFIX=no/such/local refused 'cannot write in no/such: No such file' \
        "$mkrequest" -dns a.example
    PREFIX=file/local refused 'cannot write in file: Not a directory' \
        "$mkrequest" -dns a.example
    PREFIX=dir/ refused 'ends in a slash' "$mkrequest" -dns a.example
    PREFIX=$'a\nb' refused 'control characters' "$mkrequest" -dns a.example
}

@test "mkrequest: a directory in the place of a file" {
    for name in local.key local.csr local.key.old local.csr.old; do
        mkdir "$name"
        run --separate-stderr "$mkrequest" -dns a.example
        [ "$status" -eq 1 ]
        [ "$stderr" = "mkrequest: $name is a directory" ]
        rmdir "$name"
        nothing_written
    done
}

@test "mkrequest: KEYBITS" {
    KEYBITS=1536 "$mkrequest" -dns a.example
    [[ "$(openssl req -in local.csr -noout -text)" == *'(1536 bit)'* ]]
    rm local.*
    for bits in 512 1023 16385 99999999999999999999 02048 -2048 2k '2048 ' \
        $'2048\n' '$(touch pwned)' 'x[$(touch pwned)]' '*'; do
        KEYBITS=$bits refused KEYBITS "$mkrequest" -dns a.example
    done
    [ ! -e pwned ]
}

@test "mkrequest: the caller's OPENSSL_CONF has no effect" {
    printf '[ broken\n= =\n' >broken.cnf
    OPENSSL_CONF=$PWD/broken.cnf "$mkrequest" -dns a.example
    OPENSSL_CONF=$PWD/missing.cnf "$mkrequest" -dns a.example
    cat >other.cnf <<'END'
config_diagnostics = 1
openssl_conf = init
[ init ]
providers = only_null
[ only_null ]
null = active
[ active ]
activate = 1
[ req ]
string_mask = utf8only
req_extensions = other
[ other ]
subjectAltName = DNS:other.example
END
    OPENSSL_CONF=$PWD/other.cnf "$mkrequest" -dns a.example secret
    [ "$(alternative_names)" = 'DNS:a.example' ]
    [ "$(challenge)" = 'PRINTABLESTRING:secret' ]
}

@test "mkrequest: OPENSSL missing or failing" {
    OPENSSL=./none refused 'cannot find the program ./none' \
        "$mkrequest" -dns a.example
    cat >failing <<'END'
#!/bin/sh
# Fails after it has done its work.
openssl "$@" 2>failing.output
printf '....+..+++*\n-----\nout of luck\n' >&2
exit 7
END
    chmod +x failing
    OPENSSL=./failing run --separate-stderr "$mkrequest" -dns a.example
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [ "$stderr" = $'out of luck\nmkrequest: openssl could not make the request' ]
    nothing_written
    OPENSSL=true refused 'could not make' "$mkrequest" -dns a.example
}

@test "mkrequest: a signal leaves nothing behind" {
    "$mkrequest" -dns one.example
    cp local.key one.key
    cat >signalling <<'END'
#!/bin/sh
ls -d local.new.* >seen
kill -s "$SIGNAL" "$(cat pid)"
exec openssl "$@"
END
    chmod +x signalling
    for signal in HUP INT TERM; do
        rm -f seen
        SIGNAL=$signal OPENSSL=./signalling run sh -c 'echo $$ >pid; exec "$@"' \
            sh env --default-signal "$mkrequest" -dns two.example
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        [ -s seen ]
        cmp one.key local.key
        [ "$(ls -d local*)" = $'local.csr\nlocal.key' ]
    done
}

# --- the command line --------------------------------------------------------

@test "mkrequest: help" {
    run --separate-stderr "$mkrequest" --help
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == 'Usage: mkrequest -ip|-dns|-email '* ]]
    [ -z "$stderr" ]
    help=$output
    run --separate-stderr "$mkrequest" -h
    [ "$status" -eq 0 ]
    [ "$output" = "$help" ]
    nothing_written
}

@test "mkrequest: misuse" {
    misused 'no -ip, -dns or -email' "$mkrequest"
    misused 'no -ip, -dns or -email' "$mkrequest" a.example
    misused 'no -ip, -dns or -email' "$mkrequest" --
    misused 'unknown option' "$mkrequest" -url a.example
    misused 'unknown option' "$mkrequest" -ipx 192.0.2.1
    misused 'too many arguments' "$mkrequest" -dns a.example b c
    misused 'too many arguments' "$mkrequest" -dns a.example b -dns c
    for option in -ip -dns -email; do
        misused "$option needs a name" "$mkrequest" "$option"
        misused "$option needs a name" "$mkrequest" "$option" ''
        misused "$option needs a name" "$mkrequest" "$option" -dns a.example
    done
}

@test "mkrequest: invalid addresses" {
    for address in a 1 1.2.3 1.2.3.4.5 1.2.3.256 1.2.3.1000 01.2.3.4 1..2.3 \
        .1.2.3 1.2.3. 1.2.3.4/24 ' 1.2.3.4' '1.2.3.4,' : ::: 1::2::3 \
        1:2:3:4:5:6:7 1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7:8:: :1:2:3:4:5:6:7 \
        1:2:3:4:5:6:7: 12345:: ::g '[::1]' fe80::1%eth0 ::1.2.3 \
        1:2:3:4:5:6:7:1.2.3.4 1.2.3.4:: '*' '$(touch pwned)' 'x[$(id)]'; do
        refused "not an IP address: $address" "$mkrequest" -ip "$address"
    done
    refused 'control characters' "$mkrequest" -ip $'1.2.3.4\n'
}

@test "mkrequest: invalid host names" {
    for name in . a..b .a a. 'a b' 'a,DNS:b' 'a/b' 'ä.example' '*' 'a.*' '*a' \
        '$HOME' '"' 'a\b' 'a#b' 'http://a' "$(printf 'a%.0s' {1..64})" \
        "$(printf 'a.%.0s' {1..127})a"; do
        refused "not a DNS name: $name" "$mkrequest" -dns "$name"
    done
    refused 'control characters' "$mkrequest" -dns $'a\nDNS.2 = b'
}

@test "mkrequest: invalid e-mail addresses" {
    for name in a @ a@ @b a@b@c 'a b@c' 'ä@b' copy; do
        refused "not an e-mail address: $name" "$mkrequest" -email "$name"
    done
    refused 'control characters' "$mkrequest" -email $'a@b\nemail.2 = c'
}

@test "mkrequest: one bad name among good ones" {
    refused 'not an IP address: x' "$mkrequest" -dns a.example -ip x secret
}

@test "mkrequest: the same result with all shells" {
    export ORGANIZATION=' a "b" \c $d #é ' CHALLENGE='x"\$`é'
    tried=0
    for shell in dash bash 'bash --posix' 'busybox sh' ksh mksh yash; do
        command -v "${shell%% *}" >/dev/null || continue
        tried=$((tried + 1))
        rm -f local.*
        echo "$shell"
        $shell "$mkrequest" -ip ::ffff:192.0.2.1 -dns b.example
        [ "$(field organizationName)" = "UTF8STRING:$ORGANIZATION" ]
        [ "$(challenge)" = "UTF8STRING:$CHALLENGE" ]
        [ "$(alternative_names)" = \
          'IP Address:0:0:0:0:0:FFFF:C000:201, DNS:b.example' ]
        rm -f local.*
        refused 'not an IP' $shell "$mkrequest" -ip 1:2:3:4:5:6:7
        refused 'control characters' $shell "$mkrequest" -dns a.example $'\t'
    done
    [ "$tried" -gt 0 ]
}
