/* deadline.h: the time limit of an exchange: connecting, request, response. */
#ifndef HTTP_DEADLINE_H
#define HTTP_DEADLINE_H

#include "http/options.h"
#include "util/status.h"

/* When an exchange that starts now must have ended, by monotonic_now(). */
long long deadline_start(const struct http_options *options);

/* Reports "time limit of N s reached while STAGE PEER"; ST_TIMEOUT. */
enum status deadline_fail(
    const struct http_options *options, const char *stage, const char *peer);

#endif
