/* table.h: the rows of the option table; for this room only. */
#ifndef OPTIONS_TABLE_H
#define OPTIONS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "options/check.h"
#include "options/options.h"

#define TABLE_OPS_ALL ((unsigned int)OPS_ALL)

/* The type of the field in struct options that a row sets. */
enum option_type {
	TYPE_STRING,   /* char * */
	TYPE_NUMBER,   /* int */
	TYPE_FLAG,     /* bool */
	TYPE_LIST,     /* struct list, each value appended */
	TYPE_TOLERATE, /* unsigned int, bits of enum tolerate */
	TYPE_RENEWAL,  /* enum renewal */
	TYPE_NO_WARN,  /* bool for each warning */
	TYPE_IGNORED,  /* nothing; takes no value */
	TYPE_ACTION    /* nothing; asks for row->action */
};

/*
 * One option.  A letter whose meaning depends on the operation has a row for
 * each meaning; they may set the same field.
 */
struct option_row {
	unsigned int ops;  /* bits of enum op: the operations that use it */
	unsigned int idle; /* those that ignore it without a warning */
	char letter;       /* 0: long name only */
	enum option_type type;
	enum option_check check;
	enum options_action action;
	size_t offset;     /* into struct options */
	const char *name;  /* long name; NULL: letter only */
	const char *key;   /* configuration key; NULL: command line only */
	const char *alias; /* another spelling of key, read but not written */
	const char *arg;   /* name of the value; NULL: takes none */
	const char *what;  /* required: "missing WHAT" */
	unsigned int required; /* the operations that require it */
	const char *unless;    /* letters: not required if all are given */
	const char *instead;   /* " name name ": nor if one of these is */
	const char *hint;      /* ", or ...": ends the message; may be NULL */
	char needs;            /* letter of the option that must be given too */
	char serves;           /* that of one without which it has no effect */
	const char *over;      /* " name name ": inputs it may replace */
	bool set;              /* names FILE, or FILE-0, FILE-1, ... */
	bool guards;           /* without it a check is lost: not empty */
	bool common;           /* --help has it with its help, in one line */
	int def, min;          /* of a number; def < min: no default */
	unsigned int fallback; /* an operation whose section is read, too */
	bool alone;            /* not in the sections of operation->base */
	const char *help;      /* one sentence without its full stop */
	const char *more, *example; /* further sentences for the manual */
};

extern const struct option_row table_rows[];
extern const size_t table_row_count;

#define TABLE_ROWS_MAX 120 /* at least table_row_count */

size_t table_index(const struct option_row *row);
/* A pointer to the field of the row, of the type that row->type says. */
void *table_field(struct options *options, const struct option_row *row);
const void *table_field_const(
    const struct options *options, const struct option_row *row);
/* "-k" and "--key" separated by between, or the one that the row has. */
#define SPELLING_MAX 64
const char *table_spelling(
    char *out, size_t size, const struct option_row *row, const char *between);

/*
 * The row of this operation, else one of another operation, else NULL.  -? is
 * -h.
 */
const struct option_row *table_find_letter(char letter, enum op op);
const struct option_row *table_find_key(const char *key, enum op op);
/* Whether text is the row's key or its alias, case ignored. */
bool table_has_key(const struct option_row *row, const char *text);

/* Whether row is in a list " name name ", which may be NULL. */
bool table_names(const char *list, const struct option_row *row);

/* The operations that texts name with the row: not those that borrow it. */
unsigned int table_named_ops(const struct option_row *row);
/* The operations that take the row's key, by this row or another. */
unsigned int table_key_ops(const struct option_row *row);
/* Whether a row before this one has the same key. */
bool table_key_is_repeated(const struct option_row *row);

#endif
