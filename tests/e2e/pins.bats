#!/usr/bin/env bats
#
# --ca-fingerprint, which pins the CA, and --chain, which writes the CA
# certificates above the new certificate.

load helper
load servers

# pin FILE DIGEST: the fingerprint by openssl, in lower case without colons.
pin() {
    fingerprint "$1" "$2" | tr -d : | tr A-F a-f
}

no_message_sent() {
    expect_equal "messages sent" "" "$(messages method)"
}

# Starts a CA; makes all that enroll, getcert and getcrl need; -c is ca.crt.
start_pinned() {
    take local.key local.csr
    start_ca "$@"
    run_sscep getca -u "$URL" -c ca.crt
    expect_status 0
    : >"$ca/log"
    openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
        -days 30 -set_serial 4711 -out own.crt 2>log
    rm log
    mkdir -p "$ca/issued"
    cp own.crt "$ca/issued/1267.pem"
}

getca() {
    run_sscep getca -u "$URL" -c ca.crt "$@"
}

# each_operation FUNCTION OPTION ...: runs the three operations that read -c.
each_operation() {
    local check=$1
    shift
    enroll "$@"
    "$check" local.crt
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt "$@"
    "$check" found.crt
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w found.crl "$@"
    "$check" found.crl
}

succeeds() {
    expect_status 0
    stdout_line "./sscep: pkistatus: SUCCESS"
    [ -s "$1" ] || problem "there is no $1"
    rm "$1"
}

# The pin does not match.
pinned_away() {
    refused 97 "fingerprint"
    no_message_sent
}

# left_out NAME: a warning says that this certificate is left out.
left_out() {
    local line
    line=$(grep -F "warning: CA certificate $1 sha" "$stderr")
    if [[ "$line" != *" is left out: --ca-fingerprint does not vouch for it"* ]]; then
        problem "not left out: $1"
    fi
}

# file_is NAME: getca has written this one, which came bare, as -c.
file_is() {
    expect_status 0
    same_certificate ca.crt "$ca/$1.crt"
    no_file ca.crt-0
    rm ca.crt
}

# files_are NAME ...: getca has written these, certificates of the CA or files,
# to numbered files, since they came in a PKCS#7.
files_are() {
    local name path number=0
    expect_status 0
    for name in "$@"; do
        path=ca.crt-$number
        [ -e "$name" ] || name=$ca/$name.crt
        same_certificate "$path" "$name"
        number=$((number + 1))
    done
    no_file "ca.crt-$number"
    rm -f ca.crt ca.crt-*
}

# --- getca -----------------------------------------------------------------

@test "getca: the pin matches, with every digest" {
    local digest
    start_ca
    for digest in md5 sha1 sha224 sha256 sha384 sha512; do
        getca --ca-fingerprint "$(pin "$ca/ca.crt" "$digest")"
        expect_status 0
        stderr_empty
        same_certificate ca.crt "$ca/ca.crt"
        rm ca.crt
    done
}

@test "getca: the pin in every notation" {
    local plain form
    start_ca
    plain=$(pin "$ca/ca.crt" sha256)
    for form in "$(fingerprint "$ca/ca.crt" sha256)" "${plain^^}" \
        "$(fingerprint "$ca/ca.crt" sha256 | tr : ' ')" \
        "$(fingerprint "$ca/ca.crt" sha256 | tr A-F a-f)" \
        "$(sed 's/..../& /g' <<<"$plain")" " $plain " \
        "$(fingerprint "$ca/ca.crt" sha1 | tr ABC abc)"; do
        getca --ca-fingerprint "$form"
        expect_status 0
        same_certificate ca.crt "$ca/ca.crt"
        rm ca.crt
    done
}

@test "getca: the pin as getca has printed it" {
    start_ca
    getca -F sha256
    getca --ca-fingerprint "$(sed -n 's/.*SHA256 fingerprint: //p' "$stdout")"
    expect_status 0
    getca -F sha256
    getca --ca-fingerprint "$(sed -n 's/.*: \(SHA256 fingerprint: \)/\1/p' "$stdout")"
    expect_status 0
}

