/* head.h: the status line and header fields of a response (RFC 9112, 4, 5). */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "http/response.h"
#include "util/buf.h"
#include "util/status.h"

/* What the length of the body depends on (RFC 9112, 6.3), and the status. */
struct head {
	struct http_response *out; /* borrowed: gets the fields */
	unsigned int minor;        /* of HTTP/1.minor */
	int status;
	bool chunked;
	bool has_length;
	size_t length;
	bool close, keep_alive; /* options of Connection */
};

/* Whether bytes have no NUL, and no CR but before an LF (RFC 9112, 2.2). */
bool head_is_text(const char *bytes, size_t len);

/*
 * Parses block, the header up to and including its empty line, into head, which
 * is all zero but for out; block is changed.  Of a 1xx the fields are ignored.
 * ST_NETWORK after reporting; the message begins with peer.
 */
enum status head_parse(struct head *head, struct buf *block, const char *peer);

#endif
