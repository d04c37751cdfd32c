/* live.h: one line on the terminal that tells how far something is. */
#ifndef UTIL_LIVE_H
#define UTIL_LIVE_H

#include <stdbool.h>
#include <stddef.h>

#define LIVE_TEXT_MAX 256 /* bytes, with the NUL */

/*
 * From now on there is a line, if stderr is a terminal that can erase it.
 * Without this call nothing below prints.
 */
void live_enable(void);
bool live_is_enabled(void);

/*
 * Replaces the line by text, which is ASCII, as far as the terminal is wide.
 * While it is shown, signals that end or stop the process erase it first.
 */
void live_show(const char *text);

/* Erases the line; the log does so before it prints. */
void live_erase(void);

/* "04:59", "1:04:59"; seconds below 0 are 0. */
void live_format_time(char *out, size_t size, long long seconds);

/* "0.5 KiB", "34.1 MiB", rounded down. */
void live_format_size(char *out, size_t size, size_t bytes);

#endif
