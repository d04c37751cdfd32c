/* buf.h: bytes that grow. */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/compat.h"

/*
 * Owns data; all zero is empty and valid.  data[len] is always a NUL once
 * anything was added, so text in it can be used as a string.
 */
struct buf {
	unsigned char *data;
	size_t len, size;
};

/* Each returns false when memory ran out, and leaves the buf as it was. */
bool buf_reserve(struct buf *b, size_t more);
bool buf_add(struct buf *b, const void *bytes, size_t len);
bool buf_add_string(struct buf *b, const char *text);
bool buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* The text in b, "" when empty; borrowed. */
const char *buf_string(const struct buf *b);

/* Frees what b owns, wiped first, and leaves it empty. */
void buf_free(struct buf *b);

#endif
