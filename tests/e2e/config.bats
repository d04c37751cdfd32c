#!/usr/bin/env bats
#
# sscep.conf: both syntaxes, sections, precedence, and that every key sets its
# option. The tests read the configuration in effect from the output of -v.

load helper

NOWHERE=http://127.0.0.1:1/scep

# The lines of the configuration in effect.
effective() {
    sed -n 's/^[^ ]*: configuration: //p' "$stderr"
}

# configured KEY VALUE: KEY has this value in effect, with or without quotes.
configured() {
    local got
    got=$(effective | sed -n "s/^$1 = //p" | sed 's/^"\(.*\)"$/\1/')
    expect_equal "$1" "$2" "$got"
}

# read_by OPERATION: reads sscep.conf; the error that follows, because there is
# no server, does not matter here.
read_by() {
    run_sscep "$1" -f sscep.conf -v "${@:2}"
    case $status in
    93 | 95) ;;
    *) problem "$1 did not get as far as its files" ;;
    esac
}

# The keys of the operation with a value for each: KEY<tab>VALUE. The files do
# not exist, so every operation ends when it reads them.
keys() {
    cat <<END
URL	$NOWHERE
Proxy	127.0.0.1:2
CACertFile	./missing/ca.crt
CAIdentifier	my domain.com
EncAlgorithm	aes192
SigAlgorithm	sha384
MonitorInformation	device=4711
Wait	0
Timeout	7
MaxReplySize	12345
Legacy	yes
Verbose	yes
Debug	yes
Quiet	yes
NoWarn	chain,long-get
END
    case $1 in
    getca)
        echo "FingerPrint	sha224"
        ;;
    enroll)
        cat <<'END'
PrivateKeyFile	./missing/local.key
CertReqFile	./missing/local.csr
LocalCertFile	./missing/local.crt
SignKeyFile	./missing/sign.key
SignCertFile	./missing/sign.crt
SelfSignedFile	./missing/selfsigned.crt
EncCertFile	./missing/enc.crt
PollInterval	60
MaxPollTime	1000
MaxPollCount	50
Resume	yes
RenewalMessage	17
Tolerate	nonce,clock
TransactionID	4711
END
        ;;
    getcert)
        cat <<'END'
PrivateKeyFile	./missing/local.key
LocalCertFile	./missing/local.crt
SignCertFile	./missing/issuer.crt
GetCertSerial	12
GetCertFile	./missing/cert.crt
EncCertFile	./missing/enc.crt
Tolerate	nonce,clock
TransactionID	4711
END
        ;;
    getcrl)
        cat <<'END'
PrivateKeyFile	./missing/local.key
LocalCertFile	./missing/local.crt
SignCertFile	./missing/target.crt
GetCertSerial	12
GetCrlFile	./missing/crl.crl
EncCertFile	./missing/enc.crt
Tolerate	nonce,clock
TransactionID	4711
END
        ;;
    getnextca)
        cat <<'END'
FingerPrint	sha224
ChainRootCACertFile	./missing/root.crt
SignerCertificateFile	./missing/signer.crt
END
        ;;
    esac
}

# every_key OPERATION FORMAT [FIRST-LINE]: all keys are given in this FORMAT,
# and each is in effect.
every_key() {
    local key value
    {
        echo "${3:-}"
        keys "$1" | while IFS=$'\t' read -r key value; do
            # shellcheck disable=SC2059
            printf "$2\n" "$key" "$value"
        done
    } >sscep.conf
    read_by "$1"
    while IFS=$'\t' read -r key value; do
        configured "$key" "$value"
    done < <(keys "$1")
    stderr_lacks "warning"
}

for_each_operation() {
    local operation
    for operation in getca getnextca enroll getcert getcrl; do
        every_key "$operation" "$@"
    done
}

@test "every key, new syntax, in [sscep]" {
    for_each_operation '%s = "%s"' '[sscep]'
}

@test "every key, new syntax, without a section" {
    for_each_operation '%s = "%s"'
}

@test "every key, new syntax, in the section of the operation" {
    local operation
    for operation in getca getnextca enroll getcert getcrl; do
        every_key "$operation" '%s=%s' "[sscep_$operation]"
    done
}

@test "every key, old syntax, in quotes" {
    for_each_operation '"%s"   "%s"'
}

@test "every key, old syntax, only the value in quotes" {
    for_each_operation '%s\t\t"%s"'
}

@test "every key, blanks around the equal sign or not" {
    every_key enroll '%s=%s'
    every_key enroll '%s =%s'
    every_key enroll '%s= %s'
    every_key enroll '	%s	=	%s	  '
    every_key enroll ' "%s" = "%s" '
}

@test "keys in any case" {
    local key value
    keys enroll | while IFS=$'\t' read -r key value; do
        echo "$(echo "$key" | tr a-zA-Z A-Za-z) = $value"
    done >sscep.conf
    read_by enroll
    while IFS=$'\t' read -r key value; do
        configured "$key" "$value"
    done < <(keys enroll)
    stderr_lacks "warning"
}

