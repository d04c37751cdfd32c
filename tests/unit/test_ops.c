/* Unit test of src/ops: the list of operations, and the advice in answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "ops/advice.h"
#include "ops/answer.h"
#include "ops/inputs.h"
#include "ops/ops.h"
#include "ops/poll.h"
#include "refusal.h"
#include "util/log.h"

#define SIGNED_DATA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"

static void test_the_list_of_operations_is_sound(void **state)
{
	unsigned int bits = 0;
	size_t i;

	(void)state;
	for (i = 0; i < OPS_COUNT; i++) {
		assert_int_equal(bits & (unsigned int)ops_all[i]->op, 0);
		bits |= (unsigned int)ops_all[i]->op;
		assert_true(strlen(ops_all[i]->help) > 0);
		assert_true(ops_all[i]->run != NULL);
	}
	assert_int_equal(bits, OPS_ALL);
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
	const struct options options = {.operation = &op_enroll};
	struct report report = {0};
	struct session session = {.options = &options, .report = &report};
	struct inputs in = {.session = &session, .options = &options};
	enum status st;

	assert_true(buf_add_string(&in.transaction_id, "4711"));
	log_capture_begin(capture);
	st = answer_report_failure(&in, &reply, first);
	log_capture_end(capture);
	assert_int_equal(st, reply.fail_info->status);
	assert_string_equal(
	    report.fields[REPORT_FAIL_INFO], reply.fail_info->name);
	report_free(&report);
	buf_free(&in.transaction_id);
}

static void test_failures_come_with_advice(void **state)
{
	struct log_capture capture;
	char text[] = "Why?", many[800] = "";
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
	assert_non_null(
	    strstr(capture.text, "badRequest, \"Why?\"; the request "));
	memset(many, 'x', sizeof(many) - 1);
	report_failure(&capture, 2, many, MESSAGE_PKCSREQ);
	assert_non_null(strstr(capture.text, "xxx...\"; the request "));
	assert_true(strlen(capture.text) < 450);
}

/* A server that does not know RenewalReq. */
static void test_a_server_without_renewal_req_is_explained(void **state)
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
		for (EACH_ROW(j, others, NULL)) {
			report_failure(&capture, i, NULL, others[j]);
			assert_null(strstr(capture.text, "--renewal"));
		}
	}
}

