/* proxy.h: the proxy of the environment, and what proxies refuse. */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H

#include <stdbool.h>

#include "http/url.h"

/*
 * The value of http_proxy, or of https_proxy or HTTPS_PROXY if url is https;
 * NULL if there is none, or if no_proxy or NO_PROXY exempts the host of url.
 * Borrowed from the environment.  *variable is the name of the variable.
 */
const char *proxy_find(const struct url *url, const char **variable);

/*
 * Whether list, in the form of no_proxy, exempts the host of url.  The list
 * has names between commas or whitespace, with or without a port; each stands
 * for itself and all names below it.  "*" exempts all.
 */
bool proxy_is_excepted(const struct url *url, const char *list);

/* What a 407 (Proxy Authentication Required) of proxy means, in words. */
const char *proxy_explain_407(const struct url *proxy);

#endif
