# hardening.sh: what compiler and linker do against attacks.
# shellcheck shell=bash

packages_hardening() {
	echo clang cmake
}

# Each build has its own directory, because it has its own flags.
stage_hardening() {
	new_configure || return
	rm -rf "$out"/hardening-*
	make_cc32
	at_once hardened_by_configure hardened_by_cmake
}

hardened_by_configure() {
	export CC
	for CC in gcc clang; do
		needs "$CC" || continue
		check "configure ($CC)" hardened_by configure "$out/hardening-$CC"
		check "no warnings at -O0 ($CC)" made_again CFLAGS="-O0 $warnings"
		check "no warnings with _FORTIFY_SOURCE given ($CC)" made_again \
			CFLAGS="-O2 $warnings" CPPFLAGS=-D_FORTIFY_SOURCE=2
	done
	unhardened_and_large configure --disable-hardening
}

hardened_by_cmake() {
	needs cmake || return 0
	export CC
	for CC in gcc clang; do
		command -v "$CC" >/dev/null || continue
		check "cmake ($CC)" hardened_by cmake "$out/hardening-cmake-$CC"
	done
	unhardened_and_large cmake -DSSCEP_HARDENING=OFF
}

# unhardened_and_large configure|cmake ARGUMENT: this one disables the hardening.
unhardened_and_large() {
	CC=gcc
	check "$1: flags that are given win" unhardened_by "$1"
	check "$1 $2" unhardened_by "$1" "$2"
	CC=$out/cc32/cc
	if "$CC" -E -xc /dev/null >/dev/null; then
		check "$1: files over 2 GiB" large_files_by "$1"
	else
		result elsewhere "$1: files over 2 GiB" "where gcc has -m32"
	fi
}

# by configure|cmake DIRECTORY TARGET CFLAGS LDFLAGS [ARGUMENT...]: builds
# TARGET with $CC and these flags and arguments. DIRECTORY/commands has the
# commands.
by() {
	local how=$1 dir=$2 target=$3 cflags=$4 ldflags=$5
	shift 5
	mkdir -p "$dir"
	if [ "$how" = configure ]; then
		(cd "$dir" && bounded 300 "$top/configure" CC="$CC" \
			CFLAGS="$cflags" LDFLAGS="$ldflags" "$@") &&
			bounded 600 make -C "$dir" -j "$jobs" V=1 "$target" \
				>"$dir/commands"
	else
		cmake -S "$top" -B "$dir" -DCMAKE_C_FLAGS="$cflags" \
			-DCMAKE_EXE_LINKER_FLAGS="$ldflags" \
			-DCMAKE_EXPORT_COMPILE_COMMANDS=ON "$@" &&
			bounded 600 cmake --build "$dir" -j "$jobs" \
				--target "${target%.a}" &&
			mv "$dir/compile_commands.json" "$dir/commands"
	fi
}

# hardened_by configure|cmake DIRECTORY
hardened_by() {
	by "$1" "$2" sscep "-O1 $warnings" '' &&
		tests/check-hardening "$2/sscep" "$2/commands"
}

# unhardened_by configure|cmake [ARGUMENT...]: with flags that also undo the
# defaults of gcc, each check of tests/check-hardening must fail.  With an
# ARGUMENT, which disables the hardening, the build must add no flags for it.
unhardened_by() {
	local flag dir=$out/hardening-none-$1-$#
	local cflags='-O1 -fno-pie -fno-stack-protector -U_FORTIFY_SOURCE'
	for flag in -fno-stack-clash-protection -fcf-protection=none \
		-mbranch-protection=none; do
		! gcc "$flag" -fsyntax-only -xc /dev/null || cflags+=" $flag"
	done
	by "$1" "$dir" sscep "$cflags $warnings" "-no-pie -Wl,-z,norelro \
-Wl,-z,lazy -Wl,-z,execstack" "${@:2}" || return
	tests/check-hardening "$dir/sscep" "$dir/commands" >"$dir/unhardened"
	cat "$dir/unhardened"
	grep -q ': no$' "$dir/unhardened" || return
	! grep -v ': no$' "$dir/unhardened" || return
	[ $# -eq 1 ] || ! grep -E -e '-fPIE|-fstack-[^ ]*-strong|,-z,(relro|now)|fortify' \
		"$dir/commands"
}

# made_again ARGUMENT...: builds the files of one room again, configured for $CC,
# with flags for make. They show what all would, which have the same flags.
made_again() {
	rm "$out/hardening-$CC"/src/util/*.o &&
		bounded 600 make -C "$out/hardening-$CC" -j "$jobs" libsscep.a "$@"
}

# make_cc32: makes cc32/cc, a gcc for 32 bits that uses the headers for 64 bits
# and does not link with missing libraries. That is enough to see how every file
# is compiled.
make_cc32() {
	local dir=$out/cc32
	mkdir -p "$dir/gnu"
	: >"$dir/gnu/stubs-32.h"
	cat >"$dir/cc" <<-END
		#!/bin/sh
		for argument; do
			case \$argument in
			-[cES] | -v | --version) exec $dir/gcc32 "\$@" ;;
			esac
		done
		for argument; do
			shift
			case \$argument in
			-l* | *.so) ;;
			*) set -- "\$@" "\$argument" ;;
			esac
		done
		exec $dir/gcc32 -r -nostdlib "\$@"
	END
	cat >"$dir/gcc32" <<-END
		#!/bin/sh
		exec gcc -m32 -isystem "$dir" \
			-isystem "/usr/include/$(gcc -print-multiarch)" "\$@"
	END
	chmod +x "$dir/cc" "$dir/gcc32"
}

# large_files_by configure|cmake: no function is called that has a variant for
# large files (64), but some of these variants are.
large_files_by() {
	local dir=$out/hardening-32-$1 arguments=(--host=i686-linux-gnu)
	[ "$1" = configure ] || arguments=(-DCMAKE_SYSTEM_NAME=Linux)
	by "$1" "$dir" libsscep.a "-O0 $warnings" '' "${arguments[@]}" || return
	nm "$dir/libsscep.a" | sed -n 's/^ *U //p' | sort -u >"$dir/called"
	grep -Ex '(open|l?stat|fstat|mkstemp|fopen)64' "$dir/called" &&
		! grep -Ex '(open|creat|l?stat|fstat|mkstemp|fopen|freopen|\
lseek|fseeko|ftello|f?truncate|readdir|posix_fallocate|f?statvfs)' "$dir/called"
}
