# unit.sh: unit tests with gcc.
# shellcheck shell=bash

packages_unit() {
	echo libcmocka-dev strace
}

# The scripts of "make check" run in the stages rules and dist, and the fuzzers
# in the stage sanitize; gcc builds those in the stage cmake.
stage_unit() {
	# shellcheck disable=SC2016
	make_check gcc 'TESTS=$(unit_tests)' 'check_PROGRAMS=$(unit_tests)' \
		check_LIBRARIES=tests/unit/libfixtures.a
}
