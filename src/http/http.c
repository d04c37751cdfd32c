#include <stdlib.h>
#include <string.h>

#include "http/conn.h"
#include "http/http.h"
#include "http/proxy.h"
#include "http/request.h"
#include "http/response.h"
#include "util/log.h"

#define READ_SIZE   65536
#define RETRY_FIRST 1000  /* milliseconds to the first retry ... */
#define RETRY_MAX   30000 /* ... doubled up to this */
#define RETRY_TIME  1000  /* that the last retry has at least */
#define SHOWN_MAX   200
#define BODY_LOOK   4096 /* bytes in which a line of text is looked for */

struct http {
	const struct url *url;
	struct http_options options;
	struct url proxy; /* no host: none */
	struct buf peer;  /* whom we connect to, for messages */
	struct buf name;  /* the URL, for messages */
	struct conn *conn;
	unsigned char in[READ_SIZE];
};

/* One try of one request on one connection. */
struct attempt {
	struct http *http;
	const struct buf *request;
	size_t sent;
	struct response answer;
	bool reused;  /* the connection served an exchange before */
	bool dead;    /* ... and was closed since: not reported */
	bool surplus; /* bytes came after the answer */
};

static bool has_proxy(const struct http *http)
{
	return http->proxy.host != NULL;
}

static const struct url *peer_of(const struct http *http)
{
	return has_proxy(http) ? &http->proxy : http->url;
}

static bool name_peer(struct http *http)
{
	const struct url *peer = peer_of(http);

	return buf_addf(&http->peer, peer->ipv6 ? "%s[%s]:%u" : "%s%s:%u",
		   has_proxy(http) ? "proxy " : "", peer->host, peer->port) &&
	    url_add_text(&http->name, http->url);
}

enum status http_open(struct http **out, const struct url *url,
    const struct http_options *options)
{
	const char *proxy;
	struct http *http;
	enum status st;

	if ((http = calloc(1, sizeof(*http))) == NULL)
		return fail_memory();
	http->url = url;
	http->options = *options;
	http->options.proxy = NULL;
	proxy = options->proxy != NULL ? options->proxy
				       : proxy_from_environment(url);
	if (proxy != NULL &&
	    (st = url_parse_proxy(&http->proxy, proxy)) != ST_OK)
		goto out;
	if (!name_peer(http)) {
		st = fail_memory();
		goto out;
	}
	if (url->tls) {
		st = fail(ST_ERROR, "%s: https is not built yet",
		    buf_string(&http->name));
		goto out;
	}
	*out = http;
	http = NULL;
	st = ST_OK;
out:
	http_close(http);
	return st;
}

static void disconnect(struct http *http)
{
	if (http->conn != NULL)
		http->conn->close(http->conn);
	http->conn = NULL;
}

void http_close(struct http *http)
{
	if (http == NULL)
		return;
	disconnect(http);
	url_free(&http->proxy);
	buf_free(&http->peer);
	buf_free(&http->name);
	free(http);
}

static enum status fail_time(const struct http *http, const char *stage)
{
	return fail(ST_TIMEOUT, "time limit of %u s reached while %s %s",
	    http->options.timeout, stage, buf_string(&http->peer));
}

static long long new_deadline(const struct http *http)
{
	return conn_now() + http->options.timeout * 1000LL;
}

static long long least(long long a, long long b)
{
	return a < b ? a : b;
}

/*
 * Connects, again and again as long as options.wait allows.  The time limit
 * of the exchange counts from the last try.
 */
static enum status connect_or_wait(struct http *http, long long *deadline)
{
	const struct url *peer = peer_of(http);
	const char *name = buf_string(&http->peer);
	long long give_up = conn_now() + http->options.wait * 1000LL;
	long long limit = *deadline, pause = RETRY_FIRST, left, last;
	char reason[CONN_REASON_MAX] = "";
	enum conn_result result;

	for (;;) {
		result = tcp_connect(&http->conn, peer->host, peer->port, limit,
		    reason, sizeof(reason));
		if (result == CONN_OK)
			return ST_OK;
		left = give_up - conn_now();
		if (left <= 0)
			break;
		pause = least(pause, left);
		verbose("cannot connect to %s: %s; next try in %lld ms", name,
		    reason, pause);
		conn_sleep(pause);
		pause = least(pause * 2, RETRY_MAX);
		*deadline = new_deadline(http);
		last = conn_now() + RETRY_TIME;
		limit = least(*deadline, give_up > last ? give_up : last);
	}
	if (result == CONN_TIMEOUT)
		return fail_time(http, "connecting to");
	return fail(ST_NETWORK, "cannot connect to %s: %s", name, reason);
}

/* Nothing came: on a connection that was used before, that is no failure. */
static enum status lost(struct attempt *try, const char *reason)
{
	if (try->reused && !try->answer.any) {
		try->dead = true;
		return ST_NETWORK;
	}
	if (reason == NULL)
		return response_end(&try->answer);
	return fail(ST_NETWORK, "%s: while reading the answer: %s",
	    buf_string(&try->http->peer), reason);
}

static enum status read_some(struct attempt *try)
{
	struct http *http = try->http;
	struct conn *conn = http->conn;
	enum conn_result result;
	size_t got = 0, used;
	enum status st;

	result = conn_read(conn, http->in, sizeof(http->in), &got);
	if (result == CONN_TIMEOUT)
		return fail_time(http,
		    try->answer.any ? "reading the answer of"
				    : "waiting for the answer of");
	if (result != CONN_OK)
		return lost(try, conn->reason);
	if (got == 0)
		return lost(try, NULL);
	st = response_feed(&try->answer, http->in, got, &used);
	if (st == ST_OK && used < got)
		try->surplus = true;
	return st;
}

