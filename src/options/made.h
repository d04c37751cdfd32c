/* made.h: the options of a request that is made here; for this room only. */
#ifndef OPTIONS_MADE_H
#define OPTIONS_MADE_H

#include <stdbool.h>

#include "options/check.h"
#include "options/options.h"
#include "pki/problem.h"
#include "util/status.h"

/* False after describing why the value is not what check requires. */
bool made_check_value(
    enum option_check check, const char *text, struct problem *problem);

/*
 * Whether the options of enroll together tell what to make, if they tell to make
 * a request.  ST_ERROR after reporting.
 */
enum status made_check_options(const struct options *options);

#endif
