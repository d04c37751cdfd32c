/*
 * Unit test of src/http/redirect.c, and of http.c: where a redirect leads, and
 * which redirects are followed.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "test_http_server.h"

#include "http/redirect.h"

static void test_locations_are_resolved(void **state)
{
	static const struct {
		const char *from, *location, *to;
	} rows[] = {
	    {.from = "http://h/a/b?q=1",
		.location = "http://o/x?y=2",
		.to = "http://o/x?y=2"},
	    {.from = "http://h/a/b?q=1",
		.location = "HTTPS://o:81/x#f",
		.to = "https://o:81/x?"},
	    {.from = "http://h/a/b?q=1",
		.location = "http://o",
		.to = "http://o/?"},
	    {.from = "http://h/a/b?q=1",
		.location = "http://o?y",
		.to = "http://o/?y"},
	    {.from = "http://h/a/b?q=1",
		.location = "//o/x",
		.to = "http://o/x?"},
	    {.from = "https://h/a/b?q=1",
		.location = "//o:81",
		.to = "https://o:81/?"},
	    {.from = "http://h:82/a/b?q=1",
		.location = "/x/y?z",
		.to = "http://h:82/x/y?z"},
	    {.from = "https://[::1]:82/a/b",
		.location = "/x",
		.to = "https://[::1]:82/x?"},
	    {.from = "http://h/a/b?q=1",
		.location = "c?z",
		.to = "http://h/a/c?z"},
	    {.from = "http://h/a/b?q=1",
		.location = "?z",
		.to = "http://h/a/b?z"},
	    {.from = "http://h/a/b?q=1",
		.location = "../c",
		.to = "http://h/c?"},
	    {.from = "http://h/a/b?q=1",
		.location = "../../../c",
		.to = "http://h/c?"},
	    {.from = "http://h/a/b?q=1",
		.location = "./c/./d/../e",
		.to = "http://h/a/c/e?"},
	    {.from = "http://h/a/b?q=1", .location = "..", .to = "http://h/?"},
	    {.from = "http://h/a/b/c", .location = "..", .to = "http://h/a/?"},
	    {.from = "http://h/a/b/c", .location = ".", .to = "http://h/a/b/?"},
	    {.from = "http://h/a/b",
		.location = "/x/../y?../z",
		.to = "http://h/y?../z"},
	    {.from = "http://h/a/b",
		.location = "...",
		.to = "http://h/a/...?"},
	    {.from = "http://h/a/b", .location = "x:y/z"},
	    {.from = "http://h/a/b", .location = "ftp://o/"},
	    {.from = "http://h/a/b", .location = "http://u:s3cret@o/"},
	    /* What is before an "@" is no host, and it is not skipped either. */
	    {.from = "http://h/a/b", .location = "http://h@o/"},
	    {.from = "http://h/a/b", .location = "//h@o/"},
	    {.from = "http://h/a/b", .location = "http://h:80@o/"},
	    {.from = "http://h/a/b", .location = "http://@o/"},
	    {.from = "http://h/a/b", .location = "http://o@h/"},
	    {.from = "http://h/a/b", .location = "http://h%40o/"},
	    {.from = "http://h/a/b", .location = "http://o\\@h/"},
	    {.from = "http://h/a/b", .location = "http://h\\.o/"},
	    {.from = "http://h/a/b", .location = "http:\\\\o/"},
	    {.from = "http://h/a/b", .location = "http:o/x"},
	    {.from = "http://h/a/b", .location = "http:/o/x"},
	    {.from = "http://h/a/b",
		.location = "http://o/@h/",
		.to = "http://o/@h/?"},
	    {.from = "http://h/a/b",
		.location = "http://o#@h/",
		.to = "http://o/?"},
	    {.from = "http://h/a/b",
		.location = "http://o?@h/",
		.to = "http://o/?@h/"},
	    {.from = "http://h/a/b",
		.location = "\\\\o/x",
		.to = "http://h/a/\\\\o/x?"},
	    {.from = "http://h/a/b",
		.location = "/\\o/x",
		.to = "http://h/\\o/x?"},
	    {.from = "http://h/a/b",
		.location = "/.//o/x",
		.to = "http://h//o/x?"},
	    {.from = "http://h/a/b", .location = "http:///x"},
	    {.from = "http://h/a/b", .location = "//o:0/x"},
	    {.from = "http://h/a/b", .location = "/x y"},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].location)) {
		struct url from = {0}, to = {0};
		struct buf text = {0};
		enum status st;

		assert_int_equal(url_parse(&from, rows[i].from), ST_OK);
		st = redirect_resolve(&to, &from, rows[i].location);
		if ((st == ST_OK) != (rows[i].to != NULL))
			FAIL("%s: status %d", rows[i].location, st);
		if (st == ST_OK) {
			assert_true(url_add_text(&text, &to));
			assert_true(buf_addf(&text, "%s%s",
			    strchr(rows[i].to, '?') != NULL ? "?" : "",
			    to.query));
			if (strcmp(buf_string(&text), rows[i].to) != 0)
				FAIL("%s: %s, not %s", rows[i].location,
				    buf_string(&text), rows[i].to);
		} else {
			const char *said = caught_text();

			assert_non_null(
			    strstr(said, "http://h/a/b: Location "));
			assert_null(strstr(said, "s3cret"));
		}
		buf_free(&text);
		url_free(&from);
		url_free(&to);
	}
}

