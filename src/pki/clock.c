#include <time.h>

#include "pki/clock.h"

/*
 * time() may lag this clock by a tick, so that what a server on the same machine
 * has just made would lie in the future.
 */
int clock_compare(const ASN1_TIME *at)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return ASN1_TIME_cmp_time_t(at, now.tv_sec);
}
