/* entry.h: the keys and values of sscep.conf as they were read; this room only. */
#ifndef OPTIONS_ENTRY_H
#define OPTIONS_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

/* The most bytes of a line, with the lines that continue it. */
#define CONFIG_LINE_MAX 16384
/* The most bytes of the name of a key or section. */
#define CONFIG_NAME_MAX 256
/* The most keys and section headers of a file. */
#define CONFIG_ENTRIES_MAX 10000

/* The most variables that values of a file may name. */
#define CONFIG_VARIABLES_MAX 1000

/* The section of all operations, and that of keys before the first header. */
#define CONFIG_SECTION_COMMON  "sscep"
#define CONFIG_SECTION_DEFAULT "default"

/*
 * One line of the file that is neither blank nor a comment.  Of a section
 * header key and value are NULL.  Section and key borrow from the struct
 * config.
 */
struct config_entry {
	const char *section;
	const char *key;
	char *value;     /* owned; without its quotes, expanded; may be empty */
	size_t line;     /* from 1; the first one of those that are joined */
	char escape;     /* 'n' if \n made a control character of value; or 0 */
	bool variable;   /* the value of another key names it */
	bool absent;     /* new syntax, and nothing follows the '=' */
	bool secret;     /* value is one, or a part of one */
	char dropped;    /* 's' if \s has lost its backslash in value; or 0 */
	const char *cut; /* "#..." directly behind value, borrowed; or NULL */
};

/* The value of the entry user names the entry used, which is above it. */
struct config_use {
	unsigned short user, used;
};

/* In the order of the file.  config_free() wipes the text and the values. */
struct config {
	struct config_entry *entries;
	size_t count;
	size_t size;      /* room in entries */
	size_t variables; /* how often values name one */
	struct config_use uses[CONFIG_VARIABLES_MAX]; /* of other keys */
	size_t used;
	const char *section; /* of the next key, while the file is read */
	struct buf text;     /* the entries point into it */
};

#endif
