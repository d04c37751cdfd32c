/* hide.h: secrets on the command line; for this room only. */
#ifndef OPTIONS_HIDE_H
#define OPTIONS_HIDE_H

#include "options/table.h"

/*
 * Overwrites the secret part of a value of the row, so that ps(1) does not show
 * it: a pass phrase, a PIN in the URI of a key, the user and password of a
 * proxy.  The length of the value stays the same.
 */
void hide_secret(const struct option_row *row, char *value);

#endif
