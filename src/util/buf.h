/* buf.h: a growing buffer of bytes. */
#ifndef UTIL_BUF_H
#define UTIL_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/compat.h"

/*
 * Owns data; all zero is empty.  Once something has been added, data[len] is a
 * NUL, so that text in it can be used as a string.
 */
struct buf {
	unsigned char *data;
	size_t len, size;
};

/* False when out of memory; the buf is then unchanged. */
bool buf_reserve(struct buf *b, size_t more);
bool buf_add(struct buf *b, const void *bytes, size_t len);
bool buf_add_string(struct buf *b, const char *text);
bool buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds the bytes in hex, "1D3C", with the separator between them. */
bool buf_add_hex(
    struct buf *b, const void *bytes, size_t len, const char *separator);

/* The text in b, "" when empty; borrowed. */
const char *buf_string(const struct buf *b);

/* Wipes and frees the bytes; b is empty then. */
void buf_free(struct buf *b);

#endif
