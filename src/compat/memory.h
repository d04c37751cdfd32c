/* memory.h: memory of libcrypto's allocator, which OPENSSL_free() frees. */
#ifndef COMPAT_MEMORY_H
#define COMPAT_MEMORY_H

#include <stddef.h>

/* size bytes, all of them 0; NULL: out of memory. */
void *compat_zalloc(size_t size);

/* A copy of size bytes; NULL: out of memory. */
void *compat_memdup(const void *data, size_t size);

/*
 * Makes block larger, and overwrites the old one if it moves.  block may be NULL.
 * NULL: out of memory, and block is as it was.
 */
void *compat_clear_realloc(void *block, size_t old_size, size_t size);

/* Overwrites and frees block, which may be NULL. */
void compat_clear_free(void *block, size_t size);

#endif
