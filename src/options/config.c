#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "compat/memory.h"
#include "options/config.h"
#include "options/expand.h"
#include "options/lines.h"
#include "options/uses.h"
#include "util/file.h"
#include "util/log.h"

#define NAME_SHOWN_MAX 80

/* RFC 7468, 3 */
#define PEM_BEGIN "-----BEGIN "

/* Ends the string before the blanks at its end. */
static void trim_end(char *start, char *end)
{
	while (end > start && lines_is_blank(end[-1]))
		end--;
	*end = '\0';
}

/* Makes room for the entry. */
static enum status grow(
    struct config *c, const struct lines *at, const struct config_entry *entry)
{
	struct config_entry *grown;
	size_t size;

	if (strlen(entry->section) > CONFIG_NAME_MAX ||
	    (entry->key != NULL && strlen(entry->key) > CONFIG_NAME_MAX))
		return fail(ST_FILE,
		    "%s:%zu: the name of a key or section is longer than %d"
		    " bytes",
		    at->file, at->line, CONFIG_NAME_MAX);
	if (c->count == CONFIG_ENTRIES_MAX)
		return fail(ST_FILE, "%s:%zu: more than %d keys and sections",
		    at->file, at->line, CONFIG_ENTRIES_MAX);
	if (c->count < c->size)
		return ST_OK;
	size = c->size > 0 ? 2 * c->size : 32;
	grown = realloc(c->entries, size * sizeof(*grown));
	if (grown == NULL)
		return fail_memory();
	c->entries = grown;
	c->size = size;
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
    const struct lines *at, char **p, char **key, char **end)
{
	char *start = *p;

	if (*start == '"') {
		*key = start + 1;
		if ((*p = unescape(*key, true)) == NULL)
			return lines_refuse(
			    at, at->line, "the quote of the key is not closed");
		*end = *key + strlen(*key);
	} else {
		*key = start;
		*p = *end = start + strcspn(start, " \t\r=\"");
	}
	*p = lines_skip_blanks(*p);
	if (*end == *key)
		return lines_refuse(at, at->line, "a key is missing");
	return ST_OK;
}

/* Key = Value, the text behind the '='. */
static enum status parse_new(
    struct config *c, const struct lines *at, char *key, const char *text)
{
	struct config_entry entry = {
	    .section = c->section, .key = key, .line = at->line};
	char *name = strstr(key, "::");
	enum status st;

	if (name != NULL && name != key && name[2] != '\0') {
		*name = '\0';
		entry.section = key;
		entry.key = name + 2;
	}
	if ((st = grow(c, at, &entry)) == ST_OK &&
	    (st = expand_value(c, &entry, at->file, text)) == ST_OK)
		c->entries[c->count++] = entry;
	return st;
}

static enum status refuse_pair(
    const struct lines *at, const char *key, const char *what)
{
	char name[NAME_SHOWN_MAX];

	return fail(ST_FILE, "%s:%zu: %s: %s", at->file, at->line,
	    quote_key(name, sizeof(name), key), what);
}

/* It may be the value of the key on the line before. */
static enum status refuse_lone_key(
    const struct config *c, const struct lines *at, const char *key)
{
	const struct config_entry *last =
	    c->count > 0 ? &c->entries[c->count - 1] : NULL;
	char name[NAME_SHOWN_MAX], before[NAME_SHOWN_MAX];

	quote_key(name, sizeof(name), key);
	if (last == NULL || !last->absent || last->line + 1 != at->line)
		return fail(ST_FILE,
		    "%s:%zu: %s has no value: write KEY = VALUE", at->file,
		    at->line, name);
	return fail(ST_FILE,
	    "%s:%zu: %s has no value: if it is that of %s, write it behind the"
	    " = of line %zu",
	    at->file, at->line, name,
	    quote_key(before, sizeof(before), last->key), last->line);
}

/*
 * Key Value; value has no blanks at its end.  The NUL at key_end may replace its
 * quote.
 */
static enum status parse_old(struct config *c, const struct lines *at,
    const char *key, char *key_end, char *value)
{
	struct config_entry entry = {
	    .section = c->section, .key = key, .line = at->line};
	bool empty = *value == '\0', quoted = *value == '"';
	enum status st;
	char *end;

	*key_end = '\0';
	if (empty)
		return refuse_lone_key(c, at, key);
	if (!quoted)
		unescape(value, false);
	else if ((end = unescape(++value, true)) == NULL)
		return refuse_pair(at, key,
		    "the quote of the value is not closed (\\\" stands for a"
		    " quotation mark, \\\\\" for a backslash at the end)");
	else if (*lines_skip_blanks(end) != '\0')
		return refuse_pair(at, key,
		    "text after the closing quote (without = before the value,"
		    " no comment follows it)");
	if ((st = grow(c, at, &entry)) != ST_OK)
		return st;
	if ((entry.value = strdup(value)) == NULL)
		return fail_memory();
	c->entries[c->count++] = entry;
	return ST_OK;
}

/* Its lines may be a private key, and must not get into a message. */
static enum status refuse_pem(const struct lines *at)
{
	return lines_refuse(at, at->line,
	    "a key or certificate in PEM begins here, expected KEY = VALUE");
}