@test "getca: the pin as people paste it" {
    local colons form
    start_ca
    colons=$(fingerprint "$ca/ca.crt" sha256)
    for form in "$(openssl x509 -in "$ca/ca.crt" -noout -fingerprint -sha256)" \
        "sha256:$colons" "sha256:$(pin "$ca/ca.crt" sha256)" \
        "SHA256 Fingerprint=$colons" "sha256 Fingerprint=$colons" \
        "SHA-256: $colons" "SHA256 fingerprint: $colons" "sha256 $colons" \
        "SHA-1 Fingerprint=$(fingerprint "$ca/ca.crt" sha1)"; do
        getca --ca-fingerprint "$form"
        expect_status 0
        stderr_empty
        same_certificate ca.crt "$ca/ca.crt"
        rm ca.crt
    done
    printf 'URL = %s\nCACertFile = ca.crt\nCAFingerprint = %s\n' "$URL" \
        "SHA256 Fingerprint=$colons" >sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 0
}

@test "getca: fingerprints are printed in the digest of the pin, GetCACaps is not needed" {
    local other
    start_ca
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha384)"
    expect_status 0
    stdout_line "./sscep: SHA384 fingerprint: $(fingerprint "$ca/ca.crt" sha384)"
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha384)" -F sha1
    expect_status 0
    stdout_line "./sscep: SHA1 fingerprint: $(fingerprint "$ca/ca.crt" sha1)"
    # The first pin determines the digest, even if it does not match.
    other=$(pin "$shared/other.crt" sha224)
    getca --ca-fingerprint "$other" --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    expect_status 0
    stdout_line "./sscep: SHA224 fingerprint: $(fingerprint "$ca/ca.crt" sha224)"
    expect_equal "operations" "GetCACert GetCACert GetCACert" \
        "$(ca_log operation | paste -sd' ')"
}

@test "getca: several pins, each for its certificate" {
    start_ca --profile ra
    getca --ca-fingerprint "$(pin "$ca/ra-enc.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha1)" \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    files_are ra-sign ra-enc ca
    stderr_lacks "left out"
    getca --ca-fingerprint "$(pin "$ca/ra-enc.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha1)"
    files_are ra-sign ra-enc
    left_out "/C=FI/O=Example/CN=Example Test CA"
    # The same in the file; pins of the command line replace all of the file.
    printf 'CAFingerprint = %s\nCAFingerprint = %s\n' \
        "$(pin "$ca/ra-enc.crt" sha256)" "$(pin "$ca/ra-sign.crt" md5)" \
        >sscep.conf
    getca -f sscep.conf
    files_are ra-sign ra-enc
    getca -f sscep.conf --ca-fingerprint "$(pin "$ca/ra-sign.crt" md5)"
    files_are ra-sign
}

@test "getca: several pins, of which some match nothing: -v says so" {
    local other
    start_ca
    other=$(fingerprint "$shared/other.crt" sha256)
    getca --ca-fingerprint "$other" \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    file_is ca
    stderr_empty
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)" \
        --ca-fingerprint "$other" -v
    file_is ca
    stderr_has "--ca-fingerprint $other: no certificate has it"
    snapshot
    getca --ca-fingerprint "$other" \
        --ca-fingerprint "$(pin "$shared/other.crt" sha1)"
    refused --answered 97 fingerprint
}

@test "getca: the pin does not match, and the message shows the fingerprints received" {
    local name files=()
    start_ca --profile ra-chain
    snapshot
    getca --ca-fingerprint "$(pin "$shared/other.crt" sha1)"
    refused --answered 97 "matches none of the 4 CA certificate(s)" "; and 1 more"
    for name in root ca ra-sign; do
        stderr_has " sha1:$(fingerprint "$ca/$name.crt" sha1)"
    done
    # Those that are better to pin come first.
    expect_equal "names" "Root,CA,Signing" \
        "$(grep -o '[A-Za-z]* sha1:' "$stderr" | cut -d' ' -f1 | paste -sd,)"
    stderr_has "/C=FI/O=Example/CN=Example Test RA Signing sha1:"
    stderr_lacks "$(fingerprint "$ca/ra-enc.crt" sha1)"
    for name in {1..90}; do
        files+=("$ca/ra-enc.crt")
    done
    serve "${files[@]}"
    getca --ca-fingerprint "$(pin "$shared/other.crt" sha512)"
    refused --answered 97 "matches none of the 90 CA certificate(s)" "; and 87 more"
}

