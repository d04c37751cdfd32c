# wild.sh: what users do with sscep.
# shellcheck shell=bash

packages_wild() {
	packages_testca
	echo clang libclang-rt-dev bats parallel
}

stage_wild() {
	bats_usable && use_sanitized || return 0
	parallel_bats wild tests/wild
}
