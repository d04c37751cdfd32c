/*
 * Unit test of src/http/http.c and tcp.c: time limits, addresses, waiting.
 */
#include "test_http_server.h"
#include "util/monotonic.h"

/* None of these servers may delay the client much beyond its limit of 1 s. */
static void serve_silence(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	get_head(fd, log);
}

static void drip(int fd, const char *head)
{
	int i;

	put_text(fd, head);
	for (i = 0; i < 100; i++) {
		conn_sleep(50);
		put(fd, "a", 1);
	}
}

static void serve_head_drip(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	drip(fd, OK "X: ");
}

static void serve_body_drip(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	drip(fd, OK "Content-Length: 1000\r\n\r\n");
}

static void serve_interim_flood(int listener, int log)
{
	int fd = take(listener, log), i;

	get_request(fd, log);
	for (i = 0; i < 100; i++) {
		put_text(fd, "HTTP/1.1 102 Processing\r\n\r\n");
		conn_sleep(50);
	}
}

/* Sends without a pause, but 4 KB hold only one byte of the body. */
static void serve_flood(int listener, int log)
{
	static char chunk[4000];
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Transfer-Encoding: chunked\r\n\r\n");
	memset(chunk, 'x', sizeof(chunk));
	memcpy(chunk, "1;", 2);
	memcpy(chunk + sizeof(chunk) - 5, "\r\na\r\n", 5);
	for (;;)
		put(fd, chunk, sizeof(chunk));
}

static void serve_no_close(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "\r\nabc");
	get_head(fd, log);
}

static void interrupted(int signal_number)
{
	(void)signal_number;
}

static void test_slow_answers_end_at_the_time_limit(void **state)
{
	static const struct slow {
		const char *name;
		void (*serve)(int, int);
		const char *stage;
	} slow[] = {
	    {.name = "nothing",
		.serve = serve_silence,
		.stage = "waiting for the answer"},
	    {.name = "a header in drops",
		.serve = serve_head_drip,
		.stage = "reading the answer"},
	    {.name = "a body in drops",
		.serve = serve_body_drip,
		.stage = "reading the answer"},
	    {.name = "interim answers without end",
		.serve = serve_interim_flood,
		.stage = "reading the answer"},
	    {.name = "a body without end",
		.serve = serve_flood,
		.stage = "reading the answer"},
	    {.name = "a body whose end is missing",
		.serve = serve_no_close,
		.stage = "reading the answer"},
	};
	struct http_options options = plain;
	struct itimerval often = {{0, 30000}, {0, 30000}},
			 never = {{0, 0}, {0, 0}};
	struct sigaction on_alarm = {.sa_handler = interrupted};
	struct server s;
	struct http *http;
	long long begin;
	size_t i;

	(void)state;
	options.timeout = 1;
	sigaction(SIGALRM, &on_alarm, NULL);
	for (EACH_ROW(i, slow, slow[i].name)) {
		start(&s, slow[i].serve);
		http = open_with(&s, &options);
		setitimer(ITIMER_REAL, &often, NULL);
		begin = monotonic_now();
		expect_failure(http, &get, ST_TIMEOUT, HTTP_BAD_RESPONSE);
		assert_took(begin, 990, 4000);
		setitimer(ITIMER_REAL, &never, NULL);
		assert_said(slow[i].stage, "127.0.0.1:");
		http_close(http);
		stop_server(&s);
	}
}

/* A server that accepts the connection and then reads nothing. */
static void serve_deaf(int listener, int log)
{
	take(listener, log);
	conn_sleep(20000);
}

static void test_a_server_that_reads_nothing_is_given_up(void **state)
{
	struct http_options options = plain;
	struct http_request post = {
	    .query = "q", .content_type = "a/b", .max_body = MIB};
	struct server s;
	struct http *http;
	long long begin;
	char *body = calloc(16, MIB);

	(void)state;
	assert_non_null(body);
	post.body = body;
	post.body_len = 16 * (size_t)MIB;
	options.timeout = 1;
	start(&s, serve_deaf);
	http = open_with(&s, &options);
	begin = monotonic_now();
	expect_failure(http, &post, ST_TIMEOUT, HTTP_BAD_RESPONSE);
	assert_took(begin, 990, 4000);
	assert_said("sending to", "127.0.0.1:");
	http_close(http);
	stop_server(&s);
	free(body);
}

