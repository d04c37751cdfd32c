/* redirect.h: which redirects are followed, and to where (RFC 9110, 15.4). */
#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "http/url.h"
#include "util/status.h"

/* How many redirects in a row are followed. */
#define REDIRECT_MAX 5

/* Whether status is 301, 302, 303, 307 or 308. */
bool redirect_is_status(int status);

/*
 * Resolves location, the field value of a response to a request for from
 * (RFC 9110, 10.2.2).  The caller frees out.  ST_ERROR after reporting both
 * URLs.
 */
enum status redirect_resolve(
    struct url *out, const struct url *from, const char *location);

/*
 * Whether a redirect with status from one URL to another may be followed.  The
 * host must be the same: names are compared without case, IPv6 addresses by
 * value; the port may differ.  https must not become http, and a POST must
 * not become a GET (RFC 9110, 15.4).  False: why (size bytes) has the reason.
 */
bool redirect_is_allowed(char *why, size_t size, const struct url *from,
    const struct url *to, int status, bool post);

#endif
