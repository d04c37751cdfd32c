# dist.sh: make distcheck.
# shellcheck shell=bash

packages_dist() {
	packages_unit
}

# Of the programs of "make check" one that reads none of the files and one that
# reads its corpus are built, and run with a script: all others are like one of
# these, and run in the stages unit, sanitize and rules. That their sources are
# there is known when all that is committed is.
stage_dist() {
	local two='tests/unit/test_ascii tests/fuzz/fuzz_url'
	needs libcmocka-dev && built gcc || return 0
	exclusively tarball check "make distcheck" \
		make -C "$top/build-gcc" -j "$jobs" distcheck \
		DISTCHECK_CONFIGURE_FLAGS="CFLAGS=-O0 $once" check_PROGRAMS="$two" \
		TESTS="$two tests/check-docs"
	if [ -e .git ] && command -v git >/dev/null; then
		tarball && check "the tarball has all that is committed" \
			has_committed
	else
		result elsewhere "the tarball has all that is committed" \
			"in a clone"
	fi
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

# has_committed: but for what only a clone needs.
has_committed() {
	git -C "$top" ls-files | grep -Ev '^(\.ci/|\.gitignore$)' |
		sort >"$out/committed"
	tar tzf "$tarball" | sed 's,^[^/]*/,,' | sort >"$out/packed"
	[ -s "$out/committed" ] && ! comm -23 "$out/committed" "$out/packed" |
		grep .
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
	(cd "$dir/build" && elsewhere ../configure "$once" && elsewhere make dist) &&
		cmp "$tarball" "$dir/build/${tarball##*/}"
}
