/* target.h: the file that a name leads to. */
#ifndef UTIL_TARGET_H
#define UTIL_TARGET_H

#include <stdbool.h>
#include <sys/stat.h>

#include "util/status.h"

/* Owns path; all zero is empty and may be freed. */
struct target {
	char *path;         /* no symbolic link is in it, unless stream */
	bool exists;        /* the file does */
	struct stat status; /* of the file, if it exists */
	bool stream;        /* it is an open descriptor, such as /dev/stdout */
	int descriptor;     /* if stream: its number, -1: another process's */
};

/*
 * Follows the symbolic links of a name, whose last component need not exist.
 * A link in a sticky directory that belongs neither to us, nor root, nor to
 * the owner of the directory is not followed: in a directory such as /tmp it
 * may be anybody's.  ST_FILE after reporting, also when a directory of the
 * name is missing; what, "request " or "", stands before the name in messages.
 * target is to be freed in any case.
 */
enum status target_find(
    struct target *target, const char *name, const char *what);
void target_free(struct target *target);

/* The directory in which the file is, for the caller to free(); or NULL. */
char *target_directory(const struct target *target);

/* The last component of path; borrowed. */
const char *target_base(const struct target *target);

/* Whether both are the same file, or would be when they are made. */
bool target_is_same(const struct target *a, const struct target *b);

#endif
