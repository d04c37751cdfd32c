# testca.sh: the self-test of the CA that the end-to-end tests use.
# shellcheck shell=bash

packages_testca() {
	echo openssl python3-cryptography python3-asn1crypto
}

stage_testca() {
	local status
	needs openssl python3-cryptography python3-asn1crypto || return 0
	printf -- '--- self-test\n'
	bounded 600 tests/testca/selftest >"$out/testca.out" 2>&1
	status=$?
	cat "$out/testca.out"
	awk -v status="$status" '
	# scripts/matrix runs it with versions that can.
	/^SKIPPED / {
		sub(/^SKIPPED /, "")
		name = reason = $0
		sub(/: .*/, "", name)
		sub(/^[^:]*: /, "", reason)
		print "elsewhere\ttestca: " name "\t" reason
	}
	/^[0-9]+ passed, [0-9]+ failed$/ { passed = $1; failed = $3 }
	END {
		for (i = 0; i < passed; i++)
			print "pass\ttestca: self-test\t"
		for (i = 0; i < failed; i++)
			print "fail\ttestca: self-test\t"
		if (passed + failed == 0 || status != (failed > 0))
			print "fail\ttestca: self-test\texit status " status
	}' "$out/testca.out" >>"$results" || unreadable testca
}
