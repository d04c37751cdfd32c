/* utf8.h: the length of a UTF-8 character (RFC 3629). */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stddef.h>

/*
 * The length of the character at p, 1 to 4 bytes, of which left can be read.
 * 0 if it is not valid: truncated, overlong, a surrogate, above U+10FFFF.
 */
size_t utf8_length(const unsigned char *p, size_t left);

#endif
