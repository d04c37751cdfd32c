#include "ops/describe.h"
#include "ops/renew_plan.h"
#include "util/file.h"
#include "util/log.h"

/*
 * A certificate that is not valid yet was issued in the future of this clock:
 * what is left of it cannot be told.
 */
static enum status plan_early(
    struct renew_plan *plan, const struct renewal_state *r)
{
	struct buf text = {0};
	enum status st = ST_OK;

	if (!describe_add_time(&text, X509_get0_notBefore(r->cert)))
		st = fail_memory();
	else
		warn(WARN_CLOCK,
		    "certificate %s is not valid before %s: is this system's "
		    "clock right?",
		    r->options->local_cert, buf_string(&text));
	buf_free(&text);
	plan->task = (r->options->tolerate & TOLERATE_CLOCK) != 0 ? TASK_SEND
								  : TASK_STOP;
	plan->reason = "the clock is before the certificate";
	return st;
}

static enum status plan_renewal(
    struct renew_plan *plan, const struct renewal_state *r)
{
	due_text(plan->left, sizeof(plan->left), &r->due);
	if (r->due.early)
		return plan_early(plan, r);
	plan->task = TASK_SEND;
	if (r->due.expired)
		plan->reason = "expired";
	else if (r->due.due)
		plan->reason = "due";
	else if (r->options->renew.force)
		plan->reason = "forced";
	else {
		plan->task = TASK_NOTHING;
		plan->reason = "not due";
	}
	return ST_OK;
}

enum status renew_plan_choose(
    struct renew_plan *plan, const struct renewal_state *r, bool pending)
{
	bool forget = r->options->renew.forget;

	if (pending && !forget) {
		plan->task = TASK_RESUME;
		plan->reason = "a request is pending";
	} else if (r->cert != NULL) {
		return plan_renewal(plan, r);
	} else {
		plan->task =
		    r->key != NULL && !forget ? TASK_TAKE_OVER : TASK_SEND;
		plan->reason = "no certificate";
	}
	return ST_OK;
}

enum status renew_plan_make(
    struct renew_plan *plan, const struct renewal_state *r)
{
	bool pending;
	enum status st = file_find(&pending, buf_string(&r->request));

	return st == ST_OK ? renew_plan_choose(plan, r, pending) : st;
}

enum status renew_plan_check_clock(
    const struct renew_plan *plan, const struct renewal_state *r)
{
	if (plan->task != TASK_STOP)
		return ST_OK;
	return fail(ST_ERROR,
	    "certificate %s: whether it is due cannot be told: set this "
	    "system's clock (--tolerate clock renews it)",
	    r->options->local_cert);
}
