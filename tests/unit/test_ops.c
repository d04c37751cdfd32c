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

static void test_list(void **state)
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

static void test_advice(void **state)
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

/* Advice for each failInfo, by what was sent: words that must be there, or not. */
static void test_advice_by_message(void **state)
{
	static const struct sent
	    enrol = {MESSAGE_PKCSREQ, false, false, false, false, false, false},
	    enrol_pass = {MESSAGE_PKCSREQ, false, true, false, false, false,
		false},
	    renew = {MESSAGE_RENEWALREQ, true, false, false, false, false,
		false},
	    renew_pass = {MESSAGE_RENEWALREQ, true, true, false, false, false,
		false},
	    renew_19 = {MESSAGE_PKCSREQ, true, false, false, false, false,
		false},
	    poll = {MESSAGE_CERTPOLL, false, true, false, false, false, false},
	    cert = {MESSAGE_GETCERT, false, false, false, false, false, false},
	    crl = {MESSAGE_GETCRL, false, false, false, false, false, false},
	    old = {MESSAGE_PKCSREQ, false, false, true, false, false, false},
	    enrol_made = {.first = MESSAGE_PKCSREQ, .made = true},
	    renew_made = {.first = MESSAGE_RENEWALREQ,
		.renewal = true,
		.made = true},
	    poll_made = {.first = MESSAGE_CERTPOLL, .made = true},
	    old_crl = {MESSAGE_GETCRL, false, false, true, false, false, false};
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
		const struct sent *sent;
		int fail_info;
		const char *has, *lacks;
	} rows[] = {
	    {&again, 0, "-E 3des -S sha1", "password"},
	    {&again, 1, "--renew-with both", "-O"},
	    {&again, 2, "--renew-with both", "-O"},
	    {&again, 4, "--renew-with challenge", "-O"},
	    {&again_pass, 1, "--renew-with challenge", "again"},
	    {&again_pass, 2, "wrong, used or expired", "again"},
	    {&again_expired, -1, "administrator has to allow", "again"},
	    {&again_expired, 1, "administrator has to allow", "again"},
	    {&again_expired, 2, "for --challenge", "again"},
	    {&again_expired, 4, "has expired", "again"},
	    {&again_poll, 2, "next run", "-R"},
	    {&enrol, 0, "-E 3des -S sha1", "password"},
	    {&crl, 0, "-E 3des -S sha1", "password"},
	    {&old, 0, "-E aes128 -S sha256", "-E 3des"},
	    {&old_crl, 0, "-E aes128 -S sha256", "-E 3des"},
	    {&old, 3, "clock", "-E"},
	    {&enrol, 1, "wants a challenge password, which the request lacks",
		"wrong challenge"},
	    {&enrol_pass, 1, "wrong challenge password", "lacks"},
	    {&enrol, 1, "(-c, -e)", "-O"},
	    {&renew, 1, "wants the challenge password again", "wrong ch"},
	    {&renew, 1, "(-K, -O)", "mkrequest"},
	    {&renew_pass, 1, "wrong challenge password", "again"},
	    {&poll, 1, "(-c, -e)", "password"},
	    {&cert, 1, "(-k, -l)", "password"},
	    {&crl, 1, "(-k, -l)", "-K"},
	    {&enrol, 2, "has no challenge password", "wrong"},
	    {&enrol, 2, "mkrequest", "expired"},
	    {&enrol_pass, 2, "wrong, used or expired", "has no"},
	    {&renew, 2, "want the challenge password again", "wrong"},
	    {&renew_19, 2, "want the challenge password again", "wrong"},
	    {&renew_pass, 2, "wrong, used or expired", "again"},
	    {&poll, 2, "without -R", "password"},
	    {&cert, 2, "GetCert", "password"},
	    {&cert, 2, "(-k, -l)", "template"},
	    {&crl, 2, "GetCRL", "password"},
	    {&crl, 2, "crlDistributionPoints", "template"},
	    {&crl, 2, "(-k, -l)", "key size"},
	    {&enrol, 3, "clock", "password"},
	    {&cert, 3, "clock", "password"},
	    {&enrol, 4, "-c", "-R"},
	    {&renew, 4, "-O", "-R"},
	    {&poll, 4, "transaction", "serial"},
	    {&poll, 4, "without -R", "password"},
	    {&cert, 4, "issuer and serial", "transaction"},
	    {&crl, 4, "issuer and serial", "transaction"},
	    {&enrol_made, 1, "--challenge", "mkrequest"},
	    {&enrol_made, 2, "--challenge", "mkrequest"},
	    {&enrol_made, 4, "(-c)", "--subject"},
	    {&renew_made, 1, "(--challenge)", "lacks"},
	    {&renew_made, 2, "(--challenge)", "lacks"},
	    {&renew_made, 4, "-O", "-R"},
	    {&poll_made, 1, "(-c, -e)", "password"},
	    {&poll_made, 2, "without -R", "password"},
	    {&poll_made, 4, "--subject and -k", "-r"},
	    {&enrol, -1, "log", "password"},
	    {&crl, -1, "log", "password"},
	};
	const char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		text = advice_on_failure(
		    scep_fail_info(rows[i].fail_info)->status, rows[i].sent);
		if (strstr(text, rows[i].has) == NULL ||
		    strstr(text, rows[i].lacks) != NULL)
			fixture_fail("row %zu: %s", i, text);
		assert_true(strlen(text) < 200);
	}
}

