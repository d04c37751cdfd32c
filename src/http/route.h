/* route.h: the way to a URL: directly, by a proxy, or by a tunnel. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>

#include "http/url.h"
#include "util/buf.h"
#include "util/status.h"

/*
 * Requests for http URLs go to the proxy, which forwards them; those for https
 * URLs go through a tunnel that the proxy opens (RFC 9110, 3.7).  All zero is
 * empty.
 */
struct route {
	const struct url *url; /* borrowed */
	struct url proxy;      /* its host is NULL: there is no proxy */
	const char *from;      /* the URL that redirects here, or NULL */
	struct buf hop;        /* whom to connect to, for messages */
	struct buf peer;       /* who responds: hop, or the server behind it */
	struct buf name;       /* the URL, for messages */
};

/*
 * proxy is "[user:password@]host:port"; NULL: the one of the environment, if
 * any.  ST_ERROR after reporting an invalid proxy.  The caller frees route
 * when it is ST_OK.
 */
enum status route_init(
    struct route *route, const struct url *url, const char *proxy);
void route_free(struct route *route);

/* The proxy that forwards the requests; NULL: none, or one with a tunnel. */
const struct url *route_get_proxy(const struct route *route);

/* Whether a proxy has to open a tunnel. */
bool route_has_tunnel(const struct route *route);

/* The host and port to connect to: of the proxy, or of the server. */
const struct url *route_get_hop(const struct route *route);

/* Whether a connection that was opened for a can carry requests for b. */
bool route_is_shared(const struct route *a, const struct route *b);

#endif
