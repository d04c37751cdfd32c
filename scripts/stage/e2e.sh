# e2e.sh: end-to-end tests.
# shellcheck shell=bash

packages_e2e() {
	packages_testca
	echo clang libclang-rt-dev bats parallel iproute2 mandoc python3-yaml \
		nginx-light tinyproxy squid strace faketime systemd fish zsh
}

stage_e2e() {
	bats_usable && built gcc && use_sanitized || return 0
	# For what does not work with the sanitizers, as with libfaketime.
	export GCC_SSCEP=$top/build-gcc/sscep
	parallel_bats e2e tests/e2e
	# What is slow with them, and so not complete: it kills renew many times.
	SSCEP=$GCC_SSCEP parallel_bats gcc tests/e2e/renewkill.bats
}
