/* head.h: status line and header fields of an answer (RFC 9112, 4 and 5). */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "http/http.h"
#include "util/buf.h"
#include "util/status.h"

/* What the framing of the body depends on. */
struct head {
	unsigned int minor; /* of HTTP/1.minor */
	int status;
	char reason[HTTP_REASON_MAX];
	bool chunked;
	bool has_length;
	size_t length;
	bool close, keep_alive; /* Connection */
};

/* Whether there is no NUL in it, and each CR before an LF (RFC 9112, 2.2). */
bool head_is_text(const char *bytes, size_t len);

/*
 * Takes block, which ends in its empty line and is changed, apart into head
 * and out: status, reason, Content-Type, Location.  Of a 1xx only head->status
 * counts.  ST_NETWORK after reporting, with peer in the message.
 */
enum status head_parse(struct head *head, struct buf *block,
    struct http_response *out, const char *peer);

#endif
