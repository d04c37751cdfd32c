/* value_check.h: whether a text is a value of an option; this room only. */
#ifndef OPTIONS_VALUE_CHECK_H
#define OPTIONS_VALUE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/compat.h"
#include "options/table.h"
#include "util/buf.h"
#include "util/status.h"

/* Where a value came from; of those after UNSET a lower rank overrides. */
enum option_rank {
	RANK_UNSET, /* no value yet */
	RANK_ARGV,  /* the command line */
	RANK_OWN,   /* the operation's own section */
	RANK_BASE,  /* the section of operation->base; those of its bases */
	RANK_LAST_BASE = RANK_BASE + OPS_BASES_MAX - 1,
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

/*
 * Reports what is wrong with the value from that source: ST_ERROR from the
 * command line, ST_FILE from a file.
 */
enum status value_check_refuse(const struct option_source *source,
    const char *format, ...) PRINTF_LIKE(2, 3);

/* The same for a word, of len bytes, that is not in the list of what. */
enum status value_check_refuse_word(const struct option_source *source,
    const char *what, const char *text, size_t len, const char *list);

/* Whether control characters make sense in the value: in no path and no URL. */
bool value_check_takes_control(const struct option_row *row, const char *text);

/* Checks a text as row->check says; returns what value_check_refuse() does. */
enum status value_check_string(const struct option_row *row, const char *text,
    const struct option_source *source);

/* Adds the keywords that a list of capabilities may have: "AES, DES3, ...". */
bool value_check_add_capabilities(struct buf *out);

/* Replaces the name of an algorithm by that of algs.h; likewise. */
enum status value_check_algorithm(const struct option_row *row,
    const char **text, const struct option_source *source);

#endif
