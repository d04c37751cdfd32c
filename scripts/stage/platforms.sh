# platforms.sh: an old libcrypto, 32 bits, and what stands in for all that some
# systems lack.
# shellcheck shell=bash

packages_platforms() {
	echo cmake openssl python3-cryptography python3-asn1crypto
	packages_unit
}

# What is unpacked stays in build-sysroots/ for the next run.
stage_platforms() {
	# shellcheck disable=SC2046
	needs $(packages platforms) || return 0
	new_configure || return
	roots=$top/build-sysroots
	triplet=$(gcc -print-multiarch)
	rm -rf "$out"/platforms-*
	check "EBCDIC is refused" ebcdic_is_refused
	at_once platform_old platform_32
	at_once platform_backfill platform_configured
	for how in plain backfill; do
		check "configure and CMake find the same ($how)" same_config \
			"$out/platforms-$how-configure" "$out/platforms-$how"
	done
}

ebcdic_is_refused() {
	local said
	said=$(gcc -std=c11 -fexec-charset=IBM1047 -fsyntax-only \
		"$top/src/compat/compat.h" 2>&1) && return 1
	grep -e -qascii <<<"$said"
}

# unpacked NAME DIRECTORY SUITE ARCHITECTURE PACKAGE...: fetches what is not there.
unpacked() {
	local said=$out/unpacked.$2
	"$top/scripts/unpack" "$roots/$2" "${@:3}" >"$said" 2>&1 && return
	result skip "$1" "$(tail -n 1 "$said")"
	return 1
}

# OpenSSL 1.1.1 of Debian 11, and nothing but POSIX and C.
platform_old() {
	local name='OpenSSL 1.1.1' root=$roots/openssl-1.1.1
	local lib=$root/usr/lib/$triplet
	unpacked "$name" openssl-1.1.1 bullseye "$(dpkg --print-architecture)" \
		libssl-dev libssl1.1 || return
	platform "$name" old "-D_POSIX_C_SOURCE=200809L -fsigned-char" CC=gcc \
		LIBCRYPTO_CFLAGS="-isystem $root/usr/include -isystem $root/usr/include/$triplet" \
		LIBCRYPTO_LIBS="-L$lib -Wl,-rpath,$lib -lcrypto" \
		LIBSSL_CFLAGS=' ' LIBSSL_LIBS="-L$lib -lssl"
	check "$name: it is that" says "$out/platforms-old/sscep" 'OpenSSL 1\.1\.1'
}

# 32 bits, and char has no sign.
platform_32() {
	local name='32 bits' root=$roots/i386
	local cc="gcc -m32 --sysroot=$root -B$root/usr/lib/gcc/i686-linux-gnu/12"
	if [ "$(uname -m)" != x86_64 ] || ! gcc -m32 -E -xc /dev/null >/dev/null
	then
		result elsewhere "$name" "on x86-64, with gcc"
		return
	fi
	unpacked "$name" i386 bookworm i386 libc6 libc6-dev linux-libc-dev \
		libgcc-s1 libgcc-12-dev libssl3 libssl-dev libcmocka0 \
		libcmocka-dev || return
	if ! "$root/lib/ld-linux.so.2" --version >/dev/null; then
		result elsewhere "$name" "where the kernel runs such programs"
		return
	fi
	platform "$name" 32 -funsigned-char CC="$cc" \
		LDFLAGS="-Wl,--dynamic-linker=$root/lib/ld-linux.so.2 \
-Wl,-rpath,$root/lib/i386-linux-gnu:$root/usr/lib/i386-linux-gnu"
	check "$name: it is that" is_elf32 "$out/platforms-32/sscep"
}

# platform NAME DIRECTORY CFLAGS ARGUMENT...: configured with these, built, tested.
platform() {
	local name=$1 dir=$out/platforms-$2 tests
	tests=$(tests_of "$2" | sed 's,^,tests/unit/,' | paste -sd' ')
	mkdir -p "$dir"
	check "$name: configure" configured "$dir" \
		CFLAGS="-O0 $warnings $3" "${@:4}" || return
	check "$name: make" make -C "$dir" -j "$jobs" sscep || return
	check "$name: unit tests" make -C "$dir" -j "$jobs" -k check \
		TESTS="$tests" check_PROGRAMS="$tests" \
		check_LIBRARIES=tests/unit/libfixtures.a
	smoke "$name" "$dir"
}

