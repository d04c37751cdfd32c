/* text.c: help texts of the table, wrapped, as text or as mdoc. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "options/text.h"
#include "pki/algs.h"

static void start_line(struct option_text *t)
{
	fprintf(
	    t->out, "%*s%s", t->indent, "", t->start != NULL ? t->start : "");
	t->column = t->indent + (t->start != NULL ? (int)strlen(t->start) : 0);
}

static void add_word(struct option_text *t, const char *word, int len)
{
	bool fresh = t->column == 0;

	if (!fresh && t->column + 1 + len > t->width) {
		option_text_end(t);
		fresh = true;
	}
	if (fresh)
		start_line(t);
	else
		fputc(' ', t->out);
	/* A line of mdoc that starts so would be a macro. */
	if (fresh && t->mdoc && (*word == '.' || *word == '\''))
		fputs("\\&", t->out);
	fprintf(t->out, "%.*s", len, word);
	t->column += len + (fresh ? 0 : 1);
	if (t->mdoc && word[len - 1] == '.')
		option_text_end(t);
}

void option_text_add(struct option_text *t, const char *words)
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

void option_text_end(struct option_text *t)
{
	if (t->column > 0)
		fputc('\n', t->out);
	t->column = 0;
}

const char *option_default(char *out, size_t size, const struct option_row *row)
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
		return "auto";
	default:
		return NULL;
	}
}

static const char *allowed_values(const struct option_row *row)
{
	if (row->check == CHECK_DIGEST)
		return algs_digest_names;
	if (row->check == CHECK_CIPHER)
		return algs_cipher_names;
	if (row->type == TYPE_TOLERATE)
		return option_tolerate_list;
	if (row->type == TYPE_RENEWAL)
		return "auto|17|19";
	return NULL;
}

void option_text_help(struct option_text *t, const struct option_row *row)
{
	const char *values = allowed_values(row), *def = NULL;
	char number[32], text[512];

	if (row->type != TYPE_FLAG)
		def = option_default(number, sizeof(number), row);
	snprintf(text, sizeof(text), "%s%s%s%s%s%s%s%s", row->help,
	    values != NULL ? " (" : "", values != NULL ? values : "",
	    values != NULL ? ")" : "", def != NULL ? " (default " : "",
	    def != NULL ? def : "", def != NULL ? ")" : "", t->mdoc ? "." : "");
	option_text_add(t, text);
}

unsigned int option_key_ops(const struct option_row *row)
{
	unsigned int ops = 0;
	size_t i;

	for (i = 0; i < options_table_rows; i++)
		if (option_has_key(&options_table[i], row->key))
			ops |= options_table[i].ops | options_table[i].idle;
	return ops;
}

bool option_key_is_repeated(const struct option_row *row)
{
	const struct option_row *r;

	for (r = options_table; r < row; r++)
		if (option_has_key(r, row->key))
			return true;
	return false;
}

#define GUESS_MAX 63

/* Levenshtein's distance, case ignored, of up to GUESS_MAX bytes of each. */
static size_t distance(const char *a, const char *b)
{
	size_t row[GUESS_MAX + 1], i, j, left, above, corner;
	size_t alen = strlen(a), blen = strlen(b);

	if (alen > GUESS_MAX)
		alen = GUESS_MAX;
	if (blen > GUESS_MAX)
		blen = GUESS_MAX;
	for (j = 0; j <= blen; j++)
		row[j] = j;
	for (i = 1; i <= alen; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= blen; j++) {
			above = row[j];
			left = row[j - 1];
			if (tolower((unsigned char)a[i - 1]) !=
			    tolower((unsigned char)b[j - 1]))
				corner++;
			row[j] = corner;
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (left + 1 < row[j])
				row[j] = left + 1;
			corner = above;
		}
	}
	return row[blen];
}

void option_guess_offer(
    struct option_guess *guess, const char *text, const char *name)
{
	size_t d = distance(text, name);

	if (guess->name == NULL || d < guess->distance) {
		guess->name = name;
		guess->distance = d;
	}
}

bool option_guess_is_near(const struct option_guess *guess, const char *text)
{
	return guess->name != NULL && guess->distance <= strlen(text) / 3 + 1;
}
