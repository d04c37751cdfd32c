#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "options/config.h"
#include "options/expand.h"
#include "util/file.h"
#include "util/log.h"

/* Where the parser is. */
struct place {
	const char *file;
	const char *section;
	size_t line;      /* where the line that is parsed starts */
	char *next, *end; /* the lines that are not yet taken */
	size_t taken;     /* the lines that are */
};

static enum status bad_line(
    const struct place *at, size_t line, const char *what)
{
	return fail(ST_FILE, "%s:%zu: %s", at->file, line, what);
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

/* Ends the string before the blanks at its end. */
static void trim_end(char *start, char *end)
{
	while (end > start && is_blank(end[-1]))
		end--;
	*end = '\0';
}

/* Makes room for one more entry. */
static enum status grow(struct config *c, const struct place *at)
{
	struct config_entry *grown;
	size_t size;

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
 * Takes the next line, and writes a NUL to its end, before its CR.  False if
 * there is none, or with *st not ST_OK, after reporting.
 */
static bool take_line(
    struct place *at, char **start, char **end, enum status *st)
{
	char *p = at->next, *line_end;

	if (p >= at->end || *st != ST_OK)
		return false;
	line_end = memchr(p, '\n', (size_t)(at->end - p));
	if (line_end == NULL)
		line_end = at->end;
	at->next = line_end + 1;
	at->taken++;
	*start = p;

	if (line_end - p > CONFIG_LINE_MAX)
		*st = bad_line(at, at->taken, "the line is too long");
	else if (memchr(p, '\0', (size_t)(line_end - p)) != NULL)
		*st = bad_line(
		    at, at->taken, "a NUL byte: not a text file, or UTF-16");
	while (line_end > p && line_end[-1] == '\r')
		line_end--;
	*line_end = '\0';
	*end = line_end;
	return *st == ST_OK;
}

/*
 * Appends the lines that continue the one from start to end, in place, where
 * its last character is a backslash without another before it.
 */
static enum status join_lines(struct place *at, char *start, char *end)
{
	char *more, *more_end;
	enum status st = ST_OK;

	while (end > start && end[-1] == '\\' &&
	    (end - 1 == start || end[-2] != '\\') &&
	    take_line(at, &more, &more_end, &st)) {
		memmove(end - 1, more, (size_t)(more_end - more) + 1);
		end += more_end - more - 1;
		if (end - start > CONFIG_LINE_MAX)
			return bad_line(at, at->line, "the line is too long");
	}
	return st;
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
			    at, at->line, "the quote of the key is not closed");
		*end = *key + strlen(*key);
	} else {
		*key = start;
		*p = *end = start + strcspn(start, " \t=\"");
	}
	*p = skip_blanks(*p);
	if (*end == *key)
		return bad_line(at, at->line, "a key is missing");
	return ST_OK;
}

/* Key = Value, the text behind the '='. */
static enum status parse_new(
    struct config *c, const struct place *at, char *key, const char *text)
{
	struct config_entry entry = {
	    .section = at->section, .key = key, .line = at->line};
	char *name = strstr(key, "::");
	enum status st;

	if (name != NULL && name != key && name[2] != '\0') {
		*name = '\0';
		entry.section = key;
		entry.key = name + 2;
	}
	if ((st = grow(c, at)) == ST_OK &&
	    (st = expand_value(c, &entry, at->file, text)) == ST_OK)
		c->entries[c->count++] = entry;
	return st;
}

/*
 * Key Value; value has no blanks at its end.  The NUL at key_end may replace its
 * quote.
 */
static enum status parse_old(struct config *c, const struct place *at,
    const char *key, char *key_end, char *value)
{
	struct config_entry entry = {
	    .section = at->section, .key = key, .line = at->line};
	bool empty = *value == '\0', quoted = *value == '"';
	char *end, name[64];
	enum status st;

	*key_end = '\0';
	if (empty)
		return fail(ST_FILE, "%s:%zu: %s has no value", at->file,
		    at->line, log_escape(name, sizeof(name), key, strlen(key)));
	if (!quoted) {
		unescape(value, false);
	} else if ((end = unescape(++value, true)) == NULL) {
		return bad_line(
		    at, at->line, "the quote of the value is not closed");
	} else if (*skip_blanks(end) != '\0') {
		return bad_line(at, at->line, "text after the closing quote");
	}
	if ((st = grow(c, at)) != ST_OK)
		return st;
	if ((entry.value = strdup(value)) == NULL)
		return fail_memory();
	c->entries[c->count++] = entry;
	return ST_OK;
}

