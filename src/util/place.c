#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/contents.h"
#include "util/file.h"
#include "util/left.h"
#include "util/log.h"
#include "util/place.h"
#include "util/temporary.h"

static bool is_regular(const struct target *target)
{
	return !target->stream &&
	    (!target->exists || S_ISREG(target->status.st_mode));
}

enum status place_find_companion(
    struct target *companion, const struct target *name, const char *suffix)
{
	struct buf path = {0};
	bool ok;

	ok = buf_addf(&path, "%s%s", name->path, suffix) &&
	    target_set_beside(companion, name, buf_string(&path));
	buf_free(&path);
	if (!ok)
		return fail_memory();
	companion->exists = lstat(companion->path, &companion->status) == 0;
	if (!companion->exists && errno != ENOENT)
		return fail_errno(ST_FILE, "%s: cannot open", companion->path);
	return ST_OK;
}

enum status place_find(struct place *p, const char *path)
{
	enum status st;

	p->path = path;
	if ((st = target_find(&p->name, path, "")) != ST_OK)
		return st;
	p->lends = p->name.exists;
	if (!is_regular(&p->name))
		return fail(ST_FILE,
		    "%s: is no regular file, expected one, or none", path);
	if ((st = place_find_companion(&p->fresh, &p->name, PLACE_NEW)) !=
		ST_OK ||
	    (st = place_find_companion(&p->old, &p->name, PLACE_OLD)) != ST_OK)
		return st;
	if (!is_regular(&p->fresh))
		return fail(ST_FILE,
		    "%s: is no regular file, expected the successor of %s, or "
		    "none",
		    p->fresh.path, p->name.path);
	return ST_OK;
}

void place_free(struct place *p)
{
	target_free(&p->name);
	target_free(&p->fresh);
	target_free(&p->old);
}

static struct left_rule find_rule(
    const struct target *name, const struct attributes *first)
{
	struct left_rule rule = {0};

	if (name->exists)
		left_allow(&rule, &name->status);
	left_allow_first(&rule, first);
	return rule;
}

enum status place_check_owners(
    const struct place *p, const struct attributes *first)
{
	const struct left_rule rule = find_rule(&p->name, first);

	if (left_is_planted(&p->name))
		return fail(ST_FILE,
		    "%s: it is there, and belongs to user %lu, who may have "
		    "put it there (give a name in a directory of your own)",
		    p->name.path, (unsigned long)p->name.status.st_uid);
	return p->fresh.exists
	    ? left_check(&rule, p->fresh.path, &p->fresh.status)
	    : ST_OK;
}

static enum status check_companion(const struct target *name,
    const struct left_rule *rule, const char *suffix,
    enum status (*check)(
	const struct left_rule *, const char *, const struct stat *))
{
	struct target beside = {0};
	enum status st = place_find_companion(&beside, name, suffix);

	if (st == ST_OK && beside.exists)
		st = check(rule, beside.path, &beside.status);
	target_free(&beside);
	return st;
}

enum status place_check_left(
    const char *path, const struct attributes *first, bool keep_old)
{
	struct left_rule rule;
	struct target name;
	enum status st = target_find(&name, path, "");

	rule = find_rule(&name, first);
	if (st == ST_OK && !name.stream)
		st = check_companion(&name, &rule, PLACE_NEW, left_check);
	if (st == ST_OK && !name.stream && keep_old &&
	    left_is_in_sticky_directory(&name))
		st = check_companion(&name, &rule, PLACE_OLD, left_check_owner);
	target_free(&name);
	return st;
}

bool place_has_key(const struct place *p)
{
	struct log_capture capture;
	struct buf text = {0};
	bool yes;

	log_capture_begin(&capture);
	yes = file_read_any(&text, p->name.path, "file") == ST_OK &&
	    text.len > 0 &&
	    strstr(buf_string(&text), "PRIVATE KEY-----") != NULL;
	log_capture_end(&capture);
	buf_free(&text);
	return yes;
}

/* The mode of a first file, of which NAME lends nothing but restrictions. */
static struct attributes restrict_first(
    const struct place *p, const struct attributes *first, mode_t usual)
{
	struct attributes out = *first;

	if (p->name.exists) {
		out.mode = attributes_first_mode(first, usual) &
		    p->name.status.st_mode;
		out.mode_given = true;
	}
	return out;
}

bool place_give_attributes(
    const struct place *p, const struct attributes *first, bool secret)
{
	const mode_t usual = secret ? 0600 : 0644;
	struct attributes own = restrict_first(p, first, usual);
	int fd, error;
	bool ok;

	fd =
	    open(p->fresh.path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (!p->lends)
		ok = attributes_set(fd, &own, usual);
	else if (secret)
		ok = attributes_copy_secret(fd, p->path, &p->name);
	else
		ok = attributes_copy(fd, p->path, &p->name);
	ok = ok && fsync(fd) == 0;
	error = errno;
	close(fd);
	errno = error;
	return ok;
}

static bool is_same_file(const struct target *a, const struct target *b)
{
	return a->exists && b->exists && target_is_same(a, b);
}

static bool link_old(const struct place *p, struct temporary *t)
{
	return temporary_link(t, p->name.path) &&
	    temporary_rename(t, p->old.path);
}

static bool fill_copy(const struct place *p, struct temporary *t,
    const struct buf *bytes, bool secret)
{
	struct contents contents = contents_of(bytes);

	return contents_write(t->fd, &contents) &&
	    (secret ? attributes_copy_secret(t->fd, p->old.path, &p->name)
		    : attributes_copy(t->fd, p->old.path, &p->name)) &&
	    fsync(t->fd) == 0 && temporary_rename(t, p->old.path);
}

/* For file systems without links, and files that we may not link to. */
static bool copy_old(const struct place *p, bool secret)
{
	struct log_capture capture;
	struct buf bytes = {0};
	struct temporary t;
	bool ok = false;
	int error;

	errno = EFBIG; /* file_read_any() does not set it for this */
	log_capture_begin(&capture);
	if (file_read_any(&bytes, p->name.path, "file") == ST_OK &&
	    temporary_open(&t, &p->old, 0600)) {
		ok = fill_copy(p, &t, &bytes, secret);
		error = errno;
		temporary_close(&t);
		errno = error;
	}
	error = errno;
	log_capture_end(&capture);
	buf_free(&bytes);
	errno = error;
	return ok;
}

/*
 * rename() does nothing if both are names of one file, as they are after an
 * interrupted swap.
 */
bool place_keep_old(const struct place *p, bool secret)
{
	struct temporary t;
	bool ok;

	if (!p->name.exists || is_same_file(&p->name, &p->old))
		return true;
	if (!temporary_open(&t, &p->old, 0600))
		return false;
	ok = link_old(p, &t);
	temporary_close(&t);
	return ok || copy_old(p, secret);
}
