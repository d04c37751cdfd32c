#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/contents.h"
#include "util/log.h"
#include "util/newfile.h"
#include "util/output.h"
#include "util/target.h"
#include "util/temporary.h"

/*
 * A file system without links.  Where rename() cannot be told to replace no file,
 * it replaces an empty one of our own.
 */
static bool rename_new(struct temporary *t, const char *path)
{
	int fd, error;

	if (temporary_rename_new(t, path))
		return true;
	if (errno != ENOSYS && errno != EINVAL)
		return false;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	if (temporary_rename(t, path))
		return true;
	error = errno;
	unlink(path);
	errno = error;
	return false;
}

/* link() never replaces a file, as rename() would. */
static bool place(struct temporary *t, const char *path)
{
	bool ok;
	int error;

	output_hold_signals();
	ok = link(t->path, path) == 0 ||
	    (errno != EEXIST && rename_new(t, path));
	error = errno;
	output_release_signals();
	errno = error;
	return ok;
}

bool newfile_put(const struct target *target, const struct buf *bytes,
    bool (*take_name)(struct temporary *t, const char *path))
{
	struct contents contents = contents_of(bytes);
	struct temporary t;
	bool ok;
	int error;

	if (!temporary_open(&t, target, 0600))
		return false;
	ok = fchmod(t.fd, 0600) == 0 && contents_write(t.fd, &contents) &&
	    fsync(t.fd) == 0 && take_name(&t, target->path);
	error = errno;
	temporary_close(&t);
	errno = error;
	return ok;
}

static enum status find_target(
    struct target *target, const char *name, const char *what)
{
	char before[64];

	snprintf(before, sizeof(before), "%s ", what);
	return target_find(target, name, before);
}

static enum status fail_create(const char *name, const char *what)
{
	return fail_errno(ST_FILE, "%s %s: cannot create", what, name);
}

/* False with errno. */
static bool can_create(const struct target *target, bool looks)
{
	struct temporary t;

	if (looks)
		return temporary_has_room(target, 0);
	if (!temporary_open(&t, target, 0600))
		return false;
	temporary_close(&t);
	return true;
}

enum status newfile_check(const char *name, const char *what, bool looks)
{
	struct target target;
	enum status st = find_target(&target, name, what);

	if (st == ST_OK && !target.exists && !can_create(&target, looks))
		st = fail_create(name, what);
	target_free(&target);
	return st;
}

enum status newfile_write(
    bool *taken, const char *name, const char *what, const struct buf *bytes)
{
	struct target target;
	enum status st = find_target(&target, name, what);

	*taken = target.exists;
	if (st == ST_OK && !*taken && !newfile_put(&target, bytes, place)) {
		*taken = errno == EEXIST;
		if (!*taken)
			st = fail_create(name, what);
	}
	if (st == ST_OK && !*taken) {
		temporary_sync_directory(&target);
		log_file_written(name);
	}
	target_free(&target);
	return st;
}
