/* nowarn.h: the ids of --no-warn; for this room only. */
#ifndef OPTIONS_NOWARN_H
#define OPTIONS_NOWARN_H

#include <stdbool.h>

#include "util/warning.h"

/*
 * Adds the ids of list, separated by commas and blanks, to those that are
 * silenced.  An id that is unknown or cannot be silenced is warned of; where
 * begins that warning and names the option, or the key with file and line.
 */
void nowarn_add(
    bool silenced[WARNING_COUNT], const char *list, const char *where);

#endif
