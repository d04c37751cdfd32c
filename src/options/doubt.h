/* doubt.h: values that may be meant otherwise; for this room only. */
#ifndef OPTIONS_DOUBT_H
#define OPTIONS_DOUBT_H

#include "options/config.h"

/*
 * Warns of secrets that a # ends, and of paths and URLs that have lost a
 * backslash.  path is that of the file, for messages.
 */
void doubt_warn(const struct config *config, const char *path);

#endif
