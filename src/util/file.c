#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/file.h"
#include "util/log.h"

#define READ_STEP 16384u

static enum status read_all(
    struct buf *out, int fd, const char *path, const char *what)
{
	ssize_t got;

	do {
		if (!buf_reserve(out, READ_STEP))
			return fail_memory();
		got = read(fd, out->data + out->len, READ_STEP);
		if (got < 0 && errno != EINTR)
			return fail_errno(
			    ST_FILE, "%s %s: cannot read", what, path);
		if (got > 0)
			out->len += (size_t)got;
		if (out->len > FILE_READ_MAX)
			return fail(ST_FILE,
			    "%s %s: larger than %u bytes, not what was "
			    "expected",
			    what, path, FILE_READ_MAX);
	} while (got != 0);
	out->data[out->len] = '\0';
	if (out->len == 0)
		return fail(ST_FILE, "%s %s: the file is empty", what, path);
	return ST_OK;
}

enum status file_read(struct buf *out, const char *path, const char *what)
{
	enum status st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail_errno(ST_FILE, "%s %s: cannot open", what, path);
	if ((st = read_all(out, fd, path, what)) != ST_OK)
		buf_free(out);
	close(fd);
	return st;
}

bool file_exists(const char *path)
{
	struct stat sb;

	return stat(path, &sb) == 0;
}

bool file_is_same(const char *a, const char *b)
{
	struct stat sa, sb;

	if (strcmp(a, b) == 0)
		return true;
	return stat(a, &sa) == 0 && stat(b, &sb) == 0 &&
	    sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

void file_reserve_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static bool write_all(int fd, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	ssize_t put;

	while (len > 0) {
		put = write(fd, p, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return false;
		p += put;
		len -= (size_t)put;
	}
	return true;
}

static enum status write_device(const char *path, const void *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return fail_errno(ST_FILE, "%s: cannot open", path);
	ok = write_all(fd, bytes, len);
	if (close(fd) != 0 || !ok)
		return fail_errno(ST_FILE, "%s: cannot write", path);
	return ST_OK;
}

/* The mode of a file that open(path, O_CREAT, 0666) would make. */
static mode_t default_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/*
 * Mode and owner of the file that is replaced; old is NULL for a new one.  An
 * owner that we may not give is said, and no error.
 */
static bool set_attributes(int fd, const struct stat *old, const char *path)
{
	if (old == NULL)
		return fchmod(fd, default_mode()) == 0;
	if ((old->st_uid != geteuid() || old->st_gid != getegid()) &&
	    fchown(fd, old->st_uid, old->st_gid) != 0)
		warn("owner-changed", "%s: its owner could not be kept: %s",
		    path, strerror(errno));
	return fchmod(fd, old->st_mode & 0777) == 0;
}

static bool write_synced(int fd, const void *bytes, size_t len)
{
	return write_all(fd, bytes, len) && fsync(fd) == 0;
}

/* So that the new name, too, survives a power cut; no error if it fails. */
static void sync_directory(const char *path)
{
	char *slash, *directory = strdup(path);
	int fd;

	if (directory == NULL)
		return;
	slash = strrchr(directory, '/');
	if (slash != NULL)
		slash[slash == directory] = '\0';
	fd = open(slash != NULL ? directory : ".", O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(directory);
}

/* old is what is there now, NULL for nothing. */
static enum status replace(
    const char *path, const struct stat *old, const void *bytes, size_t len)
{
	struct buf temporary = {0};
	enum status st = ST_OK;
	int fd, error;
	bool ok;

	if (!buf_addf(&temporary, "%s.XXXXXX", path))
		return fail_memory();
	fd = mkstemp((char *)temporary.data);
	if (fd < 0) {
		st = fail_errno(
		    ST_FILE, "%s: cannot create a file beside it", path);
		goto out;
	}
	ok = set_attributes(fd, old, path) && write_synced(fd, bytes, len);
	error = errno;
	if (close(fd) != 0 && ok) {
		ok = false;
		error = errno;
	}
	errno = error;
	if (!ok)
		st = fail_errno(ST_FILE, "%s: cannot write", path);
	else if (rename(buf_string(&temporary), path) != 0)
		st = fail_errno(ST_FILE, "%s: cannot replace", path);
	if (st != ST_OK)
		unlink(buf_string(&temporary));
	else
		sync_directory(path);
out:
	buf_free(&temporary);
	return st;
}

static bool is_dangling(const char *path)
{
	struct stat sb;

	return stat(path, &sb) != 0 && lstat(path, &sb) == 0;
}

static enum status fail_dangling(const char *path)
{
	return fail(
	    ST_FILE, "%s: is a symbolic link to what is not there", path);
}

static enum status write_path(const char *path, const void *bytes, size_t len)
{
	struct stat sb;
	char *target;
	enum status st;

	if (is_dangling(path))
		return fail_dangling(path);
	if (stat(path, &sb) != 0)
		return replace(path, NULL, bytes, len);
	if (S_ISDIR(sb.st_mode))
		return fail(ST_FILE, "%s: is a directory", path);
	if (!S_ISREG(sb.st_mode))
		return write_device(path, bytes, len);
	if ((target = realpath(path, NULL)) == NULL)
		return fail_errno(ST_FILE, "%s: cannot resolve", path);
	st = replace(target, &sb, bytes, len);
	free(target);
	return st;
}

enum status file_write(const char *path, const void *bytes, size_t len)
{
	sigset_t held, before;
	enum status st;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &before);
	st = write_path(path, bytes, len);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (st == ST_OK)
		log_file_written(path);
	return st;
}

static enum status check_directory(const char *path, char *copy)
{
	char *slash = strrchr(copy, '/');
	const char *directory = ".";
	struct stat sb;

	if (slash == copy) {
		directory = "/";
	} else if (slash != NULL) {
		*slash = '\0';
		directory = copy;
	}
	if (stat(directory, &sb) != 0)
		return fail_errno(
		    ST_FILE, "%s: cannot write there: %s", path, directory);
	if (!S_ISDIR(sb.st_mode))
		return fail(ST_FILE,
		    "%s: cannot write there: %s is not a directory", path,
		    directory);
	if (access(directory, W_OK | X_OK) != 0)
		return fail_errno(ST_FILE, "%s: cannot write to directory %s",
		    path, directory);
	return ST_OK;
}

enum status file_check_writable(const char *path)
{
	struct stat sb;
	char *copy;
	enum status st;

	if (is_dangling(path))
		return fail_dangling(path);
	if (stat(path, &sb) == 0 && S_ISDIR(sb.st_mode))
		return fail(ST_FILE, "%s: is a directory", path);
	if (stat(path, &sb) == 0 && !S_ISREG(sb.st_mode))
		return access(path, W_OK) == 0
		    ? ST_OK
		    : fail_errno(ST_FILE, "%s: cannot write", path);
	copy = stat(path, &sb) == 0 ? realpath(path, NULL) : strdup(path);
	if (copy == NULL)
		return fail_errno(ST_FILE, "%s: cannot resolve", path);
	st = check_directory(path, copy);
	free(copy);
	return st;
}

enum status file_set_aside(const char *path)
{
	struct buf old = {0};
	enum status st = ST_OK;

	if (!file_exists(path))
		return ST_OK;
	if (!buf_addf(&old, "%s.old", path))
		return fail_memory();
	if (rename(path, buf_string(&old)) != 0)
		st = fail_errno(ST_FILE, "%s: cannot move it to %s", path,
		    buf_string(&old));
	else
		note("set-aside", "%s of an earlier answer moved to %s", path,
		    buf_string(&old));
	buf_free(&old);
	return st;
}
