/* Unit test of src/http/url.c: what a URL and a proxy may look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "http/url.h"

#define P URL_DEFAULT_PATH

static const struct good {
	const char *text;
	bool tls, ipv6;
	const char *host;
	unsigned int port;
	const char *path, *query, *authority;
} good[] = {
    {"http://h", .host = "h", .port = 80, .path = P, .query = "",
	.authority = "h"},
    {"http://h/", .host = "h", .port = 80, .path = "/", .query = "",
	.authority = "h"},
    {"http://h:8080/p", .host = "h", .port = 8080, .path = "/p", .query = "",
	.authority = "h:8080"},
    {"http://h:80/p", .host = "h", .port = 80, .path = "/p", .query = "",
	.authority = "h"},
    {"http://h:443/p", .host = "h", .port = 443, .path = "/p", .query = "",
	.authority = "h:443"},
    {"http://h:8080", .host = "h", .port = 8080, .path = P, .query = "",
	.authority = "h:8080"},
    {"http://h:1/", .host = "h", .port = 1, .path = "/", .query = "",
	.authority = "h:1"},
    {"http://h:65535/", .host = "h", .port = 65535, .path = "/", .query = "",
	.authority = "h:65535"},
    {"http://h:00080/", .host = "h", .port = 80, .path = "/", .query = "",
	.authority = "h"},
    {"http://[::1]/p", .ipv6 = true, .host = "::1", .port = 80, .path = "/p",
	.query = "", .authority = "[::1]"},
    {"http://[::1]:8080/p", .ipv6 = true, .host = "::1", .port = 8080,
	.path = "/p", .query = "", .authority = "[::1]:8080"},
    {"http://[2001:DB8::a]", .ipv6 = true, .host = "2001:DB8::a", .port = 80,
	.path = P, .query = "", .authority = "[2001:DB8::a]"},
    {"http://[::ffff:10.0.0.1]/", .ipv6 = true, .host = "::ffff:10.0.0.1",
	.port = 80, .path = "/", .query = "", .authority = "[::ffff:10.0.0.1]"},
    {"http://h/a:b/c", .host = "h", .port = 80, .path = "/a:b/c", .query = "",
	.authority = "h"},
    {"http://h/a@b:9/", .host = "h", .port = 80, .path = "/a@b:9/", .query = "",
	.authority = "h"},
    {"http://h/a//b/", .host = "h", .port = 80, .path = "/a//b/", .query = "",
	.authority = "h"},
    {"http://h/p?", .host = "h", .port = 80, .path = "/p", .query = "",
	.authority = "h"},
    {"http://h?", .host = "h", .port = 80, .path = P, .query = "",
	.authority = "h"},
    {"http://h?x=1", .host = "h", .port = 80, .path = P, .query = "x=1",
	.authority = "h"},
    {"http://h/p?x=1", .host = "h", .port = 80, .path = "/p", .query = "x=1",
	.authority = "h"},
    {"http://h/p?x=http://o:1/?y", .host = "h", .port = 80, .path = "/p",
	.query = "x=http://o:1/?y", .authority = "h"},
    {"http://h/p#f", .host = "h", .port = 80, .path = "/p", .query = "",
	.authority = "h"},
    {"http://h#f", .host = "h", .port = 80, .path = P, .query = "",
	.authority = "h"},
    {"http://h/p?x#f?y", .host = "h", .port = 80, .path = "/p", .query = "x",
	.authority = "h"},
    {"http://h/p#f?y", .host = "h", .port = 80, .path = "/p", .query = "",
	.authority = "h"},
    {"http://h/%20a%2f", .host = "h", .port = 80, .path = "/%20a%2f",
	.query = "", .authority = "h"},
    {"HTTP://h/", .host = "h", .port = 80, .path = "/", .query = "",
	.authority = "h"},
    {"hTtPs://h/", .tls = true, .host = "h", .port = 443, .path = "/",
	.query = "", .authority = "h"},
    {"https://h:443/", .tls = true, .host = "h", .port = 443, .path = "/",
	.query = "", .authority = "h"},
    {"https://h:80/", .tls = true, .host = "h", .port = 80, .path = "/",
	.query = "", .authority = "h:80"},
    {"http://ca.example.org/certsrv/mscep/mscep.dll", .host = "ca.example.org",
	.port = 80, .path = "/certsrv/mscep/mscep.dll", .query = "",
	.authority = "ca.example.org"},
    {"http://10.0.0.1:8080/x", .host = "10.0.0.1", .port = 8080, .path = "/x",
	.query = "", .authority = "10.0.0.1:8080"},
    {"http://a_b-c.d/", .host = "a_b-c.d", .port = 80, .path = "/", .query = "",
	.authority = "a_b-c.d"},
    {"http://h/\xc3\xa4", .host = "h", .port = 80, .path = "/\xc3\xa4",
	.query = "", .authority = "h"},
};

/* Each with a text that the message must contain. */
static const struct bad {
	const char *text, *word;
} bad[] = {
    {.text = "", .word = "empty"},
    {.text = "http://h:0/", .word = "65535"},
    {.text = "http://h:65536/", .word = "65535"},
    {.text = "http://h:4294967376/", .word = "65535"},
    {.text = "http://h:99999999999999999999/", .word = "65535"},
    {.text = "http://h:/", .word = "65535"},
    {.text = "http://h:-1/", .word = "65535"},
    {.text = "http://h:+80/", .word = "65535"},
    {.text = "http://h:8o/", .word = "65535"},
    {.text = "http://h:http/", .word = "65535"},
    {.text = "http://[::1]:/", .word = "65535"},
    {.text = "http://", .word = "host"},
    {.text = "http:///p", .word = "host"},
    {.text = "http://:80/p", .word = "host"},
    {.text = "http://?x", .word = "host"},
    {.text = "http:/h/", .word = "expected http://"},
    {.text = "http:h", .word = "expected http://"},
    {.text = "h", .word = "http:// is missing"},
    {.text = "h:8080/p", .word = "http:// is missing"},
    {.text = "//h/p", .word = "http:// is missing"},
    {.text = "ftp://h/", .word = "unknown scheme"},
    {.text = "httpx://h/", .word = "unknown scheme"},
    {.text = "htt://h/", .word = "unknown scheme"},
    {.text = "://h/", .word = "unknown scheme"},
    {.text = " http://h/", .word = "blanks"},
    {.text = "http://h/ ", .word = "blanks"},
    {.text = "http://h/a b", .word = "blanks"},
    {.text = "http://h /", .word = "blanks"},
    {.text = "http://h/a\tb", .word = "control"},
    {.text = "http://h/\r\nX: y", .word = "control"},
    {.text = "http://h/\x7f", .word = "control"},
    {.text = "http://h/\x01", .word = "control"},
    {.text = "http://[::1/", .word = "IPv6"},
    {.text = "http://[]/", .word = "IPv6"},
    {.text = "http://[h]/", .word = "IPv6"},
    {.text = "http://[1]/", .word = "IPv6"},
    {.text = "http://[::1]8080/", .word = "after ]"},
    {.text = "http://::1/", .word = "[ ]"},
    {.text = "http://fe80::1:80/", .word = "[ ]"},
    {.text = "http://h:80:90/", .word = "[ ]"},
    {.text = "http://h\\p", .word = "host name"},
    {.text = "http://h%41/", .word = "host name"},
    {.text = "http://h\xc3\xa4/", .word = "host name"},
    {.text = "http://user@h/", .word = "user name"},
    {.text = "http://user:s3cret@h/", .word = "user name"},
    {.text = "http://user:s3cret@[::1]:80/", .word = "user name"},
    {.text = "user:s3cret@h/", .word = "http://"},
    {.text = "http://user:s3cret/@h/", .word = "65535"},
};

