#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "options/guess.h"
#include "options/long_name.h"
#include "util/log.h"

static enum status unknown_option(
    const char *name, size_t len, const struct operation *operation)
{
	struct guess guess = {0};
	char near[GUESS_TEXT_MAX], shown[80], text[64];
	size_t i;

	snprintf(text, sizeof(text), "%.*s", (int)len, name);
	for (i = 0; i < table_row_count; i++)
		if (table_rows[i].name != NULL &&
		    (operation == NULL || (table_rows[i].ops & operation->op)))
			guess_offer(&guess, text, table_rows[i].name);
	return fail_misuse("unknown option --%s%s",
	    log_escape(shown, sizeof(shown), text, strlen(text)),
	    guess_suggest(near, sizeof(near), &guess, text, "--", ""));
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
	char all[512] = "";
	const char *last = "";
	const struct option_row *row;
	size_t i, used = 0;

	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (match_class(row, name, len, op) != class ||
		    strcmp(row->name, last) == 0 || used + 64 > sizeof(all))
			continue;
		last = row->name;
		used += (size_t)snprintf(all + used, sizeof(all) - used,
		    "%s--%s", used > 0 ? ", " : "", last);
	}
	return fail_misuse(
	    "option --%.*s is ambiguous: %s", (int)len, name, all);
}

enum status long_name_find(const struct option_row **out, const char *name,
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
