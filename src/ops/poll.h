/* poll.h: waits between CertPolls, within the limits (P1, K6). */
#ifndef OPS_POLL_H
#define OPS_POLL_H

#include <time.h>

#include "options/options.h"
#include "util/status.h"

/* Borrows options. */
struct poll {
	const struct options *options;
	int count; /* CertPolls that were sent */
	struct timespec start;
};

void poll_start(struct poll *poll, const struct options *options);

/*
 * Sleeps the poll interval.  ST_PENDING after reporting when one more poll
 * would pass the count (-n) or the total time (-T).  From the first call on
 * SIGINT and SIGTERM say how to resume before they end the process.
 */
enum status poll_wait(struct poll *poll);

#endif
