# windows.sh: everything compiles for Windows; scripts/windows links and runs it.
# shellcheck shell=bash

packages_windows() {
	echo gcc-mingw-w64-x86-64-win32 mingw-w64-x86-64-dev
}

# The headers of libcrypto are those of this system.
stage_windows() {
	local dir=$out/windows
	# shellcheck disable=SC2046
	needs $(packages windows) || return 0
	rm -rf "$dir"
	mkdir -p "$dir/include/openssl"
	check "headers of libcrypto" windows_headers "$dir" || return
	check "all compiles for Windows" windows_compile "$dir"
}

# windows_headers DIRECTORY: without those of glibc beside them.
windows_headers() {
	local root
	root=$(pkg-config --variable=includedir libcrypto)
	cp "$root"/openssl/*.h "$1/include/openssl/"
	! [ -d "$root/$(gcc -print-multiarch)/openssl" ] ||
		cp "$root/$(gcc -print-multiarch)"/openssl/*.h \
			"$1/include/openssl/"
	{
		echo '#define PACKAGE_VERSION "1"'
		echo '#define HAVE_LIBSSL 1'
		echo '#define HAVE_MALLOC_USABLE_SIZE 1'
		sed -n 's/^SSCEP_HAS.*(\[libcrypto\], \[\([A-Z0-9_]*\)\].*/#define HAVE_\1 1/p' \
			m4/functions.m4
	} >"$1/config.h"
}

# windows_sources: what CMake compiles there.
windows_sources() {
	sed -n 's/^\t\(src[^ ]*\.c\).*/\1/p' sources.mk |
		grep -Ev '^src/compat/(files|resolve|terminal)\.c$'
	echo src/main.c
}

# windows_compile DIRECTORY: as CMakeLists.txt has it.
windows_compile() {
	windows_sources >"$1/sources"
	# Each word of it is an option.
	# shellcheck disable=SC2086
	bounded 300 xargs -a "$1/sources" -P "$jobs" -n 16 \
		x86_64-w64-mingw32-gcc -fsyntax-only $warnings \
		-D_WIN32_WINNT=0x0A00 -D__USE_MINGW_ANSI_STDIO=1 \
		-D_FILE_OFFSET_BITS=64 -D_XOPEN_SOURCE=700 -DHAVE_CONFIG_H \
		-include compat/windows/posix.h -I"$1" -Isrc \
		-isystem src/compat/windows/include -isystem "$1/include"
}
