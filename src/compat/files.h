/* files.h: what POSIX does not say about files. */
#ifndef COMPAT_FILES_H
#define COMPAT_FILES_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Makes an empty file len bytes long, with room on the disk for all of them.
 * False with errno: ENOSPC or EDQUOT where there is no room.
 */
bool compat_allocate(int fd, off_t len);

/*
 * Whether something is mounted on the file itself, so that rename() cannot
 * replace it.  directory is where the file is.  False where it cannot be told.
 */
bool compat_is_mount_point(const char *path, const char *directory);

/*
 * Gives the file of descriptor to the access control list and the security
 * label of the file at path, as far as the system has them.  False with errno
 * when path has one that could not be given.
 */
bool compat_copy_access(int to, const char *path);

#endif
