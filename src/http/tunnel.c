#include "http/request.h"
#include "http/response.h"
#include "http/tunnel.h"
#include "util/log.h"

#define READ_SIZE 4096
#define BODY_MAX  (2u * 1024 * 1024) /* of a refusal, in bytes */

static enum status send_connect(struct conn *conn, const struct route *route,
    const struct http_options *options)
{
	enum conn_result result;
	struct buf bytes = {0};

	if (!request_format_connect(&bytes, route->url, &route->proxy)) {
		buf_free(&bytes);
		return fail_memory();
	}
	result = conn_write(conn, bytes.data, bytes.len, NULL);
	buf_free(&bytes);
	if (result == CONN_TIMEOUT)
		return route_fail_time(options, "sending to", &route->hop);
	if (result != CONN_OK)
		return fail(ST_NETWORK, "%s: while sending CONNECT: %s",
		    buf_string(&route->hop), conn->reason);
	return ST_OK;
}

/* What follows a good head would be the server's, which must not be first. */
static enum status read_head(struct conn *conn, const struct route *route,
    const struct http_options *options, struct response *answer)
{
	unsigned char in[READ_SIZE];
	enum conn_result result;
	size_t got = 0, used;
	enum status st;

	while (!response_has_head(answer)) {
		result = conn_read(conn, in, sizeof(in), &got);
		if (result == CONN_TIMEOUT)
			return route_fail_time(options,
			    "waiting for the tunnel (CONNECT) of", &route->hop);
		if (result != CONN_OK)
			return fail(ST_NETWORK,
			    "%s: while reading the answer to CONNECT: %s",
			    buf_string(&route->hop), conn->reason);
		if (got == 0)
			return response_end(answer);
		if ((st = response_feed(answer, in, got, &used)) != ST_OK)
			return st;
		if (response_is_done(answer) && used < got &&
		    answer->out->status / 100 == 2)
			return fail(ST_NETWORK,
			    "%s: bytes after the answer to CONNECT",
			    buf_string(&route->hop));
	}
	return ST_OK;
}

static enum status check(const struct route *route, const struct response *r)
{
	const struct http_response *answer = r->out;
	const char *proxy = buf_string(&route->hop), *why = answer->proxy_error;

	if (answer->status / 100 == 2)
		return ST_OK;
	if (answer->status == 407)
		return fail(ST_NETWORK, "%s: %s (%d %s)", proxy,
		    route->proxy.user != NULL
			? "it does not accept this user and password"
			: "it wants user:password@ in front of its name",
		    answer->status, answer->reason);
	return fail(ST_NETWORK, "%s does not connect to %s: %d %s%s%s%s", proxy,
	    buf_string(&route->peer), answer->status, answer->reason,
	    *why != '\0' ? " (" : "", why, *why != '\0' ? ")" : "");
}

enum status tunnel_open(struct conn *conn, const struct route *route,
    const struct http_options *options)
{
	struct http_response answer = {0};
	struct response reader;
	enum status st;

	debug("CONNECT %s", buf_string(&route->peer));
	response_init(&reader, &answer, buf_string(&route->hop), BODY_MAX);
	reader.tunnel = true;
	if ((st = send_connect(conn, route, options)) == ST_OK &&
	    (st = read_head(conn, route, options, &reader)) == ST_OK)
		st = check(route, &reader);
	response_free(&reader);
	http_response_free(&answer);
	return st;
}
