/* Unit test of scep/scep.c: the names of numbers in messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "scep/scep.h"

static void test_names(void **state)
{
	static const struct {
		int number;
		const char *name;
		enum status st;
	} infos[] = {
	    {0, "badAlg", ST_BAD_ALG},
	    {1, "badMessageCheck", ST_BAD_MESSAGE_CHECK},
	    {2, "badRequest", ST_BAD_REQUEST},
	    {3, "badTime", ST_BAD_TIME},
	    {4, "badCertId", ST_BAD_CERT_ID},
	    {5, "unknown", ST_FAILURE},
	    {-1, "unknown", ST_FAILURE},
	};
	static const struct {
		enum message_type type;
		const char *name;
	} types[] = {
	    {MESSAGE_CERTREP, "CertRep"},
	    {MESSAGE_RENEWALREQ, "RenewalReq"},
	    {MESSAGE_PKCSREQ, "PKCSReq"},
	    {MESSAGE_CERTPOLL, "CertPoll"},
	    {MESSAGE_GETCERT, "GetCert"},
	    {MESSAGE_GETCRL, "GetCRL"},
	};
	const struct fail_info *info;
	size_t i;

	(void)state;
	for (EACH_ROW(i, infos, infos[i].name)) {
		info = scep_fail_info(infos[i].number);
		assert_string_equal(info->name, infos[i].name);
		assert_int_equal(info->status, infos[i].st);
		assert_true(strlen(info->reason) > 0);
	}
	for (EACH_ROW(i, types, types[i].name))
		assert_string_equal(
		    scep_message_name(types[i].type), types[i].name);
	assert_string_equal(scep_pki_status_name(PKI_SUCCESS), "SUCCESS");
	assert_string_equal(scep_pki_status_name(PKI_FAILURE), "FAILURE");
	assert_string_equal(scep_pki_status_name(PKI_PENDING), "PENDING");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
