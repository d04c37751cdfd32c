/* lock.h: a file that one run at a time holds. */
#ifndef UTIL_LOCK_H
#define UTIL_LOCK_H

#include "util/status.h"

/* All zero: not held. */
struct lock {
	int fd; /* 0: not held */
};

/*
 * Locks the file at path, which is created with mode 0600 whatever the umask is,
 * and never removed, by fcntl().  While another process holds the lock it tries
 * again for that many seconds.  A symbolic link is not followed.  The number of this process is
 * written into the file, for a reader, if it is the user's own and holds no more
 * than that.
 *
 * The lock ends with the process, or when the process closes any descriptor of
 * the file: nothing else may open it.  Children do not have it.  After reporting:
 * ST_LOCKED, which names the process that holds it; ST_FILE.
 */
enum status lock_take(struct lock *lock, const char *path, int seconds);

/*
 * What lock_take() would come to now, without waiting, as far as that can be told
 * without a trace: nothing is locked or created.
 */
enum status lock_look(const char *path);

/* Does nothing if the lock is not held. */
void lock_release(struct lock *lock);

#endif
