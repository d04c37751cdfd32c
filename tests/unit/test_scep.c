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
	    {.number = 0, .name = "badAlg", .st = ST_BAD_ALG},
	    {.number = 1,
		.name = "badMessageCheck",
		.st = ST_BAD_MESSAGE_CHECK},
	    {.number = 2, .name = "badRequest", .st = ST_BAD_REQUEST},
	    {.number = 3, .name = "badTime", .st = ST_BAD_TIME},
	    {.number = 4, .name = "badCertId", .st = ST_BAD_CERT_ID},
	    {.number = 5, .name = "unknown", .st = ST_FAILURE},
	    {.number = -1, .name = "unknown", .st = ST_FAILURE},
	};
	static const struct {
		enum message_type type;
		const char *name;
	} types[] = {
	    {.type = MESSAGE_CERTREP, .name = "CertRep"},
	    {.type = MESSAGE_RENEWALREQ, .name = "RenewalReq"},
	    {.type = MESSAGE_PKCSREQ, .name = "PKCSReq"},
	    {.type = MESSAGE_CERTPOLL, .name = "CertPoll"},
	    {.type = MESSAGE_GETCERT, .name = "GetCert"},
	    {.type = MESSAGE_GETCRL, .name = "GetCRL"},
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