static void test_redirects_to_other_hosts_are_refused(void **state)
{
	static const struct {
		const char *from, *to;
		int status;
		bool post, refused;
	} rows[] = {
	    {.from = "http://h/",
		.to = "http://o/",
		.status = 301,
		.refused = true},
	    {.from = "http://h/",
		.to = "https://o/",
		.status = 302,
		.refused = true},
	    {.from = "https://h/",
		.to = "https://o/",
		.status = 303,
		.refused = true},
	    {.from = "https://h/", .to = "https://h:8443/x", .status = 303},
	    {.from = "http://h:8080/", .to = "https://H/x", .status = 301},
	    {.from = "https://h/",
		.to = "http://h/",
		.status = 307,
		.refused = true},
	    {.from = "http://h/",
		.to = "http://h/x",
		.status = 301,
		.post = true,
		.refused = true},
	    {.from = "http://h/",
		.to = "http://h/x",
		.status = 302,
		.post = true,
		.refused = true},
	    {.from = "http://h/",
		.to = "http://h/x",
		.status = 303,
		.post = true,
		.refused = true},
	    {.from = "http://h/",
		.to = "http://H:81/x",
		.status = 307,
		.post = true},
	    {.from = "http://h/",
		.to = "https://h/x",
		.status = 308,
		.post = true},
	    {.from = "https://h/",
		.to = "http://h/x",
		.status = 308,
		.post = true,
		.refused = true},
	    {.from = "http://h/",
		.to = "http://o/x",
		.status = 307,
		.post = true,
		.refused = true},
	    {.from = "http://h/",
		.to = "http://o/x",
		.status = 301,
		.post = true,
		.refused = true},
	    /* The whole host name must be equal. */
	    {.from = "http://h.example/",
		.to = "http://example/",
		.status = 302,
		.refused = true},
	    {.from = "http://example/",
		.to = "http://h.example/",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://h.example.org/",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://xh.example/",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://h.examplex/",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://h.exampl/",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://h-example/",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://h.example.o:80/",
		.status = 302,
		.refused = true},
	    /* A trailing dot changes how a resolver searches for the name. */
	    {.from = "http://h.example/",
		.to = "http://H.Example./",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example./",
		.to = "http://h.example/",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example./",
		.to = "http://h.example./x",
		.status = 302},
	    {.from = "http://127.0.0.1/",
		.to = "http://127.0.0.1./",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://h.example../",
		.status = 302,
		.refused = true},
	    {.from = "http://h.example/",
		.to = "http://h.example.o/",
		.status = 302,
		.refused = true},
	    {.from = "http://h/",
		.to = "http://./",
		.status = 302,
		.refused = true},
	    /* Other spellings of an IPv6 address are equal, of IPv4 not. */
	    {.from = "http://[::1]/", .to = "http://[::1]:81/", .status = 302},
	    {.from = "http://[2001:db8::a]/",
		.to = "http://[2001:0DB8:0:0:0:0:0:A]/",
		.status = 302},
	    {.from = "http://[::1]/",
		.to = "http://[::2]/",
		.status = 302,
		.refused = true},
	    {.from = "http://[::1]/",
		.to = "http://[::1::]/",
		.status = 302,
		.refused = true},
	    {.from = "http://127.0.0.1/",
		.to = "http://127.0.0.1:81/",
		.status = 302},
	    {.from = "http://127.0.0.1/",
		.to = "http://127.1/",
		.status = 302,
		.refused = true},
	    {.from = "http://127.0.0.1/",
		.to = "http://127.0.0.10/",
		.status = 302,
		.refused = true},
	    {.from = "http://127.0.0.1/",
		.to = "http://[::ffff:127.0.0.1]/",
		.status = 302,
		.refused = true},
	    {.from = "http://127.0.0.1/",
		.to = "http://localhost/",
		.status = 302,
		.refused = true},
	};
	char why[HTTP_WHY_MAX];
	static const int others[] = {200, 300, 304, 305, 306, 309, 400};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].to)) {
		struct url from = {0}, to = {0};

		assert_int_equal(url_parse(&from, rows[i].from), ST_OK);
		assert_int_equal(url_parse(&to, rows[i].to), ST_OK);
		assert_true(redirect_is_status(rows[i].status));
		if (redirect_is_allowed(why, sizeof(why), &from, &to,
			rows[i].status, rows[i].post) == rows[i].refused)
			FAIL("refused: not %d, %s", rows[i].refused, why);
		assert_int_equal(why[0] != '\0', rows[i].refused);
		url_free(&from);
		url_free(&to);
	}
	assert_string_equal(why, "it leads to another host (localhost)");
	for (EACH_ROW(i, others, NULL))
		assert_false(redirect_is_status(others[i]));
}

