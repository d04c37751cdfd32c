/* renew_plan.h: what a run of renew is to do, by its files and the clock. */
#ifndef OPS_RENEW_PLAN_H
#define OPS_RENEW_PLAN_H

#include <stdbool.h>

#include "ops/renewal.h"
#include "pki/due.h"
#include "util/status.h"

enum renew_task {
	TASK_NOTHING,
	TASK_STOP,      /* the clock is wrong */
	TASK_RESUME,    /* poll for the request of CERT.req */
	TASK_TAKE_OVER, /* poll for a request for the key of -k */
	TASK_SEND
};

struct renew_plan {
	enum renew_task task;
	const char *reason; /* of the task, static */
	char left[DUE_TEXT_SIZE];
};

/*
 * After renewal_look().  What is pending goes before what is due.  Warns of a
 * clock that is before the certificate.  ST_FILE after reporting.
 */
enum status renew_plan_make(
    struct renew_plan *plan, const struct renewal_state *r);

/* The same for who knows whether CERT.req is there, or will be. */
enum status renew_plan_choose(
    struct renew_plan *plan, const struct renewal_state *r, bool pending);

/* ST_ERROR after reporting if the task is TASK_STOP. */
enum status renew_plan_check_clock(
    const struct renew_plan *plan, const struct renewal_state *r);

#endif
