/* test_http_server.h: shared by the tests of src/http/; included only once. */

/*
 * A server in a child process on the loopback interface, scripted by the test;
 * name resolution without a network; and capture of stderr.
 */
#ifndef TEST_HTTP_SERVER_H
#define TEST_HTTP_SERVER_H

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/conn.h"
#include "http/http.h"
#include "http/tcp.h"
#include "util/log.h"
#include "util/monotonic.h"

/* After log.h: it has a macro fail(). */
#include <cmocka.h>

#include "rows.h"

#define OK     "HTTP/1.1 200 OK\r\n"
#define MIB    (1024 * 1024)
#define LOCAL  0x7f000001u /* 127.0.0.1 */
#define LOCAL2 0x7f000002u

struct server {
	int listener;
	unsigned int port;
	pid_t pid;
	int log; /* a pipe to which the child writes its log */
};

static FILE *caught;
static int real_stderr;

/*
 * Replaces getaddrinfo() for the tests: it knows numeric addresses, and
 * "two.test", which is 127.0.0.2 and 127.0.0.1 in this order.
 */
static inline struct addrinfo *new_address(uint32_t ip, unsigned int port)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in *to = calloc(1, sizeof(*to));

	assert_non_null(info);
	assert_non_null(to);
	to->sin_family = AF_INET;
	to->sin_port = htons((uint16_t)port);
	to->sin_addr.s_addr = htonl(ip);
	info->ai_family = AF_INET;
	info->ai_socktype = SOCK_STREAM;
	info->ai_addrlen = sizeof(*to);
	info->ai_addr = (struct sockaddr *)to;
	return info;
}

static inline struct addrinfo *new_address6(unsigned int port)
{
	struct addrinfo *info = calloc(1, sizeof(*info));
	struct sockaddr_in6 *to = calloc(1, sizeof(*to));

	assert_non_null(info);
	assert_non_null(to);
	to->sin6_family = AF_INET6;
	to->sin6_port = htons((uint16_t)port);
	to->sin6_addr.s6_addr[15] = 1;
	info->ai_family = AF_INET6;
	info->ai_socktype = SOCK_STREAM;
	info->ai_addrlen = sizeof(*to);
	info->ai_addr = (struct sockaddr *)to;
	return info;
}

int getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	unsigned int port = (unsigned int)strtoul(service, NULL, 10);

	assert_int_equal(hints->ai_family, AF_UNSPEC);
	if (strcmp(host, "127.0.0.1") == 0) {
		*out = new_address(LOCAL, port);
	} else if (strcmp(host, "::1") == 0) {
		*out = new_address6(port);
	} else if (strcmp(host, "two.test") == 0) {
		*out = new_address(LOCAL2, port);
		(*out)->ai_next = new_address(LOCAL, port);
	} else {
		return EAI_NONAME;
	}
	return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
	struct addrinfo *next;

	for (; list != NULL; list = next) {
		next = list->ai_next;
		free(list->ai_addr);
		free(list);
	}
}

static inline int catch_stderr(void **state)
{
	rows_forget(state);
	fflush(stderr);
	caught = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	if (caught == NULL || real_stderr < 0)
		return -1;
	return dup2(fileno(caught), STDERR_FILENO) < 0 ? -1 : 0;
}

static inline int release_stderr(void **state)
{
	(void)state;
	fflush(stderr);
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	fclose(caught);
	return rows_print(state);
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

/* Exactly one line was printed, and it contains each of the words. */
static inline void assert_said(const char *word1, const char *word2)
{
	const char *text = caught_text();

	if (strchr(text, '\n') == NULL || strcmp(strchr(text, '\n'), "\n") != 0)
		FAIL("not one line: %s", text);
	if (strstr(text, word1) == NULL || strstr(text, word2) == NULL)
		FAIL("no \"%s\" and \"%s\" in: %s", word1, word2, text);
}

/*
 * The time since a monotonic_now(), in milliseconds.  A slow machine may take more
 * time: scripts/test sets the factor.
 */
static inline void assert_took(long long begin, long long least, long long most)
{
	const char *slowness = getenv("slowness");
	long long took = monotonic_now() - begin;

	if (slowness != NULL)
		most *= strtol(slowness, NULL, 10);

	if (took < least || took > most)
		FAIL("%lld ms, not %lld to %lld", took, least, most);
}

/* A socket that is bound but does not listen, so connections are refused. */
static inline int bind_to(int family, uint32_t ip, unsigned int *port)
{
	int fd = socket(family, SOCK_STREAM, 0), on = 1;
	struct addrinfo *to =
	    family == AF_INET ? new_address(ip, *port) : new_address6(*port);
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} name;
	socklen_t len = sizeof(name);

	if (fd < 0)
		goto out;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, to->ai_addr, to->ai_addrlen) != 0 ||
	    getsockname(fd, &name.any, &len) != 0) {
		close(fd);
		fd = -1;
		goto out;
	}
	*port =
	    ntohs(family == AF_INET ? name.in.sin_port : name.in6.sin6_port);
