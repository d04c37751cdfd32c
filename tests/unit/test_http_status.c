/*
 * Unit test of src/http/http.c: the messages about an answer, and what
 * http_open() refuses.
 */
#include "test_http_server.h"

static void test_bad_urls_and_proxies_are_refused(void **state)
{
	static const struct bad {
		const char *url, *proxy, *word;
	} bad[] = {
	    {.url = "http://h/", .proxy = "h:", .word = "65535"},
	    {.url = "http://h/", .proxy = "", .word = "empty"},
	    {.url = "https://h/", .proxy = "h/p", .word = "has no path"},
	    {.url = "http://h/", .proxy = "u:s3cret@h:x", .word = "65535"},
	    {.url = "http://h/",
		.proxy = "s3cret@h:80",
		.word = "user:password"},
	};
	struct url url = {0};
	struct http *http;
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad, bad[i].proxy)) {
		struct http_options options = plain;

		options.proxy = bad[i].proxy;
		assert_int_equal(url_parse(&url, bad[i].url), ST_OK);
		assert_int_equal(http_open(&http, &url, &options), ST_ERROR);
		assert_said(bad[i].word, "");
		url_free(&url);
	}
	http_close(NULL);
}

static void test_the_status_and_the_body_are_told(void **state)
{
	static const struct answer {
		const char *name;
		int status;
		const char *reason, *location, *body, *said;
	} answers[] = {
	    {.name = "200", .status = 200, .reason = "OK", .body = "x"},
	    {.name = "204", .status = 204, .reason = "No Content", .body = ""},
	    {.name = "299 without a reason",
		.status = 299,
		.reason = "",
		.body = ""},
	    {.name = "404",
		.status = 404,
		.reason = "Not Found",
		.body = "",
		.said =
		    "http://127.0.0.1/p: the server answered 404 Not Found\n"},
	    {.name = "a first line without text, then one in UTF-8",
		.status = 500,
		.reason = "Oops",
		.body = "\r\n \t\r\n\x01\x02\r\n\t no such \xc3\xa4 \r\nx",
		.said = "answered 500 Oops: \"no such \xc3\xa4\"\n"},
	    {.name = "one line",
		.status = 500,
		.reason = "Oops",
		.body = "one line",
		.said = "answered 500 Oops: \"one line\"\n"},
	    {.name = "characters that are escaped",
		.status = 500,
		.reason = "Oops",
		.body = "a\tb\xff\r\n",
		.said = "answered 500 Oops: \"a\\x09b\\xff\"\n"},
	    {.name = "an escape sequence only",
		.status = 500,
		.reason = "Oops",
		.body = "\x1b[1m",
		.said = "answered 500 Oops: \"\\x1b[1m\"\n"},
	    {.name = "a page with a title",
		.status = 500,
		.reason = "Oops",
		.body = "<!DOCTYPE html>\n<title>Broken</title>\n<p>x",
		.said = "answered 500 Oops: \"Broken\"\n"},
	    {.name = "a page without text",
		.status = 500,
		.reason = "Oops",
		.body = "<html></html>",
		.said = "answered 500 Oops\n"},
	    {.name = "text with a <",
		.status = 500,
		.reason = "Oops",
		.body = "a <b",
		.said = "answered 500 Oops: \"a <b\"\n"},
	    {.name = "an escape sequence, then text",
		.status = 500,
		.reason = "Oops",
		.body = "\x1b\nbroke\x1b[31m\n",
		.said = "answered 500 Oops: \"broke\\x1b[31m\"\n"},
	    {.name = "base64",
		.status = 400,
		.reason = "Bad",
		.body = "MIIKzAYJKoZIhvcNAQcCoIIKvTCCCrkCAQExDTALBglghkgBZQM",
		.said = "answered 400 Bad: "
			"\"MIIKzAYJKoZIhvcNAQcCoIIKvTCCCrkCAQExDTALBglghkgBZQM"
			"\"\n"},
	    {.name = "DER",
		.status = 400,
		.reason = "Bad",
		.body = "0\x82\x01\x03 hello",
		.said = "answered 400 Bad\n"},
	    {.name = "UTF-16",
		.status = 400,
		.reason = "Bad",
		.body = "\xff\xfe<h1>",
		.said = "answered 400 Bad\n"},
	    {.name = "quotation marks",
		.status = 400,
		.reason = "Bad",
		.body = "say \"x\\x1b\"",
		.said = "answered 400 Bad: \"say \\\"x\\\\x1b\\\"\"\n"},
	    {.name = "a redirect",
		.status = 302,
		.reason = "Found",
		.location = "http://o/\n",
		.body = "moved",
		.said = "answered 302 Found, see \"http://o/\\x0a\" (not "
			"followed)\n"},
	    {.name = "304",
		.status = 304,
		.reason = "Not Modified",
		.body = "",
		.said = "answered 304 Not Modified\n"},
	    {.name = "199",
		.status = 199,
		.reason = "",
		.body = "",
		.said = "answered 199\n"},
	    {.name = "0",
		.status = 0,
		.reason = "",
		.body = "",
		.said = "answered 0\n"},
	};
	struct http *http = open_to("127.0.0.1", 80, &plain);
	size_t i;

	(void)state;
	for (EACH_ROW(i, answers, answers[i].name)) {
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
static void test_the_content_type_makes_a_page(void **state)
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
static void test_a_long_body_is_cut_in_the_message(void **state)
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

static void test_the_content_type_is_compared_whole(void **state)
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
	    TEST(test_bad_urls_and_proxies_are_refused),
	    TEST(test_the_status_and_the_body_are_told),
	    TEST(test_the_content_type_makes_a_page),
	    TEST(test_a_long_body_is_cut_in_the_message),
	    TEST(test_the_content_type_is_compared_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
