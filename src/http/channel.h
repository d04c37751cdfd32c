/* channel.h: one request and its response, on a connection that persists. */
#ifndef HTTP_CHANNEL_H
#define HTTP_CHANNEL_H

#include <stdbool.h>

#include "http/conn.h"
#include "http/options.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "http/tls.h"
#include "util/status.h"

/* Owns conn, borrows the rest.  All zero but for options is ready for use. */
struct channel {
	const struct http_options *options;
	struct tls *tls; /* NULL as long as no route is for https */
	const struct route *route;
	struct conn *conn; /* along route; NULL: none is open */
	/* Of the last exchange: it had a conn, which no TLS alert refused. */
	bool reached;
	const char *hint; /* of the conn of the last exchange, or NULL */
};

/*
 * Makes requests go along route, which must stay valid until the next call.
 * Closes the connection unless route can share it.
 */
void channel_set_route(struct channel *channel, const struct route *route);

/*
 * Sends the request and reads the response, whatever its status: on the open
 * connection, or on a new one if there is none or the server has closed it.
 * Overwrites response without freeing it; sets all of it but outcome and why.
 * ST_NETWORK or ST_TIMEOUT after reporting.  The caller frees response either
 * way.  *deadline is as in connect_open().
 */
enum status channel_exchange(struct channel *channel,
    const struct http_request *request, struct http_response *response,
    long long *deadline);

void channel_close(struct channel *channel);

#endif
