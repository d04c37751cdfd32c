/* temporary.h: a temporary file that can replace another one. */
#ifndef UTIL_TEMPORARY_H
#define UTIL_TEMPORARY_H

#include <stdbool.h>

#include "util/target.h"

/* All zero: there is none. */
struct temporary {
	char *path; /* NULL: there is none */
	int fd;
	struct stat created; /* the file when it was new */
};

/*
 * Creates an empty file of mode 0600, ".NAME.sscep-tmp-XXXXXX", in the directory
 * of target, and locks it.  Removes such files that killed processes have left
 * there.  SIGINT, SIGTERM and SIGHUP remove it if they end the process.  False
 * with errno.
 */
bool temporary_open(struct temporary *temporary, const struct target *target);

/* Whether the file still exists under its name. */
bool temporary_is_there(const struct temporary *temporary);

/*
 * Gives the file the owner, group, mode, access control list and label of what
 * target is, whose place it will take; what cannot be given is warned of, by
 * name.  Where nothing is there the mode is 0666 less the umask.  False with
 * errno when the mode cannot be set.
 */
bool temporary_copy_attributes(const struct temporary *temporary,
    const char *name, const struct target *target);

/* Renames it to path.  False with errno; then it still exists. */
bool temporary_rename(struct temporary *temporary, const char *path);

/*
 * For the name of target, which a temporary file has taken, to survive a power
 * failure.  Failing is no error.
 */
void temporary_sync_directory(const struct target *target);

/* Removes the file, if any. */
void temporary_close(struct temporary *temporary);

#endif
