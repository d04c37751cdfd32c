/*
 * The answer to GetNextCACert (RFC 8894, 4.7.1).  Input: a byte; 0: the answer as
 * it is; else signed attributes, with their length before them, which the CA
 * signs, and a content; 2: instead of that, certificates which are not signed.
 */

#include "fuzz.h"
#include "pki/cert.h"
#include "scep/nextca.h"
#include "world.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	world_make();
	return 0;
}

/* signed_content: the CA vouches for the certificates, whoever has issued them. */
static void try_answer(const void *bytes, size_t len, bool signed_content)
{
	const struct nextca_trust trust = {
	    .current = &world.bundle, .option = "-C"};
	STACK_OF(X509) *certs = NULL;
	X509 *signer = NULL;
	int i;

	if (nextca_decode(&certs, &signer, &trust, bytes, len) != ST_OK) {
		FUZZ_CHECK(*fuzz_last_failure() != '\0');
		FUZZ_CHECK(certs == NULL && signer == NULL);
		return;
	}
	FUZZ_CHECK(sk_X509_num(certs) > 0);
	FUZZ_CHECK(sk_X509_num(certs) <= CERT_COUNT_MAX);
	FUZZ_CHECK(X509_verify(signer, world.ca_key) == 1);
	FUZZ_CHECK(cert_is_ca(signer));
	for (i = 0; !signed_content && i < sk_X509_num(certs); i++)
		FUZZ_CHECK(
		    X509_verify(sk_X509_value(certs, i), world.ca_key) == 1);
	cert_stack_free(certs);
	X509_free(signer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size}, part;
	struct buf attributes = {0}, rest = {0}, none = {0}, answer = {0};
	uint8_t kind = fuzz_take_byte(&in) % 3;

	fuzz_forget();
	if (kind == 0) {
		try_answer(in.next, in.left, true);
		return 0;
	}
	part = fuzz_take_part(&in);
	FUZZ_CHECK(
	    part.left == 0 || buf_add(&attributes, part.next, part.left));
	FUZZ_CHECK(in.left == 0 || buf_add(&rest, in.next, in.left));
	if (kind == 1)
		world_add_signed(
		    &answer, NID_pkcs7_signed, &attributes, &rest, NULL);
	else
		world_add_signed(
		    &answer, NID_pkcs7_signed, &attributes, &none, &rest);
	try_answer(answer.data, answer.len, kind == 1);
	buf_free(&attributes);
	buf_free(&rest);
	buf_free(&answer);
	return 0;
}
