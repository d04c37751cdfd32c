/* newfile.h: creates files that only their owner may read. */
#ifndef UTIL_NEWFILE_H
#define UTIL_NEWFILE_H

#include "util/buf.h"
#include "util/status.h"

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
 * Whether newfile_write() can be expected to create the file called name: there
 * is a directory, and it can be written to.  ST_FILE after reporting.
 */
enum status newfile_check(const char *name, const char *what);

/*
 * Removes what newfile_write() has left if its process was killed, which may be
 * another name of the file called name.  Does nothing unless that is a file.
 */
void newfile_remove_stale(const char *name);

#endif
