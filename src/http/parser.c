#include <stdint.h>
#include <string.h>

#include "http/head.h"
#include "http/parser.h"
#include "util/ascii.h"
#include "util/log.h"

#define SHOWN_MAX 160

void parser_init(struct parser *parser, struct http_response *out,
    const char *peer, size_t max_body)
{
	memset(parser, 0, sizeof(*parser));
	parser->out = out;
	parser->peer = peer;
	parser->max_body = max_body;
}

void parser_free(struct parser *parser)
{
	buf_free(&parser->text);
}

bool parser_has_head(const struct parser *parser)
{
	return parser->state != PARSER_HEAD;
}

bool parser_is_done(const struct parser *parser)
{
	return parser->state == PARSER_DONE;
}

static void clear_text(struct parser *parser)
{
	parser->text.len = 0;
	if (parser->text.data != NULL)
		parser->text.data[0] = '\0';
	parser->line = 0;
}

/*
 * Appends bytes to text up to and including the LF, or all of them; *used is
 * their number.  ST_NETWORK, not reported, when text would exceed limit bytes.
 */
static enum status add_line(struct parser *parser, const char *bytes,
    size_t len, size_t limit, size_t *used)
{
	const char *end = memchr(bytes, '\n', len);

	*used = end != NULL ? (size_t)(end - bytes) + 1 : len;
	if (*used > limit || parser->text.len > limit - *used)
		return ST_NETWORK;
	return buf_add(&parser->text, bytes, *used) ? ST_OK : fail_memory();
}

/* Whether the last line of text is complete; and then, whether it is empty. */
static bool line_ended(const struct parser *parser)
{
	return parser->text.len > 0 &&
	    parser->text.data[parser->text.len - 1] == '\n';
}

static bool line_is_empty(const struct parser *parser)
{
	const char *line = buf_string(&parser->text) + parser->line;

	return strcmp(line, "\n") == 0 || strcmp(line, "\r\n") == 0;
}

static enum status fail_line(const struct parser *parser, const char *why)
{
	char shown[SHOWN_MAX];
	const char *line = buf_string(&parser->text) + parser->line;

	return fail(ST_NETWORK, "%s: %s: \"%s\"", parser->peer, why,
	    log_escape(shown, sizeof(shown), line, strcspn(line, "\r\n")));
}

static enum status fail_size(const struct parser *parser)
{
	return fail(ST_NETWORK,
	    "%s: the body is over the limit of %zu bytes (--max-size)",
	    parser->peer, parser->max_body);
}

/* RFC 9112, 6.3, items 1 and 2 */
static bool has_no_body(const struct parser *parser, int status)
{
	return status == 204 || status == 304 ||
	    (parser->tunnel && status / 100 == 2);
}

/* Determines how the body ends (RFC 9112, 6.3). */
static enum status choose_body(struct parser *parser, const struct head *head)
{
	parser->keep = !head->close && (head->keep_alive || head->minor > 0);
	if (has_no_body(parser, head->status)) {
		parser->state = PARSER_DONE;
	} else if (head->chunked) {
		/* RFC 9112, 6.1: such a connection must not be reused. */
		if (head->has_length || head->minor == 0)
			parser->keep = false;
		parser->state = PARSER_CHUNK_SIZE;
	} else if (head->has_length) {
		if (head->length > parser->max_body)
			return fail_size(parser);
		parser->left = parser->length = head->length;
		parser->state = parser->left > 0 ? PARSER_LENGTH : PARSER_DONE;
		return spool_expect(&parser->out->body, parser->left);
	} else {
		parser->keep = false;
		parser->state = PARSER_CLOSE;
	}
	return ST_OK;
}

static enum status finish_head(struct parser *parser)
{
	struct head head = {.out = parser->out};
	enum status st;

	st = head_parse(&head, &parser->text, parser->peer);
	if (st != ST_OK)
		return st;
	parser->head_bytes += parser->text.len;
	clear_text(parser);
	if (head.status < 200)
		return ST_OK;
	st = choose_body(parser, &head);
	parser->out->persists = parser->keep;
	return st;
}

static enum status feed_head(
    struct parser *parser, const char *bytes, size_t len, size_t *used)
{
	static const char magic[] = "HTTP/";
	size_t limit = PARSER_HEAD_MAX - parser->head_bytes, seen;
	enum status st;

	st = add_line(parser, bytes, len, limit, used);
	if (st == ST_NETWORK)
		return fail(st, "%s: the header is over the limit of %u bytes",
		    parser->peer, PARSER_HEAD_MAX);
	if (st != ST_OK)
		return st;

	seen = parser->text.len < sizeof(magic) - 1 ? parser->text.len
						    : sizeof(magic) - 1;
	if (memcmp(parser->text.data, magic, seen) != 0)
		return fail_line(parser, "not an HTTP answer");

	if (!line_ended(parser))
		return ST_OK;
	if (line_is_empty(parser))
		return finish_head(parser);
	parser->line = parser->text.len;
	return ST_OK;
}

static enum status add_body(
    struct parser *parser, const void *bytes, size_t len)
{
	struct spool *body = &parser->out->body;

	if (len > parser->max_body - body->len)
		return fail_size(parser);
	return spool_add(body, bytes, len);
}

