/*
 * Unit test of src/http/http.c: reuse of connections, large requests, the proxy,
 * and what is told while a body comes in.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "test_http_server.h"
#include "util/monotonic.h"

/* Two requests on one connection. */
static void serve_two(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\none");
	get_request(fd, log);
	put_text(fd,
	    OK "Transfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n"
	       "\r\n");
	close(fd);
}

static void test_a_connection_is_used_again(void **state)
{
	static const struct http_request post = {.query = "operation=X",
	    .max_body = MIB,
	    .content_type = "a/b",
	    .body = "12345",
	    .body_len = 5};
	struct server s;
	struct http *http;
	char *log;

	(void)state;
	start(&s, serve_two);
	http = open_with(&s, &plain);
	expect(http, &get, 200, "one");
	expect(http, &post, 200, "two");
	http_close(http);
	log = finish(&s);
	assert_int_equal(count(log, "[accept]"), 1);
	assert_non_null(strstr(log, "GET /p?operation=GetCACaps HTTP/1.1\r\n"));
	assert_non_null(strstr(log, "POST /p?operation=X HTTP/1.1\r\n"));
	assert_non_null(strstr(log, "[left 0, sum 255]"));
}

/* Closes after each answer; Connection: close is written in several ways. */
static void serve_close_field(int listener, int log)
{
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = take(listener, log);
		get_request(fd, log);
		put_text(
		    fd, OK "Connection: close\r\nContent-Length: 3\r\n\r\nabc");
		get_head(fd, log); /* until the client closes */
		close(fd);
	}
}

static void serve_silent_close(int listener, int log)
{
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = take(listener, log);
		get_request(fd, log);
		put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
		close(fd);
	}
}

static void serve_to_end(int listener, int log)
{
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = take(listener, log);
		get_request(fd, log);
		put_text(fd, "HTTP/1.0 200 OK\r\n\r\nabc");
		close(fd);
	}
}

static void serve_surplus(int listener, int log)
{
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = take(listener, log);
		get_request(fd, log);
		put_text(fd, OK "Content-Length: 3\r\n\r\nabc\r\n");
		get_head(fd, log);
		close(fd);
	}
}

/* Bytes after the body must not be taken for the next answer. */
static void serve_late_surplus(int listener, int log)
{
	int i, fd;

	for (i = 0; i < 2; i++) {
		fd = take(listener, log);
		get_request(fd, log);
		put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
		conn_sleep(50);
		put_text(fd, OK "Content-Length: 4\r\n\r\nevil");
		get_head(fd, log);
		close(fd);
	}
}

/* The server closes the connection while the second request is on its way. */
static void serve_race(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	get_request(fd, log);
	close(fd);
	fd = take(listener, log);
	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	close(fd);
}

static void test_a_connection_that_ends_is_not_used_again(void **state)
{
	static const struct closing {
		const char *name;
		void (*serve)(int, int);
		size_t requests;
	} servers[] = {
	    {.name = "Connection: close",
		.serve = serve_close_field,
		.requests = 2},
	    {.name = "closed without a word",
		.serve = serve_silent_close,
		.requests = 2},
	    {.name = "a body to the end of the connection",
		.serve = serve_to_end,
		.requests = 2},
	    {.name = "bytes behind the body",
		.serve = serve_surplus,
		.requests = 2},
	    {.name = "bytes behind the body, later",
		.serve = serve_late_surplus,
		.requests = 2},
	    {.name = "closed while the next request comes",
		.serve = serve_race,
		.requests = 3},
	};
	struct server s;
	struct http *http;
	const char *log;
	size_t i;

	(void)state;
	for (EACH_ROW(i, servers, servers[i].name)) {
		start(&s, servers[i].serve);
		http = open_with(&s, &plain);
		expect(http, &get, 200, "abc");
		conn_sleep(500); /* for a server on a busy machine */
		expect(http, &get, 200, "abc");
		http_close(http);
		log = finish(&s);
		assert_int_equal(count(log, "[accept]"), 2);
		assert_int_equal(count(log, "GET /p"), servers[i].requests);
	}
}

