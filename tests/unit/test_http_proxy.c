/* Unit test of src/http/proxy.c: http_proxy, https_proxy and no_proxy. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "http/proxy.h"

#include <cmocka.h>

#include "rows.h"

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
	    {.url = "http://a.example.com/",
		.list = "a.example.com",
		.excepted = true},
	    {.url = "http://a.example.com/",
		.list = "A.EXAMPLE.com",
		.excepted = true},
	    {.url = "http://a.example.com/",
		.list = "example.com",
		.excepted = true},
	    {.url = "http://a.example.com/",
		.list = ".example.com",
		.excepted = true},
	    {.url = "http://a.example.com/", .list = "com", .excepted = true},
	    {.url = "http://a.example.com/",
		.list = "x.org, example.com",
		.excepted = true},
	    {.url = "http://a.example.com/",
		.list = "x.org\texample.com",
		.excepted = true},
	    {.url = "http://a.example.com/", .list = "*", .excepted = true},
	    {.url = "http://a.example.com/",
		.list = "x.org,*",
		.excepted = true},
	    {.url = "http://a.example.com/",
		.list = "example.com:80",
		.excepted = true},
	    {.url = "http://a.example.com:8080/",
		.list = "example.com:8080",
		.excepted = true},
	    {.url = "http://a.example.com:8080/", .list = "example.com:80"},
	    {.url = "http://a.example.com/", .list = "b.example.com"},
	    {.url = "http://a.example.com/", .list = "xa.example.com"},
	    {.url = "http://anexample.com/", .list = "example.com"},
	    {.url = "http://anexample.com/", .list = ".example.com"},
	    {.url = "http://example.com/",
		.list = ".example.com",
		.excepted = true},
	    {.url = "http://a.example.com/", .list = ""},
	    {.url = "http://a.example.com/", .list = ",, ,"},
	    {.url = "http://a.example.com/", .list = "."},
	    {.url = "http://127.0.0.1/", .list = "127.0.0.1", .excepted = true},
	    {.url = "http://127.0.0.1/", .list = "127.0.0.10"},
	    {.url = "http://[::1]/", .list = "::1", .excepted = true},
	    {.url = "http://[::1]/", .list = "::2"},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].list)) {
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
