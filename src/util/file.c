#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/log.h"
#include "util/target.h"
#include "util/temporary.h"

#define READ_STEP 16384u

static bool cleans;

void file_set_cleaning(bool on)
{
	cleans = on;
}

/*
 * size is that of a regular file, or 0.  It may have changed: it is the end only
 * where there was room for more, and no more was read.
 */
static enum status read_all(
    struct buf *out, int fd, size_t size, const char *path, const char *what)
{
	const size_t step = size > 0 && size < READ_STEP ? size + 1 : READ_STEP;
	ssize_t got;
	bool ended;

	do {
		if (!buf_reserve(out, step))
			return fail_memory();
		got = read(fd, out->data + out->len, step);
		if (got < 0 && errno != EINTR)
			return fail_errno(
			    ST_FILE, "%s %s: cannot read", what, path);
		if (got > 0)
			out->len += (size_t)got;
		if (out->len > FILE_READ_MAX)
			return fail(ST_FILE, "%s %s: larger than %u bytes",
			    what, path, FILE_READ_MAX);
		ended = got == 0 ||
		    (got > 0 && got < (ssize_t)step && out->len == size);
	} while (!ended);

	out->data[out->len] = '\0';
	return ST_OK;
}

/*
 * Sets size to that of a regular file.  If that has another name, it may be one
 * that a killed process has left, for file_set_cleaning().  -1 after reporting.
 */
static int open_named(
    const char *path, const char *what, size_t *size, enum status *st)
{
	struct target target = {0};
	struct buf label = {0};
	int fd = -1;

	*st = buf_addf(&label, "%s ", what)
	    ? target_find(&target, path, buf_string(&label))
	    : fail_memory();
	if (*st == ST_OK) {
		fd = open(target.path,
		    O_RDONLY | O_CLOEXEC | (target.stream ? 0 : O_NOFOLLOW));
		if (fd < 0)
			*st = fail_errno(
			    ST_FILE, "%s %s: cannot open", what, path);
	}
	if (fd >= 0 && S_ISREG(target.status.st_mode)) {
		*size = (size_t)target.status.st_size;
		if (cleans && target.status.st_nlink > 1)
			temporary_remove_stale(&target);
	}
	target_free(&target);
	buf_free(&label);
	return fd;
}

enum status file_read_any(struct buf *out, const char *path, const char *what)
{
	bool standard = file_is_standard(path);
	enum status st = ST_OK;
	size_t size = 0;
	int fd;

	fd = standard ? STDIN_FILENO : open_named(path, what, &size, &st);
	if (fd < 0)
		return st;
	if ((st = read_all(out, fd, size, path, what)) != ST_OK)
		buf_free(out);
	if (!standard)
		close(fd);
	return st;
}

enum status file_read(struct buf *out, const char *path, const char *what)
{
	enum status st = file_read_any(out, path, what);

	if (st == ST_OK && out->len == 0) {
		buf_free(out);
		st = fail(ST_FILE, "%s %s: the file is empty", what, path);
	}
	return st;
}

bool file_is_standard(const char *name)
{
	return strcmp(name, "-") == 0;
}

enum status file_find(bool *exists, const char *path)
{
	struct stat sb;

	*exists = stat(path, &sb) == 0;
	if (!*exists && errno != ENOENT && errno != ENOTDIR)
		return fail_errno(ST_FILE, "%s: cannot access", path);
	return ST_OK;
}

bool file_is_directory(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
}

bool file_has_contents(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && !S_ISDIR(sb.st_mode) &&
	    (!S_ISREG(sb.st_mode) || sb.st_size > 0);
}

bool file_is_empty(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0 && S_ISREG(sb.st_mode) && sb.st_size == 0;
}

enum status file_check_aside(
    const char *path, enum status (*guard)(const char *path))
{
	struct buf old = {0};
	enum status st;
	struct stat sb;
	bool exists;

	if ((st = file_find(&exists, path)) != ST_OK || !exists ||
	    (st = guard(path)) != ST_OK)
		return st;
	if (!buf_addf(&old, "%s.old", path))
		return fail_memory();
	if (lstat(buf_string(&old), &sb) == 0) {
		errno = EISDIR;
		st = S_ISDIR(sb.st_mode)
		    ? fail_errno(ST_FILE, "%s: cannot move it to %s", path,
			  buf_string(&old))
		    : guard(buf_string(&old));
	}
	buf_free(&old);
	return st;
}

enum status file_move_aside(
    const char *path, enum status (*guard)(const char *path))
{
	enum status st = file_check_aside(path, guard);
	struct stat now, moved;
	struct buf old = {0};

	if (st == ST_OK && !buf_addf(&old, "%s.old", path))
		st = fail_memory();
	if (st == ST_OK && rename(path, buf_string(&old)) != 0)
		st = fail_errno(ST_FILE, "%s: cannot move it to %s", path,
		    buf_string(&old));
	/* rename() does nothing where both are names of one file. */
	if (st == ST_OK && lstat(path, &now) == 0 &&
	    lstat(buf_string(&old), &moved) == 0 &&
	    now.st_dev == moved.st_dev && now.st_ino == moved.st_ino)
		unlink(path);
	buf_free(&old);
	return st;
}

void file_note_aside(const char *path)
{
	warn(WARN_SET_ASIDE, "%s of an earlier answer moved to %s.old", path,
	    path);
}

bool file_put_back(const char *path)
{
	struct buf old = {0};
	bool ok = buf_addf(&old, "%s.old", path) &&
	    rename(buf_string(&old), path) == 0;

	buf_free(&old);
	return ok;
}
