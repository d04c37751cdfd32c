/* check_http.h: check looks at the answers by HTTP, and at the clocks. */
#ifndef OPS_CHECK_HTTP_H
#define OPS_CHECK_HTTP_H

#include <time.h>

#include "http/response.h"
#include "ops/finding.h"

/* All zero at the start. */
struct check_http {
	bool told;             /* of the connections, once */
	bool answered;         /* by a header at least */
	bool looped;           /* the last exchange was one redirect too many */
	bool has_caps;         /* one was a list of capabilities */
	bool dated;            /* an answer had a Date: */
	long long ahead;       /* seconds that the server is ahead of us ... */
	long long uncertainty; /* ... or off by that many */
};

/* When a request is sent; the clock and the time of monotonic_now(). */
struct check_start {
	time_t clock;
	long long monotonic;
};
struct check_start check_http_start(void);

/* Looks at an answer, whatever it is, to what was sent at start. */
void check_http(struct check_http *h, struct findings *f,
    const struct http_response *response, const struct check_start *start);

/*
 * Compares the media type of the answer to what ("GetCACaps") with the one that
 * this clause of RFC 8894 has.
 */
void check_http_type(struct findings *f, const char *what,
    const struct http_response *response, const char *expected,
    const char *clause);

/*
 * Sets out to what to do about a certificate that is not valid yet, by the answers
 * so far; returns out.
 */
const char *check_http_advise_on_early(
    const struct check_http *h, char *out, size_t size);

/* Compares the clocks, by the best of the answers. */
void check_http_clock(const struct check_http *h, struct findings *f);

#endif
