/* http.h: HTTP/1.1 exchanges with one server (RFC 9110, 9112). */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "http/tls.h"
#include "http/url.h"
#include "util/buf.h"
#include "util/status.h"

#define HTTP_REASON_MAX 128
#define HTTP_TYPE_MAX   128

struct http_options {
	const char *proxy; /* "[user:password@]host:port" or NULL; borrowed */
	unsigned int
	    timeout;       /* seconds for each exchange, everything included */
	unsigned int wait; /* seconds to go on trying to connect, 0: once */
	struct tls_options tls; /* for https */
};

/* Borrows everything. */
struct http_request {
	const char *query;        /* put after the URL's own, "&" between */
	const char *content_type; /* with body: POST, else GET */
	const void *body;         /* NULL: GET */
	size_t body_len;
	size_t max_body; /* bytes of the answer's body */
};

/* Owns its bufs; all zero is empty. */
struct http_response {
	/* It came to the server, which did not turn us away or elsewhere. */
	bool reached;
	int status;                   /* 200; 0 when nothing readable came */
	char reason[HTTP_REASON_MAX]; /* escaped */
	char content_type[HTTP_TYPE_MAX];  /* lower case, without parameters */
	char proxy_error[HTTP_REASON_MAX]; /* of a proxy's own; escaped */
	struct buf location;               /* as it came */
	struct buf body;
};

struct http; /* one server, and the connection to it */

/*
 * url is borrowed and must outlive the result.  Nothing is sent yet.
 * After reporting: ST_ERROR for a proxy that cannot be understood and for
 * https in a build without TLS, ST_FILE for a file that TLS needs.
 */
enum status http_open(struct http **out, const struct url *url,
    const struct http_options *options);
void http_close(struct http *http);

/*
 * Sends the request and reads the answer, whatever its status, in the time
 * limit: on the connection of the exchange before where the server keeps it,
 * and from another place of the host when a redirect leads there.
 * What response held is forgotten, not freed.  ST_OK: it is filled, and the
 * caller's to free.  ST_NETWORK or ST_TIMEOUT after reporting: it has no
 * body, and response->reached tells how far it came.
 */
enum status http_exchange(struct http *http, const struct http_request *request,
    struct http_response *response);
void http_response_free(struct http_response *response);

/*
 * ST_OK for a 2xx.  Else ST_NETWORK after reporting status, reason, URL,
 * Location and the first printable line of the body.
 */
enum status http_check_status(
    const struct http *http, const struct http_response *response);

/* Whether the response is of media type, "application/x-pki-message". */
bool http_is_type(const struct http_response *response, const char *type);

#endif
