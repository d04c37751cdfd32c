#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options/expand.h"
#include "options/lines.h"
#include "options/table.h"
#include "util/ascii.h"
#include "util/log.h"

#define SECTION_ENVIRONMENT "ENV"
#define NAME_SHOWN_MAX      80

/* A value that is being read. */
struct reading {
	struct config *config;
	struct config_entry *entry;
	const char *file;
	const char *text, *end; /* of the value, without comment and blanks */
	const char *in;         /* the next character */
	struct buf out;
};

static enum status refuse(const struct reading *r, const char *format, ...)
    PRINTF_LIKE(2, 3);

static enum status refuse(const struct reading *r, const char *format, ...)
{
	char key[NAME_SHOWN_MAX], text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return fail(ST_FILE, "%s:%zu: %s: %s", r->file, r->entry->line,
	    quote_key(key, sizeof(key), r->entry->key), text);
}

/* Behind the quoted text that starts at p; NULL: its quote is not closed. */
static const char *skip_quoted(const char *p)
{
	char quote = *p++;

	for (; *p != '\0'; p++) {
		if (*p == quote)
			return p + 1;
		if (*p == '\\' && *++p == '\0')
			break;
	}
	return NULL;
}

/* Where an unquoted # or the string ends the value. */
static const char *find_end(const struct reading *r)
{
	const char *p = r->text, *next;
	char key[NAME_SHOWN_MAX];

	while (*p != '\0' && *p != '#') {
		if (lines_is_quote(*p)) {
			if ((next = skip_quoted(p)) != NULL) {
				p = next;
				continue;
			}
			warn(WARN_CONFIG_SYNTAX,
			    "%s:%zu: %s: the quote %c is not closed, and is"
			    " left out (\\%c stands for itself)",
			    r->file, r->entry->line,
			    quote_key(key, sizeof(key), r->entry->key), *p, *p);
			return p + strlen(p);
		}
		if (*p == '\\' && p[1] != '\0')
			p++;
		p++;
	}
	return p;
}

static bool add_char(struct reading *r, char c)
{
	return buf_add(&r->out, &c, 1);
}

/* A backslash before the character is left out: is it that of a path? */
static void note_dropped(struct reading *r, char c)
{
	if (r->entry->dropped == '\0' &&
	    (ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '.'))
		r->entry->dropped = c;
}

static bool add_quoted(struct reading *r)
{
	char quote = *r->in++;
	bool ok = true;

	while (ok && r->in < r->end && *r->in != quote) {
		if (*r->in == '\\') {
			if (++r->in == r->end)
				break;
			note_dropped(r, *r->in);
		}
		ok = add_char(r, *r->in++);
	}
	if (r->in < r->end)
		r->in++;
	return ok;
}

static bool add_escaped(struct reading *r)
{
	static const char letters[] = "nrtb", meant[] = "\n\r\t\b";
	const char *found;
	char c;

	if (++r->in == r->end)
		return true;
	c = *r->in++;
	if ((found = strchr(letters, c)) == NULL) {
		note_dropped(r, c);
		return add_char(r, c);
	}
	if (r->entry->escape == '\0')
		r->entry->escape = c;
	return add_char(r, meant[found - letters]);
}

/* Whether the key is that of a path, number or flag: its value is no secret. */
static bool is_plain(const char *key)
{
	const struct option_row *row;
	bool plain = false;
	size_t i;

	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (!table_has_key(row, key))
			continue;
		plain = row->type == TYPE_NUMBER || row->type == TYPE_FLAG ||
		    row->check == CHECK_FILE || row->check == CHECK_OUTPUT ||
		    row->check == CHECK_DIR;
		if (!plain)
			return false;
	}
	return plain;
}

/* The variable is the text from start to r->in. */
static enum status refuse_variable(
    const struct reading *r, const char *start, const char *problem)
{
	char shown[NAME_SHOWN_MAX];

	if (!is_plain(r->entry->key))
		return refuse(r,
		    "the variable at character %zu of the value %s (\\$ stands"
		    " for a plain $)",
		    (size_t)(start - r->text) + 1, problem);
	return refuse(r, "%s %s (\\$ stands for a plain $)",
	    log_escape(shown, sizeof(shown), start, (size_t)(r->in - start)),
	    problem);
}

/* The last key of that name in the section; NULL: there is none. */
static struct config_entry *find_key(
    const struct config *c, const char *section, const char *name)
{
	size_t i;

	for (i = c->count; i-- > 0;)
		if (c->entries[i].key != NULL &&
		    strcmp(c->entries[i].key, name) == 0 &&
		    strcmp(c->entries[i].section, section) == 0)
			return &c->entries[i];
	return NULL;
}

