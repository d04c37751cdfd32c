/* utf8.h: UTF-8 (RFC 3629), a character at a time. */
#ifndef UTIL_UTF8_H
#define UTIL_UTF8_H

#include <stddef.h>

/*
 * How many of the left bytes at p make the first character, 1 to 4; 0 when
 * they make none: cut short, overlong, a surrogate, beyond U+10FFFF.
 */
size_t utf8_length(const unsigned char *p, size_t left);

#endif
