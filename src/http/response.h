/* response.h: what came of an HTTP exchange, and the response, if any. */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/spool.h"

#define HTTP_REASON_MAX 128
#define HTTP_TYPE_MAX   128
#define HTTP_WHY_MAX    160
#define HTTP_DATE_MAX   48

/* What came of an exchange; http_exchange() decides it. */
enum http_outcome {
	/* There is no connection, or the server refused it by a TLS alert. */
	HTTP_NOT_REACHED,
	/* The connection was there, but no whole and valid response came. */
	HTTP_BAD_RESPONSE,
	/* The server, or a proxy for it, responded with whatever status. */
	HTTP_ANSWERED,
	/* The proxy that forwards requests wants authentication: 407. */
	HTTP_PROXY_REFUSED,
	/* A TLS server that asked for a client certificate refused: 403... */
	HTTP_CERT_REFUSED,
	/* A redirect to where the request must not go. */
	HTTP_NOT_FOLLOWED,
	/* One redirect too many. */
	HTTP_REDIRECT_LOOP
};

/* Owns its bufs; all zero is empty. */
struct http_response {
	enum http_outcome outcome;
	char why[HTTP_WHY_MAX];       /* of the last three; "" otherwise */
	int status;                   /* 200; 0: there was no valid header */
	char reason[HTTP_REASON_MAX]; /* the reason phrase, escaped */
	char content_type[HTTP_TYPE_MAX];  /* lower case, no parameters */
	char proxy_error[HTTP_REASON_MAX]; /* of a proxy, escaped; or "" */
	char date[HTTP_DATE_MAX];          /* Date, unchecked; or "" */
	unsigned int minor;                /* of HTTP/1.minor */
	bool persists;       /* the connection stays open (RFC 9112, 9.3) */
	struct buf location; /* unchecked */
	struct spool body;   /* body.bytes: its start, at least */
};

void response_free(struct http_response *response);

/* Frees location and body, and keeps the rest. */
void response_free_bytes(struct http_response *response);

/*
 * Whether the server was reached, and neither refused the client nor
 * redirected it to where the request must not go.
 */
bool response_is_of_server(const struct http_response *response);

/* Whether the media type is type: "application/x-pki-message". */
bool response_is_type(const struct http_response *response, const char *type);

/* Whether the body is a page of HTML, by the media type or by its start. */
bool response_is_page(const struct http_response *response);

/*
 * Appends ": \"LINE\"": of a page its title or first words, else the first line
 * of text in the body, if there is one.
 */
bool response_add_line(struct buf *out, const struct http_response *response);

#endif
