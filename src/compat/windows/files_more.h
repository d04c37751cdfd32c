/* files_more.h: the prototypes of files.h; see the manuals of POSIX. */
#ifndef COMPAT_WINDOWS_FILES_MORE_H
#define COMPAT_WINDOWS_FILES_MORE_H

#include "compat/windows/status.h"

#define F_RDLCK         0
#define F_WRLCK         1
#define F_UNLCK         2
#define F_GETFD         1
#define F_GETFL         3
#define F_GETLK         5
#define F_SETLK         6
#define F_DUPFD_CLOEXEC 7 /* of sockets only, which no descriptor is */

/* Locks are for all of a file, by LockFileEx() behind its end. */
struct flock {
	short l_type, l_whence;
	off_t l_start, l_len;
	long l_pid;
};

/* Any descriptor of F_GETFD, F_GETFL, F_GETLK and F_SETLK. */
int fcntl(int fd, int command, ...);

#define pipe(ends) _pipe(ends, 512, O_BINARY)

long long read(int fd, void *out, size_t size);
long long windows_write(int fd, const void *bytes, size_t len);
long long pread(int fd, void *out, size_t size, off_t at);
long long pwrite(int fd, const void *bytes, size_t len, off_t at);
int ftruncate(int fd, off_t len);
int fsync(int fd);

/*
 * A mode without rights of group and others becomes an access control list that
 * has the user alone; any other one, what the directory hands down.
 */
int fchmod(int fd, mode_t mode);
int chmod(const char *path, mode_t mode);

/* Only the owner that the file has: EPERM. */
int fchown(int fd, uid_t owner, gid_t group);

int access(const char *path, int mode);
int faccessat(int directory, const char *path, int mode, int flags);
int unlink(const char *path);

/* Replaces a file, also while another process has it open for reading. */
int rename(const char *from, const char *to);

int link(const char *from, const char *to);
int linkat(int d1, const char *from, int d2, const char *to, int flags);
long long readlink(const char *path, char *out, size_t size);

/* With slashes.  The second argument is NULL; the caller frees it. */
char *realpath(const char *path, char *out);
mode_t umask(mode_t mask);

/* Whether it is a console. */
int isatty(int fd);

/*
 * Not 0, which is root.  Files of the system and of administrators are as our own,
 * those of others have another number.
 */
uid_t geteuid(void);

#endif
