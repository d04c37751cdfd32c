#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>

#include "compat/openssl.h"
#include "util/json.h"
#include "util/live.h"
#include "util/log.h"
#include "util/memory.h"
#include "util/screen.h"
#include "util/standard.h"

#define STATUS_LINE_MAX 10240 /* bytes, with the NUL */

static const char *program = "sscep";
static enum log_level level = LOG_WARNING;
static bool quiet;
static bool status_to_stderr;
static int stdout_error; /* errno of the first failure */
static struct report *report;
static struct log_capture *capture; /* the innermost */
static const struct log_sink *sink;
static bool silenced[WARNING_COUNT];
static bool holding;
static struct buf held; /* warnings: a byte for the id, the text, a NUL */

void log_set_program(const char *argv0)
{
	program = argv0;
}

const char *log_program(void)
{
	return program;
}

void log_set_level(enum log_level new_level)
{
	level = new_level;
}

bool log_enabled(enum log_level asked)
{
	return asked <= level;
}

void log_set_quiet(bool on)
{
	quiet = on;
}

void log_set_status_to_stderr(void)
{
	status_to_stderr = true;
}

static void say_v(const char *prefix, const char *format, va_list ap)
{
	FILE *out = status_to_stderr ? stderr : stdout;
	char line[STATUS_LINE_MAX];

	if (quiet || sink != NULL)
		return;
	live_erase();
	vsnprintf(line, sizeof(line), format, ap);
	screen_print(out, "%s%s%s", prefix, *prefix != '\0' ? ": " : "", line);
	if (fflush(out) != 0 && out == stdout && stdout_error == 0)
		stdout_error = errno;
}

void say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say_v(program, format, ap);
	va_end(ap);
}

void say_plain(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say_v("", format, ap);
	va_end(ap);
}

static void print_at(enum log_level at, const char *text)
{
	if (!log_enabled(at))
		return;
	live_erase();
	screen_print(stderr, "%s: %s", program, text);
}

static void print_error(enum status st, const char *text)
{
	if (sink != NULL) {
		sink->failure(st, text, sink->arg);
		return;
	}
	if (report != NULL && report->fields[REPORT_ERROR] == NULL)
		report_set(report, REPORT_ERROR, text);
	print_at(LOG_ERROR, text);
}

static void keep_or_print(enum status st, const char *text)
{
	if (capture != NULL)
		snprintf(capture->text, sizeof(capture->text), "%s", text);
	else
		print_error(st, text);
}

static void failure_v(
    enum status st, const char *reason, const char *format, va_list ap)
{
	char line[LOG_LINE_MAX];
	size_t len;

	vsnprintf(line, sizeof(line), format, ap);
	len = strlen(line);
	if (reason != NULL)
		snprintf(line + len, sizeof(line) - len, ": %s", reason);
	keep_or_print(st, line);
}

/* As memory.h says. */
static enum status judge_v(
    enum status st, const char *reason, const char *format, va_list ap)
{
	if (memory_explains(st))
		keep_or_print(st = ST_ERROR, memory_text);
	else
		failure_v(st, reason, format, ap);
	return st;
}

enum status fail(enum status st, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	st = judge_v(st, NULL, format, ap);
	va_end(ap);
	return st;
}

enum status fail_errno(enum status st, const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list ap;

	va_start(ap, format);
	failure_v(st, reason, format, ap);
	va_end(ap);
	return st;
}

static int debug_error(const char *text, size_t len, void *unused)
{
	(void)unused;
	if (len > 0 && text[len - 1] == '\n')
		len--;
	debug("libcrypto: %.*s", (int)len, text);
	return 1;
}

/* Errors of a provider may have only an attached text, and no reason. */
static const char *first_reason(void)
{
	unsigned long code = ERR_peek_error();
	const char *reason;

	if (code == 0)
		return NULL;
	if ((reason = ERR_reason_error_string(code)) != NULL ||
	    (reason = compat_error_text()) != NULL)
		return reason;
	return "unknown reason in libcrypto";
}

enum status fail_crypto(enum status st, const char *format, ...)
{
	const char *reason = first_reason();
	va_list ap;

	va_start(ap, format);
	st = judge_v(st, reason, format, ap);
	va_end(ap);
	if (log_enabled(LOG_DEBUG))
		ERR_print_errors_cb(debug_error, NULL);
	ERR_clear_error();
	return st;
}