@test "getca: the pin does not match" {
    local digest right
    start_ca
    echo old >ca.crt
    snapshot
    for digest in md5 sha1 sha256 sha512; do
        getca --ca-fingerprint "$(pin "$shared/other.crt" "$digest")"
        refused --answered 97 "fingerprint" "$digest"
        # Every digit must match, also the first and the last.
        right=$(pin "$ca/ca.crt" "$digest")
        getca --ca-fingerprint "${right%?}$(tr 0-9a-f 1-9a-f0 <<<"${right: -1}")"
        refused --answered 97 "fingerprint" "$digest"
        getca --ca-fingerprint "$(tr 0-9a-f 1-9a-f0 <<<"${right:0:1}")${right#?}"
        refused --answered 97 "fingerprint" "$digest"
    done
}

@test "getca: the key CAFingerprint" {
    start_ca
    snapshot
    printf 'URL = %s\nCACertFile = ca.crt\nCAFingerprint = "%s"\n' "$URL" \
        "$(fingerprint "$shared/other.crt" sha256)" >sscep.conf
    snapshot
    run_sscep getca -f sscep.conf
    refused --answered 97 fingerprint
    printf 'URL %s\nCACertFile ca.crt\nCAFingerprint "%s"\n' "$URL" \
        "$(fingerprint "$ca/ca.crt" sha256 | tr : ' ')" >sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 0
    same_certificate ca.crt "$ca/ca.crt"
}

@test "getca: RA certificates, the pin is that of the root" {
    start_ca --profile ra-chain --ra-purpose cmc-ra
    getca --ca-fingerprint "$(pin "$ca/root.crt" sha256)"
    files_are ra-sign ra-enc ca root
    stderr_lacks "left out"
}

@test "getca: RA certificates, the pin is that of the CA: certificates above it are left out" {
    start_ca --profile ra-chain --ra-purpose enrolment-agent
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    files_are ra-sign ra-enc ca
    left_out "/C=FI/O=Example/CN=Example Test Root"
}

@test "getca: RA certificates, the pin is that of one: the others are left out" {
    local by
    start_ca --profile ra
    for by in ra-sign ra-enc; do
        getca --ca-fingerprint "$(pin "$ca/$by.crt" sha256)"
        files_are "$by"
        left_out "/C=FI/O=Example/CN=Example Test CA"
        expect_equal "left out" 2 "$(grep -c "is left out" "$stderr")"
    done
}

@test "getca: the pin is that of a root which is not in the answer" {
    start_ca --profile chain --order ca
    snapshot
    getca --ca-fingerprint "$(pin "$ca/root.crt" sha256)"
    refused --answered 97 fingerprint
}

# --- certificates that the pinned CA has issued ----------------------------

# unmarked NAME: it is left out because its extendedKeyUsage marks no RA.
unmarked() {
    left_out "$1"
    warned "it is not a CA certificate (no basicConstraints with cA); its extendedKeyUsage does not mark an RA"
    warned "pin it with one more --ca-fingerprint, or use --tolerate ra"
}

device="/C=FI/O=Example/CN=Example End Entity"

@test "getca: the certificate of a device, inserted in the answer, is left out" {
    local fault
    for fault in end-entity client; do
        ca=$BATS_TEST_TMPDIR/$fault
        start_ca --fault "$fault-in-front" --fault-on getcacert
        getca
        same_certificate ca.crt-0 "$ca/$(cd "$ca" && ls end-entity*.crt)"
        rm ca.crt-*
        getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
        files_are ca
        unmarked "$device"
        warned "$device sha256:$(fingerprint "$ca"/end-entity*.crt sha256)"
        stop_ca
    done
}

@test "getca: the certificate of a device beside a marked RA, below a root" {
    start_ca --profile ra-chain --ra-purpose cmc-ra --fault client-in-front \
        --fault-on getcacert
    getca --ca-fingerprint "$(pin "$ca/root.crt" sha256)"
    files_are ra-sign ra-enc ca root
    unmarked "$device"
    expect_equal "left out" 1 "$(grep -c "is left out" "$stderr")"
}

