#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/apply.h"
#include "options/engineconf.h"
#include "options/guess.h"
#include "options/hide.h"
#include "options/parse.h"
#include "options/table.h"
#include "options/value.h"
#include "util/log.h"

#define SPELLING_MAX 64

/* The value, in argv, of an option. */
struct argument_value {
	const struct option_row *row;
	char *text;
};

struct arguments {
	char **argv;
	int argc, next;                /* index of the next argument */
	struct argument_value *values; /* room for argc of them */
	size_t count;
};

/* " (did you mean NAME?)", "" if no name is near. */
static const char *suggestion(char *out, size_t size, const struct guess *guess,
    const char *text, const char *prefix)
{
	out[0] = '\0';
	if (guess_is_near(guess, text))
		snprintf(
		    out, size, " (did you mean %s%s?)", prefix, guess->name);
	return out;
}

static enum status unknown_operation(const char *text)
{
	struct guess guess = {0};
	char near[SPELLING_MAX], shown[80];
	size_t i;

	for (i = 0; i < OPS_COUNT; i++)
		guess_offer(&guess, text, ops_all[i]->name);
	return fail_misuse("unknown operation %s%s",
	    log_escape(shown, sizeof(shown), text, strlen(text)),
	    suggestion(near, sizeof(near), &guess, text, ""));
}

static enum status unknown_option(
    const char *name, size_t len, const struct operation *operation)
{
	struct guess guess = {0};
	char near[SPELLING_MAX], shown[80], text[64];
	size_t i;

	snprintf(text, sizeof(text), "%.*s", (int)len, name);
	for (i = 0; i < table_row_count; i++)
		if (table_rows[i].name != NULL &&
		    (operation == NULL || (table_rows[i].ops & operation->op)))
			guess_offer(&guess, text, table_rows[i].name);
	return fail_misuse("unknown option --%s%s",
	    log_escape(shown, sizeof(shown), text, strlen(text)),
	    suggestion(near, sizeof(near), &guess, text, "--"));
}

/* How well the row matches the name: 0 is best, 4: not at all. */
static int match_class(
    const struct option_row *row, const char *name, size_t len, enum op op)
{
	int own = (row->ops & op) ? 0 : 1;

	if (row->name == NULL || len == 0 || strncmp(row->name, name, len) != 0)
		return 4;
	return own + (row->name[len] == '\0' ? 0 : 2);
}

static enum status ambiguous_option(
    const char *name, size_t len, enum op op, int class)
{
	char all[512] = "", last[SPELLING_MAX] = "";
	const struct option_row *row;
	size_t i, used = 0;

	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (match_class(row, name, len, op) != class ||
		    strcmp(row->name, last) == 0 || used + 64 > sizeof(all))
			continue;
		snprintf(last, sizeof(last), "%s", row->name);
		used += (size_t)snprintf(all + used, sizeof(all) - used,
		    "%s--%s", used > 0 ? ", " : "", row->name);
	}
	return fail_misuse(
	    "option --%.*s is ambiguous: %s", (int)len, name, all);
}

/*
 * Finds the row of a long name, or of an unambiguous abbreviation of one.
 * Options of the operation are preferred to those of others.
 */
static enum status find_long(const struct option_row **out, const char *name,
    size_t len, const struct operation *operation)
{
	enum op op = operation != NULL ? operation->op : TABLE_OPS_ALL;
	int class, best = 4;
	bool ambiguous = false;
	size_t i;

	*out = NULL;
	for (i = 0; i < table_row_count; i++) {
		class = match_class(&table_rows[i], name, len, op);
		if (class < best) {
			best = class;
			*out = &table_rows[i];
			ambiguous = false;
		} else if (class < 4 && class == best &&
		    strcmp(table_rows[i].name, (*out)->name) != 0) {
			ambiguous = true;
		}
	}
	if (*out == NULL)
		return unknown_option(name, len, operation);
	if (ambiguous)
		return ambiguous_option(name, len, op, best);
	return ST_OK;
}

/*
 * Handles one option; value is NULL if it takes none.  An option of another
 * operation has no effect, as in sscep 0.10.
 */
