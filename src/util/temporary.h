/* temporary.h: a temporary file that can replace another one. */
#ifndef UTIL_TEMPORARY_H
#define UTIL_TEMPORARY_H

#include <stdbool.h>

#include "util/target.h"

/* All zero: there is none. */
struct temporary {
	char *path; /* NULL: there is none */
	int fd;
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

/* Renames it to path.  False with errno; then it still exists. */
bool temporary_rename(struct temporary *temporary, const char *path);

/* Removes the file, if any. */
void temporary_close(struct temporary *temporary);

#endif
