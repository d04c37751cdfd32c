/* standard.h: standard input, output and error, which a caller may close. */
#ifndef UTIL_STANDARD_H
#define UTIL_STANDARD_H

#include <stdbool.h>

/*
 * Descriptors 0 to 2 that the caller closed lead to /dev/null from here on,
 * so that no socket or file takes their place.
 */
void standard_reserve(void);

/* Whether the caller closed the descriptor: what is written to it is lost. */
bool standard_was_closed(int fd);

#endif
