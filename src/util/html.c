#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compat/compat.h"
#include "util/ascii.h"
#include "util/html.h"
#include "util/log.h"

#define LOOK_MAX  (16u * 1024)
#define WORDS_MAX 256 /* more than a message shows */

#define BOM         "\xef\xbb\xbf"
#define WHITE_SPACE " \t\r\n\f\v"

struct words {
	char text[WORDS_MAX];
	size_t len;
};

static const struct {
	const char *text;
	char c;
} references[] = {
    {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'},
    {"&apos;", '\''}, {"&nbsp;", ' '}, {"&#160;", ' '}, {"&#xa0;", ' '},
    {"\xc2\xa0", ' '}, /* a no-break space in UTF-8 */
};

/* Adds a character, or a byte of one; white space as one blank. */
static void add(struct words *words, char c)
{
	if (strchr(WHITE_SPACE, c) != NULL) {
		if (words->len == 0 || words->text[words->len - 1] == ' ')
			return;
		c = ' ';
	}
	if (words->len < sizeof(words->text))
		words->text[words->len++] = c;
}

/* Adds the code in UTF-8 (RFC 3629, 3); "?" for 0, surrogates and rare ones. */
static void add_code(struct words *words, unsigned long code)
{
	if (code == 0 || code > 0xffff || (code & 0xf800) == 0xd800)
		code = '?';
	if (code < 0x80) {
		add(words, (char)code);
		return;
	}
	if (code < 0x800) {
		add(words, (char)(0xc0 | code >> 6));
	} else {
		add(words, (char)(0xe0 | code >> 12));
		add(words, (char)(0x80 | (code >> 6 & 0x3f)));
	}
	add(words, (char)(0x80 | (code & 0x3f)));
}

/* Whether text, in lower case, is next, in any case. */
static bool is_next(const char *p, const char *text)
{
	for (; *text != '\0'; p++, text++)
		if (ascii_to_lower(*p) != *text)
			return false;
	return true;
}

static bool is_tag(const char *p, const char *name)
{
	return is_next(p, name) && !ascii_is_letter(p[strlen(name)]);
}

static const char *find(const char *p, const char *text)
{
	while (*p != '\0' && !is_next(p, text))
		p++;
	return p;
}

/* &#228; or &#xe4;: returns what follows, or p if it is none. */
static const char *take_number(struct words *words, const char *p)
{
	bool hex = is_next(p, "&#x");
	const char *digits = p + (hex ? 3 : 2);
	size_t len = strspn(digits, hex ? ASCII_HEX_DIGITS : "0123456789");

	if (len == 0 || digits[len] != ';')
		return p;
	add_code(words, strtoul(digits, NULL, hex ? 16 : 10));
	return digits + len + 1;
}

/* Takes a character or a reference to one; returns what follows. */
static const char *take_character(struct words *words, const char *p)
{
	const char *end = p;
	size_t i;

	for (i = 0; i < COUNT_OF(references); i++) {
		if (is_next(p, references[i].text)) {
			add(words, references[i].c);
			return p + strlen(references[i].text);
		}
	}
	if (is_next(p, "&#"))
		end = take_number(words, p);
	if (end == p)
		add(words, *end++);
	return end;
}

/* Whether a tag, a comment or a declaration begins at p. */
static bool is_markup(const char *p)
{
	return p[0] == '<' &&
	    (ascii_is_letter(p[1]) || (p[1] != '\0' && strchr("/!?", p[1])));
}

/* Returns what follows a tag, a comment, a script or a style. */
static const char *skip_markup(const char *p)
{
	const char *end = is_next(p, "<!--") ? "-->"
	    : is_tag(p, "<script")           ? "</script"
	    : is_tag(p, "<style")            ? "</style"
					     : ">";

	p = find(find(p + 2, end), ">");
	return *p != '\0' ? p + 1 : p;
}

static void take_words(struct words *words, const char *p)
{
	const char *end;

	while (*p != '\0' && words->len < sizeof(words->text)) {
		if (words->len == 0 && is_tag(p, "<title")) {
			p = skip_markup(p);
			for (end = find(p, "</title"); p < end;)
				p = take_character(words, p);
			if (words->len > 0)
				return;
		} else if (is_markup(p)) {
			add(words, ' ');
			p = skip_markup(p);
		} else {
			p = take_character(words, p);
		}
	}
}

/* What is looked at, without a BOM, as a string: it ends at a NUL. */
static const char *copy(char out[LOOK_MAX + 1], const void *bytes, size_t len)
{
	if (len > LOOK_MAX)
		len = LOOK_MAX;
	if (len > 0)
		memcpy(out, bytes, len);
	out[len] = '\0';
	return is_next(out, BOM) ? out + strlen(BOM) : out;
}

bool html_is_page(const void *bytes, size_t len)
{
	char text[LOOK_MAX + 1];
	const char *p = copy(text, bytes, len);

	return is_markup(p + strspn(p, WHITE_SPACE));
}

const char *html_words(char *out, size_t size, const void *bytes, size_t len)
{
	struct words words = {.len = 0};
	char text[LOOK_MAX + 1];

	take_words(&words, copy(text, bytes, len));
	if (words.len > 0 && words.text[words.len - 1] == ' ')
		words.len--;
	return log_escape(out, size, words.text, words.len);
}

const char *html_quote(
    char *out, size_t size, const void *bytes, size_t len, bool page)
{
	size_t room = size - strlen(": \"\"");
	char text[QUOTE_SIZE];

	len = quote_trim(&bytes, len);
	room = room < sizeof(text) ? room : sizeof(text);
	if (page)
		html_words(text, room, bytes, len);
	else
		log_escape(text, room, bytes, len);
	out[0] = '\0';
	if (text[0] != '\0')
		snprintf(out, size, ": \"%s\"", text);
	return out;
}
