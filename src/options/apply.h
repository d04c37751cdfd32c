/* apply.h: sets options from sscep.conf; for this room only. */
#ifndef OPTIONS_APPLY_H
#define OPTIONS_APPLY_H

#include "options/value.h"

/*
 * Sets the options that the file has keys for and the command line has not
 * set, and those of the engine.  Warns of unknown sections and keys, and of
 * keys without effect.  JSON = yes counts even if there is an error in the file.
 */
enum status apply_file(struct option_state *state, const char *path);

/*
 * Sets only whether the operation reports in JSON, after an error in the command
 * line.  Reports nothing.
 */
void apply_json(struct option_state *state, const char *path);

#endif
