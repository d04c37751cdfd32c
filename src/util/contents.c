#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/contents.h"
#include "util/special.h"

#define KEPT_MAX 65536 /* bytes; certificates and keys are smaller */

/* After a write() that has failed. */
static bool may_go_on(const struct drain *to)
{
	if (errno == EAGAIN)
		return special_wait(to->fd, POLLOUT, to->end);
	return errno == EINTR;
}

bool contents_add(const struct drain *to, const struct buf *text)
{
	size_t done = 0;
	ssize_t put;

	while (done < text->len) {
		put = write(to->fd, text->data + done, text->len - done);
		if (put >= 0)
			done += (size_t)put;
		else if (!may_go_on(to))
			return false;
	}
	return true;
}

static bool add_text(const struct drain *to, const void *from)
{
	return contents_add(to, from);
}

struct contents contents_of(const struct buf *text)
{
	return (struct contents){add_text, text};
}

bool contents_write(int fd, const struct contents *contents)
{
	const struct drain to = {fd, DRAIN_WAITS};
	off_t end;

	return contents->add(&to, contents->from) &&
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

/* Whether it is regular, as it was before it was opened; else closes it. */
static int keep_kind(int fd, bool regular)
{
	struct stat sb;

	if (fd < 0 ||
	    (fstat(fd, &sb) == 0 && (S_ISREG(sb.st_mode) != 0) == regular))
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

/*
 * The user may have permission to write the file, but not to read it.  O_NONBLOCK:
 * it may have become a FIFO.
 */
static int open_file(const char *path)
{
	const int flags = O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, O_RDWR | flags);

	if (fd < 0 && errno == EACCES)
		fd = open(path, O_WRONLY | flags);
	return keep_kind(fd, true);
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

/*
 * A pipe has to be opened by its reader as well.  A pipe or device may have been
 * replaced by a file that is not ours; the descriptor of another process may
 * lead to any file.
 */
static int open_other(const struct target *target, long long end)
{
	const int flags = O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC |
	    O_NONBLOCK | (target->stream ? 0 : O_NOFOLLOW);
	int fd;

	while ((fd = open(target->path, flags)) < 0 && errno == ENXIO &&
	    S_ISFIFO(target->status.st_mode))
		if (!special_wait(-1, 0, end))
			return -1;
	return target->stream ? fd : keep_kind(fd, false);
}

bool contents_write_stream(
    const struct target *target, const struct contents *contents)
{
	struct drain to = {target->descriptor, DRAIN_WAITS};
	int error = 0;

	if (to.fd >= 0)
		return contents->add(&to, contents->from);
	to.end = special_end();
	if ((to.fd = open_other(target, to.end)) < 0)
		return false;
	if (!contents->add(&to, contents->from))
		error = errno;
	if (close(to.fd) != 0 && error == 0)
		error = errno;
	errno = error;
	return error == 0;
}
