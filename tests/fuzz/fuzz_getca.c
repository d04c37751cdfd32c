/*
 * The answer to GetCACert (RFC 8894, 4.2.1), and what a pinned CA vouches for in
 * it.  Input: a byte, and the body; or, if the byte is odd, what of a certificate
 * the CA signs: it comes beside that of the CA.
 */

#include <string.h>

#include "fuzz.h"
#include "pki/cert.h"
#include "pki/pinned.h"
#include "scep/certs.h"
#include "world.h"

static struct buf pin;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	world_make();
	FUZZ_CHECK(cert_add_fingerprint(&pin, world.ca, EVP_sha256()));
	return 0;
}

static void check_pinned(STACK_OF(X509) *certs)
{
	char *text = (char *)pin.data;
	struct pins pins = {0};
	X509 *cert;
	int i;

	FUZZ_CHECK(pins_read(&pins, &text, 1) == ST_OK);
	if (pinned_keep(certs, NULL, &pins) == ST_OK) {
		FUZZ_CHECK(cert_is_in(certs, world.ca));
		for (i = 0; i < sk_X509_num(certs); i++) {
			cert = sk_X509_value(certs, i);
			FUZZ_CHECK(X509_verify(cert, world.ca_key) == 1);
			FUZZ_CHECK(cert_is_ca(cert) || cert_is_marked_ra(cert));
		}
	}
	pins_free(&pins);
}

static void try_body(const void *bytes, size_t len)
{
	STACK_OF(X509) *certs = NULL;
	bool bare;

	if (certs_from_body(&certs, &bare, bytes, len) == ST_OK) {
		FUZZ_CHECK(sk_X509_num(certs) > 0);
		FUZZ_CHECK(sk_X509_num(certs) <= CERT_COUNT_MAX);
		FUZZ_CHECK(!bare || sk_X509_num(certs) == 1);
		check_pinned(certs);
		cert_stack_free(certs);
	} else {
		FUZZ_CHECK(*fuzz_last_failure() != '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct buf certs = {0}, none = {0}, body = {0};
	unsigned char *der = NULL;
	int len;

	fuzz_forget();
	if ((fuzz_take_byte(&in) & 1) == 0) {
		try_body(in.next, in.left);
		return 0;
	}
	len = i2d_X509(world.ca, &der);
	FUZZ_CHECK(len > 0 && buf_add(&certs, der, (size_t)len));
	OPENSSL_free(der);
	world_add_issued(&certs, in.next, in.left);
	world_add_set(&body, &certs, &none);
	try_body(body.data, body.len);
	buf_free(&certs);
	buf_free(&body);
	return 0;
}
