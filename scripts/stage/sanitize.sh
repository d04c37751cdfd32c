# sanitize.sh: unit tests with clang and its sanitizers.
# shellcheck shell=bash

packages_sanitize() {
	echo clang libclang-rt-dev
	packages_unit
}

stage_sanitize() {
	needs clang libclang-rt-dev || return 0
	make_check clang
}