out:
	freeaddrinfo(to);
	return fd;
}

static inline void put(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;
	ssize_t n;

	while (len > 0 && (n = send(fd, p, len, MSG_NOSIGNAL)) > 0) {
		p += n;
		len -= (size_t)n;
	}
}

static inline void put_text(int fd, const char *text)
{
	put(fd, text, strlen(text));
}

static inline void note_text(int log, const char *text)
{
	if (write(log, text, strlen(text)) < 0)
		_exit(1);
}

static inline int take(int listener, int log)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		_exit(1);
	note_text(log, "[accept]");
	return fd;
}

/* Reads a header byte by byte and logs it; returns Content-Length or 0. */
static inline size_t get_head(int fd, int log)
{
	char head[8192], *length;
	size_t len = 0;

	while (len < sizeof(head) - 1 && recv(fd, head + len, 1, 0) == 1) {
		head[++len] = '\0';
		if (len >= 4 && strcmp(head + len - 4, "\r\n\r\n") == 0) {
			note_text(log, head);
			length = strstr(head, "Content-Length: ");
			return length ? strtoul(length + 16, NULL, 10) : 0;
		}
	}
	note_text(log, "[end]");
	return 0;
}

static inline void get_request(int fd, int log)
{
	size_t left = get_head(fd, log), sum = 0;
	char text[64];
	unsigned char in[4096];
	ssize_t n = 1;

	if (left == 0)
		return;
	while (left > 0 && n > 0) {
		n = recv(fd, in, left < sizeof(in) ? left : sizeof(in), 0);
		left -= n > 0 ? (size_t)n : 0;
		for (ssize_t i = 0; i < n; i++)
			sum += in[i];
	}
	snprintf(text, sizeof(text), "[left %zu, sum %zu]", left, sum);
	note_text(log, text);
}

static inline void start_at(struct server *s, int listener, unsigned int port,
    void (*serve)(int listener, int log))
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	s->listener = listener;
	s->port = port;
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0) {
		alarm(30);
		close(ends[0]);
		serve(listener, ends[1]);
		_exit(0);
	}
	close(ends[1]);
	s->log = ends[0];
}

static inline void start(struct server *s, void (*serve)(int listener, int log))
{
	unsigned int port = 0;
	int fd = bind_to(AF_INET, LOCAL, &port);

	assert_true(fd >= 0);
	assert_int_equal(listen(fd, 8), 0);
	start_at(s, fd, port, serve);
	close(s->listener);
	s->listener = -1;
}

/* Waits until the server ends by itself, and returns its log. */
static inline char *finish(struct server *s)
{
	static char text[65536];
	size_t len = 0;
	ssize_t n;
	int status;

	while ((n = read(s->log, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(s->log);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	return text;
}

static inline void stop_server(struct server *s)
{
	kill(s->pid, SIGKILL);
	finish(s);
}

static inline size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

static const struct http_options plain = {.timeout = 10};
static const struct http_request get = {
    .query = "operation=GetCACaps", .max_body = MIB};

/* The URL is never freed. */
static inline struct http *open_to(
    const char *host, unsigned int port, const struct http_options *options)
{
	static struct url url;
	struct http *http;
	char text[128];

	url_free(&url);
	snprintf(text, sizeof(text), "http://%s:%u/p", host, port);
	assert_int_equal(url_parse(&url, text), ST_OK);
	assert_int_equal(http_open(&http, &url, options), ST_OK);
	return http;
}

static inline struct http *open_with(
    const struct server *s, const struct http_options *options)
{
	return open_to("127.0.0.1", s->port, options);
}

/* One exchange that must succeed with this HTTP status and body. */
static inline void expect(struct http *http, const struct http_request *request,
    int status, const char *body)
{
	struct http_response response;
	enum status st = http_exchange(http, request, &response);

	if (st != ST_OK)
		FAIL("status %d: %s", st, caught_text());
	assert_int_equal(response.outcome, HTTP_ANSWERED);
	assert_true(response_is_of_server(&response));
	assert_int_equal(response.status, status);
	assert_string_equal(buf_string(&response.body.bytes), body);
	response_free(&response);
	assert_string_equal(caught_text(), "");
}

static inline void expect_failure(struct http *http,
    const struct http_request *request, enum status want,
    enum http_outcome outcome)
{
	struct http_response response;

	assert_int_equal(http_exchange(http, request, &response), want);
	assert_int_equal(response.outcome, outcome);
	assert_int_equal(
	    response_is_of_server(&response), outcome != HTTP_NOT_REACHED);
	assert_null(response.body.bytes.data);
	assert_null(response.location.data);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, catch_stderr, release_stderr)

#endif
