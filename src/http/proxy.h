/* proxy.h: the proxy that the environment names (H6). */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H

#include <stdbool.h>

#include "http/url.h"

/*
 * The value of http_proxy, or https_proxy for a TLS url, unless no_proxy
 * excepts its host; NULL for none.  Points into the environment; *variable is
 * the one it was found in.
 */
const char *proxy_from_environment(
    const struct url *url, const char **variable);

/*
 * Whether list, as no_proxy has it, excepts the host of url: names between
 * commas or blanks, each for itself and all below it, with or without a
 * port; "*" for all.
 */
bool proxy_is_excepted(const struct url *url, const char *list);

#endif