@test "SignCertKey, as the second manual calls SignKeyFile" {
    every_key enroll '%s %s'
    sed -i 's/^SignKeyFile/SignCertKey/' sscep.conf
    read_by enroll
    configured SignKeyFile ./missing/sign.key
    stderr_lacks "warning"
}

@test "the effective configuration, given as a file, is in effect again" {
    local first
    every_key enroll '%s = "%s"'
    first=$(effective)
    effective >sscep.conf
    read_by enroll
    expect_equal "the configuration in effect" "$first" "$(effective)"
}

# --- syntax ----------------------------------------------------------------

value_is() {
    printf '%s\n' "$1" >sscep.conf
    read_by getca -u "$NOWHERE" -c missing/ca.crt
    expect_equal "CAIdentifier of $1" "$2" \
        "$(effective | sed -n 's/^CAIdentifier = //p')"
}

@test "quotes, escapes and comments" {
    value_is 'CAIdentifier = a' '"a"'
    value_is 'CAIdentifier = "a b"' '"a b"'
    value_is 'CAIdentifier "a	b"' '"a	b"'
    value_is 'CAIdentifier = a b' '"a b"'
    value_is 'CAIdentifier = "a \"b\" c"' '"a \"b\" c"'
    value_is 'CAIdentifier "Value \"containing quotation marks\""' \
        '"Value \"containing quotation marks\""'
    value_is 'CAIdentifier = a # b' '"a # b"'
    value_is 'CAIdentifier = "#a"' '"#a"'
    value_is 'CAIdentifier = a=b' '"a=b"'
    value_is 'CAIdentifier a=b' '"a=b"'
    value_is 'CAIdentifier "= b"' '"= b"'
    value_is 'CAIdentifier = C:\path\x' '"C:\path\x"'
    value_is 'CAIdentifier = Köln' '"Köln"'
    value_is 'CAIdentifier = ' '""'
    value_is 'CAIdentifier = ""' '""'
}

@test "the escaped quotation marks arrive at the CA" {
    start_ca
    printf 'URL = %s\nCAIdentifier = "my \\"quoted\\" CA"\n' "$URL" >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    expect_equal "the messages" 'my "quoted" CA' "$(ca_log message | uniq)"
}

@test "comments and empty lines" {
    start_ca
    printf '# URL = x\n\n   # URL = y\n#\n\t\n  \nURL = %s\n#URL z\n' "$URL" \
        >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    stderr_empty
    same_certificate ca.crt "$ca/ca.crt"
}

@test "CRLF, no line end at the end, a byte order mark" {
    start_ca
    printf '\xef\xbb\xbf[sscep]\r\nURL = %s\r\nCACertFile = "ca.crt"\r\nFingerPrint = md5' \
        "$URL" >sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 0
    stderr_empty
    stdout_has "MD5 fingerprint"
    [ -s ca.crt ]
}

@test "both syntaxes in one file" {
    start_ca
    printf 'URL = %s\n"CACertFile" "ca.crt"\nFingerPrint md5\n' "$URL" >sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 0
    stderr_empty
    stdout_has "MD5 fingerprint"
    [ -s ca.crt ]
}

@test "booleans" {
    local value
    for value in yes true on 1 YES True; do
        printf 'Resume = %s\n' "$value" >sscep.conf
        read_by enroll -u "$NOWHERE" -c missing/c -k missing/k -r missing/r -l missing/l
        configured Resume yes
    done
    for value in no false off 0 NO False; do
        printf 'Resume = %s\n' "$value" >sscep.conf
        read_by enroll -u "$NOWHERE" -c missing/c -k missing/k -r missing/r -l missing/l
        configured Resume no
    done
}

@test "Verbose, Debug, Quiet work as -v, -d, --quiet" {
    start_ca
    printf 'URL = %s\nVerbose = yes\nQuiet = yes\n' "$URL" >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    stdout_empty
    stderr_has "configuration: "
    stderr_lacks "answer: 200"
    printf 'URL = %s\nDebug = yes\n' "$URL" >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    stderr_has "answer: 200"
}

@test "several of MonitorInformation add up" {
    start_ca
    printf 'URL = %s\nMonitorInformation = a=1\nMonitorInformation = b=2\n' \
        "$URL" >sscep.conf
    run_sscep getcaps -f sscep.conf
    expect_status 0
    stderr_empty
    expect_equal "the parameters" "[['a', '1'], ['b', '2']]" \
        "$(ca_log 'query[-2:]')"
}

@test "a key that is given twice: the last one counts, with a warning" {
    printf 'CAIdentifier = one\nCAIdentifier = two\n' >sscep.conf
    read_by getca -u "$NOWHERE" -c missing/ca.crt
    configured CAIdentifier two
    warned "sscep.conf:2: "
}

# --- sections and what wins ------------------------------------------------

