# cmake.sh: the build by CMake.
# shellcheck shell=bash

packages_cmake() {
	echo cmake
	packages_unit
}

# Other stages run all unit tests and fuzzers.  Here runs one unit test, which CMake
# builds as all of them, and the fuzzer of which CMakeLists.txt knows more than its
# name.
stage_cmake() {
	local dir=$top/build-cmake
	needs cmake libcmocka-dev || return 0
	# As CMakeLists.txt has it, but for -O2 -g, with which configure builds.
	check "cmake" cmake -S "$top" -B "$dir" -DCMAKE_C_FLAGS="$warnings" \
		-DCMAKE_C_FLAGS_RELWITHDEBINFO='-O1 -DNDEBUG' \
		-DCMAKE_INSTALL_PREFIX=/usr/local \
		-DCMAKE_EXPORT_COMPILE_COMMANDS=ON \
		-DSSCEP_SYSTEMD_UNIT_DIR=lib/systemd/system \
		-DSSCEP_CRON_DIR=libexec/sscep || return
	check "configure (gcc)" configure_build gcc &&
		check "configure and CMake find the same" same_config \
			"$top/build-gcc" "$dir"
	# Each name of a fuzzer is a word of its own.
	# shellcheck disable=SC2046
	check "cmake --build" cmake --build "$dir" -j "$jobs" --target sscep \
		sscep-docs test_compat $(basename -s .c tests/fuzz/fuzz_*.c) ||
		return
	(cd "$dir" && bounded 600 ctest -j "$jobs" --output-on-failure \
		-R '^(check-docs|fuzz_http|test_compat)$') >"$out/ctest.out"
	cat "$out/ctest.out"
	grep -q '^100% tests passed' "$out/ctest.out" ||
		blame ctest <"$out/ctest.out"
	awk '/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
		seen++
		passed = / Passed +[0-9.]+ sec/
		printf "%s\tctest: %s\t\n", passed ? "pass" : "fail", $4
	}
	END { if (!seen) print "fail\tctest: no tests ran\t" }
	' "$out/ctest.out" >>"$results" || unreadable ctest
	rm -rf "$out/cmake-root"
	check "cmake --install" env DESTDIR="$out/cmake-root" \
		cmake --install "$dir" || return
	check "installed files" has_files "$out/cmake-root/usr/local"
	check "installed program is named" \
		runs_installed "$out/cmake-root/usr/local"
	check "installed version" \
		says_version "$out/cmake-root/usr/local/bin/sscep"
	check "installed hardening" tests/check-hardening \
		"$out/cmake-root/usr/local/bin/sscep" "$dir/compile_commands.json"
}
