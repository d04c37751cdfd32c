#include "http/conn.h"
#include "http/deadline.h"
#include "util/log.h"
#include "util/monotonic.h"

long long deadline_start(const struct http_options *options)
{
	return monotonic_now() + options->timeout * 1000LL;
}

enum status deadline_fail(
    const struct http_options *options, const char *stage, const char *peer)
{
	return fail(ST_TIMEOUT, "time limit of %u s reached while %s %s",
	    options->timeout, stage, peer);
}
