/* apply.h: sets options from sscep.conf; for this room only. */
#ifndef OPTIONS_APPLY_H
#define OPTIONS_APPLY_H

#include <stdbool.h>

#include "options/value.h"

/*
 * Sets the options that the file has keys for and the command line has not
 * set, and those of the engine.  Warns of unknown sections and keys, and of
 * keys without effect.
 */
enum status apply_file(struct option_state *state, const char *path);

/*
 * Whether the file says JSON = yes to that operation, even if there are errors
 * in it.
 */
bool apply_find_json(enum op op, const char *path);

#endif
