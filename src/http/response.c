#include <stdint.h>
#include <string.h>

#include "http/head.h"
#include "http/response.h"
#include "util/log.h"

#define SHOWN_MAX 160

void response_init(struct response *r, struct http_response *out,
    const char *peer, size_t max_body)
{
	memset(r, 0, sizeof(*r));
	r->out = out;
	r->peer = peer;
	r->max_body = max_body;
}

void response_free(struct response *r)
{
	buf_free(&r->text);
}

bool response_has_head(const struct response *r)
{
	return r->state != RESPONSE_HEAD;
}

bool response_is_done(const struct response *r)
{
	return r->state == RESPONSE_DONE;
}

static void clear_text(struct response *r)
{
	r->text.len = 0;
	if (r->text.data != NULL)
		r->text.data[0] = '\0';
	r->line = 0;
}

/*
 * Adds bytes to text up to the end of the line, or all of them; *used is how
 * many that were.  ST_NETWORK, not reported, when text gets over limit bytes.
 */
static enum status add_line(struct response *r, const char *bytes, size_t len,
    size_t limit, size_t *used)
{
	const char *end = memchr(bytes, '\n', len);

	*used = end != NULL ? (size_t)(end - bytes) + 1 : len;
	if (*used > limit || r->text.len > limit - *used)
		return ST_NETWORK;
	return buf_add(&r->text, bytes, *used) ? ST_OK : fail_memory();
}

/* The last line of text: whether it is complete, and has nothing in it. */
static bool line_ended(const struct response *r)
{
	return r->text.len > 0 && r->text.data[r->text.len - 1] == '\n';
}

static bool line_is_empty(const struct response *r)
{
	const char *line = buf_string(&r->text) + r->line;

	return strcmp(line, "\n") == 0 || strcmp(line, "\r\n") == 0;
}

static enum status refuse_text(const struct response *r, const char *why)
{
	char shown[SHOWN_MAX];
	const char *line = buf_string(&r->text) + r->line;

	return fail(ST_NETWORK, "%s: %s: \"%s\"", r->peer, why,
	    log_escape(shown, sizeof(shown), line, strcspn(line, "\r\n")));
}

static enum status refuse_size(const struct response *r)
{
	return fail(ST_NETWORK,
	    "%s: the body is over the limit of %zu bytes (--max-size)", r->peer,
	    r->max_body);
}

static bool has_no_body(const struct response *r, int status)
{
	return status == 204 || status == 304 ||
	    (r->tunnel && status / 100 == 2);
}

/* How the body ends (RFC 9112, 6.3). */
static enum status choose_body(struct response *r, const struct head *head)
{
	r->keep = !head->close && (head->keep_alive || head->minor > 0);
	if (has_no_body(r, head->status)) {
		r->state = RESPONSE_DONE;
	} else if (head->chunked) {
		/* Both, or chunks in 1.0: odd, and not to be built on. */
		if (head->has_length || head->minor == 0)
			r->keep = false;
		r->state = RESPONSE_CHUNK_SIZE;
	} else if (head->has_length) {
		if (head->length > r->max_body)
			return refuse_size(r);
		r->left = r->length = head->length;
		r->state = r->left > 0 ? RESPONSE_LENGTH : RESPONSE_DONE;
		if (r->left > 0 && !buf_reserve(&r->out->body, r->left))
			return fail_memory();
	} else {
		r->keep = false;
		r->state = RESPONSE_CLOSE;
	}
	return ST_OK;
}

static enum status finish_head(struct response *r)
{
	struct head head = {0};
	enum status st;

	st = head_parse(&head, &r->text, r->out, r->peer);
	if (st != ST_OK)
		return st;
	r->head_bytes += r->text.len;
	clear_text(r);
	return head.status < 200 ? ST_OK : choose_body(r, &head);
}

static enum status feed_head(
    struct response *r, const char *bytes, size_t len, size_t *used)
{
	static const char magic[] = "HTTP/";
	size_t limit = RESPONSE_HEAD_MAX - r->head_bytes, seen;
	enum status st;

	st = add_line(r, bytes, len, limit, used);
	if (st == ST_NETWORK)
		return fail(st, "%s: the header is over the limit of %u bytes",
		    r->peer, RESPONSE_HEAD_MAX);
	if (st != ST_OK)
		return st;
	seen =
	    r->text.len < sizeof(magic) - 1 ? r->text.len : sizeof(magic) - 1;
	if (memcmp(r->text.data, magic, seen) != 0)
		return refuse_text(r, "this is not an HTTP answer");
	if (!line_ended(r))
		return ST_OK;
	if (line_is_empty(r))
		return finish_head(r);
	r->line = r->text.len;
	return ST_OK;
}

static enum status add_body(struct response *r, const void *bytes, size_t len)
{
	struct buf *body = &r->out->body;

	if (len > r->max_body - body->len)
		return refuse_size(r);
	return buf_add(body, bytes, len) ? ST_OK : fail_memory();
}

