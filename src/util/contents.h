/* contents.h: writes the contents of a file, to a pipe or to a device. */
#ifndef UTIL_CONTENTS_H
#define UTIL_CONTENTS_H

#include <limits.h>
#include <stdbool.h>

#include "util/buf.h"
#include "util/target.h"

/* Where it goes, and until when that may keep us waiting: special_end(). */
struct drain {
	int fd;
	long long end;
};

/* The end for what the caller has opened: it waits as long as that takes. */
#define DRAIN_WAITS LLONG_MAX

/* What is to be written: add() writes it, at the current offset. */
struct contents {
	bool (*add)(const struct drain *to, const void *from);
	const void *from;
};

/* The text; borrowed. */
struct contents contents_of(const struct buf *text);

/* All below return false with errno on failure. */

/*
 * Writes text at the current offset.  Where it has to wait, EINTR if SIGINT,
 * SIGTERM or SIGHUP is held back, and ETIMEDOUT when the end has come.
 */
bool contents_add(const struct drain *to, const struct buf *text);

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
 * until a pipe has a reader; EINTR and ETIMEDOUT as for contents_add(), but that a
 * descriptor of this process is waited for without end.
 */
bool contents_write_stream(
    const struct target *target, const struct contents *contents);

#endif
