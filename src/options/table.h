/* table.h: the rows of the option table; for this room only. */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "options/options.h"

#define OPTIONS_OPS_ALL \
	(OP_GETCA | OP_GETNEXTCA | OP_ENROLL | OP_GETCERT | OP_GETCRL | \
	    OP_GETCAPS)

/* What a row stores, and in which type of field. */
enum option_type {
	TYPE_STRING,   /* char * */
	TYPE_NUMBER,   /* int */
	TYPE_FLAG,     /* bool */
	TYPE_LIST,     /* struct list, each value appended */
	TYPE_TOLERATE, /* unsigned int, bits of enum tolerate */
	TYPE_RENEWAL,  /* enum renewal */
	TYPE_IGNORED,  /* nothing; takes no value */
	TYPE_HELP,     /* nothing; enum options_action */
	TYPE_VERSION
};

/* What a string, or each item of a list, must be. */
enum option_check {
	CHECK_TEXT, /* all but CHECK_ANY: not empty */
	CHECK_ANY,
	CHECK_FILE,   /* is read */
	CHECK_OUTPUT, /* is written */
	CHECK_DIR,
	CHECK_KEY,  /* a file, a URI, or a name of an engine */
	CHECK_PASS, /* source of a pass phrase; never printed */
	CHECK_DIGEST,
	CHECK_CIPHER,
	CHECK_PAIR,        /* name=value */
	CHECK_PRINTABLE,   /* PrintableString, not empty */
	CHECK_FINGERPRINT, /* what pin_parse() takes */
	CHECK_CAPS         /* keywords of GetCACaps */
};

/*
 * One row per (letter, long name, operations).  A letter that means different
 * things to different operations has several rows, also into the same field.
 */
struct option_row {
	unsigned int ops;  /* bits of enum op: whose option it is */
	unsigned int idle; /* those that take it in silence, and do nothing */
	char letter;       /* 0: long name only */
	enum option_type type;
	enum option_check check;
	size_t offset;     /* into struct options */
	const char *name;  /* long name; NULL: letter only */
	const char *key;   /* configuration key; NULL: command line only */
	const char *alias; /* another spelling of key, read but not written */
	const char *arg;   /* name of the value; NULL: takes none */
	const char *what;  /* required: "missing WHAT" */
	unsigned int required; /* the operations that require it */
	const char *unless;    /* letters that, all given, make it optional */
	char needs;            /* letter of the option it is useless without */
	const char *over;      /* " name name ": inputs that it may replace */
	bool set;              /* FILE, or FILE-0, FILE-1, ... */
	int def, min;          /* of a number; without a default def < min */
	unsigned int fallback; /* the operation whose section is read last */
	const char *help;      /* one sentence, without its full stop */
	const char *more, *example; /* further sentences for the manual */
};

extern const struct option_row options_table[];
extern const size_t options_table_rows;

#define OPTIONS_ROWS_MAX 80 /* at least options_table_rows */

size_t option_index(const struct option_row *row);
/* The field of a row, as the pointer that its type asks for. */
void *option_field(struct options *options, const struct option_row *row);
const void *option_field_const(
    const struct options *options, const struct option_row *row);
/* "-k" and "--key", or only the one there is, with between in between. */
const char *option_spelling(
    char *out, size_t size, const struct option_row *row, const char *between);

/* The row of the operation, else of any other operation, else NULL. */
const struct option_row *option_by_letter(char letter, enum op op);
const struct option_row *option_by_key(const char *key, enum op op);
/* Whether text is the row's key in either spelling, case ignored. */
bool option_has_key(const struct option_row *row, const char *text);
/* Case ignored, of ASCII letters. */
bool option_same_word(const char *a, const char *b);

/*
 * The names of --tolerate in the order of their bits, ends with NULL, and as
 * one text for messages.
 */
extern const char *const option_tolerate_names[];
extern const char option_tolerate_list[];

#endif
