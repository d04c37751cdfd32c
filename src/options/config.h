/* config.h: reads the keys and values of sscep.conf; this room only. */
#ifndef OPTIONS_CONFIG_H
#define OPTIONS_CONFIG_H

#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* The most bytes of a line. */
#define CONFIG_LINE_MAX 16384

/* The section of keys that stand before the first header. */
#define CONFIG_SECTION_COMMON "sscep"

/*
 * One line of the file that is neither blank nor a comment.  Of a section
 * header key and value are NULL.  Borrows from the struct config.
 */
struct config_entry {
	const char *section;
	const char *key;
	const char *value; /* without its quotes; may be empty */
	size_t line;       /* from 1 */
};

/* In the order of the file.  config_free() wipes the text. */
struct config {
	struct config_entry *entries;
	size_t count;
	size_t size;     /* room in entries */
	struct buf text; /* the entries point into it */
};

/*
 * Reads the file at path, in either syntax or both:
 *
 *	[section]		Key Value
 *	Key = Value		"Key" "Value"
 *
 * A line whose key is followed by '=' has the new syntax, any other the old.
 * out must be all zero, and must be freed in any case.  ST_FILE after
 * reporting, with the number of the line if it is about one; out then has the
 * entries of the other lines.
 */
enum status config_read(struct config *out, const char *path);

/* As config_read(), from len bytes of text; name is for messages. */
enum status config_parse(
    struct config *out, const char *name, const void *text, size_t len);

void config_free(struct config *c);

#endif
