#include "http/connect.h"
#include "http/deadline.h"
#include "http/observer.h"
#include "http/parser.h"
#include "http/proxy.h"
#include "http/request.h"
#include "http/tcp.h"
#include "util/log.h"
#include "util/monotonic.h"

#define READ_SIZE 4096
#define BODY_MAX  (2u * 1024 * 1024) /* bytes, of a response that refuses */

/* Milliseconds. */
#define PAUSE_FIRST 1000  /* before the second try; doubled after each ... */
#define PAUSE_MAX   30000 /* ... up to this */
#define TRY_MIN     1000  /* the least time that the last try gets */

static long long least(long long a, long long b)
{
	return a < b ? a : b;
}

/* After a redirect the message names the URL that the user did give. */
static enum status fail_connect(const struct route *route, const char *what,
    const struct buf *name, const char *reason)
{
	return fail(ST_NETWORK, "%s%s%s%s: %s", what, buf_string(name),
	    route->from != NULL ? ", as redirected by " : "",
	    route->from != NULL ? route->from : "", reason);
}

static enum status connect_tcp(struct conn **out, const struct route *route,
    const struct http_options *options, long long *deadline)
{
	const struct url *to = route_get_hop(route);
	const char *name = buf_string(&route->hop);
	long long give_up = monotonic_now() + options->wait * 1000LL;
	long long limit = *deadline, pause = PAUSE_FIRST, left, last;
	char reason[CONN_REASON_MAX] = "";
	enum conn_result result;

	for (;;) {
		result = tcp_connect(out, to->host, to->port, limit,
		    &options->observer, reason, sizeof(reason));
		left = give_up - monotonic_now();
		if (result == CONN_OK || left <= 0)
			break;

		pause = least(pause, left);
		verbose("cannot connect to %s: %s; next try in %lld ms", name,
		    reason, pause);
		conn_sleep(pause);
		pause = least(pause * 2, PAUSE_MAX);

		*deadline = deadline_start(options);
		last = monotonic_now() + TRY_MIN;
		limit = least(*deadline, give_up > last ? give_up : last);
	}

	switch (result) {
	case CONN_OK:
		/* The time for its other addresses is not that of the server. */
		if (options->observer.tried != NULL)
			*deadline = deadline_start(options);
		(*out)->deadline = *deadline;
		return ST_OK;
	case CONN_TIMEOUT:
		return deadline_fail(options, "connecting to", name);
	default:
		return fail_connect(
		    route, "cannot connect to ", &route->hop, reason);
	}
}

static enum status tunnel_send(struct conn *conn, const struct route *route,
    const struct http_options *options)
{
	const char *proxy = buf_string(&route->hop);
	enum conn_result result;
	struct buf bytes = {0};

	if (!request_format_connect(&bytes, route->url, &route->proxy)) {
		buf_free(&bytes);
		return fail_memory();
	}
	result = conn_write(conn, bytes.data, bytes.len, NULL);
	buf_free(&bytes);
	if (result == CONN_TIMEOUT)
		return deadline_fail(options, "sending to", proxy);
	if (result != CONN_OK)
		return fail(ST_NETWORK, "%s: while sending CONNECT: %s", proxy,
		    conn->reason);
	return ST_OK;
}

/*
 * Reads the header.  Bytes that follow it would be the server's, but in TLS
 * the client speaks first.
 */
static enum status tunnel_read(struct conn *conn, const struct route *route,
    const struct http_options *options, struct parser *parser)
{
	const char *proxy = buf_string(&route->hop);
	unsigned char in[READ_SIZE];
	enum conn_result result;
	size_t got = 0, used = 0;
	enum status st;

	while (!parser_has_head(parser)) {
		result = conn_read(conn, in, sizeof(in), &got);
		if (result == CONN_TIMEOUT)
			return deadline_fail(options,
			    "waiting for the tunnel (CONNECT) of", proxy);
		if (result != CONN_OK)
			return fail(ST_NETWORK,
			    "%s: while reading the answer to CONNECT: %s",
			    proxy, conn->reason);
		if (got == 0)
			return parser_end(parser);

		st = parser_feed(parser, in, got, &used);
		if (st != ST_OK)
			return st;
	}

	if (parser->out->status / 100 == 2 && used < got)
		return fail(
		    ST_NETWORK, "%s: bytes after the answer to CONNECT", proxy);
	return ST_OK;
}

static enum status tunnel_check_status(
    const struct route *route, const struct http_response *response)
{
	const char *proxy = buf_string(&route->hop);
	const char *why = response->proxy_error;

	if (response->status / 100 == 2)
		return ST_OK;
	if (response->status == 407)
		return fail(ST_NETWORK, "%s: %s (407 %s)", proxy,
		    proxy_explain_407(&route->proxy), response->reason);
	return fail(ST_NETWORK, "%s does not connect to %s: %d %s%s%s%s", proxy,
	    buf_string(&route->peer), response->status, response->reason,
	    *why != '\0' ? " (" : "", why, *why != '\0' ? ")" : "");
}

/*
 * Asks the proxy, to which conn is connected, for a tunnel to the server, to
 * which conn leads from then on (CONNECT, RFC 9110, 9.3.6).
 */
static enum status tunnel_open(struct conn *conn, const struct route *route,
    const struct http_options *options)
{
	struct http_response response = {0};
	struct parser parser;
	enum status st;

	debug("CONNECT %s", buf_string(&route->peer));
	parser_init(&parser, &response, buf_string(&route->hop), BODY_MAX);
	parser.tunnel = true;
	st = tunnel_send(conn, route, options);
	if (st == ST_OK)
		st = tunnel_read(conn, route, options, &parser);
	if (st == ST_OK)
		st = tunnel_check_status(route, &response);
	parser_free(&parser);
	response_free(&response);
	if (st == ST_OK && options->observer.tunnelled != NULL)
		options->observer.tunnelled(buf_string(&route->hop),
		    buf_string(&route->peer), options->observer.arg);
	return st;
}

/* Replaces *conn by TLS over it; on failure closes it and sets it to NULL. */
static enum status connect_tls(struct conn **conn, const struct route *route,
    struct tls *tls, const struct http_options *options)
{
	struct conn *lower = *conn;
	char reason[CONN_REASON_MAX];

	*conn = NULL;
	switch (tls_connect(conn, tls, lower, route->url->host,
	    &options->observer, reason, sizeof(reason))) {
	case CONN_OK:
		return ST_OK;
	case CONN_TIMEOUT:
		return deadline_fail(options, "in the TLS handshake with",
		    buf_string(&route->peer));
	default:
		return fail_connect(route, "", &route->peer, reason);
	}
}

enum status connect_open(struct conn **out, const struct route *route,
    struct tls *tls, const struct http_options *options, long long *deadline)
{
	struct conn *conn = NULL;
	enum status st;

	st = connect_tcp(&conn, route, options, deadline);
	if (st == ST_OK && route_has_tunnel(route))
		st = tunnel_open(conn, route, options);
	if (st == ST_OK && route->url->tls)
		st = connect_tls(&conn, route, tls, options);
	if (st == ST_OK)
		*out = conn;
	else if (conn != NULL)
		conn->close(conn);
	return st;
}