static const struct proxy {
	const char *text, *host;
	unsigned int port;
	const char *user;
} proxies[] = {
    {.text = "h:8080", .host = "h", .port = 8080},
    {.text = "h:80", .host = "h", .port = 80},
    {.text = "127.0.0.1:3128", .host = "127.0.0.1", .port = 3128},
    {.text = "[::1]:3128", .host = "::1", .port = 3128},
    {.text = "http://h:3128", .host = "h", .port = 3128},
    {.text = "HTTP://h:3128/", .host = "h", .port = 3128},
    {.text = "http://[::1]:3128/", .host = "::1", .port = 3128},
    {.text = "user:s3cret@h:80",
	.host = "h",
	.port = 80,
	.user = "user:s3cret"},
    {.text = "http://user:s3cret@h:80/",
	.host = "h",
	.port = 80,
	.user = "user:s3cret"},
    {.text = "http://us%65r:p%40%3a%25%2F%c3%A4@[::1]:80",
	.host = "::1",
	.port = 80,
	.user = "user:p@:%/\xc3\xa4"},
    {.text = "user:s3cret/@x:@h:80",
	.host = "h",
	.port = 80,
	.user = "user:s3cret/@x:"},
    {.text = "user:@h:80", .host = "h", .port = 80, .user = "user:"},
    {.text = "h", .host = "h", .port = 80},
    {.text = "h/", .host = "h", .port = 80},
    {.text = "http://h", .host = "h", .port = 80},
    {.text = "http://h/", .host = "h", .port = 80},
    {.text = "127.0.0.1", .host = "127.0.0.1", .port = 80},
    {.text = "[::1]", .host = "::1", .port = 80},
    {.text = "user:s3cret@h", .host = "h", .port = 80, .user = "user:s3cret"},
    {.text = "http://user:s3cret@[::1]/",
	.host = "::1",
	.port = 80,
	.user = "user:s3cret"},
};

