#!/usr/bin/env bats
#
# mkrequest: the files it writes and their encoding, what it refuses, and that
# it does not reveal secrets. MKREQUEST names another script to test.

load helper

setup() {
    mkrequest=${MKREQUEST:-${BATS_TEST_DIRNAME}/../../mkrequest}
    mkrequest=$(realpath "$mkrequest")
    mkdir "$BATS_TEST_TMPDIR/work"
    cd "$BATS_TEST_TMPDIR/work"
    unset PREFIX CHALLENGE OPENSSL KEYTYPE OPENSSL_CONF ${!MKREQUEST_*}
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
        sed -n '/Subject Alternative Name: critical/ { n; s/^ *//; s/ *$//; p; }'
}

subject() {
    openssl req -in "${1:-local.csr}" -noout -subject -nameopt RFC2253,-dn_rev
}

# fails TEXT COMMAND...: mkrequest refuses it, with this text.
fails() {
    list_before
    run --separate-stderr "${@:2}"
    refused_by mkrequest 1 "$1"
}

# The same for misuse, where a second line points to the help.
misused() {
    local text=$1
    shift
    list_before
    run --separate-stderr "$@"
    echo "status $status, output '$output', error '$stderr'"
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [[ "$stderr" == "mkrequest: "*"$text"*$'\n'"Try 'mkrequest --help'" ]]
    as_before_run
}

no_request() {
    local found
    found=$(find . -name '*.key*' -o -name '*.csr*' -o -name '*.new*')
    [ -z "$found" ]
}

# at_terminal PROMPT ANSWER COMMAND...: runs COMMAND at a terminal, where it prints
# PROMPT and is told ANSWER.
at_terminal() {
    command -v python3 >/dev/null || skip 'no python3'
    cat >terminal.py <<'END'
import os, pty, signal, sys
signal.alarm(30)                # as it may ask for more
prompt, answer = (word.encode() for word in sys.argv[1:3])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[3], sys.argv[3:])
said = b""
try:
    while prompt not in said:
        said += os.read(fd, 100)
    os.write(fd, answer + b"\n")
    while data := os.read(fd, 1000):
        said += data
except OSError:
    pass
print(said.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
    run python3 terminal.py "$@"
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
    [[ "$text" != *'Key Usage'* ]]
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

@test "mkrequest: a URI is a name of the subjectAltName" {
    "$mkrequest" -uri 'urn:device:r7?a=b,c"d#e'
    [ "$(alternative_names)" = 'URI:urn:device:r7?a=b,c"d#e' ]
    [ "$(field commonName)" = 'UTF8STRING:urn:device:r7?a=b,c"d#e' ]
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
    [[ "$(sort -u spy/umask)" =~ ^0*77$ ]]
    run -0 cat spy/modes
    echo "$output"
    # The directory and the key; when the request is made, the request, too.
    [ "${#lines[@]}" -eq 5 ]
    [[ "$output" == *key* ]]
    [[ "$output" == *csr* ]]
    for line in "${lines[@]}"; do
        [[ "$line" == ?00\ * ]]
    done
    [ -z "$(ls -A out/tmp)" ]
}

@test "mkrequest: the access control list of the directory opens no file" {
    command -v python3 || skip 'no python3'
    # What "setfacl -d -m u:65534:rwx ." does: all may read new files.
    python3 - <<'END' || skip 'no access control lists'
import os, struct
entries = [(1, 7, -1), (2, 7, 65534), (4, 7, -1), (16, 7, -1), (32, 7, -1)]
value = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *e) for e in entries)
os.setxattr(".", "system.posix_acl_default", value)
END
    "$mkrequest" -dns a.example
    [ "$(stat -c %a local.key)" = 600 ]
    [ "$(stat -c %a local.csr)" = 600 ]
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

    # By an accident, another run: the first key is where it was.
    cp local.key two.key
    run --separate-stderr "$mkrequest" -dns three.example
    [ "$status" -eq 0 ]
    [ "$stderr" = "mkrequest: old file kept as local.key.old.1
mkrequest: old file kept as local.csr.old.1" ]
    cmp one.key local.key.old
    cmp two.key local.key.old.1
}

@test "mkrequest: ten old keys are kept, then no other is made" {
    for number in {0..10}; do
        "$mkrequest" -dns "$number.example"
        cp local.key "$number.key"
    done
    cmp 0.key local.key.old
    for number in {1..9}; do
        cmp "$number.key" "local.key.old.$number"
    done
    cp local.csr 10.csr
    OPENSSL=false run --separate-stderr "$mkrequest" -dns a.example
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [[ "$stderr" == 'mkrequest: no name left to keep local.key: '* ]]
    [[ "$stderr" != *$'\n'* ]]
    cmp 10.key local.key
    cmp 10.csr local.csr
    [ ! -e local.key.old.10 ]

    # What is moved away makes room; key and request have the same number.
    rm local.key.old.4
    run "$mkrequest" -dns a.example
    [ "$status" -eq 1 ]
    rm local.csr.old.4
    "$mkrequest" -dns a.example
    cmp 10.key local.key.old.4
    cmp 10.csr local.csr.old.4
}

@test "mkrequest: old keys take no name from the requests of -key" {
    "$mkrequest" -dns one.example
    cp local.csr one.csr
    for slot in '' .1 .2 .3 .4 .5 .6 .7 .8 .9; do
        echo old >"local.key.old$slot"
    done
    run --separate-stderr "$mkrequest" -key local.key -dns two.example
    [ "$status" -eq 0 ]
    [ "$stderr" = 'mkrequest: old file kept as local.csr.old' ]
    cmp one.csr local.csr.old
    # The requests themselves are counted as before.
    for slot in 1 2 3 4 5 6 7 8 9; do
        "$mkrequest" -key local.key -dns "$slot.example"
        [ -s "local.csr.old.$slot" ]
    done
    cp local.csr last.csr
    run --separate-stderr "$mkrequest" -key local.key -dns three.example
    [ "$status" -eq 1 ]
    [ "$stderr" = "mkrequest: no name left to keep local.csr: remove what is not \
needed of local.csr.old to local.csr.old.9" ]
    cmp last.csr local.csr
    [ "$(cat local.key.old*)" = "$(printf 'old\n%.0s' {0..9})" ]
}

