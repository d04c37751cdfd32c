#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/disk.h"
#include "util/lock.h"
#include "util/log.h"
#include "util/monotonic.h"
#include "util/target.h"

#define NUMBER_SIZE 32 /* bytes of the number of a process, with its line end */

#define PAUSE \
	(struct timespec) \
	{ \
		.tv_nsec = 100 * 1000 * 1000 \
	}

/* What came of one attempt. */
enum attempt {
	ATTEMPT_HELD,    /* by this process now */
	ATTEMPT_BUSY,    /* another process holds it */
	ATTEMPT_REMOVED, /* the file that was locked has no name any more */
	ATTEMPT_STRANGE, /* it is no regular file */
	ATTEMPT_FAILED   /* errno says why */
};

/* Whether the file has nothing in it, or what write_number() wrote. */
static bool has_number_only(int fd)
{
	char text[NUMBER_SIZE];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	size_t digits;

	if (len < 0 || len == (ssize_t)sizeof(text) - 1)
		return false;
	text[len] = '\0';
	digits = strspn(text, "0123456789");
	return len == 0 ||
	    (digits > 0 && strcmp(text + digits, "\n") == 0 &&
		digits + 1 == (size_t)len);
}

/* It only helps a reader: a full disk is no error. */
static void write_number(int fd, const struct stat *sb)
{
	char text[NUMBER_SIZE];
	bool ignored;
	int len;

	if (sb->st_uid != geteuid() || sb->st_nlink != 1 ||
	    !has_number_only(fd))
		return;
	len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	ignored = pwrite(fd, text, (size_t)len, 0) == (ssize_t)len &&
	    ftruncate(fd, len) == 0;
	(void)ignored;
}

/* The process that has the lock; 0: none, or it cannot be told, as over NFS. */
static long process_of(const struct flock *found)
{
	return found->l_type != F_UNLCK && found->l_pid > 0 ? (long)found->l_pid
							    : 0;
}

/* Sets *holder, which is 0 if it cannot be told who holds the lock. */
static enum attempt lock_file(
    int fd, const char *path, const struct stat *sb, long *holder)
{
	struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	bool named;
	int error;

	if (fcntl(fd, F_SETLK, &all) == 0) {
		if (!disk_find_name(&named, sb, path))
			return ATTEMPT_FAILED;
		return named ? ATTEMPT_HELD : ATTEMPT_REMOVED;
	}
	error = errno;
	if (error != EAGAIN && error != EACCES)
		return ATTEMPT_FAILED;
	*holder = fcntl(fd, F_GETLK, &all) == 0 ? process_of(&all) : 0;
	return ATTEMPT_BUSY;
}

/* ATTEMPT_HELD: it could be held. */
static enum attempt look_at_lock(int fd, long *holder)
{
	struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_GETLK, &all) != 0)
		return ATTEMPT_FAILED;
	*holder = process_of(&all);
	return all.l_type == F_UNLCK ? ATTEMPT_HELD : ATTEMPT_BUSY;
}

/* O_NONBLOCK: a FIFO, or a device, could block. */
#define OPEN_FLAGS (O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/*
 * Opens the file, which may be new.  The umask could take from its owner what the
 * next run needs; a file system without modes has nothing to give back.
 */
static int open_file(const char *path)
{
	int fd = open(path, OPEN_FLAGS | O_CREAT | O_EXCL, 0600);

	bool ignored;

	if (fd >= 0) {
		ignored = fchmod(fd, 0600) == 0;
		(void)ignored;
		return fd;
	}
	return errno == EEXIST ? open(path, OPEN_FLAGS | O_CREAT, 0600) : fd;
}

static enum attempt try_once(struct lock *lock, const char *path, long *holder)
{
	enum attempt attempt = ATTEMPT_FAILED;
	struct stat sb;
	int fd, error;

	fd = open_file(path);
	if (fd < 0)
		return ATTEMPT_FAILED;
	if (fstat(fd, &sb) == 0)
		attempt = S_ISREG(sb.st_mode) ? lock_file(fd, path, &sb, holder)
					      : ATTEMPT_STRANGE;
	if (attempt == ATTEMPT_HELD) {
		write_number(fd, &sb);
		lock->fd = fd;
		return attempt;
	}
	error = errno;
	close(fd);
	errno = error;
	return attempt;
}

static enum status fail_busy(const char *path, long holder, int seconds)
{
	char who[48] = "", waited[48] = "";

	if (holder > 0)
		snprintf(who, sizeof(who), " (process %ld)", holder);
	if (seconds > 0)
		snprintf(waited, sizeof(waited), ", after waiting for %d s",
		    seconds);
	return fail(ST_LOCKED, "another run%s holds %s%s", who, path, waited);
}

static enum status fail_file(enum attempt attempt, const char *path)
{
	int error = errno;

	if (attempt == ATTEMPT_STRANGE)
		return fail(
		    ST_FILE, "lock file %s: is not a regular file", path);
	if (target_is_link(path))
		return fail(ST_FILE,
		    "lock file %s: is a symbolic link, which is not followed: "
		    "remove it",
		    path);
	errno = error;
	return fail_errno(ST_FILE, "lock file %s: cannot lock", path);
}

enum status lock_take(struct lock *lock, const char *path, int seconds)
{
	long long end = monotonic_now() + seconds * 1000LL;
	enum attempt attempt;
	long holder = 0;

	*lock = (struct lock){0};
	for (;;) {
		attempt = try_once(lock, path, &holder);
		if (attempt == ATTEMPT_HELD)
			return ST_OK;
		if (attempt == ATTEMPT_REMOVED)
			continue;
		if (attempt != ATTEMPT_BUSY)
			return fail_file(attempt, path);
		if (monotonic_now() >= end)
			return fail_busy(path, holder, seconds);
		nanosleep(&PAUSE, NULL);
	}
}

/* Whether the file could be created; false with errno. */
static bool can_create(const char *path)
{
	char *directory = target_directory(path);
	bool can = directory != NULL &&
	    faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0;
	int error = errno;

	free(directory);
	errno = error;
	return can;
}

/* A FIFO or a device is not opened: others notice that. */
static enum attempt look_once(const char *path, long *holder)
{
	enum attempt attempt;
	struct stat sb;
	int fd, error;

	if (lstat(path, &sb) != 0)
		return errno == ENOENT && can_create(path) ? ATTEMPT_HELD
							   : ATTEMPT_FAILED;
	if (S_ISFIFO(sb.st_mode) || S_ISCHR(sb.st_mode) || S_ISBLK(sb.st_mode))
		return ATTEMPT_STRANGE;
	if ((fd = open(path, OPEN_FLAGS)) < 0)
		return ATTEMPT_FAILED;
	attempt = look_at_lock(fd, holder);
	error = errno;
	close(fd);
	errno = error;
	return attempt;
}

enum status lock_look(const char *path)
{
	long holder = 0;
	enum attempt attempt = look_once(path, &holder);

	if (attempt == ATTEMPT_HELD)
		return ST_OK;
	return attempt == ATTEMPT_BUSY ? fail_busy(path, holder, 0)
				       : fail_file(attempt, path);
}

void lock_release(struct lock *lock)
{
	if (lock->fd > 0)
		close(lock->fd);
	*lock = (struct lock){0};
}
