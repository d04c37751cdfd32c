/* response.h: takes an HTTP/1.x answer apart as it comes (RFC 9112). */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "http/http.h"
#include "util/buf.h"
#include "util/status.h"

/* Bytes of all header blocks and trailers, and of one chunk-size line. */
#define RESPONSE_HEAD_MAX  (64u * 1024)
#define RESPONSE_CHUNK_MAX 4096u

enum response_state {
	RESPONSE_HEAD,
	RESPONSE_LENGTH,     /* a body of known length */
	RESPONSE_CLOSE,      /* a body up to the end of the stream */
	RESPONSE_CHUNK_SIZE, /* at, or in, the line before a chunk */
	RESPONSE_CHUNK,
	RESPONSE_CHUNK_END, /* at the line end after a chunk */
	RESPONSE_TRAILER,
	RESPONSE_DONE
};

/* Owns text only. */
struct response {
	enum response_state state;
	struct http_response *out; /* borrowed: where it all goes */
	const char *peer;          /* borrowed: for messages */
	size_t max_body;

	struct buf text;   /* the header block, or a line, so far */
	size_t line;       /* where the last line of text begins */
	size_t head_bytes; /* of header blocks that are done with */
	size_t left;       /* bytes to come of the body or the chunk */
	size_t length;     /* Content-Length */
	bool any;          /* a byte came */
	bool keep;         /* the server keeps the connection */
	bool tunnel;       /* to CONNECT: a 2xx has no body; set after init */
};

/* peer, "host:port", is who the messages blame. */
void response_init(struct response *r, struct http_response *out,
    const char *peer, size_t max_body);
void response_free(struct response *r);

/*
 * Takes the next bytes of the stream, as many as belong to the answer: fewer
 * than len are *used when it ended.  ST_NETWORK after reporting what is
 * wrong, ST_ERROR when memory ran out; the parser is of no use then.
 */
enum status response_feed(
    struct response *r, const void *bytes, size_t len, size_t *used);

/* The stream ended.  ST_NETWORK after reporting when it ended too early. */
enum status response_end(struct response *r);

/* Whether status and header fields are known; 1xx are not the answer. */
bool response_has_head(const struct response *r);
bool response_is_done(const struct response *r);

#endif
