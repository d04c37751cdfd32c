/* left.h: whether a file is from an earlier run, or from another user. */
#ifndef UTIL_LEFT_H
#define UTIL_LEFT_H

#include <stdbool.h>
#include <sys/stat.h>

#include "util/attributes.h"
#include "util/status.h"
#include "util/target.h"

#define LEFT_OWNERS_MAX 3

/*
 * Who may own a file that a run has left, beside this user and root, and whether
 * its group and others may write it; all zero: nobody.
 */
struct left_rule {
	uid_t owners[LEFT_OWNERS_MAX];
	size_t count;
	mode_t mode;
};

/* The owner and the mode of a file that it takes the place of, or is beside. */
void left_allow(struct left_rule *rule, const struct stat *model);
/* The owner and the mode that first has, if they are given. */
void left_allow_first(struct left_rule *rule, const struct attributes *first);

/*
 * Whether the file at path, with the status sb, may be from an earlier run.
 * ST_FILE after reporting.  left_check_owner() leaves out who may write it.
 */
enum status left_check(
    const struct left_rule *rule, const char *path, const struct stat *sb);
enum status left_check_owner(
    const struct left_rule *rule, const char *path, const struct stat *sb);

/*
 * Whether the file exists, belongs neither to this user nor to root, and is in a
 * directory such as /tmp, where its owner may have put it.
 */
bool left_is_planted(const struct target *target);
/* Whether files in the directory of target can be replaced by their owner only. */
bool left_is_in_sticky_directory(const struct target *target);

#endif
