/* setting.h: writes keys and values of sscep.conf; for this room only. */
#ifndef OPTIONS_SETTING_H
#define OPTIONS_SETTING_H

#include <stdbool.h>

#include "util/buf.h"

/*
 * Whether text can be the name of a section or of a key in the new syntax: some
 * characters only, and CONFIG_NAME_MAX of them at most.
 */
bool setting_is_name(const char *text);

/*
 * Adds the line KEY = VALUE in the new syntax, which config_parse() and
 * libcrypto's NCONF read back as the same bytes.  escapes: the reader takes
 * control characters that come out of an escape; else they are written as they
 * are, in quotes.  If the value cannot be written, *problem says why, in static
 * text, and nothing is added; else it is NULL.  False: out of memory.
 */
bool setting_add(struct buf *out, const char *key, const char *value,
    bool escapes, const char **problem);

#endif
