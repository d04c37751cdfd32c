#include <stdlib.h>
#include <string.h>

#include "http/conn.h"
#include "http/http.h"
#include "http/redirect.h"
#include "http/request.h"
#include "http/response.h"
#include "http/route.h"
#include "http/verdict.h"
#include "util/log.h"

#define READ_SIZE 65536

struct http {
	struct http_options options;
	struct tls *tls;    /* NULL until it is needed */
	struct route start; /* to the server */
	struct route moved; /* to where a redirect leads; url: moved_url */
	struct url moved_url;
	struct buf moved_from;     /* what redirects there */
	const struct route *route; /* one of them: conn goes there */
	struct conn *conn;
	const char *hint;         /* of the last conn */
	const char *not_followed; /* why the last redirect was not */
	char refusal[REDIRECT_WHY_MAX];
	unsigned char in[READ_SIZE];
};

/* One try of one request on one connection. */
struct attempt {
	struct http *http;
	const struct buf *request;
	size_t sent;
	size_t max_body;
	struct response answer;
	bool reused;  /* the connection served an exchange before */
	bool dead;    /* ... and was closed since: not reported */
	bool surplus; /* bytes came after the answer */
};

/* Files are read before anything is sent. */
static enum status need_tls(struct http *http, const struct url *url)
{
	if (!url->tls || http->tls != NULL)
		return ST_OK;
	return tls_open(&http->tls, &http->options.tls);
}

enum status http_open(struct http **out, const struct url *url,
    const struct http_options *options)
{
	struct http *http;
	enum status st;

	if ((http = calloc(1, sizeof(*http))) == NULL)
		return fail_memory();
	http->options = *options;
	if ((st = route_init(&http->start, url, options->proxy)) != ST_OK ||
	    (st = need_tls(http, url)) != ST_OK)
		goto out;
	http->route = &http->start;
	*out = http;
	http = NULL;
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
	tls_close(http->tls);
	route_free(&http->start);
	route_free(&http->moved);
	url_free(&http->moved_url);
	buf_free(&http->moved_from);
	free(http);
}

/* Not while it is the route. */
static void forget_move(struct http *http)
{
	route_free(&http->moved);
	url_free(&http->moved_url);
}

/* The route that is left, whose name goes with it. */
static bool set_moved_from(struct http *http)
{
	http->moved.from = NULL;
	buf_free(&http->moved_from);
	return buf_add_string(
	    &http->moved_from, buf_string(&http->route->name));
}

static const struct buf *peer_of(const struct http *http)
{
	return &http->route->peer;
}

/* The next request goes there. */
static void take_route(struct http *http, const struct route *route)
{
	if (http->conn != NULL && !route_is_shared(http->route, route))
		disconnect(http);
	http->route = route;
}

/*
 * Nothing more came: on a connection that was used before, and without a
 * byte of the answer, that is no failure.
 */
static enum status lost(struct attempt *try, const char *reason)
{
	const struct conn *conn = try->http->conn;
	const char *peer = buf_string(peer_of(try->http));

