#include <stdio.h>
#include <string.h>

#include "options/dump.h"
#include "options/engineconf.h"
#include "options/hide.h"
#include "options/names.h"
#include "options/section.h"
#include "options/setting.h"
#include "options/table.h"
#include "util/log.h"
#include "util/quote.h"

#define SHOWN_MAX 256
#define IN_LOG    "configuration: " /* before each line */

struct dump {
	const struct option_state *state;
	struct buf *out;
	bool defaults; /* values that nothing has set, too */
	char
	    problem[512]; /* of the first value that cannot be written; or "" */
};

/* Where the value of the row comes from: "on the command line". */
static const char *describe_source(
    char *out, size_t size, struct dump *d, const struct option_row *row)
{
	char path[SHOWN_MAX];

	if (d->state->given[table_index(row)] == RANK_ARGV)
		return "on the command line";
	snprintf(out, size, "in %s",
	    quote_text(path, sizeof(path), d->state->options->config));
	return out;
}

/* Adds a comment on a value that cannot be written, which it keeps in mind. */
static bool add_problem(struct dump *d, const char *key, const char *why)
{
	char name[SHOWN_MAX];

	quote_key(name, sizeof(name), key);
	if (*d->problem == '\0')
		snprintf(d->problem, sizeof(d->problem),
		    "%s cannot be written: %s", name, why);
	return buf_addf(d->out, "# %s cannot be written: %s.\n", name, why);
}

static bool add_setting(
    struct dump *d, const char *key, const char *value, bool escapes)
{
	const char *problem;

	return setting_add(d->out, key, value, escapes, &problem) &&
	    (problem == NULL || add_problem(d, key, problem));
}

/* Whether the value would be taken with a control character of an escape. */
static bool takes_escapes(const struct option_row *row, const char *value)
{
	const struct option_source source = {
	    .name = row->key, .file = "", .escape = 'n', .rank = RANK_OWN};
	struct options scratch = {0};
	struct option_state state = {.options = &scratch};
	struct log_capture unheard;
	enum status st;

	log_capture_begin(&unheard);
	st = value_set(&state, row, value, &source);
	log_capture_end(&unheard);
	value_clear(&scratch, row);
	return st == ST_OK;
}

static bool add_string(
    struct dump *d, const struct option_row *row, const char *value)
{
	const char *secret;
	char source[SHOWN_MAX + 8];

	if (value == NULL)
		return true;
	if ((secret = hide_describe(row, value)) != NULL)
		return buf_addf(d->out, "# %s: from %s %s, not shown\n",
		    row->key, secret,
		    describe_source(source, sizeof(source), d, row));
	return add_setting(d, row->key, value, takes_escapes(row, value));
}

static bool add_list(
    struct dump *d, const struct option_row *row, const struct list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!add_string(d, row, list->items[i]))
			return false;
	return true;
}

/* Adds a name to the list of the key, which begins with the first one. */
static bool add_name(
    struct dump *d, const struct option_row *row, bool first, const char *name)
{
	if (first)
		return buf_addf(d->out, "%s = %s", row->key, name);
	return buf_addf(d->out, ",%s", name);
}

static bool add_tolerate(
    struct dump *d, const struct option_row *row, unsigned int bits)
{
	const struct option_name *n;
	bool any = false, ok = true;

	for (n = names_tolerate; ok && n->name != NULL; n++) {
		if (!(bits & n->value))
			continue;
		ok = add_name(d, row, !any, n->name);
		any = true;
	}
	return ok && (!any || buf_add(d->out, "\n", 1));
}

static bool add_no_warn(
    struct dump *d, const struct option_row *row, const bool *silenced)
{
	bool any = false, ok = true;
	int i;

	for (i = 0; ok && i < WARNING_COUNT; i++) {
		if (!silenced[i])
			continue;
		ok = add_name(d, row, !any, warning_id((enum warning)i));
		any = true;
	}
	return ok && (!any || buf_add(d->out, "\n", 1));
}

static bool add_renewal(
    struct dump *d, const struct option_row *row, enum renewal renewal)
{
	const struct option_name *n = names_renewal;

