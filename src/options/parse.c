#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/apply.h"
#include "options/borrow.h"
#include "options/demand.h"
#include "options/dump.h"
#include "options/engineconf.h"
#include "options/hide.h"
#include "options/long_name.h"
#include "options/made.h"
#include "options/operation.h"
#include "options/parse.h"
#include "options/renewing.h"
#include "options/table.h"
#include "options/value.h"
#include "util/log.h"
#include "util/special.h"

/* The value, in argv, of an option. */
struct argument_value {
	const struct option_row *row;
	char *text;
};

struct arguments {
	char **argv;
	int argc, next;                /* index of the next argument */
	bool ended;                    /* by -- */
	enum status status;            /* of the first error */
	struct argument_value *values; /* room for argc of them */
	size_t count;
};

/* All, if the operation is wrong: arguments are read on for --json. */
static enum op op_of(const struct option_state *state)
{
	return state->operation != NULL ? state->operation->op : TABLE_OPS_ALL;
}

/*
 * Handles one option; value is NULL if it takes none.  An option of another
 * operation has no effect, as in sscep 0.10, and none has after an error.
 */
static enum status take_option(struct option_state *state,
    struct arguments *args, const struct option_row *row, const char *spelling,
    char *value, enum options_action *action)
{
	struct option_source source = {.name = spelling, .rank = RANK_ARGV};

	if (value != NULL)
		args->values[args->count++] =
		    (struct argument_value){row, value};

	if (args->status != ST_OK)
		return ST_OK;
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

/*
 * --name, --name=value, --name value; text is what follows the dashes.  --json
 * counts wherever it stands, as misuse is reported in JSON, too.
 */
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
	if (table_field(state->options, row) == &state->options->json)
		state->options->json = true;
	snprintf(spelling, sizeof(spelling), "--%s", row->name);
	if (row->arg == NULL && value != NULL)
		return fail_misuse("option %s takes no value", spelling);
	if (row->arg != NULL && value == NULL &&
	    (value = next_value(args, row, spelling)) == NULL)
		return ST_ERROR;
	return take_option(state, args, row, spelling, value, action);
}

/*
 * One dash before a long name that takes a value, as other programs have it:
 * -passin pass:X.  As letters it would mean something else (-p assin), and send
 * a secret astray.  Only a whole name, or one before "=", is refused: -kkey.pem
 * is -k key.pem.  Names without a value are letters, as in sscep 0.10: -debug is
 * -d -e bug.
 */
static enum status check_dashes(const char *text)
{
	size_t i, len = strcspn(text, "=");
	const struct option_row *row;

	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (row->name != NULL && row->arg != NULL &&
		    strlen(row->name) == len &&
		    strncmp(row->name, text, len) == 0)
			return fail_misuse(
			    "unknown option -%s (did you mean --%s?)",
			    row->name, row->name);
	}
	return ST_OK;
}

/* -k file, -kfile, -vd; text is what follows the dash. */
static enum status take_letters(struct option_state *state,
    struct arguments *args, char *text, enum options_action *action)
{
	const struct option_row *row;
	char spelling[8], shown[8];
	char *value;
	enum status st;