	if (try->reused && !try->answer.any) {
		try->dead = true;
		return ST_NETWORK;
	}
	if (conn->refused && !try->answer.any) {
		try->answer.out->reached = false;
		return fail(ST_NETWORK, "%s: %s", peer, conn->reason);
	}
	if (conn->hint != NULL && !try->answer.any)
		return fail(ST_NETWORK, "%s: no answer: %s (%s)", peer,
		    reason != NULL ? reason : "the connection ended",
		    conn->hint);
	if (reason == NULL)
		return response_end(&try->answer);
	return fail(
	    ST_NETWORK, "%s: while reading the answer: %s", peer, reason);
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
		return route_fail_time(&http->options,
		    try->answer.any ? "reading the answer of"
				    : "waiting for the answer of",
		    peer_of(http));
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
			return route_fail_time(&try->http->options,
			    "sending to", peer_of(try->http));
		if (result == CONN_FAILED) {
			debug("sending to %s: %s",
			    buf_string(peer_of(try->http)), conn->reason);
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
	response_init(
	    &try->answer, response, buf_string(peer_of(http)), try->max_body);
	st = send_request(try);
	while (st == ST_OK && !response_is_done(&try->answer))
		st = read_some(try);
	http->hint = http->conn->hint;
	if (st != ST_OK || !try->answer.keep || try->surplus ||
	    try->sent < try->request->len)
		disconnect(http);
	response_free(&try->answer);
	return st;
}

/* On the connection that is there, if it still works, or on a new one. */
static enum status try_exchange(struct http *http, const struct buf *request,
    size_t max_body, struct http_response *response, long long *deadline)
{
	const struct attempt fresh = {
	    .http = http, .request = request, .max_body = max_body};
	struct attempt try = fresh;
	enum status st;

	if (http->conn != NULL && !conn_is_quiet(http->conn))
		disconnect(http);
	if (http->conn != NULL) {
		try.reused = true;
		http->conn->deadline = *deadline;
		st = converse(&try, response);
		if (!try.dead)
			return st;
		debug("%s closed the connection", buf_string(peer_of(http)));
		response->reached = false;
	}
	st = route_connect(
	    &http->conn, http->route, http->tls, &http->options, deadline);
	if (st != ST_OK)
		return st;
	try = fresh;
	http->conn->deadline = *deadline;
	return converse(&try, response);
}

static void free_bytes(struct http_response *response)
{
	buf_free(&response->location);
	buf_free(&response->body);
}

static enum status exchange_once(struct http *http,
    const struct http_request *request, struct http_response *response,
    long long *deadline)
{
	struct buf bytes = {0};
	enum status st;

	memset(response, 0, sizeof(*response));
	if (request_format(
		&bytes, http->route->url, request, route_proxy(http->route))) {
		debug("%s %s, %zu bytes", request->body ? "POST" : "GET",
		    buf_string(&http->route->name), bytes.len);
		st = try_exchange(
		    http, &bytes, request->max_body, response, deadline);
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

/* To where the answer says, unless that is not to be followed. */
static enum status move(
    struct http *http, struct http_response *response, bool post)
{
	const char *location = buf_string(&response->location);
	const struct url *from = http->route->url;
	struct route route = {0};
	struct url url = {0};
	enum status st;

	if (redirect_resolve(&url, from, location) != ST_OK)
		return ST_NETWORK;
	http->not_followed =
	    redirect_refusal(http->refusal, from, &url, response->status, post);
	if (http->not_followed != NULL) {
		response->reached = false;
		url_free(&url);
		return ST_OK;
	}
	if ((st = need_tls(http, &url)) != ST_OK ||
	    (st = route_init(&route, &url, http->options.proxy)) != ST_OK) {
		url_free(&url);
		return st;
	}
	if (!set_moved_from(http)) {
		route_free(&route);
		url_free(&url);
		return fail_memory();
	}
	route.from = buf_string(&http->moved_from);
	verbose("%s: redirected by %d to %s", buf_string(&http->route->name),
	    response->status, buf_string(&route.name));
	take_route(http, &route);
	forget_move(http);
	http->moved_url = url;
	http->moved = route;
	http->moved.url = &http->moved_url;
	http->route = &http->moved;
	return ST_OK;
}

/* Whether that is not about the request: who asks is not let through. */
static bool is_turned_away(const struct http *http, int status)
{
	if (status == 407)
		return route_proxy(http->route) != NULL;
	return http->hint != NULL && verdict_is_about_us(status);
}

/* The query of a URL that the server gave is complete. */
enum status http_exchange(struct http *http, const struct http_request *request,
    struct http_response *response)
{
	long long deadline = route_deadline(&http->options);
	struct http_request next = *request;
	unsigned int moves = 0;
	enum status st;

	take_route(http, &http->start);
	forget_move(http);
	http->not_followed = NULL;
	st = exchange_once(http, &next, response, &deadline);
	while (st == ST_OK && redirect_is(response->status) &&
	    response->location.len > 0) {
		if (moves++ == REDIRECT_MAX)
			http->not_followed = "too many in a row";
		else
			st = move(http, response, request->body != NULL);
		if (st != ST_OK)
			free_bytes(response);
		if (st != ST_OK || http->not_followed != NULL)
			return st;
		free_bytes(response);
		next.query = NULL;
		st = exchange_once(http, &next, response, &deadline);
		/* The server was reached, and its answer led nowhere. */
		if (st == ST_NETWORK && !http->route->url->tls)
			response->reached = true;
	}
	if (st == ST_OK && is_turned_away(http, response->status))
		response->reached = false;
	return st;
}

void http_response_free(struct http_response *response)
{
	free_bytes(response);
	memset(response, 0, sizeof(*response));
}

enum status http_check_status(
    const struct http *http, const struct http_response *response)
{
	const struct url *proxy = route_proxy(http->route);
	struct verdict verdict = {
	    .name = buf_string(&http->route->name),
	    .proxy = proxy != NULL ? buf_string(&http->route->peer) : NULL,
	    .has_user = proxy != NULL && proxy->user != NULL,
	    .not_followed = http->not_followed,
	    .hint = http->hint,
	};
	struct buf text = {0};
	enum status st;

	if (response->status / 100 == 2)
		return ST_OK;
	st = verdict_add(&text, &verdict, response)
	    ? fail(ST_NETWORK, "%s", buf_string(&text))
	    : fail_memory();
	buf_free(&text);
	return st;
}

bool http_is_type(const struct http_response *response, const char *type)
{
	return strcmp(response->content_type, type) == 0;
}