/* Fills the queue of a listener, so that connecting to it blocks. */
static bool fill_queue(int fds[], size_t n, uint32_t ip, unsigned int port)
{
	struct addrinfo *to = new_address(ip, port);
	struct pollfd wait = {.events = POLLOUT};
	size_t i;

	for (i = 0; i < n; i++) {
		fds[i] = socket(AF_INET, SOCK_STREAM, 0);
		fcntl(fds[i], F_SETFL, O_NONBLOCK);
		connect(fds[i], to->ai_addr, to->ai_addrlen);
	}
	wait.fd = fds[n - 1];
	freeaddrinfo(to);
	return poll(&wait, 1, 100) == 0;
}

static void test_connecting_ends_at_the_time_limit(void **state)
{
	struct http_options options = plain;
	unsigned int port = 0;
	int fds[16], fd = bind_to(AF_INET, LOCAL, &port);
	struct http *http;
	long long begin;
	bool hangs;
	size_t i;

	(void)state;
	assert_int_equal(listen(fd, 0), 0);
	hangs = fill_queue(fds, 16, LOCAL, port);
	if (hangs) {
		options.timeout = 1;
		http = open_to("127.0.0.1", port, &options);
		begin = monotonic_now();
		expect_failure(http, &get, ST_TIMEOUT, HTTP_NOT_REACHED);
		assert_took(begin, 990, 4000);
		assert_said("connecting to", "127.0.0.1:");
		http_close(http);
	}
	for (i = 0; i < 16; i++)
		close(fds[i]);
	close(fd);
	if (!hangs)
		skip();
}

static void serve_one(int listener, int log)
{
	int fd = take(listener, log);

	get_request(fd, log);
	put_text(fd, OK "Content-Length: 3\r\n\r\nabc");
	close(fd);
}

/* The first address refuses connections, the second one answers. */
static void test_the_second_address_is_tried(void **state)
{
	struct server s;
	struct http *http;

	(void)state;
	start(&s, serve_one);
	http = open_to("two.test", s.port, &plain);
	expect(http, &get, 200, "abc");
	http_close(http);
	assert_int_equal(count(finish(&s), "[accept]"), 1);
	/* Now both addresses refuse connections. */
	http = open_to("two.test", s.port, &plain);
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("127.0.0.1: Connection refused (the last of 2 addresses)",
	    "two.test:");
	http_close(http);
}

/* Closes a connection on which no request comes soon, and after each answer. */
static void serve_impatient(int listener, int log)
{
	struct pollfd fd = {.events = POLLIN};
	int answers = 0;
	char byte;

	while (answers < 2) {
		fd.fd = take(listener, log);
		if (poll(&fd, 1, 500) == 1 &&
		    recv(fd.fd, &byte, 1, MSG_PEEK) == 1) {
			get_head(fd.fd, log);
			put_text(fd.fd,
			    OK "Connection: close\r\n"
			       "Content-Length: 3\r\n\r\nabc");
			answers++;
		}
		close(fd.fd);
	}
}

/* The first address is good; the other one, which is not, takes its time. */
static bool note_tried(const struct http_try *tried, void *arg)
{
	int *tries = arg;

	++*tries;
	assert_int_equal(tried->why != NULL, *tries == 2);
	if (*tries == 2)
		conn_sleep(1500);
	return *tries <= 2;
}

/*
 * An observer is told of all addresses if it wants to; meanwhile the connection
 * does not wait.
 */
static void test_an_observer_is_told_of_all_addresses(void **state)
{
	int tries = 0, listener;
	const struct http_observer observer = {
	    .arg = &tries, .tried = note_tried};
	struct server s;
	struct http *http;
	unsigned int port = 0;

	(void)state;
	listener = bind_to(AF_INET, LOCAL2, &port);
	if (listener < 0)
		skip();
	assert_int_equal(listen(listener, 8), 0);
	start_at(&s, listener, port, serve_impatient);
	close(listener);
	http = open_to("two.test", s.port, &plain);
	http_observe(http, &observer);
	expect(http, &get, 200, "abc");
	assert_int_equal(tries, 2);
	expect(http, &get, 200, "abc");
	assert_int_equal(tries, 3);
	http_close(http);
	assert_int_equal(count(finish(&s), "[accept]"), 3);
}

