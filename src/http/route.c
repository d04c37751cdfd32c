#include <stdio.h>
#include <string.h>

#include "http/proxy.h"
#include "http/route.h"
#include "http/tunnel.h"
#include "util/log.h"

#define RETRY_FIRST 1000  /* milliseconds to the first retry ... */
#define RETRY_MAX   30000 /* ... doubled up to this */
#define RETRY_TIME  1000  /* that the last retry has at least */

static bool has_proxy(const struct route *route)
{
	return route->proxy.host != NULL;
}

static bool add_peer(struct buf *out, const struct url *url)
{
	return buf_addf(
	    out, url->ipv6 ? "[%s]:%u" : "%s:%u", url->host, url->port);
}

/* variable is where in the environment the proxy was found, or NULL. */
static bool add_hop(struct route *route, const char *variable)
{
	if (!has_proxy(route))
		return add_peer(&route->hop, route->url);
	return buf_add_string(&route->hop, "proxy ") &&
	    add_peer(&route->hop, &route->proxy) &&
	    (variable == NULL || buf_addf(&route->hop, " of %s", variable));
}

static bool add_names(struct route *route, const char *variable)
{
	return add_hop(route, variable) &&
	    url_add_text(&route->name, route->url) &&
	    (route_proxy(route) != NULL
		    ? buf_add_string(&route->peer, buf_string(&route->hop))
		    : add_peer(&route->peer, route->url));
}

/* The proxy of the option, or else of the environment. */
static enum status find_proxy(
    struct route *route, const char *proxy, const char **variable)
{
	char what[32];

	if (proxy != NULL)
		return url_parse_proxy(&route->proxy, proxy, "proxy");
	if ((proxy = proxy_from_environment(route->url, variable)) == NULL)
		return ST_OK;
	snprintf(what, sizeof(what), "proxy of %s", *variable);
	return url_parse_proxy(&route->proxy, proxy, what);
}

enum status route_init(
    struct route *route, const struct url *url, const char *proxy)
{
	const char *variable = NULL;
	struct route new = {.url = url};
	enum status st;

	if ((st = find_proxy(&new, proxy, &variable)) != ST_OK)
		return st;
	if (!add_names(&new, variable)) {
		route_free(&new);
		return fail_memory();
	}
	*route = new;
	return ST_OK;
}

void route_free(struct route *route)
{
	url_free(&route->proxy);
	buf_free(&route->hop);
	buf_free(&route->peer);
	buf_free(&route->name);
}

const struct url *route_proxy(const struct route *route)
{
	return has_proxy(route) && !route->url->tls ? &route->proxy : NULL;
}

bool route_is_shared(const struct route *a, const struct route *b)
{
	return a->url->tls == b->url->tls &&
	    strcmp(buf_string(&a->hop), buf_string(&b->hop)) == 0 &&
	    strcmp(buf_string(&a->peer), buf_string(&b->peer)) == 0;
}

enum status route_fail_time(const struct http_options *options,
    const char *stage, const struct buf *peer)
{
	return fail(ST_TIMEOUT, "time limit of %u s reached while %s %s",
	    options->timeout, stage, buf_string(peer));
}

long long route_deadline(const struct http_options *options)
{
	return conn_now() + options->timeout * 1000LL;
}

static long long least(long long a, long long b)
{
	return a < b ? a : b;
}

/* Where a redirect led, which is a name that the user never gave. */
static enum status fail_there(const struct route *route, const char *what,
    const struct buf *name, const char *reason)
{
	return fail(ST_NETWORK, "%s%s%s%s: %s", what, buf_string(name),
	    route->from != NULL ? ", as redirected by " : "",
	    route->from != NULL ? route->from : "", reason);
}

/*
 * Connects, again and again as long as options->wait allows.  The time limit
 * of the exchange counts from the last try.
 */
static enum status connect_or_wait(struct conn **out, const struct route *route,
    const struct http_options *options, long long *deadline)
{
	const struct url *to = has_proxy(route) ? &route->proxy : route->url;
	const char *name = buf_string(&route->hop);
	long long give_up = conn_now() + options->wait * 1000LL;
	long long limit = *deadline, pause = RETRY_FIRST, left, last;
	char reason[CONN_REASON_MAX] = "";
	enum conn_result result;

	for (;;) {
		result = tcp_connect(
		    out, to->host, to->port, limit, reason, sizeof(reason));
		if (result == CONN_OK)
			break;
		left = give_up - conn_now();
		if (left <= 0)
			break;
		pause = least(pause, left);
		verbose("cannot connect to %s: %s; next try in %lld ms", name,
		    reason, pause);
		conn_sleep(pause);
		pause = least(pause * 2, RETRY_MAX);
		*deadline = route_deadline(options);
		last = conn_now() + RETRY_TIME;
		limit = least(*deadline, give_up > last ? give_up : last);
	}
	if (result == CONN_OK) {
		(*out)->deadline = *deadline;
		return ST_OK;
	}
	if (result == CONN_TIMEOUT)
		return route_fail_time(options, "connecting to", &route->hop);
	return fail_there(route, "cannot connect to ", &route->hop, reason);
}

/* *conn becomes the TLS over it; it is closed, and NULL, on failure. */
static enum status secure(struct conn **conn, const struct route *route,
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
		return route_fail_time(
		    options, "in the TLS handshake with", &route->peer);
	default:
		return fail_there(route, "", &route->peer, reason);
	}
}

enum status route_connect(struct conn **out, const struct route *route,
    struct tls *tls, const struct http_options *options, long long *deadline)
{
	struct conn *conn = NULL;
	enum status st;

	st = connect_or_wait(&conn, route, options, deadline);
	if (st == ST_OK && has_proxy(route) && route->url->tls)
		st = tunnel_open(conn, route, options);
	if (st == ST_OK && route->url->tls)
		st = secure(&conn, route, tls, options);
	if (st == ST_OK)
		*out = conn;
	else if (conn != NULL)
		conn->close(conn);
	return st;
}
