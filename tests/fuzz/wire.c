#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/tcp.h"
#include "util/buf.h"
#include "wire.h"

#define MARK_LEN 3

static struct fuzz_input script; /* what has not been sent yet */
static bool drips, ended;        /* the connection is at its end */
static bool asked;               /* since the last bytes of the server */

void wire_start(struct fuzz_input bytes, bool dripping)
{
	script = bytes;
	drips = dripping;
}

/* How many bytes there are before the next mark. */
static size_t answer_left(void)
{
	size_t i;

	for (i = 0; i + MARK_LEN <= script.left; i++)
		if (memcmp(script.next + i, WIRE_NEXT, MARK_LEN) == 0 ||
		    memcmp(script.next + i, WIRE_CLOSE, MARK_LEN) == 0)
			return i;
	return script.left;
}

static void skip(size_t len)
{
	script.next += len;
	script.left -= len;
}

/* At a mark, a request makes the server go on. */
static void skip_mark(void)
{
	if (script.left >= MARK_LEN && answer_left() == 0)
		skip(MARK_LEN);
}

static bool is_at_end(void)
{
	return ended || script.left == 0 ||
	    (script.left >= MARK_LEN &&
		memcmp(script.next, WIRE_CLOSE, MARK_LEN) == 0);
}

static enum conn_result wire_take(
    struct conn *conn, void *bytes, size_t size, size_t *got)
{
	size_t len = answer_left();

	(void)conn;
	*got = 0;
	if (is_at_end()) {
		ended = true;
		return CONN_OK;
	}
	if (len == 0)
		return CONN_AGAIN;
	if (drips && len > 1 + script.left % 7)
		len = 1 + script.left % 7;
	if (len > size)
		len = size;
	memcpy(bytes, script.next, len);
	skip(len);
	asked = false;
	*got = len;
	return CONN_OK;
}

/* Each call has a whole request, as all of it is taken. */
static enum conn_result wire_give(
    struct conn *conn, const void *bytes, size_t len, size_t *sent)
{
	struct buf request = {0};

	(void)conn;
	if (len > 4 &&
	    (memcmp(bytes, "GET ", 4) == 0 || memcmp(bytes, "POST", 4) == 0 ||
		memcmp(bytes, "CONN", 4) == 0)) {
		FUZZ_CHECK(buf_add(&request, bytes, len));
		fuzz_check_request(buf_string(&request), len);
		buf_free(&request);
	}
	if (!asked)
		skip_mark();
	asked = true;
	*sent = len;
	return CONN_OK;
}

static enum conn_result wire_wait(
    struct conn *conn, unsigned int events, unsigned int *came)
{
	*came = events & CONN_WRITE;
	if ((events & CONN_READ) != 0 && (answer_left() > 0 || is_at_end()))
		*came |= CONN_READ;
	return *came != 0 ? CONN_OK : conn_fail_time(conn);
}

static void wire_close(struct conn *conn)
{
	free(conn);
}

/* No redirect leads to another host. */
enum conn_result tcp_connect(struct conn **out, const char *host,
    unsigned int port, long long deadline, const struct http_observer *observer,
    char *reason, size_t size)
{
	struct conn *conn = calloc(1, sizeof(*conn));

	(void)observer;
	(void)reason;
	(void)size;
	FUZZ_CHECK(port >= 1 && port <= 65535);
	FUZZ_CHECK(strcasecmp(host, "ca.example") == 0 ||
	    strcmp(host, "proxy.example") == 0);
	if (conn == NULL)
		abort();
	conn->take = wire_take;
	conn->give = wire_give;
	conn->wait = wire_wait;
	conn->close = wire_close;
	conn->deadline = deadline;
	ended = false;
	asked = false;
	*out = conn;
	return CONN_OK;
}

bool tcp_is_same_address(const char *a, const char *b)
{
	struct in6_addr one, other;

	return inet_pton(AF_INET6, a, &one) == 1 &&
	    inet_pton(AF_INET6, b, &other) == 1 &&
	    memcmp(&one, &other, sizeof(one)) == 0;
}
