/* demand.h: whether options are there that others need. */
#ifndef OPTIONS_DEMAND_H
#define OPTIONS_DEMAND_H

#include <stdbool.h>

#include "options/options.h"

/* Whether the operation has an option of that letter, and it is given. */
bool demand_is_given(const struct options *options, char letter);

/*
 * Whether nothing is missing that options->operation requires, and what is
 * given goes together.  ST_ERROR or ST_FILE after reporting.
 */
enum status demand_check(const struct options *options);

#endif
