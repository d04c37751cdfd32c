/* Unit test of src/http/proxy.c: http_proxy, https_proxy and no_proxy. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/proxy.h"

#include <cmocka.h>

static struct url parsed(const char *text)
{
	struct url url;

	assert_int_equal(url_parse(&url, text), ST_OK);
	return url;
}

static void exceptions(void **state)
{
	static const struct {
		const char *url, *list;
		bool excepted;
	} rows[] = {
	    {"http://a.example.com/", "a.example.com", true},
	    {"http://a.example.com/", "A.EXAMPLE.com", true},
	    {"http://a.example.com/", "example.com", true},
	    {"http://a.example.com/", ".example.com", true},
	    {"http://a.example.com/", "com", true},
	    {"http://a.example.com/", "x.org, example.com", true},
	    {"http://a.example.com/", "x.org\texample.com", true},
	    {"http://a.example.com/", "*", true},
	    {"http://a.example.com/", "x.org,*", true},
	    {"http://a.example.com/", "example.com:80", true},
	    {"http://a.example.com:8080/", "example.com:8080", true},
	    {"http://a.example.com:8080/", "example.com:80", false},
	    {"http://a.example.com/", "b.example.com", false},
	    {"http://a.example.com/", "xa.example.com", false},
	    {"http://anexample.com/", "example.com", false},
	    {"http://anexample.com/", ".example.com", false},
	    {"http://example.com/", ".example.com", true},
	    {"http://a.example.com/", "", false},
	    {"http://a.example.com/", ",, ,", false},
	    {"http://a.example.com/", ".", false},
	    {"http://127.0.0.1/", "127.0.0.1", true},
	    {"http://127.0.0.1/", "127.0.0.10", false},
	    {"http://[::1]/", "::1", true},
	    {"http://[::1]/", "::2", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct url url = parsed(rows[i].url);

		if (proxy_is_excepted(&url, rows[i].list) != rows[i].excepted)
			fail_msg("%s with \"%s\"", rows[i].url, rows[i].list);
		url_free(&url);
	}
}

static void clear(void)
{
	static const char *const names[] = {"http_proxy", "HTTP_PROXY",
	    "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}

static void environment(void **state)
{
	struct url plain = parsed("http://a.example.com/");
	struct url tls = parsed("https://a.example.com/");
	const char *variable;

	(void)state;
	clear();
	assert_null(proxy_find(&plain, &variable));
	setenv("HTTP_PROXY", "upper:1", 1);
	assert_null(proxy_find(&plain, &variable));
	setenv("http_proxy", "", 1);
	assert_null(proxy_find(&plain, &variable));
	setenv("http_proxy", "lower:2", 1);
	assert_string_equal(proxy_find(&plain, &variable), "lower:2");
	assert_string_equal(variable, "http_proxy");
	assert_null(proxy_find(&tls, &variable));
	setenv("HTTPS_PROXY", "tls:3", 1);
	assert_string_equal(proxy_find(&tls, &variable), "tls:3");
	assert_string_equal(variable, "HTTPS_PROXY");
	setenv("https_proxy", "tls:4", 1);
	assert_string_equal(proxy_find(&tls, &variable), "tls:4");
	assert_string_equal(variable, "https_proxy");
	setenv("no_proxy", "example.org", 1);
	assert_string_equal(proxy_find(&plain, &variable), "lower:2");
	setenv("no_proxy", "example.com", 1);
	assert_null(proxy_find(&plain, &variable));
	assert_null(proxy_find(&tls, &variable));
	clear();
	url_free(&plain);
	url_free(&tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exceptions),
	    cmocka_unit_test(environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
