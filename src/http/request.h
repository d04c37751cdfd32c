/* request.h: HTTP/1.1 requests as bytes (RFC 9112, 3). */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "http/url.h"
#include "util/buf.h"
#include "util/spool.h"

/* Borrows everything. */
struct http_request {
	const char *query;        /* appended to the URL's query, after "&" */
	const char *content_type; /* of body */
	const void *body;         /* not NULL: POST; NULL: GET */
	size_t body_len;
	size_t max_body; /* limit of the response's body, in bytes */
	bool in_memory;  /* all of that body; else a large one is in a file */
	struct spool_budget *budget; /* of that body; or NULL */
};

/*
 * Appends the request for url, header and body.  If proxy is not NULL, the
 * target is the whole URL (absolute-form, RFC 9112, 3.2.2) and the proxy's
 * user and password are sent; Host names the origin server either way
 * (RFC 9112, 3.2).  False when memory ran out.
 */
bool request_format(struct buf *out, const struct url *url,
    const struct http_request *request, const struct url *proxy);

/* Appends a CONNECT to the host and port of url (RFC 9110, 9.3.6). */
bool request_format_connect(
    struct buf *out, const struct url *url, const struct url *proxy);

#endif
