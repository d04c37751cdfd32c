# soak.sh: replies that are altered at random; see tests/soak/README.md.
# shellcheck shell=bash

packages_soak() {
	packages_testca
	echo clang libclang-rt-dev
}

# Each day has other runs, the same all day; SOAK_SEED repeats those of another.
stage_soak() {
	local seed=${SOAK_SEED:-$(date -u +%Y%m%d)000}
	needs openssl python3-cryptography python3-asn1crypto || return 0
	built gcc && use_sanitized || return 0
	check "planted faults are found" scripts/soak --self-test
	check "300 altered replies, with seed $seed" \
		scripts/soak --keep "$out/soak" 300 "$seed"
}
