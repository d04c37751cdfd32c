/* problem.h: what is wrong with a text that a user wrote, for messages. */
#ifndef PKI_PROBLEM_H
#define PKI_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/compat.h"

/* Bytes of a problem, with the NUL. */
#define PROBLEM_SIZE 256

struct problem {
	char text[PROBLEM_SIZE];
};

/* Describes the problem; returns false. */
bool problem_set(struct problem *problem, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* The reason in libcrypto's error queue, or that there is no memory; false. */
bool problem_set_crypto(struct problem *problem, const char *what);

/*
 * The number of characters of len bytes of UTF-8 (RFC 3629) without those that
 * are not seen or mislead: control characters, separators of lines, changes of
 * the direction, byte order marks.  -1 after describing which one is where, as
 * the problem of what.
 */
int problem_count_characters(
    struct problem *problem, const char *what, const void *text, size_t len);

#endif
