/* hide.h: secrets on the command line; for this room only. */
#ifndef OPTIONS_HIDE_H
#define OPTIONS_HIDE_H

#include "options/table.h"

/*
 * Overwrites what is secret in a value of the row, so that ps(1) does not show
 * it: a pass phrase, a PIN in the URI of a key, the user and password in front
 * of a proxy.  It stays as long as it was; what is no secret stays as it is.
 */
void option_hide(const struct option_row *row, char *value);

#endif
