#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/compat.h"
#include "compat/files.h"
#include "util/log.h"
#include "util/newfile.h"
#include "util/output.h"
#include "util/swap.h"
#include "util/target.h"
#include "util/temporary.h"

/* The files of a swap; all belongs to it. */
struct places {
	const struct swap_file *files; /* borrowed */
	struct place *all;
	size_t count;
};

static enum status find_one(struct place *p, const struct swap_file *file)
{
	enum status st = place_find(p, file->path);

	if (st == ST_OK)
		st = place_check_owners(p, &file->first);
	if (st == ST_OK && file->key_in_pem && p->lends)
		p->lends = place_has_key(p);
	return st;
}

static enum status find_places(
    struct places *places, const struct swap_file *files, size_t count)
{
	enum status st = ST_OK;

	places->files = files;
	places->count = 0;
	places->all = calloc(count, sizeof(*places->all));
	if (places->all == NULL)
		return fail_memory();
	for (; st == ST_OK && places->count < count; places->count++)
		st = find_one(
		    &places->all[places->count], &files[places->count]);
	return st;
}

static void free_places(struct places *places)
{
	size_t i;

	for (i = 0; i < places->count; i++)
		place_free(&places->all[i]);
	free(places->all);
}

enum status swap_path_beside(
    struct buf *out, const char *path, const char *suffix)
{
	struct target target;
	enum status st = target_find(&target, path, "");

	if (st == ST_OK && !buf_addf(out, "%s%s", target.path, suffix))
		st = fail_memory();
	target_free(&target);
	return st;
}

static bool write_target(const struct target *target, const struct buf *bytes)
{
	return newfile_put(target, bytes, temporary_rename) &&
	    temporary_sync_directory(target);
}

enum status swap_write_beside(
    const struct swap_file *file, const char *suffix, const struct buf *bytes)
{
	struct target beside = {0};
	struct place p = {0};
	enum status st = place_find(&p, file->path);

	if (st == ST_OK)
		st = place_find_companion(&beside, &p.name, suffix);
	if (st == ST_OK && !write_target(&beside, bytes))
		st = fail_errno(ST_FILE, "%s: cannot write", beside.path);
	target_free(&beside);
	place_free(&p);
	return st;
}

enum status swap_write_new(
    const struct swap_file *file, const struct buf *bytes)
{
	return swap_write_beside(file, PLACE_NEW, bytes);
}

enum status swap_remove_new(const struct swap_file *file)
{
	struct place p = {0};
	enum status st = place_find(&p, file->path);

	if (st == ST_OK && p.fresh.exists &&
	    (unlink(p.fresh.path) != 0 || !temporary_sync_directory(&p.fresh)))
		st = fail_errno(ST_FILE, "%s: cannot remove", p.fresh.path);
	place_free(&p);
	return st;
}

enum status swap_remove_stale(const struct swap_file *file, const char *suffix)
{
	struct target beside = {0};
	struct place p = {0};
	enum status st = place_find(&p, file->path);

	if (st == ST_OK)
		st = place_find_companion(&beside, &p.name, suffix);
	if (st == ST_OK)
		temporary_remove_stale(&beside);
	target_free(&beside);
	place_free(&p);
	return st;
}

enum status swap_find_new(bool *is_there, const struct swap_file *file)
{
	struct place p = {0};
	enum status st = find_one(&p, file);

	*is_there = st == ST_OK && p.fresh.exists;
	place_free(&p);
	return st;
}

/* Reports what errno says, and which files have not taken their places. */
static enum status fail_swap(
    const struct places *places, const struct place *p, const char *problem)
{
	const char *reason = strerror(errno);
	struct buf waiting = {0};
	const struct place *one;
	enum status st;
	bool ok = true;

	for (one = places->all; one < places->all + places->count; one++)
		if (one->fresh.exists)
			ok =
			    buf_addf(&waiting, "%s%s",
				waiting.len > 0 ? ", " : "", one->fresh.path) &&
			    ok;
	if (ok && waiting.len == 0)
		st = fail(ST_FILE, "%s: %s: %s; all are in their places",
		    p->name.path, problem, reason);
	else
		st = fail(ST_FILE,
		    "%s: %s: %s; still to take their places: %s; the next run "
		    "goes on with them",
		    p->name.path, problem, reason,
		    ok ? buf_string(&waiting) : "some");
	buf_free(&waiting);
	return st;
}

static enum status guard_target(
    const struct target *target, const struct swap_file *file)
{
	if (file->guard == NULL || !target->exists ||
	    target->status.st_size == 0)
		return ST_OK;
	return file->guard(target->path, file->guard_arg);
}

static enum status guard_place(
    const struct place *p, const struct swap_file *file)
{
	enum status st = guard_target(&p->name, file);

	return st == ST_OK && file->keep_old ? guard_target(&p->old, file) : st;
}

/* Files may have changed since swap_check(): the CA may have taken days. */
static enum status guard_fresh(const struct places *places)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < places->count; i++)
		if (places->all[i].fresh.exists)
			st = guard_place(&places->all[i], &places->files[i]);
	return st;
}

/* Everything that can fail for want of room or rights, before a rename. */
static enum status prepare(const struct places *places)
{
	const struct swap_file *file = places->files;
	const struct place *p = places->all;
	size_t i;

