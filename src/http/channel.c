#include <string.h>

#include "http/channel.h"
#include "http/connect.h"
#include "http/deadline.h"
#include "http/parser.h"
#include "util/log.h"
#include "util/monotonic.h"

/* Bytes that are read at once, and those of a body that goes to a file. */
#define READ_SIZE  (16u * 1024)
#define READ_LARGE (64u * 1024)

/* Milliseconds without a byte after which it is told how far the body is. */
#define TELL_AGAIN 500

/* One try to carry out an exchange, on one connection. */
struct attempt {
	struct channel *channel;
	const struct buf *request;
	size_t sent; /* bytes of the request */
	struct parser parser;
	struct buf in; /* room for what is read */
	bool reused;   /* the connection has carried an exchange before */
	bool stale;    /* and it was closed before any byte of the response */
	bool surplus;  /* bytes followed the response */
};

static const char *channel_peer(const struct channel *channel)
{
	return buf_string(&channel->route->peer);
}

void channel_close(struct channel *channel)
{
	if (channel->conn != NULL)
		channel->conn->close(channel->conn);
	channel->conn = NULL;
}

void channel_set_route(struct channel *channel, const struct route *route)
{
	if (channel->conn != NULL && !route_is_shared(channel->route, route))
		channel_close(channel);
	channel->route = route;
}

/*
 * Reports that the connection ended (reason is NULL) or failed.  A server may
 * close an idle connection at any time (RFC 9112, 9.5): if it did, sets stale
 * and reports nothing.
 */
static enum status attempt_lost(struct attempt *try, const char *reason)
{
	const struct conn *conn = try->channel->conn;
	const char *peer = channel_peer(try->channel);
	const bool none = !try->parser.any; /* no byte of the response */

	if (none && try->reused) {
		try->stale = true;
		return ST_NETWORK;
	}
	if (none && conn->refused) {
		try->channel->reached = false;
		return fail(ST_NETWORK, "%s: %s", peer, conn->reason);
	}
	if (none && conn->hint != NULL)
		return fail(ST_NETWORK, "%s: no answer: %s (%s)", peer,
		    reason != NULL ? reason : "the connection ended",
		    conn->hint);
	if (reason == NULL)
		return parser_end(&try->parser);
	return fail(
	    ST_NETWORK, "%s: while reading the answer: %s", peer, reason);
}

/* Tells how far the body is, if it has begun and somebody wants to know. */
static bool tell_received(const struct attempt *try)
{
	const struct http_observer *observer = &try->channel->options->observer;
	const struct parser *parser = &try->parser;

	if (observer->received == NULL || !parser_has_head(parser) ||
	    parser_is_done(parser))
		return false;
	observer->received(parser->out->body.len,
	    parser->state == PARSER_LENGTH ? parser->length : 0, observer->arg);
	return true;
}

/* As conn_read(); tells again and again while no bytes of the body come. */
static enum conn_result read_some(struct attempt *try, size_t size, size_t *got)
{
	struct conn *conn = try->channel->conn;
	const long long end = conn->deadline;
	enum conn_result result;
	long long next;

	do {
		next = end;
		if (tell_received(try) && end - monotonic_now() > TELL_AGAIN)
			next = monotonic_now() + TELL_AGAIN;
		conn->deadline = next;
		result = conn_read(conn, try->in.data, size, got);
		conn->deadline = end;
	} while (result == CONN_TIMEOUT && next < end);
	return result;
}

static enum status attempt_read(struct attempt *try)
{
	const struct channel *channel = try->channel;
	struct conn *conn = channel->conn;
	const size_t size =
	    try->parser.out->body.in_file ? READ_LARGE : READ_SIZE;
	enum conn_result result;
	size_t got = 0, used;
	enum status st;

	if (!buf_reserve(&try->in, size - 1)) /* it adds one byte */
		return fail_memory();
	result = read_some(try, size, &got);
	if (result == CONN_TIMEOUT)
		return deadline_fail(channel->options,
		    try->parser.any ? "reading the answer of"
				    : "waiting for the answer of",
		    channel_peer(channel));
	if (result != CONN_OK)
		return attempt_lost(try, conn->reason);
	if (got == 0)
		return attempt_lost(try, NULL);

	st = parser_feed(&try->parser, try->in.data, got, &used);
	if (st == ST_OK && used < got)
		try->surplus = true;
	return st;
}