/* What a server that does not know RenewalReq refuses it with. */
static void test_advice_on_renewal_req(void **state)
{
	const struct sent renewal = {MESSAGE_RENEWALREQ, true, false, false,
			      false, false, false},
			  other = {MESSAGE_PKCSREQ, true, false, false, false,
			      false, false};

	(void)state;
	assert_non_null(strstr(
	    advice_on_renewal(ST_BAD_REQUEST, &renewal), "--renewal 19"));
	assert_non_null(strstr(
	    advice_on_renewal(ST_BAD_MESSAGE_CHECK, &renewal), "--renewal 19"));
	assert_string_equal(advice_on_renewal(ST_BAD_ALG, &renewal), "");
	assert_string_equal(advice_on_renewal(ST_BAD_REQUEST, &other), "");
}

/* -R is an option of enroll only. */
static void test_advice_on_no_content(void **state)
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
static void test_refusals(void **state)
{
	static const struct {
		struct refusal refusal;
		const char *has, *lacks;
	} rows[] = {
	    {{400, false, false, false, false}, "with -i", "-E"},
	    {{400, false, false, true, false}, "with -i", "-E"},
	    {{400, false, false, true, false}, "with -i", "-E"},
	    {{404, false, false, false, false}, "with -i", "-E"},
	    {{404, false, false, false, false}, "path of the URL", "-E"},
	    {{400, false, true, false, false}, "path of the URL", "-i"},
	    {{404, false, true, false, false}, "CA identifier", "-i"},
	    {{400, true, false, true, false}, "-E 3des -S sha1", "-i"},
	    {{500, true, false, true, false}, "-E 3des -S sha1", "-i"},
	    {{400, true, false, true, true}, "-E aes128 -S sha256", "-E 3des"},
	    {{500, true, false, true, true}, "-E aes128 -S sha256", "-E 3des"},
	    {{500, false, false, false, false}, "log", "-E"},
	    {{404, true, false, true, false}, "path of the URL", "-i"},
	    {{401, false, false, false, false}, "no login", "-i"},
	    {{403, true, false, true, false}, "operator", "-i"},
	    {{405, true, false, true, false}, "no POST", "-i"},
	    {{405, true, false, false, false}, "with POSTPKI", "no POST"},
	    {{414, true, false, false, false}, "with POSTPKI", "no POST"},
	    {{405, false, false, false, false}, "path of the URL", "POST"},
	    {{414, false, false, false, false}, "path of the URL", "POST"},
	    {{413, true, false, true, false}, "larger", "-i"},
	    {{429, false, false, false, false}, "later", "-i"},
	    {{502, false, false, false, false}, "later", "-i"},
	    {{503, true, false, true, false}, "later", "-E"},
	    {{504, true, false, true, false}, "later", "-E"},
	    {{501, false, false, true, false}, "operation", "-i"},
	};
	struct refusal each = {.status = 400};
	const char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		text = refusal_advise(&rows[i].refusal);
		if (strstr(text, rows[i].has) == NULL ||
		    strstr(text, rows[i].lacks) != NULL)
			fixture_fail("row %zu: %s", i, text);
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
static void test_find_error(void **state)
{
	static const struct {
		int status;
		const char *type, *body;
		size_t len;
		bool error;
	} rows[] = {
	    {400, "text/plain", "0 is no message", 15, true},
	    {400, "application/x-pki-message", "error", 5, true},
	    {400, "application/x-pki-message", "", 0, true},
	    {404, "text/html", "<p>no", 5, true},
	    {500, "", "0", 1, true},
	    {500, "", "0\x82\x01", 3, true},
	    {500, "", "0\x82\x01\x03\x02\x01\x00 some other DER", 22, true},
	    {500, "", "0\x82\x01\x03" SIGNED_DATA, 15, false},
	    {500, "", "0\x82\x01\x03" SIGNED_DATA, 14, true},
	    {500, "text/plain", "0\x80" SIGNED_DATA, 13, false},
	    {500, "text/plain", "0\x0b" SIGNED_DATA, 13, false},
	    {500, "text/plain", "0\xff" SIGNED_DATA, 13, true},
	    {200, "text/plain", "error", 5, false},
	};
	struct http_response response;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		memset(&response, 0, sizeof(response));
		response.outcome = HTTP_ANSWERED;
		response.status = rows[i].status;
		memcpy(response.content_type, rows[i].type,
		    strlen(rows[i].type) + 1);
		assert_true(
		    buf_add(&response.body.bytes, rows[i].body, rows[i].len));
		if ((refusal_find_error(&response) != 0) != rows[i].error)
			fixture_fail("row %zu", i);
		response.outcome = HTTP_BAD_RESPONSE;
		assert_int_equal(refusal_find_error(&response), 0);
		response_free(&response);
	}
}

