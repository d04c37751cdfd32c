/* text.h: texts made from rows of the table; for this room only. */
#ifndef OPTIONS_TEXT_H
#define OPTIONS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "options/table.h"

/* Words on their way to a help or manual text, wrapped to a width. */
struct option_text {
	FILE *out;
	int indent, width; /* columns */
	int column;        /* of what comes next */
	const char *start; /* put at the start of each line, "# " */
	bool mdoc;         /* escape for mdoc, and a line for each sentence */
};
void option_text_add(struct option_text *t, const char *words);
void option_text_end(struct option_text *t);
/* Help, the values allowed, the default, and whether it is built. */
void option_text_help(struct option_text *t, const struct option_row *row);
/* The default as a configuration file has it, NULL if there is none. */
const char *option_default(
    char *out, size_t size, const struct option_row *row);

/* The operations that take the row's key, by this row or another. */
unsigned int option_key_ops(const struct option_row *row);
/* Whether a row before this one has the same key. */
bool option_key_is_repeated(const struct option_row *row);

/* The best of the names offered one by one, by edit distance. */
struct option_guess {
	const char *name; /* NULL: none offered yet */
	size_t distance;
};
void option_guess_offer(
    struct option_guess *guess, const char *text, const char *name);
/* Whether the best is near enough to have been meant by text. */
bool option_guess_is_near(const struct option_guess *guess, const char *text);

#endif
