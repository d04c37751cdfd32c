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

#include "http/url.h"

#define P URL_DEFAULT_PATH

static const struct good {
	const char *text;
	bool tls, ipv6;
	const char *host;
	unsigned int port;
	const char *path, *query, *authority;
} good[] = {
    {"http://h", false, false, "h", 80, P, "", "h"},
    {"http://h/", false, false, "h", 80, "/", "", "h"},
    {"http://h:8080/p", false, false, "h", 8080, "/p", "", "h:8080"},
    {"http://h:80/p", false, false, "h", 80, "/p", "", "h"},
    {"http://h:443/p", false, false, "h", 443, "/p", "", "h:443"},
    {"http://h:8080", false, false, "h", 8080, P, "", "h:8080"},
    {"http://h:1/", false, false, "h", 1, "/", "", "h:1"},
    {"http://h:65535/", false, false, "h", 65535, "/", "", "h:65535"},
    {"http://h:00080/", false, false, "h", 80, "/", "", "h"},
    {"http://[::1]/p", false, true, "::1", 80, "/p", "", "[::1]"},
    {"http://[::1]:8080/p", false, true, "::1", 8080, "/p", "", "[::1]:8080"},
    {"http://[2001:DB8::a]", false, true, "2001:DB8::a", 80, P, "",
	"[2001:DB8::a]"},
    {"http://[::ffff:10.0.0.1]/", false, true, "::ffff:10.0.0.1", 80, "/", "",
	"[::ffff:10.0.0.1]"},
    {"http://h/a:b/c", false, false, "h", 80, "/a:b/c", "", "h"},
    {"http://h/a@b:9/", false, false, "h", 80, "/a@b:9/", "", "h"},
    {"http://h/a//b/", false, false, "h", 80, "/a//b/", "", "h"},
    {"http://h/p?", false, false, "h", 80, "/p", "", "h"},
    {"http://h?", false, false, "h", 80, P, "", "h"},
    {"http://h?x=1", false, false, "h", 80, P, "x=1", "h"},
    {"http://h/p?x=1", false, false, "h", 80, "/p", "x=1", "h"},
    {"http://h/p?x=http://o:1/?y", false, false, "h", 80, "/p",
	"x=http://o:1/?y", "h"},
    {"http://h/p#f", false, false, "h", 80, "/p", "", "h"},
    {"http://h#f", false, false, "h", 80, P, "", "h"},
    {"http://h/p?x#f?y", false, false, "h", 80, "/p", "x", "h"},
    {"http://h/p#f?y", false, false, "h", 80, "/p", "", "h"},
    {"http://h/%20a%2f", false, false, "h", 80, "/%20a%2f", "", "h"},
    {"HTTP://h/", false, false, "h", 80, "/", "", "h"},
    {"hTtPs://h/", true, false, "h", 443, "/", "", "h"},
    {"https://h:443/", true, false, "h", 443, "/", "", "h"},
    {"https://h:80/", true, false, "h", 80, "/", "", "h:80"},
    {"http://ca.example.org/certsrv/mscep/mscep.dll", false, false,
	"ca.example.org", 80, "/certsrv/mscep/mscep.dll", "", "ca.example.org"},
    {"http://10.0.0.1:8080/x", false, false, "10.0.0.1", 8080, "/x", "",
	"10.0.0.1:8080"},
    {"http://a_b-c.d/", false, false, "a_b-c.d", 80, "/", "", "a_b-c.d"},
    {"http://h/\xc3\xa4", false, false, "h", 80, "/\xc3\xa4", "", "h"},
};