/* Every connection is closed without an answer to the second request. */
static void serve_race_twice(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	get_request(fd, log);
	close(fd);
	fd = take(listener, log);
	get_request(fd, log);
	close(fd);
}

static void test_a_request_is_tried_again_once(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_race_twice);
	http = open_with(&s, &plain);
	expect(http, &get, 200, "abc");
	expect_failure(http, &get, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("without an answer", "127.0.0.1:");
	http_close(http);
	assert_int_equal(count(finish(&s), "[accept]"), 2);
}

/* The connection is closed, and a new one is refused. */
static void serve_race_gone(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	get_request(fd, log);
	close(listener);
	close(fd);
}

static void test_a_server_that_is_gone_is_told(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_race_gone);
	http = open_with(&s, &plain);
	expect(http, &get, 200, "abc");
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("cannot connect to", "127.0.0.1:");
	http_close(http);
	finish(&s);
}

/* After part of an answer on a kept connection there must be no retry. */
static void serve_race_part(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	get_request(fd, log);
	put_text(fd, "H");
	close(fd);
}

static void test_a_begun_answer_is_not_asked_for_again(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_race_part);
	http = open_with(&s, &plain);
	expect(http, &get, 200, "abc");
	expect_failure(http, &get, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("inside the header", "127.0.0.1:");
	http_close(http);
	assert_int_equal(count(finish(&s), "GET /p"), 2);
}

static void serve_nothing(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	close(fd);
}

/* There is no retry when a new connection gives no answer. */
static void test_a_new_connection_without_an_answer_is_no_retry(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_nothing);
	http = open_with(&s, &plain);
	expect_failure(http, &get, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("without an answer", "127.0.0.1:");
	http_close(http);
	assert_int_equal(count(finish(&s), "[accept]"), 1);
}

static void serve_close(int listener, int log)
{
	close(take(listener, log));
}

/*
 * Writing to a connection that the peer has closed must not raise SIGPIPE, or
 * main() ignores it.
 */
static void test_writing_to_a_closed_connection_is_no_signal(void **state)
{
	static const struct http_observer nobody;
	struct conn *conn = NULL;
	struct server s;
	char reason[CONN_REASON_MAX], byte;
	size_t got = 1;

	(void)state;
#ifndef HAVE_MSG_NOSIGNAL
	signal(SIGPIPE, SIG_IGN);
#endif
	start(&s, serve_close);
	assert_int_equal(
	    tcp_connect(&conn, "127.0.0.1", s.port, monotonic_now() + 5000,
		&nobody, reason, sizeof(reason)),
	    CONN_OK);
	finish(&s);
	conn_sleep(50);
	assert_false(conn_is_quiet(conn));
	assert_int_equal(conn_read(conn, &byte, 1, &got), CONN_OK);
	assert_int_equal(got, 0);
	assert_int_equal(conn_write(conn, "a", 1, NULL), CONN_OK);
	conn_sleep(50);
	assert_int_equal(conn_write(conn, "a", 1, NULL), CONN_FAILED);
	assert_string_not_equal(conn->reason, "");
	conn->close(conn);
}

static void serve_short(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 10\r\n\r\nabc");
	close(fd);
}

static void test_an_answer_that_is_cut_short_is_refused(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_short);
	http = open_with(&s, &plain);
	expect_failure(http, &get, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("3 of the 10 bytes", "127.0.0.1:");
	http_close(http);
	finish(&s);
}

static void serve_big(int listener, int log)
{
	int i, fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "\r\n");
	for (i = 0; i < MIB / 8 + 1; i++)
		put(fd, "01234567", 8);
	close(fd);
}

static void test_an_answer_that_is_too_large_is_refused(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_big);
	http = open_with(&s, &plain);
	expect_failure(http, &get, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("over the limit of 1048576 bytes", "127.0.0.1:");
	http_close(http);
	finish(&s);
}

