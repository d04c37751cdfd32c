#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#include "compat/process.h"
#include "ops/ops.h"
#include "ops/poll.h"
#include "util/live.h"
#include "util/log.h"
#include "util/monotonic.h"

#define INTERRUPTED "interrupted while PENDING: to resume, %s"

/* Formatted beforehand: snprintf() is not safe in a signal handler. */
static char farewell[512];

/*
 * A signal during the sleep only ends the sleep, so that main() closes the
 * session and its tokens.  At any other time the handler ends the process.
 */
static volatile sig_atomic_t sleeping, interrupted;

static const int numbers[POLL_SIGNALS] = {SIGINT, SIGTERM};

/* Their actions before poll_catch_signals(). */
static struct sigaction before[POLL_SIGNALS];

static void poll_on_signal(int number)
{
	ssize_t ignored;
	size_t i;

	if (sleeping) {
		interrupted = number;
		return;
	}
	ignored = write(STDERR_FILENO, farewell, strlen(farewell));
	(void)ignored;
	for (i = 0; i < POLL_SIGNALS; i++)
		if (numbers[i] == number)
			sigaction(number, &before[i], NULL);
	raise(number);
}

static const char *how_to_resume(const struct poll *poll)
{
	return poll->options->operation->op == OP_RENEW
	    ? "run renew again"
	    : "run the same command with -R";
}

static void poll_catch_signals(struct poll *poll)
{
	struct sigaction action;
	size_t i;

	if (poll->catching)
		return;
	poll->catching = true;
	snprintf(farewell, sizeof(farewell), "%s: " INTERRUPTED "\n",
	    log_program(), how_to_resume(poll));
	memset(&action, 0, sizeof(action));
	action.sa_handler = poll_on_signal;
	for (i = 0; i < POLL_SIGNALS; i++) {
		sigaction(numbers[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

void poll_end(struct poll *poll)
{
	size_t i;

	for (i = 0; poll->catching && i < POLL_SIGNALS; i++)
		sigaction(numbers[i], &before[i], NULL);
	poll->catching = false;
}

void poll_start(struct poll *poll, const struct options *options,
    const char *transaction_id)
{
	memset(poll, 0, sizeof(*poll));
	poll->options = options;
	poll->transaction_id = transaction_id;
	poll->start = monotonic_now();
}

/* Milliseconds. */
static long long elapsed(const struct poll *poll)
{
	return monotonic_now() - poll->start;
}

static enum status give_up(
    const struct poll *poll, const char *limit, int value)
{
	char why[POLL_REASON_MAX + 32] = "";

	if (poll->failed > 0)
		snprintf(why, sizeof(why), "poll #%d failed: %s; ",
		    poll->failed, poll->reason);
	return fail(ST_PENDING,
	    "still PENDING after %d poll(s), the limit of %s %d is reached; "
	    "%sto resume, %s (transactionID %s)",
	    poll->count, limit, value, why, how_to_resume(poll),
	    poll->transaction_id);
}

void poll_keep_reason(struct poll *poll, const char *reason)
{
	poll->failed = poll->count;
	quote_cut(poll->reason, sizeof(poll->reason), reason);
}

void poll_forget_reason(struct poll *poll)
{
	poll->failed = 0;
}

enum status poll_check_count(const struct poll *poll)
{
	int limit = poll->options->poll_count;

	return poll->count < limit ? ST_OK : give_up(poll, "-n", limit);
}

/* Some time has passed when the first reply comes. */
bool poll_is_none(const char **limit, const struct options *options)
{
	*limit = options->poll_count <= 0 ? "-n" : "-T";
	return options->poll_count <= 0 ||
	    options->poll_interval >= options->poll_time;
}

/* How many polls the limits still allow, if the next one is at end. */
static long long polls_left(const struct poll *poll, long long end)
{
	const struct options *o = poll->options;
	long long count = (long long)o->poll_count - poll->count, in_time;

	if (o->poll_interval <= 0)
		return count;
	in_time = 1 + (o->poll_time - end / 1000) / o->poll_interval;
	return in_time < count ? in_time : count;
}

static void show_wait(const struct poll *poll, long long end, long long ms)
{
	char text[LIVE_TEXT_MAX], left[32];

	live_format_time(left, sizeof(left), (ms + 999) / 1000);
	snprintf(text, sizeof(text),
	    "waiting for the CA: next poll in %s, %lld left; ^C interrupts, "
	    "%s resumes",
	    left, polls_left(poll, end),
	    poll->options->operation->op == OP_RENEW ? "renew" : "-R");
	live_show(text);
}

/*
 * The signals are blocked but within pselect(), so that none is lost between
 * the test and the sleep.  A thread of a token's module may take one instead
 * of this thread: therefore pselect() lasts a second at most.
 */
static void sleep_until(const struct poll *poll, long long end)
{
	struct timespec left;
	sigset_t blocked, mask;
	long long ms;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < POLL_SIGNALS; i++)
		sigaddset(&blocked, numbers[i]);
	sigprocmask(SIG_BLOCK, &blocked, &mask);
	sleeping = 1;
	while (!interrupted && (ms = end - elapsed(poll)) > 0) {
		show_wait(poll, end, ms);
		/* Until the second ends. */
		ms = ms % 1000 != 0 ? ms % 1000 : 1000;
		left.tv_sec = (time_t)(ms / 1000);
		left.tv_nsec = (long)(ms % 1000) * 1000000;
		pselect(0, NULL, NULL, NULL, &left, &mask);
	}
	live_erase();
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sleeping = 0;
}

enum status poll_wait(struct poll *poll)
{
	const struct options *o = poll->options;
	long long end = elapsed(poll) + o->poll_interval * 1000LL;
	enum status st;

	if ((st = poll_check_count(poll)) != ST_OK)
		return st;
	if (end > o->poll_time * 1000LL)
		return give_up(poll, "-T", o->poll_time);
	poll_catch_signals(poll);
	verbose("waiting %d seconds", o->poll_interval);
	sleep_until(poll, end);
	compat_forget_lack_of_memory();
	return interrupted ? fail(ST_PENDING, INTERRUPTED, how_to_resume(poll))
			   : ST_OK;
}

int poll_interrupted(void)
{
	return interrupted;
}
