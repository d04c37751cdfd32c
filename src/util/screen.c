#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/json.h"
#include "util/screen.h"
#include "util/utf8.h"

#define LINE_MAX_SHOWN 10240 /* bytes; two names of files have room */
#define ESCAPE_SIZE    5     /* "\\xNN" and a NUL */

static bool is_utf8(const char *locale)
{
	const char *charset = strchr(locale, '.');

	return charset != NULL &&
	    (strncasecmp(charset, ".utf-8", 6) == 0 ||
		strncasecmp(charset, ".utf8", 5) == 0);
}

static bool takes_utf8(void)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *locale;
	size_t i;

	for (i = 0; i < COUNT_OF(names); i++)
		if ((locale = getenv(names[i])) != NULL && *locale != '\0')
			return is_utf8(locale);
	return false;
}

static bool shows_letters(FILE *out)
{
	return !isatty(fileno(out)) || takes_utf8();
}

static void put_ascii(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x80)
			fputc(*text, out);
		else
			fprintf(out, "\\x%02x", (unsigned char)*text);
}

/*
 * Copies text, whose escapes stay as they are; out has room for four times the
 * text.
 */
static void make_safe(char *out, const char *text, bool letters)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t left = strlen(text), length;

	for (; left > 0; left -= length, p += length) {
		length = utf8_shown_length(p, left);
		if (length == 1 || (length > 1 && letters)) {
			memcpy(out, p, length);
			out += length;
		} else {
			out += snprintf(out, ESCAPE_SIZE, "\\x%02x", *p);
			length = 1;
		}
	}
	*out = '\0';
}

void screen_print(FILE *out, const char *format, ...)
{
	char line[LINE_MAX_SHOWN], shown[(ESCAPE_SIZE - 1) * LINE_MAX_SHOWN];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	make_safe(shown, line, shows_letters(out));
	fprintf(out, "%s\n", shown);
}

void screen_put_line(FILE *out, const char *text)
{
	if (shows_letters(out))
		fputs(text, out);
	else
		put_ascii(out, text);
	fputc('\n', out);
}

static void put_ascii_json(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t left = strlen(text), length;
	char escape[JSON_ESCAPE_SIZE];

	for (; left > 0; left -= length, p += length) {
		length = utf8_length(p, left);
		if (length > 1) {
			json_escape(escape, utf8_code(p, length));
			fputs(escape, out);
		} else {
			length = 1;
			fputc(*p, out);
		}
	}
}

void screen_put_json(FILE *out, const char *text)
{
	if (shows_letters(out))
		fputs(text, out);
	else
		put_ascii_json(out, text);
	fputc('\n', out);
}
