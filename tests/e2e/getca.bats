#!/usr/bin/env bats
#
# getca and getcaps: forms of the answer, files, fingerprints, lists.

load helper
load namespace
load servers

getca() {
    run_sscep getca -u "$URL" -c ca.crt "$@"
}

# files_are NAME...: ca.crt-0, ... are these certificates of the CA.
files_are() {
    local name i=0
    for name in "$@"; do
        same_certificate "ca.crt-$i" "$ca/$name.crt"
        stdout_line "./sscep: certificate written as ca.crt-$i"
        i=$((i + 1))
    done
    no_file "ca.crt-$i"
    stdout_lacks "ca.crt-$i"
}

# --- files -----------------------------------------------------------------

@test "one certificate: -c, in PEM" {
    start_ca
    getca
    expect_status 0
    stderr_empty
    expect_equal "files" "ca.crt sscep" "$(ls -A | paste -sd' ')"
    same_certificate ca.crt "$ca/ca.crt"
    cmp ca.crt "$ca/ca.crt"
}

@test "files that a larger answer would have are not looked for" {
    start_ca
    trace_calls %file getca
    expect_status 0
    expect_equal "calls with ca.crt-9" 0 "$(grep -c 'ca\.crt-9' "$calls")"
}

@test "several certificates: in the order received" {
    start_ca --profile ra-chain --order enc,root,sign,ca
    getca
    expect_status 0
    files_are ra-enc root ra-sign ca
    no_file ca.crt
    expect_equal "empty lines" 4 "$(grep -c '^$' "$stdout")"
}

@test "several certificates: a message says whether they form a chain" {
    start_ca --profile ra-chain
    getca
    expect_status 0
    stderr_empty
    getca -v
    stderr_has "./sscep: the certificates form a chain up to a root [chain]"
    stop_ca
    ca=$BATS_TEST_TMPDIR/loose
    start_ca --profile ra-chain --order sign,enc,ca
    getca
    expect_status 0
    stderr_has "not form a chain"
    stop_ca
    ca=$BATS_TEST_TMPDIR/looser
    start_ca --profile ra --order sign,enc
    getca
    expect_status 0
    stderr_has "not form a chain"
}

@test "stale files: from several to one" {
    start_ca --profile ra-chain
    getca
    stop_ca
    cp ca.crt-2 third
    ca=$BATS_TEST_TMPDIR/single
    start_ca
    getca -v
    expect_status 0
    same_certificate ca.crt "$ca/ca.crt"
    no_file ca.crt-0 ca.crt-1 ca.crt-2 ca.crt-3
    cmp ca.crt-2.old third
    [ -e ca.crt-0.old ]
    [ -e ca.crt-1.old ]
    [ -e ca.crt-3.old ]
    for name in ca.crt-0 ca.crt-1 ca.crt-2 ca.crt-3; do
        stderr_has "$name.old"
    done
    # The next operations use the new file only.
    take local.key local.csr
    enroll
    enrolled
}

@test "from one to several: -c is not touched; a warning, as it is read first" {
    start_ca
    getca
    another_ca --profile ra
    shadows "it holds /C=FI/O=Example/CN=Example Test CA, which is not in the answer: remove it to use the new ones"
    files_are ra-sign ra-enc ca
    no_file ca.crt.old
    # As the warning says.
    rm ca.crt
    take local.key local.csr
    enroll
    enrolled
}

# shadows TEXT...: getca of a set does not touch ca.crt, and warns of it.
shadows() {
    local before
    before=$(stat -c '%i %y %a' ca.crt)
    getca --json
    expect_status 0
    expect_equal "ca.crt" "$before" "$(stat -c '%i %y %a' ca.crt)"
    stdout_has '"ca-file-shadows-set"'
    getca
    expect_status 0
    expect_equal "ca.crt" "$before" "$(stat -c '%i %y %a' ca.crt)"
    warned "ca.crt: -c ca.crt reads this file, not ca.crt-0, " "$@"
    no_file ca.crt.old
}

# no_shadow: getca of a set does not touch ca.crt, and has nothing to say of it.
no_shadow() {
    local before
    before=$(stat -c '%i %y %a' ca.crt)
    getca
    expect_status 0
    expect_equal "ca.crt" "$before" "$(stat -c '%i %y %a' ca.crt)"
    stderr_lacks "reads this file"
    no_file ca.crt.old
}

