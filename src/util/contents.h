/* contents.h: writes the contents of a file. */
#ifndef UTIL_CONTENTS_H
#define UTIL_CONTENTS_H

#include <stdbool.h>

#include "util/buf.h"

/* All return false with errno on failure. */

/* Writes the text at the current offset. */
bool contents_add(int fd, const struct buf *text);

/* Replaces the contents of a regular file by the text. */
bool contents_write(int fd, const struct buf *text);

/*
 * Opens the regular file at path, replaces its contents by the text and calls
 * fsync().  If that fails, the old contents of a small file are written back.
 */
bool contents_overwrite(const char *path, const struct buf *text);

#endif
