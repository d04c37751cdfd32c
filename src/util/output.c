#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "compat/files.h"
#include "util/attributes.h"
#include "util/contents.h"
#include "util/disk.h"
#include "util/file.h"
#include "util/log.h"
#include "util/output.h"
#include "util/standard.h"

/* How often output_hold_signals() is in force; what was blocked before. */
static int holds;
static sigset_t before_hold;

static enum status fail_writing(const struct output *o)
{
	return fail_errno(ST_FILE, "%s: cannot write", o->name);
}

/* Whether the disk has room for what the file's own blocks do not hold. */
static enum status check_room(const struct output *o)
{
	long long own = (long long)o->target.status.st_blocks * 512;

	return disk_has_room(o->target.path, OUTPUT_ROOM - own)
	    ? ST_OK
	    : fail_writing(o);
}

static enum status try_in_place(struct output *o)
{
	/* O_NONBLOCK: it may have become a FIFO. */
	int fd = open(
	    o->target.path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return fail_writing(o);
	close(fd);
	o->way = OUTPUT_IN_PLACE;
	return check_room(o);
}

static bool is_full(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

static enum status fail_room(const struct output *o)
{
	if (is_full(errno))
		return fail_writing(o);
	return fail_errno(
	    ST_FILE, "%s: cannot write to its directory", o->name);
}

/*
 * Creates a temporary file of OUTPUT_ROOM bytes, which for a new file has the
 * mode of that.  False with errno.
 */
static bool reserve_room(struct output *o)
{
	const mode_t mode = o->target.exists ? 0600 : 0666;
	int error;

	if (o->looks)
		return temporary_has_room(&o->target, OUTPUT_ROOM);
	if (!temporary_open(&o->temporary, &o->target, mode))
		return false;
	if (compat_allocate(o->temporary.fd, OUTPUT_ROOM))
		return true;
	error = errno;
	temporary_close(&o->temporary);
	errno = error;
	return false;
}

static bool is_writable(const struct output *o)
{
	return faccessat(AT_FDCWD, o->target.path, W_OK, AT_EACCESS) == 0;
}

static enum status call_guard(const struct output *o)
{
	if (!o->target.exists || o->target.status.st_size == 0 ||
	    o->guard == NULL)
		return ST_OK;
	return o->guard(o->target.path);
}

/*
 * An empty file is written in place: a program that holds it open would not see
 * the contents of another that replaces it.
 */
static enum status open_existing(struct output *o)
{
	bool empty = o->target.status.st_size == 0;
	enum status st;
	int error;

	if ((st = call_guard(o)) != ST_OK)
		return st;
	if (!temporary_can_replace(&o->target))
		return try_in_place(o);
	if (!reserve_room(o)) {
		error = errno;
		if (!is_full(error) && is_writable(o))
			return try_in_place(o);
		errno = error;
		return fail_room(o);
	}
	o->way = empty && is_writable(o) ? OUTPUT_IN_PLACE : OUTPUT_REPLACE;
	return ST_OK;
}

static enum status open_new(struct output *o)
{
	if (!reserve_room(o))
		return fail_room(o);
	o->way = OUTPUT_REPLACE;
	return ST_OK;
}

static enum status open_stream(struct output *o)
{
	int flags = o->target.descriptor >= 0
	    ? fcntl(o->target.descriptor, F_GETFL)
	    : O_WRONLY;

	if (flags < 0)
		return fail_writing(o);
	if ((flags & O_ACCMODE) == O_RDONLY ||
	    standard_was_closed(o->target.descriptor)) {
		errno = EBADF;
		return fail_writing(o);
	}
	if (o->target.descriptor < 0 && !is_writable(o))
		return fail_writing(o);
	o->way = OUTPUT_STREAM;
	return ST_OK;
}

static enum status open_target(struct output *o)
{
	const char *name = file_is_standard(o->name) ? "/dev/stdout" : o->name;
	const struct target *target = &o->target;
	enum status st;

	o->looked = time(NULL);
	if ((st = target_find(&o->target, name, "")) != ST_OK)
		return st;
	if (target->exists && S_ISDIR(target->status.st_mode))
		return fail(ST_FILE, "%s: is a directory", o->name);
	if (target->exists && S_ISSOCK(target->status.st_mode) &&
	    target->descriptor < 0)
		return fail(ST_FILE, "%s: is a socket", o->name);
	if (target->stream ||
	    (target->exists && !S_ISREG(target->status.st_mode)))
		return open_stream(o);
	return target->exists ? open_existing(o) : open_new(o);
}

enum status output_open(
    struct output *o, const char *name, enum status (*guard)(const char *path))
{
	memset(o, 0, sizeof(*o));
	o->target.descriptor = -1;
	o->name = name;
	o->guard = guard;
	return open_target(o);
}

enum status output_look(
    const char *name, enum status (*guard)(const char *path))
{
	struct output o = {.name = name,
	    .guard = guard,
	    .looks = true,
	    .target = {.descriptor = -1}};
	enum status st = open_target(&o);

	output_close(&o);
	return st;
}

/* Whether the file has been created, removed or replaced since. */
static bool has_changed(const struct output *o)
{
	const struct stat *then = &o->target.status;
	struct stat now;

	if (o->way == OUTPUT_STREAM)
		return false;
	if (o->way == OUTPUT_REPLACE && !temporary_is_there(&o->temporary))
		return true;
	if (lstat(o->target.path, &now) != 0)
		return o->target.exists;
	return !o->target.exists || now.st_dev != then->st_dev ||
	    now.st_ino != then->st_ino ||
	    (now.st_size == 0) != (then->st_size == 0);
}

/* With a new temporary file, which is empty. */
static enum status reopen(struct output *o)
{
	enum status st;

	temporary_close(&o->temporary);
	target_free(&o->target);
	st = open_target(o);
	if (st == ST_OK && o->way == OUTPUT_STREAM)
		st = fail(
		    ST_FILE, "%s: it is no regular file any more", o->name);
	return st;
}

/*
 * Whether nothing has been written to the file since it was looked at.  A second
 * change within one second does not show in its status.
 */
static bool is_unwritten(const struct output *o, const struct stat *then)
{
	const struct stat *now = &o->target.status;

	return now->st_size == then->st_size &&
	    now->st_ctime == then->st_ctime && then->st_ctime < o->looked;
}

/*
 * Looks again: the CA may have taken hours to answer, and what is there now
 * may be a private key.
 */
static enum status reopen_if_changed(struct output *o)
{
	const struct stat then = o->target.status;

	if (has_changed(o))
		return reopen(o);
	if (o->way == OUTPUT_STREAM || !o->target.exists)
		return ST_OK;
	if (lstat(o->target.path, &o->target.status) != 0)
		return fail_writing(o);
	return is_unwritten(o, &then) ? ST_OK : call_guard(o);
}

static enum status fill_temporary(struct output *o)
{
	const struct temporary *t = &o->temporary;

	if (o->way != OUTPUT_REPLACE)
		return ST_OK;
	if (!contents_write(t->fd, &o->contents) ||
	    (o->target.exists &&
		!attributes_copy(t->fd, o->name, &o->target)) ||
	    (o->sync != OUTPUT_SYNC_NOTHING && fsync(t->fd) != 0))
		return fail_writing(o);
	return ST_OK;
}

/* A new file is looked for when it takes its name. */
static enum status stage(struct output *o, struct contents contents)
{
	enum status st;

	o->contents = contents;
	if (o->target.exists && (st = reopen_if_changed(o)) != ST_OK)
		return st;
	return fill_temporary(o);
}

enum status output_stage(struct output *o, const void *bytes, size_t len)
{
	o->text.len = 0;
	if (!buf_add(&o->text, bytes, len))
		return fail_memory();
	return stage(o, contents_of(&o->text));
}

static bool write_in_place(struct output *o)
{
	temporary_close(&o->temporary);
	return contents_overwrite(
	    o->target.path, &o->contents, o->sync != OUTPUT_SYNC_NOTHING);
}

/* rename() can fail for reasons that temporary_can_replace() does not know. */
static enum status replace_target(struct output *o)
{
	int error;

	if (temporary_rename(&o->temporary, o->target.path)) {
		if (o->sync == OUTPUT_SYNC_NAME)
			temporary_sync_directory(&o->target);
		return ST_OK;
	}
	error = errno;
	if (o->target.exists && write_in_place(o))
		return ST_OK;
	errno = error;
	return fail_errno(ST_FILE, "%s: cannot replace", o->name);
}

static enum status write_staged(struct output *o)
{
	enum status st;

	if (has_changed(o) &&
	    ((st = reopen(o)) != ST_OK || (st = fill_temporary(o)) != ST_OK))
		return st;
	if (o->way == OUTPUT_STREAM)
		return contents_write_stream(&o->target, &o->contents)
		    ? ST_OK
		    : fail_writing(o);
	if (o->way == OUTPUT_IN_PLACE)
		return write_in_place(o) ? ST_OK : fail_writing(o);
	return replace_target(o);
}

bool output_holds_signals(const struct output *o)
{
	return o->way != OUTPUT_STREAM || o->target.descriptor < 0;
}

void output_hold_signals(void)
{
	if (holds++ == 0)
		temporary_hold_signals(&before_hold);
}

void output_release_signals(void)
{
	if (--holds == 0)
		sigprocmask(SIG_SETMASK, &before_hold, NULL);
}

enum status output_commit(struct output *o)
{
	enum status st;

	if (!output_holds_signals(o))
		return write_staged(o);
	output_hold_signals();
	st = write_staged(o);
	output_release_signals();
	return st;
}

static enum status commit_staged(struct output *o, enum status st)
{
	if (st == ST_OK)
		st = output_commit(o);
	if (st == ST_OK && !file_is_standard(o->name))
		log_file_written(o->name);
	return st;
}

enum status output_write(struct output *o, const void *bytes, size_t len)
{
	return commit_staged(o, output_stage(o, bytes, len));
}

enum status output_write_from(struct output *o, const struct contents *contents)
{
	return commit_staged(o, stage(o, *contents));
}

void output_close(struct output *o)
{
	temporary_close(&o->temporary);
	target_free(&o->target);
	buf_free(&o->text);
	o->way = OUTPUT_CLOSED;
}
