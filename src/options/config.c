#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "options/config.h"
#include "util/file.h"
#include "util/log.h"

/* Where the parser is. */
struct place {
	const char *file;
	const char *section;
	size_t line;
};

static enum status bad_line(const struct place *at, const char *what)
{
	return fail(ST_FILE, "%s:%zu: %s", at->file, at->line, what);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *skip_blanks(char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* Ends the string before the blanks, and the CR of a CRLF, at its end. */
static void trim_end(char *start, char *end)
{
	while (end > start && (is_blank(end[-1]) || end[-1] == '\r'))
		end--;
	*end = '\0';
}

static enum status add_entry(struct config *c, const struct place *at,
    const char *key, const char *value)
{
	struct config_entry *grown;
	size_t size;

	if (c->count == c->size) {
		size = c->size > 0 ? 2 * c->size : 32;
		grown = realloc(c->entries, size * sizeof(*grown));
		if (grown == NULL)
			return fail_memory();
		c->entries = grown;
		c->size = size;
	}
	c->entries[c->count++] = (struct config_entry){.section = at->section,
	    .key = key,
	    .value = value,
	    .line = at->line};
	return ST_OK;
}

/*
 * Unescapes a text in place: \" stands for a quotation mark, and \\ in front
 * of one for a backslash; any other backslash stands for itself.  A quoted text
 * ends at its closing quote, any other at the end of the string.  Returns the
 * end; NULL: the closing quote is missing.
 */
static char *unescape(char *text, bool quoted)
{
	char *in = text, *out = text, *end = NULL;
	size_t n, keep;

	for (;;) {
		n = strspn(in, "\\");
		keep = in[n] == '"' ? n / 2 : n;
		memset(out, '\\', keep);
		out += keep;
		in += n;
		if (*in == '\0') {
			end = quoted ? NULL : in;
			break;
		}
		if (*in == '"' && quoted && n % 2 == 0) {
			end = in + 1;
			break;
		}
		*out++ = *in++;
	}
	*out = '\0';
	return end;
}

/*
 * Finds the key that starts at *p, and moves *p behind it and its blanks.  The
 * caller writes a NUL to *end after it has looked at *p, which may be the same
 * place.
 */
static enum status take_key(
    const struct place *at, char **p, char **key, char **end)
{
	char *start = *p;

	if (*start == '"') {
		*key = start + 1;
		if ((*p = unescape(*key, true)) == NULL)
			return bad_line(
			    at, "the quote of the key is not closed");
		*end = *key + strlen(*key);
	} else {
		*key = start;
		*p = *end = start + strcspn(start, " \t=\"");
	}
	*p = skip_blanks(*p);
	if (*end == *key)
		return bad_line(at, "a key is missing");
	return ST_OK;
}

static enum status parse_pair(struct config *c, const struct place *at, char *p)
{
	char *key, *key_end = NULL, *value;
	bool equals, empty;
	enum status st;
	char name[64];

	if ((st = take_key(at, &p, &key, &key_end)) != ST_OK)
		return st;

	equals = *p == '=';
	if (equals)
		p = skip_blanks(p + 1);
	empty = *p == '\0';
	if (*p == '"') {
		value = p + 1;
		if ((p = unescape(value, true)) == NULL)
			return bad_line(
			    at, "the quote of the value is not closed");
		if (*skip_blanks(p) != '\0')
			return bad_line(at, "text after the closing quote");
	} else {
		value = p;
		unescape(value, false);
	}

	*key_end = '\0';
	if (empty && !equals)
		return fail(ST_FILE, "%s:%zu: %s has no value", at->file,
		    at->line, log_escape(name, sizeof(name), key, strlen(key)));
	return add_entry(c, at, key, value);
}

static enum status parse_section(struct config *c, struct place *at, char *p)
{
	char *name, *end;

	name = skip_blanks(p + 1);
	if ((end = strchr(name, ']')) == NULL)
		return bad_line(at, "a section header without its ]");
	if (*skip_blanks(end + 1) != '\0')
		return bad_line(at, "text after the section header");
	trim_end(name, end);
	if (*name == '\0')
		return bad_line(at, "a section header without a name");
	at->section = name;
	return add_entry(c, at, NULL, NULL);
}

/* Parses the line from start to end, where it writes a NUL. */
static enum status parse_line(
    struct config *c, struct place *at, char *start, char *end)
{
	char *p;

	if (end - start > CONFIG_LINE_MAX)
		return bad_line(at, "the line is too long");
	if (memchr(start, '\0', (size_t)(end - start)) != NULL)
		return bad_line(at, "a NUL byte: not a text file, or UTF-16");
	trim_end(start, end);
	p = skip_blanks(start);
	if (*p == '\0' || *p == '#')
		return ST_OK;
	if (*p == '[')
		return parse_section(c, at, p);
	return parse_pair(c, at, p);
}

enum status config_parse(
    struct config *out, const char *name, const void *text, size_t len)
{
	struct place at = {name, CONFIG_SECTION_COMMON, 0};
	char *p, *end, *next;
	struct log_capture later;
	enum status st = ST_OK, of_line;

	if (!buf_add(&out->text, text, len))
		return fail_memory();
	p = (char *)out->text.data;
	end = p + out->text.len;
	if (out->text.len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	while (p < end) {
		at.line++;
		if ((next = memchr(p, '\n', (size_t)(end - p))) == NULL)
			next = end;
		of_line = parse_line(out, &at, p, next);
		if (st == ST_OK && of_line != ST_OK) {
			st = of_line;
			log_capture_begin(&later);
		}
		p = next + 1;
	}
	if (st != ST_OK)
		log_capture_end(&later);
	return st;
}

enum status config_read(struct config *out, const char *path)
{
	struct buf text = {0};
	enum status st;

	if ((st = file_read(&text, path, "configuration file")) == ST_OK)
		st = config_parse(out, path, text.data, text.len);
	buf_free(&text);
	return st;
}

void config_free(struct config *c)
{
	free(c->entries);
	buf_free(&c->text);
	memset(c, 0, sizeof(*c));
}
