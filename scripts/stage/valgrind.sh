# valgrind.sh: each operation once in valgrind, which sees inside libcrypto, too.
# shellcheck shell=bash

packages_valgrind() {
	packages_testca
	echo valgrind
}

# The address sanitizer sees nothing of what libcrypto itself does with memory that
# was freed, such as with an object of which the program holds no reference.
stage_valgrind() {
	local said=$out/valgrind.tap
	# shellcheck disable=SC2046
	needs $(packages_valgrind) && built gcc || return 0
	check "valgrind finds memory that is used after it was freed" \
		finds_planted || return
	# One RSA key is made: in valgrind that takes ten seconds.
	SMOKE_KEY=ec:P-256 bounded 600 tests/smoke valgrind -q --error-exitcode=99 \
		--leak-check=full --errors-for-leak-kinds=definite,possible \
		--child-silent-after-fork=yes "$top/build-gcc/sscep" >"$said" 2>&1
	cat "$said"
	blame_tap "$said"
	tap valgrind "$said"
}

# finds_planted: a certificate that is used after libcrypto has freed it.
finds_planted() {
	gcc -g -o "$out/planted" -x c - -lcrypto <<-'END' || return
		#include <openssl/x509.h>
		int main(void)
		{
			X509 *cert = X509_new();
			X509_free(cert);
			return X509_up_ref(cert) == 2;
		}
	END
	bounded 60 valgrind -q --error-exitcode=99 "$out/planted"
	[ $? -eq 99 ]
}