/* Advice for each failInfo, by what was sent: words that must be there, or not. */
static void test_advice_goes_by_what_was_sent(void **state)
{
	static const struct sent
	    enrol = {.first = MESSAGE_PKCSREQ},
	    enrol_pass = {.first = MESSAGE_PKCSREQ, .password = true},
	    renew = {.first = MESSAGE_RENEWALREQ, .renewal = true},
	    renew_pass = {.first = MESSAGE_RENEWALREQ,
		.renewal = true,
		.password = true},
	    renew_19 = {.first = MESSAGE_PKCSREQ, .renewal = true},
	    poll = {.first = MESSAGE_CERTPOLL, .password = true},
	    cert = {.first = MESSAGE_GETCERT}, crl = {.first = MESSAGE_GETCRL},
	    old = {.first = MESSAGE_PKCSREQ, .old_algs = true},
	    enrol_made = {.first = MESSAGE_PKCSREQ, .made = true},
	    renew_made = {.first = MESSAGE_RENEWALREQ,
		.renewal = true,
		.made = true},
	    poll_made = {.first = MESSAGE_CERTPOLL, .made = true},
	    old_crl = {.first = MESSAGE_GETCRL, .old_algs = true};
	static const struct sent again = {.first = MESSAGE_RENEWALREQ,
				     .renewal = true,
				     .renew = true},
				 again_pass = {.first = MESSAGE_RENEWALREQ,
				     .renewal = true,
				     .password = true,
				     .renew = true},
				 again_expired = {.first = MESSAGE_PKCSREQ,
				     .renewal = true,
				     .renew = true,
				     .expired = true},
				 again_poll = {
				     .first = MESSAGE_CERTPOLL, .renew = true};
	static const struct {
		const char *name;
		const struct sent *sent;
		int fail_info;
		const char *has, *lacks;
	} rows[] = {
	    {.name = "again, badAlg",
		.sent = &again,
		.fail_info = 0,
		.has = "-E 3des -S sha1",
		.lacks = "password"},
	    {.name = "again, badMessageCheck",
		.sent = &again,
		.fail_info = 1,
		.has = "--renew-with both",
		.lacks = "-O"},
	    {.name = "again, badRequest",
		.sent = &again,
		.fail_info = 2,
		.has = "--renew-with both",
		.lacks = "-O"},
	    {.name = "again, badCertId",
		.sent = &again,
		.fail_info = 4,
		.has = "--renew-with challenge",
		.lacks = "-O"},
	    {.name = "again pass, badMessageCheck",
		.sent = &again_pass,
		.fail_info = 1,
		.has = "--renew-with challenge",
		.lacks = "again"},
	    {.name = "again pass, badRequest",
		.sent = &again_pass,
		.fail_info = 2,
		.has = "wrong, used or expired",
		.lacks = "again"},
	    {.name = "again expired, unknown",
		.sent = &again_expired,
		.fail_info = -1,
		.has = "administrator has to allow",
		.lacks = "again"},
	    {.name = "again expired, badMessageCheck",
		.sent = &again_expired,
		.fail_info = 1,
		.has = "administrator has to allow",
		.lacks = "again"},
	    {.name = "again expired, badRequest",
		.sent = &again_expired,
		.fail_info = 2,
		.has = "for --challenge",
		.lacks = "again"},
	    {.name = "again expired, badCertId",
		.sent = &again_expired,
		.fail_info = 4,
		.has = "has expired",
		.lacks = "again"},
	    {.name = "again poll, badRequest",
		.sent = &again_poll,
		.fail_info = 2,
		.has = "next run",
		.lacks = "-R"},
	    {.name = "enrol, badAlg",
		.sent = &enrol,
		.fail_info = 0,
		.has = "-E 3des -S sha1",
		.lacks = "password"},
	    {.name = "crl, badAlg",
		.sent = &crl,
		.fail_info = 0,
		.has = "-E 3des -S sha1",
		.lacks = "password"},
	    {.name = "old, badAlg",
		.sent = &old,
		.fail_info = 0,
		.has = "-E aes128 -S sha256",
		.lacks = "-E 3des"},
	    {.name = "old crl, badAlg",
		.sent = &old_crl,
		.fail_info = 0,
		.has = "-E aes128 -S sha256",
		.lacks = "-E 3des"},
	    {.name = "old, badTime",
		.sent = &old,
		.fail_info = 3,
		.has = "clock",
		.lacks = "-E"},
	    {.name = "enrol, badMessageCheck",
		.sent = &enrol,
		.fail_info = 1,
		.has = "wants a challenge password, which the request lacks",
		.lacks = "wrong challenge"},
	    {.name = "enrol pass, badMessageCheck",
		.sent = &enrol_pass,
		.fail_info = 1,
		.has = "wrong challenge password",
		.lacks = "lacks"},
	    {.name = "enrol, badMessageCheck",
		.sent = &enrol,
		.fail_info = 1,
		.has = "(-c, -e)",
		.lacks = "-O"},
	    {.name = "renew, badMessageCheck",
		.sent = &renew,
		.fail_info = 1,
		.has = "wants the challenge password again",
		.lacks = "wrong ch"},
	    {.name = "renew, badMessageCheck",
		.sent = &renew,
		.fail_info = 1,
		.has = "(-K, -O)",
		.lacks = "mkrequest"},
	    {.name = "renew pass, badMessageCheck",
		.sent = &renew_pass,
		.fail_info = 1,
		.has = "wrong challenge password",
		.lacks = "again"},
	    {.name = "poll, badMessageCheck",
		.sent = &poll,
		.fail_info = 1,
		.has = "(-c, -e)",
		.lacks = "password"},
	    {.name = "cert, badMessageCheck",
		.sent = &cert,
		.fail_info = 1,
		.has = "(-k, -l)",
		.lacks = "password"},
	    {.name = "crl, badMessageCheck",
		.sent = &crl,
		.fail_info = 1,
		.has = "(-k, -l)",
		.lacks = "-K"},
	    {.name = "enrol, badRequest",
		.sent = &enrol,
		.fail_info = 2,
		.has = "has no challenge password",
		.lacks = "wrong"},
	    {.name = "enrol, badRequest",
		.sent = &enrol,
		.fail_info = 2,
		.has = "mkrequest",
		.lacks = "expired"},
	    {.name = "enrol pass, badRequest",
		.sent = &enrol_pass,
		.fail_info = 2,
		.has = "wrong, used or expired",
		.lacks = "has no"},
	    {.name = "renew, badRequest",
		.sent = &renew,
		.fail_info = 2,
		.has = "want the challenge password again",
		.lacks = "wrong"},
	    {.name = "renew 19, badRequest",
		.sent = &renew_19,
		.fail_info = 2,
		.has = "want the challenge password again",
		.lacks = "wrong"},
	    {.name = "renew pass, badRequest",
		.sent = &renew_pass,
		.fail_info = 2,
		.has = "wrong, used or expired",
		.lacks = "again"},
	    {.name = "poll, badRequest",
		.sent = &poll,
		.fail_info = 2,
		.has = "without -R",
		.lacks = "password"},
	    {.name = "cert, badRequest",
		.sent = &cert,
		.fail_info = 2,
		.has = "GetCert",
		.lacks = "password"},
	    {.name = "cert, badRequest",
		.sent = &cert,
		.fail_info = 2,
		.has = "(-k, -l)",
		.lacks = "template"},
	    {.name = "crl, badRequest",
		.sent = &crl,
		.fail_info = 2,
		.has = "GetCRL",
		.lacks = "password"},
	    {.name = "crl, badRequest",
		.sent = &crl,
		.fail_info = 2,
		.has = "crlDistributionPoints",
		.lacks = "template"},
	    {.name = "crl, badRequest",
		.sent = &crl,
		.fail_info = 2,
		.has = "(-k, -l)",
		.lacks = "key size"},
	    {.name = "enrol, badTime",
		.sent = &enrol,
		.fail_info = 3,
		.has = "clock",
		.lacks = "password"},
	    {.name = "cert, badTime",
		.sent = &cert,
		.fail_info = 3,
		.has = "clock",
		.lacks = "password"},
	    {.name = "enrol, badCertId",
		.sent = &enrol,
		.fail_info = 4,
		.has = "-c",
		.lacks = "-R"},
	    {.name = "renew, badCertId",
		.sent = &renew,
		.fail_info = 4,
		.has = "-O",
		.lacks = "-R"},
	    {.name = "poll, badCertId",
		.sent = &poll,
		.fail_info = 4,
		.has = "transaction",
		.lacks = "serial"},
	    {.name = "poll, badCertId",
		.sent = &poll,
		.fail_info = 4,
		.has = "without -R",
		.lacks = "password"},
	    {.name = "cert, badCertId",
		.sent = &cert,
		.fail_info = 4,
		.has = "issuer and serial",
		.lacks = "transaction"},
	    {.name = "crl, badCertId",
		.sent = &crl,
		.fail_info = 4,
		.has = "issuer and serial",
		.lacks = "transaction"},
	    {.name = "enrol made, badMessageCheck",
		.sent = &enrol_made,
		.fail_info = 1,
		.has = "--challenge",
		.lacks = "mkrequest"},
	    {.name = "enrol made, badRequest",
		.sent = &enrol_made,
		.fail_info = 2,
		.has = "--challenge",
		.lacks = "mkrequest"},
	    {.name = "enrol made, badCertId",
		.sent = &enrol_made,
		.fail_info = 4,
		.has = "(-c)",
		.lacks = "--subject"},
	    {.name = "renew made, badMessageCheck",
		.sent = &renew_made,
		.fail_info = 1,
		.has = "(--challenge)",
		.lacks = "lacks"},
	    {.name = "renew made, badRequest",
		.sent = &renew_made,
		.fail_info = 2,
		.has = "(--challenge)",
		.lacks = "lacks"},
	    {.name = "renew made, badCertId",
		.sent = &renew_made,
		.fail_info = 4,
		.has = "-O",
		.lacks = "-R"},
	    {.name = "poll made, badMessageCheck",
		.sent = &poll_made,
		.fail_info = 1,
		.has = "(-c, -e)",
		.lacks = "password"},
	    {.name = "poll made, badRequest",
		.sent = &poll_made,
		.fail_info = 2,
		.has = "without -R",
		.lacks = "password"},
	    {.name = "poll made, badCertId",
		.sent = &poll_made,
		.fail_info = 4,
		.has = "--subject and -k",
		.lacks = "-r"},
	    {.name = "enrol, unknown",
		.sent = &enrol,
		.fail_info = -1,
		.has = "log",
		.lacks = "password"},
	    {.name = "crl, unknown",
		.sent = &crl,
		.fail_info = -1,
		.has = "log",
		.lacks = "password"},
	};
	const char *text;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].name)) {
		text = advice_on_failure(
		    scep_fail_info(rows[i].fail_info)->status, rows[i].sent);
		if (strstr(text, rows[i].has) == NULL ||
		    strstr(text, rows[i].lacks) != NULL)
			fixture_fail("%s", text);
		assert_true(strlen(text) < 200);
	}
}