static enum status take_option(struct option_state *state,
    struct arguments *args, const struct option_row *row, const char *spelling,
    char *value, enum options_action *action)
{
	struct option_source source = {.name = spelling, .rank = RANK_ARGV};

	if (value != NULL)
		args->values[args->count++] =
		    (struct argument_value){row, value};

	if (row->type == TYPE_ACTION)
		*action = row->action;
	else if (row->ops & state->operation->op)
		return value_set(state, row, value, &source);
	else if (!(row->idle & state->operation->op))
		warn(WARN_NO_EFFECT, "option %s has no effect with %s",
		    spelling, state->operation->name);
	return ST_OK;
}

/* The value that is the next argument; NULL after reporting. */
static char *next_value(
    struct arguments *args, const struct option_row *row, const char *spelling)
{
	if (args->next < args->argc)
		return args->argv[args->next++];
	fail_misuse("option %s needs a value (%s)", spelling, row->arg);
	return NULL;
}

/* --name, --name=value, --name value; text is what follows the dashes. */
static enum status take_long(struct option_state *state, struct arguments *args,
    char *text, enum options_action *action)
{
	size_t len = strcspn(text, "=");
	char *value = text[len] == '=' ? text + len + 1 : NULL;
	const struct option_row *row;
	char spelling[SPELLING_MAX];
	enum status st;

	if ((st = find_long(&row, text, len, state->operation)) != ST_OK)
		return st;
	snprintf(spelling, sizeof(spelling), "--%s", row->name);
	if (row->arg == NULL && value != NULL)
		return fail_misuse("option %s takes no value", spelling);
	if (row->arg != NULL && value == NULL &&
	    (value = next_value(args, row, spelling)) == NULL)
		return ST_ERROR;
	return take_option(state, args, row, spelling, value, action);
}

/* -k file, -kfile, -vd; text is what follows the dash. */
static enum status take_letters(struct option_state *state,
    struct arguments *args, char *text, enum options_action *action)
{
	const struct option_row *row;
	char spelling[8], shown[8];
	char *value;
	enum status st;

	for (; *text != '\0'; text++) {
		row = table_find_letter(*text, state->operation->op);
		if (row == NULL)
			return fail_misuse("unknown option -%s",
			    log_escape(shown, sizeof(shown), text, 1));
		snprintf(spelling, sizeof(spelling), "-%c", *text);
		value = NULL;
		if (row->arg != NULL) {
			value = text[1] != '\0'
			    ? text + 1
			    : next_value(args, row, spelling);
			if (value == NULL)
				return ST_ERROR;
		}
		st = take_option(state, args, row, spelling, value, action);
		if (st != ST_OK || value != NULL || *action != OPTIONS_RUN)
			return st;
	}
	return ST_OK;
}

static enum status parse_arguments(struct option_state *state,
    struct arguments *args, enum options_action *action)
{
	bool ended = false;
	enum status st = ST_OK;
	char shown[80];
	char *arg;

	while (
	    st == ST_OK && *action == OPTIONS_RUN && args->next < args->argc) {
		arg = args->argv[args->next++];
		if (ended || arg[0] != '-' || arg[1] == '\0')
			st = fail_misuse("unexpected argument %s",
			    log_escape(shown, sizeof(shown), arg, strlen(arg)));
		else if (strcmp(arg, "--") == 0)
			ended = true;
		else if (arg[1] == '-')
			st = take_long(state, args, arg + 2, action);
		else
			st = take_letters(state, args, arg + 1, action);
	}
	return st;
}

/*
 * Hides secrets in argv only after all values have been copied, as arguments
 * may share memory.
 */
static enum status parse_argv(struct option_state *state, int argc, char **argv,
    enum options_action *action)
{
	struct arguments args = {.argv = argv, .argc = argc, .next = 2};
	enum status st;
	size_t i;

	args.values = calloc((size_t)argc, sizeof(*args.values));
	if (args.values == NULL)
		return fail_memory();
	st = parse_arguments(state, &args, action);
	for (i = 0; i < args.count; i++)
		hide_secret(args.values[i].row, args.values[i].text);
	free(args.values);
	return st;
}

