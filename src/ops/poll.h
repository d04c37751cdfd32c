/* poll.h: waits between CertPolls, within the limits (RFC 8894, 4.4). */
#ifndef OPS_POLL_H
#define OPS_POLL_H

#include <stdbool.h>

#include "options/options.h"
#include "util/status.h"

#define POLL_SIGNALS 2 /* SIGINT, SIGTERM */

#define POLL_REASON_MAX 512

/* Borrows options and transaction_id. */
struct poll {
	const struct options *options;
	const char *transaction_id;
	int count;  /* CertPolls that were sent */
	int failed; /* number of the last one if the CA did not answer; or 0 */
	char reason[POLL_REASON_MAX]; /* why not; may be cut */
	long long start;              /* by monotonic_now() */
	bool catching;                /* the signals below */
};

void poll_start(struct poll *poll, const struct options *options,
    const char *transaction_id);

/* The CA did not answer the last CertPoll; reaching a limit reports reason. */
void poll_keep_reason(struct poll *poll, const char *reason);

/* The CA answered the last CertPoll. */
void poll_forget_reason(struct poll *poll);

/* ST_PENDING after reporting when -n allows no further poll. */
enum status poll_check_count(const struct poll *poll);

/*
 * Whether the first PENDING ends an enrolment, as no poll is allowed after it;
 * limit is then the option, -n or -T.
 */
bool poll_is_none(const char **limit, const struct options *options);

/*
 * Sleeps for the poll interval (-t).  ST_PENDING after reporting when one more
 * poll would exceed the count (-n) or the total time (-T), or when SIGINT or
 * SIGTERM ends the sleep.  From the first call on these two tell the user how
 * to resume before they end the process.
 */
enum status poll_wait(struct poll *poll);

/* The signal that ended a sleep, with which main() ends the process; or 0. */
int poll_interrupted(void);

/* Restores the actions of the signals. */
void poll_end(struct poll *poll);

#endif