@test "a copy, a concatenation or a link of the set is not touched" {
    start_ca --profile ra
    getca
    cp ca.crt-0 ca.crt
    no_shadow
    cat ca.crt-2 ca.crt-1 ca.crt-0 >ca.crt
    chmod 400 ca.crt
    no_shadow
    ln -f ca.crt-1 ca.crt
    no_shadow
    ln -sf ca.crt-2 ca.crt
    no_shadow
    [ -L ca.crt ]
    # The CA changes: a link leads to the new certificate, a copy does not.
    cp --remove-destination ca.crt-2 copy
    another_ca --profile ra
    no_shadow
    files_are ra-sign ra-enc ca
    mv copy ca.crt
    shadows "it holds /C=FI/O=Example/CN=Example Test CA, which"
    cat ca.crt-? >>ca.crt
    shadows "it holds /C=FI/O=Example/CN=Example Test CA, which"
    cat ca.crt-? >ca.crt
    no_shadow
}

# By the link the answer would get into ca.crt.
@test "a set, and one of its names is a link to -c: refused, and -c is not touched" {
    local name
    start_ca
    getca
    another_ca --profile ra
    for name in ca.crt-0 ca.crt-2; do
        ln -s ca.crt "$name"
        snapshot
        getca
        expect_status 93
        one_error "$name: it is a link to ca.crt, which is not changed" \
            "remove the link"
        nothing_written
        rm "$name"
    done
    # Nor is one created.
    rm ca.crt
    ln -s ca.crt ca.crt-1
    snapshot
    getca
    expect_status 93
    one_error "ca.crt-1: it is a link to ca.crt"
    nothing_written
    # An empty file is written in place, for both of its names.
    rm ca.crt-1
    : >ca.crt
    ln ca.crt ca.crt-0
    snapshot
    getca
    expect_status 93
    one_error "ca.crt-0: it is a link to ca.crt"
    nothing_written
    # The other way round it is the file of the set that both names have.
    rm ca.crt
    ln -s ca.crt-0 ca.crt
    getca
    expect_status 0
    files_are ra-sign ra-enc ca
}

@test "a set beside a -c that is no certificate: a warning" {
    start_ca --profile ra
    echo text >ca.crt
    shadows "it cannot be read as certificates: give -c another name"
    files_are ra-sign ra-enc ca
}

@test "a set beside a -c that cannot be read; one certificate cannot be written there" {
    start_ca --profile ra
    echo text >ca.crt
    chmod 000 ca.crt
    chmod a+rwx .
    as_other getca
    expect_status 0
    files_are ra-sign ra-enc ca
    warned "ca.crt: -c ca.crt reads this file, not ca.crt-0, " \
        "it cannot be read as certificates: give -c another name"
    another_ca
    as_other getca
    expect_status 93
    one_error "ca.crt: cannot open it to check that it holds no private key: Permission denied"
    files_remain 3
}

@test "a set beside an empty -c, which mktemp makes: the set is read" {
    start_ca --profile ra
    : >ca.crt
    no_shadow
    stderr_empty
    take local.key local.csr
    enroll
    enrolled
    # Without a set the empty file is an error.
    rm ca.crt-?
    enroll
    expect_status 93
    only_error "CA certificate ca.crt: the file is empty"
}

@test "a file of a set that is missing beside FILE: the error names FILE" {
    local name
    start_enrolment
    mv ca.crt ca.pem
    for name in ca.pem-0 ca.pem-12; do
        run_sscep enroll -u "$URL" -c "$name" -k local.key -r local.csr \
            -l local.crt
        expect_status 93
        only_error "CA certificate $name: there is no such file, but there is ca.pem, " \
            "name that instead"
    done
    # A file that is not there, or holds nothing, is no help.
    for name in ca.pem- ca.pem-0x ca.pem-0-0 pem-0 -- -0; do
        run_sscep enroll -u "$URL" "-c$name" -k local.key -r local.csr \
            -l local.crt
        expect_status 93
        only_error "CA certificate $name: there is no such file, and no $name-0; get"
    done
    : >ca.pem
    run_sscep enroll -u "$URL" -c ca.pem-0 -k local.key -r local.csr \
        -l local.crt
    only_error "and no ca.pem-0-0; get"
    nothing_sent
}

