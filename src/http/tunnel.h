/* tunnel.h: CONNECT, by which a proxy opens a tunnel (RFC 9110, 9.3.6). */
#ifndef HTTP_TUNNEL_H
#define HTTP_TUNNEL_H

#include "http/conn.h"
#include "http/options.h"
#include "http/route.h"
#include "util/status.h"

/*
 * Asks the proxy, to which conn is connected, for a tunnel to the server of
 * route.  ST_OK: from now on conn leads to the server.  ST_NETWORK or
 * ST_TIMEOUT after reporting; the message names the proxy.
 */
enum status tunnel_open(struct conn *conn, const struct route *route,
    const struct http_options *options);

#endif
