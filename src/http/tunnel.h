/* tunnel.h: CONNECT, by which a proxy passes TLS on (RFC 9110, 9.3.6). */
#ifndef HTTP_TUNNEL_H
#define HTTP_TUNNEL_H

#include "http/conn.h"
#include "http/route.h"
#include "util/status.h"

/*
 * Has the proxy at the other end of conn connect to the server of route;
 * ST_OK: what is sent from here on goes there.  ST_NETWORK or ST_TIMEOUT
 * after reporting, with the proxy named.
 */
enum status tunnel_open(struct conn *conn, const struct route *route,
    const struct http_options *options);

#endif