	for (i = 0; i < places->count; i++)
		if (p[i].fresh.exists &&
		    !place_give_attributes(
			&p[i], &file[i].first, file[i].secret))
			return fail_swap(places, &p[i],
			    "cannot give its successor an owner and a mode");
	for (i = 0; i < places->count; i++)
		if (p[i].fresh.exists && file[i].keep_old &&
		    (!place_keep_old(&p[i], file[i].secret) ||
			!temporary_sync_directory(&p[i].old)))
			return fail_swap(
			    places, &p[i], "cannot keep it as NAME.old");
	return ST_OK;
}

static enum status rename_all(const struct places *places)
{
	struct place *p, *end = places->all + places->count;

	for (p = places->all; p < end; p++) {
		if (!p->fresh.exists)
			continue;
		if (rename(p->fresh.path, p->name.path) != 0)
			return fail_swap(places, p, "cannot replace it");
		p->fresh.exists = false;
		log_file_renamed(p->fresh.path, p->path);
		if (!temporary_sync_directory(&p->name))
			return fail_swap(
			    places, p, "cannot synchronize its directory");
	}
	return ST_OK;
}

static enum status finish(const struct places *places)
{
	const struct place *p, *end = places->all + places->count;
	enum status st;

	for (p = places->all; p < end; p++)
		temporary_remove_stale(&p->fresh);
	if (!end[-1].fresh.exists)
		return ST_OK;
	st = guard_fresh(places);
	if (st == ST_OK)
		st = prepare(places);
	return st == ST_OK ? rename_all(places) : st;
}

enum status swap_finish(const struct swap_file *files, size_t count)
{
	struct places places;
	enum status st;

	output_hold_signals();
	st = find_places(&places, files, count);
	if (st == ST_OK)
		st = finish(&places);
	output_release_signals();
	free_places(&places);
	return st;
}

static enum status check_replaceable(
    const struct place *p, const struct swap_file *file)
{
	if (!temporary_can_replace(&p->name))
		return fail(ST_FILE,
		    "%s: cannot be replaced by another file: it is mounted, "
		    "immutable, or somebody else's in a sticky directory",
		    p->name.path);
	if (file->keep_old && p->old.exists && S_ISDIR(p->old.status.st_mode))
		return fail(ST_FILE,
		    "%s: is a directory, expected the file before %s, or none",
		    p->old.path, p->name.path);
	return guard_place(p, file);
}

static enum status fail_directory(const struct place *p)
{
	return fail_errno(
	    ST_FILE, "%s: cannot write to its directory", p->name.path);
}

static enum status check_place(
    const struct place *p, const struct swap_file *file)
{
	enum status st = check_replaceable(p, file);
	struct temporary t;
	bool ok;
	int error;

	if (st != ST_OK)
		return st;
	if (!temporary_open(&t, &p->fresh, 0600))
		return fail_directory(p);
	ok = compat_allocate(t.fd, OUTPUT_ROOM) &&
	    (p->lends || attributes_set(t.fd, &file->first, 0600));
	error = errno;
	temporary_close(&t);
	errno = error;
	return ok ? ST_OK
		  : fail_errno(ST_FILE, "%s: cannot write", p->fresh.path);
}

/* Reports a file that both would have: a name, or a companion of one. */
static enum status check_distinct(const struct place *a, const struct place *b)
{
	const struct target *of_a[] = {&a->name, &a->fresh, &a->old};
	const struct target *of_b[] = {&b->name, &b->fresh, &b->old};
	size_t i, j;

	for (i = 0; i < COUNT_OF(of_a); i++)
		for (j = 0; j < COUNT_OF(of_b); j++)
			if (target_is_same(of_a[i], of_b[j]))
				return fail(ST_FILE,
				    "%s: %s and %s both need it; expected "
				    "names of different files",
				    of_a[i]->path, a->path, b->path);
	return ST_OK;
}

static enum status check_all_distinct(const struct places *places)
{
	enum status st = ST_OK;
	size_t i, j;

	for (i = 0; st == ST_OK && i < places->count; i++)
		for (j = 0; st == ST_OK && j < i; j++)
			st = check_distinct(&places->all[j], &places->all[i]);
	return st;
}

enum status swap_check(const struct swap_file *files, size_t count)
{
	struct places places;
	enum status st = find_places(&places, files, count);
	size_t i;

	if (st == ST_OK)
		st = check_all_distinct(&places);
	for (i = 0; st == ST_OK && i < count; i++)
		st = check_place(&places.all[i], &files[i]);
	free_places(&places);
	return st;
}

enum status swap_guard(const struct swap_file *files, size_t count)
{
	struct places places;
	enum status st = find_places(&places, files, count);
	size_t i;

	for (i = 0; st == ST_OK && i < count; i++)
		st = guard_place(&places.all[i], &files[i]);
	free_places(&places);
	return st;
}

enum status swap_look(const struct swap_file *file)
{
	struct place p = {0};
	enum status st = find_one(&p, file);

	if (st == ST_OK)
		st = check_replaceable(&p, file);
	if (st == ST_OK && !temporary_has_room(&p.fresh, OUTPUT_ROOM))
		st = fail_directory(&p);
	place_free(&p);
	return st;
}
