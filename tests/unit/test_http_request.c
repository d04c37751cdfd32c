/* Unit test of src/http/request.c: the bytes of GET and POST. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/request.h"
#include "rows.h"

#define REST \
	"User-Agent: sscep/" PACKAGE_VERSION "\r\n" \
	"Accept: */*\r\n"

static const struct target {
	const char *url, *query;
	bool via_proxy;
	const char *target, *host;
} targets[] = {
    {.url = "http://h",
	.query = "operation=GetCACaps",
	.target = "/cgi-bin/pkiclient.exe?operation=GetCACaps",
	.host = "h"},
    {.url = "http://h/", .query = "a=b", .target = "/?a=b", .host = "h"},
    {.url = "http://h/p?", .query = "a=b", .target = "/p?a=b", .host = "h"},
    {.url = "http://h/p?x=1",
	.query = "a=b",
	.target = "/p?x=1&a=b",
	.host = "h"},
    {.url = "http://h/p?x=1&",
	.query = "a=b",
	.target = "/p?x=1&a=b",
	.host = "h"},
    {.url = "http://h/p?x=1", .query = "", .target = "/p?x=1", .host = "h"},
    {.url = "http://h/p?x=1", .target = "/p?x=1", .host = "h"},
    {.url = "http://h/p?", .query = "", .target = "/p", .host = "h"},
    {.url = "http://h/p", .target = "/p", .host = "h"},
    {.url = "http://h/a:b", .query = "a=b", .target = "/a:b?a=b", .host = "h"},
    {.url = "http://h/\xc3\xa4",
	.query = "a=b c\r\nX: y",
	.target = "/%C3%A4?a=b%20c%0D%0AX:%20y",
	.host = "h"},
    {.url = "http://h:8080/p",
	.query = "a=b",
	.target = "/p?a=b",
	.host = "h:8080"},
    {.url = "http://h:80/p", .query = "a=b", .target = "/p?a=b", .host = "h"},
    {.url = "http://[::1]/p",
	.query = "a=b",
	.target = "/p?a=b",
	.host = "[::1]"},
    {.url = "http://[::1]:81/p",
	.query = "a=b",
	.target = "/p?a=b",
	.host = "[::1]:81"},
    {.url = "http://h",
	.query = "a=b",
	.via_proxy = true,
	.target = "http://h/cgi-bin/pkiclient.exe?a=b",
	.host = "h"},
    {.url = "http://h:80/p?x",
	.query = "a=b",
	.via_proxy = true,
	.target = "http://h/p?x&a=b",
	.host = "h"},
    {.url = "http://[::1]:81/p",
	.query = "a=b",
	.via_proxy = true,
	.target = "http://[::1]:81/p?a=b",
	.host = "[::1]:81"},
};

/* Without and with a user and password. */
static const struct url plain_proxy = {.port = 3128};

static void check(
    struct buf *got, const char *want_head, const void *body, size_t body_len)
{
	size_t len = strlen(want_head);

	assert_int_equal(got->len, len + body_len);
	assert_memory_equal(got->data, want_head, len);
	if (body_len > 0)
		assert_memory_equal(got->data + len, body, body_len);
	buf_free(got);
}

static void test_get_has_the_path_and_the_host(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, targets, targets[i].url)) {
		const struct target *t = &targets[i];
		struct http_request request = {.query = t->query};
		struct buf out = {0}, want = {0};
		struct url url = {0};

		assert_int_equal(url_parse(&url, t->url), ST_OK);
		assert_true(request_format(
		    &out, &url, &request, t->via_proxy ? &plain_proxy : NULL));
		assert_true(buf_addf(&want,
		    "GET %s HTTP/1.1\r\nHost: %s\r\n" REST "\r\n", t->target,
		    t->host));
		check(&out, buf_string(&want), NULL, 0);
		buf_free(&want);
		url_free(&url);
	}
}

static void test_post_has_the_body(void **state)
{
	static const unsigned char body[] = {0x30, 0, '\r', '\n', 0xff};
	struct http_request request = {.query = "operation=PKIOperation",
	    .content_type = "application/x-pki-message",
	    .body = body,
	    .body_len = sizeof(body)};
	struct buf out = {0};
	struct url url = {0};

	(void)state;
	assert_int_equal(url_parse(&url, "http://h:81/p"), ST_OK);
	assert_true(request_format(&out, &url, &request, NULL));
	check(&out,
	    "POST /p?operation=PKIOperation HTTP/1.1\r\n"
	    "Host: h:81\r\n" REST "Content-Type: application/x-pki-message\r\n"
	    "Content-Length: 5\r\n"
	    "\r\n",
	    body, sizeof(body));
	assert_true(request_format(&out, &url, &request, &plain_proxy));
	check(&out,
	    "POST http://h:81/p?operation=PKIOperation HTTP/1.1\r\n"
	    "Host: h:81\r\n" REST "Content-Type: application/x-pki-message\r\n"
	    "Content-Length: 5\r\n"
	    "\r\n",
	    body, sizeof(body));
	request.body_len = 0;
	assert_true(request_format(&out, &url, &request, NULL));
	check(&out,
	    "POST /p?operation=PKIOperation HTTP/1.1\r\n"
	    "Host: h:81\r\n" REST "Content-Type: application/x-pki-message\r\n"
	    "Content-Length: 0\r\n"
	    "\r\n",
	    NULL, 0);
	url_free(&url);
}

static struct url user_proxy(char *user)
{
	struct url proxy = {.port = 3128, .user = user};

	return proxy;
}

/* Proxy-Authorization is sent to a proxy only, and only if it has a user. */
static void test_credentials_go_to_a_proxy_only(void **state)
{
	char user[] = "Aladdin:open sesame";
	const struct url proxy = user_proxy(user);
	const struct http_request get = {.query = "a=b"};
	struct buf out = {0};
	struct url url = {0};

	(void)state;
	assert_int_equal(url_parse(&url, "http://h/p"), ST_OK);
	assert_true(request_format(&out, &url, &get, &proxy));
	check(&out,
	    "GET http://h/p?a=b HTTP/1.1\r\nHost: h\r\n" REST
	    "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n",
	    NULL, 0);
	url_free(&url);
}

static void test_connect_names_the_host_and_port(void **state)
{
	static const struct {
		const char *url, *authority;
	} rows[] = {
	    {"https://h/p?x", "h:443"},
	    {"https://h:8443", "h:8443"},
	    {"https://[::1]/", "[::1]:443"},
	};
	char user[] = "a:b";
	const struct url proxy = user_proxy(user);
	struct buf out = {0}, want = {0};
	struct url url = {0};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].url)) {
		assert_int_equal(url_parse(&url, rows[i].url), ST_OK);
		assert_true(request_format_connect(
		    &out, &url, i == 0 ? &proxy : &plain_proxy));
		assert_true(buf_addf(&want,
		    "CONNECT %s HTTP/1.1\r\nHost: %s\r\n"
		    "User-Agent: sscep/" PACKAGE_VERSION "\r\n%s\r\n",
		    rows[i].authority, rows[i].authority,
		    i == 0 ? "Proxy-Authorization: Basic YTpi\r\n" : ""));
		check(&out, buf_string(&want), NULL, 0);
		buf_free(&want);
		url_free(&url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_get_has_the_path_and_the_host),
	    cmocka_unit_test(test_post_has_the_body),
	    cmocka_unit_test(test_credentials_go_to_a_proxy_only),
	    cmocka_unit_test(test_connect_names_the_host_and_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
