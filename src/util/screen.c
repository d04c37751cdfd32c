#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/screen.h"

#define LINE_MAX_SHOWN 4096

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

void screen_print_v(FILE *out, const char *format, va_list ap)
{
	char line[LINE_MAX_SHOWN];

	if (shows_letters(out)) {
		vfprintf(out, format, ap);
		return;
	}
	vsnprintf(line, sizeof(line), format, ap);
	put_ascii(out, line);
}

void screen_put_line(FILE *out, const char *text)
{
	if (shows_letters(out))
		fputs(text, out);
	else
		put_ascii(out, text);
	fputc('\n', out);
}

void screen_print(FILE *out, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	screen_print_v(out, format, ap);
	va_end(ap);
}
