/* unknown.h: sections and keys of sscep.conf that nothing reads; this room only. */
#ifndef OPTIONS_UNKNOWN_H
#define OPTIONS_UNKNOWN_H

#include "options/config.h"
#include "options/value.h"

/*
 * Warns of unknown sections and keys, and of keys without effect.  A key that
 * is used as a variable is known, and so is its section.  path is for messages.
 */
enum status unknown_warn(const struct option_state *state,
    const struct config *config, const char *path);

#endif