/* What a server that does not know RenewalReq refuses it with. */
static void test_a_refused_renewal_req_is_explained(void **state)
{
	const struct sent renewal = {.first = MESSAGE_RENEWALREQ,
			      .renewal = true},
			  other = {.first = MESSAGE_PKCSREQ, .renewal = true};

	(void)state;
	assert_non_null(strstr(
	    advice_on_renewal(ST_BAD_REQUEST, &renewal), "--renewal 19"));
	assert_non_null(strstr(
	    advice_on_renewal(ST_BAD_MESSAGE_CHECK, &renewal), "--renewal 19"));
	assert_string_equal(advice_on_renewal(ST_BAD_ALG, &renewal), "");
	assert_string_equal(advice_on_renewal(ST_BAD_REQUEST, &other), "");
}

/* -R is an option of enroll only. */
static void test_advice_on_no_content_goes_by_the_operation(void **state)
{
	(void)state;
	assert_non_null(strstr(
	    advice_on_no_content(MESSAGE_PKCSREQ, false), "later with -R"));
	assert_non_null(strstr(
	    advice_on_no_content(MESSAGE_CERTPOLL, false), "later with -R"));
	assert_non_null(
	    strstr(advice_on_no_content(MESSAGE_PKCSREQ, true), "next run"));
	assert_null(strstr(advice_on_no_content(MESSAGE_GETCERT, false), "-R"));
	assert_null(strstr(advice_on_no_content(MESSAGE_GETCRL, false), "-R"));
}