	if ((st = check_dashes(text)) != ST_OK)
		return st;
	for (; *text != '\0'; text++) {
		row = table_find_letter(*text, op_of(state));
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
static void take_extra(struct arguments *args, char *arg)
{
	const char *secret = hide_find_secret(arg);
	char shown[80];

	if (secret != NULL)
		args->values[args->count++] =
		    (struct argument_value){NULL, arg};
	if (args->status != ST_OK)
		return;
	log_escape(shown, sizeof(shown), arg, strlen(arg));
	if (secret != NULL)
		warn(WARN_EXTRA_ARGUMENT,
		    "an argument that looks like %s is ignored: it is not the "
		    "value of an option",
		    secret);
	else
		warn(WARN_EXTRA_ARGUMENT,
		    "argument %s is ignored: it is neither an option nor the "
		    "value of one",
		    *arg != '\0' ? shown : "\"\"");
}

static enum status take_argument(struct option_state *state,
    struct arguments *args, enum options_action *action)
{
	char *arg = args->argv[args->next++];

	if (args->ended || arg[0] != '-' || arg[1] == '\0')
		take_extra(args, arg);
	else if (strcmp(arg, "--") == 0)
		args->ended = true;
	else if (arg[1] == '-')
		return take_long(state, args, arg + 2, action);
	else
		return take_letters(state, args, arg + 1, action);
	return ST_OK;
}

/* After an error the rest is only read for --json, and for secrets. */
static void take_arguments(struct option_state *state, struct arguments *args,
    enum options_action *action)
{
	struct log_capture unheard;

	while (args->status == ST_OK && *action == OPTIONS_RUN &&
	    args->next < args->argc)
		args->status = take_argument(state, args, action);
	if (args->status == ST_OK)
		return;
	log_capture_begin(&unheard);
	while (args->next < args->argc)
		take_argument(state, args, action);
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
	size_t i;

	args->values = calloc((size_t)args->argc, sizeof(*args->values));
	if (args->values == NULL)
		return fail_memory();
	if (state->operation == NULL && hide_find_secret(args->argv[1]) != NULL)
		args->values[args->count++] =
		    (struct argument_value){NULL, args->argv[1]};
	take_arguments(state, args, action);
	for (i = 0; i < args->count; i++)
		hide_secret(args->values[i].row, args->values[i].text);
	free(args->values);
	if (options->config == NULL)
		return args->status;
	special_set_limit(options->timeout);
	if (args->status != ST_OK)
		apply_json(state, options->config);
	else if (*action == OPTIONS_RUN)
		return apply_file(state, options->config);
	return args->status;
}

static void warn_of_idle(
    const struct option_state *state, const struct option_row *row)
{
	if (state->given[table_index(row)] == RANK_ARGV && row->serves != 0 &&
	    !demand_is_given(state->options, row->serves))
		warn(WARN_NO_EFFECT, "option --%s has no effect without -%c",
		    row->name, row->serves);
}

/* Checks that need all sources to have been read. */
static enum status check_complete(const struct option_state *state)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	for (row = table_rows; row < end; row++) {
		if (!(row->ops & state->operation->op))
			continue;
		warn_of_idle(state, row);
		if (row->type == TYPE_IGNORED &&
		    state->given[table_index(row)] != RANK_UNSET)
			verbose("option -%c is ignored", row->letter);
	}
	return state->options->faults.len == 0 ? demand_check(state->options)
					       : ST_OK;
}

static enum status parse_all(struct option_state *state,
    enum options_action *action, struct arguments *args)
{
	enum status st;

	st = read_sources(state, args, action);
	if (st != ST_OK || *action != OPTIONS_RUN)
		return st;
	borrow_find_operation(state);
	made_overrule_file(state);
	renewing_note_sources(state);
	if ((st = engineconf_set_default(state->options)) != ST_OK)
		return st;
	if (!state->options->dump_config)
		return check_complete(state);
	*action = OPTIONS_DUMP_CONFIG;
	return dump_to_text(state);
}

enum status parse_options(struct option_state *state,
    enum options_action *action, int argc, char **argv)
{
	struct options *options = state->options;
	struct arguments args = {.argv = argv, .argc = argc, .next = 2};

	if (argc < 2) {
		*action = OPTIONS_HELP_ALL;
		return ST_OK;
	}
	args.status = operation_parse(&options->operation, action, argc, argv);
	if (args.status == ST_OK && *action != OPTIONS_RUN)
		return ST_OK;
	state->operation = options->operation;
	value_set_defaults(options, op_of(state));
	if (argv[1][0] == '-')
		args.next = 1;
	return parse_all(state, action, &args);
}
