#include <string.h>

#include "options/entry.h"
#include "options/lines.h"
#include "options/table.h"
#include "util/ascii.h"
#include "util/log.h"

#define KEY_ENDS " \t\r=\""
#define KEY_SIZE 64 /* no key of the table is longer */

/* What has been found between the start of a text and next. */
struct scan {
	const char *next;
	bool header;
	char quote;   /* that is not closed yet; or 0 */
	bool ignored; /* what follows is a comment, or behind a header */
};

enum status lines_refuse(
    const struct lines *lines, size_t line, const char *what)
{
	return fail(ST_FILE, "%s:%zu: %s", lines->file, line, what);
}

bool lines_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool lines_is_quote(char c)
{
	return c == '"' || c == '\'' || c == '`';
}

char *lines_skip_blanks(char *p)
{
	while (lines_is_blank(*p))
		p++;
	return p;
}

bool lines_take(struct lines *lines, char **start, char **end, enum status *st)
{
	char *p = lines->next, *line_end;

	if (*st != ST_OK || (lines->held == NULL && p >= lines->end))
		return false;
	lines->taken++;
	if (lines->held != NULL) {
		*start = lines->held;
		*end = lines->held_end;
		lines->held = NULL;
		return true;
	}

	line_end = memchr(p, '\n', (size_t)(lines->end - p));
	if (line_end == NULL)
		line_end = lines->end;
	lines->next = line_end < lines->end ? line_end + 1 : lines->end;
	*start = p;
	if (line_end - p > CONFIG_LINE_MAX)
		*st = lines_refuse(lines, lines->taken, "the line is too long");
	else if (memchr(p, '\0', (size_t)(line_end - p)) != NULL)
		*st = lines_refuse(lines, lines->taken,
		    "a NUL byte: not a text file, or UTF-16");
	while (line_end > p && line_end[-1] == '\r')
		line_end--;
	*line_end = '\0';
	*end = line_end;
	return *st == ST_OK;
}

/* The line that was taken last will be taken again. */
static void put_back(struct lines *lines, char *start, char *end)
{
	lines->held = start;
	lines->held_end = end;
	lines->taken--;
}

/* Behind a key and its blanks. */
static char *skip_key(char *p)
{
	if (*p != '"')
		return lines_skip_blanks(p + strcspn(p, KEY_ENDS));
	for (p++; *p != '\0' && *p != '"'; p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
	return lines_skip_blanks(*p == '"' ? p + 1 : p);
}

/* Whether the lines to come go on with '=', after blanks and empty lines. */
static bool has_equals_next(const struct lines *lines)
{
	const char *p = lines->next;

	for (;;) {
		while (p < lines->end && lines_is_blank(*p))
			p++;
		if (p == lines->end || *p != '\\')
			return *p == '=';
		for (p++; *p == '\r';)
			p++;
		if (*p++ != '\n')
			return false;
	}
}

bool lines_is_old_syntax(
    const struct lines *lines, char *start, const char *end)
{
	char *p = lines_skip_blanks(start);

	if (*p == '#' || *p == '[')
		return false;
	p = skip_key(p);
	if (*p == '\\' && p + 1 == end)
		return !has_equals_next(lines);
	return *p != '\0' && *p != '=';
}

static bool is_continued(const char *start, const char *end)
{
	return end > start && end[-1] == '\\' &&
	    (end - 1 == start || end[-2] != '\\');
}

/* The lines from first to the one taken last have become part of a text. */
static void warn_of_loss(
    const struct lines *lines, const char *what, size_t first)
{
	if (first == lines->taken)
		warn(WARN_CONFIG_SYNTAX,
		    "%s:%zu: the %s ends in a backslash, so line %zu belongs"
		    " to it",
		    lines->file, lines->line, what, first);
	else
		warn(WARN_CONFIG_SYNTAX,
		    "%s:%zu: the %s ends in a backslash, so lines %zu to %zu"
		    " belong to it",
		    lines->file, lines->line, what, first, lines->taken);
}

enum status lines_drop(
    struct lines *lines, char *start, char *end, const char *what)
{
	size_t first = 0;
	enum status st = ST_OK;
	const char *text;

	while (
	    is_continued(start, end) && lines_take(lines, &start, &end, &st)) {
		if (lines_is_old_syntax(lines, start, end)) {
			put_back(lines, start, end);
			break;
		}
		text = lines_skip_blanks(start);
		if (first == 0 && *text != '\0' && *text != '#' &&
		    strcmp(text, "\\") != 0)
			first = lines->taken;
	}
	if (first != 0)
		warn_of_loss(lines, what, first);
	return st;
}

/* Whether the line would be the header of a section, or name = value. */
static bool looks_like_line(char *line)
{
	char *start = lines_skip_blanks(line), *p = start;

	if (*start == '[')
		return strchr(start, ']') != NULL;
	while (ascii_is_letter(*p) || ascii_is_digit(*p) ||
	    (*p != '\0' && strchr("_-.:", *p) != NULL))
		p++;
	return p > start && !ascii_is_digit(*start) &&
	    *lines_skip_blanks(p) == '=';
}

/* Whether the line starts with a key of the table, and would set it. */
static bool looks_like_key(char *line)
{
	char key[KEY_SIZE], *start = lines_skip_blanks(line);
	size_t i, len;

	start += *start == '"';
	len = strcspn(start, KEY_ENDS);
	if (start[len] == '\0' || len >= sizeof(key))
		return false;
	memcpy(key, start, len);
	key[len] = '\0';
	for (i = 0; i < table_row_count; i++)
		if (table_has_key(&table_rows[i], key))
			return true;
	return false;
}

static void scan_to(struct scan *s, const char *end)
{
	for (; s->next < end && !s->ignored; s->next++) {
		char c = *s->next;

		if (s->header)
			s->ignored = c == ']' || c == '#';
		else if (c == '\\')
			s->next++;
		else if (s->quote != '\0')
			s->quote = c == s->quote ? '\0' : s->quote;
		else if (lines_is_quote(c))
			s->quote = c;
		else
			s->ignored = c == '#';
	}
}

enum status lines_join(
    struct lines *lines, char *start, char **end, bool header)
{
	struct scan scan = {.header = header};
	char *more, *more_end;
	enum status st = ST_OK;
	bool warned = false;

	scan.next = header ? start : skip_key(start);
	if (scan.next == *end)
		scan.next--;
	while (is_continued(start, *end)) {
		scan_to(&scan, *end - 1);
		if (scan.ignored) {
			st = lines_drop(lines, start, *end,
			    header ? "section header" : "comment");
			more = NULL;
		} else if (!lines_take(lines, &more, &more_end, &st)) {
			more = NULL;
		}
		if (more == NULL) {
			*--*end = '\0';
			return st;
		}
		if (!warned &&
		    (looks_like_line(more) || looks_like_key(more))) {
			warn_of_loss(lines, "line", lines->taken);
			warned = true;
		}
		memmove(*end - 1, more, (size_t)(more_end - more) + 1);
		*end += more_end - more - 1;
		if (*end - start > CONFIG_LINE_MAX)
			return lines_refuse(
			    lines, lines->line, "the line is too long");
	}
	return ST_OK;
}
