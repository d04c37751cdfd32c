/* contents.h: what a file holds, written through its descriptor. */
#ifndef UTIL_CONTENTS_H
#define UTIL_CONTENTS_H

#include <stdbool.h>

#include "util/buf.h"

/* Each is false with errno. */

/* Writes the text where the descriptor is. */
bool contents_add(int fd, const struct buf *text);

/* Makes it all that a regular file holds. */
bool contents_write(int fd, const struct buf *text);

/*
 * Makes it all that the regular file at path holds, which stays the same file,
 * and synchronizes it.  What a small one held is put back if that fails.
 */
bool contents_overwrite(const char *path, const struct buf *text);

#endif