	while (n->value != (unsigned int)renewal)
		n++;
	return buf_addf(d->out, "%s = %s\n", row->key, n->name);
}

static bool add_row(struct dump *d, const struct option_row *row)
{
	const void *field = table_field_const(d->state->options, row);

	switch (row->type) {
	case TYPE_STRING:
		return add_string(d, row, *(char *const *)field);
	case TYPE_NUMBER:
		if (*(const int *)field < row->min)
			return true;
		return buf_addf(
		    d->out, "%s = %d\n", row->key, *(const int *)field);
	case TYPE_FLAG:
		return buf_addf(d->out, "%s = %s\n", row->key,
		    *(const bool *)field ? "yes" : "no");
	case TYPE_LIST:
		return add_list(d, row, field);
	case TYPE_TOLERATE:
		return add_tolerate(d, row, *(const unsigned int *)field);
	case TYPE_RENEWAL:
		return add_renewal(d, row, *(const enum renewal *)field);
	case TYPE_NO_WARN:
		return add_no_warn(d, row, field);
	case TYPE_IGNORED:
	case TYPE_ACTION:
		break;
	}
	return true;
}

/* A command without an argument has nothing behind its "=". */
static bool add_command(struct dump *d, const struct engine_command *command)
{
	char name[SHOWN_MAX], where[SHOWN_MAX];

	if (*command->value == '\0' && setting_is_name(command->name))
		return buf_addf(d->out, "%s =\n", command->name);
	if (command->secret)
		return buf_addf(d->out, "# %s: from %s, not shown\n",
		    quote_key(name, sizeof(name), command->name),
		    quote_text(where, sizeof(where), command->where));
	return add_setting(d, command->name, command->value,
	    !engineconf_is_path(command->name));
}

/* The section that -g names, with the commands of all that the file had. */
static bool add_engine(struct dump *d)
{
	const struct options *o = d->state->options;
	const struct engine_options *engine = &o->engine_options;
	size_t i;
	bool ok;

	if (o->engine == NULL ||
	    (engine->path == NULL && engine->count == 0 &&
		strcmp(engine->id, o->engine) == 0))
		return true;
	if (!setting_is_name(o->engine) || section_is_common(o->engine) ||
	    section_find_operation(o->engine) != NULL)
		return add_problem(d, "engine",
		    "a section for an engine cannot have its name");
	ok = buf_addf(d->out, "[%s]\n", o->engine) &&
	    add_setting(d, "engine_id", engine->id, true) &&
	    (engine->path == NULL ||
		add_setting(d, "dynamic_path", engine->path, false));
	for (i = 0; ok && i < engine->count; i++)
		ok = add_command(d, &engine->commands[i]);
	return ok;
}

static bool add_all(struct dump *d)
{
	const struct operation *operation = d->state->operation;
	const struct option_row *row;
	size_t i;

	if (!buf_addf(d->out, "[" SECTION_PREFIX "%s]\n", operation->name))
		return false;
	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (row->key == NULL || !(row->ops & operation->op) ||
		    (d->state->given[i] == RANK_UNSET && !d->defaults))
			continue;
		if (!add_row(d, row))
			return false;
	}
	return add_engine(d);
}

enum status dump_to_text(const struct option_state *state)
{
	struct dump d = {.state = state, .out = &state->options->dumped};

	if (!add_all(&d))
		return fail_memory();
	if (*d.problem != '\0')
		return fail(ST_ERROR, "--dump-config: %s", d.problem);
	return ST_OK;
}

enum status dump_to_log(const struct option_state *state)
{
	struct buf b = {0};
	struct dump d = {.state = state, .out = &b, .defaults = true};
	const char *line, *end;
	char text[LOG_LINE_MAX - sizeof(IN_LOG) + 1];
	enum status st = ST_OK;

	if (!log_enabled(LOG_VERBOSE))
		return ST_OK;
	if (!add_all(&d))
		st = fail_memory();
	else
		for (line = buf_string(&b); (end = strchr(line, '\n')) != NULL;
		     line = end + 1)
			verbose(IN_LOG "%s",
			    quote_line(text, sizeof(text), line,
				(size_t)(end - line)));
	buf_free(&b);
	return st;
}
