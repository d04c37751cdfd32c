#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>

#include "util/monotonic.h"
#include "util/special.h"

#define WAIT_STEP 100 /* milliseconds between looks for a held signal */

static int limit = 120;

void special_set_limit(int seconds)
{
	limit = seconds;
}

int special_limit(void)
{
	return limit;
}

long long special_end(void)
{
	return monotonic_now() + limit * 1000LL;
}

/*
 * Whether SIGINT, SIGTERM or SIGHUP is held back: what waits for another
 * process then waits no longer.
 */
static bool is_interrupted(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	    (sigismember(&pending, SIGINT) == 1 ||
		sigismember(&pending, SIGTERM) == 1 ||
		sigismember(&pending, SIGHUP) == 1);
}

bool special_wait(int fd, short events, long long end)
{
	struct pollfd poller = {.fd = fd, .events = events};
	int ready;

	do {
		if (is_interrupted()) {
			errno = EINTR;
			return false;
		}
		if (monotonic_now() >= end) {
			errno = ETIMEDOUT;
			return false;
		}
		ready = poll(&poller, 1, WAIT_STEP);
		if (ready < 0 && errno != EINTR)
			return false;
	} while (ready <= 0 && fd >= 0);
	return true;
}

int special_open(const struct target *target)
{
	const int flags = O_RDONLY | O_NOCTTY | O_CLOEXEC;

	/* Linux opens no socket by such a name. */
	if (target->stream && target->descriptor >= 0 &&
	    S_ISSOCK(target->status.st_mode))
		return fcntl(target->descriptor, F_DUPFD_CLOEXEC, 0);
	if (target->stream && target->descriptor >= 0)
		return open(target->path, flags);
	return open(target->path,
	    flags | O_NONBLOCK | (target->stream ? 0 : O_NOFOLLOW));
}
