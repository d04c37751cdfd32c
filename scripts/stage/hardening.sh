# hardening.sh: what compiler and linker do against attacks.
# shellcheck shell=bash

packages_hardening() {
	echo clang cmake
}

# Each build has its own directory, because it has its own flags.  The stage cmake
# checks what CMake builds with gcc.  All files of a build have the same flags, so
# that a few show what they do.
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
		check "configure ($CC)" hardened_by configure "$CC" || continue
		check "no warnings at -O0 ($CC)" made_again CFLAGS="-O0 $warnings"
		check "no warnings with _FORTIFY_SOURCE given ($CC)" made_again \
			CFLAGS="-O2 $warnings" CPPFLAGS=-D_FORTIFY_SOURCE=2
	done
	unhardened_and_large configure --disable-hardening
}

hardened_by_cmake() {
	needs cmake || return 0
	export CC
	CC=clang
	! command -v "$CC" >/dev/null ||
		check "cmake ($CC)" hardened_by cmake "$CC"
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

# by configure|cmake DIRECTORY CFLAGS LDFLAGS [ARGUMENT...]: configures with $CC,
# these flags and arguments. DIRECTORY/commands then has the commands that would
# compile and link the program.
by() {
	local how=$1 dir=$2 cflags=$3 ldflags=$4
	shift 4
	mkdir -p "$dir"
	if [ "$how" = configure ]; then
		(cd "$dir" && bounded 300 "$top/configure" "$once" CC="$CC" \
			CFLAGS="$cflags" LDFLAGS="$ldflags" "$@") &&
			make -C "$dir" -n V=1 sscep >"$dir/commands"
	else
		cmake -S "$top" -B "$dir" -DCMAKE_C_FLAGS="$cflags" \
			-DCMAKE_EXE_LINKER_FLAGS="$ldflags" \
			-DCMAKE_EXPORT_COMPILE_COMMANDS=ON "$@" &&
			mv "$dir/compile_commands.json" "$dir/commands"
	fi
}

# built_in DIRECTORY TARGET [MAKE-ARGUMENT...]: both kinds of builds have a Makefile.
built_in() {
	bounded 600 make -C "$1" -j "$jobs" "${@:2}"
}

# Some of the objects, one of which is protected in each way that shows.
sample='src/util/buf.o src/util/file.o src/util/log.o src/util/memory.o'

# some_in configure|cmake DIRECTORY LDFLAGS [MAKE-ARGUMENT...]: links the program of
# main.o and $sample, which is enough to see what its flags do. What is in the
# others is missing, and is looked for only when the program runs.
some_in() {
	local how=$1 dir=$2 missing='-Wl,--unresolved-symbols=ignore-all'
	if [ "$how" = configure ]; then
		built_in "$dir" sscep libsscep_a_OBJECTS="$sample" \
			LDFLAGS="$3 $missing" "${@:4}"
	else
		# Each is a word of its own.
		# shellcheck disable=SC2086
		built_in "$dir" src/main.o $sample &&
			(cd "$dir" && sh -c "$(sed -e "s/ -o sscep / $missing&/" \
				-e 's, libsscep\.a , CMakeFiles/libsscep.dir/src/util/*.o ,' \
				CMakeFiles/sscep.dir/link.txt)")
	fi
}

# hardened_by configure|cmake CC: other stages build the whole program with these
# flags, with each compiler.
hardened_by() {
	local dir=$out/hardening-$1-$2 flags="-O1 $warnings"
	if [ "$1" = configure ]; then
		configured_as "$2" "$dir" &&
			make -C "$dir" -n V=1 sscep CFLAGS="$flags" \
				>"$dir/commands" &&
			some_in configure "$dir" '' CFLAGS="$flags"
	else
		by "$1" "$dir" "$flags" '' && some_in "$1" "$dir" ''
	fi && tests/check-hardening "$dir/sscep" "$dir/commands"
}

# configured_as gcc|clang DIRECTORY: with what configure found for build-gcc or
# build-clang.
configured_as() {
	configure_build "$1" && mkdir -p "$2" &&
		cp "$top/build-$1/config.status" "$2/" &&
		(cd "$2" && bounded 60 ./config.status)
}

# unhardened_by configure|cmake [ARGUMENT...]: with flags that also undo the
# defaults of gcc, each check of tests/check-hardening must fail.  With an
# ARGUMENT, which disables the hardening, the build must add no flags for it.
unhardened_by() {
	local flag dir=$out/hardening-none-$1-$#
	local ldflags='-no-pie -Wl,-z,norelro -Wl,-z,lazy -Wl,-z,execstack'
	local cflags='-O1 -fno-pie -fno-stack-protector -U_FORTIFY_SOURCE'
	for flag in -fno-stack-clash-protection -fcf-protection=none \
		-mbranch-protection=none; do
		! gcc "$flag" -fsyntax-only -xc /dev/null || cflags+=" $flag"
	done
	by "$1" "$dir" "$cflags $warnings" "$ldflags" "${@:2}" &&
		some_in "$1" "$dir" "$ldflags" || return
	tests/check-hardening "$dir/sscep" "$dir/commands" >"$dir/unhardened"
	cat "$dir/unhardened"
	grep -q ': no$' "$dir/unhardened" || return
	! grep -v ': no$' "$dir/unhardened" || return
	[ $# -eq 1 ] || ! grep -E -e '-fPIE|-fstack-[^ ]*-strong|,-z,(relro|now)|fortify' \
		"$dir/commands"
}

# made_again ARGUMENT...: builds $sample again, configured for $CC, with flags for
# make.
made_again() {
	# Each is a word of its own.
	# shellcheck disable=SC2086
	rm "$out/hardening-configure-$CC"/src/util/*.o &&
		built_in "$out/hardening-configure-$CC" $sample "$@"
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
# large files (64), but some of these variants are. CMake has to give each file
# the macro with which they are.
large_files_by() {
	local dir=$out/hardening-32-$1 arguments=(--host=i686-linux-gnu)
	[ "$1" = configure ] || arguments=(-DCMAKE_SYSTEM_NAME=Linux)
	by "$1" "$dir" "-O0 $warnings" '' "${arguments[@]}" || return
	if [ "$1" = cmake ]; then
		grep -q '"command":.* -D_FILE_OFFSET_BITS=64 ' "$dir/commands" &&
			! grep '"command":' "$dir/commands" |
			grep -v -e ' -D_FILE_OFFSET_BITS=64 '
		return
	fi
	built_in "$dir" libsscep.a || return
	nm "$dir/libsscep.a" | sed -n 's/^ *U //p' | sort -u >"$dir/called"
	grep -Ex '(open|l?stat|fstat|mkstemp|fopen)64' "$dir/called" &&
		! grep -Ex '(open|creat|l?stat|fstat|mkstemp|fopen|freopen|\
lseek|fseeko|ftello|f?truncate|readdir|posix_fallocate|f?statvfs)' "$dir/called"
}
