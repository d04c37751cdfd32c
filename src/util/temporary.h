/* temporary.h: a temporary file that can replace another one. */
#ifndef UTIL_TEMPORARY_H
#define UTIL_TEMPORARY_H

#include <signal.h>
#include <stdbool.h>

#include "util/target.h"

/* All zero: there is none. */
struct temporary {
	char *path; /* NULL: there is none */
	int fd;
	struct stat created; /* the file when it was new */
};

/*
 * Creates an empty file, ".NAME.sscep-tmp-000000", in the directory of target,
 * with what the umask leaves of the mode, and locks it.  While another process
 * has that one, the number is a higher one; where a few are taken, letters at
 * random are in its place.  Files that killed processes have left are removed if
 * the first of them is in the way.  SIGINT, SIGTERM and SIGHUP remove the new one
 * if they end the process.  False with errno.
 */
bool temporary_open(
    struct temporary *temporary, const struct target *target, mode_t mode);

/*
 * Whether that, and then that many bytes, can be expected to work: nothing is
 * created or removed.  False with errno.
 */
bool temporary_has_room(const struct target *target, long long bytes);

/* Whether the file still exists under its name. */
bool temporary_is_there(const struct temporary *temporary);

/*
 * Whether rename() onto target can be expected to work: the system does not
 * hold it in place, and the directory is not a sticky one with a file of
 * somebody else.
 */
bool temporary_can_replace(const struct target *target);

/*
 * Makes its name another name of the file at path, which then must not be
 * written to.  False with errno; then the temporary file is gone.
 */
bool temporary_link(struct temporary *temporary, const char *path);

/*
 * Renames it to path and closes it.  False with errno; then it still exists, or,
 * where a file system tells of an error at the end, is at path and not whole.
 */
bool temporary_rename(struct temporary *temporary, const char *path);

/*
 * The same, but replaces no file: EEXIST.  ENOSYS or EINVAL if the system or the
 * file system cannot do that.
 */
bool temporary_rename_new(struct temporary *temporary, const char *path);

/*
 * For the name of target, which a temporary file has taken, to survive a power
 * failure.  False with errno when the disk fails; a directory that cannot be
 * synchronized is no error.
 */
bool temporary_sync_directory(const struct target *target);

/*
 * Removes what temporary_open() does: files that killed processes have left, if
 * the first is there, or one may be another name of target.
 */
void temporary_remove_stale(const struct target *target);

/* Removes the file, if any. */
void temporary_close(struct temporary *temporary);

/*
 * Holds back the signals that remove the files and end the process: SIGINT, SIGTERM
 * and SIGHUP.  *before has what was held back until then.
 */
void temporary_hold_signals(sigset_t *before);

#endif
