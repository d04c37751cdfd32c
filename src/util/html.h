/* html.h: the words of a page of HTML, to show in a message. */
#ifndef UTIL_HTML_H
#define UTIL_HTML_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the bytes begin as HTML or XML do, after a BOM and white space. */
bool html_is_page(const void *bytes, size_t len);

/*
 * Copies the title of a page to out, or, if there is none before the first
 * word, the first words: without tags, comments, scripts and styles, common
 * character references decoded, white space as single blanks.  Escaped and cut
 * as by log_escape(); "" if there are none.  Looks at the first 16 KiB only.
 * Returns out.
 */
const char *html_words(char *out, size_t size, const void *bytes, size_t len);

/*
 * Copies ": \"TEXT\"" to out: of a page html_words(), of other bytes what
 * log_escape() makes of them; "" if there is no text.  size is 16 or more.
 * Returns out.
 */
const char *html_quote(
    char *out, size_t size, const void *bytes, size_t len, bool page);

#endif