@test "mkrequest: runs at the same time lose no key" {
    export KEYTYPE=ed25519
    "$mkrequest" -dns a.example
    cp local.key first.key
    mkdir keys bin
    # Each key is copied; each move takes a while.
    cat >openssl-copy <<'END'
#!/bin/sh
case $1 in
genpkey) openssl "$@" | tee "keys/$$" ;;
*) openssl "$@" ;;
esac
END
    printf '#!/bin/sh\nsleep 0.2\nexec /bin/mv "$@"\n' >bin/mv
    chmod +x openssl-copy bin/mv
    for number in 1 2 3 4; do
        PATH=$PWD/bin:$PATH OPENSSL=./openssl-copy \
            "$mkrequest" -dns "$number.example" 3>&- &
    done
    wait
    cmp first.key local.key.old
    [ "$(cat keys/* first.key | sort)" = "$(cat local.key* | sort)" ]
    # Each request is beside its key.
    for slot in '' .old .old.1 .old.2 .old.3; do
        [ "$(openssl pkey -in "local.key$slot" -pubout)" = \
          "$(openssl req -in "local.csr$slot" -noout -pubkey)" ]
    done
    [ -z "$(find . -name '*.new*')" ]
}

@test "mkrequest: a reader that has left, as grep -q does, leaves nothing behind" {
    local run
    for run in 1 2; do
        python3 - "$mkrequest" <<'END'
import os, signal, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
subprocess.run([sys.argv[1], "-dns", "one.example"], stdout=writer,
               preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
END
    done
    [ "$(ls -d local*)" = $'local.csr\nlocal.csr.old\nlocal.key\nlocal.key.old' ]
}

@test "mkrequest: an output that cannot be written does not hide that the files are there" {
    for redirection in '>&-' '>/dev/full' '>&- 2>&-' '<&- >&- 2>&-'; do
        rm -f local.*
        run sh -c "\"\$@\" $redirection" sh "$mkrequest" -dns a.example secret
        [ "$status" -eq 0 ]
        [ -z "$output" ]
        [ "$(ls)" = $'local.csr\nlocal.key' ]
        [ "$(challenge)" = PRINTABLESTRING:secret ]
    done
}

@test "mkrequest: the temporary directory of a process of the same number" {
    run sh -c 'mkdir "local.new.$$"; : >"local.new.$$/key"; exec "$@"' sh \
        "$mkrequest" -dns a.example
    [ "$status" -eq 0 ]
    # It is another's, perhaps of another machine.
    found=(local.new.*)
    [ -e "${found[0]}/key" ]
    rm -r "${found[0]}"
    [ "$(ls)" = $'local.csr\nlocal.key' ]
}

# mkdir_fails PATTERN: mkdir fails once as if another had such a directory, which
# is gone at once.
mkdir_fails() {
    mkdir bin
    cat >bin/mkdir <<END
#!/bin/sh
case \$* in
*$1)
    if [ ! -e tried ]; then
        : >tried
        echo "mkdir: cannot create directory: File exists" >&2
        exit 1
    fi
    ;;
esac
exec /bin/mkdir "\$@"
END
    chmod +x bin/mkdir
}

@test "mkrequest: a directory of another that is gone at once is no error" {
    for pattern in .new.lock '.new.[0-9]*'; do
        rm -rf bin tried local*
        mkdir_fails "$pattern"
        PATH=$PWD/bin:$PATH run --separate-stderr "$mkrequest" -dns a.example
        echo "$stderr"
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
        [ -e tried ]
        [ "$(ls -d local*)" = $'local.csr\nlocal.key' ]
    done
}

@test "mkrequest: a lock that cannot be made is an error at once" {
    mkdir bin
    printf '#!/bin/sh\nexit 1\n' >bin/sleep
    chmod +x bin/sleep
    : >local.new.lock
    PATH=$PWD/bin:$PATH run --separate-stderr "$mkrequest" -dns two.example
    [ "$status" -eq 1 ]
    [[ "$stderr" == 'mkrequest: cannot write local.key: local.new.lock: File exists' ]]
    [ "$(ls -d local*)" = local.new.lock ]
}

@test "mkrequest: another one that is moving its files" {
    "$mkrequest" -dns one.example
    cp local.key one.key
    mkdir local.new.lock bin
    printf '#!/bin/sh\n' >bin/sleep
    chmod +x bin/sleep
    PATH=$PWD/bin:$PATH run --separate-stderr "$mkrequest" -dns two.example
    [ "$status" -eq 1 ]
    [[ "$stderr" == 'mkrequest: cannot write local.key: local.new.lock: '*exist* ]]
    [[ "$stderr" != *$'\n'* ]]
    cmp one.key local.key
    [ "$(ls -d local*)" = $'local.csr\nlocal.key\nlocal.new.lock' ]
}

