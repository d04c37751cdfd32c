/* verdict.h: what is said about an answer that is no success (H7). */
#ifndef HTTP_VERDICT_H
#define HTTP_VERDICT_H

#include <stdbool.h>

#include "http/http.h"
#include "util/buf.h"

/* Borrows all; what is NULL is not said. */
struct verdict {
	const char *name;         /* the URL */
	const char *proxy;        /* "proxy host:port" that passed it on */
	bool has_user;            /* ... and got a user and password */
	const char *not_followed; /* why a redirect was not */
	const char *hint;         /* what a refusal may be about */
};

/*
 * Adds status, reason, URL, Location and the first printable line of the
 * body; false when memory ran out.
 */
bool verdict_add(struct buf *out, const struct verdict *verdict,
    const struct http_response *response);

/* Whether a server without a client certificate it likes may answer that. */
bool verdict_is_about_us(int status);

#endif