/* What holds for the value of a variable holds where it is used, too. */
static void note_use(struct reading *r, struct config_entry *found)
{
	struct config *c = r->config;
	struct config_entry *entry = r->entry;

	found->variable = true;
	if (entry->escape == '\0')
		entry->escape = found->escape;
	if (entry->dropped == '\0')
		entry->dropped = found->dropped;
	if (entry->cut == NULL)
		entry->cut = found->cut;
	c->uses[c->used++] = (struct config_use){
	    (unsigned short)c->count, (unsigned short)(found - c->entries)};
}

/* The value of a variable, borrowed; NULL: it names nothing. */
static const char *find_value(
    struct reading *r, const char *section, const char *name)
{
	struct config_entry *found = find_key(r->config, section, name);
	const char *value;

	if (found == NULL && strcmp(section, SECTION_ENVIRONMENT) == 0 &&
	    (value = getenv(name)) != NULL)
		return value;
	if (found == NULL)
		found = find_key(r->config, CONFIG_SECTION_DEFAULT, name);
	if (found == NULL)
		return NULL;
	note_use(r, found);
	return found->value;
}

/* A copy of the name at r->in, which it moves behind it; NULL: no memory. */
static char *take_name(struct reading *r)
{
	const char *start = r->in;

	while (
	    ascii_is_letter(*r->in) || ascii_is_digit(*r->in) || *r->in == '_')
		r->in++;
	return strndup(start, (size_t)(r->in - start));
}

/*
 * Takes [section::]name at r->in.  The caller frees both; section is NULL
 * where none is named.
 */
static bool take_variable(struct reading *r, char **section, char **name)
{
	if ((*name = take_name(r)) == NULL)
		return false;
	if (strncmp(r->in, "::", 2) != 0)
		return true;
	r->in += 2;
	*section = *name;
	return (*name = take_name(r)) != NULL;
}

static enum status add_variable(struct reading *r)
{
	const char *start = r->in++, *value;
	char close = *r->in == '{' ? '}' : *r->in == '(' ? ')' : '\0';
	char *section = NULL, *name = NULL;
	enum status st = ST_OK;

	if (++r->config->variables > CONFIG_VARIABLES_MAX)
		return refuse(r, "more than %d variables in the file",
		    CONFIG_VARIABLES_MAX);
	if (close != '\0')
		r->in++;
	if (!take_variable(r, &section, &name)) {
		st = fail_memory();
	} else if (close != '\0' && *r->in != close) {
		st = refuse_variable(r, start, "has no closing brace");
	} else {
		if (close != '\0')
			r->in++;
		value = find_value(
		    r, section != NULL ? section : r->entry->section, name);
		if (value == NULL)
			st = refuse_variable(r, start,
			    "names no key above it in its section or outside"
			    " of sections, and nothing in the environment");
		else if (!buf_add_string(&r->out, value))
			st = fail_memory();
	}
	free(section);
	free(name);
	return st;
}

static enum status add_all(struct reading *r)
{
	enum status st = ST_OK;
	bool ok = buf_add(&r->out, "", 0);

	while (ok && st == ST_OK && r->in < r->end) {
		if (lines_is_quote(*r->in))
			ok = add_quoted(r);
		else if (*r->in == '\\')
			ok = add_escaped(r);
		else if (*r->in == '$')
			st = add_variable(r);
		else
			ok = add_char(r, *r->in++);
		if (r->out.len > CONFIG_LINE_MAX)
			return refuse(r, "the value is longer than %d bytes",
			    CONFIG_LINE_MAX);
	}
	return ok ? st : fail_memory();
}

enum status expand_value(struct config *c, struct config_entry *entry,
    const char *file, const char *text)
{
	struct reading r = {.config = c, .entry = entry, .file = file};
	enum status st;

	while (lines_is_blank(*text))
		text++;
	r.text = r.in = text;
	r.end = find_end(&r);
	if (*r.end == '#' && r.end > text && !lines_is_blank(r.end[-1]))
		entry->cut = r.end;
	while (r.end > r.text && lines_is_blank(r.end[-1]))
		r.end--;
	entry->absent = r.end == r.text;

	st = add_all(&r);
	if (st == ST_OK && (entry->value = strdup(buf_string(&r.out))) == NULL)
		st = fail_memory();
	buf_free(&r.out);
	return st;
}
