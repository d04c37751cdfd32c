/* attributes.h: whose a file is, and who may do what with it. */
#ifndef UTIL_ATTRIBUTES_H
#define UTIL_ATTRIBUTES_H

#include <stdbool.h>

#include "util/target.h"

/*
 * Gives the file of descriptor fd, which will take the place of target, the
 * owner, group, mode, access control list and label of what is there; what
 * cannot be given is warned of, by name.  Where nothing is there the mode is
 * 0666 less the umask.  False with errno when the mode cannot be set.
 */
bool attributes_set(int fd, const char *name, const struct target *target);

#endif
