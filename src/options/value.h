/* value.h: values on their way into the options; for this room only. */
#ifndef OPTIONS_VALUE_H
#define OPTIONS_VALUE_H

#include <stddef.h>

#include "compat/compat.h"
#include "options/config.h"
#include "options/options.h"
#include "options/table.h"

/* Where a value came from; the lower rank wins.  0: nowhere yet. */
enum option_rank {
	RANK_UNSET,
	RANK_ARGV,
	RANK_OWN,    /* the operation's own section */
	RANK_COMMON, /* [sscep] */
	RANK_FALLBACK
};

/* For messages: an option as it was given, or a key with file and line. */
struct option_source {
	const char *name; /* "-k", "--key", "PrivateKeyFile" */
	const char *file; /* NULL: command line */
	size_t line;
	enum option_rank rank;
};

/* The options on their way, and what has been given of them. */
struct option_state {
	struct options *options;
	const struct operation *operation;
	enum option_rank given[OPTIONS_ROWS_MAX];
};

/*
 * The one way a value, NULL for an option without one, reaches the options.
 * Reports what is wrong with it: ST_ERROR from the command line, ST_FILE from
 * a file.
 */
enum status option_set(struct option_state *state, const struct option_row *row,
    const char *text, const struct option_source *source);
void option_set_defaults(struct options *options);
/* Wipes and frees the value of the row. */
void option_clear(struct options *options, const struct option_row *row);
/* Reports a misuse of the command line on one line, with a hint. */
enum status option_misuse(const char *format, ...) PRINTF_LIKE(1, 2);

/* Sets from the file what has not been given yet, warns of odd keys. */
enum status option_read_file(struct option_state *state, const char *path);

/* Whether section is [sscep_engine] or [sscep_engine_...]. */
bool option_is_engine_section(const char *section);

/*
 * What the file at path says of the engine that was chosen; then, without a
 * file, or where it says nothing, its id alone.
 */
enum status option_read_engine(
    struct options *options, const struct config *config, const char *path);
/* The section of the engine; NULL when none is about it. */
const char *option_find_engine(const struct config *config, const char *engine);
enum status option_set_engine(struct options *options);
void option_free_engine(struct engine_options *engine);

/* What options_print_effective() prints, a line at a time, to verbose(). */
enum status option_log_effective(const struct options *options);

#endif