/* Each with a text that the message must contain. */
static const struct bad {
	const char *text, *word;
} bad[] = {
    {"", "empty"},
    {"http://h:0/", "65535"},
    {"http://h:65536/", "65535"},
    {"http://h:4294967376/", "65535"},
    {"http://h:99999999999999999999/", "65535"},
    {"http://h:/", "65535"},
    {"http://h:-1/", "65535"},
    {"http://h:+80/", "65535"},
    {"http://h:8o/", "65535"},
    {"http://h:http/", "65535"},
    {"http://[::1]:/", "65535"},
    {"http://", "host"},
    {"http:///p", "host"},
    {"http://:80/p", "host"},
    {"http://?x", "host"},
    {"http:/h/", "expected http://"},
    {"http:h", "expected http://"},
    {"h", "http:// is missing"},
    {"h:8080/p", "http:// is missing"},
    {"//h/p", "http:// is missing"},
    {"ftp://h/", "unknown scheme"},
    {"httpx://h/", "unknown scheme"},
    {"htt://h/", "unknown scheme"},
    {"://h/", "unknown scheme"},
    {" http://h/", "blanks"},
    {"http://h/ ", "blanks"},
    {"http://h/a b", "blanks"},
    {"http://h /", "blanks"},
    {"http://h/a\tb", "control"},
    {"http://h/\r\nX: y", "control"},
    {"http://h/\x7f", "control"},
    {"http://h/\x01", "control"},
    {"http://[::1/", "IPv6"},
    {"http://[]/", "IPv6"},
    {"http://[h]/", "IPv6"},
    {"http://[1]/", "IPv6"},
    {"http://[::1]8080/", "after ]"},
    {"http://::1/", "[ ]"},
    {"http://fe80::1:80/", "[ ]"},
    {"http://h:80:90/", "[ ]"},
    {"http://h\\p", "host name"},
    {"http://h%41/", "host name"},
    {"http://h\xc3\xa4/", "host name"},
    {"http://user@h/", "user name"},
    {"http://user:s3cret@h/", "user name"},
    {"http://user:s3cret@[::1]:80/", "user name"},
    {"user:s3cret@h/", "http://"},
    {"http://user:s3cret/@h/", "65535"},
};

static const struct proxy {
	const char *text, *host;
	unsigned int port;
	const char *user;
} proxies[] = {
    {"h:8080", "h", 8080, NULL},
    {"h:80", "h", 80, NULL},
    {"127.0.0.1:3128", "127.0.0.1", 3128, NULL},
    {"[::1]:3128", "::1", 3128, NULL},
    {"http://h:3128", "h", 3128, NULL},
    {"HTTP://h:3128/", "h", 3128, NULL},
    {"http://[::1]:3128/", "::1", 3128, NULL},
    {"user:s3cret@h:80", "h", 80, "user:s3cret"},
    {"http://user:s3cret@h:80/", "h", 80, "user:s3cret"},
    {"http://us%65r:p%40%3a%25%2F%c3%A4@[::1]:80", "::1", 80,
	"user:p@:%/\xc3\xa4"},
    {"user:s3cret/@x:@h:80", "h", 80, "user:s3cret/@x:"},
    {"user:@h:80", "h", 80, "user:"},
    {"h", "h", 80, NULL},
    {"h/", "h", 80, NULL},
    {"http://h", "h", 80, NULL},
    {"http://h/", "h", 80, NULL},
    {"127.0.0.1", "127.0.0.1", 80, NULL},
    {"[::1]", "::1", 80, NULL},
    {"user:s3cret@h", "h", 80, "user:s3cret"},
    {"http://user:s3cret@[::1]/", "::1", 80, "user:s3cret"},
};

static const struct bad bad_proxies[] = {
    {"", "empty"},
    {":8080", "host"},
    {"h:0", "65535"},
    {"h:65536", "65535"},
    {"h:80 ", "blanks"},
    {"h:80/p", "path"},
    {"h:80?x", "path"},
    {"https://h:80", "only plain http"},
    {"socks5://h:80", "only plain http"},
    {"s3cret@h:80", "expected user:password"},
    {":s3cret@h:80", "expected user:password"},
    {"@h:80", "expected user:password"},
    {"user:s3cret%@h:80", "%25"},
    {"user:s3cret%4@h:80", "%25"},
    {"user:s3cret%4x@h:80", "%25"},
    {"user:s3cret%00@h:80", "NUL"},
    {"user:s3cret@h:", "65535"},
    {"::1", "in [ ]"},
    {"https://h", "only plain http"},
    {"user:s3cret@", "host name is missing"},
    {"https://user:s3cret@h:80", "only plain http"},
};

