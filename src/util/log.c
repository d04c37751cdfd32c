#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "util/log.h"

#define LINE_MAX_BYTES 2048

static const char *program = "sscep";
static enum log_level level = LOG_WARNING;
static bool quiet;
static bool holding;
static char held[LINE_MAX_BYTES];

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

static void say_v(const char *format, va_list ap)
{
	vfprintf(stdout, format, ap);
	fputc('\n', stdout);
	fflush(stdout);
}

void say(const char *format, ...)
{
	va_list ap;

	if (quiet)
		return;
	fprintf(stdout, "%s: ", program);
	va_start(ap, format);
	say_v(format, ap);
	va_end(ap);
}

void say_plain(const char *format, ...)
{
	va_list ap;

	if (quiet)
		return;
	va_start(ap, format);
	say_v(format, ap);
	va_end(ap);
}

static void to_stderr(const char *prefix, const char *text)
{
	fprintf(stderr, "%s: %s%s\n", program, prefix, text);
}

static void print_at(enum log_level at, const char *text)
{
	if (log_enabled(at))
		to_stderr(at == LOG_WARNING ? "warning: " : "", text);
}

static void keep_or_print(const char *text)
{
	if (holding)
		snprintf(held, sizeof(held), "%s", text);
	else
		print_at(LOG_ERROR, text);
}

static void failure_v(const char *reason, const char *format, va_list ap)
{
	char line[LINE_MAX_BYTES];
	size_t len;

	vsnprintf(line, sizeof(line), format, ap);
	len = strlen(line);
	if (reason != NULL)
		snprintf(line + len, sizeof(line) - len, ": %s", reason);
	keep_or_print(line);
}

enum status fail(enum status st, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	failure_v(NULL, format, ap);
	va_end(ap);
	return st;
}

enum status fail_errno(enum status st, const char *format, ...)
{
	const char *reason = strerror(errno);
	va_list ap;

	va_start(ap, format);
	failure_v(reason, format, ap);
	va_end(ap);
	return st;
}

static int debug_error(const char *text, size_t len, void *unused)
{
	(void)unused;
	debug("libcrypto: %.*s", (int)len, text);
	return 1;
}

enum status fail_crypto(enum status st, const char *format, ...)
{
	unsigned long code = ERR_peek_error();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
	va_list ap;

	if (reason == NULL && code != 0)
		reason = "unknown reason in libcrypto";
	va_start(ap, format);
	failure_v(reason, format, ap);
	va_end(ap);
	if (log_enabled(LOG_DEBUG))
		ERR_print_errors_cb(debug_error, NULL);
	ERR_clear_error();
	return st;
}

enum status fail_memory(void)
{
	return fail(ST_ERROR, "out of memory");
}

static void print_v(enum log_level at, const char *format, va_list ap)
{
	char line[LINE_MAX_BYTES];

	if (!log_enabled(at))
		return;
	vsnprintf(line, sizeof(line), format, ap);
	print_at(at, line);
}

void note(const char *format, ...)
{
	char line[LINE_MAX_BYTES];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	to_stderr("", line);
}

void warn(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	print_v(LOG_WARNING, format, ap);
	va_end(ap);
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

void log_hold(void)
{
	holding = true;
	held[0] = '\0';
}

void log_release(enum log_level at)
{
	holding = false;
	if (held[0] != '\0')
		print_at(at, held);
	held[0] = '\0';
}

/* Length of the UTF-8 letter at p, 0 when it is not one worth printing. */
static size_t letter_length(const unsigned char *p, size_t left)
{
	size_t i, len;

	if (p[0] >= 0x20 && p[0] < 0x7f)
		return 1;
	if (p[0] >= 0xc3 && p[0] < 0xe0)
		len = 2;
	else if (p[0] > 0xe0 && p[0] < 0xf0 && p[0] != 0xe2 && p[0] != 0xed &&
	    p[0] != 0xef)
		len = 3;
	else
		return 0;
	if (left < len)
		return 0;
	for (i = 1; i < len; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

const char *log_escape(char *out, size_t size, const void *text, size_t len)
{
	const unsigned char *p = text, *end = p + len;
	size_t n = 0, letter;

	while (p < end) {
		letter = letter_length(p, (size_t)(end - p));
		if (n + (letter > 0 ? letter : 4) + 4 > size) {
			n += (size_t)snprintf(out + n, size - n, "...");
			break;
		}
		if (letter > 0) {
			memcpy(out + n, p, letter);
			n += letter;
			p += letter;
		} else {
			n += (size_t)snprintf(
			    out + n, size - n, "\\x%02x", *p++);
		}
	}
	if (n < size)
		out[n] = '\0';
	return out;
}

enum status log_flush(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return ST_OK;
	return fail_errno(ST_FILE, "cannot write to standard output");
}
