#include <stdio.h>
#include <string.h>

#include "options/names.h"
#include "keys/new_key.h"
#include "options/text.h"
#include "pki/algs.h"

static void start_line(struct text *t)
{
	fprintf(
	    t->out, "%*s%s", t->indent, "", t->start != NULL ? t->start : "");
	t->column = t->indent + (t->start != NULL ? (int)strlen(t->start) : 0);
}

static void add_word(struct text *t, const char *word, int len)
{
	bool fresh = t->column == 0;

	if (!fresh && t->column + 1 + len > t->width) {
		if (t->wrap != NULL)
			fputs(t->wrap, t->out);
		text_end(t);
		fresh = true;
	}
	if (fresh)
		start_line(t);
	else
		fputc(' ', t->out);
	/* mdoc takes a line that starts with . or ' for a macro. */
	if (fresh && t->mdoc && (*word == '.' || *word == '\''))
		fputs("\\&", t->out);
	fprintf(t->out, "%.*s", len, word);
	t->column += len + (fresh ? 0 : 1);
	if (t->mdoc && word[len - 1] == '.')
		text_end(t);
}

void text_add(struct text *t, const char *words)
{
	size_t len;

	for (;;) {
		words += strspn(words, " ");
		if (*words == '\0')
			break;
		len = strcspn(words, " ");
		add_word(t, words, (int)len);
		words += len;
	}
}

void text_add_whole(struct text *t, const char *words)
{
	add_word(t, words, (int)strlen(words));
}

void text_end(struct text *t)
{
	if (t->column > 0)
		fputc('\n', t->out);
	t->column = 0;
}

const char *text_default(char *out, size_t size, const struct option_row *row)
{
	switch (row->type) {
	case TYPE_NUMBER:
		if (row->def < row->min)
			return NULL;
		snprintf(out, size, "%d", row->def);
		return out;
	case TYPE_FLAG:
		return "no";
	case TYPE_RENEWAL:
		return names_renewal[0].name;
	default:
		return NULL;
	}
}

const char *text_allowed_values(const struct option_row *row)
{
	if (row->check == CHECK_DIGEST)
		return algs_digest_names;
	if (row->check == CHECK_CIPHER)
		return algs_cipher_names;
	if (row->check == CHECK_NEW_KEY)
		return new_key_types;
	if (row->type == TYPE_TOLERATE)
		return names_tolerate_list;
	if (row->type == TYPE_RENEWAL)
		return names_renewal_list;
	return NULL;
}

static void add_help(
    struct text *t, const struct option_row *row, const char *values)
{
	const char *def = NULL;
	char number[32], text[512];

	if (row->type != TYPE_FLAG)
		def = text_default(number, sizeof(number), row);
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s", row->help,
	    values != NULL ? " (" : "", values != NULL ? values : "",
	    values != NULL ? ")" : "", def != NULL ? " (default " : "",
	    def != NULL ? def : "", def != NULL ? ")" : "", t->mdoc ? "." : "");
	text_add(t, text);
}

void text_add_help(struct text *t, const struct option_row *row)
{
	add_help(t, row, text_allowed_values(row));
}

void text_add_brief(struct text *t, const struct option_row *row)
{
	add_help(t, row, NULL);
}
