/* contents.h: writes the contents of a file, to a pipe or to a device. */
#ifndef UTIL_CONTENTS_H
#define UTIL_CONTENTS_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/target.h"

/* What is to be written: add() writes it, at the current offset. */
struct contents {
	bool (*add)(int fd, const void *from);
	const void *from;
};

/* The text; borrowed. */
struct contents contents_of(const struct buf *text);

/* All below return false with errno on failure. */

/*
 * Writes text at the current offset.  EINTR if it has to wait, and SIGINT,
 * SIGTERM or SIGHUP is held back.
 */
bool contents_add(int fd, const struct buf *text);

/* Replaces the contents of a regular file, which is at its start. */
bool contents_write(int fd, const struct contents *contents);

/*
 * Opens the regular file at path, replaces its contents and, with sync, calls
 * fsync().  If that fails, the old contents of a small file are written back.
 */
bool contents_overwrite(
    const char *path, const struct contents *contents, bool sync);

/*
 * Writes to the device, pipe or open descriptor that target names, and waits
 * until a pipe has a reader; EINTR as for contents_add().
 */
bool contents_write_stream(
    const struct target *target, const struct contents *contents);

#endif
