#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* fallocate(), statx(), renameat2() */
#endif

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#ifdef HAVE_FGETXATTR
#include <sys/xattr.h>
#endif

#include "compat/compat.h"
#include "compat/files.h"

#define ATTRIBUTE_MAX 65536 /* bytes: the maximum on Linux, XATTR_SIZE_MAX */

/* Where nothing is allocated ahead, an error may come only with fsync(). */
static bool fill(int fd, off_t len)
{
	static const char zeros[4096];
	size_t step;
	ssize_t put;
	off_t at = 0;

	while (at < len) {
		step = sizeof(zeros);
		if (len - at < (off_t)step)
			step = (size_t)(len - at);
		put = pwrite(fd, zeros, step, at);
		if (put > 0)
			at += put;
		else if (put == 0 || errno != EINTR)
			return false;
	}
	return fsync(fd) == 0;
}

bool compat_allocate(int fd, off_t len)
{
#ifdef HAVE_FALLOCATE
	if (fallocate(fd, 0, 0, len) == 0)
		return true;
	if (errno != EINVAL && errno != EOPNOTSUPP && errno != ENOSYS &&
	    errno != EINTR)
		return false;
#endif
	return fill(fd, len);
}

/* For systems and file systems without O_TMPFILE. */
static int open_unlinked(const char *directory)
{
	static const char pattern[] = "%s/.sscep-spool-XXXXXX";
	size_t size = strlen(directory) + sizeof(pattern);
	char *path = malloc(size);
	int fd;

	if (path == NULL)
		return -1;
	snprintf(path, size, pattern, directory);
	fd = mkstemp(path);
	if (fd >= 0) {
		unlink(path);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
	free(path);
	return fd;
}

int compat_open_unnamed(const char *directory)
{
#ifdef HAVE_O_TMPFILE
	int fd = open(directory, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
#endif
	return open_unlinked(directory);
}

#if defined(HAVE_STATX) && !defined(STATX_ATTR_MOUNT_ROOT)
#define STATX_ATTR_MOUNT_ROOT 0x2000 /* Linux 5.8 */
#endif

bool compat_is_fixed(const char *path, const char *directory)
{
	struct stat file, above;
#ifdef HAVE_STATX
	const unsigned int fixed =
	    STATX_ATTR_MOUNT_ROOT | STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
	struct statx more;

	if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS,
		&more) == 0) {
		if ((more.stx_attributes & fixed) != 0)
			return true;
		if ((more.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0)
			return false;
	}
#endif
	return lstat(path, &file) == 0 && stat(directory, &above) == 0 &&
	    file.st_dev != above.st_dev;
}

bool compat_copy_mode(int to, mode_t mode)
{
	return fchmod(to, mode) == 0;
}

#ifdef HAVE_FGETXATTR
static bool copy_attribute(int to, const char *path, const char *name)
{
	char value[ATTRIBUTE_MAX], there[ATTRIBUTE_MAX];
	ssize_t len = lgetxattr(path, name, value, sizeof(value)), has;

	if (len < 0 && errno == ENODATA)
		return fgetxattr(to, name, NULL, 0) < 0 ||
		    fremovexattr(to, name) == 0;
	if (len < 0)
		return errno == ENOTSUP;
	has = fgetxattr(to, name, there, sizeof(there));
	if (has == len && memcmp(there, value, (size_t)len) == 0)
		return true;
	return fsetxattr(to, name, value, (size_t)len, 0) == 0;
}

bool compat_copy_access(int to, const char *path, bool secret)
{
	static const char *const names[] = {
	    "system.posix_acl_access",
	    "system.nfs4_acl",
	    "security.selinux",
	    "security.SMACK64",
	};
	int error = 0;
	size_t i;

	(void)secret;
	for (i = 0; i < COUNT_OF(names); i++)
		if (!copy_attribute(to, path, names[i]) && error == 0)
			error = errno;
	errno = error;
	return error == 0;
}
#else
bool compat_copy_access(int to, const char *path, bool secret)
{
	(void)to;
	(void)path;
	(void)secret;
	return true;
}
#endif

const char compat_gives_owner[] = "chown";
const char compat_takes_rights[] = "chmod go-w";

void compat_name_command(char *out, size_t size, const char *path)
{
	snprintf(out, size, "chmod 600 %s", path);
}

bool compat_rename_new(const char *from, const char *to)
{
#ifdef HAVE_RENAMEAT2
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0;
#else
	(void)from;
	(void)to;
	errno = ENOSYS;
	return false;
#endif
}

void compat_unify_path(char *path)
{
	(void)path;
}

size_t compat_root_length(const char *path)
{
	return *path == '/' ? 1 : 0;
}

bool compat_is_same_name(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}
