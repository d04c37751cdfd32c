/* statvfs.h: how much room a disk has. */
#ifndef COMPAT_WINDOWS_STATVFS_H
#define COMPAT_WINDOWS_STATVFS_H

#define statvfs windows_statvfs

struct statvfs {
	unsigned long long f_blocks, f_bfree, f_bavail, f_frsize;
};

int statvfs(const char *path, struct statvfs *out);

#endif
