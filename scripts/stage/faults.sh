# faults.sh: memory and system calls fail in the middle of whole operations.
# shellcheck shell=bash

packages_faults() {
	echo python3-cryptography python3-asn1crypto
}

stage_faults() {
	# shellcheck disable=SC2046
	needs $(packages_faults) && built gcc || return 0
	check "calls that fail" env SSCEP="$top/build-gcc/sscep" \
		tests/faults/run
}
