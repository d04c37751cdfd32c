/* renew_value.h: checks values of options about renewals; this room only. */
#ifndef OPTIONS_RENEW_VALUE_H
#define OPTIONS_RENEW_VALUE_H

#include <stdbool.h>

#include "options/check.h"
#include "pki/problem.h"

/* The words of --renew-with: "certificate,...". */
extern const char renew_value_ways[];

/*
 * Whether the text passes the check, if that is CHECK_RENEW_WITH or
 * CHECK_MODE; false after describing the problem.
 */
bool renew_value_is_good(
    enum option_check check, const char *text, struct problem *problem);

#endif