@test "enroll: the certificate of a device is neither recipient nor signer" {
    local fault
    for fault in end-entity client; do
        ca=$BATS_TEST_TMPDIR/$fault
        rm -f ca.crt* local.crt
        start_pinned --fault "$fault-in-front" --fault-on getcacert
        # Without a pin the request is encrypted for the device.
        enroll
        expect_status 71
        expect_equal "the recipient" \
            "$(openssl x509 -in "$ca/$(cd "$ca" && ls end-entity*.crt)" -noout \
                -serial | sed 's/.*=0*//' | tr A-F a-f)" \
            "$(messages '"%x" % int(recipientSerial, 16)')"
        : >"$ca/log"
        enroll --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
        expect_status 0
        unmarked "$device"
        expect_equal "the recipient" "$(serial_of "$ca/ca.crt")" \
            "$(messages '"%x" % int(recipientSerial, 16)')"
        stop_ca
    done
    ca=$BATS_TEST_TMPDIR/signer
    rm -f ca.crt* local.crt
    start_pinned --fault end-entity-signer
    enroll
    cat "$ca/end-entity.crt" "$ca/ca.crt" >both.crt
    snapshot
    enroll -c both.crt -e "$ca/ca.crt" \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    refused --answered --warned "CA certificate $device sha" 97 \
        "not among those of -c"
    unmarked "$device"
    enroll -c both.crt -e "$ca/ca.crt"
    expect_status 0
}

@test "getca: RA certificates with a mark, without, with another purpose" {
    local purpose
    for purpose in cmc-ra enrolment-agent client none; do
        ca=$BATS_TEST_TMPDIR/$purpose
        start_ca --profile ra --ra-purpose "$purpose"
        getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
        case $purpose in
        cmc-ra | enrolment-agent)
            files_are ra-sign ra-enc ca
            stderr_lacks "left out"
            ;;
        *)
            files_are ca
            unmarked "/C=FI/O=Example/CN=Example Test RA Signing"
            unmarked "/C=FI/O=Example/CN=Example Test RA Encryption"
            ;;
        esac
        stop_ca
    done
}

@test "getca: RA certificates without a mark, each pinned itself" {
    start_ca --profile ra
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha256)"
    files_are ra-sign ca
    unmarked "/C=FI/O=Example/CN=Example Test RA Encryption"
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-enc.crt" sha1)"
    files_are ra-sign ra-enc ca
    stderr_lacks "left out"
}

# --tolerate ra accepted these two certificates, and no other.
tolerated_ra() {
    warned "/C=FI/O=Example/CN=Example Test RA Signing is neither a CA's nor marked as an RA's: accepted (--tolerate ra)"
    warned "/C=FI/O=Example/CN=Example Test RA Encryption is neither a CA's"
    expect_equal "tolerated" 2 "$(grep -c "accepted (--tolerate ra)" "$stderr")"
}

@test "--tolerate ra: RA certificates without a mark" {
    start_pinned --profile ra
    each_operation succeeds --tolerate ra \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    tolerated_ra
    rm ca.crt-*
    getca --tolerate ra --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    tolerated_ra
    files_are ra-sign ra-enc ca
    printf 'Tolerate = ra\n' >sscep.conf
    getca -f sscep.conf --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    tolerated_ra
    files_are ra-sign ra-enc ca
    # A certificate that the pinned CA did not issue is left out.
    serve "$ca/ca.crt" "$shared/other.crt"
    getca --tolerate ra --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    files_are ca
    left_out "/C=FI/O=Elsewhere/CN=Another CA"
}

# The certificate of -e is refused, for want of a mark.
unmarked_recipient() {
    refused 97 "encryption certificate /C=FI/O=Example/CN=Example Test RA Encryption" \
        "sha256:$(fingerprint "$ca/ra-enc.crt" sha256)" \
        "does not mark an RA" "--tolerate ra"
    no_message_sent
}

@test "-e without a mark is refused, unless it is pinned itself or tolerated" {
    start_pinned --profile ra
    cat ca.crt-0 ca.crt-2 >ca.crt
    rm ca.crt-*
    snapshot
    each_operation unmarked_recipient -e "$ca/ra-enc.crt" \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha256)"
    each_operation succeeds -e "$ca/ra-enc.crt" \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha256)" \
        --ca-fingerprint "$(pin "$ca/ra-enc.crt" sha256)"
    each_operation succeeds -e "$ca/ra-enc.crt" --tolerate ra \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
}

# --- certificates that an attacker has inserted ----------------------------

# serve FILE ...: starts a server that answers GetCACert with these files.
serve() {
    local files=()
    local name
    for name in "$@"; do
        files+=(-certfile "$name")
    done
    openssl crl2pkcs7 -nocrl "${files[@]}" -outform DER \
        -out "$BATS_TEST_TMPDIR/bundle"
    serve_file "$BATS_TEST_TMPDIR/bundle" application/x-x509-ca-ra-cert
}

