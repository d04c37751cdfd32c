/* value.h: checks values and stores them in struct options; this room only. */
#ifndef OPTIONS_VALUE_H
#define OPTIONS_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "options/options.h"
#include "options/table.h"

/* Where a value came from; of those after UNSET a lower rank overrides. */
enum option_rank {
	RANK_UNSET,   /* no value yet */
	RANK_ARGV,    /* the command line */
	RANK_OWN,     /* the operation's own section */
	RANK_COMMON,  /* [sscep] */
	RANK_DEFAULT, /* [default], or no section */
	RANK_FALLBACK /* the section of row->fallback */
};

/* The source of a value: an option, or a key with its file and line. */
struct option_source {
	const char *name; /* "-k", "--key", "PrivateKeyFile" */
	const char *file; /* NULL: command line */
	size_t line;
	char escape; /* 'n' if \n made a control character of the value; or 0 */
	const char *cut; /* what a # has cut off the value; or NULL */
	enum option_rank rank;
};

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
/* Whether control characters make sense in the value: in no path and no URL. */
bool value_takes_control(const struct option_row *row, const char *text);
/* yes or no, in any spelling; false if text is neither. */
bool value_parse_flag(bool *out, const char *text);

void value_set_defaults(struct options *options);

/* Wipes and frees the value of the row. */
void value_clear(struct options *options, const struct option_row *row);

#endif
