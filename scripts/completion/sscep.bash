# Completion of sscep for bash 4 and later.
# shellcheck shell=bash

# For each option: the operations, the spellings, what the value is, its words.
# BEGIN generated part: bash
__sscep_operations='getca getnextca enroll renew check getcert getcrl getcaps'
__sscep_alone='-h --help --help-all --version'
__sscep_rows=(
	'all|-u --url|any|'
	'all|-p --proxy|any|'
	'all|-g --engine|any|'
	'all|-f --config|file|'
	'getca|-c --ca-cert|file|'
	'getnextca|-c --ca-cert|file|'
	'enroll check getcert getcrl|-c --ca-cert|file|'
	'renew|-c --ca-cert|file|'
	'all|-i --ca-identifier|any|'
	'all|-E --enc-alg|word|des 3des blowfish aes aes128 aes192 aes256'
	'all|-S --sig-alg|word|md5 sha1 sha224 sha256 sha384 sha512'
	'all|-W --wait|any|'
	'all|-M --monitor|any|'
	'all|--timeout|any|'
	'all|--max-size|any|'
	'all|--legacy|none|'
	'all|--capabilities|list|AES DES3 GetNextCACert POSTPKIOperation Renewal SHA-1 SHA-224 SHA-256 SHA-384 SHA-512 SCEPStandard'
	'all|-v --verbose|none|'
	'all|-d --debug|none|'
	'all|--quiet|none|'
	'all|--no-warn|list|abbreviated-operation access-changed ca-file-shadows-set ca-not-renewed ca-not-valid-now chain clock config-syntax crl-expired crl-not-yet-valid crl-older extra-argument given-twice hook-failed issued-not-valid-now key-access key-not-encrypted key-not-used long-get no-ca-certificate no-chain no-content-type no-effect no-fail-info no-password not-written obsolete-cipher others-file owner-changed poll-failed recipient-unsure renewal-repeated renewal-subject san-changed set-aside signer-expired signer-not-yet-valid subject-changed unknown-fail-info unknown-key unknown-section unknown-warning weak-algorithm weak-key weak-signature'
	'all|--json|none|'
	'all|--provider|any|'
	'all|--provider-path|dir|'
	'all|--tls-ca-file|file|'
	'all|--tls-ca-dir|dir|'
	'all|--tls-cert|file|'
	'all|--tls-key|file|'
	'all|--tls-passin|source|env: file: fd: stdin'
	'all|--tls-insecure|none|'
	'all|--dump-config|none|'
	'all|-H|none|'
	'all|-h --help|none|'
	'all|--help-all|none|'
	'all|--version|none|'
	'getca getnextca|-F --fingerprint|word|md5 sha1 sha224 sha256 sha384 sha512'
	'getca enroll renew check getcert getcrl|--ca-fingerprint|word|md5: sha1: sha224: sha256: sha384: sha512:'
	'getnextca|-C --ca-chain|file|'
	'getnextca|-w --signer-cert|file|'
	'enroll check|-k --key|file|'
	'enroll check|-r --request|file|'
	'enroll renew check|--subject|any|'
	'enroll|--new-key|word|rsa:2048 rsa:3072 rsa:4096 ec:P-256 ec:P-384 ed25519 ml-dsa-44 ml-dsa-65 ml-dsa-87'
	'enroll renew check|--key-passout|source|env: file: fd: stdin'
	'enroll renew check|--challenge|source|env: file: fd: stdin'
	'enroll renew check|--san|list|DNS: IP: email: URI: UPN:'
	'enroll renew check|--eku|list|serverAuth clientAuth codeSigning emailProtection timeStamping OCSPSigning ipsecEndSystem ipsecTunnel ipsecUser ipsecIKE msSmartcardLogin anyExtendedKeyUsage'
	'enroll renew check|--ku|none|'
	'enroll renew check|--template|any|'
	'enroll check|-l --cert|file|'
	'enroll check|-K --sign-key|file|'
	'enroll check|-O --sign-cert|file|'
	'enroll check|-L --selfsigned|file|'
	'enroll check|-t --poll-interval|any|'
	'enroll check|-T --poll-time|any|'
	'enroll check|-n --poll-count|any|'
	'enroll check|-R --resume|none|'
	'enroll renew check|--renewal|word|auto 17 19'
	'enroll renew check getcert|--chain|file|'
	'enroll check|--sign-passin|source|env: file: fd: stdin'
	'renew|-k --key|file|'
	'renew|-l --cert|file|'
	'renew|-r --request|file|'
	'renew check|--new-key|word|rsa:2048 rsa:3072 rsa:4096 ec:P-256 ec:P-384 ed25519 ml-dsa-44 ml-dsa-65 ml-dsa-87 same'
	'renew check|--renew-before|any|'
	'renew check|--force|none|'
	'renew check|--dry-run|none|'
	'renew check|--forget|none|'
	'renew check|--renew-with|word|certificate challenge both'
	'renew check|--bundle|file|'
	'renew check|--fullchain|file|'
	'renew check|--key-mode|any|'
	'renew check|--cert-mode|any|'
	'renew check|--owner|any|'
	'renew check|--wait-lock|any|'
	'renew check|--jitter|any|'
	'renew check|--hook|any|'
	'renew check|--hook-timeout|any|'
	'renew check|--hook-optional|none|'
	'renew|--transaction-id|any|'
	'renew|-t --poll-interval|any|'
	'renew|-T --poll-time|any|'
	'renew|-n --poll-count|any|'
	'check|--local|none|'
	'check|--next|none|'
	'getcert getcrl|--challenge|source|env: file: fd: stdin'
	'getcert getcrl|-k --key|file|'
	'getcert getcrl|-l --cert|file|'
	'getcert|-O --issuer-cert|file|'
	'getcrl|-O --target-cert|file|'
	'getcert|-s --serial|any|'
	'getcrl|-s --serial|any|'
	'getcert|-w --output|file|'
	'getcrl|-w --output|file|'
	'getcrl|--if-due|none|'
	'getcrl|--renew-before|any|'
	'enroll renew check getcert getcrl|-e --enc-cert|file|'
	'enroll check getcert getcrl|-m --dump-request|file|'
	'getca getnextca enroll renew check getcert getcrl|--tolerate|list|nonce transaction-id issuer clock ra signer'
	'enroll check getcert getcrl|--transaction-id|any|'
	'enroll renew check getcert getcrl|--passin|source|env: file: fd: stdin'
	'enroll renew check getcert getcrl|--rsa-oaep|none|'
	'enroll renew check getcert getcrl|--rsa-pss|none|'
)
# END generated part