enum status fail_misuse(const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return fail(ST_ERROR, "%s. Try '%s --help'", text, program);
}

enum status fail_memory(void)
{
	return fail(ST_ERROR, "%s", memory_text);
}

static void print_v(enum log_level at, const char *format, va_list ap)
{
	char line[LOG_LINE_MAX];

	if (!log_enabled(at))
		return;
	vsnprintf(line, sizeof(line), format, ap);
	print_at(at, line);
}

static void report_warning(enum warning id, const char *text)
{
	struct buf object = {0};

	if (report == NULL)
		return;
	if (json_add_member(&object, "id", warning_id(id)) &&
	    json_add_member(&object, "text", text))
		report_add_object(report, REPORT_WARNINGS, &object);
	else
		report->failed = true;
	buf_free(&object);
}

static void print_warning(enum warning id, const char *text)
{
	bool information = warning_class(id) == WARNING_INFORMATION;

	if (!log_enabled(information ? LOG_VERBOSE : LOG_WARNING) ||
	    silenced[id])
		return;
	if (sink != NULL) {
		sink->warning(text, sink->arg);
		return;
	}
	live_erase();
	screen_print(stderr, "%s: %s%s [%s]", program,
	    information ? "" : "warning: ", text, warning_id(id));
}

static bool hold_warning(enum warning id, const char *text)
{
	unsigned char byte = (unsigned char)id;

	_Static_assert(WARNING_COUNT <= 256, "an id is a byte");
	return buf_reserve(&held, strlen(text) + 2) &&
	    buf_add(&held, &byte, 1) && buf_add(&held, text, strlen(text) + 1);
}

void warn(enum warning id, const char *format, ...)
{
	char line[LOG_LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	report_warning(id, line);
	if (!holding || !hold_warning(id, line))
		print_warning(id, line);
}

void log_hold_warnings(void)
{
	holding = true;
}

void log_release_warnings(const bool silence[WARNING_COUNT])
{
	const char *text;
	size_t i;

	holding = false;
	memcpy(silenced, silence, sizeof(silenced));
	for (i = 0; i < held.len; i += strlen(text) + 2) {
		text = (const char *)held.data + i + 1;
		print_warning((enum warning)held.data[i], text);
	}
	buf_free(&held);
}

void verbose(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	print_v(LOG_VERBOSE, format, ap);
	va_end(ap);
}

void debug(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	print_v(LOG_DEBUG, format, ap);
	va_end(ap);
}

void log_capture_begin(struct log_capture *inner)
{
	inner->text[0] = '\0';
	inner->outer = capture;
	capture = inner;
}

void log_capture_end(struct log_capture *inner)
{
	capture = inner->outer;
}

void log_report(enum status st, const char *text)
{
	if (text[0] != '\0')
		keep_or_print(st, text);
}

void log_set_sink(const struct log_sink *to)
{
	sink = to;
}

void log_set_report(struct report *to)
{
	report = to;
}

void log_file_written(const char *path)
{
	debug("wrote %s", path);
	if (report != NULL)
		report_add_string(report, REPORT_FILES, path);
}

void log_file_renamed(const char *from, const char *to)
{
	if (report != NULL)
		report_remove_string(report, REPORT_FILES, from);
	log_file_written(to);
}

/* Writes what is buffered; true if that, or anything before it, failed. */
static bool stdout_fails(void)
{
	if (fflush(stdout) != 0 && stdout_error == 0)
		stdout_error = errno;
	return stdout_error != 0 || ferror(stdout);
}

static enum status fail_stdout(void)
{
	errno = stdout_error;
	return fail_errno(ST_FILE, "cannot write to standard output");
}

static void print(void put(FILE *, const char *), const char *line)
{
	live_erase();
	if (stdout_error == 0)
		put(stdout, line);
	if (!stdout_fails() && standard_was_closed(STDOUT_FILENO))
		put(stderr, line);
}

void log_print_line(const char *line)
{
	print(screen_put_line, line);
}

enum status log_print_json(const char *line)
{
	print(screen_put_json, line);
	return stdout_fails() ? fail_stdout() : ST_OK;
}

enum status log_flush(void)
{
	if (!stdout_fails() || stdout_error == EPIPE)
		return ST_OK;
	return fail_stdout();
}
