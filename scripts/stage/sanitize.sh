# sanitize.sh: unit tests and fuzzers with clang and its sanitizers.
# shellcheck shell=bash

packages_sanitize() {
	echo clang libclang-rt-dev
	packages_unit
}

stage_sanitize() {
	needs clang libclang-rt-dev || return 0
	# shellcheck disable=SC2016
	make_check clang 'TESTS=$(unit_tests) $(fuzzers)'
}
