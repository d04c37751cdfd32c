/* long_name.h: finds an option by its long name; for this room only. */
#ifndef OPTIONS_LONG_NAME_H
#define OPTIONS_LONG_NAME_H

#include <stddef.h>

#include "options/table.h"
#include "ops/ops.h"
#include "util/status.h"

/*
 * Finds the row of a long name of len bytes, or of an unambiguous abbreviation
 * of one.  Options of the operation are preferred to those of others; operation
 * is NULL if there is none yet.  ST_ERROR after reporting.
 */
enum status long_name_find(const struct option_row **out, const char *name,
    size_t len, const struct operation *operation);

#endif
