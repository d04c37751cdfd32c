#include <stdio.h>
#include <string.h>

#include "http/proxy.h"
#include "http/route.h"
#include "util/log.h"

static bool has_proxy(const struct route *route)
{
	return route->proxy.host != NULL;
}

static bool add_host_port(struct buf *out, const struct url *url)
{
	return buf_addf(
	    out, url->ipv6 ? "[%s]:%u" : "%s:%u", url->host, url->port);
}

/* variable is the environment variable that names the proxy, or NULL. */
static bool add_hop_name(struct route *route, const char *variable)
{
	if (!has_proxy(route))
		return add_host_port(&route->hop, route->url);
	return buf_add_string(&route->hop, "proxy ") &&
	    add_host_port(&route->hop, &route->proxy) &&
	    (variable == NULL || buf_addf(&route->hop, " of %s", variable));
}

static bool add_names(struct route *route, const char *variable)
{
	if (!add_hop_name(route, variable) ||
	    !url_add_text(&route->name, route->url))
		return false;
	if (route_get_proxy(route) != NULL)
		return buf_add_string(&route->peer, buf_string(&route->hop));
	return add_host_port(&route->peer, route->url);
}

/* *variable is set when the proxy is one of the environment. */
static enum status choose_proxy(
    struct route *route, const char *proxy, const char **variable)
{
	char what[32];

	if (proxy != NULL)
		return url_parse_proxy(&route->proxy, proxy, "proxy");
	proxy = proxy_find(route->url, variable);
	if (proxy == NULL)
		return ST_OK;
	snprintf(what, sizeof(what), "proxy of %s", *variable);
	return url_parse_proxy(&route->proxy, proxy, what);
}

enum status route_init(
    struct route *route, const struct url *url, const char *proxy)
{
	const char *variable = NULL;
	struct route new = {.url = url};
	enum status st;

	st = choose_proxy(&new, proxy, &variable);
	if (st != ST_OK)
		return st;
	if (!add_names(&new, variable)) {
		route_free(&new);
		return fail_memory();
	}
	if (has_proxy(&new))
		verbose("requests go through %s", buf_string(&new.hop));
	*route = new;
	return ST_OK;
}

void route_free(struct route *route)
{
	url_free(&route->proxy);
	buf_free(&route->hop);
	buf_free(&route->peer);
	buf_free(&route->name);
}

const struct url *route_get_proxy(const struct route *route)
{
	return has_proxy(route) && !route->url->tls ? &route->proxy : NULL;
}

bool route_has_tunnel(const struct route *route)
{
	return has_proxy(route) && route->url->tls;
}

const struct url *route_get_hop(const struct route *route)
{
	return has_proxy(route) ? &route->proxy : route->url;
}

bool route_is_shared(const struct route *a, const struct route *b)
{
	return a->url->tls == b->url->tls &&
	    strcmp(buf_string(&a->hop), buf_string(&b->hop)) == 0 &&
	    strcmp(buf_string(&a->peer), buf_string(&b->peer)) == 0;
}
