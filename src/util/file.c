#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/log.h"
#include "util/special.h"
#include "util/target.h"
#include "util/temporary.h"

#define READ_STEP 16384u

static bool cleans;

void file_set_cleaning(bool on)
{
	cleans = on;
}

/* A file that is open, or standard input. */
struct source {
	const char *path, *what;
	int fd;
	size_t size;         /* of a regular file, or 0 */
	bool line;           /* only the first line is wanted */
	bool waits;          /* it may block, and is opened with O_NONBLOCK */
	long long end;       /* then it is waited for until then */
	struct stat *status; /* of file_read_own(), or NULL */
};

static enum status fail_reading(const struct source *s)
{
	if (errno != ETIMEDOUT || !s->waits)
		return fail_errno(
		    ST_FILE, "%s %s: cannot read", s->what, s->path);
	return fail(ST_FILE,
	    "%s %s: it is a FIFO or a device, and its %s did not come in %d s"
	    ": expected a file, or a program that writes to it and closes it "
	    "(--timeout sets the limit)",
	    s->what, s->path, s->line ? "first line" : "end", special_limit());
}

static bool has_line(const struct buf *out, const struct source *s)
{
	return s->line && memchr(out->data, '\n', out->len) != NULL;
}

/*
 * The size may have changed: it is the end only where there was room for more,
 * and no more was read.
 */
static enum status read_all(struct buf *out, const struct source *s)
{
	const size_t size = s->size;
	const size_t step = size > 0 && size < READ_STEP ? size + 1 : READ_STEP;
	ssize_t got;
	bool ended;

	do {
		if (!buf_reserve(out, step))
			return fail_memory();
		if (s->waits && !special_wait(s->fd, POLLIN, s->end))
			return fail_reading(s);
		got = read(s->fd, out->data + out->len, step);
		if (got < 0 && errno != EINTR && (errno != EAGAIN || !s->waits))
			return fail_reading(s);
		if (got > 0)
			out->len += (size_t)got;
		if (out->len > FILE_READ_MAX)
			return fail(ST_FILE, "%s %s: larger than %u bytes",
			    s->what, s->path, FILE_READ_MAX);
		ended = got == 0 || has_line(out, s) ||
		    (got > 0 && got < (ssize_t)step && out->len == size);
	} while (!ended);

	out->data[out->len] = '\0';
	return ST_OK;
}

static enum status expect_regular(
    const char *what, const char *path, const struct stat *sb)
{
	return S_ISREG(sb->st_mode)
	    ? ST_OK
	    : fail(ST_FILE, "%s %s: is no regular file, expected one, or none",
		  what, path);
}

enum status file_expect_own(const char *path, const char *what)
{
	struct stat sb;

	return stat(path, &sb) != 0 ? ST_OK : expect_regular(what, path, &sb);
}

static void find_size(struct source *s, const struct target *target)
{
	if (S_ISREG(target->status.st_mode)) {
		s->size = (size_t)target->status.st_size;
	} else if (!target->stream || target->descriptor < 0) {
		s->waits = true;
		s->end = special_end();
	}
}

/*
 * A regular file that has another name may have got that from a killed process,
 * for file_set_cleaning().
 */
static enum status open_named(struct source *s)
{
	struct target target = {0};
	struct buf label = {0};
	enum status st;

	st = buf_addf(&label, "%s ", s->what)
	    ? target_find(&target, s->path, buf_string(&label))
	    : fail_memory();
	if (st == ST_OK && (s->fd = special_open(&target)) < 0)
		st =
		    fail_errno(ST_FILE, "%s %s: cannot open", s->what, s->path);
	/* It may be another one than the one that was found. */
	if (st == ST_OK && fstat(s->fd, &target.status) != 0)
		st = fail_reading(s);
	if (st == ST_OK && s->status != NULL) {
		*s->status = target.status;
		st = expect_regular(s->what, s->path, s->status);
	}
	if (st == ST_OK) {
		find_size(s, &target);
		if (cleans && S_ISREG(target.status.st_mode) &&
		    target.status.st_nlink > 1)
			temporary_remove_stale(&target);
	}
	target_free(&target);
	buf_free(&label);
	return st;
}

static enum status read_source(struct buf *out, struct source *s)
{
	enum status st = read_all(out, s);

	if (st != ST_OK)
		buf_free(out);
	return st;
}

static enum status open_and_read(struct buf *out, struct source *s)
{
	enum status st = open_named(s);

	if (st == ST_OK)
		st = read_source(out, s);
	if (s->fd >= 0)
		close(s->fd);
	return st;
}

enum status file_read_any(struct buf *out, const char *path, const char *what)
{
	struct source s = {.path = path, .what = what, .fd = -1};

	if (!file_is_standard(path))
		return open_and_read(out, &s);
	s.fd = STDIN_FILENO;
	return read_source(out, &s);
}

/*
 * By its byte order mark and a character of ASCII: what PowerShell writes for
 * "command > file".
 */
static bool is_utf16(const struct buf *text)
{
	const unsigned char *p = text->data;

	return text->len >= 4 &&
	    ((p[0] == 0xff && p[1] == 0xfe && p[3] == 0) ||
		(p[0] == 0xfe && p[1] == 0xff && p[2] == 0));
}

static enum status expect_bytes(
    struct buf *out, const char *path, const char *what)
{
	if (is_utf16(out)) {
		buf_free(out);
		return fail(ST_FILE,
		    "%s %s: the file is in UTF-16: expected UTF-8 (PowerShell: "
		    "Get-Content FILE | Set-Content -Encoding ascii OTHER)",
		    what, path);
	}
	if (out->len > 0)
		return ST_OK;
	buf_free(out);
	return fail(ST_FILE, "%s %s: the file is empty", what, path);
}

enum status file_read(struct buf *out, const char *path, const char *what)
{
	enum status st = file_read_any(out, path, what);

	return st == ST_OK ? expect_bytes(out, path, what) : st;
}

enum status file_read_line(struct buf *out, const char *path, const char *what)
{
	struct source s = {.path = path, .what = what, .fd = -1, .line = true};
	enum status st = open_and_read(out, &s);

	return st == ST_OK ? expect_bytes(out, path, what) : st;
}

enum status file_read_own(
    struct buf *out, struct stat *sb, const char *path, const char *what)
{
	struct source s = {.path = path, .what = what, .fd = -1, .status = sb};
	enum status st = open_and_read(out, &s);

	return st == ST_OK ? expect_bytes(out, path, what) : st;
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
