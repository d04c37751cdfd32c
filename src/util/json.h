/* json.h: strings and members of JSON objects (RFC 8259). */
#ifndef UTIL_JSON_H
#define UTIL_JSON_H

#include <stdbool.h>

#include "util/buf.h"

/* Adds text as a JSON string; bytes that are not UTF-8 become U+FFFD. */
bool json_add_string(struct buf *out, const char *text);

/* Adds "name":"text", with a comma before it unless out is empty. */
bool json_add_member(struct buf *out, const char *name, const char *text);

#endif
