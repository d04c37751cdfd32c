/* made.h: the options of a request that is made here; for this room only. */
#ifndef OPTIONS_MADE_H
#define OPTIONS_MADE_H

#include <stdbool.h>

#include "options/options.h"
#include "options/table.h"
#include "options/value.h"
#include "util/status.h"

/*
 * Forgets what the configuration file says of a request to make, if -r is on the
 * command line and nothing there tells to make one: the request of -r is read.
 */
void made_overrule_file(struct option_state *state);

/*
 * Whether the options of enroll together tell what to make, if they tell to make
 * a request.  ST_ERROR after reporting.
 */
enum status made_check_options(const struct options *options);

/* Whether the file of the row, -k or -r, is written unless it is there. */
bool made_is_written(
    const struct options *options, const struct option_row *row);

#endif