@test "a signer that is in the set only, beside an older -c: the error says so" {
    start_ca --profile ra
    getca
    take local.key local.csr
    cp "$shared/other.crt" ca.crt
    enroll --tolerate issuer
    expect_status 97
    one_error "not among those of -c" \
        "ca.crt-0 ... have the signer, but ca.crt is read: if the CA has changed, use these"
    stderr_lacks "fetch them again" remove
    # A part or a copy of the set hides others, the whole of it does not.
    ln -sf ca.crt-2 ca.crt
    enroll -v
    expect_status 97
    stderr_has "ca.crt-0 ... are not read, as there is ca.crt"
    stderr_has "ca.crt-0 ... have the signer"
    cat ca.crt-? >"$BATS_TEST_TMPDIR/all"
    ln -sf "$BATS_TEST_TMPDIR/all" ca.crt
    another_ca --profile ra
    enroll
    expect_status 97
    one_error "fetch them again with getca"
    stderr_lacks "have the signer"
}

# The stranger may be anybody on the way, and may name the next CA as the signer.
@test "a stranger that signs, beside the next CA certificates: the error is no help to it" {
    local fault
    start_ca --next-ca
    cp "$ca/ca.crt" .
    take local.key local.csr
    run_sscep getnextca -u "$URL" -C ca.crt -c ca.crt
    expect_status 0
    another_ca
    enroll
    expect_status 97
    one_error "not among those of -c" "fetch them again with getca"
    stderr_lacks "have the signer"
    cp "$ca/ca.crt" ca.crt-0
    for fault in bad-signature altered-content; do
        another_ca --fault "$fault"
        cp "$ca/ca.crt" ca.crt-0
        enroll
        expect_status 97
        one_error "not among those of -c" "fetch them again with getca"
        stderr_lacks "have the signer"
    done
}

@test "getnextca: a signer that is in the set only, beside an older -C: the error says so" {
    start_ca --profile chain --next-ca
    getca
    cp "$shared/other.crt" ca.crt
    run_sscep getnextca -u "$URL" -C ca.crt -c next.crt
    expect_status 97
    one_error "-C" "ca.crt-0 ... have the signer, but ca.crt is read"
}

# Nobody can write to ca.crt, and replacing it is not needed.
@test "a set beside a -c that cannot be written" {
    start_ca --profile ra
    getca
    cat ca.crt-? >ca.crt
    cp ca.crt before
    fixed ca.crt getca
    expect_status 0
    files_are ra-sign ra-enc ca
    cmp ca.crt before
    stop_ca
    ca=$BATS_TEST_TMPDIR/single
    start_ca
    fixed ca.crt getca
    expect_status 93
    only_error "ca.crt: cannot write: Read-only file system"
    files_remain 3
}

# files_remain NUMBER: ca.crt-0 and so on are still there.
files_remain() {
    expect_equal "files" "$1" "$(find . -name 'ca.crt-[0-9]' | wc -l)"
}

@test "a set beside a directory of the name; one certificate cannot be written there" {
    mkdir ca.crt
    start_ca --profile ra
    getca
    files_are ra-sign ra-enc ca
    stderr_lacks "reads this file"
    take local.key local.csr
    enroll
    enrolled
    another_ca
    getca
    expect_status 93
    one_error "ca.crt: is a directory"
    files_remain 3
    rm ca.crt-?
    enroll
    expect_status 93
    one_error "CA certificate ca.crt" "Is a directory"
}

@test "one certificate where -c is a link to the first of a set: the link still leads to it" {
    start_ca --profile ra
    getca
    ln -s ca.crt-0 ca.crt
    another_ca
    getca
    expect_status 0
    [ -L ca.crt ]
    same_certificate ca.crt "$ca/ca.crt"
    no_file ca.crt-0.old ca.crt-1 ca.crt-2
    [ -e ca.crt-1.old ]
    [ -e ca.crt-2.old ]
}

@test "one certificate where -c is a link to the first of a set, which is not to be moved" {
    start_ca --profile ra
    getca
    ln -s ca.crt-0 ca.crt
    mkdir ca.crt-0.old
    another_ca
    getca
    expect_status 0
    same_certificate ca.crt-0 "$ca/ca.crt"
    # A hard link is another file as soon as -c is replaced.
    rmdir ca.crt-0.old
    ln -f ca.crt-0 ca.crt
    getca
    expect_status 0
    no_file ca.crt-0
    [ -e ca.crt-0.old ]
}

