/* ascii.h: ASCII characters, independent of the locale; percent-encoding. */
#ifndef UTIL_ASCII_H
#define UTIL_ASCII_H

#include <stdbool.h>
#include <stddef.h>

#define ASCII_HEX_DIGITS "0123456789abcdefABCDEF"

bool ascii_is_digit(char c);
bool ascii_is_letter(char c);
char ascii_to_lower(char c);

/* The order of the texts when the case of ASCII letters is ignored; see strcmp. */
int ascii_compare_words(const char *a, const char *b);

/* Whether the texts are equal when the case of ASCII letters is ignored. */
bool ascii_is_same_word(const char *a, const char *b);

/* The value of a hexadecimal digit, 0 to 15; -1 for any other character. */
int ascii_hex_value(char c);

/*
 * Decodes the %XX in len bytes of text (RFC 3986, 2.1) to a string in out, of
 * size bytes.  False if a % is not followed by two hexadecimal digits, if a
 * byte is NUL, encoded or not, or if out is too small; *nul tells whether it
 * was a NUL.
 */
bool ascii_decode_percent(
    char *out, size_t size, const char *text, size_t len, bool *nul);

#endif
