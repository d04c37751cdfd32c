/* config.h: reads the keys and values of sscep.conf; this room only. */
#ifndef OPTIONS_CONFIG_H
#define OPTIONS_CONFIG_H

#include <stddef.h>

#include "options/entry.h"
#include "util/status.h"

/*
 * Reads the file at path, in either syntax or both:
 *
 *	[section]		Key Value
 *	Key = Value		"Key" "Value"
 *
 * A line whose key is followed by '=' has the new syntax, that of libcrypto's
 * NCONF (config(5)), any other the old, in which nothing is expanded, and which
 * nothing but a value in the new syntax is continued with.  An empty file has
 * no entries.  out must be all zero, and must be freed in any case.  ST_FILE
 * after reporting, with the number of the line if it is about one; out then has
 * the entries of the other lines.
 */
enum status config_read(struct config *out, const char *path);

/* As config_read(), from len bytes of text; name is for messages. */
enum status config_parse(
    struct config *out, const char *name, const void *text, size_t len);

void config_free(struct config *c);

#endif
