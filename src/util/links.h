/* links.h: the texts of symbolic links, up to where they lead in a circle. */
#ifndef UTIL_LINKS_H
#define UTIL_LINKS_H

#include <stdbool.h>

#include "util/buf.h"

/*
 * Adds the text of the link.  count is how many a name has had so far.  False with
 * errno: ELOOP if there are too many.
 */
bool links_read(struct buf *text, const char *link, int *count);

#endif