@test "a set for a device or a descriptor is one text there" {
    start_ca --profile ra
    run_sscep getca -u "$URL" -c /dev/null
    expect_status 0
    stdout_line "./sscep: certificates written as /dev/null"
    no_file /dev/null-0
    mkfifo pipe
    timeout 20 cat pipe >got 3>&- &
    reader=$!
    run_sscep getca -u "$URL" -c pipe
    expect_status 0
    wait "$reader"
    expect_equal "certificates" 3 "$(grep -c BEGIN got)"
    no_file pipe-0
}

@test "stale files: from four to two" {
    start_ca --profile ra-chain
    getca
    stop_ca
    ca=$BATS_TEST_TMPDIR/pair
    start_ca --profile ra-pair
    getca
    expect_status 0
    files_are ra-sign ca
    [ -e ca.crt-2.old ]
    [ -e ca.crt-3.old ]
    no_file ca.crt-0.old ca.crt-1.old
}

@test "stale files: numbered files after a missing number are no part of a later answer" {
    start_ca --profile ra-chain
    getca
    rm ca.crt-1
    stop_ca
    ca=$BATS_TEST_TMPDIR/single
    start_ca
    getca
    expect_status 0
    no_file ca.crt-0
    stop_ca
    ca=$BATS_TEST_TMPDIR/pair
    start_ca --profile ra-pair
    getca
    expect_status 0
    files_are ra-sign ca
}

@test "stale files: nothing is moved when the answer is bad" {
    start_ca --profile ra-chain
    getca
    stop_ca
    snapshot
    ca=$BATS_TEST_TMPDIR/bad
    start_ca --fault truncated-der --fault-on getcacert
    getca
    expect_status 97
    one_error
    nothing_written
}

# Makes ./limited, which runs the client so that it cannot write files of more
# than 1024 bytes. Certificates are longer.
make_limited() {
    cat >limited <<'END'
#!/bin/bash
trap '' XFSZ
ulimit -f 1
exec ./sscep "$@"
END
    chmod +x limited
}

# Replaces the CA at $URL by another one.
another_ca() {
    stop_ca
    ca=$BATS_TEST_TMPDIR/another
    start_ca "$@"
}

# With the first CA again an enrolment succeeds: -c still has its certificates.
old_set_enrolls() {
    stop_ca
    ca=$BATS_TEST_TMPDIR/ca
    take local.key local.csr
    start_ca "$@"
    enroll
    enrolled
}

@test "stale files: from several to one that cannot be written, nothing is moved" {
    start_ca --profile ra-chain
    getca
    make_limited
    another_ca
    snapshot
    sscep=./limited getca
    expect_status 93
    one_error "ca.crt: cannot write: File too large"
    nothing_written
    # Without the limit the same answer is written.
    getca
    expect_status 0
    same_certificate ca.crt "$ca/ca.crt"
    no_file ca.crt-0
}

@test "stale files: from four to two that cannot be written, nothing is moved" {
    start_ca --profile ra-chain
    getca
    make_limited
    another_ca --profile ra-pair
    snapshot
    sscep=./limited getca
    expect_status 93
    one_error "ca.crt: cannot write: File too large"
    nothing_written
    old_set_enrolls --profile ra-chain
}

@test "stale files: from one to several, and one of them cannot be written" {
    start_ca
    getca
    another_ca --profile ra
    mkdir ca.crt-2
    snapshot
    getca
    expect_status 93
    one_error "ca.crt-2: is a directory"
    nothing_written
    old_set_enrolls
}

# That is found before anything is moved.
@test "stale files: from several to one, and one that cannot be moved" {
    start_ca --profile ra-chain
    getca
    mkdir ca.crt-2.old
    another_ca
    snapshot
    getca
    expect_status 93
    one_error "ca.crt-2: cannot move it to ca.crt-2.old: Is a directory"
    nothing_written
    old_set_enrolls --profile ra-chain
}

@test "stale files: from several to one, when one is not moved in the end, or the one is not written" {
    local rename
    start_ca --profile ra-chain
    getca
    another_ca
    snapshot
    # Four files are moved, then ca.crt is made.
    for rename in 1 2 4 5; do
        with_error '?rename,renameat,renameat2' "EIO:when=$rename" getca
        expect_status 93
        one_error "Input/output error"
        stdout_lacks written
        nothing_written
    done
    old_set_enrolls --profile ra-chain
}

