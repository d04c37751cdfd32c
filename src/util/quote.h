/* quote.h: foreign bytes in messages: escaped, bounded, or left out. */
#ifndef UTIL_QUOTE_H
#define UTIL_QUOTE_H

#include <stdbool.h>
#include <stddef.h>

#define QUOTE_SIZE 160 /* bytes of what one message quotes, with the NUL */

/*
 * Copies len bytes of foreign text to out, size - 1 bytes at most, with "..."
 * at the end if it was cut.  A byte that is neither printable ASCII nor part
 * of a UTF-8 letter becomes \xNN; a backslash or a quotation mark gets a
 * backslash before it, so that the text cannot end the quotation it is in, and
 * different texts never look alike.  Returns out.
 */
const char *log_escape(char *out, size_t size, const void *text, size_t len);

/* The same of a string. */
const char *quote_text(char *out, size_t size, const char *text);

/* As log_escape(), but a backslash or a quotation mark stays as it is. */
const char *quote_line(char *out, size_t size, const void *text, size_t len);

/* As log_escape() of a string, in quotes if there are blanks at its ends. */
const char *quote_value(char *out, size_t size, const char *text);

/*
 * The name of a key of a configuration, as by log_escape(), up to what may be a
 * value, and a secret, that was joined to it: KeyPassword:pass:X.
 */
const char *quote_key(char *out, size_t size, const char *key);

/* Of a text that is escaped already: it is only cut. */
const char *quote_cut(char *out, size_t size, const char *text);

/*
 * Whether the bytes are text that is worth quoting: no NUL, not a long SEQUENCE
 * in DER, and most of it printable.  Looks at the first 4 KiB.
 */
bool quote_is_text(const void *bytes, size_t len);

/*
 * Moves *bytes behind the white space at the start; returns the length without
 * that at the end, or 0 if the bytes are no text.
 */
size_t quote_trim(const void **bytes, size_t len);

#endif
