# analyse.sh: faults that can be seen without running anything.
# shellcheck shell=bash

packages_analyse() {
	echo python3
	[ "$pinned" = no ] || echo clang-tidy-14 cppcheck
}

# What is found, and what of it is none, depends on the versions, and on the
# headers of libcrypto. The first check makes sure that something is looked for.
stage_analyse() {
	local tool
	if [ "$pinned" != yes ]; then
		result elsewhere analyse "tests/analyse/accepted is for Debian 12"
		return
	fi
	needs clang-tidy-14 cppcheck && built gcc || return 0
	check "planted faults are found" \
		tests/analyse/run --self-test "$top/build-gcc" || return
	for tool in gcc clang-tidy cppcheck; do
		check "$tool" tests/analyse/run "$top/build-gcc" "$tool"
	done
}
