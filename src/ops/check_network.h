/* check_network.h: check looks at the way to the server: addresses, proxy, TLS. */
#ifndef OPS_CHECK_NETWORK_H
#define OPS_CHECK_NETWORK_H

#include "http/http.h"
#include "ops/finding.h"
#include "util/buf.h"

/* Borrows f, owns the bufs. */
struct check_network {
	struct findings *f;
	struct http_observer observer;
	struct buf told;   /* the host and port that findings were about */
	struct buf failed; /* its addresses without a connection, a line each */
	bool fresh;        /* told is that of the connection that comes about */
	bool connected;
};

/*
 * Says where the URL leads, and adds what it sees of the connections of the
 * session until the end.
 */
void check_network_begin(struct check_network *n, struct findings *f);
void check_network_end(struct check_network *n);

#endif