@test "stale files: from several to one, and those that were moved cannot be put back" {
    local number
    start_ca --profile ra-chain
    getca
    mkdir kept
    cp -a ca.crt-? kept
    another_ca
    with_error '?rename,renameat,renameat2' EIO:when=3+ getca
    expect_status 93
    one_error "Input/output error; not all of ca.crt-0 ... could be put back"
    stdout_lacks written
    no_file ca.crt ca.crt-0 ca.crt-1
    for number in 0 1; do
        cmp "ca.crt-$number.old" "kept/ca.crt-$number" ||
            problem "ca.crt-$number.old differs"
    done
    as_before 2 3
}

# fixed FILE COMMAND...: nobody can change or replace the file meanwhile.
fixed() {
    in_mounts "mount --bind $1 $1
        mount -o remount,bind,ro $1" "${@:2}"
}

# as_before NUMBER...: these files are as they were when cp -a kept them.
as_before() {
    local number
    for number in "$@"; do
        cmp "ca.crt-$number" "kept/ca.crt-$number"
        expect_equal "the mode of ca.crt-$number" \
            "$(stat -c %a "kept/ca.crt-$number")" \
            "$(stat -c %a "ca.crt-$number")"
    done
}

@test "a set is replaced whole: one of its files cannot be replaced" {
    local number
    start_ca --profile ra-chain
    getca
    chmod 640 ca.crt-0
    mkdir kept
    cp -a ca.crt-? kept
    another_ca --profile ra-chain
    for number in 0 1 3; do
        fixed "ca.crt-$number" getca
        expect_status 93
        only_error "ca.crt-$number: cannot write: Read-only file system"
        stdout_lacks written
        as_before 0 1 2 3
        expect_equal "files" "ca.crt-0 ca.crt-1 ca.crt-2 ca.crt-3" \
            "$(find . -maxdepth 1 -name '*ca.crt-*' -printf '%f\n' | sort |
                paste -sd' ')"
        fixed "ca.crt-$number" getca --json
        expect_status 93
        stdout_lacks '"files"'
        as_before 0 1 2 3
    done
    old_set_enrolls --profile ra-chain
}

@test "a set is replaced whole: a new file cannot be made" {
    start_ca --profile ra
    with_error '?rename,renameat,renameat2' EIO:when=2 getca
    expect_status 93
    only_error "ca.crt-1: cannot replace: Input/output error; the files of the set are as they were before"
    no_file ca.crt-0 ca.crt-1 ca.crt-2
    # Of a shorter set: what is new goes, what was there stays.
    another_ca --profile ra-pair
    getca
    files_are ra-sign ca
    mkdir kept
    cp -a ca.crt-? kept
    stop_ca
    ca=$BATS_TEST_TMPDIR/third
    start_ca --profile ra-chain
    with_error '?rename,renameat,renameat2' EIO:when=4 getca
    expect_status 93
    as_before 0 1
    no_file ca.crt-2 ca.crt-3
}

@test "a set is replaced whole: what a descriptor has got is left there" {
    start_ca --profile ra
    echo first >list
    ln -s /dev/fd/7 ca.crt-0
    with_error '?rename,renameat,renameat2' EIO getca 7>>list
    expect_status 93
    only_error "ca.crt-1: cannot replace: Input/output error; the files of the set are as they were before"
    [ "$(head -n 1 list)" = first ] && grep -q BEGIN list ||
        problem "the list is not as it was left"
}

@test "a set is replaced whole: two of its names are one file" {
    start_ca --profile ra
    getca
    ln -sf ca.crt-0 ca.crt-2
    another_ca --profile ra
    snapshot
    getca
    expect_status 93
    one_error "ca.crt-0 and ca.crt-2 are the same file"
    nothing_written
}

@test "a set is replaced whole: a stale file cannot be moved" {
    start_ca --profile ra-chain
    getca
    mkdir kept ca.crt-3.old
    cp -a ca.crt-? kept
    another_ca --profile ra-pair
    getca
    expect_status 93
    one_error "ca.crt-3: cannot move it to ca.crt-3.old"
    stdout_lacks written
    as_before 0 1 2 3
    no_file ca.crt-2.old
    old_set_enrolls --profile ra-chain
}

@test "stale files: files that were set aside before are replaced" {
    start_ca --profile ra
    getca
    cp ca.crt-2 third
    echo older >ca.crt-2.old
    another_ca --profile ra-pair
    getca
    expect_status 0
    cmp ca.crt-2.old third
    no_file ca.crt-2.old.old
}