static const struct bad bad_proxies[] = {
    {.text = "", .word = "empty"},
    {.text = ":8080", .word = "host"},
    {.text = "h:0", .word = "65535"},
    {.text = "h:65536", .word = "65535"},
    {.text = "h:80 ", .word = "blanks"},
    {.text = "h:80/p", .word = "path"},
    {.text = "h:80?x", .word = "path"},
    {.text = "https://h:80", .word = "only plain http"},
    {.text = "socks5://h:80", .word = "only plain http"},
    {.text = "s3cret@h:80", .word = "expected user:password"},
    {.text = ":s3cret@h:80", .word = "expected user:password"},
    {.text = "@h:80", .word = "expected user:password"},
    {.text = "user:s3cret%@h:80", .word = "%25"},
    {.text = "user:s3cret%4@h:80", .word = "%25"},
    {.text = "user:s3cret%4x@h:80", .word = "%25"},
    {.text = "user:s3cret%00@h:80", .word = "NUL"},
    {.text = "user:s3cret@h:", .word = "65535"},
    {.text = "::1", .word = "in [ ]"},
    {.text = "https://h", .word = "only plain http"},
    {.text = "user:s3cret@", .word = "host name is missing"},
    {.text = "https://user:s3cret@h:80", .word = "only plain http"},
};

enum kind { OF_SERVER, OF_PROXY };

/* Parses the text; said is what that prints. */
static enum status parse(
    struct url *url, enum kind kind, const char *text, const char **said)
{
	enum status st;

	capture_start(STDERR_FILENO);
	if (kind == OF_PROXY)
		st = url_parse_proxy(url, text, "proxy");
	else
		st = url_parse(url, text);
	*said = capture_stop();
	return st;
}

static void assert_one_line(const char *text, const char *word)
{
	assert_non_null(strchr(text, '\n'));
	assert_string_equal(strchr(text, '\n'), "\n");
	if (strstr(text, word) == NULL)
		fixture_fail("no \"%s\" in: %s", word, text);
	assert_null(strstr(text, "s3cret"));
}

static void test_parts_of_a_url(void **state)
{
	const char *said;
	size_t i;

	(void)state;
	for (EACH_ROW(i, good, good[i].text)) {
		const struct good *g = &good[i];
		struct buf authority = {0};
		struct url url = {0};

		assert_int_equal(parse(&url, OF_SERVER, g->text, &said), ST_OK);
		assert_int_equal(url.tls, g->tls);
		assert_int_equal(url.ipv6, g->ipv6);
		assert_string_equal(url.host, g->host);
		assert_int_equal(url.port, g->port);
		assert_string_equal(url.path, g->path);
		assert_string_equal(url.query, g->query);
		assert_true(url_add_authority(&authority, &url));
		assert_string_equal(buf_string(&authority), g->authority);
		assert_string_equal(said, "");
		buf_free(&authority);
		url_free(&url);
	}
}

static void expect_refused(const char *text, enum kind kind, const char *word)
{
	struct url url = {0};
	const char *said;

	assert_int_equal(parse(&url, kind, text, &said), ST_ERROR);
	assert_null(url.host);
	assert_one_line(said, word);
}

