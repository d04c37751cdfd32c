/* config.h: sscep.conf, read into keys and values; knows no option. */
#ifndef SSCEP_CONFIG_H
#define SSCEP_CONFIG_H

#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* Bytes of one line; what is longer is not a configuration file. */
#define CONFIG_LINE_MAX 16384

/* The section of what stands before the first header. */
#define CONFIG_SECTION_COMMON "sscep"

/*
 * One line that says something, in the order of the file.  A section header
 * has a NULL key and value.  Borrows from the struct config.
 */
struct config_entry {
	const char *section;
	const char *key;
	const char *value; /* without its quotes; may be empty */
	size_t line;       /* from 1 */
};

/* All zero is empty.  config_free() wipes the text, which may hold secrets. */
struct config {
	struct config_entry *entries;
	size_t count;
	size_t size;     /* room in entries */
	struct buf text; /* what the entries point into */
};

/*
 * Reads the file at path, in either syntax or both:
 *
 *	[section]		Key Value
 *	Key = Value		"Key" "Value"
 *
 * A line whose key is followed by '=' is of the new syntax, else of the old.
 * out must be all zero; it is to be freed whatever is returned.  ST_FILE
 * after reporting, with the number of the line where there is one.
 */
enum status config_read(struct config *out, const char *path);

/* As config_read(), from len bytes of text; name stands in the messages. */
enum status config_parse(
    struct config *out, const char *name, const void *text, size_t len);

void config_free(struct config *c);

#endif
