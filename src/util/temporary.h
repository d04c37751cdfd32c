/* temporary.h: a file beside another one, which may take its place. */
#ifndef UTIL_TEMPORARY_H
#define UTIL_TEMPORARY_H

#include <stdbool.h>

#include "util/target.h"

/* All zero is none. */
struct temporary {
	char *path; /* NULL: there is none */
	int fd;
};

/*
 * Makes an empty file of mode 0600 in the directory of target, named after it
 * (".NAME.sscep-XXXXXX") and locked, and removes those that runs which were
 * killed have left there.  SIGINT, SIGTERM and SIGHUP, where they end the
 * process, remove it.  False with errno.
 */
bool temporary_open(struct temporary *temporary, const struct target *target);

/* Whether the file is still there under its name. */
bool temporary_is_there(const struct temporary *temporary);

/* Puts it in the place of path; false with errno, and it is still there. */
bool temporary_rename(struct temporary *temporary, const char *path);

/* Removes the file, if there is one. */
void temporary_close(struct temporary *temporary);

#endif
