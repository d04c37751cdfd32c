# faults.sh: memory and system calls fail in the middle of whole operations.
# shellcheck shell=bash

packages_faults() {
	echo python3-cryptography python3-asn1crypto
}

# Each day lets other calls fail, the same all day; FAULTS_SEED repeats those of
# another.
stage_faults() {
	local seed=${FAULTS_SEED:-$(date -u +%Y%m%d)}
	# shellcheck disable=SC2046
	needs $(packages_faults) && built gcc || return 0
	check "calls that fail, with seed $seed" \
		env SSCEP="$top/build-gcc/sscep" tests/faults/run --seed "$seed"
}