/* Advice on HTTP errors, by the operation, -i and POST. */
static void test_http_errors_come_with_advice(void **state)
{
	static const struct {
		const char *name;
		struct refusal refusal;
		const char *has, *lacks;
	} rows[] = {
	    {.name = "400, without -i",
		.refusal = {.status = 400},
		.has = "with -i",
		.lacks = "-E"},
	    {.name = "400 to POST, without -i",
		.refusal = {.status = 400, .post = true},
		.has = "with -i",
		.lacks = "-E"},
	    {.name = "400 to POST, without -i, again",
		.refusal = {.status = 400, .post = true},
		.has = "with -i",
		.lacks = "-E"},
	    {.name = "404, without -i",
		.refusal = {.status = 404},
		.has = "with -i",
		.lacks = "-E"},
	    {.name = "404, by its path",
		.refusal = {.status = 404},
		.has = "path of the URL",
		.lacks = "-E"},
	    {.name = "400, with -i",
		.refusal = {.status = 400, .ca_identifier = true},
		.has = "path of the URL",
		.lacks = "-i"},
	    {.name = "404, with -i",
		.refusal = {.status = 404, .ca_identifier = true},
		.has = "CA identifier",
		.lacks = "-i"},
	    {.name = "400 to a message",
		.refusal = {.status = 400, .pki_message = true, .post = true},
		.has = "-E 3des -S sha1",
		.lacks = "-i"},
	    {.name = "500 to a message",
		.refusal = {.status = 500, .pki_message = true, .post = true},
		.has = "-E 3des -S sha1",
		.lacks = "-i"},
	    {.name = "400 to a message in 3DES",
		.refusal = {.status = 400,
		    .pki_message = true,
		    .post = true,
		    .old_algs = true},
		.has = "-E aes128 -S sha256",
		.lacks = "-E 3des"},
	    {.name = "500 to a message in 3DES",
		.refusal = {.status = 500,
		    .pki_message = true,
		    .post = true,
		    .old_algs = true},
		.has = "-E aes128 -S sha256",
		.lacks = "-E 3des"},
	    {.name = "500",
		.refusal = {.status = 500},
		.has = "log",
		.lacks = "-E"},
	    {.name = "404 to a message",
		.refusal = {.status = 404, .pki_message = true, .post = true},
		.has = "path of the URL",
		.lacks = "-i"},
	    {.name = "401",
		.refusal = {.status = 401},
		.has = "no login",
		.lacks = "-i"},
	    {.name = "403",
		.refusal = {.status = 403, .pki_message = true, .post = true},
		.has = "operator",
		.lacks = "-i"},
	    {.name = "405 to POST",
		.refusal = {.status = 405, .pki_message = true, .post = true},
		.has = "no POST",
		.lacks = "-i"},
	    {.name = "405 to GET of a message",
		.refusal = {.status = 405, .pki_message = true},
		.has = "with POSTPKI",
		.lacks = "no POST"},
	    {.name = "414 to GET of a message",
		.refusal = {.status = 414, .pki_message = true},
		.has = "with POSTPKI",
		.lacks = "no POST"},
	    {.name = "405",
		.refusal = {.status = 405},
		.has = "path of the URL",
		.lacks = "POST"},
	    {.name = "414",
		.refusal = {.status = 414},
		.has = "path of the URL",
		.lacks = "POST"},
	    {.name = "413",
		.refusal = {.status = 413, .pki_message = true, .post = true},
		.has = "larger",
		.lacks = "-i"},
	    {.name = "429",
		.refusal = {.status = 429},
		.has = "later",
		.lacks = "-i"},
	    {.name = "502",
		.refusal = {.status = 502},
		.has = "later",
		.lacks = "-i"},
	    {.name = "503",
		.refusal = {.status = 503, .pki_message = true, .post = true},
		.has = "later",
		.lacks = "-E"},
	    {.name = "504",
		.refusal = {.status = 504, .pki_message = true, .post = true},
		.has = "later",
		.lacks = "-E"},
	    {.name = "501",
		.refusal = {.status = 501, .post = true},
		.has = "operation",
		.lacks = "-i"},
	};
	struct refusal each = {.status = 400};
	const char *text;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].name)) {
		text = refusal_advise(&rows[i].refusal);
		if (strstr(text, rows[i].has) == NULL ||
		    strstr(text, rows[i].lacks) != NULL)
			fixture_fail("%s", text);
	}
	for (; each.status < 600; each.status++) {
		each.pki_message = true;
		assert_null(strstr(refusal_advise(&each), "-i"));
		each.pki_message = false;
		assert_null(strstr(refusal_advise(&each), "-E"));
		assert_true(strlen(refusal_advise(&each)) < 120);
	}
}

