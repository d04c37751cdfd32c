# tokens.sh: keys on tokens and in a TPM, algorithms that policy forbids.
# shellcheck shell=bash

packages_tokens() {
	packages_e2e
	packages_tpm
	packages_softhsm
}

packages_tpm() {
	echo swtpm tpm2-tools tpm2-openssl libtss2-tcti-swtpm0
}

packages_softhsm() {
	echo softhsm2 opensc libengine-pkcs11-openssl
}

# Each file of tests/tokens needs other packages.  With sanitizers modules are
# not unloaded, see tests/tokens/keep.c; tests with gcc show that the program
# also ends well if they are.
stage_tokens() {
	local closing='(getca and enroll|renewal on|a wrong PIN|an object|no PIN)'
	export UNPACKED=$out/trixie
	bats_usable && needs strace && built gcc && use_sanitized || return 0
	# Modules of a newer Debian, if this release does not have them.
	logged "$out/unpack.log" tests/tokens/unpack "$UNPACKED" \
		openssl-provider-fips pkcs11-provider ||
		echo "Not all modules for tests of tokens can be had."
	parallel_bats policy tests/tokens/policy.bats
	# shellcheck disable=SC2046
	needs $(packages tpm) && parallel_bats tpm tests/tokens/tpm.bats
	# shellcheck disable=SC2046
	if needs $(packages softhsm); then
		parallel_bats softhsm tests/tokens/softhsm.bats
		SSCEP=$top/build-gcc/sscep parallel_bats softhsm-gcc \
			-f "^(engine|provider): $closing" \
			tests/tokens/softhsm.bats
	fi
	check "all files of tests/tokens ran" \
		[ "$(echo tests/tokens/*.bats)" = "tests/tokens/policy.bats \
tests/tokens/softhsm.bats tests/tokens/tpm.bats" ]
}