/* A long host name in Location is cut in the message. */
static void test_a_long_host_is_cut_in_the_message(void **state)
{
	static char text[2000] = "http://";
	char why[HTTP_WHY_MAX];
	struct url from = {0}, to = {0};

	(void)state;
	memset(text + 7, 'x', sizeof(text) - 8);
	assert_int_equal(url_parse(&from, "http://h/"), ST_OK);
	assert_int_equal(url_parse(&to, text), ST_OK);
	assert_false(
	    redirect_is_allowed(why, sizeof(why), &from, &to, 302, false));
	assert_non_null(strstr(why, "another host (xxx"));
	assert_non_null(strstr(why, "xxx...)"));
	url_free(&from);
	url_free(&to);
}

/* On one connection: five redirects, then the answer. */
static void serve_five(int listener, int log)
{
	int i, fd = take(listener, log);

	for (i = 0; i < 5; i++) {
		get_request(fd, log);
		put_text(fd,
		    "HTTP/1.1 302 Found\r\nLocation: again?x\r\n"
		    "Content-Length: 3\r\n\r\nxyz");
	}
	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\ndef");
	close(fd);
}

static void test_redirects_are_followed(void **state)
{
	struct server s;
	struct http *http;
	char *log;

	(void)state;
	start(&s, serve_five);
	http = open_with(&s, &plain);
	expect(http, &get, 200, "abc");
	/* Each exchange begins at the URL of the user. */
	expect(http, &get, 200, "def");
	http_close(http);
	log = finish(&s);
	assert_int_equal(count(log, "[accept]"), 1);
	assert_int_equal(count(log, "GET /p?operation=GetCACaps HTTP"), 2);
	assert_int_equal(count(log, "GET /again?x HTTP"), 5);
}