/* The time limit leaves time for the next address if one never answers. */
static void test_time_is_left_for_the_next_address(void **state)
{
	struct http_options options = plain;
	struct server s;
	struct http *http;
	int fds[16], hole;
	long long begin;
	bool hangs;
	size_t i;

	(void)state;
	start(&s, serve_one);
	hole = bind_to(AF_INET, LOCAL2, &s.port);
	hangs = hole >= 0 && listen(hole, 0) == 0 &&
	    fill_queue(fds, 16, LOCAL2, s.port);
	if (!hangs) {
		stop_server(&s);
		skip();
	}
	options.timeout = 2;
	http = open_to("two.test", s.port, &options);
	begin = monotonic_now();
	expect(http, &get, 200, "abc");
	assert_took(begin, 900, 2000);
	http_close(http);
	for (i = 0; i < 16; i++)
		close(fds[i]);
	close(hole);
	finish(&s);
}

static void test_an_unknown_name_is_told(void **state)
{
	struct http *http = open_to("nowhere.test", 80, &plain);

	(void)state;
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("cannot connect to nowhere.test:80", "looking up");
	http_close(http);
}

static void test_ipv6_addresses_are_connected_to(void **state)
{
	struct server s;
	struct http *http;
	unsigned int port = 0;
	char host[64];
	char *log;
	int fd = bind_to(AF_INET6, 0, &port);

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(listen(fd, 8), 0);
	start_at(&s, fd, port, serve_one);
	http = open_to("[::1]", port, &plain);
	expect(http, &get, 200, "abc");
	http_close(http);
	log = finish(&s);
	snprintf(host, sizeof(host), "\r\nHost: [::1]:%u\r\n", port);
	assert_non_null(strstr(log, host));
	close(fd);
}

/* -W: the server starts to listen 1.5 s later. */
static void serve_later(int listener, int log)
{
	conn_sleep(1500);
	listen(listener, 8);
	serve_one(listener, log);
}

static void test_a_server_that_is_not_there_yet_is_waited_for(void **state)
{
	static const struct http_observer nobody;
	struct http_options options = plain;
	unsigned int port = 0;
	int fd = bind_to(AF_INET, LOCAL, &port);
	struct server s;
	struct http *http;
	long long begin;

	(void)state;
	assert_true(fd >= 0);
	http = open_to("127.0.0.1", port, &options);
	begin = monotonic_now();
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("cannot connect", "127.0.0.1: Connection refused");
	assert_took(begin, 0, 900);
	http_close(http);
	options.wait = 2;
	http = open_to("127.0.0.1", port, &options);
	begin = monotonic_now();
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("cannot connect", "Connection refused");
	assert_took(begin, 1990, 5000);
	/* Who observes it does not change it. */
	http_observe(http, &nobody);
	begin = monotonic_now();
	expect_failure(http, &get, ST_NETWORK, HTTP_NOT_REACHED);
	assert_said("cannot connect", "Connection refused");
	assert_took(begin, 1990, 5000);
	http_close(http);
	options.wait = 20;
	options.timeout = 1; /* starts at the successful attempt */
	start_at(&s, fd, port, serve_later);
	close(fd);
	http = open_to("127.0.0.1", port, &options);
	begin = monotonic_now();
	expect(http, &get, 200, "abc");
	assert_took(begin, 2900, 6000);
	http_close(http);
	finish(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_slow_answers_end_at_the_time_limit),
	    TEST(test_a_server_that_reads_nothing_is_given_up),
	    TEST(test_connecting_ends_at_the_time_limit),
	    TEST(test_the_second_address_is_tried),
	    TEST(test_an_observer_is_told_of_all_addresses),
	    TEST(test_time_is_left_for_the_next_address),
	    TEST(test_an_unknown_name_is_told),
	    TEST(test_ipv6_addresses_are_connected_to),
	    TEST(test_a_server_that_is_not_there_yet_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
