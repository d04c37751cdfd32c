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
static void test_the_next_ca_signed_by_the_ca_is_accepted(void **state)
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

static void test_other_next_cas_are_refused(void **state)
{
	static const struct {
		struct recipe recipe;
		const char *says;
	} rows[] = {
	    /* What the CA signs for anybody. */
	    {.recipe = TYPE(SAME),
		.says = "a pkiMessage, not the next CA certificates"},
	    {.recipe = TYPE(TWICE),
		.says = "messageType occurs more than once"},
	    {.recipe = TYPE(NO_VALUE), .says = "messageType has 0 values"},
	    {.recipe = TYPE(TWO_VALUES), .says = "messageType has 2 values"},
	    {.recipe = TYPE(OF_TYPE), .says = "messageType is of ASN.1 type 4"},
	    {.recipe = BY(BY_RA, NO_ENVELOPE),
		.says = "not marked as an RA, though among those"},
	    {.recipe = BY(BY_FORGED, NO_ENVELOPE),
		.says = "its signature does not verify"},
	    {.recipe = BY(BY_STRANGER, NO_ENVELOPE),
		.says = "not among those of -C"},
	    {.recipe = BY(BY_NOBODY, NO_ENVELOPE),
		.says = "signed by 0 signers"},
	    {.recipe = BY(BY_TWO, NO_ENVELOPE), .says = "signed by 2 signers"},
	    {.recipe = BY(BY_CA, EMPTY),
		.says = "there is no next CA certificate in it"},
	    {.recipe = BY(BY_CA, GARBAGE), .says = "not "},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].says)) {
		STACK_OF(X509) *certs = NULL;
		X509 *signer = NULL;
		const char *text;
		enum status st;

		capture_start(STDERR_FILENO);
		st = decode_next(&certs, &signer, &rows[i].recipe);
		text = capture_stop();
		if (st != ST_REPLY || strstr(text, rows[i].says) == NULL)
			fixture_fail("%d, %s", (int)st, text);
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		assert_null(certs);
		assert_null(signer);
		assert_int_equal(ERR_peek_error(), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_next_ca_signed_by_the_ca_is_accepted),
	    cmocka_unit_test(test_other_next_cas_are_refused),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
