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

@test "keys are read in any case" {
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

# both VALUE NEW OLD: what the new syntax makes of it, and the old one, as -v
# shows it.
both() {
    value_is "CAIdentifier = $1" "$2"
    value_is "CAIdentifier $1" "$3"
}

@test "each construct, in the new syntax and in the old" {
    export SSCEP_TEST_NAME="of the # environment"
    both 'a' '"a"' '"a"'
    both 'a b' '"a b"' '"a b"'
    both 'a b 	 ' '"a b"' '"a b"'
    both '"a  b "' '"a  b "' '"a  b "'
    both '"a	b"' '"a\x09b"' '"a\x09b"'
    both '"a \"b\" c"' '"a \"b\" c"' '"a \"b\" c"'
    both "'a b'" '"a b"' "\"'a b'\""
    both 'a"b"' '"ab"' '"a\"b\""'
    both 'a # b' '"a"' '"a # b"'
    both 'a#b' '"a"' '"a#b"'
    both 'a\#b' '"a#b"' '"a\\#b"'
    both '"#a" ' '"#a"' '"#a"'
    both "'#a'#b" '"#a"' "\"'#a'#b\""
    both 'a=b' '"a=b"' '"a=b"'
    both 'C:\path' '"C:path"' '"C:\\path"'
    both 'C:\\path' '"C:\\path"' '"C:\\\\path"'
    both '"C:\path"' '"C:path"' '"C:\\path"'
    both 'a\tb' '"a\x09b"' '"a\\tb"'
    both "'a\\tb'" '"atb"' "\"'a\\\\tb'\""
    both '$ENV::SSCEP_TEST_NAME' '"of the # environment"' \
        '"$ENV::SSCEP_TEST_NAME"'
    both '"$ENV::SSCEP_TEST_NAME"' '"$ENV::SSCEP_TEST_NAME"' \
        '"$ENV::SSCEP_TEST_NAME"'
    both '\$a' '"$a"' '"\\$a"'
    value_is 'CAIdentifier = a\
  b' '"a  b"'
    value_is 'CAIdentifier a\
Timeout = 5' '"a\\"'
    both 'Köln' '"Köln"' '"Köln"'
    both '"= b"' '"= b"' '"= b"'
    both '""' '""' '""'
    value_is 'CAIdentifier = ' ''
    value_is $'CAIdentifier = a \\' '"a"'
    value_is 'CAIdentifier \
= a' '"a"'
    value_is $'CAIdentifier \\\r\n\t= a\r \r' '"a"'
}

@test "variables: of the section, of another, outside of sections" {
    value_is 'a = 1
[s]
b = 2
[sscep]
c = 3
CAIdentifier = $a${s::b}$(c)x' '"123x"'
    value_is 'CAIdentifier = x
[sscep_getca]
CAIdentifier = $default::CAIdentifier$CAIdentifier' '"xx"'
    stderr_lacks warning
}

@test "a backslash at the end of a comment: what is lost is named, and no Key Value is" {
    local comment
    for comment in '# C:\scep\' 'Timeout = 5 # C:\scep\' '[sscep] # C:\scep\' '[sscep]\'; do
        value_is "$comment"$'\nCAIdentifier a' '"a"'
        stderr_lacks warning
        value_is "$comment"$'\r\n"CAIdentifier" "a"\r' '"a"'
        stderr_lacks warning
        value_is "$comment"$'\nCAIdentifier = a' ''
        warned "ends in a backslash, so line 2 belongs to it"
        warned "sscep.conf:1: the "
        value_is "# x"$'\n'"$comment"$'\n# y\\\nCAIdentifier = a\\\nb' ''
        warned "ends in a backslash, so lines 4 to 5 belong to it"
        warned "sscep.conf:2: the "
    done
    value_is $'SignKeyFile = C:\\\nCAIdentifier = a' ''
    warned "sscep.conf:1: the line ends in a backslash, so line 2 belongs to it"
}

@test "an empty CAFingerprint is no silent lack of a pin" {
    local line
    for line in 'CAFingerprint = ""' 'CAFingerprint ""' '"CAFingerprint" ""' \
        'CAFingerprint = $empty' "CAFingerprint = '' # \$x"; do
        printf 'empty =\n%s\n' "$line" >sscep.conf
        run_sscep getca -u "$NOWHERE" -c missing/ca.crt -f sscep.conf
        expect_status 93
        stderr_has "sscep.conf:2: CAFingerprint: the value is empty"
    done
    for line in 'CAFingerprint =' 'CAFingerprint = # none yet'; do
        printf '%s\n' "$line" >sscep.conf
        read_by getca -u "$NOWHERE" -c missing/ca.crt
        warned "sscep.conf:1: CAFingerprint has no value, and pins no CA"
    done
}

@test "the last value of a key counts, also if there is none" {
    printf 'CAIdentifier = one\nResume = yes\nCAIdentifier =\nResume =\n' \
        >sscep.conf
    read_by enroll -u "$NOWHERE" -c missing/c -k missing/k -r missing/r -l missing/l
    configured CAIdentifier ""
    configured Resume no
    warned "sscep.conf:3: CAIdentifier is given twice"
    warned "sscep.conf:4: Resume is given twice"
}

# line_refused TEXT LINES: the file of these lines is refused with this text.
line_refused() {
    printf '%s\n' "$2" >sscep.conf
    run_sscep getca -u "$NOWHERE" -f sscep.conf
    refused 93 "sscep.conf:$1"
}

@test "a variable that names nothing, and .include" {
    line_refused '1: CACertFile: $dir names no key above' 'CACertFile = $dir/ca.crt'
    line_refused '3: CACertFile: ${ENV::NOT_SET} names no key' \
        $'\n\nCACertFile = ${ENV::NOT_SET}'
    line_refused '1: CACertFile: ${dir has no closing brace' 'CACertFile = ${dir/x'
    line_refused '1: .include is not supported' '.include = /etc/sscep.conf'
    line_refused '1: .include is not supported' '.include /etc/sscep.conf'
}

@test "a control character of an escape in a path or URL" {
    local escape
    for escape in n r t b; do
        line_refused "1: CACertFile: \\$escape is an escape" \
            "CACertFile = C:\\$escape.crt"
        printf 'URL = http://h\\%s\n' "$escape" >sscep.conf
        run_sscep getca -c ca.crt -f sscep.conf
        expect_status 93
        one_error "sscep.conf:1: URL: \\$escape is an escape"
    done
    printf '%s\n' 'CACertFile = missing/C:\\new' >sscep.conf
    read_by enroll -u "$NOWHERE" -k missing/k -r missing/r -l missing/l
    configured CACertFile 'missing/C:\\new'
}

@test "ca.crt # mine: the comment is no part of the name" {
    start_ca
    printf 'dir = .\nURL = %s # our CA\nCACertFile = $dir/ca.crt # mine\n' \
        "$URL" >sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 0
    stderr_empty
    stdout_has "CA certificate written as ./ca.crt"
    same_certificate ca.crt "$ca/ca.crt"
}

@test "an empty file gives no settings" {
    start_ca
    run_sscep getca -f /dev/null -u "$URL" -c ca.crt
    expect_status 0
    stderr_empty
    : >sscep.conf
    run_sscep getca -f sscep.conf -u "$URL" -c ca.crt
    expect_status 0
    stderr_empty
}

@test "a file in the manner of sscep 0.10: every key, for each operation" {
    local operation key value
    for operation in getca getnextca enroll getcert getcrl; do
        cp "$BATS_TEST_DIRNAME/sscep-0.10.conf" sscep.conf
        case $operation in
        getcert | getcrl)
            read_by "$operation" -k missing/k -l missing/l
            configured SignCertFile ./missing/sign.crt
            configured GetCertSerial 12
            ;;
        *) read_by "$operation" ;;
        esac
        stderr_lacks warning
        while IFS=$'\t' read -r key value; do
            configured "$key" "$value"
        done <<'END'
