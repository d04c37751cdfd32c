/* file.h: whole files, read with a limit. */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* Certificates, keys and configuration are small: 16 MiB is a mistake. */
#define FILE_READ_MAX (16u * 1024 * 1024)

/*
 * Reads the whole of path, "-" is standard input, into out, which must be
 * empty and is the caller's.  what names the file in messages ("request").
 * ST_FILE when it cannot be read, is a directory, is empty or is over
 * FILE_READ_MAX bytes, and when target_find() follows no link to it.
 */
enum status file_read(struct buf *out, const char *path, const char *what);

/* Whether the name is "-": standard input or standard output. */
bool file_is_standard(const char *name);

/*
 * Whether there is a file of that name.  ST_FILE after reporting when that
 * cannot be found out.
 */
enum status file_find(bool *exists, const char *path);

/*
 * Moves path to path.old, replacing that if guard returns ST_OK for it, and
 * says so; no file, no error.
 */
enum status file_set_aside(
    const char *path, enum status (*guard)(const char *path));

#endif