@test "getca: an unrelated certificate beside the pinned one is left out" {
    start_ca --profile chain
    serve "$ca/root.crt" "$shared/other.crt"
    getca --ca-fingerprint "$(pin "$ca/root.crt" sha256)"
    files_are root
    left_out "/C=FI/O=Elsewhere/CN=Another CA"
    serve "$shared/other.crt" "$ca/ca.crt" "$ca/root.crt"
    getca --ca-fingerprint "$(pin "$ca/root.crt" sha256)"
    files_are ca root
    left_out "/C=FI/O=Elsewhere/CN=Another CA"
}

@test "getca: a certificate that only has the name of the pinned one is left out" {
    start_ca
    openssl req -new -x509 -key "$shared/other.key" -days 30 -out twin.crt \
        -subj "/C=FI/O=Example/CN=Example Test CA"
    openssl x509 -req -in "$shared/new.csr" -CA twin.crt \
        -CAkey "$shared/other.key" -days 30 -out below.crt 2>/dev/null
    serve "$ca/ca.crt" twin.crt
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    files_are ca
    left_out "/C=FI/O=Example/CN=Example Test CA"
    serve below.crt "$ca/ca.crt"
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    files_are ca
    left_out "/C=FI/O=Example/CN=device.example.org"
}

@test "getca: certificates issued by an end entity of the pinned CA are left out" {
    start_ca
    openssl x509 -req -in "$shared/other.csr" -CA "$ca/ca.crt" \
        -CAkey "$ca/ca.key" -days 30 -out entity.crt 2>/dev/null \
        -extfile <(echo basicConstraints=critical,CA:FALSE)
    openssl x509 -req -in "$shared/new.csr" -CA entity.crt \
        -CAkey "$shared/other.key" -days 30 -out below.crt 2>/dev/null \
        -extfile <(echo basicConstraints=critical,CA:TRUE)
    serve "$ca/ca.crt" entity.crt below.crt
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    files_are ca
    left_out "/C=FI/O=Example/CN=device.example.org"
    expect_equal "left out" 2 "$(grep -c "is left out" "$stderr")"
    # Also if the end entity itself is pinned.
    serve "$ca/ca.crt" entity.crt below.crt
    getca --ca-fingerprint "$(pin "$ca/ca.crt" sha256)" \
        --ca-fingerprint "$(pin entity.crt sha256)"
    files_are ca entity.crt
}

@test "getca: a certificate that seems to have issued the pinned one is left out" {
    start_ca --profile ra
    # It has the name and the key of the CA, so that only the pin excludes it.
    openssl req -new -x509 -key "$ca/ca.key" -days 30 -out evil.crt \
        -subj "/C=FI/O=Example/CN=Example Test CA"
    serve "$ca/ra-sign.crt" evil.crt "$shared/other.crt"
    getca --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha256)"
    files_are ra-sign
    left_out "/C=FI/O=Example/CN=Example Test CA"
    left_out "/C=FI/O=Elsewhere/CN=Another CA"
}

@test "getca: 100 certificates are written and read back, 101 are not" {
    local number files=()
    take local.key local.csr
    start_ca
    for number in {1..99}; do
        openssl x509 -req -in local.csr -CA "$ca/ca.crt" -CAkey "$ca/ca.key" \
            -days 30 -set_serial "$number" -out "$BATS_TEST_TMPDIR/$number.crt" \
            2>/dev/null
        files+=("$BATS_TEST_TMPDIR/$number.crt")
    done
    serve "$ca/ca.crt" "${files[@]}"
    getca
    expect_status 0
    same_certificate ca.crt-99 "$BATS_TEST_TMPDIR/99.crt"
    no_file ca.crt ca.crt-100
    enroll -m message.pem -v
    expect_status 0
    stderr_has "100 CA certificate(s)"
    cp ca.crt-99 ca.crt-100
    enroll -m message.pem
    expect_status 93
    only_error "ca.crt: more than 100 of them"
}

# --- enroll, getcert, getcrl -----------------------------------------------

@test "enroll, getcert, getcrl: the pin matches, with every digest" {
    local digest
    start_pinned
    for digest in md5 sha1 sha256 sha512; do
        each_operation succeeds --ca-fingerprint "$(pin ca.crt "$digest")"
    done
}

@test "enroll, getcert, getcrl: colons, blanks, upper case" {
    start_pinned
    each_operation succeeds --ca-fingerprint "$(fingerprint ca.crt sha256)"
    each_operation succeeds \
        --ca-fingerprint " $(fingerprint ca.crt sha1 | tr ':A' ' a') "
}

