/* memory.h: failures that come of a lack of memory, and do not look like it. */
#ifndef UTIL_MEMORY_H
#define UTIL_MEMORY_H

#include <stdbool.h>

#include "util/status.h"

extern const char memory_text[];

/*
 * Without memory libcrypto takes a key for malformed, a pass phrase for wrong, or
 * an algorithm for forbidden, and what it could not set up at first it lacks later,
 * too.  Whether this may explain a failure with this status, not with one that the
 * CA has decided, or of a time limit, a lock or a hook: such a failure is reported
 * as memory_text, with ST_ERROR.
 */
bool memory_explains(enum status st);

#endif