/* What is wrong with a response of status 200: the content type, or the body. */
static void test_refused_bodies(void **state)
{
	static const char *const types[] = {"application/x-pki-message", NULL};
	static const struct {
		const char *type, *body, *has, *lacks;
	} rows[] = {
	    {"application/x-pki-message", "MIIB",
		"expected application/x-pki-message in DER, the body is "
		"neither DER nor PEM: \"MIIB\"",
		"the server sent"},
	    {"", "MIIB", "the body is neither DER nor PEM: \"MIIB\"", "sent"},
	    {"text/plain", "No.",
		"expected application/x-pki-message, the server sent "
		"text/plain: \"No.\"",
		"portal"},
	    {"text/plain", "No.\n", "text/plain: \"No.\"", "\\x0a"},
	    {"text/plain", "\xff\xfe<p>", "text/plain", "\""},
	    {"text/html", "<!DOCTYPE html><title>Login</title>x",
		"the server sent text/html: \"Login\"; check the URL", "<"},
	    {"text/html", "Bad <b>day", "text/html: \"Bad day\"; check", "<"},
	    {"text/html", "<p></p>", "sent text/html; check the URL", "\""},
	    {"", "<p></p>", "the body is a page of HTML; check", "\""},
	    {"application/x-pki-message", "<p>Login",
		"the body is a page of HTML: \"Login\"; check", "sent"},
	    {"application/x-pki-message", "", "with an empty body", "DER"},
	    {"", "", "answered 200 with an empty body", "  "},
	};
	struct log_capture capture;
	struct http_response response;
	enum status st;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
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
			fixture_fail("row %zu: %s", i, capture.text);
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
static void test_poll_signals(void **state)
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
static void test_random_id(void **state)
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
static void test_no_random_id(void **state)
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
	    cmocka_unit_test(test_list),
	    cmocka_unit_test(test_random_id),
	    cmocka_unit_test(test_no_random_id),
	    cmocka_unit_test(test_advice),
	    cmocka_unit_test(test_advice_on_renewal),
	    cmocka_unit_test(test_advice_by_message),
	    cmocka_unit_test(test_advice_on_renewal_req),
	    cmocka_unit_test(test_advice_on_no_content),
	    cmocka_unit_test(test_refusals),
	    cmocka_unit_test(test_find_error),
	    cmocka_unit_test(test_refused_bodies),
	    cmocka_unit_test(test_poll_signals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