@test "enroll, getcert, getcrl: the pin does not match, nothing is sent" {
    local digest
    start_pinned
    snapshot
    for digest in md5 sha1 sha256 sha512; do
        each_operation pinned_away \
            --ca-fingerprint "$(pin "$shared/other.crt" "$digest")"
    done
    nothing_sent
}

@test "enroll, getcert, getcrl: the key CAFingerprint" {
    start_pinned
    printf 'CAFingerprint = %s\n' "$(pin "$shared/other.crt" sha256)" >sscep.conf
    snapshot
    each_operation pinned_away -f sscep.conf
    # The command line wins.
    each_operation succeeds -f sscep.conf --ca-fingerprint "$(pin ca.crt sha1)"
    printf '[sscep]\nCAFingerprint = %s\n' "$(pin ca.crt sha256)" >sscep.conf
    each_operation succeeds -f sscep.conf
}

@test "enroll, getcert, getcrl: RA certificates, the pin is that of the CA" {
    start_pinned --profile ra --ra-purpose enrolment-agent
    each_operation succeeds --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    : >"$ca/log"
    snapshot
    each_operation pinned_away \
        --ca-fingerprint "$(pin "$shared/other.crt" sha256)"
}

@test "enroll, getcert, getcrl: the pin is that of the RA certificate: only that is used" {
    start_pinned --profile ra-pair
    each_operation succeeds --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha256)"
    left_out "/C=FI/O=klake.org/CN=klake.org VPN CA"
    warned "no CA certificate"
}

# The reply is refused because its signer has been left out.
signed_by_other() {
    refused --answered --warned "CA certificate /C=FI/O=Example/CN=Example Test CA sha" \
        97 "not among those of -c"
    left_out "/C=FI/O=Example/CN=Example Test CA"
}

not_fetched_again() {
    expect_status 97
    one_error "not among those of -c" "--ca-fingerprint left out 2 of them" \
        "pin that" "--tolerate ra"
    stderr_lacks "fetch them again"
}

@test "enroll, getcert, getcrl: the pin left the RA out, and the error says so" {
    start_pinned --profile ra --ra-purpose none
    each_operation not_fetched_again \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
}

@test "enroll, getcert, getcrl: an unrelated certificate beside the pinned one is left out" {
    start_pinned
    cat "$shared/other.crt" >>ca.crt
    each_operation succeeds --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    left_out "/C=FI/O=Elsewhere/CN=Another CA"
    # With the other one pinned the reply of the CA is refused, although its
    # certificate is in -c.
    each_operation succeeds
    snapshot
    each_operation signed_by_other \
        --ca-fingerprint "$(pin "$shared/other.crt" sha256)"
}

# The certificate of -e is refused.
no_recipient() {
    refused 97 "encryption certificate " "--ca-fingerprint does not vouch for it"
    no_message_sent
}

@test "enroll, getcert, getcrl: the pin must vouch for -e as well" {
    start_pinned --profile ra --ra-purpose cmc-ra
    each_operation succeeds -e "$ca/ra-enc.crt" \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    : >"$ca/log"
    snapshot
    each_operation no_recipient -e "$shared/other.crt" \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    each_operation no_recipient -e "$ca/ra-enc.crt" \
        --ca-fingerprint "$(pin "$ca/ra-sign.crt" sha256)"
}

# forge NAME FILE [OPTION...]: makes a certificate with the subject of the one
# in FILE and another key, signed with that other key.
forge() {
    openssl x509 -in "$2" -signkey "$shared/other.key" -x509toreq \
        -out request.forged 2>/dev/null
    openssl x509 -req -in request.forged -days 30 -out "$1" "${@:3}" \
        2>/dev/null
    rm request.forged
    expect_equal "the subject" "$(openssl x509 -in "$2" -noout -subject)" \
        "$(openssl x509 -in "$1" -noout -subject)"
}