/* Directives of NCONF, which would change how the rest is to be read. */
static const char *find_directive(const char *key)
{
	static const char *const names[] = {".include", ".pragma"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(key, names[i], strlen(names[i])) == 0)
			return names[i];
	return NULL;
}

/* The line from p to end, where there is a NUL. */
static enum status parse_pair(
    struct config *c, struct place *at, char *p, char *end)
{
	char *key, *key_end = NULL;
	const char *directive;
	enum status st;

	if ((st = take_key(at, &p, &key, &key_end)) != ST_OK)
		return st;
	if ((directive = find_directive(key)) != NULL)
		return fail(ST_FILE, "%s:%zu: %s is not supported in this file",
		    at->file, at->line, directive);
	if (*p == '=') {
		st = join_lines(at, p, end);
		*key_end = '\0';
		return st == ST_OK ? parse_new(c, at, key, p + 1) : st;
	}
	trim_end(p, end);
	return parse_old(c, at, key, key_end, p);
}

static enum status parse_section(struct config *c, struct place *at, char *p)
{
	struct config_entry entry = {.line = at->line};
	char *name, *end;
	enum status st;

	name = skip_blanks(p + 1);
	if ((end = strpbrk(name, "]#")) == NULL || *end == '#')
		return bad_line(at, at->line, "a section header without its ]");
	p = skip_blanks(end + 1);
	if (*p != '\0' && *p != '#')
		warn(WARN_CONFIG_SYNTAX,
		    "%s:%zu: text after the section header is ignored",
		    at->file, at->line);
	trim_end(name, end);
	if (*name == '\0')
		return bad_line(
		    at, at->line, "a section header without a name");
	if ((st = grow(c, at)) != ST_OK)
		return st;
	entry.section = at->section = name;
	c->entries[c->count++] = entry;
	return ST_OK;
}

/* A backslash at its end continues a comment, too. */
static enum status skip_comment(struct place *at, char *start, char *end)
{
	enum status st = join_lines(at, start, end);
	const char *more = at->taken > at->line ? skip_blanks(end - 1) : "";

	if (*more != '\0' && *more != '#')
		warn(WARN_CONFIG_SYNTAX,
		    "%s:%zu: the comment ends in a backslash, so line %zu"
		    " belongs to it",
		    at->file, at->line, at->line + 1);
	return st;
}

static enum status parse_line(
    struct config *c, struct place *at, char *start, char *end)
{
	char *p = skip_blanks(start);
	enum status st;

	at->line = at->taken;
	if (*p == '\0')
		return ST_OK;
	if (*p == '#')
		return skip_comment(at, p, end);
	/* A line may be continued within its key, which is no old syntax. */
	if (*p == '[' || p + strcspn(p, " \t=\"") == end) {
		if ((st = join_lines(at, p, end)) != ST_OK)
			return st;
		end = p + strlen(p);
	}
	return *p == '[' ? parse_section(c, at, p) : parse_pair(c, at, p, end);
}

enum status config_parse(
    struct config *out, const char *name, const void *text, size_t len)
{
	struct place at = {.file = name, .section = CONFIG_SECTION_DEFAULT};
	char *start, *end;
	struct log_capture later;
	enum status st = ST_OK, of_line;

	if (!buf_add(&out->text, text, len))
		return fail_memory();
	at.next = (char *)out->text.data;
	at.end = at.next + out->text.len;
	if (out->text.len >= 3 && memcmp(at.next, "\xef\xbb\xbf", 3) == 0)
		at.next += 3;
	while (at.next < at.end) {
		of_line = ST_OK;
		if (take_line(&at, &start, &end, &of_line))
			of_line = parse_line(out, &at, start, end);
		if (st == ST_OK && of_line != ST_OK) {
			st = of_line;
			log_capture_begin(&later);
		}
	}
	if (st != ST_OK)
		log_capture_end(&later);
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
			OPENSSL_clear_free(
			    c->entries[i].value, strlen(c->entries[i].value));
	free(c->entries);
	buf_free(&c->text);
	memset(c, 0, sizeof(*c));
}
