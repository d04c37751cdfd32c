#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "ops/describe.h"
#include "ops/enrolment.h"
#include "ops/ops.h"
#include "ops/poll.h"
#include "ops/renew_ca.h"
#include "ops/renew_deliver.h"
#include "ops/renew_enrol.h"
#include "ops/renew_files.h"
#include "ops/renew_hook.h"
#include "ops/renew_left.h"
#include "ops/renew_next.h"
#include "ops/renew_plan.h"
#include "util/file.h"
#include "util/lock.h"
#include "util/log.h"

/* --jitter: many devices whose clocks agree do not ask at once. */
static enum status wait_random(int seconds)
{
	struct timespec left = {0};
	unsigned int number;

	if (seconds <= 0 || isatty(STDERR_FILENO))
		return ST_OK;
	if (RAND_bytes((unsigned char *)&number, sizeof(number)) != 1)
		return fail_crypto(ST_ERROR, "--jitter: no random bytes");
	left.tv_sec = (time_t)(number % ((unsigned int)seconds + 1));
	verbose("waiting %ld seconds (--jitter)", (long)left.tv_sec);
	while (nanosleep(&left, &left) != 0)
		;
	return ST_OK;
}

/*
 * After renewal_look().  A file that is not to be replaced is reported whenever
 * that would be.
 */
static enum status make_plan(
    struct renew_plan *plan, const struct renewal_state *r)
{
	enum status st = swap_guard(r->files, r->count);

	return st == ST_OK ? renew_plan_make(plan, r) : st;
}

static enum status carry_out(
    struct renewal_state *r, const struct renew_plan *plan)
{
	bool again = true;
	enum status st = ST_OK;

	if (plan->task == TASK_NOTHING) {
		say_plain("not due: %s left", plan->left);
		return renew_files_provide(r);
	}
	st = renew_plan_check_clock(plan, r);
	if (st == ST_OK)
		st = renew_ca_provide(r->session);
	if (st != ST_OK)
		return st;
	if (plan->task == TASK_RESUME)
		st = renew_enrol_resume(r, &again);
	else if (plan->task == TASK_TAKE_OVER)
		st = renew_enrol_take_over(r, &again);
	return st == ST_OK && again ? renew_enrol_send(r) : st;
}

/* Of the certificate that is in use at the end. */
static void report_cert(struct report *report, const struct renewal_state *r)
{
	struct buf serial = {0}, not_after = {0};
	long long left = r->due.left;

	if (describe_add_serial(&serial, r->cert) &&
	    describe_add_time(&not_after, X509_get0_notAfter(r->cert))) {
		report_set(report, REPORT_SERIAL, buf_string(&serial));
		report_set(report, REPORT_NOT_AFTER, buf_string(&not_after));
	} else {
		report->failed = true;
	}
	report_set_number(report, REPORT_DAYS_LEFT,
	    left >= 0 ? left / 86400 : -((86399 - left) / 86400));
	buf_free(&serial);
	buf_free(&not_after);
}

static void report_run(const struct renewal_state *r,
    const struct renew_plan *plan, enum status st)
{
	struct report *report = r->session->report;
	const char *path = r->options->local_cert;
	char left[DUE_TEXT_SIZE];

	if (r->action != NULL && plan->task != TASK_NOTHING && st == ST_OK) {
		say("certificate written as %s", path);
		describe_cert(report, r->cert, path);
		if (r->due.early)
			say_plain("%s", r->action);
		else
			say_plain("%s: %s left", r->action,
			    due_text(left, sizeof(left), &r->due));
	}
	if (r->action != NULL && st == ST_OK)
		report_set(report, REPORT_ACTION, r->action);
	else
		report_set(report, REPORT_ACTION,
		    st == ST_PENDING ? "pending" : "none");
	if (plan->reason != NULL)
		report_set(report, REPORT_REASON, plan->reason);
	if (r->cert != NULL)
		report_cert(report, r);
}

static enum status run_locked(struct renewal_state *r)
{
	struct renew_plan plan = {0};
	bool swapped;
	enum status st = renew_left_check(r);

	if (st == ST_OK)
		st = renew_deliver_finish(r, &swapped);
	if (st == ST_OK && r->options->renew.forget)
		st = renew_enrol_forget(r);
	if (st == ST_OK)
		st = renewal_look(r);
	if (st == ST_OK)
		st = make_plan(&plan, r);
	if (st == ST_OK) {
		renew_next_use(r->session);
		st = carry_out(r, &plan);
	}
	if (st == ST_OK)
		renew_next_fetch(r->session);
	report_run(r, &plan, st);
	return st;
}

/*
 * st: how the run has ended so far.  One that fails while the files take their
 * places leaves the hook to the next run, which knows the certificate that is in
 * place.  A lack of memory is told once.
 */
static enum status run_hook(const struct renewal_state *r, enum status st)
{
	struct log_capture capture;
	enum status hook;

