/* json.h: strings and members of JSON objects (RFC 8259). */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <stdbool.h>

#include "util/buf.h"

#define JSON_ESCAPE_SIZE 13 /* bytes: two escapes of 6, and a NUL */

/*
 * Writes the escape of a character: \uNNNN, above U+FFFF those of its two
 * surrogates (RFC 8259, 7).
 */
void json_escape(char out[JSON_ESCAPE_SIZE], unsigned long code);

/* Adds text as a JSON string; bytes that are not UTF-8 become U+FFFD. */
bool json_add_string(struct buf *out, const char *text);

/* Adds "name":"text", with a comma before it unless out is empty. */
bool json_add_member(struct buf *out, const char *name, const char *text);

#endif
