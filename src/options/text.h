/* text.h: texts made from rows of the table; for this room only. */
#ifndef OPTIONS_TEXT_H
#define OPTIONS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "options/table.h"

#define TEXT_WIDTH 79 /* of what is printed for a terminal */

/* Words that are printed as lines, wrapped to a width. */
struct text {
	FILE *out;
	int indent, width; /* columns */
	int column;        /* of the next word */
	const char *start; /* printed at the start of each line, "# " */
	const char *wrap;  /* printed at the end of a wrapped line, " \\" */
	bool mdoc;         /* escape for mdoc, one line a sentence */
};
void text_add(struct text *t, const char *words);
/* Adds words that stay on one line. */
void text_add_whole(struct text *t, const char *words);
void text_end(struct text *t);

/* The words that a value may be, "a|b", or has, "a,b"; NULL: it is no word. */
const char *text_allowed_values(const struct option_row *row);

/* The help of the row, the allowed values and the default. */
void text_add_help(struct text *t, const struct option_row *row);
/* The same without the allowed values. */
void text_add_brief(struct text *t, const struct option_row *row);

/* The default as written in a configuration file; NULL: there is none. */
const char *text_default(char *out, size_t size, const struct option_row *row);

#endif