/*
 * Sends the request until the response begins.  A server may respond to a
 * large request, and close, before it has read all of it: so a failure to
 * write is no error as long as a response can be read.
 */
static enum status attempt_send(struct attempt *try)
{
	const struct channel *channel = try->channel;
	struct conn *conn = channel->conn;
	const struct buf *request = try->request;
	enum conn_result result;
	enum status st;
	size_t sent;

	while (try->sent < request->len && !parser_has_head(&try->parser)) {
		result = conn_write(conn, request->data + try->sent,
		    request->len - try->sent, &sent);
		try->sent += sent;

		if (result == CONN_TIMEOUT)
			return deadline_fail(channel->options, "sending to",
			    channel_peer(channel));
		if (result == CONN_FAILED) {
			debug("sending to %s: %s", channel_peer(channel),
			    conn->reason);
			return ST_OK;
		}
		if (try->sent == request->len)
			break;

		st = attempt_read(try);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* Those who look only at the start find it in memory. */
static enum status end_body(struct spool *body)
{
	enum status st = spool_end(body);
	size_t len;

	if (st == ST_OK && spool_peek(body, 0, SPOOL_WINDOW, &len) == NULL &&
	    body->failed)
		st = spool_fail_read();
	return st;
}

/* Keeps the connection open if another exchange can follow. */
static enum status attempt_run(
    struct attempt *try, struct http_response *response, size_t max_body)
{
	struct channel *channel = try->channel;
	enum status st;

	channel->reached = true;
	parser_init(&try->parser, response, channel_peer(channel), max_body);
	st = attempt_send(try);
	while (st == ST_OK && !parser_is_done(&try->parser))
		st = attempt_read(try);
	if (st == ST_OK)
		st = end_body(&response->body);

	channel->hint = channel->conn->hint;
	if (st != ST_OK || !try->parser.keep || try->surplus ||
	    try->sent < try->request->len)
		channel_close(channel);
	parser_free(&try->parser);
	buf_free(&try->in);
	return st;
}

/*
 * Runs an attempt on the open connection.  False when there is none, or when
 * the server had closed it; then nothing is reported.
 */
static bool exchange_on_open(struct channel *channel, const struct buf *request,
    size_t max_body, struct http_response *response, long long deadline,
    enum status *st)
{
	struct attempt try = {
	    .channel = channel, .request = request, .reused = true};

	if (channel->conn != NULL && !conn_is_quiet(channel->conn))
		channel_close(channel);
	if (channel->conn == NULL)
		return false;

	channel->conn->deadline = deadline;
	*st = attempt_run(&try, response, max_body);
	if (!try.stale)
		return true;
	debug("%s closed the connection", channel_peer(channel));
	channel->reached = false;
	return false;
}

static enum status exchange_on_new(struct channel *channel,
    const struct buf *request, size_t max_body, struct http_response *response,
    long long *deadline)
{
	struct attempt try = {.channel = channel, .request = request};
	enum status st;

	st = connect_open(&channel->conn, channel->route, channel->tls,
	    channel->options, deadline);
	if (st != ST_OK)
		return st;
	channel->conn->deadline = *deadline;
	return attempt_run(&try, response, max_body);
}

enum status channel_exchange(struct channel *channel,
    const struct http_request *request, struct http_response *response,
    long long *deadline)
{
	const struct route *route = channel->route;
	struct buf bytes = {0};
	enum status st;

	memset(response, 0, sizeof(*response));
	response->body.directory = channel->options->directory;
	response->body.budget = request->budget;
	response->body.memory_max = request->in_memory ? request->max_body : 0;
	channel->reached = false;
	channel->hint = NULL;
	if (!request_format(
		&bytes, route->url, request, route_get_proxy(route))) {
		buf_free(&bytes);
		return fail_memory();
	}

	debug("%s %s, %zu bytes", request->body != NULL ? "POST" : "GET",
	    buf_string(&route->name), bytes.len);
	if (!exchange_on_open(
		channel, &bytes, request->max_body, response, *deadline, &st))
		st = exchange_on_new(
		    channel, &bytes, request->max_body, response, deadline);
	buf_free(&bytes);
	if (st == ST_OK)
		debug("answer: %d %s, \"%s\", %zu bytes", response->status,
		    response->reason, response->content_type,
		    response->body.len);
	return st;
}
