/* writers.h: who else may change the file that a name leads to. */
#ifndef UTIL_WRITERS_H
#define UTIL_WRITERS_H

#include <sys/stat.h>

#include "util/buf.h"

enum writers {
	WRITERS_NONE,   /* only root and this user */
	WRITERS_OWNER,  /* the culprit belongs to somebody else */
	WRITERS_OTHERS, /* its group or others may write the culprit */
	WRITERS_UNKNOWN /* the culprit cannot be looked at: errno */
};

/*
 * Whether somebody but root and this user may write the file called name, or put
 * another one in its place: by each directory on the way from the root, also to
 * where symbolic links lead.  In a sticky directory others may write, names are
 * safe that belong to root or this user, as the directory itself has to.  Adds
 * the path of what is at fault to culprit.
 */
enum writers writers_find(struct buf *culprit, const char *name);

/*
 * The same of a file that is open, whose name does not count.  A pipe without a name
 * comes from who runs this process, whoever owns it: only processes that were
 * given it write it.  One in the file system is as any other file.
 */
enum writers writers_of(const struct stat *sb);

#endif
