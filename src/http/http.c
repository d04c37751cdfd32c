#include <stdio.h>
#include <stdlib.h>

#include "http/channel.h"
#include "http/deadline.h"
#include "http/http.h"
#include "http/proxy.h"
#include "http/redirect.h"
#include "http/route.h"
#include "http/tls.h"
#include "util/log.h"

#define SHOWN_MAX 200

/* Where a redirect leads. */
struct move {
	struct url url;
	struct buf from; /* the URL that redirects */
	struct route route;
};

struct http {
	struct http_options options;
	struct tls *tls;    /* NULL until a URL is https */
	struct route start; /* to the server that http_open() was given */
	struct move *moved; /* of the last redirect of an exchange, or NULL */
	struct channel channel;
};

static void move_free(struct move *move)
{
	if (move == NULL)
		return;
	route_free(&move->route);
	url_free(&move->url);
	buf_free(&move->from);
	free(move);
}

/* Reads the files of TLS if url is the first that needs them. */
static enum status need_tls(struct http *http, const struct url *url)
{
	enum status st;

	if (!url->tls || http->tls != NULL)
		return ST_OK;
	st = tls_open(&http->tls, &http->options.tls);
	http->channel.tls = http->tls;
	return st;
}

enum status http_open(struct http **out, const struct url *url,
    const struct http_options *options)
{
	struct http *http = calloc(1, sizeof(*http));
	enum status st;

	if (http == NULL)
		return fail_memory();
	http->options = *options;
	http->channel.options = &http->options;
	st = route_init(&http->start, url, options->proxy);
	if (st == ST_OK)
		st = need_tls(http, url);
	if (st != ST_OK) {
		http_close(http);
		return st;
	}
	channel_set_route(&http->channel, &http->start);
	*out = http;
	return ST_OK;
}

void http_observe(struct http *http, const struct http_observer *observer)
{
	http->options.observer = *observer;
}

const char *http_hop(const struct http *http)
{
	return buf_string(&http->start.hop);
}

void http_close(struct http *http)
{
	if (http == NULL)
		return;
	channel_close(&http->channel);
	tls_close(http->tls);
	route_free(&http->start);
	move_free(http->moved);
	free(http);
}

/* Makes the requests of an exchange go to move, or, if NULL, to the start. */
static void set_move(struct http *http, struct move *move)
{
	channel_set_route(
	    &http->channel, move != NULL ? &move->route : &http->start);
	move_free(http->moved);
	http->moved = move;
}

/*
 * Moves to where the response redirects.  If that is not allowed, nothing is
 * moved, and response->why says why.  ST_OK in both cases.
 */
static enum status follow_redirect(
    struct http *http, struct http_response *response, bool post)
{
	const struct http_observer *observer = &http->options.observer;
	const struct route *left = http->channel.route;
	struct move *move = calloc(1, sizeof(*move));
	enum status st;

	if (move == NULL)
		return fail_memory();
	st = redirect_resolve(
	    &move->url, left->url, buf_string(&response->location));
	if (st != ST_OK) {
		st = ST_NETWORK;
		goto out;
	}
	if (!redirect_is_allowed(response->why, sizeof(response->why),
		left->url, &move->url, response->status, post))
		goto out;

	st = need_tls(http, &move->url);
	if (st == ST_OK)
		st = route_init(&move->route, &move->url, http->options.proxy);
	if (st == ST_OK &&
	    !buf_add_string(&move->from, buf_string(&left->name)))
		st = fail_memory();
	if (st != ST_OK)
		goto out;

	move->route.from = buf_string(&move->from);
	verbose("%s: redirected by %d to %s", buf_string(&left->name),
	    response->status, buf_string(&move->route.name));
	if (observer->redirected != NULL)
		observer->redirected(response->status, move->route.from,
		    buf_string(&move->route.name), observer->arg);
	set_move(http, move);
	move = NULL;
out:
	move_free(move);
	return st;
}

/* Statuses by which servers refuse a client for its TLS certificate. */
static bool is_refusal(int status)
{
	return status == 400 || status == 401 || status == 403 ||
	    status == 495 || status == 496;
}

/*
 * Sets outcome and why after an exchange with that many redirects, which ended
 * with st.  If a server redirects to a plain http server that cannot be
 * reached, it was reached itself, and its response was bad.
 */
