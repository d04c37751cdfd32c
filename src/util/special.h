/* special.h: opens FIFOs and devices, and waits for who is at their other end. */
#ifndef UTIL_SPECIAL_H
#define UTIL_SPECIAL_H

#include <stdbool.h>

#include "util/target.h"

/* The seconds that a file of ours may be waited for, in all: --timeout. */
void special_set_limit(int seconds);
int special_limit(void);

/* The time, by monotonic_now(), at which the limit is over. */
long long special_end(void);

/* All below return false, or -1, with errno: ETIMEDOUT when it is over. */

/*
 * Waits for events of poll() until end.  fd -1: a short time.  EINTR if SIGINT,
 * SIGTERM or SIGHUP is held back.
 */
bool special_wait(int fd, short events, long long end);

/*
 * Opens a file that has been found for reading, O_NOFOLLOW.  No FIFO, whose ever
 * it is, and no device blocks: special_wait() has to be called before read() but
 * for a regular file.  A descriptor of this process is opened as it is: whoever
 * called it has opened that.
 */
int special_open(const struct target *target);

#endif