static void test_refused_urls(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad, bad[i].text))
		expect_refused(bad[i].text, OF_SERVER, bad[i].word);
}

static void test_long_urls_are_refused(void **state)
{
	char text[URL_TEXT_MAX + 2];
	struct url url = {0};

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "http://h/", 9);
	text[URL_TEXT_MAX] = '\0';
	assert_int_equal(url_parse(&url, text), ST_OK);
	assert_int_equal(strlen(url.path), URL_TEXT_MAX - 8);
	url_free(&url);
	text[URL_TEXT_MAX] = 'a';
	text[URL_TEXT_MAX + 1] = '\0';
	expect_refused(text, OF_SERVER, "too long");
}

static void test_proxies_are_read_or_refused(void **state)
{
	const char *said;
	size_t i;

	(void)state;
	for (EACH_ROW(i, proxies, proxies[i].text)) {
		const struct proxy *p = &proxies[i];
		struct url url = {0};

		assert_int_equal(parse(&url, OF_PROXY, p->text, &said), ST_OK);
		assert_false(url.tls);
		assert_string_equal(url.host, p->host);
		assert_int_equal(url.port, p->port);
		if (p->user != NULL)
			assert_string_equal(url.user, p->user);
		else
			assert_null(url.user);
		url_free(&url);
	}
	for (EACH_ROW(i, bad_proxies, bad_proxies[i].text))
		expect_refused(
		    bad_proxies[i].text, OF_PROXY, bad_proxies[i].word);
}

static void test_what_a_query_cannot_have_is_escaped(void **state)
{
	static const char kept[] = "ABCXYZabcxyz0189-._~";
	struct buf out = {0};
	unsigned char c;
	char want[4];

	(void)state;
	assert_true(url_add_escaped(&out, "", 0));
	assert_string_equal(buf_string(&out), "");
	assert_true(url_add_escaped(&out, kept, strlen(kept)));
	assert_string_equal(buf_string(&out), kept);
	buf_free(&out);
	assert_true(url_add_escaped(&out, "a+/= b", 6));
	assert_string_equal(buf_string(&out), "a%2B%2F%3D%20b");
	for (c = 0; c < 0x20; c++) {
		buf_free(&out);
		assert_true(url_add_escaped(&out, &c, 1));
		snprintf(want, sizeof(want), "%%%02X", c);
		assert_string_equal(buf_string(&out), want);
	}
	buf_free(&out);
	assert_true(url_add_escaped(&out, "\x7f\x80\xff&#%?:@", 9));
	assert_string_equal(buf_string(&out), "%7F%80%FF%26%23%25%3F%3A%40");
	buf_free(&out);
}

static void test_what_was_escaped_is_not_escaped_again(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_true(url_add_literal(&out, "a=b&c=%20+/?:@"));
	assert_string_equal(buf_string(&out), "a=b&c=%20+/?:@");
	buf_free(&out);
	assert_true(url_add_literal(&out, "a b\r\n\t\x7f\xc3\xa4#"));
	assert_string_equal(buf_string(&out), "a%20b%0D%0A%09%7F%C3%A4%23");
	buf_free(&out);
}

static void test_the_text_of_a_url_has_no_query(void **state)
{
	struct buf out = {0};
	struct url url = {0};

	(void)state;
	assert_int_equal(url_parse(&url, "HTTP://[::1]:8080/p?x=1#f"), ST_OK);
	assert_true(url_add_text(&out, &url));
	assert_string_equal(buf_string(&out), "http://[::1]:8080/p");
	buf_free(&out);
	url_free(&url);
	assert_int_equal(url_parse(&url, "https://h"), ST_OK);
	assert_true(url_add_text(&out, &url));
	assert_string_equal(buf_string(&out), "https://h" P);
	buf_free(&out);
	url_free(&url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parts_of_a_url),
	    cmocka_unit_test(test_refused_urls),
	    cmocka_unit_test(test_long_urls_are_refused),
	    cmocka_unit_test(test_proxies_are_read_or_refused),
	    cmocka_unit_test(test_what_a_query_cannot_have_is_escaped),
	    cmocka_unit_test(test_what_was_escaped_is_not_escaped_again),
	    cmocka_unit_test(test_the_text_of_a_url_has_no_query),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