/* The request is larger than the socket buffers. */
static void serve_early_close(int listener, int log)
{
	int fd = take(listener, log);

	get_head(fd, log);
	put_text(fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
	close(fd);
}

static void serve_early_stay(int listener, int log)
{
	int fd = take(listener, log);

	get_head(fd, log);
	put_text(fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
	conn_sleep(20000);
}

static void serve_continue(int listener, int log)
{
	int fd = take(listener, log);

	get_head(fd, log);
	put_text(fd, "HTTP/1.1 100 Continue\r\n\r\n");
	conn_sleep(300);
	close(fd);
}

static void serve_all(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	close(fd);
}

static void test_large_requests_are_sent_or_refused_early(void **state)
{
	const struct large {
		const char *name;
		void (*serve)(int, int);
		size_t len;
		int status;
		const char *body;
	} large[] = {
	    {.name = "1 MiB",
		.serve = serve_all,
		.len = MIB,
		.status = 200,
		.body = "abc"},
	    {.name = "16 MiB",
		.serve = serve_all,
		.len = 16 * (size_t)MIB,
		.status = 200,
		.body = "abc"},
	    {.name = "refused at once, 1 MiB",
		.serve = serve_early_close,
		.len = MIB,
		.status = 413,
		.body = "big"},
	    {.name = "refused at once, 16 MiB",
		.serve = serve_early_close,
		.len = 16 * (size_t)MIB,
		.status = 413,
		.body = "big"},
	    {.name = "refused at once, and not closed",
		.serve = serve_early_stay,
		.len = 16 * (size_t)MIB,
		.status = 413,
		.body = "big"},
	};
	struct http_request post = {
	    .query = "q", .content_type = "a/b", .max_body = MIB};
	struct server s;
	struct http *http;
	char *body = malloc(16 * (size_t)MIB), want[64];
	long long begin;
	size_t i;

	(void)state;
	assert_non_null(body);
	memset(body, 1, 16 * (size_t)MIB);
	post.body = body;
	for (EACH_ROW(i, large, large[i].name)) {
		post.body_len = large[i].len;
		start(&s, large[i].serve);
		http = open_with(&s, &plain);
		begin = monotonic_now();
		expect(http, &post, large[i].status, large[i].body);
		assert_took(begin, 0, 9000);
		http_close(http);
		if (large[i].serve != serve_all) {
			stop_server(&s);
			continue;
		}
		snprintf(
		    want, sizeof(want), "[left 0, sum %zu]", post.body_len);
		assert_non_null(strstr(finish(&s), want));
	}
	free(body);
}

/* After an early "100 Continue" the client sends the rest of the request. */
static void serve_continue_all(int listener, int log)
{
	int fd = take(listener, log);
	size_t left = get_head(fd, log);
	char in[4096];
	ssize_t n = 1;

	put_text(fd, "HTTP/1.1 100 Continue\r\n\r\n");
	conn_sleep(300);
	while (left > 0 && n > 0) {
		n = recv(fd, in, sizeof(in), 0);
		left -= n > 0 ? (size_t)n : 0;
	}
	if (left == 0)
		put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\ndef");
	close(fd);
}

static void test_an_early_100_continue_is_skipped(void **state)
{
	struct http_request post = {
	    .query = "q", .content_type = "a/b", .max_body = MIB};
	struct server s;
	struct http *http;
	char *body = calloc(16, MIB);

	(void)state;
	assert_non_null(body);
	post.body = body;
	post.body_len = 16 * (size_t)MIB;
	start(&s, serve_continue_all);
	http = open_with(&s, &plain);
	expect(http, &post, 200, "abc");
	expect(http, &get, 200, "def");
	http_close(http);
	assert_int_equal(count(finish(&s), "[accept]"), 1);
	start(&s, serve_continue);
	http = open_with(&s, &plain);
	expect_failure(http, &post, ST_NETWORK, HTTP_BAD_RESPONSE);
	assert_said("127.0.0.1:", "");
	http_close(http);
	finish(&s);
	free(body);
}

static void test_requests_go_through_a_proxy(void **state)
{
	struct http_options options = plain;
	struct server s;
	struct http *http;
	char proxy[32], host[64];
	struct url url = {0};
	char *log;

	(void)state;
	assert_int_equal(url_parse(&url, "http://ca.test:81/p?x"), ST_OK);
	start(&s, serve_two);
	snprintf(proxy, sizeof(proxy), "127.0.0.1:%u", s.port);
	options.proxy = proxy;
	assert_int_equal(http_open(&http, &url, &options), ST_OK);
	expect(http, &get, 200, "one");
	expect(http, &get, 200, "two");
	log = finish(&s);
	assert_int_equal(count(log, "[accept]"), 1);
	assert_int_equal(count(log,
			     "GET http://ca.test:81/p?x&operation="
			     "GetCACaps HTTP/1.1\r\n"),
	    2);
	assert_int_equal(count(log, "\r\nHost: "), 2);
	assert_int_equal(count(log, "\r\nHost: ca.test:81\r\n"), 2);
	/* The server is gone: the message names the proxy. */
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	snprintf(host, sizeof(host), "cannot connect to proxy %s", proxy);
	assert_said(host, "refused");
	http_close(http);
	url_free(&url);
}

/* A proxy for http: 407 comes from the proxy, 403 may come from the server. */
static void serve_refusals(int listener, int log)
{
	static const char *const answers[] = {
	    "HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"};
	int fd = take(listener, log);
	size_t i;

	for (i = 0; i < 2; i++) {
		get_request(fd, log);
		put_text(fd, answers[i]);
	}
	close(fd);
}

static void test_a_refusal_of_the_proxy_is_told_as_that(void **state)
{
	static const struct {
		enum http_outcome outcome;
		bool of_server;
		const char *said;
	} rows[] = {
	    {HTTP_PROXY_REFUSED, false, ": it requires authentication"},
	    {HTTP_ANSWERED, true, "the server, or proxy 127.0.0.1:"},
	};
	struct http_options options = plain;
	struct http_response response;
	struct server s;
	struct http *http;
	char proxy[32];
	size_t i;

	(void)state;
	start(&s, serve_refusals);
	snprintf(proxy, sizeof(proxy), "127.0.0.1:%u", s.port);
	options.proxy = proxy;
	http = open_to("ca.test", 81, &options);
	for (i = 0; i < 2; i++) {
		assert_int_equal(http_exchange(http, &get, &response), ST_OK);
		assert_int_equal(response.outcome, rows[i].outcome);
		assert_int_equal(
		    response_is_of_server(&response), rows[i].of_server);
		assert_int_equal(
		    http_check_status(http, &response), ST_NETWORK);
		assert_said(rows[i].said, "proxy 127.0.0.1:");
		response_free(&response);
	}
	http_close(http);
	finish(&s);
}

/* Answers to CONNECT that refuse the tunnel; the client must not start TLS. */
static void serve_no_tunnel(int listener, int log)
{
	static const char *const answers[] = {
	    "HTTP/1.1 403 No\r\nContent-Length: 100000\r\n\r\n",
	    "HTTP/1.1 407 Who\r\n\r\n",
	    "HTTP/1.1 407 Who\r\n\r\n",
	    OK "Content-Length: 3\r\n\r\nabc",
	    "HTTP/1.1 100 Continue\r\n\r\n",
	    "SSH-2.0\r\n",
	};
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		int fd = take(listener, log);

		get_request(fd, log);
		put_text(fd, answers[i]);
		if (i == 4)
			shutdown(fd, SHUT_WR);
		get_head(fd, log);
		close(fd);
	}
}

static void test_a_tunnel_that_is_refused_is_not_used(void **state)
{
	static const char *const said[] = {
	    "does not connect to ca.test:444: 403 No",
	    "requires authentication", "does not accept this user",
	    "bytes after the answer to CONNECT", "ended inside the header",
	    "not an HTTP answer"};
	struct http_options options = plain;
	struct url url = {0};
	struct server s;
	struct http *http;
	char proxy[64];
	size_t i;
	char *log;

	(void)state;
	assert_int_equal(url_parse(&url, "https://ca.test:444/p?x"), ST_OK);
	start(&s, serve_no_tunnel);
	for (i = 0; i < NITEMS(said); i++) {
		snprintf(proxy, sizeof(proxy), "%s127.0.0.1:%u",
		    i == 2 ? "u:s3cret@" : "", s.port);
		options.proxy = proxy;
		if (http_open(&http, &url, &options) != ST_OK) {
			stop_server(&s);
			url_free(&url);
			skip(); /* no TLS */
		}
		expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
		assert_said(said[i], "proxy 127.0.0.1:");
		http_close(http);
	}
	log = finish(&s);
	assert_int_equal(count(log, "CONNECT ca.test:444 HTTP/1.1\r\n"), 6);
	assert_int_equal(count(log, "Host: ca.test:444\r\n"), 6);
	assert_int_equal(count(log, "Proxy-Authorization: Basic "), 1);
	assert_int_equal(count(log, "[end]"), 6);
	url_free(&url);
}

/* The bytes of the last calls of note_received(), and their totals. */
#define RECEIVED_MAX 256
static char received[RECEIVED_MAX];

static void note_received(size_t bytes, size_t total, void *arg)
{
	char *text = arg;
	size_t len = strlen(text);

	snprintf(text + len, RECEIVED_MAX - len, "%zu/%zu ", bytes, total);
}

/* A body whose second half is late, and one of unknown length. */
static void serve_halves(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 6\r\n\r\nabc");
	conn_sleep(1300);
	put_text(fd, "def");
	get_request(fd, log);
	put_text(fd, OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
	conn_sleep(100);
	put_text(fd, "0\r\n\r\n");
	close(fd);
}

/* A body is told of again while nothing comes; nobody is told of its end. */
static void test_an_observer_is_told_of_what_is_received(void **state)
{
	static const struct http_options options = {.timeout = 10,
	    .observer = {.arg = received, .received = note_received}};
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_halves);
	http = open_with(&s, &options);
	received[0] = '\0';
	expect(http, &get, 200, "abcdef");
	assert_true(count(received, "3/6 ") >= 2);
	assert_int_equal(strlen(received), 4 * count(received, "3/6 "));
	received[0] = '\0';
	expect(http, &get, 200, "abc");
	assert_true(count(received, "3/0 ") >= 1);
	assert_int_equal(strlen(received), 4 * count(received, "3/0 "));
	http_close(http);
	finish(&s);
}

/* It is the whole time limit that counts. */
static void serve_half(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 6\r\n\r\nabc");
	get_head(fd, log); /* until the client closes */
	close(fd);
}

static void test_an_observer_is_told_while_nothing_comes(void **state)
{
	static const struct http_options options = {.timeout = 2,
	    .observer = {.arg = received, .received = note_received}};
	long long begin = monotonic_now();
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_half);
	http = open_with(&s, &options);
	expect_failure(http, &get, ST_TIMEOUT, HTTP_BAD_RESPONSE);
	assert_took(begin, 1900, 3000);
	assert_said("time limit of 2 s", "reading the answer");
	http_close(http);
	finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_connection_is_used_again),
	    TEST(test_a_connection_that_ends_is_not_used_again),
	    TEST(test_a_request_is_tried_again_once),
	    TEST(test_a_server_that_is_gone_is_told),
	    TEST(test_a_begun_answer_is_not_asked_for_again),
	    TEST(test_a_new_connection_without_an_answer_is_no_retry),
	    TEST(test_writing_to_a_closed_connection_is_no_signal),
	    TEST(test_an_answer_that_is_cut_short_is_refused),
	    TEST(test_an_answer_that_is_too_large_is_refused),
	    TEST(test_large_requests_are_sent_or_refused_early),
	    TEST(test_an_early_100_continue_is_skipped),
	    TEST(test_requests_go_through_a_proxy),
	    TEST(test_a_refusal_of_the_proxy_is_told_as_that),
	    TEST(test_a_tunnel_that_is_refused_is_not_used),
	    TEST(test_an_observer_is_told_of_what_is_received),
	    TEST(test_an_observer_is_told_while_nothing_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
