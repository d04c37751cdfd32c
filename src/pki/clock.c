#include "pki/clock.h"

/*
 * time() may lag this clock by a tick, so that what a server on the same machine
 * has just made would lie in the future.
 */
time_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int clock_compare(const ASN1_TIME *at)
{
	return ASN1_TIME_cmp_time_t(at, clock_now());
}

int clock_status(const ASN1_TIME *not_before, const ASN1_TIME *not_after)
{
	if (clock_compare(not_before) > 0)
		return -1;
	return clock_compare(not_after) < 0;
}
