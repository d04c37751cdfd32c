/* newfile.h: creates files that only their owner may read. */
#ifndef UTIL_NEWFILE_H
#define UTIL_NEWFILE_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/status.h"
#include "util/target.h"
#include "util/temporary.h"

/*
 * Creates the file called name, of mode 0600 from its first byte whatever the
 * umask is, and synchronizes it with the disk.  It is there whole or not at all,
 * and never takes the place of another file: *taken tells, with ST_OK, that there
 * is one, of which another process may be the maker.  what says in messages which
 * file it is ("private key").  ST_FILE after reporting.
 */
enum status newfile_write(
    bool *taken, const char *name, const char *what, const struct buf *bytes);

/*
 * Writes the bytes to a temporary file beside target, of mode 0600 whatever the
 * umask is, synchronizes it with the disk, and lets take_name() make it the file
 * at that path.  The directory is not synchronized.  False with errno.
 */
bool newfile_put(const struct target *target, const struct buf *bytes,
    bool (*take_name)(struct temporary *t, const char *path));

/*
 * Whether newfile_write() can be expected to create the file called name: there
 * is a directory, and it can be written to.  looks: that is not tried out.
 * ST_FILE after reporting.
 */
enum status newfile_check(const char *name, const char *what, bool looks);

#endif