@test "the same answer again: nothing is moved" {
    start_ca --profile ra
    getca
    snapshot
    getca
    expect_status 0
    nothing_written
    stderr_empty
}

@test "an existing -c keeps its mode" {
    start_ca
    echo old >ca.crt
    chmod 600 ca.crt
    getca
    expect_status 0
    same_certificate ca.crt "$ca/ca.crt"
    expect_equal "the mode" 600 "$(stat -c %a ca.crt)"
}

@test "an expired certificate gives a warning and is written" {
    start_ca --ca-expired
    getca
    expect_status 0
    warned expired
    warned "Example Test CA"
    same_certificate ca.crt "$ca/ca.crt"
    stop_ca
    ca=$BATS_TEST_TMPDIR/several
    start_ca --profile chain --ca-expired
    getca
    expect_status 0
    warned "Example Test CA"
    expect_equal "warnings" 1 "$(grep -c "expired" "$stderr")"
    files_are ca root
}

@test "the same certificate twice" {
    start_ca --profile ra --fault same-certificate-twice --fault-on getcacert
    getca
    expect_status 0
    [ -s ca.crt-0 ]
    take local.key local.csr
    enroll
    enrolled
}

# --- forms -----------------------------------------------------------------

@test "one certificate: DER and PEM are written as -c" {
    local form
    for form in der pem wrong-type; do
        ca=$BATS_TEST_TMPDIR/$form
        start_ca --getca-form "$form"
        rm -f ca.crt*
        getca
        expect_status 0
        same_certificate ca.crt "$ca/ca.crt"
        stdout_line "./sscep: CA certificate written as ca.crt"
        no_file ca.crt-0
        stop_ca
    done
}

@test "a set of one certificate: PKCS#7 and PEM of PKCS#7" {
    local form
    for form in p7 p7pem; do
        ca=$BATS_TEST_TMPDIR/$form
        start_ca --getca-form "$form"
        rm -f ca.crt*
        getca -F md5
        files_are ca
        no_file ca.crt
        stderr_empty
        expect_stdout <<END
./sscep: requesting CA certificate
./sscep: valid response from server

./sscep: found certificate with
  subject: /C=FI/O=Example/CN=Example Test CA
  issuer: /C=FI/O=Example/CN=Example Test CA
  usage: Digital Signature, Key Encipherment, Certificate Sign, CRL Sign
  MD5 fingerprint: $(fingerprint ca.crt-0 md5)
./sscep: certificate written as ca.crt-0
END
        getca -c -
        stderr_has "./sscep: certificate written as -"
        cmp ca.crt-0 "$stdout" || problem "ca.crt-0 differs"
        take local.key local.csr
        enroll
        enrolled
        stop_ca
    done
}

@test "several certificates: PEM, PKCS#7, PEM of PKCS#7, another content type" {
    local form
    for form in pem p7 p7pem wrong-type; do
        ca=$BATS_TEST_TMPDIR/$form
        start_ca --profile ra-chain --getca-form "$form"
        rm -f ca.crt*
        getca
        expect_status 0
        files_are ra-sign ra-enc ca root
        stop_ca
    done
}

@test "a content type that is wrong or missing is only noted with -v" {
    local fault
    for fault in odd-content-type no-content-type; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_ca --fault "$fault" --fault-on getcacert
        getca
        expect_status 0
        stderr_empty
        getca -v
        expect_status 0
        stderr_has "content type"
        stop_ca
    done
}

