/* log.h: everything the program prints, to stdout and to stderr. */
#ifndef UTIL_LOG_H
#define UTIL_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/compat.h"
#include "util/quote.h"
#include "util/report.h"
#include "util/status.h"
#include "util/warning.h"

#define LOG_LINE_MAX 2048 /* bytes, with the NUL */

enum log_level { LOG_ERROR, LOG_WARNING, LOG_VERBOSE, LOG_DEBUG };

/* The name before each line, argv[0] as typed; borrowed, must stay valid. */
void log_set_program(const char *argv0);
const char *log_program(void);
/* What stderr gets: LOG_WARNING at start.  Debug includes verbose. */
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);
/* Status lines are not printed from now on, or go to stderr. */
void log_set_quiet(bool quiet);
void log_set_status_to_stderr(void);

/* Status lines, which programs read, too; say() adds "PROGRAM: " before one. */
void say(const char *format, ...) PRINTF_LIKE(1, 2);
void say_plain(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * Reports a failure on stderr, and returns st.  Called once, where most is known
 * about the failure; callers only pass the status on.  memory.h: which is another.
 */
enum status fail(enum status st, const char *format, ...)
    PRINTF_LIKE(2, 3) RESULT_COUNTS;

/*
 * As fail(), with a reason appended: that of errno, or the first one in
 * libcrypto's error queue.  fail_crypto() empties the queue, and prints all of
 * it at LOG_DEBUG.
 */
enum status fail_errno(enum status st, const char *format, ...)
    PRINTF_LIKE(2, 3) RESULT_COUNTS;
enum status fail_crypto(enum status st, const char *format, ...)
    PRINTF_LIKE(2, 3) RESULT_COUNTS;

/* A wrong command line, with a hint at --help; no memory.  ST_ERROR. */
enum status fail_misuse(const char *format, ...) PRINTF_LIKE(1, 2);
enum status fail_memory(void);
/* To stderr, "PROGRAM: warning: text [id]" if not silenced, and to the report. */
void warn(enum warning id, const char *format, ...) PRINTF_LIKE(2, 3);

/* Between these calls warnings are stored, and then printed if not silenced. */
void log_hold_warnings(void);
void log_release_warnings(const bool silence[WARNING_COUNT]);
void verbose(const char *format, ...) PRINTF_LIKE(1, 2);
void debug(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * For a failure that may turn out to be none: between begin and end fail()
 * stores its message here, replacing an earlier one, and reports nothing.
 * Captures nest.  log_report() reports a text as fail() does, unless it is "".
 */
struct log_capture {
	char text[LOG_LINE_MAX]; /* "": there was none */
	struct log_capture *outer;
};
void log_capture_begin(struct log_capture *capture);
void log_capture_end(struct log_capture *capture);
void log_report(enum status st, const char *text);

/*
 * Gets the failures that no capture holds, and the warnings that are not
 * silenced, in place of stderr and of the report's error; arg is handed on.
 * Borrowed; NULL: there is none.  While there is one, say() prints nothing.
 */
struct log_sink {
	void (*failure)(enum status st, const char *text, void *arg);
	void (*warning)(const char *text, void *arg);
	void *arg;
};
void log_set_sink(const struct log_sink *sink);
/* First error, warnings and files are added to it, too.  Borrowed, or NULL. */
void log_set_report(struct report *report);
void log_file_written(const char *path);
void log_file_renamed(const char *from, const char *to); /* from is gone */

/*
 * Prints a line, the report, to stdout, even with --quiet: ST_FILE after reporting.
 * log_print_line() leaves that to log_flush(), and once it failed prints nothing.
 */
enum status log_print_json(const char *line);
void log_print_line(const char *line);
/* Flushes stdout; ST_FILE after reporting if it failed, but for a reader gone. */
enum status log_flush(void);

#endif
