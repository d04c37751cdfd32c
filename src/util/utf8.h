/* utf8.h: characters in UTF-8 (RFC 3629), and which of them are not to be seen. */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The length of the character at p, 1 to 4 bytes, of which left can be read.
 * 0 if it is not valid: truncated, overlong, a surrogate, above U+10FFFF.
 */
size_t utf8_length(const unsigned char *p, size_t left);

/* The code point of the valid character of that length at p. */
unsigned long utf8_code(const unsigned char *p, size_t length);

/*
 * Whether what is foreign must not come to a terminal with it: a control, or
 * what a reader does not see, what changes the direction of text, or looks
 * different everywhere, as private use does.
 */
bool utf8_is_hidden(unsigned long code);

/* utf8_length(), but 0 also for a character that is hidden. */
size_t utf8_shown_length(const unsigned char *p, size_t left);

#endif
