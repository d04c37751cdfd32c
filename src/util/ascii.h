/* ascii.h: ASCII characters, whatever the locale, and percent-encoding. */
#ifndef UTIL_ASCII_H
#define UTIL_ASCII_H

#include <stdbool.h>
#include <stddef.h>

#define ASCII_HEX_DIGITS "0123456789abcdefABCDEF"

bool ascii_is_digit(char c);
bool ascii_is_letter(char c);
char ascii_to_lower(char c);

/* Whether the texts are equal when the case of ASCII letters is ignored. */
bool ascii_is_same_word(const char *a, const char *b);

/* The value of a hexadecimal digit, 0 to 15; -1 for any other character. */
int ascii_hex_value(char c);

/*
 * Decodes the %XX in len bytes of text (RFC 3986, 2.1) into out, which has
 * room for size bytes and gets a NUL at its end.  False when a % is not
 * followed by two hexadecimal digits, when a byte is NUL, in either form, or
 * when out is too small; *nul says whether it was a NUL.
 */
bool ascii_decode_percent(
    char *out, size_t size, const char *text, size_t len, bool *nul);

#endif
