#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "compat/compat.h"
#include "compat/files.h"
#include "keys/key_name.h"
#include "options/hide.h"
#include "options/names.h"
#include "options/nowarn.h"
#include "options/table.h"
#include "options/value.h"
#include "util/ascii.h"
#include "util/log.h"

static void unify_path(const struct option_row *row, char *text)
{
	if (row->check == CHECK_FILE || row->check == CHECK_OUTPUT ||
	    row->check == CHECK_DIR ||
	    (row->check == CHECK_KEY && !key_name_is_uri(text)))
		compat_unify_path(text);
}

static enum status set_string(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	char **field = table_field(state->options, row);
	enum status st;
	char *copy;

	if ((st = value_check_string(row, text, source)) != ST_OK)
		return st;
	if ((row->check == CHECK_DIGEST || row->check == CHECK_CIPHER) &&
	    (st = value_check_algorithm(row, &text, source)) != ST_OK)
		return st;
	if ((copy = strdup(text)) == NULL)
		return fail_memory();
	unify_path(row, copy);
	value_clear(state->options, row);
	*field = copy;
	return ST_OK;
}

static enum status add_to_list(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	struct list *list = table_field(state->options, row);
	enum status st;
	char **grown;

	if ((st = value_check_string(row, text, source)) != ST_OK)
		return st;
	grown = realloc(list->items, (list->count + 1) * sizeof(*grown));
	if (grown == NULL)
		return fail_memory();
	list->items = grown;
	if ((list->items[list->count] = strdup(text)) == NULL)
		return fail_memory();
	list->count++;
	return ST_OK;
}

static bool parse_number(int *out, const char *text, int min)
{
	int n = 0, digit;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		digit = *text - '0';
		if (n > (INT_MAX - digit) / 10)
			return false;
		n = 10 * n + digit;
	}
	*out = n;
	return n >= min;
}

static enum status set_number(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	char shown[80];
	int n;

	if (!parse_number(&n, text, row->min))
		return value_check_refuse(source,
		    "%s is not a number from %d to %d",
		    quote_value(shown, sizeof(shown), text), row->min, INT_MAX);
	*(int *)table_field(state->options, row) = n;
	return ST_OK;
}

bool value_parse_flag(bool *out, const char *text)
{
	static const char *const words[] = {
	    "no", "yes", "false", "true", "off", "on", "0", "1"};
	size_t i;

	for (i = 0; i < COUNT_OF(words); i++) {
		if (ascii_is_same_word(words[i], text)) {
			*out = i % 2 == 1;
			return true;
		}
	}
	return false;
}

/* On the command line there is no text: yes. */
static enum status set_flag(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	bool *field = table_field(state->options, row);
	char shown[80];

	if (!value_parse_flag(field, text != NULL ? text : "yes"))
		return value_check_refuse(source, "%s is neither yes nor no",
		    quote_value(shown, sizeof(shown), text));
	return ST_OK;
}

/* Adds the checks that text names to those of earlier options. */
static enum status set_tolerate(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	unsigned int *field = table_field(state->options, row);
	const struct option_name *found;
	size_t len;

	for (;;) {
		text += strspn(text, " \t");
		len = strcspn(text, ", \t");
		if ((found = names_find(names_tolerate, text, len)) == NULL)
			return value_check_refuse_word(
			    source, "check", text, len, names_tolerate_list);
		*field |= found->value;

		text += len;
		text += strspn(text, " \t");
		if (*text == '\0')
			return ST_OK;
		if (*text == ',')
			text++;
	}
}

static enum status set_renewal(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	enum renewal *field = table_field(state->options, row);
	const struct option_name *found;

	found = names_find(names_renewal, text, strlen(text));
	if (found == NULL)
		return value_check_refuse_word(source, "messageType", text,
		    strlen(text), names_renewal_list);
	*field = (enum renewal)found->value;
	return ST_OK;
}

/* Adds the warnings that text names to those of earlier options. */
static enum status set_no_warn(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	char where[512];
	enum status st;

	if ((st = value_check_string(row, text, source)) != ST_OK)
		return st;
	if (source->file == NULL)
		snprintf(where, sizeof(where), "option %s", source->name);
	else
		snprintf(where, sizeof(where), "%s:%zu: %s", source->file,
		    source->line, source->name);
	nowarn_add(table_field(state->options, row), text, where);
	return ST_OK;
}

static enum status store_value(struct option_state *state,
    const struct option_row *row, const char *text,
    const struct option_source *source)
{
	switch (row->type) {
	case TYPE_STRING:
		return set_string(state, row, text, source);
	case TYPE_NUMBER:
		return set_number(state, row, text, source);
	case TYPE_FLAG:
		return set_flag(state, row, text, source);
	case TYPE_LIST:
		return add_to_list(state, row, text, source);
	case TYPE_TOLERATE:
		return set_tolerate(state, row, text, source);
	case TYPE_RENEWAL:
		return set_renewal(state, row, text, source);
	case TYPE_NO_WARN:
		return set_no_warn(state, row, text, source);
	case TYPE_IGNORED:
	case TYPE_ACTION:
		break;
	}
	return ST_OK;
}

enum status value_set(struct option_state *state, const struct option_row *row,
    const char *text, const struct option_source *source)
{
	struct options *o = state->options;
	char shown[KEY_NAME_MAX];
	enum status st;

	if (text != NULL && *text == '\0' && row->check != CHECK_ANY)
		return value_check_refuse(source, "the value is empty");
	if (text != NULL && hide_is_misplaced_pin(row, text))
		return value_check_refuse(source,
		    "%s is the URI of a key, which had a PIN; only -k, -K and "
		    "--tls-key take URIs (RFC 7512)",
		    key_name_shown(shown, text));
	if ((st = store_value(state, row, text, source)) != ST_OK)
		return st;
	state->given[table_index(row)] = source->rank;

	if (o->verbose || o->debug)
		log_set_level(o->debug ? LOG_DEBUG : LOG_VERBOSE);
	if (o->quiet || o->json)
		log_set_quiet(true);
	return ST_OK;
}

void value_set_defaults(struct options *options, enum op op)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (row->type == TYPE_NUMBER && (row->ops & op))
			*(int *)table_field(options, row) = row->def;
	}
}

/* Wipes the string, which may be a pass phrase or contain a PIN. */
static void free_string(char **string)
{
	if (*string != NULL)
		OPENSSL_cleanse(*string, strlen(*string));
	free(*string);
	*string = NULL;
}

void value_clear(struct options *options, const struct option_row *row)
{
	struct list *list;
	size_t i;

	if (row->type == TYPE_STRING) {
		free_string(table_field(options, row));
	} else if (row->type == TYPE_LIST) {
		list = table_field(options, row);
		for (i = 0; i < list->count; i++)
			free_string(&list->items[i]);
		free(list->items);
		list->items = NULL;
		list->count = 0;
	}
}
