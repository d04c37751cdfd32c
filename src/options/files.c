#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/key_name.h"
#include "keys/pass.h"
#include "options/made.h"
#include "options/options.h"
#include "options/table.h"
#include "pki/caset.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

/* A file that an option names. */
struct use {
	const struct option_row *row;
	char *name;
	bool written;
	bool kept;   /* FILE, which stays when the answer is FILE-N */
	bool unread; /* of a set of which other files are read now */
	bool lines;  /* a line of standard input, not all of it */
	struct target target;
};

struct uses {
	struct use *list;
	size_t count;
	bool single; /* one option only names files: none can clash */
};

static bool is_written(const struct option_row *row)
{
	return row->check == CHECK_OUTPUT;
}

/* On success uses owns what target points to. */
static enum status add_use(struct uses *uses, const struct option_row *row,
    const char *name, const struct target *target)
{
	struct use use = {.row = row,
	    .name = strdup(name),
	    .written = is_written(row),
	    .target = *target};
	struct use *grown = NULL;

	if (use.name != NULL)
		grown = realloc(
		    uses->list, (uses->count + 1) * sizeof(*uses->list));
	if (grown == NULL) {
		free(use.name);
		return fail_memory();
	}
	uses->list = grown;
	uses->list[uses->count++] = use;
	return ST_OK;
}

static enum status add_file(
    struct uses *uses, const struct option_row *row, const char *name)
{
	const char *file = name;
	struct target target;
	enum status st;

	if (file_is_standard(name))
		file = is_written(row) ? "/dev/stdout" : "/dev/stdin";
	/* A failure is reported when the file is opened. */
	target_find_quietly(&target, file);
	st = add_use(uses, row, name, &target);
	if (st != ST_OK)
		target_free(&target);
	return st;
}

/* Of a set, FILE is read if it exists, or else FILE-N up to a gap. */
static enum status mark_unread(struct uses *uses, const char *base, size_t set)
{
	bool base_is_read = uses->list[set - 1].target.exists, read;
	enum status st = ST_OK;
	size_t i;

	if (uses->list[set].target.exists &&
	    (st = caset_find_base(&base_is_read, base)) != ST_OK)
		return st;
	uses->list[set - 1].unread = !base_is_read;
	for (i = set, read = !base_is_read; i < uses->count; i++) {
		read = read && uses->list[i].target.exists;
		uses->list[i].unread = !read;
	}
	return ST_OK;
}

/* getca moves a file, added last, that an earlier answer left out of the way. */
static enum status add_moved(
    struct uses *uses, const struct option_row *row, const char *name)
{
	struct buf old = {0};
	enum status st = ST_OK;

	if (!uses->list[uses->count - 1].target.exists)
		return ST_OK;
	st = buf_addf(&old, "%s.old", name)
	    ? add_file(uses, row, buf_string(&old))
	    : fail_memory();
	buf_free(&old);
	return st;
}

/*
 * Behind a gap the files of a set are not read, but an output of such a name
 * would be once the gap is filled.  What is not there is not looked for.
 */
static enum status add_behind_gap(
    struct uses *uses, const struct option_row *row, const char *name)
{
	const struct target *gap = &uses->list[uses->count - 1].target;
	struct target target;
	enum status st;

	if (!target_set_beside(&target, gap, name))
		return fail_memory();
	st = add_use(uses, row, name, &target);
	if (st != ST_OK)
		target_free(&target);
	return st;
}

/* Whether the file that was added last does not exist, and is no link. */
static bool is_gap(const struct uses *uses)
{
	const struct use *last = &uses->list[uses->count - 1];

	return !last->target.exists && last->target.path != NULL &&
	    target_has_base(&last->target, last->name);
}

/* The files of a set, there or not.  A set that is read begins at FILE-0. */
static enum status add_set(
    struct uses *uses, const struct option_row *row, const char *base)
{
	bool found[CASET_COUNT_MAX] = {false};
	struct buf name = {0};
	size_t first = uses->count;
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < CASET_COUNT_MAX; i++) {
		if (!caset_set_name(&name, base, i))
			st = fail_memory();
		else if (i > 0 && !found[i] && is_gap(uses))
			st = add_behind_gap(uses, row, buf_string(&name));
		else
			st = add_file(uses, row, buf_string(&name));
		if (st == ST_OK && is_written(row))
			st = add_moved(uses, row, buf_string(&name));
		if (i == 0 && (is_written(row) || !is_gap(uses)))
			caset_find_numbers(found, base);
	}
	buf_free(&name);
	if (st == ST_OK && !is_written(row))
		st = mark_unread(uses, base, first);
	return st;
}

/* The file that the value of an option names, NULL if it is none. */
static const char *file_name(const struct option_row *row, const char *value)
{
	switch (row->check) {
	case CHECK_PASS:
		return strncmp(value, "file:", 5) == 0 ? value + 5 : NULL;
	case CHECK_KEY:
		value = key_name_get_path(value);
		return key_name_is_uri(value) ? NULL : value;
	case CHECK_FILE:
	case CHECK_OUTPUT:
		return value;
	default:
		return NULL;
	}
}

/* Pass phrases from standard input are its lines, which several share. */
static enum status add_lines(struct uses *uses, const struct option_row *row)
{
	enum status st = add_file(uses, row, "/dev/stdin");

	if (st == ST_OK)
		uses->list[uses->count - 1].lines = true;
	return st;
}

/* The value of an option with text, NULL if it is not given. */
static const char *get_value(
    const struct options *options, const struct option_row *row)
{
	if (row->type != TYPE_STRING || !(row->ops & options->operation->op))
		return NULL;
	return *(char *const *)table_field_const(options, row);
}

