/* newfile.h: creates files that only their owner may read. */
#ifndef UTIL_NEWFILE_H
#define UTIL_NEWFILE_H

#include "util/buf.h"
#include "util/status.h"

/*
 * Creates the file called name, of mode 0600 from its first byte, and
 * synchronizes it with the disk.  It is there whole or not at all, and never
 * takes the place of another file, even of one that is created meanwhile.  what
 * says in messages which file it is ("private key").  ST_FILE after reporting.
 */
enum status newfile_write(
    const char *name, const char *what, const struct buf *bytes);

#endif
