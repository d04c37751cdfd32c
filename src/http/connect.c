#include "http/connect.h"
#include "http/deadline.h"
#include "http/tcp.h"
#include "http/tunnel.h"
#include "util/log.h"

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
	long long give_up = conn_now() + options->wait * 1000LL;
	long long limit = *deadline, pause = PAUSE_FIRST, left, last;
	char reason[CONN_REASON_MAX] = "";
	enum conn_result result;

	for (;;) {
		result = tcp_connect(
		    out, to->host, to->port, limit, reason, sizeof(reason));
		left = give_up - conn_now();
		if (result == CONN_OK || left <= 0)
			break;

		pause = least(pause, left);
		verbose("cannot connect to %s: %s; next try in %lld ms", name,
		    reason, pause);
		conn_sleep(pause);
		pause = least(pause * 2, PAUSE_MAX);

		*deadline = deadline_start(options);
		last = conn_now() + TRY_MIN;
		limit = least(*deadline, give_up > last ? give_up : last);
	}

	switch (result) {
	case CONN_OK:
		(*out)->deadline = *deadline;
		return ST_OK;
	case CONN_TIMEOUT:
		return deadline_fail(options, "connecting to", name);
	default:
		return fail_connect(
		    route, "cannot connect to ", &route->hop, reason);
	}
}

/* Replaces *conn by TLS over it; on failure closes it and sets it to NULL. */
static enum status connect_tls(struct conn **conn, const struct route *route,
    struct tls *tls, const struct http_options *options)
{
	struct conn *lower = *conn;
	char reason[CONN_REASON_MAX];

	*conn = NULL;
	switch (tls_connect(
	    conn, tls, lower, route->url->host, reason, sizeof(reason))) {
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
