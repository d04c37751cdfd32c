/* screen.h: prints text, so that a terminal obeys none of it. */
#ifndef UTIL_SCREEN_H
#define UTIL_SCREEN_H

#include <stdarg.h>
#include <stdio.h>

#include "compat/compat.h"

/*
 * As fprintf(), but to a terminal that is not known to take UTF-8 each byte beyond
 * ASCII is printed as \xNN: letters in UTF-8 have bytes 80 to 9F in them, which are
 * controls to such a terminal.  9B does as ESC [ does.  What it takes is said by
 * the first of LC_ALL, LC_CTYPE and LANG that is set.  Files and pipes get the
 * letters whatever the locale, as cron(8) has none.
 */
void screen_print(FILE *out, const char *format, ...) PRINTF_LIKE(2, 3);
void screen_print_v(FILE *out, const char *format, va_list ap);

/* A line of any length; what is escaped above is cut after 4 KiB. */
void screen_put_line(FILE *out, const char *text);

#endif