# Sets words to those of the command line up to the cursor: bash splits them at
# the = of --key=FILE and at the : of file:NAME.
__sscep_split() {
	local left=${COMP_LINE:0:COMP_POINT} trimmed word i
	words=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		trimmed=${left#"${left%%[![:space:]]*}"}
		word=${COMP_WORDS[i]}
		((i < COMP_CWORD)) || word=$trimmed
		if ((i > 0)) && [ -n "$left" ] && [ "$trimmed" = "$left" ]; then
			words[${#words[@]} - 1]+=$word
		elif ((i == 0)) || [ -n "$left" ]; then
			words+=("$word")
		fi
		left=${trimmed#"$word"}
	done
}

# __sscep_look OPTION: sets kind and values to what the option takes; kind is
# empty if the operation has no such option.
__sscep_look() {
	local row names
	kind=
	values=
	for row in "${__sscep_rows[@]}"; do
		names=${row#*|}
		case " ${row%%|*} " in
		*" $operation "* | ' all ') ;;
		*) continue ;;
		esac
		[[ " ${names%%|*} " == *" $1 "* ]] || continue
		kind=${names#*|}
		values=${kind#*|}
		kind=${kind%%|*}
		return
	done
}

# __sscep_letters WORD: looks at the letters of WORD, such as -vkFILE. If one
# takes a value, attached is what precedes that in the word.
__sscep_letters() {
	local i
	for ((i = 1; i < ${#1}; i++)); do
		__sscep_look "-${1:i:1}"
		if [ "${kind:-none}" != none ]; then
			attached=${1:0:i + 1}
			return
		fi
	done
	kind=
}

# Looks at a word that is not the last one, nor a value. Leaves kind empty unless
# the value is the next word.
__sscep_pass() {
	case $1 in
	--*=*) ;;
	--*) __sscep_look "$1" ;;
	-?*)
		__sscep_letters "$1"
		[ "$attached" = "$1" ] || kind=
		;;
	esac
	[ "$kind" != none ] || kind=
}

# Looks at the last word, if it is not the value of the option before it. Leaves
# kind empty if no value has begun in it.
__sscep_begin() {
	case $1 in
	--*=*)
		__sscep_look "${1%%=*}"
		attached=${1%%=*}=
		kind=${kind:-any}
		;;
	--*) ;;
	-?*)
		__sscep_letters "$1"
		[ "$attached" != "$1" ] || kind=
		;;
	esac
}

# Sets kind and values to those of the option whose value is the last word, or
# in it, and attached to what precedes the value in that word. An empty kind:
# there is no value.
__sscep_find_value() {
	local i end=$((${#words[@]} - 1))
	for ((i = 2; i < end; i++)); do
		if [ -n "$kind" ]; then
			kind=
		elif [ "${words[i]}" = -- ]; then
			kind=any
			return
		else
			__sscep_pass "${words[i]}"
		fi
	done
	attached=
	[ -n "$kind" ] || __sscep_begin "${words[end]}"
}

# __sscep_offer BEFORE TEXT WORD...: offers those that begin with TEXT, after
# what is BEFORE. A word that ends with a colon is only the beginning.
__sscep_offer() {
	local before=$1 text=$2 word
	shift 2
	for word; do
		[[ $word == "$text"* ]] || continue
		COMPREPLY+=("$before$word")
		[[ $word != *: ]] || compopt -o nospace 2>/dev/null
	done
}

# __sscep_files f|d BEFORE TEXT: files, or directories.
__sscep_files() {
	local name
	compopt -o filenames 2>/dev/null
	while IFS= read -r name; do
		COMPREPLY+=("$2$name")
	done < <(compgen "-$1" -- "$3")
}

# __sscep_offer_value BEFORE TEXT: by kind and values.
__sscep_offer_value() {
	local before=$1 text=$2
	# The words are split.
	# shellcheck disable=SC2086
	case $kind in
	file) __sscep_files f "$before" "$text" ;;
	dir) __sscep_files d "$before" "$text" ;;
	word) __sscep_offer "$before" "$text" $values ;;
	list)
		[[ $text != *,* ]] || before+=${text%,*},
		compopt -o nospace 2>/dev/null
		__sscep_offer "$before" "${text##*,}" $values
		;;
	source)
		case $text in
		file:*) __sscep_files f "${before}file:" "${text#file:}" ;;
		env:*) __sscep_offer "${before}env:" "${text#env:}" \
			$(compgen -e) ;;
		*) __sscep_offer "$before" "$text" $values ;;
		esac
		;;
	esac
}

