/* Unit test of scep/nextca.c: who may sign the next CA certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "fixtures.h"
#include "pki/cert.h"
#include "replies.h"
#include "scep/nextca.h"

static enum status decode_next(
    STACK_OF(X509) **certs, X509 **signer, const struct recipe *r)
{
	const struct nextca_trust trust = {
	    .current = &w.bundle, .option = "-C"};
	struct buf message = {0};
	enum status st;

	build_reply(&message, r);
	st = nextca_decode(certs, signer, &trust, message.data, message.len);
	buf_free(&message);
	return st;
}

/* Signed by the CA, and no CertRep. */
static void test_good(void **state)
{
	static const struct recipe recipe = {.edit = WITHOUT,
	    .oid = OID_TYPE,
	    .signer = BY_CA,
	    .content = NO_ENVELOPE,
	    .two_certs = true};
	STACK_OF(X509) *certs = NULL;
	X509 *signer = NULL;

	(void)state;
	assert_int_equal(decode_next(&certs, &signer, &recipe), ST_OK);
	assert_true(has_issued(certs, true));
	assert_int_equal(X509_cmp(signer, w.ca), 0);
	cert_stack_free(certs);
	X509_free(signer);
}

#define BY(who, what) \
	{ \
		.signer = who, .content = what, .edit = WITHOUT, \
		.oid = OID_TYPE \
	}
#define TYPE(how) \
	{ \
		.signer = BY_CA, .content = NO_ENVELOPE, .edit = how, \
		.oid = OID_TYPE, .type = V_ASN1_OCTET_STRING \
	}

static void test_bad(void **state)
{
	static const struct {
		struct recipe recipe;
		const char *says;
	} rows[] = {
	    /* What the CA signs for anybody. */
	    {TYPE(SAME), "a pkiMessage, not the next CA certificates"},
	    {TYPE(TWICE), "messageType occurs more than once"},
	    {TYPE(NO_VALUE), "messageType has 0 values"},
	    {TYPE(TWO_VALUES), "messageType has 2 values"},
	    {TYPE(OF_TYPE), "messageType is of ASN.1 type 4"},
	    {BY(BY_RA, NO_ENVELOPE), "not marked as an RA, though among those"},
	    {BY(BY_FORGED, NO_ENVELOPE), "its signature does not verify"},
	    {BY(BY_STRANGER, NO_ENVELOPE), "not among those of -C"},
	    {BY(BY_NOBODY, NO_ENVELOPE), "signed by 0 signers"},
	    {BY(BY_TWO, NO_ENVELOPE), "signed by 2 signers"},
	    {BY(BY_CA, EMPTY), "there is no next CA certificate in it"},
	    {BY(BY_CA, GARBAGE), "not "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		STACK_OF(X509) *certs = NULL;
		X509 *signer = NULL;
		const char *text;
		enum status st;

		capture_start(STDERR_FILENO);
		st = decode_next(&certs, &signer, &rows[i].recipe);
		text = capture_stop();
		if (st != ST_REPLY || strstr(text, rows[i].says) == NULL)
			fixture_fail("row %zu: %d, %s", i, (int)st, text);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		assert_null(certs);
		assert_null(signer);
		assert_int_equal(ERR_peek_error(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