/* Only a SignedData may be the answer after all, not what looks like one. */
static void test_a_message_with_an_error_is_found(void **state)
{
	static const struct {
		const char *name;
		int status;
		const char *type, *body;
		size_t len;
		bool error;
	} rows[] = {
	    {.name = "text, of DER's first octet",
		.status = 400,
		.type = "text/plain",
		.body = "0 is no message",
		.len = 15,
		.error = true},
	    {.name = "an error in the place of a message",
		.status = 400,
		.type = "application/x-pki-message",
		.body = "error",
		.len = 5,
		.error = true},
	    {.name = "nothing in the place of a message",
		.status = 400,
		.type = "application/x-pki-message",
		.body = "",
		.len = 0,
		.error = true},
	    {.name = "HTML",
		.status = 404,
		.type = "text/html",
		.body = "<p>no",
		.len = 5,
		.error = true},
	    {.name = "a first octet",
		.status = 500,
		.type = "",
		.body = "0",
		.len = 1,
		.error = true},
	    {.name = "a header",
		.status = 500,
		.type = "",
		.body = "0\x82\x01",
		.len = 3,
		.error = true},
	    {.name = "another DER",
		.status = 500,
		.type = "",
		.body = "0\x82\x01\x03\x02\x01\x00 some other DER",
		.len = 22,
		.error = true},
	    {.name = "a SignedData",
		.status = 500,
		.type = "",
		.body = "0\x82\x01\x03" SIGNED_DATA,
		.len = 15},
	    {.name = "a SignedData, cut",
		.status = 500,
		.type = "",
		.body = "0\x82\x01\x03" SIGNED_DATA,
		.len = 14,
		.error = true},
	    {.name = "a SignedData of indefinite length",
		.status = 500,
		.type = "text/plain",
		.body = "0\x80" SIGNED_DATA,
		.len = 13},
	    {.name = "a SignedData of a short length",
		.status = 500,
		.type = "text/plain",
		.body = "0\x0b" SIGNED_DATA,
		.len = 13},
	    {.name = "a reserved length",
		.status = 500,
		.type = "text/plain",
		.body = "0\xff" SIGNED_DATA,
		.len = 13,
		.error = true},
	    {.name = "200",
		.status = 200,
		.type = "text/plain",
		.body = "error",
		.len = 5},
	};
	struct http_response response;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].name)) {
		memset(&response, 0, sizeof(response));
		response.outcome = HTTP_ANSWERED;
		response.status = rows[i].status;
		memcpy(response.content_type, rows[i].type,
		    strlen(rows[i].type) + 1);
		assert_true(
		    buf_add(&response.body.bytes, rows[i].body, rows[i].len));
		if ((refusal_find_error(&response) != 0) != rows[i].error)
			fixture_fail("an error: not %d", rows[i].error);
		response.outcome = HTTP_BAD_RESPONSE;
		assert_int_equal(refusal_find_error(&response), 0);
		response_free(&response);
	}
}

