# static.sh: a static program.
# shellcheck shell=bash

# Those of zlib and zstd: the libcrypto.a of Debian 13 needs them.
packages_static() {
	packages_testca
	echo bats cmake zlib1g-dev libzstd-dev
}

# With the libcrypto.a of the system.
stage_static() {
	local dir=$out/static
	bats_usable && needs zlib1g-dev libzstd-dev && new_configure || return 0
	rm -rf "$dir" "$dir-cmake"
	mkdir "$dir"
	check "configure --enable-static-program" \
		configure_static "$dir" || return
	check "no warnings" make_static "$dir" || return
	SSCEP=$dir/sscep watched_bats static \
		"${plain[@]}" bats tests/static/static.bats
	needs cmake && check "cmake -DSSCEP_STATIC=ON" cmake_static "$dir-cmake"
}

configure_static() {
	(cd "$1" && bounded 300 "$top/configure" "$once" --enable-static-program \
		CFLAGS="-O0 $warnings")
}

# make_static DIRECTORY: also the linker says nothing.
make_static() {
	bounded 600 make -C "$1" -j "$jobs" sscep >"$1/said" 2>"$1/errors"
	cat "$1/said" "$1/errors"
	[ -x "$1/sscep" ] && [ ! -s "$1/errors" ]
}

# cmake_static DIRECTORY: it would be linked with the same libraries, and be the
# same to the sources.
cmake_static() {
	cmake -S "$top" -B "$1" -DSSCEP_STATIC=ON &&
		grep -q 'libcrypto\.a' "$1/CMakeFiles/sscep.dir/link.txt" &&
		! grep -E 'lib(crypto|ssl)\.so|-lcrypto|-lssl' \
			"$1/CMakeFiles/sscep.dir/link.txt" &&
		grep -x '#define STATIC_PROGRAM 1' "$1/config.h" &&
		! grep '#define HAVE_ENGINES' "$1/config.h"
}
