/* parser.h: parses an HTTP/1.x response as its bytes come in (RFC 9112). */
#ifndef HTTP_PARSER_H
#define HTTP_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "http/response.h"
#include "util/buf.h"
#include "util/status.h"

/* Limits in bytes: of header and trailer together, of a chunk-size line. */
#define PARSER_HEAD_MAX  (64u * 1024)
#define PARSER_CHUNK_MAX 4096u

enum parser_state {
	PARSER_HEAD,
	PARSER_LENGTH,     /* a body of Content-Length */
	PARSER_CLOSE,      /* a body that ends with the stream */
	PARSER_CHUNK_SIZE, /* at, or in, a chunk-size line */
	PARSER_CHUNK,      /* chunk-data */
	PARSER_CHUNK_END,  /* at the CRLF after chunk-data */
	PARSER_TRAILER,
	PARSER_DONE
};

/* Owns text only. */
struct parser {
	enum parser_state state;
	struct http_response *out; /* borrowed: gets the response */
	const char *peer;          /* borrowed: begins each message */
	size_t max_body;           /* bytes */

	struct buf text;   /* the header, or the line, received so far */
	size_t line;       /* offset in text of its last line */
	size_t head_bytes; /* of complete headers and trailer lines */
	size_t left;       /* missing bytes of the body or the chunk */
	size_t length;     /* Content-Length */
	bool any;          /* at least one byte was received */
	bool keep;         /* the connection persists (RFC 9112, 9.3) */
	bool tunnel;       /* for CONNECT; the caller sets it after init */
};

/* peer is "host:port".  out must be all zero. */
void parser_init(struct parser *parser, struct http_response *out,
    const char *peer, size_t max_body);
void parser_free(struct parser *parser);

/*
 * Parses the next bytes of the stream.  *used is the number of those that
 * belong to the response: fewer than len if it ends before.  After an error
 * the parser can only be freed: ST_NETWORK after reporting a malformed or
 * too large response, ST_ERROR after reporting that memory ran out.
 */
enum status parser_feed(
    struct parser *parser, const void *bytes, size_t len, size_t *used);

/* Ends the stream.  ST_NETWORK after reporting an incomplete response. */
enum status parser_end(struct parser *parser);

/* Whether the header of the response, other than of a 1xx, is complete. */
bool parser_has_head(const struct parser *parser);
bool parser_is_done(const struct parser *parser);

#endif
