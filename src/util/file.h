/* file.h: whole files, read with a limit and written atomically. */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* Certificates, keys and configuration are small: 16 MiB is a mistake. */
#define FILE_READ_MAX (16u * 1024 * 1024)

/*
 * Reads the whole of path into out, which must be empty and is the caller's.
 * what names the file in messages ("request").  ST_FILE when it cannot be
 * read, is a directory, is empty or is over FILE_READ_MAX bytes.
 */
enum status file_read(struct buf *out, const char *path, const char *what);

bool file_exists(const char *path);

/* Whether both names are equal, or lead to the same file. */
bool file_is_same(const char *a, const char *b);

/*
 * Descriptors 0 to 2 that the caller closed lead to /dev/null from here on,
 * so that no socket or file takes their place.
 */
void file_reserve_standard(void);

/*
 * Writes len bytes to path, whole or not at all: a temporary in the same
 * directory, fsync, rename, with SIGINT, SIGTERM and SIGHUP held back until
 * that is done (K5, K6).  Mode 0666 less the umask, or that of the file it
 * replaces.  Symbolic links are followed; a device or pipe is written to.
 */
enum status file_write(const char *path, const void *bytes, size_t len);

/*
 * Checks that file_write() to path will find its directory and may create a
 * file there; nothing is changed.  ST_FILE after reporting.
 */
enum status file_check_writable(const char *path);

/* Moves path to path.old, replacing that, and says so; no file, no error. */
enum status file_set_aside(const char *path);

#endif