/* Takes bytes of a body or a chunk of known length; next follows it. */
static enum status feed_counted(struct parser *parser, const char *bytes,
    size_t len, size_t *used, enum parser_state next)
{
	*used = len < parser->left ? len : parser->left;
	parser->left -= *used;
	if (parser->left == 0)
		parser->state = next;
	return add_body(parser, bytes, *used);
}

/* chunk-size [ chunk-ext ] CRLF (RFC 9112, 7.1) */
static enum status parse_chunk_size(struct parser *parser)
{
	const char *p = buf_string(&parser->text);
	size_t digits = strspn(p, ASCII_HEX_DIGITS), size = 0;
	const char *after = p + digits + strspn(p + digits, " \t");

	if (digits == 0 || strcspn(after, ";\r\n") != 0 ||
	    !head_is_text(p, parser->text.len))
		return fail_line(
		    parser, "malformed chunk size (RFC 9112, 7.1)");
	for (; digits > 0; digits--, p++) {
		if (size > (SIZE_MAX >> 4))
			return fail_size(parser);
		size = size << 4 | (size_t)ascii_hex_value(*p);
	}
	if (size > parser->max_body - parser->out->body.len)
		return fail_size(parser);
	parser->left = size;
	parser->state = size > 0 ? PARSER_CHUNK : PARSER_TRAILER;
	return ST_OK;
}

static enum status feed_chunk_size(
    struct parser *parser, const char *bytes, size_t len, size_t *used)
{
	enum status st = add_line(parser, bytes, len, PARSER_CHUNK_MAX, used);

	if (st == ST_NETWORK)
		return fail(ST_NETWORK,
		    "%s: a chunk-size line is over the limit of %u bytes",
		    parser->peer, PARSER_CHUNK_MAX);
	if (st == ST_OK && line_ended(parser)) {
		st = parse_chunk_size(parser);
		clear_text(parser);
	}
	return st;
}

static enum status feed_chunk_end(
    struct parser *parser, const char *bytes, size_t len, size_t *used)
{
	enum status st = add_line(parser, bytes, len, 2, used);

	if (st == ST_NETWORK || (line_ended(parser) && !line_is_empty(parser)))
		return fail(ST_NETWORK,
		    "%s: no CRLF after the chunk data (RFC 9112, 7.1)",
		    parser->peer);
	if (st == ST_OK && line_ended(parser)) {
		parser->state = PARSER_CHUNK_SIZE;
		clear_text(parser);
	}
	return st;
}

/* Trailer fields are ignored (RFC 9112, 7.1.2). */
static enum status feed_trailer(
    struct parser *parser, const char *bytes, size_t len, size_t *used)
{
	size_t limit = PARSER_HEAD_MAX - parser->head_bytes;
	enum status st = add_line(parser, bytes, len, limit, used);

	if (st == ST_NETWORK)
		return fail(st,
		    "%s: header and trailer are over the limit of %u bytes",
		    parser->peer, PARSER_HEAD_MAX);
	if (st == ST_OK && line_ended(parser)) {
		if (line_is_empty(parser))
			parser->state = PARSER_DONE;
		parser->head_bytes += parser->text.len;
		clear_text(parser);
	}
	return st;
}

static enum status feed_state(
    struct parser *parser, const char *bytes, size_t len, size_t *used)
{
	switch (parser->state) {
	case PARSER_HEAD:
		return feed_head(parser, bytes, len, used);
	case PARSER_LENGTH:
		return feed_counted(parser, bytes, len, used, PARSER_DONE);
	case PARSER_CHUNK_SIZE:
		return feed_chunk_size(parser, bytes, len, used);
	case PARSER_CHUNK:
		return feed_counted(parser, bytes, len, used, PARSER_CHUNK_END);
	case PARSER_CHUNK_END:
		return feed_chunk_end(parser, bytes, len, used);
	case PARSER_TRAILER:
		return feed_trailer(parser, bytes, len, used);
	case PARSER_CLOSE:
	case PARSER_DONE:
		break;
	}
	*used = len;
	return add_body(parser, bytes, len);
}

enum status parser_feed(
    struct parser *parser, const void *bytes, size_t len, size_t *used)
{
	const char *p = bytes;
	enum status st;
	size_t n;

	*used = 0;
	if (len > 0)
		parser->any = true;
	while (*used < len && parser->state != PARSER_DONE) {
		st = feed_state(parser, p + *used, len - *used, &n);
		if (st != ST_OK)
			return st;
		*used += n;
	}
	return ST_OK;
}

enum status parser_end(struct parser *parser)
{
	switch (parser->state) {
	case PARSER_DONE:
		return ST_OK;
	case PARSER_CLOSE:
		parser->state = PARSER_DONE;
		return ST_OK;
	case PARSER_HEAD:
		return fail(ST_NETWORK, "%s: the connection ended %s",
		    parser->peer,
		    parser->any ? "inside the header" : "without an answer");
	case PARSER_LENGTH:
		return fail(ST_NETWORK,
		    "%s: the body of the %d answer ended after %zu of the "
		    "%zu bytes of its Content-Length",
		    parser->peer, parser->out->status, parser->out->body.len,
		    parser->length);
	default:
		return fail(ST_NETWORK,
		    "%s: the chunked body of the %d answer ended early, after "
		    "%zu bytes",
		    parser->peer, parser->out->status, parser->out->body.len);
	}
}
