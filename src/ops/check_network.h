/* check_network.h: check looks at the way to the server: addresses, proxy, TLS. */
#ifndef OPS_CHECK_NETWORK_H
#define OPS_CHECK_NETWORK_H

#include "http/http.h"
#include "ops/finding.h"
#include "util/buf.h"

/* Borrows f, owns the bufs. */
struct check_network {
	struct findings *f;
	struct buf told;      /* what findings were about, a line each */
	struct buf failed;    /* addresses without a connection, likewise */
	struct buf redirects; /* of the last exchange, likewise, with a mark */
	bool fresh;           /* the connection that comes about is not told */
	bool connected;
};

/*
 * Says where the URL leads, and adds what it sees of the connections of the
 * session until the end.
 */
void check_network_begin(struct check_network *n, struct findings *f);

/*
 * Adds the redirects of an exchange; if it looped, the error says it all.  Those
 * of GetCACaps are of all messages: one that a POST does not follow is a problem
 * if the capabilities of the session say that requests are sent by POST.
 */
void check_network_judge_redirects(
    struct check_network *n, bool looped, bool of_caps);

void check_network_end(struct check_network *n);

#endif