/* What is wrong with a response of status 200: the content type, or the body. */
static void test_wrong_bodies_are_refused(void **state)
{
	static const char *const types[] = {"application/x-pki-message", NULL};
	static const struct {
		const char *name;
		const char *type, *body, *has, *lacks;
	} rows[] = {
	    {.name = "base64 with the type of a message",
		.type = "application/x-pki-message",
		.body = "MIIB",
		.has = "expected application/x-pki-message in DER, the body is "
		       "neither DER nor PEM: \"MIIB\"",
		.lacks = "the server sent"},
	    {.name = "base64",
		.type = "",
		.body = "MIIB",
		.has = "the body is neither DER nor PEM: \"MIIB\"",
		.lacks = "sent"},
	    {.name = "text",
		.type = "text/plain",
		.body = "No.",
		.has = "expected application/x-pki-message, the server sent "
		       "text/plain: \"No.\"",
		.lacks = "portal"},
	    {.name = "a line of text",
		.type = "text/plain",
		.body = "No.\n",
		.has = "text/plain: \"No.\"",
		.lacks = "\\x0a"},
	    {.name = "UTF-16",
		.type = "text/plain",
		.body = "\xff\xfe<p>",
		.has = "text/plain",
		.lacks = "\""},
	    {.name = "a page to log in",
		.type = "text/html",
		.body = "<!DOCTYPE html><title>Login</title>x",
		.has = "the server sent text/html: \"Login\"; check the URL",
		.lacks = "<"},
	    {.name = "HTML",
		.type = "text/html",
		.body = "Bad <b>day",
		.has = "text/html: \"Bad day\"; check",
		.lacks = "<"},
	    {.name = "HTML without text",
		.type = "text/html",
		.body = "<p></p>",
		.has = "sent text/html; check the URL",
		.lacks = "\""},
	    {.name = "HTML without its type",
		.type = "",
		.body = "<p></p>",
		.has = "the body is a page of HTML; check",
		.lacks = "\""},
	    {.name = "HTML with the type of a message",
		.type = "application/x-pki-message",
		.body = "<p>Login",
		.has = "the body is a page of HTML: \"Login\"; check",
		.lacks = "sent"},
	    {.name = "nothing with the type of a message",
		.type = "application/x-pki-message",
		.body = "",
		.has = "with an empty body",
		.lacks = "DER"},
	    {.name = "nothing",
		.type = "",
		.body = "",
		.has = "answered 200 with an empty body",
		.lacks = "  "},
	};
	struct log_capture capture;
	struct http_response response;
	enum status st;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].name)) {
		memset(&response, 0, sizeof(response));
		response.status = 200;
		memcpy(response.content_type, rows[i].type,
		    strlen(rows[i].type) + 1);
		assert_true(buf_add_string(&response.body.bytes, rows[i].body));
		log_capture_begin(&capture);
		st = refusal_check_body(&response, types);
		log_capture_end(&capture);
		assert_int_equal(st, ST_REPLY);
		if (strstr(capture.text, rows[i].has) == NULL ||
		    strstr(capture.text, rows[i].lacks) != NULL)
			fixture_fail("%s", capture.text);
		response_free(&response);
	}
}

/* poll.c */

static volatile sig_atomic_t seen;

static void see(int number)
{
	seen = number;
}

static void assert_action(int number, void (*handler)(int), int flags)
{
	struct sigaction now;

	assert_int_equal(sigaction(number, NULL, &now), 0);
	assert_true(now.sa_handler == handler);
	assert_int_equal(now.sa_flags & (int)(SA_RESTART | SA_NODEFER), flags);
}