/* Without an operation there are only --help and --version. */
static enum status parse_top(const char *arg, enum options_action *action)
{
	const struct option_row *row = NULL;
	enum status st;

	if (strncmp(arg, "--", 2) == 0 && arg[2] != '\0') {
		st = find_long(&row, arg + 2, strcspn(arg + 2, "="), NULL);
		if (st != ST_OK)
			return st;
	} else if (strlen(arg) == 2) {
		row = table_find_letter(arg[1], TABLE_OPS_ALL);
	}
	if (row == NULL || row->type != TYPE_ACTION)
		return fail_misuse("the operation must come first");
	*action = row->action;
	return ST_OK;
}

static bool is_given(const struct option_state *state, char letter)
{
	const struct option_row *row;

	row = table_find_letter(letter, state->operation->op);
	return row != NULL && (row->ops & state->operation->op) &&
	    state->given[table_index(row)] != RANK_UNSET;
}

/* Whether all options that make the row unnecessary are given. */
static bool is_excused(
    const struct option_state *state, const struct option_row *row)
{
	const char *p;

	if (row->unless == NULL)
		return false;
	for (p = row->unless; *p != '\0'; p++)
		if (!is_given(state, *p))
			return false;
	return true;
}

static enum status check_needs(
    const struct option_state *state, const struct option_row *row)
{
	char own[SPELLING_MAX], other[SPELLING_MAX];
	const struct option_row *needed;

	if (state->given[table_index(row)] == RANK_UNSET || row->needs == 0 ||
	    is_given(state, row->needs))
		return ST_OK;
	needed = table_find_letter(row->needs, state->operation->op);
	return fail_misuse("%s needs %s",
	    table_spelling(own, sizeof(own), row, ", "),
	    table_spelling(other, sizeof(other), needed, ", "));
}

static enum status check_required(
    const struct option_state *state, const struct option_row *row)
{
	bool file = state->options->config != NULL && row->key != NULL;
	char own[SPELLING_MAX];

	if (!(row->required & state->operation->op) ||
	    state->given[table_index(row)] != RANK_UNSET ||
	    is_excused(state, row))
		return ST_OK;
	return fail_misuse("missing %s (%s%s%s)", row->what,
	    table_spelling(own, sizeof(own), row, ", "), file ? ", " : "",
	    file ? row->key : "");
}

/* Checks that need all sources to have been read. */
static enum status check_complete(const struct option_state *state)
{
	enum op op = state->operation->op;
	const struct option_row *row, *end = table_rows + table_row_count;
	enum status st;

	for (row = table_rows; row < end; row++) {
		if (!(row->ops & op))
			continue;
		if ((st = check_needs(state, row)) != ST_OK)
			return st;
		if (row->type == TYPE_IGNORED &&
		    state->given[table_index(row)] != RANK_UNSET)
			verbose("option -%c is ignored", row->letter);
	}
	for (row = table_rows; row < end; row++)
		if ((row->ops & op) &&
		    (st = check_required(state, row)) != ST_OK)
			return st;
	return ST_OK;
}

enum status parse_options(
    struct options *options, enum options_action *action, int argc, char **argv)
{
	struct option_state state = {.options = options};
	enum status st;

	if (argc < 2) {
		*action = OPTIONS_HELP_ALL;
		return ST_OK;
	}
	if (argv[1][0] == '-')
		return parse_top(argv[1], action);
	if ((options->operation = ops_find(argv[1])) == NULL)
		return unknown_operation(argv[1]);

	state.operation = options->operation;
	st = parse_argv(&state, argc, argv, action);
	if (st != ST_OK || *action != OPTIONS_RUN)
		return st;
	if (options->config != NULL &&
	    (st = apply_file(&state, options->config)) != ST_OK)
		return st;
	st = engineconf_set_default(options);
	return st == ST_OK ? check_complete(&state) : st;
}

void options_free(struct options *options)
{
	size_t i;

	for (i = 0; i < table_row_count; i++)
		value_clear(options, &table_rows[i]);
	engineconf_free(&options->engine_options);
}
