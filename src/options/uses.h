/* uses.h: what keys are because others use them; for this room only. */
#ifndef OPTIONS_USES_H
#define OPTIONS_USES_H

#include "options/entry.h"
#include "util/status.h"

/*
 * Sets variable and secret of all entries, when all have been read.  A key that
 * a secret uses as a variable is one itself, and so is what that uses.
 */
enum status uses_mark(struct config *c);

#endif