@test "enroll, getcert, getcrl: -e that only has the name of a good certificate" {
    start_pinned --profile ra
    forge self.crt "$ca/ra-enc.crt" -signkey "$shared/other.key"
    forge false-ca.crt "$ca/ca.crt" -signkey "$shared/other.key"
    forge issued.crt "$ca/ra-enc.crt" -CA false-ca.crt \
        -CAkey "$shared/other.key" -set_serial 5
    expect_equal "the issuer" \
        "$(openssl x509 -in "$ca/ra-enc.crt" -noout -issuer)" \
        "$(openssl x509 -in issued.crt -noout -issuer)"
    snapshot
    each_operation no_recipient -e self.crt \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
    each_operation no_recipient -e issued.crt \
        --ca-fingerprint "$(pin "$ca/ca.crt" sha256)"
}

# The pin must match a certificate of -c.
@test "enroll, getcert, getcrl: a pin of -e alone is not enough" {
    start_pinned
    snapshot
    each_operation pinned_away -e "$shared/other.crt" \
        --ca-fingerprint "$(pin "$shared/other.crt" sha256)"
}

@test "enroll, getcert, getcrl: -e is issued by a CA below the pinned one" {
    start_pinned --profile ra-chain --ra-purpose cmc-ra
    each_operation succeeds -e "$ca/ra-enc.crt" \
        --ca-fingerprint "$(pin "$ca/root.crt" sha256)"
}

@test "enroll: -m is not written if the pin does not vouch for -e" {
    start_pinned
    snapshot
    enroll -m message.pem -e "$shared/other.crt" \
        --ca-fingerprint "$(pin ca.crt sha256)"
    no_recipient
    enroll -m message.pem -e "$shared/other.crt"
    expect_status 0
    [ -s message.pem ]
}

@test "enroll: -m is not written if the pin does not match" {
    start_pinned
    snapshot
    enroll -m message.pem --ca-fingerprint "$(pin "$shared/other.crt" sha256)"
    refused 97 fingerprint
}

# --- values that are no fingerprint ----------------------------------------

@test "a value that is no fingerprint: misuse" {
    local value
    start_pinned
    snapshot
    for value in xyz "" : 12 "$(pin ca.crt sha256)0" "$(pin ca.crt sha256 | cut -c 2-)" \
        "$(pin ca.crt sha256)00" "0x$(pin ca.crt sha256)" \
        "$(pin ca.crt sha256)zz" "sha256$(pin ca.crt sha256)" \
        "sha3:$(pin ca.crt sha256)" "sha256:" \
        "$(fingerprint ca.crt sha256 | tr : -)"; do
        enroll --ca-fingerprint "$value"
        misuse ca-fingerprint
        getca --ca-fingerprint "$value"
        misuse ca-fingerprint
    done
    nothing_sent
    nothing_written
}

@test "a value of another length than its digest: misuse" {
    start_pinned
    snapshot
    getca --ca-fingerprint "sha256:$(pin ca.crt sha1)"
    misuse ca-fingerprint \
        "a sha256 fingerprint has 64 hex digits, this one has 40"
    # Each pin is checked.
    getca --ca-fingerprint "$(pin ca.crt sha256)" \
        --ca-fingerprint "SHA1 Fingerprint=$(fingerprint ca.crt sha256)"
    misuse ca-fingerprint \
        "a sha1 fingerprint has 40 hex digits, this one has 64"
    nothing_sent
    nothing_written
}

@test "a value in the file that is no fingerprint: an error with file and line" {
    start_pinned
    printf '\nCAFingerprint = nonsense\n' >sscep.conf
    snapshot
    enroll -f sscep.conf
    expect_status 93
    one_error sscep.conf:2 CAFingerprint
    nothing_sent
    nothing_written
}

# --- --chain ---------------------------------------------------------------

# chain_is FILE NAME ...: it holds these certificates of the CA, in any order.
chain_is() {
    local file=$1 name
    shift
    for name in "$@"; do
        openssl x509 -in "$ca/$name.crt" -outform DER | cksum
    done | sort >expected
    openssl crl2pkcs7 -nocrl -certfile "$file" | openssl pkcs7 -print_certs |
        awk -v directory="$BATS_TEST_TMPDIR" '
            /-BEGIN/ { count++ }
            { print >(directory "/chain-" count + 0) }'
    for name in "$BATS_TEST_TMPDIR"/chain-[1-9]*; do
        openssl x509 -in "$name" -outform DER | cksum
    done | sort >got
    rm "$BATS_TEST_TMPDIR"/chain-*
    if ! diff expected got >/dev/null; then
        problem "$file is not what it should be: $*" "$(cat "$file")"
    fi
}