static void serve_six(int listener, int log)
{
	int i, fd = take(listener, log);

	for (i = 0; i < 6; i++) {
		get_request(fd, log);
		put_text(fd,
		    "HTTP/1.1 301 Moved\r\nLocation: /p\r\n"
		    "Content-Length: 0\r\n\r\n");
	}
	get_request(fd, log); /* there is none */
}

static void test_too_many_redirects_are_refused(void **state)
{
	struct http_response response;
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_six);
	http = open_with(&s, &plain);
	assert_int_equal(http_exchange(http, &get, &response), ST_OK);
	assert_int_equal(response.outcome, HTTP_REDIRECT_LOOP);
	assert_true(response_is_of_server(&response));
	assert_int_equal(http_check_status(http, &response), ST_NETWORK);
	assert_said("301 Moved, see \"/p\"", "too many");
	response_free(&response);
	http_close(http);
	assert_int_equal(count(finish(&s), "GET /p"), 6);
}

static void serve_307(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd,
	    "HTTP/1.1 307 Temporary\r\nLocation: /q?operation=X\r\n"
	    "Content-Length: 0\r\n\r\n");
	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	get_request(fd, log);
	put_text(fd,
	    "HTTP/1.1 302 Found\r\nLocation: /q\r\n"
	    "Content-Length: 0\r\n\r\n");
	get_request(fd, log);
	put_text(fd,
	    "HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.2/q\r\n"
	    "Content-Length: 0\r\n\r\n");
	close(fd);
}

static void test_a_post_is_redirected_to_the_same_host_only(void **state)
{
	static const struct http_request post = {.query = "operation=X",
	    .max_body = MIB,
	    .content_type = "a/b",
	    .body = "12345",
	    .body_len = 5};
	struct http_response response;
	struct server s;
	struct http *http;
	const char *why[] = {"a GET of a POST", "another host (127.0.0.2)"};
	char *log;
	size_t i;

	(void)state;
	start(&s, serve_307);
	http = open_with(&s, &plain);
	expect(http, &post, 200, "abc");
	for (i = 0; i < 2; i++) {
		assert_int_equal(http_exchange(http, &post, &response), ST_OK);
		assert_int_equal(response.outcome, HTTP_NOT_FOLLOWED);
		assert_false(response_is_of_server(&response));
		assert_int_equal(
		    http_check_status(http, &response), ST_NETWORK);
		assert_said("(not followed: ", why[i]);
		response_free(&response);
	}
	http_close(http);
	log = finish(&s);
	assert_int_equal(count(log, "POST /p?operation=X HTTP"), 3);
	assert_int_equal(count(log, "POST /q?operation=X HTTP"), 1);
	assert_int_equal(count(log, "[left 0, sum 255]"), 4);
}

/* To ftp:, to a closed port by http, and to a closed port by https. */
static void serve_nowhere(int listener, int log)
{
	static const char *const to[] = {
	    "ftp://127.0.0.1/", "http://127.0.0.1:1/", "https://127.0.0.1:1/"};
	int fd = take(listener, log);
	char text[128];
	size_t i;

	for (i = 0; i < 3; i++) {
		get_request(fd, log);
		snprintf(text, sizeof(text),
		    "HTTP/1.1 302 Found\r\nLocation: %s\r\n"
		    "Content-Length: 0\r\n\r\n",
		    to[i]);
		put_text(fd, text);
		if (i > 0) {
			close(fd);
			fd = take(listener, log);
		}
	}
	close(fd);
}

