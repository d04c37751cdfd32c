/* json.h: text in JSON (RFC 8259). */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <stdbool.h>

#include "util/buf.h"

/*
 * Adds "text" with its quotes and escapes; bytes that are not UTF-8 become
 * U+FFFD.
 */
bool json_add_string(struct buf *out, const char *text);

/* Adds "name":"text", after a comma unless out is empty. */
bool json_add_member(struct buf *out, const char *name, const char *text);

#endif
