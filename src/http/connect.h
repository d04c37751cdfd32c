/* connect.h: opens a connection along a route: TCP, CONNECT, TLS. */
#ifndef HTTP_CONNECT_H
#define HTTP_CONNECT_H

#include "http/conn.h"
#include "http/options.h"
#include "http/route.h"
#include "http/tls.h"
#include "util/status.h"

/*
 * Connects by TCP, and tries again for options->wait seconds; each try has a
 * time limit of its own, and *deadline becomes that of the last one.  Then
 * opens the tunnel and shakes hands for TLS, where the route has them.  tls
 * may be NULL for an http URL.  ST_OK: the caller closes *out.  ST_NETWORK or
 * ST_TIMEOUT after reporting.
 */
enum status connect_open(struct conn **out, const struct route *route,
    struct tls *tls, const struct http_options *options, long long *deadline);

#endif
