/* stream.h: devices, pipes and open descriptors, which are written to. */
#ifndef UTIL_STREAM_H
#define UTIL_STREAM_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/target.h"

/*
 * Writes the text to what target names.  A pipe is waited for until it has a
 * reader, or until contents_is_interrupted().  False with errno.
 */
bool stream_write(const struct target *target, const struct buf *text);

#endif