@test "--chain: the CA certificates of the reply" {
    local order
    for order in leaf-first leaf-last with-strangers; do
        ca=$BATS_TEST_TMPDIR/$order
        rm -f local.crt chain.crt ca.crt*
        start_pinned --profile chain --cert-order "$order"
        enroll --chain chain.crt
        expect_status 0
        stderr_empty
        stdout_line "./sscep: CA certificates written as chain.crt"
        stdout_line "./sscep: certificate written as local.crt"
        same_certificate local.crt "$ca/issued/$(serial_of local.crt).pem"
        chain_is chain.crt ca root
        openssl verify -CAfile chain.crt local.crt
        stop_ca
    done
}

serial_of() {
    openssl x509 -in "$1" -noout -serial | sed 's/.*=0*//' | tr A-F a-f
}

@test "--chain: the CA certificates come with getcert, too" {
    start_pinned --profile chain --cert-order with-strangers
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt --chain chain.crt
    expect_status 0
    stdout_line "./sscep: CA certificates written as chain.crt"
    same_certificate found.crt own.crt
    chain_is chain.crt ca root
}

@test "--chain: the key ChainFile" {
    start_pinned
    printf 'ChainFile = chain.crt\n' >sscep.conf
    enroll -f sscep.conf
    expect_status 0
    chain_is chain.crt ca
}

@test "--chain: the issued certificate is not in it, and -l does not change" {
    start_pinned
    enroll
    cp local.crt without.crt
    enroll --chain chain.crt
    expect_status 0
    expect_equal "certificates in -l" 1 "$(grep -c BEGIN local.crt)"
    expect_equal "certificates in --chain" 1 "$(grep -c BEGIN chain.crt)"
    same_certificate chain.crt "$ca/ca.crt"
}

@test "--chain: without CA certificates in the reply it is not written, with a note" {
    start_pinned --fault cert-old
    echo old >chain.crt
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt --chain chain.crt
    expect_status 0
    same_certificate found.crt own.crt
    expect_equal "the old file" old "$(cat chain.crt)"
    stderr_has "brought no CA certificates, chain.crt is not written"
    stdout_lacks "CA certificates written"
    rm chain.crt found.crt
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt --chain chain.crt
    no_file chain.crt
    stderr_has "chain.crt is not written"
}

@test "--chain: nothing is written when the answer is bad, or PENDING" {
    local options code
    while read -r code options; do
        ca=$BATS_TEST_TMPDIR/${options// /}
        # shellcheck disable=SC2086
        start_pinned $options
        snapshot
        enroll --chain chain.crt -n 0
        expect_status "$code"
        nothing_written
        stop_ca
        rm ca.crt
    done <<'END'
97 --fault cert-wrong-key
97 --fault cert-issuer-unknown
72 --fail badRequest
3 --pending 9
END
}

@test "--chain: an unknown CA that --tolerate issuer accepts is not in it" {
    start_pinned --fault cert-issuer-unknown
    enroll --tolerate issuer --chain chain.crt
    expect_status 0
    no_file chain.crt
    stderr_has "chain.crt is not written"
}

@test "--chain: with an RA certificate alone as -c, the CA certificates of the reply are written" {
    start_pinned --profile ra
    rm ca.crt-*
    cp "$ca/ra-sign.crt" ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    enroll -e enc.crt --chain chain.crt
    expect_status 0
    warned "no CA certificate"
    chain_is chain.crt ca
}

@test "--chain: with an RA certificate alone as -c, unrelated certificates are not written" {
    start_pinned --profile ra --cert-order with-strangers
    rm ca.crt-*
    cp "$ca/ra-sign.crt" ca.crt
    cp "$ca/ra-enc.crt" enc.crt
    enroll -e enc.crt --chain chain.crt
    expect_status 0
    chain_is chain.crt ca
}

@test "--chain that cannot be written to is found before anything is sent" {
    start_pinned
    snapshot
    enroll --chain missing/chain.crt
    expect_status 93
    one_error missing/chain.crt
    run_sscep getcert -u "$URL" -c ca.crt -k local.key -l own.crt -s 4711 \
        -w found.crt --chain missing/chain.crt
    expect_status 93
    one_error missing/chain.crt
    nothing_sent
    nothing_written
}

@test "--chain with the other operations has no effect, with a warning" {
    start_pinned
    run_sscep getcrl -u "$URL" -c ca.crt -k local.key -l own.crt -w found.crl \
        --chain chain.crt
    expect_status 0
    warned "--chain"
    no_file chain.crt
}
