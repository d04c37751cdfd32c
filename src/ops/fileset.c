#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "compat/memory.h"
#include "ops/fileset.h"
#include "ops/outputs.h"
#include "ops/stale.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "util/contents.h"
#include "util/file.h"
#include "util/log.h"
#include "util/output.h"

struct member {
	struct buf name; /* FILE-i */
	struct output output;
	struct buf old; /* what it held before */
};

struct fileset {
	const char *base;
	struct member *members;
	int count;
	int committed; /* how many members, from the first, are written */
	struct stale stale;
};

static void close_set(struct fileset *set)
{
	int i;

	for (i = 0; i < set->count; i++) {
		output_close(&set->members[i].output);
		buf_free(&set->members[i].name);
		buf_free(&set->members[i].old);
	}
	OPENSSL_free(set->members);
	stale_free(&set->stale);
}

static enum status stage(
    struct member *member, const char *base, int i, X509 *cert)
{
	struct buf text = {0};
	enum status st;

	if (!caset_set_name(&member->name, base, i))
		return fail_memory();
	st = outputs_open_one(
	    &member->output, buf_string(&member->name), OUTPUT_SYNC_CONTENTS);
	if (st == ST_OK && !cert_add_pem(&text, cert))
		st = fail_crypto(
		    ST_FILE, "%s: cannot encode", member->output.name);
	if (st == ST_OK)
		st = output_stage(&member->output, text.data, text.len);
	buf_free(&text);
	return st;
}

/* By a link, two names of the set may be those of one file. */
static enum status check_distinct(const struct fileset *set, int i)
{
	const struct output *output = &set->members[i].output, *before;
	int j;

	for (j = 0; output->way != OUTPUT_STREAM && j < i; j++) {
		before = &set->members[j].output;
		if (target_is_same(&output->target, &before->target))
			return fail(ST_FILE,
			    "%s and %s are the same file: one would replace "
			    "the other",
			    before->name, output->name);
	}
	return ST_OK;
}

/* Whether the contents of the member would be those of FILE, too. */
static bool would_change(const char *base, const struct output *output)
{
	if (output->way == OUTPUT_STREAM ||
	    !target_names_one_file(base, output->name))
		return false;
	return target_is_link(output->name) ||
	    (output->way == OUTPUT_IN_PLACE && !target_is_link(base));
}

static enum status check_base(const struct fileset *set, int i)
{
	const struct output *output = &set->members[i].output;

	if (!would_change(set->base, output))
		return ST_OK;
	return fail(ST_FILE,
	    "%s: it is a link to %s, which is not changed when the answer is "
	    "a set: remove the link",
	    output->name, set->base);
}

/* All are on the disk, beside their files, before one is replaced. */
static enum status stage_all(struct fileset *set, STACK_OF(X509) *certs)
{
	size_t count = (size_t)sk_X509_num(certs);
	enum status st = ST_OK;
	int i;

	set->members = compat_zalloc(count * sizeof(*set->members));
	if (set->members == NULL)
		return fail_memory();
	set->count = (int)count;
	for (i = 0; st == ST_OK && i < set->count; i++) {
		st = stage(
		    &set->members[i], set->base, i, sk_X509_value(certs, i));
		if (st == ST_OK)
			st = check_base(set, i);
		if (st == ST_OK)
			st = check_distinct(set, i);
	}
	return st;
}

/* A device or a pipe holds nothing that could be put back. */
static bool is_regular(const struct member *member)
{
	const struct target *target = &member->output.target;

	return target->exists && S_ISREG(target->status.st_mode) &&
	    member->output.way != OUTPUT_STREAM;
}

static enum status keep_all(struct fileset *set)
{
	enum status st = ST_OK;
	struct member *member;
	int i;

	for (i = 0; st == ST_OK && i < set->count; i++) {
		member = &set->members[i];
		if (is_regular(member) &&
		    member->output.target.status.st_size > 0)
			st = file_read(&member->old, buf_string(&member->name),
			    "CA certificate");
	}
	return st;
}

static bool put_back(const struct member *member)
{
	const struct target *target = &member->output.target;
	const struct contents old = contents_of(&member->old);

	if (!target->exists)
		return unlink(target->path) == 0;
	if (!is_regular(member) || contents_overwrite(target->path, &old, true))
		return true;
	return chmod(target->path, S_IRUSR | S_IWUSR) == 0 &&
	    contents_overwrite(target->path, &old, true) &&
	    chmod(target->path, target->status.st_mode & 0777) == 0;
}

/* Undoes what commit_all() did; false when a file cannot be put back. */
static bool put_all_back(const struct fileset *set)
{
	bool ok = true;
	int i;

	for (i = 0; i < set->committed; i++)
		ok = put_back(&set->members[i]) && ok;
	return stale_put_back(&set->stale) && ok;
}

static enum status commit_all(struct fileset *set)
{
	enum status st = ST_OK;

	while (set->committed < set->count) {
		st = output_commit(&set->members[set->committed].output);
		if (st != ST_OK)
			return st;
		set->committed++;
	}
	return stale_move(&set->stale);
}

static enum status commit_or_put_back(struct fileset *set)
{
	struct log_capture capture;
	enum status st;
	bool whole = true;
	int i;

	output_hold_signals();
	log_capture_begin(&capture);
	st = commit_all(set);
	log_capture_end(&capture);
	if (st != ST_OK)
		whole = put_all_back(set);
	output_release_signals();

	if (st != ST_OK)
		return fail(st, "%s; %s", capture.text,
		    whole ? "the files of the set are as they were before"
			  : "not all files of the set could be put back");
	for (i = 0; i < set->count; i++)
		log_file_written(set->members[i].output.name);
	stale_note(&set->stale);
	return ST_OK;
}

enum status fileset_write_certs(const char *base, STACK_OF(X509) *certs)
{
	struct fileset set = {.base = base};
	enum status st = stale_find(&set.stale, base, sk_X509_num(certs));

	if (st == ST_OK)
		st = stage_all(&set, certs);
	if (st == ST_OK)
		st = keep_all(&set);
	if (st == ST_OK)
		st = commit_or_put_back(&set);
	close_set(&set);
	return st;
}