/* The rest of a body or a chunk; next is the state at its end. */
static enum status feed_counted(struct response *r, const char *bytes,
    size_t len, size_t *used, enum response_state next)
{
	*used = len < r->left ? len : r->left;
	r->left -= *used;
	if (r->left == 0)
		r->state = next;
	return add_body(r, bytes, *used);
}

/* chunk-size [ chunk-ext ] CRLF (RFC 9112, 7.1) */
static enum status parse_chunk_size(struct response *r)
{
	const char *p = buf_string(&r->text);
	size_t digits = strspn(p, "0123456789abcdefABCDEF"), size = 0;
	const char *after = p + digits + strspn(p + digits, " \t");

	if (digits == 0 || strcspn(after, ";\r\n") != 0 ||
	    !head_is_text(p, r->text.len))
		return refuse_text(r, "bad chunk size");
	for (; digits > 0; digits--, p++) {
		unsigned int c = (unsigned char)*p;

		if (size > (SIZE_MAX >> 4))
			return refuse_size(r);
		size = size << 4 | (c <= '9' ? c - '0' : (c & 7) + 9);
	}
	if (size > r->max_body - r->out->body.len)
		return refuse_size(r);
	r->left = size;
	r->state = size > 0 ? RESPONSE_CHUNK : RESPONSE_TRAILER;
	return ST_OK;
}

static enum status feed_chunk_size(
    struct response *r, const char *bytes, size_t len, size_t *used)
{
	enum status st = add_line(r, bytes, len, RESPONSE_CHUNK_MAX, used);

	if (st == ST_NETWORK)
		return refuse_text(r, "the chunk size line is too long");
	if (st == ST_OK && line_ended(r)) {
		st = parse_chunk_size(r);
		clear_text(r);
	}
	return st;
}

static enum status feed_chunk_end(
    struct response *r, const char *bytes, size_t len, size_t *used)
{
	enum status st = add_line(r, bytes, len, 2, used);

	if (st == ST_NETWORK || (line_ended(r) && !line_is_empty(r)))
		return fail(ST_NETWORK,
		    "%s: a chunk does not end where its size says", r->peer);
	if (st == ST_OK && line_ended(r)) {
		r->state = RESPONSE_CHUNK_SIZE;
		clear_text(r);
	}
	return st;
}

/* What is in the trailer does not matter. */
static enum status feed_trailer(
    struct response *r, const char *bytes, size_t len, size_t *used)
{
	size_t limit = RESPONSE_HEAD_MAX - r->head_bytes;
	enum status st = add_line(r, bytes, len, limit, used);

	if (st == ST_NETWORK)
		return fail(st, "%s: the trailer is too long", r->peer);
	if (st == ST_OK && line_ended(r)) {
		if (line_is_empty(r))
			r->state = RESPONSE_DONE;
		r->head_bytes += r->text.len;
		clear_text(r);
	}
	return st;
}

static enum status feed_some(
    struct response *r, const char *bytes, size_t len, size_t *used)
{
	switch (r->state) {
	case RESPONSE_HEAD:
		return feed_head(r, bytes, len, used);
	case RESPONSE_LENGTH:
		return feed_counted(r, bytes, len, used, RESPONSE_DONE);
	case RESPONSE_CHUNK_SIZE:
		return feed_chunk_size(r, bytes, len, used);
	case RESPONSE_CHUNK:
		return feed_counted(r, bytes, len, used, RESPONSE_CHUNK_END);
	case RESPONSE_CHUNK_END:
		return feed_chunk_end(r, bytes, len, used);
	case RESPONSE_TRAILER:
		return feed_trailer(r, bytes, len, used);
	case RESPONSE_CLOSE:
	case RESPONSE_DONE:
		break;
	}
	*used = len;
	return add_body(r, bytes, len);
}

enum status response_feed(
    struct response *r, const void *bytes, size_t len, size_t *used)
{
	const char *p = bytes;
	enum status st;
	size_t n;

	*used = 0;
	if (len > 0)
		r->any = true;
	while (*used < len && r->state != RESPONSE_DONE) {
		st = feed_some(r, p + *used, len - *used, &n);
		if (st != ST_OK)
			return st;
		*used += n;
	}
	return ST_OK;
}

enum status response_end(struct response *r)
{
	switch (r->state) {
	case RESPONSE_DONE:
		return ST_OK;
	case RESPONSE_CLOSE:
		r->state = RESPONSE_DONE;
		return ST_OK;
	case RESPONSE_HEAD:
		return fail(ST_NETWORK, "%s: the connection ended %s", r->peer,
		    r->any ? "inside the header" : "without an answer");
	case RESPONSE_LENGTH:
		return fail(ST_NETWORK,
		    "%s: the body of the %d answer ended after %zu of the "
		    "%zu bytes of its Content-Length",
		    r->peer, r->out->status, r->out->body.len, r->length);
	default:
		return fail(ST_NETWORK,
		    "%s: the chunked body of the %d answer ended early, after "
		    "%zu bytes",
		    r->peer, r->out->status, r->out->body.len);
	}
}
