/* Unit test of src/ops: the list of operations, and the advice in answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "ops/answer.h"
#include "ops/ops.h"
#include "util/log.h"

static void test_list(void **state)
{
	unsigned int bits = 0;
	size_t i;

	(void)state;
	for (i = 0; i < OPS_COUNT; i++) {
		assert_int_equal(bits & (unsigned int)ops_all[i]->op, 0);
		bits |= (unsigned int)ops_all[i]->op;
		assert_ptr_equal(ops_find(ops_all[i]->name), ops_all[i]);
		assert_true(strlen(ops_all[i]->help) > 0);
		assert_true(ops_all[i]->run != NULL);
	}
	assert_int_equal(bits, OPS_ALL);
	assert_null(ops_find("get"));
	assert_null(ops_find("getcax"));
}

/* What is reported of a FAILURE. */
static void report_failure(struct log_capture *capture, int fail_info,
    char *text, enum message_type first)
{
	const struct scep_reply reply = {
	    .status = PKI_FAILURE,
	    .fail_info = scep_fail_info(fail_info),
	    .fail_info_text = text,
	};
	struct report report = {0};
	enum status st;

	log_capture_begin(capture);
	st = answer_report_failure(&report, &reply, first, "4711");
	log_capture_end(capture);
	assert_int_equal(st, reply.fail_info->status);
	assert_string_equal(
	    report.fields[REPORT_FAIL_INFO], reply.fail_info->name);
	report_free(&report);
}

static void test_advice(void **state)
{
	struct log_capture capture;
	char text[] = "Why?";
	const char *rest;
	size_t len;
	int i;

	(void)state;
	log_set_quiet(true);
	for (i = -1; i <= 5; i++) {
		report_failure(&capture, i, NULL, MESSAGE_PKCSREQ);
		len = strlen("the server refused: ");
		assert_memory_equal(capture.text, "the server refused: ", len);
		rest = capture.text + len;
		len = strlen(scep_fail_info(i)->name);
		assert_memory_equal(rest, scep_fail_info(i)->name, len);
		assert_memory_equal(rest + len, "; ", 2);
		assert_true(strlen(rest) > len + 2);
		len = strlen(" (transactionID 4711)");
		assert_string_equal(
		    rest + strlen(rest) - len, " (transactionID 4711)");
	}
	report_failure(&capture, 2, text, MESSAGE_PKCSREQ);
	assert_non_null(strstr(capture.text, "badRequest, \"Why?\"; the "));
}

/* A server that does not know RenewalReq. */
static void test_advice_on_renewal(void **state)
{
	static const enum message_type others[] = {
	    MESSAGE_PKCSREQ, MESSAGE_CERTPOLL, MESSAGE_GETCERT, MESSAGE_GETCRL};
	struct log_capture capture;
	bool advised;
	size_t j;
	int i;

	(void)state;
	log_set_quiet(true);
	for (i = -1; i <= 4; i++) {
		report_failure(&capture, i, NULL, MESSAGE_RENEWALREQ);
		advised = strstr(capture.text, "--renewal 19") != NULL;
		assert_int_equal(advised, i == 1 || i == 2);
		for (j = 0; j < NITEMS(others); j++) {
			report_failure(&capture, i, NULL, others[j]);
			assert_null(strstr(capture.text, "--renewal"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_advice),
	    cmocka_unit_test(test_advice_on_renewal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
