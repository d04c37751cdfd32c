#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/contents.h"

#define WAIT_STEP 100   /* milliseconds between looks for a held signal */
#define KEPT_MAX  65536 /* bytes; certificates and keys are smaller */

/*
 * Whether SIGINT, SIGTERM or SIGHUP is held back: what waits for another
 * process then waits no longer.
 */
static bool is_interrupted(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 &&
	    (sigismember(&pending, SIGINT) == 1 ||
		sigismember(&pending, SIGTERM) == 1 ||
		sigismember(&pending, SIGHUP) == 1);
}

bool contents_add(int fd, const struct buf *text)
{
	size_t done = 0;
	ssize_t put;

	while (done < text->len) {
		put = write(fd, text->data + done, text->len - done);
		if (put < 0 && errno == EAGAIN) {
			if (is_interrupted()) {
				errno = EINTR;
				return false;
			}
			poll(&(struct pollfd){fd, POLLOUT, 0}, 1, WAIT_STEP);
			continue;
		}
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		done += (size_t)put;
	}
	return true;
}

static bool add_text(int fd, const void *from)
{
	return contents_add(fd, from);
}

struct contents contents_of(const struct buf *text)
{
	return (struct contents){add_text, text};
}

bool contents_write(int fd, const struct contents *contents)
{
	off_t end;

	return contents->add(fd, contents->from) &&
	    (end = lseek(fd, 0, SEEK_CUR)) >= 0 && ftruncate(fd, end) == 0;
}

/* Reads the old contents; false if they are too large or unreadable. */
static bool read_old(struct buf *out, int fd)
{
	struct stat sb;
	ssize_t got;

	if (fstat(fd, &sb) != 0 || sb.st_size > KEPT_MAX ||
	    !buf_reserve(out, (size_t)sb.st_size))
		return false;
	got = pread(fd, out->data, (size_t)sb.st_size, 0);
	if (got != (ssize_t)sb.st_size)
		return false;
	out->len = (size_t)got;
	return true;
}

static bool write_or_restore(int fd, const struct contents *contents, bool sync)
{
	struct contents before;
	struct buf old = {0};
	bool kept = read_old(&old, fd);
	bool ok = contents_write(fd, contents) && (!sync || fsync(fd) == 0);
	int error = errno;

	before = contents_of(&old);
	if (!ok && kept && lseek(fd, 0, SEEK_SET) == 0 &&
	    contents_write(fd, &before))
		fsync(fd);
	buf_free(&old);
	errno = error;
	return ok;
}

/* The user may have permission to write the file, but not to read it. */
static int open_file(const char *path)
{
	const int flags = O_NOFOLLOW | O_CLOEXEC;
	int fd = open(path, O_RDWR | flags);

	if (fd < 0 && errno == EACCES)
		fd = open(path, O_WRONLY | flags);
	return fd;
}

bool contents_overwrite(
    const char *path, const struct contents *contents, bool sync)
{
	int fd = open_file(path), error;
	bool ok;

	if (fd < 0)
		return false;
	ok = write_or_restore(fd, contents, sync);
	error = errno;
	if (close(fd) != 0 && ok)
		return false;
	errno = error;
	return ok;
}

/* A pipe has to be opened by its reader as well. */
static int open_pipe(const char *path, int flags)
{
	const struct timespec step = {.tv_nsec = 50L * 1000 * 1000};
	int fd;

	while ((fd = open(path, flags | O_NONBLOCK)) < 0 && errno == ENXIO) {
		if (is_interrupted()) {
			errno = EINTR;
			break;
		}
		nanosleep(&step, NULL);
	}
	return fd;
}

/* A pipe or device may have been replaced by a file that is not ours. */
static int open_other(const struct target *target)
{
	const int flags = O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC;
	struct stat sb;
	int fd;

	if (target->stream)
		return open(target->path, flags);
	fd = S_ISFIFO(target->status.st_mode)
	    ? open_pipe(target->path, flags | O_NOFOLLOW)
	    : open(target->path, flags | O_NOFOLLOW);
	if (fd >= 0 && fstat(fd, &sb) == 0 && !S_ISREG(sb.st_mode))
		return fd;
	if (fd >= 0) {
		close(fd);
		errno = EEXIST;
	}
	return -1;
}

bool contents_write_stream(
    const struct target *target, const struct contents *contents)
{
	int fd = target->descriptor, error = 0;

	if (fd >= 0)
		return contents->add(fd, contents->from);
	if ((fd = open_other(target)) < 0)
		return false;
	if (!contents->add(fd, contents->from))
		error = errno;
	if (close(fd) != 0 && error == 0)
		error = errno;
	errno = error;
	return error == 0;
}