static void set_outcome(const struct http *http, struct http_response *response,
    enum status st, unsigned int moves)
{
	const struct channel *channel = &http->channel;
	const bool tls = channel->route->url->tls;
	enum http_outcome outcome = HTTP_ANSWERED;
	const char *why = NULL;

	if (st != ST_OK) {
		outcome = HTTP_NOT_REACHED;
		if (channel->reached || (st == ST_NETWORK && moves > 0 && !tls))
			outcome = HTTP_BAD_RESPONSE;
	} else if (moves > REDIRECT_MAX) {
		outcome = HTTP_REDIRECT_LOOP;
		why = "too many in a row";
	} else if (response->why[0] != '\0') {
		outcome = HTTP_NOT_FOLLOWED;
	} else if (response->status == 407 &&
	    route_get_proxy(channel->route) != NULL) {
		outcome = HTTP_PROXY_REFUSED;
	} else if (is_refusal(response->status) && channel->hint != NULL) {
		outcome = HTTP_CERT_REFUSED;
		why = channel->hint;
	}

	response->outcome = outcome;
	if (why != NULL)
		snprintf(response->why, sizeof(response->why), "%s", why);
}

enum status http_exchange(struct http *http, const struct http_request *request,
    struct http_response *response)
{
	long long deadline = deadline_start(&http->options);
	struct http_request next = *request;
	unsigned int moves = 0;
	enum status st;

	set_move(http, NULL);
	for (;;) {
		st = channel_exchange(
		    &http->channel, &next, response, &deadline);
		if (st != ST_OK || !redirect_is_status(response->status) ||
		    response->location.len == 0 || ++moves > REDIRECT_MAX)
			break;
		st = follow_redirect(http, response, request->body != NULL);
		if (st != ST_OK || response->why[0] != '\0')
			break;
		response_free(response);
		/* Location is a complete URL, with the query. */
		next.query = NULL;
	}

	set_outcome(http, response, st, moves);
	if (st != ST_OK)
		response_free_bytes(response);
	return st;
}

/* Who responded: through a proxy for http, it may have been either. */
static bool add_responder(struct buf *out, const struct route *route,
    const struct http_response *response)
{
	const struct url *proxy = route_get_proxy(route);
	const char *name = buf_string(&route->name);
	const char *peer = buf_string(&route->peer);

	if (response->outcome == HTTP_PROXY_REFUSED)
		return buf_addf(out, "%s: %s:", peer, proxy_explain_407(proxy));
	if (proxy == NULL)
		return buf_addf(out, "%s: the server answered", name);
	return buf_addf(out, "%s: the server, or %s, answered", name, peer);
}

static bool add_location(struct buf *out, const struct http_response *response)
{
	const struct buf *location = &response->location;
	char shown[SHOWN_MAX];

	return buf_addf(out, ", see \"%s\" (not followed%s%s)",
	    log_escape(shown, sizeof(shown), location->data, location->len),
	    response->why[0] != '\0' ? ": " : "", response->why);
}

/* What the fields of proxies say is left out if none of ours is in the way. */
static bool add_refusal(struct buf *out, const struct route *route,
    const struct http_response *response)
{
	if (!add_responder(out, route, response) ||
	    !buf_addf(out, " %d%s%s", response->status,
		response->reason[0] != '\0' ? " " : "", response->reason))
		return false;
	if (response->status / 100 == 3 && response->location.len > 0)
		return add_location(out, response);
	if (route_get_proxy(route) != NULL &&
	    response->proxy_error[0] != '\0' &&
	    !buf_addf(out, " (a proxy says: %s)", response->proxy_error))
		return false;
	if (!response_add_line(out, response))
		return false;
	return response->outcome != HTTP_CERT_REFUSED ||
	    buf_addf(out, " (%s)", response->why);
}

enum status http_check_status(
    const struct http *http, const struct http_response *response)
{
	struct buf text = {0};
	enum status st;

	if (response->status / 100 == 2)
		return ST_OK;
	st = add_refusal(&text, http->channel.route, response)
	    ? fail(ST_NETWORK, "%s", buf_string(&text))
	    : fail_memory();
	buf_free(&text);
	return st;
}
