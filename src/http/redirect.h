/* redirect.h: where a 3xx answer sends us, and whether we go (H13). */
#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H

#include <stdbool.h>

#include "http/url.h"
#include "util/status.h"

/* Redirects in a row that are followed. */
#define REDIRECT_MAX 5

/* Whether an answer of this status is a redirect that could be followed. */
bool redirect_is(int status);

/*
 * Resolves location, as the answer to a request for from gave it (RFC 9110,
 * 10.2.2).  The caller frees out.  ST_ERROR after reporting both URLs.
 */
enum status redirect_resolve(
    struct url *out, const struct url *from, const char *location);

/*
 * Why a redirect with status from the one to the other is not followed, or
 * NULL when it is: not out of TLS, and that of a POST only when it stays a
 * POST, to the same host.
 */
const char *redirect_refusal(
    const struct url *from, const struct url *to, int status, bool post);

#endif