@test "mkrequest: a lone old file, or a link to nowhere, is kept, too" {
    ln -s nowhere local.key
    echo old >local.csr.old
    "$mkrequest" -dns a.example
    [ "$(readlink local.key.old.1)" = nowhere ]
    [ "$(cat local.csr.old)" = old ]
    [ -f local.key ]
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

@test "mkrequest: the word after the challenge is the digest" {
    for digest in sha1 sha384 sha512 SHA512 sha-512 SHA-224; do
        "$mkrequest" -ip 172.30.0.1 password "$digest"
        [ "$(challenge)" = 'PRINTABLESTRING:password' ]
        name=${digest,,}
        name=${name/-/}
        openssl req -in local.csr -noout -text |
            grep "Signature Algorithm: ${name}WithRSAEncryption"
        rm local.*
    done
    MKREQUEST_DIGEST=sha512 "$mkrequest" -dns a.example '' sha384
    openssl req -in local.csr -noout -text | grep sha384WithRSAEncryption
    [ -z "$(challenge)" ]
    printf 'typed\n' | MKREQUEST_DIGEST=sha512 "$mkrequest" -dns a.example -
    openssl req -in local.csr -noout -text | grep sha512WithRSAEncryption
    [ "$(challenge)" = 'PRINTABLESTRING:typed' ]
}

@test "mkrequest: digests that are refused" {
    for digest in none SHA0 sha2567 hex -sha256 'sha256 ' $'sha256\nx = y'; do
        fails 'word after the challenge is not a digest' \
            "$mkrequest" -dns a.example secret "$digest"
        MKREQUEST_DIGEST=$digest fails 'DIGEST is not a digest' \
            "$mkrequest" -dns a.example secret
    done
    # Another word of a challenge that was not quoted, perhaps.
    fails 'not a digest' "$mkrequest" -dns a.example open sesame
    [[ "$stderr" != *sesame* ]]
}

@test "mkrequest: any other challenge is a UTF8String" {
    for secret in under_score a@b 'päss wörd' '☃' '#x' 'a;b' '*'; do
        rm -f local.*
        "$mkrequest" -dns a.example "$secret"
        [ "$(challenge)" = "UTF8STRING:$secret" ]
    done
}

@test "mkrequest: a challenge is encoded unchanged" {
    for secret in ' blanks ' '"' "'" '\' '\n' 'a\' '$HOME' '${ENV::HOME}' \
        '$(touch pwned)' '`touch pwned`' 'a"b\"c\\"' '%s%n' '"] [' \
        ' "x" #y'; do
        rm -f local.*
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
    at_terminal 'password: ' typed "$mkrequest" -dns a.example -
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

@test "mkrequest: options of the caller's shell reveal or change nothing" {
    spy
    for option in -a -e -u -C; do
        for shell in dash bash; do
            command -v "$shell" >/dev/null || continue
            rm -rf out/local*
            CHALLENGE=sesame "$shell" "$option" "$mkrequest" -dns a.example
            [ "$(challenge out/local.csr)" = PRINTABLESTRING:sesame ]
        done
    done
    run ! grep -r sesame spy
    # Variables that the caller exported keep their names, not these values.
    export quoted=x rest=x plain=x pem=x
    rm -rf out/local*
    CHALLENGE=sesame "$mkrequest" -dns a.example
    "$mkrequest" -key out/local.key -ku -dns a.example 'open sesame'
    run ! grep -r -e sesame -e PRIVATE spy
    run ! grep -E '^(quoted|rest|plain|pem)=' spy/environment
}

@test "mkrequest: secrets are in no argument where printf is a program" {
    command -v bash || skip 'no bash'
    mkdir bin
    for program in printf echo cat; do
        cat >"bin/$program" <<END
#!/bin/sh
echo "$program \$*" >>$PWD/arguments
exec /usr/bin/$program "\$@"
END
    done
    chmod +x bin/*
    echo 'enable -n printf' >rc
    secret='sesame "\t\\n" \c é'
    for option in +O -O; do     # escapes of echo: no, yes
        rm -f local.* arguments
        PATH=$PWD/bin:$PATH BASH_ENV=rc CHALLENGE=$secret \
            MKREQUEST_ORGANIZATION='\c "b\n\' \
            bash "$option" xpg_echo "$mkrequest" -dns a.example
        [ "$(challenge)" = "UTF8STRING:$secret" ]
        [ "$(field organizationName)" = 'UTF8STRING:\c "b\n\' ]
        PATH=$PWD/bin:$PATH BASH_ENV=rc CHALLENGE=$secret \
            bash "$option" xpg_echo "$mkrequest" -dns a.example -key local.key
        made_key '(1024 bit)'
        [ -s arguments ]
        run ! grep -e sesame -e PRIVATE arguments
    done
}

@test "mkrequest: challenges that are refused" {
    fails 'control characters' "$mkrequest" -dns a.example $'a\nb'
    fails 'control characters' "$mkrequest" -dns a.example $'a\tb'
    fails 'control characters' "$mkrequest" -dns a.example $'a\x7f'
    CHALLENGE=$'a\nb' fails 'control characters' "$mkrequest" -dns a.example
    fails 'not valid UTF-8' "$mkrequest" -dns a.example $'\xe9'
    fails 'no challenge' "$mkrequest" -dns a.example - </dev/null
    fails 'no challenge' "$mkrequest" -dns a.example - <<<''
}

# --- the subject -------------------------------------------------------------

@test "mkrequest: all parts of the subject" {
    subject_of FI Uusimaa Espoo Example VPN 'Router 7' 0815-A r7.example \
        '192.0.2.7 in "lab"' noc@example.com
    "$mkrequest" -dns r7.example.com
    full_subject
    [ "$(alternative_names)" = 'DNS:r7.example.com' ]
    for name in countryName stateOrProvinceName organizationName commonName \
        serialNumber unstructuredName; do
        [[ "$(field "$name")" == PRINTABLESTRING:* ]]
    done
    [ "$(field emailAddress)" = 'IA5STRING:noc@example.com' ]
}

# subject_of VALUE...: sets the parts of the subject in the environment.
subject_of() {
    local part
    for part in COUNTRY STATE LOCALITY ORGANIZATION ORGUNIT COMMONNAME \
        SERIALNUMBER UNSTRUCTUREDNAME UNSTRUCTUREDADDRESS EMAILADDRESS; do
        export "MKREQUEST_$part=$1"
        shift
    done
}

# full_subject [FILE]: the request has all parts of the subject.
full_subject() {
    run -0 openssl req -in "${1:-local.csr}" -noout -subject \
        -nameopt sep_comma_plus,sname
    echo "$output"
    [ "$output" = "subject=C=FI,ST=Uusimaa,L=Espoo,O=Example,OU=VPN,\
CN=Router 7,serialNumber=0815-A,unstructuredName=r7.example,\
unstructuredAddress=192.0.2.7 in \"lab\",emailAddress=noc@example.com" ]
}

@test "mkrequest: empty parts of the subject are left out" {
    subject_of '' '' '' Example '' '' '' '' '' ''
    "$mkrequest" -dns a.example
    [ "$(subject)" = 'subject=O=Example,CN=a.example' ]
}

@test "mkrequest: the variables of a login shell are no part of the subject" {
    COUNTRY=FI STATE=up LOCALITY=x ORGANIZATION=x ORGUNIT=x COMMONNAME=x \
        SERIALNUMBER=x UNSTRUCTUREDNAME=x UNSTRUCTUREDADDRESS=x \
        EMAILADDRESS=a@b ORGANIZATIONAL_UNIT=x COMMON_NAME=x SERIAL_NUMBER=x \
        UNSTRUCTURED_NAME=x UNSTRUCTURED_ADDRESS=x EMAIL_ADDRESS=a@b \
        DIGEST=sha512 "$mkrequest" -dns a.example
    [ "$(subject)" = 'subject=CN=a.example' ]
    openssl req -in local.csr -noout -text | grep sha256WithRSAEncryption
}

@test "mkrequest: the subject can be edited in the script" {
    sed -e 's/^COUNTRY=""/COUNTRY="DE"/' -e "s/^ORGUNIT=.*/ORGUNIT='R \& D'/" \
        -e 's/PREFIX:-local}/PREFIX:-mine}/' "$mkrequest" >edited
    sh edited -dns a.example
    [ "$(subject mine.csr)" = 'subject=C=DE,OU=R & D,CN=a.example' ]
    MKREQUEST_COUNTRY=FR COUNTRY=GB sh edited -dns a.example
    [ "$(subject mine.csr)" = 'subject=C=FR,OU=R & D,CN=a.example' ]
    sed -e 's/^PREFIX=.*/PREFIX="other"/' "$mkrequest" >edited
    sh edited -dns a.example
    [ -s other.key ]
}

@test "mkrequest: sed finds the settings, whose lines have nothing behind the value" {
    values=(FI Uusimaa Espoo Example VPN 'Router 7' 0815-A r7.example
        '192.0.2.7 in "lab"' noc@example.com)
    for names in 'ORGUNIT COMMONNAME SERIALNUMBER UNSTRUCTUREDNAME
        UNSTRUCTUREDADDRESS EMAILADDRESS' 'ORGANIZATIONAL_UNIT COMMON_NAME
        SERIAL_NUMBER UNSTRUCTURED_NAME UNSTRUCTURED_ADDRESS EMAIL_ADDRESS'; do
        cp "$mkrequest" edited
        number=0
        for name in COUNTRY STATE LOCALITY ORGANIZATION $names; do
            sed -i "s/^$name=\"\"\$/$name='${values[number]}'/" edited
            number=$((number + 1))
        done
        rm -f local.*
        sh edited -dns a.example
        full_subject
    done
    sed -e 's/^DIGEST="sha256"$/DIGEST="sha512"/' \
        -e 's/^PREFIX="${PREFIX:-local}"$/PREFIX="mine"/' \
        -e 's/^KEYTYPE="${KEYTYPE:-rsa}"$/KEYTYPE="rsa"/' \
        -e 's/^KEYBITS="${KEYBITS:-2048}"$/KEYBITS="1536"/' \
        -e 's/^OPENSSL="${OPENSSL:-openssl}"$/OPENSSL="openssl"/' \
        "$mkrequest" >edited
    OPENSSL=./none KEYTYPE=none sh edited -dns a.example
    text=$(openssl req -in mine.csr -noout -text)
    [[ "$text" == *'(1536 bit)'*sha512WithRSA* ]]
}

@test "mkrequest: a setting that was deleted from the script is its default" {
    sed '/^# Settings/,/^# -----/ { /^[A-Z_0-9]*=/d; }' "$mkrequest" >edited
    run ! grep -E '^(COUNTRY|EMAIL_ADDRESS|PREFIX)=' edited
    COUNTRY=FI STATE=up LOCALITY=x ORGANIZATION=x ORGUNIT=x COMMONNAME=x \
        SERIALNUMBER=x UNSTRUCTUREDNAME=x UNSTRUCTUREDADDRESS=x \
        EMAILADDRESS=a@b ORGANIZATIONAL_UNIT=x COMMON_NAME=x SERIAL_NUMBER=x \
        UNSTRUCTURED_NAME=x UNSTRUCTURED_ADDRESS=x EMAIL_ADDRESS=a@b \
        DIGEST=sha512 sh edited -dns a.example
    [ "$(subject)" = 'subject=CN=a.example' ]
    openssl req -in local.csr -noout -text | grep sha256WithRSAEncryption
    MKREQUEST_COUNTRY=FR MKREQUEST_PREFIX=mine sh edited -dns a.example
    [ "$(subject mine.csr)" = 'subject=C=FR,CN=a.example' ]
    # An empty one is the same.
    sed -E 's/^(DIGEST|OPENSSL|PREFIX|KEYTYPE)=.*/\1=""/' "$mkrequest" >edited
    rm local.*
    sh edited -dns a.example
    openssl req -in local.csr -noout -text | grep sha256WithRSAEncryption
}

@test "mkrequest: the names of 0.10 can be edited in the script" {
    sed -e 's/^COUNTRY=.*/COUNTRY="FI"/' -e 's/^STATE=.*/STATE="Uusimaa"/' \
        -e 's/^LOCALITY=.*/LOCALITY="Espoo"/' \
        -e 's/^ORGANIZATION=.*/ORGANIZATION="Example"/' \
        -e 's/^ORGANIZATIONAL_UNIT=.*/ORGANIZATIONAL_UNIT="VPN"/' \
        -e 's/^COMMON_NAME=.*/COMMON_NAME="Router 7"/' \
        -e 's/^SERIAL_NUMBER=.*/SERIAL_NUMBER="0815-A"/' \
        -e 's/^UNSTRUCTURED_NAME=.*/UNSTRUCTURED_NAME="r7.example"/' \
        -e "s/^UNSTRUCTURED_ADDRESS=.*/\
UNSTRUCTURED_ADDRESS='192.0.2.7 in \"lab\"'/" \
        -e 's/^EMAIL_ADDRESS=.*/EMAIL_ADDRESS="noc@example.com"/' \
        -e 's/^PREFIX=.*/PREFIX="mine"/' "$mkrequest" >edited
    sh edited -dns a.example
    full_subject mine.csr
    # The environment wins, by either name; then our names.
    MKREQUEST_ORGUNIT=one MKREQUEST_SERIAL_NUMBER=2 sh edited -dns a.example
    [ "$(field organizationalUnitName mine.csr)" = PRINTABLESTRING:one ]
    [ "$(field serialNumber mine.csr)" = PRINTABLESTRING:2 ]
    sed -i -e 's/^ORGUNIT=.*/ORGUNIT="ours"/' edited
    sh edited -dns a.example
    [ "$(field organizationalUnitName mine.csr)" = PRINTABLESTRING:ours ]
    MKREQUEST_ORGANIZATIONAL_UNIT=two sh edited -dns a.example
    [ "$(field organizationalUnitName mine.csr)" = PRINTABLESTRING:two ]
}

@test "mkrequest: special characters are encoded in the subject unchanged" {
    for value in 'a, b' 'a/CN=b' '"' "it's" '\' 'a\' '\,' '$HOME' \
        '$ENV::HOME' '${subject::x}' '#a' 'a # b' ' lead' 'trail ' '  ' \
        'a;b' 'a=b' '+a' '@names' '[ x ]' '.include /etc/passwd' \
        'Zürich ☃' '`touch pwned`' '$(touch pwned)' 'a+CN=b' '%s' '*' '-n'
    do
        rm -f local.*
        MKREQUEST_ORGANIZATION=$value "$mkrequest" -dns a.example
        got=$(field organizationName)
        echo "$value -> $got"
        [ "${got#*:}" = "$value" ]
        [ "$(field commonName)" = 'PRINTABLESTRING:a.example' ]
    done
    [ ! -e pwned ]
}

@test "mkrequest: special characters in every part of the subject" {
    odd='a "b" \c $d #e'
    subject_of '' "$odd" "$odd" "$odd" "$odd" "$odd" '' "$odd" "$odd" ''
    "$mkrequest" -dns a.example
    for name in stateOrProvinceName localityName organizationName \
        organizationalUnitName commonName unstructuredName \
        unstructuredAddress; do
        [ "$(field "$name")" = "UTF8STRING:$odd" ]
    done
}

@test "mkrequest: lengths are counted in characters" {
    long=$(printf 'ä%.0s' {1..64})
    MKREQUEST_ORGANIZATION=$long "$mkrequest" -dns a.example
    [ "$(field organizationName)" = "UTF8STRING:$long" ]
    rm local.*
    MKREQUEST_ORGANIZATION=${long}x \
        fails 'longer than 64' "$mkrequest" -dns a.example
    MKREQUEST_COMMONNAME=${long}x \
        fails 'longer than 64' "$mkrequest" -dns a.example
}

@test "mkrequest: a name too long for a common name needs another one" {
    name=$(printf 'a%.0s' {1..60}).example.com
    fails 'set COMMONNAME' "$mkrequest" -dns "$name"
    MKREQUEST_COMMONNAME=short "$mkrequest" -dns "$name"
    [ "$(alternative_names)" = "DNS:$name" ]
    [ "$(subject)" = 'subject=CN=short' ]
}

@test "mkrequest: parts of the subject that are refused" {
    for part in STATE LOCALITY ORGANIZATION ORGUNIT COMMONNAME \
        UNSTRUCTUREDNAME UNSTRUCTUREDADDRESS; do
        export "MKREQUEST_$part"=$'a"\nCN = "b'
        fails "$part has control characters" "$mkrequest" -dns a.example
        export "MKREQUEST_$part"=$'a\xff'
        fails 'not valid UTF-8' "$mkrequest" -dns a.example
        unset "MKREQUEST_$part"
    done
    for value in F FIN 12 $'F\n' 'Ä'; do
        MKREQUEST_COUNTRY=$value \
            fails 'not two letters' "$mkrequest" -dns a.example
    done
    for value in a_b $'1\n2' 'ä'; do
        MKREQUEST_SERIALNUMBER=$value \
            fails SERIALNUMBER "$mkrequest" -dns a.example
    done
    for value in nobody @ a@ @b 'a b@c' $'a@b\n' 'ä@b'; do
        MKREQUEST_EMAILADDRESS=$value \
            fails EMAILADDRESS "$mkrequest" -dns a.example
    done
}

# --- other settings ----------------------------------------------------------

@test "mkrequest: PREFIX may be any path" {
    mkdir 'a dir'
    for prefix in other 'a dir/b c' "$PWD/full" -dash '$(touch pwned)' \
        'x;touch pwned' "q'\"" 'pkcs11:x' 'file:y' '*' '%s'; do
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

@test "mkrequest: a PREFIX that is a directory is not used" {
    mkdir usr
    PREFIX=$PWD/usr run --separate-stderr "$mkrequest" -dns a.example
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = 'mkrequest: key written as local.key' ]
    [ "$stderr" = \
        "mkrequest: PREFIX is not used, as it is a directory: $PWD/usr" ]
    [ "$(ls)" = $'local.csr\nlocal.key\nusr' ]
    sed 's/:-local}/:-mine}/' "$mkrequest" >edited
    PREFIX=usr/ sh edited -dns a.example
    [ -s mine.key ]
    # Where it is meant, it is a name like others.
    PREFIX=$PWD MKREQUEST_PREFIX=usr run -0 --separate-stderr \
        "$mkrequest" -dns a.example
    [ -z "$stderr" ]
    [ "${lines[0]}" = 'mkrequest: key written as usr.key' ]
    [ -z "$(ls usr)" ]
}

@test "mkrequest: MKREQUEST_NAME wins over NAME" {
    PREFIX=one CHALLENGE=one OPENSSL=./none KEYBITS=512 KEYTYPE=none \
        MKREQUEST_PREFIX=two MKREQUEST_CHALLENGE=two MKREQUEST_KEYBITS=1536 \
        MKREQUEST_KEYTYPE=rsa MKREQUEST_OPENSSL=openssl \
        "$mkrequest" -dns a.example
    [ "$(ls)" = $'two.csr\ntwo.key' ]
    [ "$(challenge two.csr)" = PRINTABLESTRING:two ]
    [[ "$(openssl req -in two.csr -noout -text)" == *'(1536 bit)'* ]]
}

@test "mkrequest: the cause of what cannot be written" {
    "$mkrequest" -dns one.example
    cp local.key one.key
    mkdir bin
    # A disk that is full, when the key and when the request is written.
    for file in key csr; do
        cat >bin/cat <<END
#!/bin/sh
[ -t 1 ] || case \$(readlink /proc/\$\$/fd/1) in
*.new.*/$file) exec /bin/cat >/dev/full ;;
esac
exec /bin/cat "\$@"
END
        chmod +x bin/cat
        PATH=$PWD/bin:$PATH run --separate-stderr "$mkrequest" -dns two.example
        echo "$stderr"
        [ "$status" -eq 1 ]
        [ -z "$output" ]
        [ "$stderr" = \
            "mkrequest: cannot write local.$file: No space left on device" ]
        cmp one.key local.key
        [ "$(ls -d local*)" = $'local.csr\nlocal.key' ]
    done
    # A limit of the process, without any program in between.
    run -0 sh -c "trap '' XFSZ; ulimit -f 0; \"\$@\" 2>&1 | cat" sh \
        "$mkrequest" -dns two.example
    [ "$output" = 'mkrequest: cannot write local.key: File too large' ]
    cmp one.key local.key
    [ "$(ls -d local*)" = $'local.csr\nlocal.key' ]
}

@test "mkrequest: places where nothing can be written" {
    touch file
    PREFIX=no/such/local fails 'cannot write in no/such: No such file' \
        "$mkrequest" -dns a.example
    PREFIX=file/local fails 'cannot write in file: Not a directory' \
        "$mkrequest" -dns a.example
    PREFIX=dir/ fails 'ends in a slash' "$mkrequest" -dns a.example
    PREFIX=$'a\nb' fails 'control characters' "$mkrequest" -dns a.example
}

@test "mkrequest: a directory in the place of a file" {
    for name in local.key local.csr; do
        mkdir "$name"
        run --separate-stderr "$mkrequest" -dns a.example
        [ "$status" -eq 1 ]
        [ "$stderr" = "mkrequest: $name is a directory" ]
        rmdir "$name"
        no_request
    done
    "$mkrequest" -dns a.example
    mkdir local.csr.old
    "$mkrequest" -dns a.example
    [ -f local.key.old.1 ]
    [ -f local.csr.old.1 ]
}

@test "mkrequest: KEYBITS is the size of the key" {
    KEYBITS=1536 "$mkrequest" -dns a.example
    [[ "$(openssl req -in local.csr -noout -text)" == *'(1536 bit)'* ]]
    rm local.*
    for bits in 512 1023 16385 99999999999999999999 02048 -2048 2k '2048 ' \
        $'2048\n' '$(touch pwned)' 'x[$(touch pwned)]' '*'; do
        KEYBITS=$bits fails KEYBITS "$mkrequest" -dns a.example
    done
    [ ! -e pwned ]
}

# made_key TEXT: there is a key of this type, and the request is for it.
made_key() {
    [[ "$(openssl pkey -in local.key -noout -text_pub)" == *"$1"* ]]
    [ "$(openssl pkey -in local.key -pubout)" = \
      "$(openssl req -in local.csr -noout -pubkey)" ]
    openssl req -in local.csr -noout -verify
    [ "$(stat -c %a local.key)" = 600 ]
}

@test "mkrequest: KEYTYPE is the type of the key" {
    while read -r type text; do
        echo "$type"
        rm -f local.*
        KEYTYPE=$type "$mkrequest" -dns a.example secret
        made_key "$text"
        [ "$(challenge)" = PRINTABLESTRING:secret ]
        [ "$(alternative_names)" = DNS:a.example ]
    done <<'END'
rsa (1024 bit)
rsa:1536 (1536 bit)
RSA:2048 (2048 bit)
ec:P-256 NIST CURVE: P-256
ec:prime256v1 NIST CURVE: P-256
EC:P-384 NIST CURVE: P-384
ec:secp521r1 NIST CURVE: P-521
ed25519 ED25519
ed448 ED448
END
    sed 's/^KEYTYPE=.*/KEYTYPE="ec:P-256"/' "$mkrequest" >edited
    rm -f local.*
    sh edited -dns a.example
    made_key P-256
}

@test "mkrequest: KEYTYPE of ML-DSA, where openssl can" {
    for type in ml-dsa-44 ML-DSA-65 ml-dsa-87; do
        rm -f local.*
        if openssl genpkey -algorithm "$type" -out /dev/null 2>/dev/null; then
            KEYTYPE=$type "$mkrequest" -ku -dns a.example secret
            made_key "${type^^}"
            [ "$(challenge)" = PRINTABLESTRING:secret ]
            openssl req -in local.csr -noout -text >text
            grep -A1 'Key Usage: critical' text | grep -q ' Digital Signature$'
        else
            KEYTYPE=$type fails "openssl makes no key of the KEYTYPE $type \
(OpenSSL 3.5 does)" "$mkrequest" -dns a.example
        fi
    done
}

@test "mkrequest: values of KEYTYPE that are refused" {
    for type in ec ec: dsa 'ec:P 256' 'ec:P-256 -out x' none ' ' rsa: \
        rsa:1023 rsa:99999 'rsa:2k'; do
        KEYTYPE=$type fails KEYTYPE "$mkrequest" -dns a.example
    done
    # The second has no name in ASN.1.
    for type in ec:P-257 EC:Oakley-EC2N-3; do
        KEYTYPE=$type fails \
            "KEYTYPE has a curve that openssl cannot use: ${type#*:} (P-256 is one; \
'openssl ecparam -list_curves' prints others)" "$mkrequest" -dns a.example
    done
}

@test "mkrequest: -ku asks for the key usages of the type of the key" {
    while IFS=: read -r type text; do
        rm -f local.*
        KEYTYPE=${type/-/:} "$mkrequest" -ku -dns a.example
        run -0 openssl req -in local.csr -noout -text
        usages=$(sed -n '/Key Usage: critical/ { n; s/^ *//p; }' <<<"$output")
        [ "$usages" = "$text" ]
    done <<'END'
rsa:Digital Signature, Key Encipherment
ec-P-256:Digital Signature, Key Agreement
ed25519:Digital Signature
END
    [ "$(alternative_names)" = DNS:a.example ]
}

@test "mkrequest: -key makes a request for an existing key" {
    "$mkrequest" -dns one.example
    cp local.key one.key
    cp local.csr one.csr
    run --separate-stderr "$mkrequest" -key local.key -dns two.example secret
    [ "$status" -eq 0 ]
    [ "$output" = 'mkrequest: request written as local.csr' ]
    [ "$stderr" = 'mkrequest: old file kept as local.csr.old' ]
    cmp one.key local.key
    cmp one.csr local.csr.old
    made_key '(1024 bit)'
    [ "$(alternative_names)" = DNS:two.example ]
    [ "$(challenge)" = PRINTABLESTRING:secret ]
    [ "$(ls -d local*)" = $'local.csr\nlocal.csr.old\nlocal.key' ]

    mkdir dir
    KEYTYPE=ec:P-256 PREFIX=dir/-ec "$mkrequest" -dns a.example
    cd dir
    PREFIX=next "$mkrequest" -dns a.example -key -ec.key -ku
    [ "$(openssl req -in next.csr -noout -pubkey)" = \
      "$(openssl pkey -in ./-ec.key -pubout)" ]
    [ ! -e next.key ]
    PREFIX=full "$mkrequest" -key "$PWD/-ec.key" -dns a.example
    [ -s full.csr ]
}

@test "mkrequest: -key with a file that is no key" {
    fails 'cannot read the key none: No such file' \
        "$mkrequest" -key none -dns a.example
    mkdir dir
    fails 'cannot read the key dir: Is a directory' \
        "$mkrequest" -key dir -dns a.example
    echo text >file
    fails 'openssl could not read a private key from file: ' \
        "$mkrequest" -key file -dns a.example
    misused 'more than one -key' "$mkrequest" -key a -key b -dns a.example
    misused '-key needs' "$mkrequest" -dns a.example -key
    misused '-key needs' "$mkrequest" -dns a.example -key ''
}

@test "mkrequest: -key with a file that seems to be something else" {
    openssl genrsa 1024 >one.pem
    openssl pkey -in one.pem -pubout >public
    openssl req -new -key one.pem -subj /CN=a -x509 >certificate
    openssl req -new -key one.pem -subj /CN=a >request
    echo '-----BEGIN OPENSSH PRIVATE KEY-----' >ssh
    while IFS=: read -r file text; do
        fails \
            "openssl could not read a private key from $file: it seems to be $text" \
            "$mkrequest" -key "$file" -dns a.example
    done <<'END'
public:a public key
certificate:a certificate
request:a certificate request
ssh:a key in OpenSSH's format
END
    # A certificate with its key is fine, if the key is.
    cat certificate one.pem >both
    "$mkrequest" -key both -dns a.example
    rm local.csr
    sed '/^-----END .*PRIVATE/,$d' both >broken
    fails 'could not read a private key from broken: ' \
        "$mkrequest" -key broken -dns a.example
    [[ "$stderr" != *seems* ]]
}

# request_for KEY: the request is for the key in this file, and alone there.
request_for() {
    [ "$(openssl req -in local.csr -noout -pubkey)" = \
      "$(openssl pkey -in "$1" -pubout)" ]
    openssl req -in local.csr -noout -verify
    [ "$(ls -d local*)" = local.csr ]
    rm local.csr
}

@test "mkrequest: -key reads a pipe, once" {
    openssl genrsa 1024 >one.pem
    for shell in dash bash; do
        command -v "$shell" >/dev/null || continue
        "$shell" "$mkrequest" -key <(cat one.pem) -ku -dns a.example secret
        openssl req -in local.csr -noout -text | grep 'Key Encipherment'
        [ "$(challenge)" = PRINTABLESTRING:secret ]
        request_for one.pem
        cat one.pem | "$shell" "$mkrequest" -key /dev/stdin -ku -dns a.example
        request_for one.pem
        openssl pkey -in one.pem -outform DER |
            "$shell" "$mkrequest" -key /dev/stdin -dns a.example
        request_for one.pem
        mkfifo fifo
        timeout 20 cat one.pem >fifo 3>&- &
        timeout 20 "$shell" "$mkrequest" -key fifo -ku -dns a.example
        request_for one.pem
        rm fifo
        # The challenge is the first line.
        { echo typed; cat one.pem; } |
            "$shell" "$mkrequest" -key /dev/stdin -dns a.example -
        [ "$(challenge)" = PRINTABLESTRING:typed ]
        request_for one.pem
    done
    for name in - /dev/stdin; do
        fails 'could not read a private key from /dev/stdin' \
            "$mkrequest" -key "$name" -dns a.example </dev/null
    done
}

@test "mkrequest: -key - reads standard input" {
    openssl genrsa 1024 >one.pem
    openssl genrsa 1024 >-
    "$mkrequest" -key - -ku -dns a.example <one.pem
    request_for one.pem
    cat one.pem | "$mkrequest" -key - -dns a.example
    request_for one.pem
    { echo typed; cat one.pem; } | "$mkrequest" -key - -dns a.example -
    [ "$(challenge)" = PRINTABLESTRING:typed ]
    request_for one.pem
    "$mkrequest" -key ./- -dns a.example </dev/null
    request_for ./-
}

@test "mkrequest: -key leaves no copy of the key" {
    openssl genrsa 1024 >one.pem
    spy
    sed -i '$i grep -r "PRIVATE KEY" out >>spy/copies' openssl-spy
    "$mkrequest" -key one.pem -ku -dns a.example
    [ "$(grep -c . spy/arguments)" -eq 3 ]
    [ -e spy/copies ]
    run ! grep -r PRIVATE spy
    # The file is read by the first command only.
    [ "$(grep -c one.pem spy/arguments)" -eq 1 ]
}

@test "mkrequest: -key where /dev has no more than three descriptors" {
    unshare -m mount -t tmpfs none /dev || skip 'only root can mount something here'
    openssl genrsa 1024 >one.pem
    mkdir dev
    unshare -m sh -c 'mount --bind /dev dev && mount -t tmpfs none /dev &&
        touch /dev/null /dev/urandom && mount --bind dev/null /dev/null &&
        mount --bind dev/urandom /dev/urandom && exec "$@"' sh \
        "$mkrequest" -key one.pem -ku -dns a.example
    request_for one.pem
}

# encrypted_keys: makes keys with the pass phrase sesame, for which another pass
# phrase does not by chance give something like a key.
encrypted_keys() {
    openssl genrsa 1024 >one.pem
    until openssl pkey -in one.pem -aes256 -passout pass:sesame -out pkcs8.pem &&
        openssl pkey -in pkcs8.pem -passin pass:wrong 2>&1 | grep 'bad decrypt'
    do :; done
    openssl rsa -in one.pem -aes256 -traditional -passout pass:sesame \
        -out pem.pem || openssl rsa -in one.pem -aes256 -passout pass:sesame \
        -out pem.pem
}

@test "mkrequest: -key with an encrypted key asks for the pass phrase once" {
    encrypted_keys
    for file in pkcs8.pem pem.pem; do
        at_terminal 'pass phrase for ' sesame \
            "$mkrequest" -key "$file" -ku -dns a.example
        echo "$output"
        [ "$status" -eq 0 ]
        [ "$(grep -c 'pass phrase' <<<"$output")" -eq 1 ]
        [[ "$output" == *"pass phrase for ./$file"* ]]
        request_for one.pem
    done
    at_terminal 'pass phrase for ' wrong \
        "$mkrequest" -key pkcs8.pem -dns a.example
    [ "$status" -eq 1 ]
    [[ "$output" == *'cannot decrypt the key pkcs8.pem: the pass phrase is wrong'* ]]
    no_request
    # In a pipe, too.
    at_terminal 'pass phrase for ' sesame sh -c 'cat pkcs8.pem | "$@"' sh \
        "$mkrequest" -key /dev/stdin -ku -dns a.example
    [ "$status" -eq 0 ]
    request_for one.pem
}

@test "mkrequest: -key with an encrypted key and no terminal" {
    encrypted_keys
    for file in pkcs8.pem pem.pem; do
        # Standard input is not read, so that this does not wait.
        fails "the key $file is encrypted, and there is no terminal" \
            timeout 20 setsid -w "$mkrequest" -key "$file" -ku -dns a.example \
            < <(sleep 30)
        [[ "$stderr" == *'openssl pkey '*' -key /dev/stdin' ]]
        fails 'the key /dev/stdin is encrypted, and there is no terminal' \
            setsid -w "$mkrequest" -key /dev/stdin -dns a.example \
            < <(cat "$file")
    done
    # What is said to help.
    echo sesame >phrase
    openssl pkey -in pkcs8.pem -passin file:phrase |
        setsid -w "$mkrequest" -key /dev/stdin -dns a.example
    request_for one.pem
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
    for program in ./none -x -; do
        OPENSSL=$program fails "cannot find the program $program" \
            "$mkrequest" -dns a.example
    done
    cat >failing <<'END'
#!/bin/sh
# Fails after it has done its work.
openssl "$@" 2>/dev/null
printf '....+..+++*\n-----\nout of luck\n' >&2
exit 7
END
    chmod +x failing
    OPENSSL=./failing fails 'openssl could not make the key: out of luck' \
        "$mkrequest" -dns a.example
    openssl genrsa 1024 >one.pem
    OPENSSL=./failing fails \
        'openssl could not read a private key from one.pem: out of luck' \
        "$mkrequest" -key one.pem -dns a.example
    sed -i '2i [ "$1" = req ] || exec openssl "$@"' failing
    for key in '' '-key one.pem'; do
        OPENSSL=./failing fails \
            'openssl could not make the request: out of luck' \
            "$mkrequest" $key -dns a.example
    done
    OPENSSL=true fails 'could not make' "$mkrequest" -dns a.example
    OPENSSL=true fails 'could not read a private key from one.pem' \
        "$mkrequest" -key one.pem -dns a.example
}

@test "mkrequest: OPENSSL is no program" {
    mkdir dir
    echo text >file
    openssl genrsa 1024 >one.pem
    for key in '' '-key one.pem'; do
        for shell in dash bash; do
            command -v "$shell" >/dev/null || continue
            OPENSSL=$PWD/dir fails \
                "OPENSSL is a directory, not a program: $PWD/dir" \
                "$shell" "$mkrequest" $key -dns a.example
            OPENSSL=./file fails \
                'OPENSSL is no program that you may run: ./file' \
                "$shell" "$mkrequest" $key -dns a.example
        done
    done
    # A directory does not hide the program of the same name on the PATH.
    mkdir openssl
    OPENSSL=openssl "$mkrequest" -dns a.example
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

@test "mkrequest: a signal while directories are made leaves nothing behind" {
    mkdir bin
    cat >bin/mkdir <<'END'
#!/bin/sh
/bin/mkdir "$@" || exit
case $* in
*$WHICH*) kill -s "$SIGNAL" "$(cat pid)" ;;
esac
END
    chmod +x bin/mkdir
    for WHICH in '.new.[0-9]' .new.lock; do
        for SIGNAL in HUP INT TERM; do
            export WHICH SIGNAL
            PATH=$PWD/bin:$PATH run sh -c 'echo $$ >pid; exec "$@"' sh \
                env --default-signal "$mkrequest" -dns a.example
            [ "$status" -eq 0 ]
            [ "$(ls)" = $'bin\nlocal.csr\nlocal.key\npid' ]
            rm local.*
        done
    done
}

# --- the command line --------------------------------------------------------

@test "mkrequest: -h and --help print the usage" {
    run --separate-stderr "$mkrequest" --help
    [ "$status" -eq 0 ]
    [[ "${lines[0]}" == 'Usage: mkrequest -ip|-dns|-email|-uri '* ]]
    [ -z "$stderr" ]
    help=$output
    run --separate-stderr "$mkrequest" -h
    [ "$status" -eq 0 ]
    [ "$output" = "$help" ]
    no_request
}

@test "mkrequest: wrong arguments are refused" {
    misused 'no -ip, -dns, -email or -uri' "$mkrequest"
    misused 'no -ip, -dns, -email or -uri' "$mkrequest" a.example
    misused 'no -ip, -dns, -email or -uri' "$mkrequest" --
    misused 'unknown option' "$mkrequest" -url a.example
    misused 'unknown option' "$mkrequest" -ipx 192.0.2.1
    misused 'too many arguments' "$mkrequest" -dns a.example b c d
    misused 'too many arguments' "$mkrequest" -dns a.example b -dns c
    for option in -ip -dns -email -uri; do
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
        fails "not an IP address: $address" "$mkrequest" -ip "$address"
    done
    fails 'control characters' "$mkrequest" -ip $'1.2.3.4\n'
}

@test "mkrequest: invalid host names" {
    for name in . a..b .a a. 'a b' 'a,DNS:b' 'a/b' 'ä.example' '*' 'a.*' '*a' \
        '$HOME' '"' 'a\b' 'a#b' 'http://a' "$(printf 'a%.0s' {1..64})" \
        "$(printf 'a.%.0s' {1..127})a"; do
        fails "not a DNS name: $name" "$mkrequest" -dns "$name"
    done
    fails 'control characters' "$mkrequest" -dns $'a\nDNS.2 = b'
}

@test "mkrequest: invalid e-mail addresses" {
    for name in a @ a@ @b a@b@c 'a b@c' 'ä@b' copy; do
        fails "not an e-mail address: $name" "$mkrequest" -email "$name"
    done
    fails 'control characters' "$mkrequest" -email $'a@b\nemail.2 = c'
}

@test "mkrequest: invalid URIs are refused" {
    for name in a : a: ':b' 'a b:c' 'a:b c' '1a:b' 'ä:b' 'a:ä' 'a_b:c'; do
        fails "not a URI: $name" "$mkrequest" -uri "$name"
    done
    fails 'control characters' "$mkrequest" -uri $'a:b\nURI.2 = c:d'
}

@test "mkrequest: one bad name among good ones" {
    fails 'not an IP address: x' "$mkrequest" -dns a.example -ip x secret
}

@test "mkrequest: the same result with all shells" {
    export MKREQUEST_ORGANIZATION=' a "b" \c $d #é ' CHALLENGE='x"\$`é'
    tried=0
    for shell in dash bash 'bash --posix' 'busybox sh' ksh mksh yash; do
        command -v "${shell%% *}" >/dev/null || continue
        tried=$((tried + 1))
        rm -f local.*
        echo "$shell"
        $shell "$mkrequest" -ip ::ffff:192.0.2.1 -dns b.example
        [ "$(field organizationName)" = "UTF8STRING:$MKREQUEST_ORGANIZATION" ]
        [ "$(challenge)" = "UTF8STRING:$CHALLENGE" ]
        [ "$(alternative_names)" = \
          'IP Address:0:0:0:0:0:FFFF:C000:201, DNS:b.example' ]
        rm -f local.*
        fails 'not an IP' $shell "$mkrequest" -ip 1:2:3:4:5:6:7
        fails 'control characters' $shell "$mkrequest" -dns a.example $'\t'
    done
    [ "$tried" -gt 0 ]
}