static bool is_single(const struct options *options)
{
	const struct option_row *row, *end = table_rows + table_row_count;
	const char *value;
	int count = 0;

	for (row = table_rows; row < end; row++) {
		value = get_value(options, row);
		if (value != NULL &&
		    (row->check == CHECK_PASS || file_name(row, value) != NULL))
			count++;
	}
	return count == 1;
}

static enum status add_files_of_row(struct uses *uses,
    const struct options *options, const struct option_row *row)
{
	const char *value = get_value(options, row);
	struct use *use;
	enum status st;

	if (value == NULL)
		return ST_OK;
	if (row->check == CHECK_PASS && strcmp(value, "stdin") == 0)
		return add_lines(uses, row);
	if ((value = file_name(row, value)) == NULL)
		return ST_OK;
	if ((st = add_file(uses, row, value)) != ST_OK)
		return st;
	use = &uses->list[uses->count - 1];
	if (made_is_written(options, row, use->target.exists))
		use->written = true;
	if (!row->set || uses->single || file_is_standard(value))
		return ST_OK;
	use->kept = !use->target.stream;
	return add_set(uses, row, value);
}

static void free_uses(struct uses *uses)
{
	size_t i;

	for (i = 0; i < uses->count; i++) {
		free(uses->list[i].name);
		target_free(&uses->list[i].target);
	}
	free(uses->list);
}

/* "-k", or "--chain" where there is no letter. */
static const char *short_name(
    char *out, size_t size, const struct option_row *row)
{
	if (row->letter != 0)
		snprintf(out, size, "-%c", row->letter);
	else
		snprintf(out, size, "--%s", row->name);
	return out;
}

/*
 * Devices and pipes may be used more than once, and several outputs may go to
 * one descriptor.
 */
static bool is_same_file(const struct use *output, const struct use *other)
{
	const struct target *a = &output->target, *b = &other->target;

	if (a->path == NULL || b->path == NULL ||
	    ((a->stream || b->stream) && other->written))
		return false;
	return (!a->exists || S_ISREG(a->status.st_mode)) &&
	    target_is_same(a, b);
}

/*
 * Of a set -C it may be FILE, which getnextca leaves as it is, or FILE-N that
 * are not read: the current certificates are needed until the rollover.
 */
static bool may_replace(const struct use *output, const struct use *input)
{
	const struct option_row *row = output->row;

	if (!table_names(row->over, input->row))
		return false;
	return !row->set || output->kept || input->unread;
}

static enum status check_pair(const struct use *output, const struct use *other)
{
	char a[32], b[32], shown[160];

	if (output->row == other->row || !is_same_file(output, other) ||
	    (!other->written && may_replace(output, other)))
		return ST_OK;
	short_name(a, sizeof(a), output->row);
	return fail_misuse("%s and %s are the same file, %s: %s; give %s "
			   "another name",
	    a, short_name(b, sizeof(b), other->row),
	    log_escape(
		shown, sizeof(shown), output->name, strlen(output->name)),
	    other->written ? "one would replace the other"
			   : "an input file must not be overwritten",
	    a);
}

static enum status check_outputs(const struct uses *uses)
{
	enum status st = ST_OK;
	size_t i, j;

	for (i = 0; st == ST_OK && i < uses->count; i++)
		for (j = 0; st == ST_OK && j < uses->count; j++)
			if (uses->list[i].written)
				st = check_pair(&uses->list[i], &uses->list[j]);
	return st;
}

/* A regular file that is standard input can be opened again. */
static bool is_standard_input(const struct use *use)
{
	const struct target *target = &use->target;

	if (use->written || use->lines)
		return false;
	if (file_is_standard(use->name))
		return true;
	return target->stream && target->descriptor == STDIN_FILENO &&
	    target->exists && !S_ISREG(target->status.st_mode);
}

static bool is_standard_output(const struct use *use)
{
	return use->written && file_is_standard(use->name);
}

static const struct option_row *find_pass_on_stdin(
    const struct options *options)
{
	const struct option_row *row, *end = table_rows + table_row_count;
	const char *value;

	for (row = table_rows; row < end; row++) {
		if (row->check != CHECK_PASS ||
		    !(row->ops & options->operation->op))
			continue;
		value = *(char *const *)table_field_const(options, row);
		if (value != NULL && pass_is_stdin(value))
			return row;
	}
	return NULL;
}

static enum status check_once(const struct uses *uses, const char *what,
    bool (*is_it)(const struct use *use), const struct option_row *first)
{
	char a[32], b[32];
	size_t i;

	for (i = 0; i < uses->count; i++) {
		if (!is_it(&uses->list[i]))
			continue;
		if (first != NULL)
			return fail_misuse("%s and %s are both standard %s",
			    short_name(a, sizeof(a), first),
			    short_name(b, sizeof(b), uses->list[i].row), what);
		first = uses->list[i].row;
	}
	if (first != NULL && is_it == is_standard_output)
		log_set_status_to_stderr();
	return ST_OK;
}

enum status options_check_files(const struct options *options)
{
	struct uses uses = {.single = is_single(options)};
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < table_row_count; i++)
		st = add_files_of_row(&uses, options, &table_rows[i]);
	if (st == ST_OK)
		st = check_outputs(&uses);
	if (st == ST_OK)
		st = check_once(&uses, "input", is_standard_input,
		    find_pass_on_stdin(options));
	if (st == ST_OK)
		st = check_once(&uses, "output", is_standard_output, NULL);
	if (st == ST_OK && options->tls_cert != NULL &&
	    options->tls_key == NULL && file_is_standard(options->tls_cert))
		st = fail_misuse(
		    "--tls-cert is standard input, which is read only "
		    "once: --tls-key is required");
	free_uses(&uses);
	return st;
}
