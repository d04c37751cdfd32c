/* http.h: HTTP/1.1 exchanges with one server (RFC 9110, 9112). */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "http/observer.h"
#include "http/options.h"
#include "http/request.h"
#include "http/response.h"
#include "http/url.h"
#include "util/status.h"

struct http; /* a URL, and the connection to its server */

/*
 * Prepares exchanges with the server of url, and sends nothing.  The caller
 * keeps url valid until http_close().  After reporting: ST_ERROR for an
 * invalid proxy, and for https in a build without TLS; ST_FILE for a file that
 * TLS needs.
 */
enum status http_open(struct http **out, const struct url *url,
    const struct http_options *options);
void http_close(struct http *http);

/* From now on tells observer, in place of that of the options. */
void http_observe(struct http *http, const struct http_observer *observer);

/*
 * Whom it connects to, for messages: "host:port", or "proxy host:port of
 * http_proxy"; borrowed.
 */
const char *http_hop(const struct http *http);

/*
 * Sends the request and reads the response, whatever its status, within the
 * time limit: on the connection of the exchange before if the server keeps it
 * open; follows redirects on the same host.  Overwrites response without
 * freeing it.  ST_OK: the caller frees response.  Else, after reporting
 * (ST_NETWORK, ST_TIMEOUT, or as http_open() for a redirect to https): it has
 * no body, and nothing to free.  response->outcome is set either way.
 */
enum status http_exchange(struct http *http, const struct http_request *request,
    struct http_response *response);

/*
 * ST_OK if the status is 2xx.  Else ST_NETWORK after reporting status, reason
 * phrase, URL, Location and the first line of text in the body.
 */
enum status http_check_status(
    const struct http *http, const struct http_response *response);

#endif