# configured DIRECTORY ARGUMENT...
configured() {
	(mkdir -p "$1" && cd "$1" && bounded 300 "$top/configure" "${@:2}")
}

# smoke NAME DIRECTORY: each operation once, with the program that was built there.
smoke() {
	local said=$2/smoke.tap
	bounded 120 "$top/tests/smoke" "$2/sscep" >"$said" 2>&1
	cat "$said"
	blame_tap "$said"
	tap "$1: smoke" "$said"
}

# Without all that newer and other systems have.
platform_backfill() {
	local name=backfill dir=$out/platforms-backfill
	check "$name: cmake" cmake -S "$top" -B "$dir" -DSSCEP_BACKFILL=ON \
		-DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="-O0 $warnings" ||
		return
	# Each is a word of its own.
	# shellcheck disable=SC2046
	check "$name: cmake --build" cmake --build "$dir" -j "$jobs" \
		--target sscep $(tests_of backfill) || return
	check "$name: unit tests" backfill_ctest "$dir"
	smoke "$name" "$dir"
	check "$name: key URIs are not built in" no_key_uris "$dir"
}

# tests_of old|32|backfill: the names of the unit tests that may have another
# result there: with an old libcrypto, those of what calls it; with 32 bits, those
# of lengths, numbers, times and files; else those of what compat/ stands in for.
# scripts/matrix runs all of them there.
tests_of() {
	local parts
	case $1 in
	old)
		parts='barecert|chain|compat|crl|crl_signature|http_trust|keys|
			keys_read|memory|nconf|pin|pki_.*|request|scep.*|
			secrets|spool'
		;;
	32)
		parts='ascii|barecert|compat|config|crl_parts|der|due|dump|http_.*|
			live|lock|ops|options_.*|pki_altnames|pki_cert|
			scep_content|scep_limits|spool|swap|url|util'
		;;
	backfill)
		parts='chain|compat|crl|crl_signature|hook|http_.*|keys|keys_read|
			live|lock|memory|nconf|ops|pki_.*|request|scep.*|
			secrets|spool|swap|util'
		;;
	esac
	basename -s .c "$top"/tests/unit/test_*.c |
		grep -Ex "test_(${parts//[[:space:]]/})"
}

backfill_ctest() {
	(cd "$1" && bounded 600 ctest -j "$jobs" --output-on-failure --no-tests=error \
		-R "^($(tests_of backfill | paste -sd'|'))\$")
}

# Both builds, only configured.
platform_configured() {
	check "cmake" cmake -S "$top" -B "$out/platforms-plain"
	check "configure" configured "$out/platforms-plain-configure"
	check "configure --enable-backfill" configured \
		"$out/platforms-backfill-configure" --enable-backfill
}

# same_config DIRECTORY DIRECTORY: both config.h define the same.
same_config() {
	local dir
	for dir; do
		sed -n 's/^#define \(HAVE_[A-Z0-9_]*\) 1$/\1/p' "$dir/config.h" |
			sort >"$dir/has"
		[ -s "$dir/has" ] || return
	done
	diff "$1/has" "$2/has"
}

says() {
	"$1" --version | grep "^libcrypto: $2"
}

is_elf32() {
	[ "$(head -c 5 "$1" | od -An -tx1 | tr -d ' \n')" = 7f454c4601 ]
}

# no_key_uris DIRECTORY: the program there says so.
no_key_uris() {
	local said
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1/ca.key" \
		-out "$1/ca.crt" -subj /CN=CA || return
	said=$("$1/sscep" enroll -u http://127.0.0.1:9/ -c "$1/ca.crt" \
		-k pkcs11:object=x -l "$1/local.crt" --subject /CN=x \
		--capabilities AES 2>&1)
	echo "$said"
	grep 'built without key URIs' <<<"$said"
}
