/* attributes.h: owner, group, mode, access control list and label of files. */
#ifndef UTIL_ATTRIBUTES_H
#define UTIL_ATTRIBUTES_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/target.h"

/* What a file gets that takes no other one's place; all zero: the defaults. */
struct attributes {
	bool mode_given;
	mode_t mode;
	bool owner_given;
	uid_t owner;
	bool group_given;
	gid_t group;
};

/*
 * Gives the open file fd the owner, group, mode, access control list and label
 * of what target is, whose place it will take; what cannot be given is warned
 * of, by name.  False with errno when the mode cannot be set.  target exists.
 */
bool attributes_copy(int fd, const char *name, const struct target *target);

/*
 * The same for a file with a secret.  Where the group cannot be kept, no other
 * group gets its rights: those of the group, the list and the label are left
 * out.  target exists.
 */
bool attributes_copy_secret(
    int fd, const char *name, const struct target *target);

/*
 * Gives fd the owner and the mode that first has.  A mode that is not given is
 * usual less the umask.  False with errno when one cannot be set.
 */
bool attributes_set(int fd, const struct attributes *first, mode_t usual);

/*
 * Gives a file of ours that has one name, with the same mode, to the owner and
 * the group of like or, if that is not there, to those that first
 * has.  Only root does so; for others, and for other files, it does nothing.
 */
void attributes_give(
    int fd, const struct target *like, const struct attributes *first);

/* The mode that attributes_set() gives. */
mode_t attributes_first_mode(const struct attributes *first, mode_t usual);

#endif
