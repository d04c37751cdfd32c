# dist.sh: make distcheck.
# shellcheck shell=bash

packages_dist() {
	packages_unit
}

stage_dist() {
	needs libcmocka-dev && built gcc || return 0
	exclusively tarball check "make distcheck" \
		make -C "$top/build-gcc" -j "$jobs" distcheck \
		DISTCHECK_CONFIGURE_FLAGS=CFLAGS=-O1
	tarball && check "make dist makes the same tarball again" tarball_again
}

# tarball: makes $tarball, a copy of what "make dist" makes.
tarball() {
	tarball=$out/sscep-$version.tar.gz
	built gcc && exclusively tarball tarball_once
}

tarball_once() {
	[ -f "$tarball" ] ||
		{ check tarball build gcc dist &&
			cp "$top/build-gcc/${tarball##*/}" "$tarball"; }
}

# elsewhere COMMAND...: runs it with another umask, language and time zone.
elsewhere() {
	(umask 077 && LC_ALL=C TZ=Pacific/Kiritimati bounded 600 "$@")
}

# tarball_again: a tarball of the unpacked tarball, with files of another age.
tarball_again() {
	local dir=$out/dist-again
	rm -rf "$dir"
	mkdir -p "$dir/build"
	elsewhere tar xzf "$tarball" --strip-components=1 \
		--no-same-permissions -C "$dir" || return
	find "$dir" -exec touch -d 2020-02-02 {} +
	(cd "$dir/build" && elsewhere ../configure && elsewhere make dist) &&
		cmp "$tarball" "$dir/build/${tarball##*/}"
}
