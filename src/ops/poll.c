#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "ops/poll.h"
#include "util/buf.h"
#include "util/log.h"

/* Made before it is needed: a signal handler may not format. */
static char farewell[512];

static void say_farewell(int number)
{
	ssize_t ignored = write(STDERR_FILENO, farewell, strlen(farewell));

	(void)ignored;
	signal(number, SIG_DFL);
	raise(number);
}

static const int numbers[POLL_SIGNALS] = {SIGINT, SIGTERM};

static void catch_signals(struct poll *poll)
{
	struct sigaction action;
	size_t i;

	if (poll->catching)
		return;
	poll->catching = true;
	snprintf(farewell, sizeof(farewell),
	    "%s: interrupted while PENDING; the same command with -R goes on "
	    "from here\n",
	    log_program());
	memset(&action, 0, sizeof(action));
	action.sa_handler = say_farewell;
	for (i = 0; i < POLL_SIGNALS; i++) {
		sigaction(numbers[i], NULL, &poll->before[i]);
		if (poll->before[i].sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

void poll_end(struct poll *poll)
{
	size_t i;

	for (i = 0; poll->catching && i < POLL_SIGNALS; i++)
		sigaction(numbers[i], &poll->before[i], NULL);
	poll->catching = false;
}

void poll_start(struct poll *poll, const struct options *options)
{
	memset(poll, 0, sizeof(*poll));
	poll->options = options;
	clock_gettime(CLOCK_MONOTONIC, &poll->start);
}

/* Milliseconds. */
static long long elapsed(const struct poll *poll)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return ((long long)now.tv_sec - poll->start.tv_sec) * 1000 +
	    (now.tv_nsec - poll->start.tv_nsec) / 1000000;
}

static enum status give_up(
    const struct poll *poll, const char *limit, int value)
{
	return fail(ST_PENDING,
	    "still PENDING after %d poll(s), the limit of %s %d is reached; "
	    "the same command with -R goes on from here",
	    poll->count, limit, value);
}

enum status poll_check_count(const struct poll *poll)
{
	int limit = poll->options->poll_count;

	return poll->count < limit ? ST_OK : give_up(poll, "-n", limit);
}

enum status poll_wait(struct poll *poll)
{
	const struct options *o = poll->options;
	struct timespec left = {.tv_sec = o->poll_interval};

	enum status st;

	if ((st = poll_check_count(poll)) != ST_OK)
		return st;
	if (elapsed(poll) + o->poll_interval * 1000LL > o->poll_time * 1000LL)
		return give_up(poll, "-T", o->poll_time);
	catch_signals(poll);
	verbose("waiting %d seconds", o->poll_interval);
	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
	return ST_OK;
}
