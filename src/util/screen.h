/* screen.h: prints text, so that a terminal obeys none of it. */
#ifndef UTIL_SCREEN_H
#define UTIL_SCREEN_H

#include <stdio.h>

#include "compat/compat.h"

/*
 * Prints a line, of 10 KiB at most.  Whatever it tells of, such as a name of a file,
 * it stays one line and no terminal obeys it: utf8_is_hidden() and what is not UTF-8
 * is printed as \xNN, to files and pipes, too.  Text that is escaped already, and
 * each backslash, stays as it is.
 *
 * To a terminal that is not known to take UTF-8 each byte beyond ASCII is printed so:
 * letters in UTF-8 have bytes 80 to 9F in them, which are controls to such a
 * terminal.  9B does as ESC [ does.  What it takes is said by the first of LC_ALL,
 * LC_CTYPE and LANG that is set.  Files and pipes get the letters whatever the locale,
 * as cron(8) has none.
 */
void screen_print(FILE *out, const char *format, ...) PRINTF_LIKE(2, 3);

/* A line of any length, with colours: only the latter is done to it. */
void screen_put_line(FILE *out, const char *text);

/* A line of any length in JSON, in UTF-8: the same, with the escapes of JSON. */
void screen_put_json(FILE *out, const char *text);

#endif
