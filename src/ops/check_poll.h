/* check_poll.h: check looks at what becomes of a request that is pending. */
#ifndef OPS_CHECK_POLL_H
#define OPS_CHECK_POLL_H

#include "ops/check_local.h"
#include "ops/finding.h"

/* Adds that the limits of polling end the enrolment, or would. */
void check_poll(struct findings *f, const struct check_files *files);

#endif
