/*
 * Unit test of src/http/http.c: the messages about an answer, and what
 * http_open() refuses.
 */
#include "test_http_server.h"

static void test_open(void **state)
{
	static const struct bad {
		const char *url, *proxy, *word;
	} bad[] = {
	    {"http://h/", "h:", "65535"},
	    {"http://h/", "", "empty"},
	    {"https://h/", "h/p", "has no path"},
	    {"http://h/", "u:s3cret@h:x", "65535"},
	    {"http://h/", "s3cret@h:80", "user:password"},
	};
	struct url url = {0};
	struct http *http;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct http_options options = plain;

		options.proxy = bad[i].proxy;
		assert_int_equal(url_parse(&url, bad[i].url), ST_OK);
		assert_int_equal(http_open(&http, &url, &options), ST_ERROR);
		assert_said(bad[i].word, "");
		url_free(&url);
	}
	http_close(NULL);
}

static void test_check_status(void **state)
{
	static const struct answer {
		int status;
		const char *reason, *location, *body, *said;
	} answers[] = {
	    {200, "OK", NULL, "x", NULL},
	    {204, "No Content", NULL, "", NULL},
	    {299, "", NULL, "", NULL},
	    {404, "Not Found", NULL, "",
		"http://127.0.0.1/p: the server answered 404 Not Found\n"},
	    {500, "Oops", NULL,
		"\r\n \t\r\n\x01\x02\r\n\t no such \xc3\xa4 \r\nx",
		"answered 500 Oops: \"no such \xc3\xa4\"\n"},
	    {500, "Oops", NULL, "one line",
		"answered 500 Oops: \"one line\"\n"},
	    {500, "Oops", NULL, "a\tb\xff\r\n",
		"answered 500 Oops: \"a\\x09b\\xff\"\n"},
	    {500, "Oops", NULL, "\x1b[1m", "answered 500 Oops: \"\\x1b[1m\"\n"},
	    {500, "Oops", NULL, "<!DOCTYPE html>\n<title>Broken</title>\n<p>x",
		"answered 500 Oops: \"Broken\"\n"},
	    {500, "Oops", NULL, "<html></html>", "answered 500 Oops\n"},
	    {500, "Oops", NULL, "a <b", "answered 500 Oops: \"a <b\"\n"},
	    {500, "Oops", NULL, "\x1b\nbroke\x1b[31m\n",
		"answered 500 Oops: \"broke\\x1b[31m\"\n"},
	    {400, "Bad", NULL,
		"MIIKzAYJKoZIhvcNAQcCoIIKvTCCCrkCAQExDTALBglghkgBZQM",
		"answered 400 Bad: "
		"\"MIIKzAYJKoZIhvcNAQcCoIIKvTCCCrkCAQExDTALBglg"
		"hkgBZQM\"\n"},
	    {400, "Bad", NULL, "0\x82\x01\x03 hello", "answered 400 Bad\n"},
	    {400, "Bad", NULL, "\xff\xfe<h1>", "answered 400 Bad\n"},
	    {400, "Bad", NULL, "say \"x\\x1b\"",
		"answered 400 Bad: \"say \\\"x\\\\x1b\\\"\"\n"},
	    {302, "Found", "http://o/\n", "moved",
		"answered 302 Found, see \"http://o/\\x0a\" (not followed)\n"},
	    {304, "Not Modified", NULL, "", "answered 304 Not Modified\n"},
	    {199, "", NULL, "", "answered 199\n"},
	    {0, "", NULL, "", "answered 0\n"},
	};
	struct http *http = open_to("127.0.0.1", 80, &plain);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const struct answer *a = &answers[i];
		struct http_response r = {.status = a->status};

		memcpy(r.reason, a->reason, strlen(a->reason) + 1);
		if (a->location != NULL)
			assert_true(buf_add_string(&r.location, a->location));
		assert_true(buf_add_string(&r.body.bytes, a->body));
		assert_int_equal(http_check_status(http, &r),
		    a->said == NULL ? ST_OK : ST_NETWORK);
		if (a->said == NULL)
			assert_string_equal(caught_text(), "");
		else
			assert_said(a->said, "");
		response_free(&r);
	}
	http_close(http);
}

/* The content type makes a page of text that does not begin like one. */
static void test_page_by_type(void **state)
{
	struct http *http = open_to("127.0.0.1", 80, &plain);
	struct http_response r = {.status = 500, .content_type = "text/html"};

	(void)state;
	assert_true(
	    buf_add_string(&r.body.bytes, "Error: <b>bad</b> &amp; worse"));
	assert_int_equal(http_check_status(http, &r), ST_NETWORK);
	assert_said("answered 500: \"Error: bad & worse\"\n", "");
	response_free(&r);
	http_close(http);
}

/* A long line of the body, or one far down, is cut in the message. */
static void test_long_body(void **state)
{
	struct http *http = open_to("127.0.0.1", 80, &plain);
	struct http_response r = {.status = 500};
	const char *text;

	(void)state;
	assert_true(buf_reserve(&r.body.bytes, MIB));
	memset(r.body.bytes.data, '!', MIB);
	r.body.bytes.len = MIB;
	assert_int_equal(http_check_status(http, &r), ST_NETWORK);
	text = caught_text();
	assert_non_null(strstr(text, "!!!...\""));
	assert_true(strlen(text) < 250);
	memset(r.body.bytes.data, '\n', MIB);
	assert_int_equal(http_check_status(http, &r), ST_NETWORK);
	assert_said("answered 500", "");
	response_free(&r);
	http_close(http);
}

static void test_type(void **state)
{
	struct http_response r = {.content_type = "application/x-pki-message"};

	(void)state;
	assert_true(response_is_type(&r, "application/x-pki-message"));
	assert_false(response_is_type(&r, "application/x-pki"));
	assert_false(response_is_type(&r, "application/x-pki-message2"));
	assert_false(response_is_type(&r, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_open),
	    TEST(test_check_status),
	    TEST(test_page_by_type),
	    TEST(test_long_body),
	    TEST(test_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
