#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "util/contents.h"
#include "util/stream.h"

/* A pipe has to be opened by its reader as well. */
static int open_pipe(const char *path, int flags)
{
	const struct timespec step = {.tv_nsec = 50L * 1000 * 1000};
	int fd;

	while ((fd = open(path, flags | O_NONBLOCK)) < 0 && errno == ENXIO) {
		if (contents_is_interrupted()) {
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

bool stream_write(const struct target *target, const struct buf *text)
{
	int fd = target->descriptor, error = 0;

	if (fd >= 0)
		return contents_add(fd, text);
	if ((fd = open_other(target)) < 0)
		return false;
	if (!contents_add(fd, text))
		error = errno;
	if (close(fd) != 0 && error == 0)
		error = errno;
	errno = error;
	return error == 0;
}
