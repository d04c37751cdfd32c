# bench.sh: instructions in relation to those of bench/floor.
# shellcheck shell=bash

packages_bench() {
	echo openssl valgrind
}

# The ratios depend on libcrypto, and on the instructions that it finds.
stage_bench() {
	local series
	check "growth is found" tests/check-ratios --self-test
	series=$(sed -n 's/^libcrypto \([^ ]* [0-9]*\.[0-9]*\)\..*/\1/p' \
		bench/ratios)
	if [ "$pinned" != yes ]; then
		result elsewhere bench "bench/ratios is for Debian 12"
		return
	elif [ "$(uname -m)" != x86_64 ] || ! grep -qw avx2 /proc/cpuinfo; then
		result elsewhere bench "bench/ratios is for x86-64 with AVX2"
		return
	fi
	needs valgrind openssl && built gcc || return 0
	if ! "$top/build-gcc/sscep" --version |
		grep -q "^libcrypto: $series\."; then
		result elsewhere bench "bench/ratios is for $series"
		return
	fi
	check "build of bench" build gcc bench-programs || return
	check "ratios to the floor" tests/check-ratios "$top/build-gcc"
}
