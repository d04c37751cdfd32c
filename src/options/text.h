/* text.h: texts made from rows of the table; for this room only. */
#ifndef OPTIONS_TEXT_H
#define OPTIONS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "options/table.h"

/* Words that are printed as lines, wrapped to a width. */
struct text {
	FILE *out;
	int indent, width; /* columns */
	int column;        /* of the next word */
	const char *start; /* printed at the start of each line, "# " */
	bool mdoc;         /* escape for mdoc, one line a sentence */
};
void text_add(struct text *t, const char *words);
void text_end(struct text *t);

/* The help of the row, the allowed values and the default. */
void text_add_help(struct text *t, const struct option_row *row);

/* The default as written in a configuration file; NULL: there is none. */
const char *text_default(char *out, size_t size, const struct option_row *row);

#endif
