/* values.h: what a value of an option may be; for this room only. */
#ifndef OPTIONS_VALUES_H
#define OPTIONS_VALUES_H

#include <stdbool.h>

#include "options/table.h"
#include "util/buf.h"

enum values_kind {
	VALUES_NONE, /* the option takes no value */
	VALUES_ANY,  /* a number, a name, a URL: nothing that can be listed */
	VALUES_FILE,
	VALUES_DIR,
	VALUES_WORD, /* one of the words */
	VALUES_LIST, /* some of the words, separated by commas */
	VALUES_SOURCE /* of a pass phrase: one of the words, "file:" and a file */
};

/*
 * The kind of the values of the row, and its words, a blank before each.  A word
 * that ends with a colon is only the beginning of a value.  False: out of
 * memory.
 */
bool values_describe(
    enum values_kind *kind, struct buf *words, const struct option_row *row);

#endif
