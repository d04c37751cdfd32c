/* route.h: the way to a server: addresses, a proxy, a tunnel, TLS. */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include <stdbool.h>

#include "http/conn.h"
#include "http/http.h"
#include "http/tls.h"
#include "http/url.h"
#include "util/buf.h"
#include "util/status.h"

/* All zero is empty. */
struct route {
	const struct url *url; /* what is asked for; borrowed */
	struct url proxy;      /* no host: none */
	const char *from;      /* the URL that redirects there, or NULL */
	struct buf hop;        /* whom to connect to, for messages */
	struct buf peer;       /* who answers: the hop, or who is behind it */
	struct buf name;       /* the URL, for messages */
};

/*
 * proxy is "[user:password@]host:port", or NULL for that of the environment.
 * After reporting: ST_ERROR for a proxy that cannot be understood.  route is
 * to be freed when it is ST_OK.
 */
enum status route_init(
    struct route *route, const struct url *url, const char *proxy);
void route_free(struct route *route);

/* The proxy that gets the requests and sends them on; NULL: none does. */
const struct url *route_proxy(const struct route *route);

/* Whether a connection for the one is as good for the other. */
bool route_is_shared(const struct route *a, const struct route *b);

/*
 * Connects, again and again as long as options->wait allows; then CONNECT
 * where a proxy is in front of TLS, then TLS.  *deadline counts from the last
 * try.  ST_NETWORK or ST_TIMEOUT after reporting.
 */
enum status route_connect(struct conn **out, const struct route *route,
    struct tls *tls, const struct http_options *options, long long *deadline);

/* "time limit reached while STAGE PEER"; ST_TIMEOUT. */
enum status route_fail_time(const struct http_options *options,
    const char *stage, const struct buf *peer);

/* When an exchange that begins now has to be done. */
long long route_deadline(const struct http_options *options);

#endif