@test "chunked, without a length, HTTP/1.0, closing" {
    local options
    for options in --chunked "--chunked 1" --no-length --http10 --close; do
        ca=$BATS_TEST_TMPDIR/ca${options// /}
        # shellcheck disable=SC2086
        start_ca --profile ra $options
        getca
        expect_status 0
        files_are ra-sign ra-enc ca
        stop_ca
    done
}

# --- fingerprints ----------------------------------------------------------

@test "-F: every digest, with the same result as openssl" {
    local name label
    start_ca
    while read -r name label; do
        getca -F "$name"
        expect_status 0
        stdout_line "./sscep: $label fingerprint: $(fingerprint ca.crt "$name")"
    done <<'END'
md5 MD5
sha1 SHA1
sha224 SHA224
sha256 SHA256
sha384 SHA384
sha512 SHA512
END
}

@test "-F: of several certificates, for each" {
    local i
    start_ca --profile ra
    getca -F sha256
    expect_status 0
    for i in 0 1 2; do
        stdout_line "  SHA256 fingerprint: $(fingerprint "ca.crt-$i" sha256)"
    done
}

@test "-F: GetCACaps is not sent" {
    start_ca
    getca -F sha256
    expect_equal "requests" GetCACert "$(ca_log operation | paste -sd' ')"
}

@test "the default fingerprint: the best announced digest, or MD5" {
    local caps label
    while read -r caps label; do
        ca=$BATS_TEST_TMPDIR/$caps
        start_ca --caps "$caps"
        getca
        expect_status 0
        stderr_empty
        stdout_has "./sscep: $label fingerprint: "
        stop_ca
    done <<'END'
SHA-1,SHA-256,SHA-512,AES SHA512
SHA-384,SHA-256 SHA384
SHA-224,SHA-256,SHA-1 SHA256
SHA-224,SHA-1 SHA224
SHA-1,AES SHA1
SCEPStandard SHA256
sha-256 SHA256
AES,DES3,POSTPKIOperation MD5
none MD5
END
}

@test "usage: none, if there is no keyUsage" {
    start_ca --profile chain --ca-usage none
    getca
    expect_status 0
    stdout_has "  usage: "
    expect_equal "the first usage" "none" \
        "$(sed -n 's/^  usage: //p' "$stdout" | head -n 1)"
}

# --- the request -----------------------------------------------------------

@test "-i is sent with GetCACaps and GetCACert, every byte of it" {
    local id
    start_ca
    for id in ca1 "" "$(printf 'x%.0s' {1..200})" 'a b+c&d=e%20f#g?h/i"j<k>\l' \
        'Zertifizierungsstelle Köln'; do
        : >"$ca/log"
        getca -i "$id"
        expect_status 0
        expect_equal "the operations" "GetCACaps GetCACert" \
            "$(ca_log operation | paste -sd' ')"
        expect_equal "the messages of -i '$id'" "$id" "$(ca_log message | uniq)"
    done
}

@test "without -i no message is sent" {
    start_ca
    getca
    expect_equal "parameters" "1" "$(ca_log 'len(query)' | uniq)"
}

@test "-M is on every request" {
    start_ca
    getca -M a=1 -M 'b=x y'
    expect_status 0
    expect_equal "the parameters" "[['a', '1'], ['b', 'x y']]" \
        "$(ca_log 'query[1:]' | uniq)"
}

@test "the URL: paths and queries" {
    local url target base
    start_ca
    base=http://127.0.0.1:$port
    while read -r url target; do
        : >"$ca/log"
        run_sscep getca -u "$base$url" -c ca.crt -F md5
        expect_status 0
        expect_equal "the target of '$url'" "$target" "$(ca_log target)"
    done <<'END'
/ /?operation=GetCACert
/scep /scep?operation=GetCACert
/scep/ /scep/?operation=GetCACert
/a:b/c /a:b/c?operation=GetCACert
/certsrv/mscep/mscep.dll? /certsrv/mscep/mscep.dll?operation=GetCACert
/scep?x=1 /scep?x=1&operation=GetCACert
END
    run_sscep getca -u "$base" -c ca.crt -F md5
    expect_status 0
    expect_equal "without a path" "/cgi-bin/pkiclient.exe?operation=GetCACert" \
        "$(ca_log target | tail -n 1)"
}

@test "a redirect of GET to the same server is followed" {
    local fault
    for fault in http-302-self http-307-self; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_ca --fault "$fault" --fault-on getcacert --fault-times 1
        getca -F md5
        expect_status 0
        same_certificate ca.crt "$ca/ca.crt"
        stop_ca
    done
}

@test "the number of redirects that are followed is limited" {
    start_ca --fault http-302-self --fault-on getcacert
    getca -F md5
    expect_status 95
    only_error
    no_file ca.crt
    if [ "$(ca_log operation | wc -l)" -gt 6 ]; then
        problem "more than five redirects"
    fi
}

@test "an HTTP error status: the message shows the text of the server, escaped" {
    start_ca --fault http-404 --fault-on getcacert
    getca -F md5
    expect_status 95
    only_error 404 "$URL" '"nothing here"'
    stop_ca
    # The text of this answer contains control characters.
    ca=$BATS_TEST_TMPDIR/control
    start_ca --fault http-500 --fault-on getcacert
    getca -F md5
    expect_status 95
    only_error 500 "$URL"
    if LC_ALL=C grep -q '[^ -~]' "$stderr"; then
        problem "control characters on stderr"
    fi
}

@test "a truncated body: the message names both lengths" {
    start_ca --fault short-body --fault-on getcacert
    getca -F md5
    expect_status 95
    if [ "$(grep -oE '[0-9]+ (of|bytes)|[0-9]{3,}' "$stderr" | wc -l)" -lt 2 ]; then
        problem "not both lengths"
    fi
    only_error
}

@test "an HTML page in place of the certificate: the message shows its text" {
    start_ca --fault html --fault-on getcacert
    getca -F md5
    expect_status 97
    only_error 'text/html: "Welcome"; check the URL'
}

@test "HTTP status 400: the advice is about -i for a query, and about algorithms for a message" {
    start_ca --fault http-400 --fault-on getcacert
    getca -F md5
    expect_status 95
    only_error '400 Bad Request: "the parameter message is missing"; some servers need a CA identifier' \
        "with -i"
    stop_ca
    ca=$BATS_TEST_TMPDIR/message
    start_enrolment --fault http-400
    enroll -i name
    expect_status 95
    one_error '400 Bad Request: "the parameter message is missing"; if the server is old, try -E 3des -S sha1'
    stderr_lacks "CA identifier"
}

# Some servers want message, which RFC 8894, 4.2 makes optional.
@test "a refused query without -i: the error names -i, and with it does not" {
    start_ca --fault http-404 --fault-on getcacert
    getca -F md5
    expect_status 95
    only_error 'Not Found: "nothing here"; some servers need a CA identifier' \
        "with -i"
    getca -F md5 -i name
    expect_status 95
    only_error "check the CA identifier and the path of the URL"
    stderr_lacks " -i"
}

# --- getcaps ---------------------------------------------------------------

getcaps() {
    ca=$BATS_TEST_TMPDIR/$RANDOM$RANDOM
    start_ca --caps "$1" "${@:2}"
    run_sscep getcaps -u "$URL"
    expect_status 0
    stderr_empty
    stop_ca
}

@test "getcaps: the list, always in the same order" {
    getcaps AES,DES3,POSTPKIOperation
    expect_stdout <<<"./sscep: scep capabilities: AES, DES3, POSTPKIOperation"
    getcaps SCEPStandard,SHA-512,SHA-384,SHA-256,SHA-224,SHA-1,Renewal,POSTPKIOperation,GetNextCACert,DES3,AES
    expect_stdout <<'END'
./sscep: scep capabilities: AES, DES3, GetNextCACert, POSTPKIOperation, Renewal, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, SCEPStandard
END
}

@test "getcaps: what SCEPStandard implies was not announced" {
    getcaps SCEPStandard
    expect_stdout <<<"./sscep: scep capabilities: SCEPStandard"
}

@test "getcaps: a server without capabilities" {
    getcaps none
    expect_stdout <<<"./sscep: scep capabilities: none"
}

@test "getcaps: unknown keywords only" {
    getcaps Frobnicate,X-Y
    expect_stdout <<<"./sscep: scep capabilities: none"
}

@test "getcaps: LF, CRLF, any case, unknown keywords, blanks, twice" {
    local eol
    for eol in lf crlf; do
        getcaps "aes,sha-256,Frobnicate,postpkioperation ,AES,SHA-2560" \
            --caps-eol "$eol"
        expect_stdout <<<"./sscep: scep capabilities: AES, POSTPKIOperation, SHA-256"
    done
}

@test "getcaps: unknown keywords with -v" {
    start_ca --caps AES,Frobnicate
    run_sscep getcaps -u "$URL" -v
    expect_status 0
    stderr_has Frobnicate
}

@test "getcaps: -c is accepted without a warning, because wrappers always give it" {
    start_ca
    run_sscep getcaps -u "$URL" -c ca.crt
    expect_status 0
    stderr_empty
    stdout_has "scep capabilities: AES"
    no_file ca.crt
}

@test "getcaps: -i is sent" {
    start_ca
    run_sscep getcaps -u "$URL" -i "my ca"
    expect_status 0
    expect_equal "the message" "my ca" "$(ca_log message)"
}

@test "getcaps: a bad answer is an error" {
    local how
    for how in 404 500 html close; do
        ca=$BATS_TEST_TMPDIR/$how
        start_ca --no-caps-http "$how"
        run_sscep getcaps -u "$URL"
        expect_status 95
        only_error
        stdout_empty
        stop_ca
    done
}
