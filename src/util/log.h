/* log.h: everything the program prints, to stdout and to stderr. */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/compat.h"
#include "util/report.h"
#include "util/status.h"
#include "util/warning.h"

#define LOG_LINE_MAX 2048 /* bytes, with the NUL */

enum log_level { LOG_ERROR, LOG_WARNING, LOG_VERBOSE, LOG_DEBUG };

/* The name before each line, argv[0] as typed; borrowed, must stay valid. */
void log_set_program(const char *argv0);
const char *log_program(void);

/* How much stderr gets: LOG_WARNING at start.  Debug includes verbose. */
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);

/* No status lines on stdout from here on (--quiet). */
void log_set_quiet(bool quiet);

/* Status lines go to stderr from here on: a file goes to stdout. */
void log_set_status_to_stderr(void);

/*
 * The status lines that wrappers read, on stdout: say() puts "P: " before
 * the text, say_plain() does not.  Both end the line.
 */
void say(const char *format, ...) PRINTF_LIKE(1, 2);
void say_plain(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * Reports a failure on stderr, "P: text", and returns the class it was given.
 * Said once, where most is known; callers only pass it on.
 */
enum status fail(enum status st, const char *format, ...) PRINTF_LIKE(2, 3);

/* As fail(), with the reason of errno appended. */
enum status fail_errno(enum status st, const char *format, ...)
    PRINTF_LIKE(2, 3);

/*
 * As fail(), with the first reason in libcrypto's error queue appended; the
 * whole queue follows at LOG_DEBUG.  Empties the queue.
 */
enum status fail_crypto(enum status st, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* Reports that memory ran out; ST_ERROR. */
enum status fail_memory(void);

/*
 * To stderr: warn() puts "warning: " before the text, note() nothing; the
 * other two print at their level only.
 */
void note(enum warning id, const char *format, ...) PRINTF_LIKE(2, 3);
void warn(enum warning id, const char *format, ...) PRINTF_LIKE(2, 3);
void verbose(const char *format, ...) PRINTF_LIKE(1, 2);
void debug(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * For a failure that need not be one: between begin and end fail() leaves its
 * message here, the last one counts, and reports nothing.  Nests.
 */
struct log_capture {
	char text[LOG_LINE_MAX]; /* "" when there was no failure */
	struct log_capture *outer;
};
void log_capture_begin(struct log_capture *capture);
void log_capture_end(struct log_capture *capture);

/* Reports the text, unless it is "", as fail() does. */
void log_report(const char *text);
/* First error, warnings and files go to the report, too.  Borrowed or NULL. */
void log_set_report(struct report *report);
void log_file_written(const char *path);

/*
 * The report on stdout, whatever --quiet says, or on stderr where that cannot
 * be written: ST_FILE after reporting.
 */
enum status log_print(const char *line);

/*
 * Copies len bytes of text that came from elsewhere into out, up to size - 1
 * of them, each byte outside printable ASCII as \xNN (valid UTF-8 letters stay),
 * "..." at the end when it was cut.  Returns out.
 */
const char *log_escape(char *out, size_t size, const void *text, size_t len);

/* Flushes stdout; ST_FILE after reporting when what was said got lost. */
enum status log_flush(void);

#endif