/*
 * Sends until the answer begins.  A server may answer, and close, before it
 * has taken all of a large request: then the answer is what counts, so that
 * not being able to write is only noted.
 */
static enum status send_request(struct attempt *try)
{
	struct conn *conn = try->http->conn;
	const struct buf *request = try->request;
	enum conn_result result;
	enum status st;
	size_t sent;

	while (try->sent < request->len && !response_has_head(&try->answer)) {
		result = conn_write(conn, request->data + try->sent,
		    request->len - try->sent, &sent);
		try->sent += sent;
		if (result == CONN_TIMEOUT)
			return fail_time(try->http, "sending to");
		if (result == CONN_FAILED) {
			debug("sending to %s: %s", buf_string(&try->http->peer),
			    conn->reason);
			return ST_OK;
		}
		if (try->sent < request->len && (st = read_some(try)) != ST_OK)
			return st;
	}
	return ST_OK;
}

static enum status converse(struct attempt *try, struct http_response *response)
{
	struct http *http = try->http;
	enum status st;

	response->reached = true;
	response_init(&try->answer, response, buf_string(&http->peer),
	    http->options.max_body);
	st = send_request(try);
	while (st == ST_OK && !response_is_done(&try->answer))
		st = read_some(try);
	if (st != ST_OK || !try->answer.keep || try->surplus ||
	    try->sent < try->request->len)
		disconnect(http);
	response_free(&try->answer);
	return st;
}

/* On the connection that is there, if it still works, or on a new one. */
static enum status try_exchange(struct http *http, const struct buf *request,
    struct http_response *response)
{
	struct attempt try = {.http = http, .request = request};
	long long deadline = new_deadline(http);
	enum status st;

	if (http->conn != NULL && !conn_is_quiet(http->conn))
		disconnect(http);
	if (http->conn != NULL) {
		try.reused = true;
		http->conn->deadline = deadline;
		st = converse(&try, response);
		if (!try.dead)
			return st;
		debug("%s closed the connection", buf_string(&http->peer));
		response->reached = false;
	}
	st = connect_or_wait(http, &deadline);
	if (st != ST_OK)
		return st;
	try = (struct attempt){.http = http, .request = request};
	http->conn->deadline = deadline;
	return converse(&try, response);
}

static void free_bytes(struct http_response *response)
{
	buf_free(&response->location);
	buf_free(&response->body);
}

enum status http_exchange(struct http *http, const struct http_request *request,
    struct http_response *response)
{
	struct buf bytes = {0};
	enum status st;

	memset(response, 0, sizeof(*response));
	if (request_format(&bytes, http->url, request, has_proxy(http))) {
		debug("%s %s, %zu bytes", request->body ? "POST" : "GET",
		    buf_string(&http->name), bytes.len);
		st = try_exchange(http, &bytes, response);
	} else {
		st = fail_memory();
	}
	buf_free(&bytes);
	if (st == ST_OK)
		debug("answer: %d %s, \"%s\", %zu bytes", response->status,
		    response->reason, response->content_type,
		    response->body.len);
	else
		free_bytes(response);
	return st;
}

void http_response_free(struct http_response *response)
{
	free_bytes(response);
	memset(response, 0, sizeof(*response));
}

/*
 * The text of a line without the blanks around it; 0 when there is none, or
 * something that is not text in it.
 */
static size_t find_text(const char **text, const char *line, size_t len)
{
	size_t i;

	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL &&
	    line[len - 1] != '\0')
		len--;
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	for (i = 0; i < len; i++)
		if (((unsigned char)line[i] < ' ' && line[i] != '\t') ||
		    line[i] == 0x7f)
			return 0;
	*text = line;
	return len;
}

/* The first line of body that can be read and is not blank. */
static bool add_first_line(struct buf *out, const struct buf *body)
{
	size_t left = body->len < BODY_LOOK ? body->len : BODY_LOOK, len;
	const char *line = buf_string(body), *end, *text;
	char shown[SHOWN_MAX];
	size_t text_len;

	for (; left > 0; left -= len, line += len) {
		end = memchr(line, '\n', left);
		len = end != NULL ? (size_t)(end - line) + 1 : left;
		if ((text_len = find_text(&text, line, len)) > 0)
			return buf_addf(out, ": \"%s\"",
			    log_escape(shown, sizeof(shown), text, text_len));
	}
	return true;
}

static bool add_status(struct buf *out, const struct http *http,
    const struct http_response *response)
{
	const struct buf *location = &response->location;
	char shown[SHOWN_MAX];

	if (!buf_addf(out, "%s: the server answered %d %s",
		buf_string(&http->name), response->status, response->reason))
		return false;
	if (response->status / 100 == 3 && location->len > 0)
		return buf_addf(out, ", see \"%s\" (not followed)",
		    log_escape(
			shown, sizeof(shown), location->data, location->len));
	return add_first_line(out, &response->body);
}

enum status http_check_status(
    const struct http *http, const struct http_response *response)
{
	struct buf text = {0};
	enum status st;

	if (response->status / 100 == 2)
		return ST_OK;
	st = add_status(&text, http, response)
	    ? fail(ST_NETWORK, "%s", buf_string(&text))
	    : fail_memory();
	buf_free(&text);
	return st;
}

bool http_is_type(const struct http_response *response, const char *type)
{
	return strcmp(response->content_type, type) == 0;
}
