/* made_value.h: values that other rooms parse; for this room only. */
#ifndef OPTIONS_MADE_VALUE_H
#define OPTIONS_MADE_VALUE_H

#include <stdbool.h>

#include "options/check.h"
#include "pki/problem.h"

/* False after describing why the value is not what check requires. */
bool made_value_is_good(
    enum option_check check, const char *text, struct problem *problem);

#endif
