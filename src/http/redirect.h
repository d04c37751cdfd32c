/* redirect.h: where a 3xx answer sends us, and whether we go (RFC 9110, 15.4). */
#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H

#include <stdbool.h>
#include <stddef.h>

#include "http/url.h"
#include "util/status.h"

/* Redirects in a row that are followed. */
#define REDIRECT_MAX 5

/* Bytes of what redirect_refusal() says. */
#define REDIRECT_WHY_MAX 160

/* Whether an answer of this status is a redirect that could be followed. */
bool redirect_is(int status);

/*
 * Resolves location, as the answer to a request for from gave it (RFC 9110,
 * 10.2.2).  The caller frees out.  ST_ERROR after reporting both URLs.
 */
enum status redirect_resolve(
    struct url *out, const struct url *from, const char *location);

/*
 * Why a redirect with status from the one to the other is not followed, which
 * may be put into why; NULL when it is followed.  It stays with its host: a
 * name is the same in either case, an IPv6 address in any of its forms; the
 * port may change.  It does not leave TLS, and that of a POST stays a POST.
 */
const char *redirect_refusal(char why[REDIRECT_WHY_MAX], const struct url *from,
    const struct url *to, int status, bool post);

#endif
