#include "http/deadline.h"
#include "http/parser.h"
#include "http/proxy.h"
#include "http/request.h"
#include "http/tunnel.h"
#include "util/log.h"

#define READ_SIZE 4096
#define BODY_MAX  (2u * 1024 * 1024) /* bytes, of a response that refuses */

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

enum status tunnel_open(struct conn *conn, const struct route *route,
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
	return st;
}