/* Directives of NCONF, which would change how the rest is to be read. */
static enum status check_directive(const struct lines *at, const char *key)
{
	static const char *const directives[][2] = {
	    {".include", "copy the lines of the other file to this place"},
	    {".pragma", "remove the line"}};
	size_t i;

	for (i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (strncmp(key, directives[i][0], strlen(directives[i][0])) ==
		    0)
			return fail(ST_FILE,
			    "%s:%zu: %s is not supported in this file: %s",
			    at->file, at->line, directives[i][0],
			    directives[i][1]);
	return ST_OK;
}

/* The line from p to end, where there is a NUL. */
static enum status parse_pair(
    struct config *c, struct lines *at, char *p, char *end)
{
	bool old = lines_is_old_syntax(at, p, end);
	char *key, *key_end = NULL;
	enum status st;

	if ((!old && (st = lines_join(at, p, &end, false)) != ST_OK) ||
	    (st = take_key(at, &p, &key, &key_end)) != ST_OK ||
	    (st = check_directive(at, key)) != ST_OK)
		return st;
	if (*p == '=') {
		*key_end = '\0';
		return parse_new(c, at, key, p + 1);
	}
	if (!old && *p != '\0')
		return lines_refuse(at, at->line,
		    "a backslash continues the line, but it is not Key = "
		    "Value");
	trim_end(p, end);
	return parse_old(c, at, key, key_end, p);
}

static enum status parse_section(
    struct config *c, struct lines *at, char *p, char *line_end)
{
	struct config_entry entry = {.line = at->line};
	char *name, *end;
	enum status st;

	if ((st = lines_join(at, p, &line_end, true)) != ST_OK)
		return st;
	name = lines_skip_blanks(p + 1);
	if ((end = strpbrk(name, "]#")) == NULL || *end == '#')
		return lines_refuse(
		    at, at->line, "a section header without its ]");
	p = lines_skip_blanks(end + 1);
	if (*p != '\0' && *p != '#')
		warn(WARN_CONFIG_SYNTAX,
		    "%s:%zu: text after the section header is ignored",
		    at->file, at->line);
	trim_end(name, end);
	if (*name == '\0')
		return lines_refuse(
		    at, at->line, "a section header without a name");
	entry.section = c->section = name;
	if ((st = grow(c, at, &entry)) == ST_OK)
		c->entries[c->count++] = entry;
	return st;
}

static enum status parse_line(
    struct config *c, struct lines *at, char *start, char *end)
{
	char *p = lines_skip_blanks(start);
	enum status st = ST_OK;

	at->line = at->taken;
	while (p + 1 == end && *p == '\\') {
		if (!lines_take(at, &start, &end, &st))
			return st;
		p = lines_skip_blanks(start);
	}
	if (*p == '\0')
		return ST_OK;
	if (*p == '#')
		return lines_drop(at, p, end, "comment");
	if (strncmp(p, PEM_BEGIN, strlen(PEM_BEGIN)) == 0)
		return refuse_pem(at);
	return *p == '[' ? parse_section(c, at, p, end)
			 : parse_pair(c, at, p, end);
}

/* Parses all lines; the first error counts. */
static enum status parse_lines(struct config *c, struct lines *at)
{
	struct log_capture later;
	enum status st = ST_OK, of_line;
	char *start, *end;
	bool taken;

	do {
		of_line = ST_OK;
		if ((taken = lines_take(at, &start, &end, &of_line)))
			of_line = parse_line(c, at, start, end);
		if (st == ST_OK && of_line != ST_OK) {
			st = of_line;
			log_capture_begin(&later);
		}
	} while (taken || of_line != ST_OK);
	if (st != ST_OK)
		log_capture_end(&later);
	return st;
}

/* Of a text whose lines end in CR only, which is a blank. */
static void warn_of_line_ends(const struct lines *at)
{
	size_t len = (size_t)(at->end - at->next);
	const char *cr = memchr(at->next, '\r', len);

	while (cr != NULL && cr < at->end && lines_is_blank(*cr))
		cr++;
	if (cr != NULL && cr < at->end && memchr(at->next, '\n', len) == NULL)
		warn(WARN_CONFIG_SYNTAX,
		    "%s: lines end in CR only, which makes them one line: end "
		    "them in LF or CR LF",
		    at->file);
}

enum status config_parse(
    struct config *out, const char *name, const void *text, size_t len)
{
	struct lines at = {.file = name};
	enum status st;

	if (!buf_add(&out->text, text, len))
		return fail_memory();
	at.next = (char *)out->text.data;
	at.end = at.next + out->text.len;
	if (out->text.len >= 3 && memcmp(at.next, "\xef\xbb\xbf", 3) == 0)
		at.next += 3;
	out->section = CONFIG_SECTION_DEFAULT;
	warn_of_line_ends(&at);
	if ((st = parse_lines(out, &at)) == ST_OK)
		st = uses_mark(out);
	return st;
}

enum status config_read(struct config *out, const char *path)
{
	struct buf text = {0};
	enum status st;

	if ((st = file_read_any(&text, path, "configuration file")) == ST_OK)
		st = config_parse(out, path, text.data, text.len);
	buf_free(&text);
	return st;
}

void config_free(struct config *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (c->entries[i].value != NULL)
			compat_clear_free(
			    c->entries[i].value, strlen(c->entries[i].value));
	free(c->entries);
	buf_free(&c->text);
	memset(c, 0, sizeof(*c));
}