/* However often it waits, what is restored is what was there at first. */
static void test_signals_are_restored_after_waiting(void **state)
{
	const struct options options = {
	    .operation = &op_enroll, .poll_count = 9, .poll_time = 100};
	struct sigaction action = {
	    .sa_handler = see, .sa_flags = SA_RESTART | SA_NODEFER};
	struct sigaction old[POLL_SIGNALS], now;
	struct poll poll;
	int i, ignored;

	(void)state;
	sigaction(SIGINT, NULL, &old[0]);
	sigaction(SIGTERM, NULL, &old[1]);
	for (ignored = 0; ignored < POLL_SIGNALS; ignored++) {
		const int kept = ignored == 0 ? SIGTERM : SIGINT;
		const int lost = ignored == 0 ? SIGINT : SIGTERM;

		seen = 0;
		sigaction(kept, &action, NULL);
		signal(lost, SIG_IGN);
		poll_start(&poll, &options, "4711");
		/* A run that never polls leaves all as it is. */
		poll_end(&poll);
		assert_action(kept, see, SA_RESTART | SA_NODEFER);
		for (i = 0; i < 3; i++) {
			assert_int_equal(poll_wait(&poll), ST_OK);
			sigaction(lost, NULL, &now);
			assert_true(now.sa_handler == SIG_IGN);
			raise(lost);
			assert_int_equal(poll_interrupted(), 0);
			sigaction(kept, NULL, &now);
			assert_true(now.sa_handler != see);
		}
		poll_end(&poll);
		assert_action(kept, see, SA_RESTART | SA_NODEFER);
		sigaction(lost, NULL, &now);
		assert_true(now.sa_handler == SIG_IGN);
		raise(kept);
		assert_int_equal(seen, kept);
		/* Who sets another one after that keeps it. */
		signal(kept, SIG_IGN);
		poll_end(&poll);
		sigaction(kept, NULL, &now);
		assert_true(now.sa_handler == SIG_IGN);
	}
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
}

static const struct options no_id = {.operation = &op_getcrl};

/* The transactionID of a query is random (RFC 8894, 3.2.1.1). */
static void test_the_transaction_id_of_a_query_is_random(void **state)
{
	struct inputs first = {.options = &no_id};
	bool changed[32] = {false};
	size_t i, digit;

	(void)state;
	assert_int_equal(inputs_set_transaction_id(&first), ST_OK);
	assert_int_equal(first.transaction_id.len, NITEMS(changed));
	for (i = 0; i < 40; i++) {
		struct inputs in = {.options = &no_id};

		assert_int_equal(inputs_set_transaction_id(&in), ST_OK);
		assert_int_equal(in.transaction_id.len, NITEMS(changed));
		for (digit = 0; digit < NITEMS(changed); digit++)
			changed[digit] |= in.transaction_id.data[digit] !=
			    first.transaction_id.data[digit];
		buf_free(&in.transaction_id);
	}
	for (digit = 0; digit < NITEMS(changed); digit++)
		assert_true(changed[digit]);
	buf_free(&first.transaction_id);
}

/* Without random bytes there is none, and an error. */
static void test_without_random_bytes_there_is_no_id(void **state)
{
	struct inputs in = {.options = &no_id};
	enum status st;
	const char *text;

	(void)state;
	if (!no_random_start()) {
		no_random_stop();
		skip();
	}
	capture_start(STDERR_FILENO);
	st = inputs_set_transaction_id(&in);
	text = capture_stop();
	no_random_stop();
	assert_int_equal(st, ST_ERROR);
	assert_non_null(strstr(text, "no random bytes for the transactionID"));
	assert_int_equal(in.transaction_id.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_list_of_operations_is_sound),
	    cmocka_unit_test(test_the_transaction_id_of_a_query_is_random),
	    cmocka_unit_test(test_without_random_bytes_there_is_no_id),
	    cmocka_unit_test(test_failures_come_with_advice),
	    cmocka_unit_test(test_a_server_without_renewal_req_is_explained),
	    cmocka_unit_test(test_advice_goes_by_what_was_sent),
	    cmocka_unit_test(test_a_refused_renewal_req_is_explained),
	    cmocka_unit_test(test_advice_on_no_content_goes_by_the_operation),
	    cmocka_unit_test(test_http_errors_come_with_advice),
	    cmocka_unit_test(test_a_message_with_an_error_is_found),
	    cmocka_unit_test(test_wrong_bodies_are_refused),
	    cmocka_unit_test(test_signals_are_restored_after_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