@test "the section of the operation wins over [sscep], wherever it stands" {
    local first
    printf '[sscep]\nCAIdentifier = all\n[sscep_getca]\nCAIdentifier = own\n' >sscep.conf
    read_by getca -u "$NOWHERE" -c missing/ca.crt
    configured CAIdentifier own
    stderr_lacks warning
    printf '[sscep_getca]\nCAIdentifier = own\n[sscep]\nCAIdentifier = all\n' >sscep.conf
    read_by getca -u "$NOWHERE" -c missing/ca.crt
    configured CAIdentifier own
    printf '[sscep_getca]\nCAIdentifier = own\n[sscep]\nCAIdentifier = all\n' >sscep.conf
    read_by enroll -u "$NOWHERE" -c missing/c -k missing/k -r missing/r -l missing/l
    configured CAIdentifier all
}

@test "a key outside any section counts as of [sscep]" {
    printf 'CAIdentifier = outside\n[sscep_getca]\nCAIdentifier = own\n' >sscep.conf
    read_by getca -u "$NOWHERE" -c missing/ca.crt
    configured CAIdentifier own
    read_by enroll -u "$NOWHERE" -c missing/c -k missing/k -r missing/r -l missing/l
    configured CAIdentifier outside
}

@test "sections of other operations do not count" {
    printf '[sscep_enroll]\nCAIdentifier = other\n[sscep_getcrl]\nURL = x\n' >sscep.conf
    read_by getca -u "$NOWHERE" -c missing/ca.crt
    configured CAIdentifier ""
    configured URL "$NOWHERE"
    stderr_lacks warning
}

@test "the command line wins over the file" {
    printf 'CAIdentifier = file\nTimeout = 3\n[sscep_getca]\nFingerPrint = md5\nCAIdentifier = own\n' \
        >sscep.conf
    read_by getca -u "$NOWHERE" -c missing/ca.crt -i argv -F sha1
    configured CAIdentifier argv
    configured FingerPrint sha1
    configured Timeout 3
    # Also if it precedes -f.
    run_sscep getca -i argv -v -f sscep.conf -u "$NOWHERE" -c missing/ca.crt
    configured CAIdentifier argv
}

@test "-M of the command line replaces MonitorInformation" {
    start_ca
    printf 'URL = %s\nMonitorInformation = a=1\n' "$URL" >sscep.conf
    run_sscep getcaps -f sscep.conf -M b=2
    expect_status 0
    expect_equal "the query" "[['operation', 'GetCACaps'], ['b', '2']]" \
        "$(ca_log query)"
}

@test "getcert and getcrl use SignCertFile of [sscep_enroll] if nothing else is given" {
    local operation
    printf '[sscep_enroll]\nSignCertFile = missing/enroll.crt\nSignKeyFile = missing/k\n' \
        >sscep.conf
    for operation in getcert getcrl; do
        read_by "$operation" -u "$NOWHERE" -c missing/c -k missing/k \
            -l missing/l -s 1 -w missing/w
        configured SignCertFile missing/enroll.crt
    done
    printf '[sscep_enroll]\nSignCertFile = missing/enroll.crt\n[sscep]\nSignCertFile = missing/all.crt\n' \
        >sscep.conf
    for operation in getcert getcrl; do
        read_by "$operation" -u "$NOWHERE" -c missing/c -k missing/k \
            -l missing/l -s 1 -w missing/w
        configured SignCertFile missing/all.crt
    done
}

@test "getcrl uses GetCertSerial of [sscep_getcert] if nothing else is given" {
    printf '[sscep_getcert]\nGetCertSerial = 17\n' >sscep.conf
    read_by getcrl -u "$NOWHERE" -c missing/c -k missing/k -l missing/l -w missing/w
    configured GetCertSerial 17
}

@test "what is required may come from the file" {
    local key value
    start_enrolment
    cat >sscep.conf <<END
[sscep]
URL = $URL
CACertFile = ca.crt
[sscep_enroll]
PrivateKeyFile = local.key
CertReqFile = local.csr
LocalCertFile = local.crt
END
    run_sscep enroll -f sscep.conf
    enrolled
    for key in URL CACertFile PrivateKeyFile CertReqFile LocalCertFile; do
        grep -v "^$key " sscep.conf >less.conf
        run_sscep enroll -f less.conf
        expect_status 1
        only_error missing "$key"
    done
}

@test "the sscep.conf of the distribution is accepted, as it is and with each key uncommented" {
    local key value
    start_ca
    run_sscep getca -f "$tree/sscep.conf" -u "$URL" -c ca.crt
    expect_status 0
    stderr_empty
    same_certificate ca.crt "$ca/ca.crt"
    # It contains every key of the manuals.
    for key in URL Proxy CACertFile CAIdentifier CertReqFile EncAlgorithm \
        EncCertFile SignCertFile SignKeyFile FingerPrint GetCertFile \
        GetCertSerial GetCrlFile LocalCertFile MaxPollCount MaxPollTime \
        PollInterval PrivateKeyFile SelfSignedFile SigAlgorithm Verbose Debug; do
        if ! grep -Eq "^#?$key = " "$tree/sscep.conf"; then
            problem "$key is not in sscep.conf"
        fi
    done
}