static FILE *caught;
static int real_stderr;

/* Redirects stderr to a file, which caught_text() reads. */
static int catch_stderr(void **state)
{
	(void)state;
	fflush(stderr);
	caught = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	if (caught == NULL || real_stderr < 0)
		return -1;
	return dup2(fileno(caught), STDERR_FILENO) < 0 ? -1 : 0;
}

static int release_stderr(void **state)
{
	(void)state;
	fflush(stderr);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	fclose(caught);
	return 0;
}

/* The messages of cmocka go to the real stderr. */
#define FAIL(...) \
	do { \
		dup2(real_stderr, STDERR_FILENO); \
		fail_msg(__VA_ARGS__); \
	} while (0)

/* Returns what was printed to stderr since the last call. */
static const char *caught_text(void)
{
	static char text[8192];
	size_t len;

	fflush(stderr);
	rewind(caught);
	len = fread(text, 1, sizeof(text) - 1, caught);
	text[len] = '\0';
	assert_int_equal(ftruncate(fileno(caught), 0), 0);
	rewind(caught);
	return text;
}

static void assert_one_line(const char *text, const char *word)
{
	assert_non_null(strchr(text, '\n'));
	assert_string_equal(strchr(text, '\n'), "\n");
	if (strstr(text, word) == NULL)
		FAIL("no \"%s\" in: %s", word, text);
	assert_null(strstr(text, "s3cret"));
}

static void test_good(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct good *g = &good[i];
		struct buf authority = {0};
		struct url url = {0};

		if (url_parse(&url, g->text) != ST_OK)
			FAIL("refused: %s", g->text);
		assert_int_equal(url.tls, g->tls);
		assert_int_equal(url.ipv6, g->ipv6);
		assert_string_equal(url.host, g->host);
		assert_int_equal(url.port, g->port);
		assert_string_equal(url.path, g->path);
		assert_string_equal(url.query, g->query);
		assert_true(url_add_authority(&authority, &url));
		assert_string_equal(buf_string(&authority), g->authority);
		assert_string_equal(caught_text(), "");
		buf_free(&authority);
		url_free(&url);
	}
}

static void test_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct url url = {0};

		if (url_parse(&url, bad[i].text) != ST_ERROR)
			FAIL("accepted: %s", bad[i].text);
		assert_null(url.host);
		assert_one_line(caught_text(), bad[i].word);
	}
}

static void test_length(void **state)
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
	assert_int_equal(url_parse(&url, text), ST_ERROR);
	assert_one_line(caught_text(), "too long");
}

static void test_proxies(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++) {
		struct url url = {0};

		if (url_parse_proxy(&url, proxies[i].text, "proxy") != ST_OK)
			FAIL("refused: %s", proxies[i].text);
		assert_false(url.tls);
		assert_string_equal(url.host, proxies[i].host);
		assert_int_equal(url.port, proxies[i].port);
		if (proxies[i].user != NULL)
			assert_string_equal(url.user, proxies[i].user);
		else
			assert_null(url.user);
		url_free(&url);
	}
	for (i = 0; i < sizeof(bad_proxies) / sizeof(bad_proxies[0]); i++) {
		struct url url = {0};

		if (url_parse_proxy(&url, bad_proxies[i].text, "proxy") !=
		    ST_ERROR)
			FAIL("accepted: %s", bad_proxies[i].text);
		assert_null(url.host);
		assert_one_line(caught_text(), bad_proxies[i].word);
	}
}

static void test_escaped(void **state)
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

static void test_literal(void **state)
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

static void test_text(void **state)
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
	    cmocka_unit_test_setup_teardown(
		test_good, catch_stderr, release_stderr),
	    cmocka_unit_test_setup_teardown(
		test_bad, catch_stderr, release_stderr),
	    cmocka_unit_test_setup_teardown(
		test_length, catch_stderr, release_stderr),
	    cmocka_unit_test_setup_teardown(
		test_proxies, catch_stderr, release_stderr),
	    cmocka_unit_test(test_escaped),
	    cmocka_unit_test(test_literal),
	    cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
