/* value.h: checks values and stores them in struct options; this room only. */
#ifndef OPTIONS_VALUE_H
#define OPTIONS_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "options/options.h"
#include "options/table.h"
#include "options/value_check.h"

/* The options while they are parsed. */
struct option_state {
	struct options *options;
	const struct operation *operation;
	enum option_rank given[TABLE_ROWS_MAX]; /* by table_index() */
};

/*
 * Checks a value, and stores it in the field of the row; text is NULL for an
 * option that takes no value.  Reports what is wrong with it: ST_ERROR from
 * the command line, ST_FILE from a file.
 */
enum status value_set(struct option_state *state, const struct option_row *row,
    const char *text, const struct option_source *source);
/* yes or no, in any spelling; false if text is neither. */
bool value_parse_flag(bool *out, const char *text);

void value_set_defaults(struct options *options, enum op op);

/* Wipes and frees the value of the row. */
void value_clear(struct options *options, const struct option_row *row);

#endif
