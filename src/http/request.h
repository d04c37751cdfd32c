/* request.h: HTTP/1.1 requests as bytes (RFC 9112, 3). */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>

#include "http/http.h"
#include "http/url.h"
#include "util/buf.h"

/*
 * Appends the request for url, head and body.  With a proxy its target is the
 * whole URL, and the user and password of the proxy go with it; Host names
 * the origin in either case.  false when memory ran out.
 */
bool request_format(struct buf *out, const struct url *url,
    const struct http_request *request, const struct url *proxy);

/* Likewise CONNECT to the host and port of url (RFC 9110, 9.3.6). */
bool request_format_connect(
    struct buf *out, const struct url *url, const struct url *proxy);

#endif
