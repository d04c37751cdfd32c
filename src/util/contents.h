/* contents.h: writes the contents of a file. */
#ifndef UTIL_CONTENTS_H
#define UTIL_CONTENTS_H

#include <stdbool.h>

#include "util/buf.h"

/* All return false with errno on failure. */

/*
 * Whether SIGINT, SIGTERM or SIGHUP is held back: what waits for another
 * process then waits no longer.
 */
bool contents_is_interrupted(void);

/* Writes text at the current offset; EINTR if such a signal came. */
bool contents_add(int fd, const struct buf *text);

/* Replaces the contents of a regular file by the text. */
bool contents_write(int fd, const struct buf *text);

/*
 * Opens the regular file at path, replaces its contents by the text and calls
 * fsync().  If that fails, the old contents of a small file are written back.
 */
bool contents_overwrite(const char *path, const struct buf *text);

#endif