# __sscep_offer_options TEXT: the options of the operation.
__sscep_offer_options() {
	local row names
	for row in "${__sscep_rows[@]}"; do
		case " ${row%%|*} " in
		*" $operation "* | ' all ') ;;
		*) continue ;;
		esac
		names=${row#*|}
		# shellcheck disable=SC2086
		__sscep_offer '' "$1" ${names%%|*}
	done
}

# bash replaces only what follows the last = or : in the word.
__sscep_trim() {
	local breaks='' head
	[[ $COMP_WORDBREAKS != *=* ]] || breaks+='='
	[[ $COMP_WORDBREAKS != *:* ]] || breaks+=':'
	if [ -n "$breaks" ] && [ ${#COMPREPLY[@]} -gt 0 ]; then
		head=${1%"${1##*[$breaks]}"}
		COMPREPLY=("${COMPREPLY[@]#"$head"}")
	fi
}

_sscep() {
	local words operation kind='' values='' attached='' last
	COMPREPLY=()
	__sscep_split
	last=${words[${#words[@]} - 1]}
	operation=${words[1]}
	# shellcheck disable=SC2086
	if [ ${#words[@]} -le 2 ]; then
		__sscep_offer '' "$last" $__sscep_operations help version
		[[ $last != -* ]] || __sscep_offer '' "$last" $__sscep_alone
	elif [ "$operation" = help ]; then
		[ ${#words[@]} -gt 3 ] ||
			__sscep_offer '' "$last" $__sscep_operations
	elif [[ " $__sscep_operations " == *" $operation "* ]]; then
		__sscep_find_value
		if [ -n "$kind" ]; then
			__sscep_offer_value "$attached" "${last#"$attached"}"
		else
			__sscep_offer_options "$last"
		fi
	fi
	__sscep_trim "$last"
}

complete -F _sscep sscep
