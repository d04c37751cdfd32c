# platforms.sh: an old libcrypto, and 32 bits together with what stands in for all
# that some systems lack.
# shellcheck shell=bash

packages_platforms() {
	echo cmake openssl python3-cryptography python3-asn1crypto
	packages_unit
}

# What is unpacked stays in build-sysroots/ for the next run.  scripts/matrix tests
# 32 bits and the backfill each by itself, and the stage hardening compiles every
# file for 32 bits without the backfill.
stage_platforms() {
	# shellcheck disable=SC2046
	needs $(packages platforms) || return 0
	new_configure || return
	roots=$top/build-sysroots
	triplet=$(gcc -print-multiarch)
	rm -rf "$out"/platforms-*
	check "EBCDIC is refused" ebcdic_is_refused
	at_once platform_old platform_backfill backfill_by_cmake
	check "configure and CMake find the same (backfill)" same_config \
		"$out/platforms-backfill" "$out/platforms-cmake"
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

# Without all that newer and other systems have; where it can be, with 32 bits,
# and char has no sign.
platform_backfill() {
	local name=backfill dir=$out/platforms-backfill
	local cflags='' arguments=(CC=gcc)
	! with_32_bits || name='backfill, 32 bits'
	platform "$name" backfill "$cflags" --enable-backfill "${arguments[@]}"
	[ "$name" = backfill ] || check "$name: it is that" is_elf32 "$dir/sscep"
	check "$name: key URIs are not built in" no_key_uris "$dir"
}

# with_32_bits: sets $cflags and $arguments.
with_32_bits() {
	local name='32 bits' root=$roots/i386
	if [ "$(uname -m)" != x86_64 ] || ! gcc -m32 -E -xc /dev/null >/dev/null
	then
		result elsewhere "$name" "on x86-64, with gcc"
		return 1
	fi
	unpacked "$name" i386 bookworm i386 libc6 libc6-dev linux-libc-dev \
		libgcc-s1 libgcc-12-dev libssl3 libssl-dev libcmocka0 \
		libcmocka-dev || return
	if ! "$root/lib/ld-linux.so.2" --version >/dev/null; then
		result elsewhere "$name" "where the kernel runs such programs"
		return 1
	fi
	cflags=-funsigned-char
	arguments=(CC="gcc -m32 --sysroot=$root -B$root/usr/lib/gcc/i686-linux-gnu/12"
		LDFLAGS="-Wl,--dynamic-linker=$root/lib/ld-linux.so.2 \
-Wl,-rpath,$root/lib/i386-linux-gnu:$root/usr/lib/i386-linux-gnu")
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

configured() {
	(cd "$1" && bounded 300 "$top/configure" "$once" "${@:2}")
}

# smoke NAME DIRECTORY: each operation once, with the program that was built there.
smoke() {
	local said=$2/smoke.tap
	bounded 120 "$top/tests/smoke" "$2/sscep" >"$said" 2>&1
	cat "$said"
	blame_tap "$said"
	tap "$1: smoke" "$said"
}

# By CMake, only configured: the stage cmake compares what both builds find
# otherwise.
backfill_by_cmake() {
	check "cmake -DSSCEP_BACKFILL=ON" cmake -S "$top" \
		-B "$out/platforms-cmake" -DSSCEP_BACKFILL=ON
}

# tests_of old|backfill: the names of the unit tests that may have another result
# there: with an old libcrypto, those of what calls it; with 32 bits, those of
# lengths, numbers, times and files, and with the backfill those of what compat/
# stands in for.  scripts/matrix runs all of them there.
tests_of() {
	local parts
	case $1 in
	old)
		parts='barecert|chain|compat|crl|crl_signature|http_trust|keys|
			keys_read|memory|nconf|pin|pki_.*|request|scep.*|
			secrets|spool'
		;;
	backfill)
		parts='ascii|barecert|chain|compat|config|crl|crl_parts|
			crl_signature|der|due|dump|hook|http_.*|keys|keys_read|
			live|lock|memory|nconf|ops|options_.*|pki_.*|request|
			scep.*|secrets|spool|swap|url|util'
		;;
	esac
	basename -s .c "$top"/tests/unit/test_*.c |
		grep -Ex "test_(${parts//[[:space:]]/})"
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
