#include "ops/check_parts.h"
#include "ops/check_poll.h"
#include "ops/poll.h"
#include "util/report.h"

/* An enrolment that begins with a poll ends there if none is allowed. */
static enum status check_first(
    const struct findings *f, const struct check_files *files)
{
	const char *id = f->session->report->fields[REPORT_TRANSACTION_ID];
	struct poll poll;

	if (!files->resumes || id == NULL)
		return ST_OK;
	poll_start(&poll, f->session->options, id);
	return poll_check_count(&poll);
}

void check_poll(struct findings *f, const struct check_files *files)
{
	const struct options *o = f->session->options;
	bool renews = o->operation == &op_renew;
	const char *limit;

	f->topic = "polling";
	if (check_first(f, files) != ST_OK || files->local->in.csr == NULL ||
	    !poll_is_none(&limit, o))
		return;
	if (renews)
		finding_ok(f,
		    "if the CA answers PENDING, renew ends with status %d, as "
		    "%s allows no poll; the next run polls",
		    ST_PENDING, limit);
	else
		finding_warn(f, "then run it again with -R",
		    "if the CA answers PENDING, enroll ends with status %d, as "
		    "%s allows no poll",
		    ST_PENDING, limit);
}
