#include <errno.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "util/disk.h"

bool disk_find_name(bool *yes, const struct stat *opened, const char *path)
{
	struct stat named;
	bool there = lstat(path, &named) == 0;

	*yes = there && named.st_dev == opened->st_dev &&
	    named.st_ino == opened->st_ino;
	return there || errno == ENOENT;
}

bool disk_has_name(const struct stat *opened, const char *path)
{
	bool yes;

	return disk_find_name(&yes, opened, path) && yes;
}

bool disk_has_room(const char *path, long long bytes)
{
	struct statvfs vfs;

	if (statvfs(path, &vfs) != 0 || vfs.f_blocks == 0 ||
	    (long long)(geteuid() == 0 ? vfs.f_bfree : vfs.f_bavail) *
		    (long long)vfs.f_frsize >=
		bytes)
		return true;
	errno = ENOSPC;
	return false;
}
