/* disk.h: what the file system says of a name, and how much room it has. */
#ifndef UTIL_DISK_H
#define UTIL_DISK_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * Whether path itself, not a link, is still the name of the file that was opened.
 * disk_has_name() says no if the system does not tell; disk_find_name() returns
 * false then, with errno.
 */
bool disk_has_name(const struct stat *opened, const char *path);
bool disk_find_name(bool *yes, const struct stat *opened, const char *path);

/*
 * Whether this user can still write that many bytes where path is; true if the
 * file system does not tell.  False with errno.
 */
bool disk_has_room(const char *path, long long bytes);

#endif
