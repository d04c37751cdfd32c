/* poll.h: waits between CertPolls, within the limits (RFC 8894, 4.4). */
#ifndef OPS_POLL_H
#define OPS_POLL_H

#include <stdbool.h>
#include <time.h>

#include "options/options.h"
#include "util/status.h"

#define POLL_SIGNALS 2 /* SIGINT, SIGTERM */

#define POLL_REASON_MAX 512

/* Borrows options. */
struct poll {
	const struct options *options;
	int count;  /* CertPolls that were sent */
	int failed; /* the last one, if it brought nothing of the CA's; or 0 */
	char reason[POLL_REASON_MAX]; /* of that; cut where it is longer */
	struct timespec start;
	bool catching; /* the signals below */
};

void poll_start(struct poll *poll, const struct options *options);

/*
 * The CertPoll that was sent last brought nothing of the CA's: what reaching a
 * limit reports then.
 */
void poll_keep_reason(struct poll *poll, const char *reason);

/* It brought what the CA says. */
void poll_forget_reason(struct poll *poll);

/* ST_PENDING after reporting when -n allows no further poll. */
enum status poll_check_count(const struct poll *poll);

/*
 * Sleeps the poll interval.  ST_PENDING after reporting when one more poll
 * would pass the count (-n) or the total time (-T).  From the first call on
 * SIGINT and SIGTERM say how to resume before they end the process; during
 * the sleep that is ST_PENDING, too.
 */
enum status poll_wait(struct poll *poll);

/* The signal that ended a sleep, for main() to die of; 0: none. */
int poll_interrupted(void);

/* The signals do again what they did before. */
void poll_end(struct poll *poll);

#endif
