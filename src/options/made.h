/* made.h: the options of a request that is made here. */
#ifndef OPTIONS_MADE_H
#define OPTIONS_MADE_H

#include <stdbool.h>

#include "options/options.h"
#include "options/table.h"
#include "options/value.h"
#include "util/status.h"

/*
 * Whether the options of enroll tell to make a request.  With -R one that is
 * there is read instead.  ST_FILE after reporting that this cannot be told.
 */
enum status made_is_wanted(bool *wanted, const struct options *options);

/* The functions below are for this room only. */

/* Whether the row is a part of such a request, or of its key. */
bool made_has(const struct option_row *row);

/*
 * Forgets what the configuration file says of a request to make, if -r is on the
 * command line and nothing there tells to make one: the request of -r is read.
 * NewKeyPassword becomes that of the key that is there, if none is set.
 */
void made_overrule_file(struct option_state *state);

/*
 * Whether the options of enroll together tell what to make, if they tell to make
 * a request.  ST_ERROR after reporting.
 */
enum status made_check_options(const struct options *options);

/*
 * Whether the file of the row is an output.  A key of -k that exists is read, and
 * may be that of -K, too; what -r names is for the request alone.
 */
bool made_is_written(
    const struct options *options, const struct option_row *row, bool exists);

#endif
