#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/apply.h"
#include "options/engineconf.h"
#include "options/hide.h"
#include "options/long_name.h"
#include "options/operation.h"
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

	if ((st = long_name_find(&row, text, len, state->operation)) != ST_OK)
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

/* An argument that is no option is ignored, as in sscep 0.10. */
static void warn_of_extra(const char *arg)
{
	char shown[80];

	log_escape(shown, sizeof(shown), arg, strlen(arg));
	warn(WARN_EXTRA_ARGUMENT,
	    "argument %s is ignored: it is neither an option nor the value of "
	    "one",
	    *arg != '\0' ? shown : "\"\"");
}

static enum status parse_arguments(struct option_state *state,
    struct arguments *args, enum options_action *action)
{
	bool ended = false;
	enum status st = ST_OK;
	char *arg;

	while (
	    st == ST_OK && *action == OPTIONS_RUN && args->next < args->argc) {
		arg = args->argv[args->next++];
		if (ended || arg[0] != '-' || arg[1] == '\0')
			warn_of_extra(arg);
		else if (strcmp(arg, "--") == 0)
			ended = true;
		else if (arg[1] == '-')
			st = take_long(state, args, arg + 2, action);
		else
			st = take_letters(state, args, arg + 1, action);
	}
	return st;
}

/* Whether arg is --json, or an abbreviation of it. */
static bool is_json(const struct option_state *state, const char *arg)
{
	const struct option_row *row;

	return strncmp(arg, "--", 2) == 0 &&
	    long_name_find(&row, arg + 2, strcspn(arg + 2, "="),
		state->operation) == ST_OK &&
	    table_field_const(state->options, row) == &state->options->json;
}

/*
 * Misuse is reported in JSON, too, if that is asked for in a part of the
 * arguments, or of the file, that has not been taken.
 */
static void find_json(const struct option_state *state, int argc, char **argv)
{
	struct options *options = state->options;
	struct log_capture unheard;
	int i;

	log_capture_begin(&unheard);
	for (i = 1; i < argc && !options->json; i++)
		options->json = is_json(state, argv[i]);
	if (!options->json && options->config != NULL)
		options->json =
		    apply_find_json(state->operation->op, options->config);
	log_capture_end(&unheard);
}

/*
 * Takes the arguments, and then the file.  Hides secrets in argv only after all
 * values have been copied, as arguments may share memory.
 */
static enum status read_sources(struct option_state *state,
    struct arguments *args, enum options_action *action)
{
	const struct options *options = state->options;
	enum status st;
	size_t i;

	args->values = calloc((size_t)args->argc, sizeof(*args->values));
	if (args->values == NULL)
		return fail_memory();
	st = parse_arguments(state, args, action);
	for (i = 0; i < args->count; i++)
		hide_secret(args->values[i].row, args->values[i].text);
	free(args->values);
	if (st == ST_OK && *action == OPTIONS_RUN && options->config != NULL)
		st = apply_file(state, options->config);
	return st;
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

static enum status parse_all(struct option_state *state,
    enum options_action *action, struct arguments *args)
{
	enum status st;

	st = read_sources(state, args, action);
	if (st != ST_OK || *action != OPTIONS_RUN)
		return st;
	st = engineconf_set_default(state->options);
	return st == ST_OK ? check_complete(state) : st;
}

enum status parse_options(
    struct options *options, enum options_action *action, int argc, char **argv)
{
	struct option_state state = {.options = options};
	struct arguments args = {.argv = argv, .argc = argc, .next = 2};
	enum status st;

	if (argc < 2) {
		*action = OPTIONS_HELP_ALL;
		return ST_OK;
	}
	st = operation_parse(&options->operation, action, argc, argv);
	state.operation = options->operation;
	if (st == ST_OK && *action == OPTIONS_RUN)
		st = parse_all(&state, action, &args);
	if (st != ST_OK && !options->json)
		find_json(&state, argc, argv);
	return st;
}