	if (st != ST_OK && r->action != NULL)
		return ST_OK;
	log_capture_begin(&capture);
	hook = renew_hook_run(r);
	log_capture_end(&capture);
	if (st == ST_OK || hook != ST_ERROR)
		log_report(hook, capture.text);
	return hook;
}

/* The lock is released before the hook, which may start sscep, too. */
static enum status run(struct renewal_state *r)
{
	const struct renew_options *o = &r->options->renew;
	struct lock lock = {0};
	enum status st, hook;

	if ((st = wait_random(o->jitter)) != ST_OK)
		return st;
	st = lock_take(&lock, buf_string(&r->lock), o->wait_lock);
	if (st != ST_OK)
		return st;
	renew_left_give_lock(r, &lock);
	if ((st = renew_left_check_lock(r, lock.fd)) == ST_OK)
		st = run_locked(r);
	renew_left_give_files(r);
	lock_release(&lock);
	hook = poll_interrupted() == 0 ? run_hook(r, st) : ST_OK;
	return st != ST_OK ? st : hook;
}

/* --dry-run: says what the task would do.  Returns a word for it, for --json. */
static const char *say_plan(
    const struct renewal_state *r, const struct renew_plan *plan)
{
	switch (plan->task) {
	case TASK_NOTHING:
		say_plain("not due: %s left", plan->left);
		return "nothing";
	case TASK_STOP:
		say_plain("would stop: %s", plan->reason);
		return "stop";
	case TASK_RESUME:
		say_plain("would poll: %s", plan->reason);
		return "poll";
	case TASK_TAKE_OVER:
		say_plain("would poll, and enrol: %s", plan->reason);
		return "poll";
	case TASK_SEND:
		break;
	}
	if (r->cert == NULL) {
		say_plain("would enrol: %s", plan->reason);
		return "enrol";
	}
	if (r->due.early)
		say_plain("would renew: %s", plan->reason);
	else
		say_plain("would renew: %s, %s left", plan->reason, plan->left);
	return "renew";
}

static enum status warn_of_ca(
    const struct renewal_state *r, const struct renew_plan *plan)
{
	const struct options *o = r->options;
	bool there = true;
	enum status st = ST_OK;

	if (plan->task != TASK_NOTHING && plan->task != TASK_STOP &&
	    o->ca_fingerprints.count == 0)
		st = renew_ca_find(&there, o->ca_cert);
	if (st == ST_OK && !there)
		warn(WARN_NO_CA_CERTIFICATE,
		    "CA certificates %s: there are none, and no "
		    "--ca-fingerprint to get them with: nothing would be sent",
		    o->ca_cert);
	return st;
}

/* The files that would be written while nothing is due. */
static enum status say_files(const struct renewal_state *r,
    const struct renew_plan *plan, const char **would)
{
	bool any = false;
	enum status st = ST_OK;

	if (plan->task == TASK_NOTHING)
		st = renew_files_show(r, &any);
	if (any)
		*would = "files";
	return st;
}

/* The hook of an earlier run. */
static enum status say_hook(const struct renewal_state *r, const char **would)
{
	bool pending = false;
	enum status st = ST_OK;

	if (r->options->renew.hook != NULL)
		st = file_find(&pending, buf_string(&r->hook));
	if (st != ST_OK || !pending)
		return st;
	say_plain("would run the hook, which has not succeeded yet");
	if (strcmp(*would, "nothing") == 0)
		*would = "hook";
	return ST_OK;
}

/* --dry-run: without the lock, as nothing is changed. */
static enum status show_plan(struct renewal_state *r)
{
	const char *would = "swap";
	struct renew_plan plan = {0};
	bool swap;
	enum status st = swap_find_new(&swap, r->cert_file);

	if (st == ST_OK && !swap && (st = renewal_look(r)) == ST_OK)
		st = make_plan(&plan, r);
	if (st != ST_OK)
		return st;
	if (swap) {
		say_plain("would finish an interrupted renewal");
	} else {
		would = say_plan(r, &plan);
		st = warn_of_ca(r, &plan);
		if (st == ST_OK)
			st = say_files(r, &plan, &would);
	}
	if (st == ST_OK)
		st = say_hook(r, &would);
	report_run(r, &plan, ST_OK);
	report_set(r->session->report, REPORT_WOULD, would);
	return st;
}

static enum status renew_run(struct session *session)
{
	struct renewal_state r;
	enum status st = renewal_open(&r, session);

	if (st == ST_OK)
		st = renew_left_check(&r);
	if (st == ST_OK)
		st = session->options->renew.dry_run ? show_plan(&r) : run(&r);
	renewal_free(&r);
	return st;
}

OPS_DEFINE(renew, "Keep a certificate valid", .base = &op_enroll,
    .needs_caps = enrolment_needs_caps);
