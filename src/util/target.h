/* target.h: resolves the name of a file. */
#ifndef UTIL_TARGET_H
#define UTIL_TARGET_H

#include <stdbool.h>
#include <sys/stat.h>

#include "util/status.h"

/* Owns path; all zero is empty and may be freed. */
struct target {
	char *path; /* without symbolic links, unless stream */
	bool exists;
	struct stat status; /* if it exists */
	bool stream;        /* an open descriptor, such as /dev/stdout */
	int descriptor;     /* its number if stream; -1: another process's */
};

/*
 * Follows all symbolic links of a name, whose last component need not exist.
 * A link in a sticky directory such as /tmp is followed only if it belongs to
 * the user, to root or to the owner of the directory.  ST_FILE after reporting
 * if it does not, or if a directory is missing; what ("request " or "") is put
 * before the name in messages.  target must be freed in any case.
 */
enum status target_find(
    struct target *target, const char *name, const char *what);
void target_free(struct target *target);

/* The same, for what is reported elsewhere; false: target is empty. */
bool target_find_quietly(struct target *target, const char *name);

/*
 * The file that has the base name of name, and is beside other, which is no
 * stream.  It is not looked for: exists is false.  False: out of memory.
 */
bool target_set_beside(
    struct target *target, const struct target *other, const char *name);

/* Whether path ends as name does: the name was not that of a link. */
bool target_has_base(const struct target *target, const char *name);

/* The directory of a file; the caller frees it.  NULL: out of memory. */
char *target_directory(const char *path);

/* The last component of path; borrowed. */
const char *target_base(const struct target *target);

/* Whether both are the same file, or will be once they are created. */
bool target_is_same(const struct target *a, const struct target *b);

/* The same for two names; false if one of them leads nowhere. */
bool target_names_one_file(const char *a, const char *b);

/* Whether the name itself is that of a symbolic link. */
bool target_is_link(const char *name);

#endif
