/* place.h: a file, its successor NAME.new and its predecessor NAME.old. */
#ifndef UTIL_PLACE_H
#define UTIL_PLACE_H

#include <stdbool.h>

#include "util/attributes.h"
#include "util/status.h"
#include "util/target.h"

#define PLACE_NEW ".new"
#define PLACE_OLD ".old"

/* Owns its targets; all zero is empty. */
struct place {
	const char *path;   /* as the user typed it; borrowed */
	struct target name; /* the file that path leads to */
	struct target fresh, old;
	bool lends; /* NAME gives its attributes to NAME.new, and not first */
};

/*
 * Looks for the three files.  ST_FILE after reporting if NAME or NAME.new is
 * there, and no regular file.  place must be freed in any case.
 */
enum status place_find(struct place *place, const char *path);
void place_free(struct place *place);

/*
 * Finds the file called as name with the suffix added; a link of that name is
 * not followed.  ST_FILE after reporting.
 */
enum status place_find_companion(
    struct target *companion, const struct target *name, const char *suffix);

/*
 * Whether NAME.new may be from an earlier run: see left_check().  The owner and
 * the mode of NAME, and those of first, are right for it.  NAME itself, whose owner
 * it would get, is not left_is_planted().  ST_FILE after reporting.
 */
enum status place_check_owners(
    const struct place *place, const struct attributes *first);

/*
 * The same of NAME.new, whatever it is, and with keep_old of NAME.old in a directory
 * such as /tmp, where it cannot be replaced.
 */
enum status place_check_left(
    const char *path, const struct attributes *first, bool keep_old);

/*
 * Whether NAME has a private key in PEM.  False if it cannot be read.
 */
bool place_has_key(const struct place *place);

/*
 * Gives NAME.new the owner, group, mode, access control list and label of NAME
 * or, if that lends nothing, what first says; the mode then is 0600 if it is
 * secret, else 0644, less the umask, and nobody gets a right that he has not
 * for NAME, if that is there.  It is on the disk then.  False with errno.
 */
bool place_give_attributes(
    const struct place *place, const struct attributes *first, bool secret);

/*
 * Makes NAME.old another name of NAME, if that is there; where that cannot be,
 * a copy.  NAME.old is replaced in one step.  False with errno.
 */
bool place_keep_old(const struct place *place, bool secret);

#endif