URL	http://127.0.0.1:1/scep
Proxy	127.0.0.1:2
CACertFile	./missing/ca.crt
CAIdentifier	my \"own\" domain.com
EncAlgorithm	aes192
SigAlgorithm	sha384
MonitorInformation	site=#4, price=$5
Verbose	yes
Debug	no
END
        while IFS=$'\t' read -r of key value; do
            [ "$of" != "$operation" ] || configured "$key" "$value"
        done <<'END'
getca	FingerPrint	sha224
getnextca	ChainRootCACertFile	./missing/root.crt
getnextca	SignerCertificateFile	./missing/signer.crt
enroll	PrivateKeyFile	./missing/local.key
enroll	CertReqFile	./missing/local.csr
enroll	SignKeyFile	./missing/sign.key
enroll	SignCertFile	./missing/sign.crt
enroll	LocalCertFile	./missing/local.crt
enroll	SelfSignedFile	./missing/selfsigned.crt
enroll	EncCertFile	./missing/enc.crt
enroll	PollInterval	60
enroll	MaxPollTime	28800
enroll	MaxPollCount	50
enroll	Resume	no
getcert	GetCertFile	./missing/cert.crt
getcrl	GetCrlFile	./missing/crl.crl
END
    done
}

@test "the escaped quotation marks arrive at the CA" {
    start_ca
    printf 'URL = %s\nCAIdentifier = "my \\"quoted\\" CA"\n' "$URL" >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    expect_equal "the messages" 'my "quoted" CA' "$(ca_log message | uniq)"
}

@test "comments and empty lines are skipped" {
    start_ca
    printf '# URL = x\n\n   # URL = y\n#\n\t\n  \nURL = %s\n#URL z\n' "$URL" \
        >sscep.conf
    run_sscep getca -f sscep.conf -c ca.crt
    expect_status 0
    stderr_empty
    same_certificate ca.crt "$ca/ca.crt"
}

@test "CRLF in a file of each construct" {
    start_ca
    printf '%s\r\n' '# x' '' '	 ' '[sscep] # y' 'dir = .' "URL \\" "= $URL" \
        'CACertFile = $dir/\' 'ca.crt # z' '"FingerPrint"	"md5" ' '# end\' \
        >sscep.conf
    run_sscep getca -f sscep.conf
    expect_status 0
    stderr_empty
    stdout_has "MD5 fingerprint"
    stdout_has "CA certificate written as ./ca.crt"
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

@test "the values that a boolean may have" {
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

@test "a private key that is given as the configuration file is not quoted" {
    openssl genpkey -algorithm ed25519 -out ed.key
    for operation in getca check; do
        run_sscep "$operation" -f ed.key -u http://127.0.0.1:9/ -c ca.crt
        expect_status 93
        grep -q "ed.key:1: a key or certificate in PEM begins here" \
            "$stdout" "$stderr"
        if grep -qF "$(sed -n 2p ed.key)" "$stdout" "$stderr"; then
            problem "the key is printed"
        fi
    done
}
