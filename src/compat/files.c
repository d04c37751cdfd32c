#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* statx() */
#endif

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifdef HAVE_FGETXATTR
#include <sys/xattr.h>
#endif

#include "compat/files.h"

#define ATTRIBUTE_MAX 65536 /* bytes: no Linux file system takes more */

/* For systems and file systems that do not allocate ahead. */
static bool fill_with_zeros(int fd, off_t len)
{
	static const char zeros[4096];
	size_t step;
	off_t at;

	for (at = 0; at < len; at += (off_t)step) {
		step = sizeof(zeros);
		if (len - at < (off_t)step)
			step = (size_t)(len - at);
		if (pwrite(fd, zeros, step, at) != (ssize_t)step)
			return false;
	}
	return true;
}

bool compat_allocate(int fd, off_t len)
{
#ifdef HAVE_POSIX_FALLOCATE
	int error = posix_fallocate(fd, 0, len);

	if (error == 0)
		return true;
	errno = error;
	if (error != EINVAL && error != EOPNOTSUPP && error != ENOSYS)
		return false;
#endif
	return fill_with_zeros(fd, len);
}

bool compat_is_mount_point(const char *path, const char *directory)
{
	struct stat file, above;
#if defined(HAVE_STATX) && defined(STATX_ATTR_MOUNT_ROOT)
	struct statx more;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS,
		&more) == 0 &&
	    (more.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
		return (more.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
#endif
	return lstat(path, &file) == 0 && stat(directory, &above) == 0 &&
	    file.st_dev != above.st_dev;
}

#ifdef HAVE_FGETXATTR
static bool copy_attribute(int to, const char *path, const char *name)
{
	char value[ATTRIBUTE_MAX], there[ATTRIBUTE_MAX];
	ssize_t len = lgetxattr(path, name, value, sizeof(value)), has;

	if (len < 0)
		return errno == ENODATA || errno == ENOTSUP ||
		    errno == EOPNOTSUPP;
	has = fgetxattr(to, name, there, sizeof(there));
	if (has == len && memcmp(there, value, (size_t)len) == 0)
		return true;
	return fsetxattr(to, name, value, (size_t)len, 0) == 0;
}

bool compat_copy_access(int to, const char *path)
{
	static const char *const names[] = {
	    "system.posix_acl_access",
	    "system.nfs4_acl",
	    "security.selinux",
	    "security.SMACK64",
	};
	bool ok = true;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ok = copy_attribute(to, path, names[i]) && ok;
	return ok;
}
#else
bool compat_copy_access(int to, const char *path)
{
	(void)to;
	(void)path;
	return true;
}
#endif
