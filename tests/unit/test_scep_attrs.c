/* Unit test of scep/attrs.c: the attributes of a message. */
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
#include "replies.h"
#include "scep/attrs.h"
#include "util/log.h"

/* An OID of 1000 octets has no text in libcrypto. */
static void test_a_long_content_type_is_told(void **state)
{
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL);
	CMS_SignerInfo *si = CMS_add1_signer(
	    cms, w.ra, fixture_rsa(KEY_RA), EVP_sha256(), CMS_PARTIAL);
	unsigned char der[1004] = {6, 0x82, 0x03, 0xe8};
	const unsigned char *p = der;
	ASN1_OBJECT *type;
	const char *text;

	(void)state;
	memset(der + 4, 0x81, 999);
	der[1003] = 1;
	type = d2i_ASN1_OBJECT(NULL, &p, sizeof(der));
	assert_non_null(type);
	assert_true(CMS_signed_add1_attr_by_NID(
	    si, NID_pkcs9_contentType, V_ASN1_OBJECT, type, -1));
	capture_start(STDERR_FILENO);
	assert_int_equal(attrs_check_content_type(si,
			     OBJ_nid2obj(NID_pkcs7_data), NID_pkcs7_enveloped),
	    ST_REPLY);
	text = capture_stop();
	if (strstr(text, "contentType is an OID that is too long, expected") ==
	    NULL)
		fixture_fail("%s", text);
	assert_int_equal(ERR_peek_error(), 0);
	ASN1_OBJECT_free(type);
	CMS_ContentInfo_free(cms);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_long_content_type_is_told),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