/* Redirects that cannot be followed count as bad answers of the server. */
static void test_redirects_that_lead_nowhere_are_bad_answers(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_nowhere);
	http = open_with(&s, &plain);
	expect_failure(http, &get, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("Location of its redirect", "unknown scheme");
	expect_failure(http, &get, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("connect to 127.0.0.1:1, as redirected by http://", "/p: ");
#ifdef HAVE_LIBSSL
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("connect to 127.0.0.1:1, as redirected by http://", "/p: ");
#endif
	http_close(http);
	stop_server(&s);
}

/* A proxy, which answers a request that came to it with one redirect. */
static void serve_through(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd,
	    "HTTP/1.1 302 Found\r\nLocation: http://ca.test:82/q?x\r\n"
	    "Content-Length: 0\r\n\r\n");
	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
#ifdef HAVE_LIBSSL
	get_request(fd, log);
	put_text(fd,
	    "HTTP/1.1 302 Found\r\nLocation: https://ca.test:83/q?x\r\n"
	    "Content-Length: 0\r\n\r\n");
	close(fd);
	fd = take(listener, log);
	get_request(fd, log);
	put_text(fd, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
#endif
	close(fd);
}

/* Nobody but the proxy knows the name of the server. */
static void test_redirects_go_through_the_proxy(void **state)
{
	struct http_options options = plain;
	struct server s;
	struct http *http;
	char proxy[32];
	char *log;
	struct url url = {0};

	(void)state;
	assert_int_equal(url_parse(&url, "http://ca.test:81/p"), ST_OK);
	start(&s, serve_through);
	snprintf(proxy, sizeof(proxy), "127.0.0.1:%u", s.port);
	options.proxy = proxy;
	assert_int_equal(http_open(&http, &url, &options), ST_OK);
	expect(http, &get, 200, "abc");
#ifdef HAVE_LIBSSL
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("does not connect to ca.test:83", "403 No");
#endif
	http_close(http);
	log = finish(&s);
	assert_int_equal(count(log, "GET http://ca.test:82/q?x HTTP"), 1);
	assert_int_equal(count(log, "\r\nHost: ca.test:82\r\n"), 1);
#ifdef HAVE_LIBSSL
	assert_int_equal(count(log, "CONNECT ca.test:83 HTTP"), 1);
#endif
	url_free(&url);
}

#ifdef HAVE_LIBSSL

/* What is the first byte of a connection: of a TLS record, or of a method. */
static int take_first(int listener, int log)
{
	char first = 0;
	int fd = take(listener, log);

	if (recv(fd, &first, 1, MSG_PEEK) != 1)
		note_text(log, "[nothing]");
	note_text(log, first == 22 ? "[tls]" : "[plain]");
	return fd;
}

static void serve_both(int listener, int log)
{
	char text[128];
	struct sockaddr_in name;
	socklen_t len = sizeof(name);
	int fd, plain_fd = take_first(listener, log);

	if (getsockname(listener, (struct sockaddr *)&name, &len) != 0)
		_exit(1);
	snprintf(text, sizeof(text),
	    "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:%u/q\r\n"
	    "Content-Length: 0\r\n\r\n",
	    ntohs(name.sin_port));
	get_request(plain_fd, log);
	put_text(plain_fd, text);
	fd = take_first(listener, log);
	close(fd);
	close(plain_fd);
}

static void test_a_redirect_to_tls_makes_a_new_connection(void **state)
{
	struct server s;
	struct http *http;
	char *log;

	(void)state;
	start(&s, serve_both);
	http = open_with(&s, &plain);
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	caught_text();
	http_close(http);
	log = finish(&s);
	assert_int_equal(count(log, "[accept][plain]"), 1);
	assert_int_equal(count(log, "[accept][tls]"), 1);
	assert_int_equal(count(log, "GET "), 1);
}

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_locations_are_resolved),
	    TEST(test_redirects_to_other_hosts_are_refused),
	    TEST(test_a_long_host_is_cut_in_the_message),
	    TEST(test_redirects_are_followed),
	    TEST(test_too_many_redirects_are_refused),
	    TEST(test_a_post_is_redirected_to_the_same_host_only),
	    TEST(test_redirects_that_lead_nowhere_are_bad_answers),
	    TEST(test_redirects_go_through_the_proxy),
#ifdef HAVE_LIBSSL
	    TEST(test_a_redirect_to_tls_makes_a_new_connection),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
