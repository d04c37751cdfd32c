#include <stdlib.h>
#include <string.h>

#include "compat/compat.h"
#include "util/ascii.h"
#include "util/html.h"
#include "util/log.h"
#include "util/utf8.h"

#define LOOK_MAX  (64u * 1024)
#define WORDS_MAX 256

#define QUOTE_START ": \""

#define REFERENCE_MAX 8 /* of a character reference, without "&" and ";" */

#define NO_BREAK_SPACE 0xa0

/* What is left of a page, and the words so far. */
struct page {
	const char *p, *end;
	char words[WORDS_MAX];
	size_t len;
	bool blank; /* white space after the last word */
};

static const struct {
	const char *name;
	unsigned long code;
} references[] = {
    {"amp", '&'},
    {"lt", '<'},
    {"gt", '>'},
    {"quot", '"'},
    {"apos", '\''},
    {"nbsp", NO_BREAK_SPACE},
};

/* The code in UTF-8 (RFC 3629, 3); "?" where there is none. */
static size_t encode(char out[4], unsigned long code)
{
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t len = code < 0x80 ? 1
	    : code < 0x800       ? 2
	    : code < 0x10000     ? 3
				 : 4;
	size_t i;

	if (code == 0 || code > 0x10ffff || (code & ~0x7fful) == 0xd800) {
		out[0] = '?';
		return 1;
	}
	for (i = len; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(len > 1 ? leads[len] | code : code);
	return len;
}

/* White space, and NUL. */
static bool is_space(char c)
{
	return strchr(" \t\r\n\f\v", c) != NULL;
}

static bool is_full(const struct page *page)
{
	return page->len == sizeof(page->words);
}

static void add_bytes(struct page *page, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len && !is_full(page); i++) {
		if (is_space(bytes[i])) {
			page->blank = page->len > 0;
			continue;
		}
		if (page->blank)
			page->words[page->len++] = ' ';
		page->blank = false;
		if (!is_full(page))
			page->words[page->len++] = bytes[i];
	}
}

static void add_code(struct page *page, unsigned long code)
{
	char utf8[4];

	if (code == NO_BREAK_SPACE)
		add_bytes(page, " ", 1);
	else
		add_bytes(page, utf8, encode(utf8, code));
}

/* &#228; and &#xe4; name, without "&", is "#228" or "#xe4". */
static bool find_number(unsigned long *code, const char *name)
{
	bool hex = ascii_to_lower(name[1]) == 'x';
	const char *digits = name + (hex ? 2 : 1);

	if (digits[0] == '\0' ||
	    digits[strspn(digits, hex ? ASCII_HEX_DIGITS : "0123456789")] !=
		'\0')
		return false;
	*code = strtoul(digits, NULL, hex ? 16 : 10);
	return true;
}

static bool find_reference(unsigned long *code, const char *name)
{
	size_t i;

	if (name[0] == '#')
		return find_number(code, name);
	for (i = 0; i < COUNT_OF(references); i++) {
		if (strcmp(references[i].name, name) == 0) {
			*code = references[i].code;
			return true;
		}
	}
	return false;
}

/* Takes the character reference at p; false if there is none. */
static bool take_reference(struct page *page)
{
	char name[REFERENCE_MAX + 1];
	const char *p = page->p + 1;
	unsigned long code;
	size_t len = 0;

	while (p < page->end && len < REFERENCE_MAX && *p != ';' && *p != '\0')
		name[len++] = *p++;
	name[len] = '\0';
	if (p == page->end || *p != ';' || len == 0 ||
	    !find_reference(&code, name))
		return false;
	add_code(page, code);
	page->p = p + 1;
	return true;
}

static void take_character(struct page *page)
{
	const unsigned char *p = (const unsigned char *)page->p;
	size_t len = utf8_length(p, (size_t)(page->end - page->p));

	if (*p == '&' && take_reference(page))
		return;
	if (len == 2 && p[0] == 0xc2)
		add_code(page, p[1]);
	else
		add_bytes(page, page->p, len > 0 ? len : 1);
	page->p += len > 0 ? len : 1;
}

/* Whether text, in lower case, is next, in any case. */
static bool is_next(const struct page *page, const char *p, const char *text)
{
	for (; *text != '\0'; p++, text++)
		if (p == page->end || ascii_to_lower(*p) != *text)
			return false;
	return true;
}

/* Goes to the next text, or to the end. */
static void go_to(struct page *page, const char *text)
{
	while (page->p < page->end && !is_next(page, page->p, text))
		page->p++;
}

/* Whether a tag, a comment or a declaration begins at p. */
static bool is_markup(const char *p, const char *end)
{
	return end - p > 1 && *p == '<' &&
	    (ascii_is_letter(p[1]) || p[1] == '/' || p[1] == '!' ||
		p[1] == '?');
}

/* Whether the tag with that name, as "<title", is next. */
static bool is_tag(const struct page *page, const char *name)
{
	const char *after;

	if (!is_next(page, page->p, name))
		return false;
	after = page->p + strlen(name);
	return after == page->end || is_space(*after) || *after == '>' ||
	    *after == '/';
}

/*
 * Behind the ">" that is not in a quoted value of an attribute.  Only after "="
 * does a quote open one: others are characters like any.
 */
static void skip_tag(struct page *page)
{
	char quote = '\0', before = '\0'; /* the last that is no space */

	for (; page->p < page->end; page->p++) {
		if (quote != '\0') {
			if (*page->p == quote)
				quote = '\0';
		} else if (before == '=' &&
		    (*page->p == '"' || *page->p == '\'')) {
			quote = *page->p;
		} else if (*page->p == '>') {
			page->p++;
			return;
		}
		if (!is_space(*page->p))
			before = *page->p;
	}
}

/* Behind "-->" or "--!>"; "<!-->" is a whole comment, too. */
static void skip_comment(struct page *page)
{
	page->p += 2;
	while (page->p < page->end && !is_next(page, page->p, "-->") &&
	    !is_next(page, page->p, "--!>"))
		page->p++;
	skip_tag(page);
}

static void skip_markup(struct page *page)
{
	bool script = is_tag(page, "<script"), style = is_tag(page, "<style");

	add_bytes(page, " ", 1);
	if (is_next(page, page->p, "<!--"))
		skip_comment(page);
	else
		skip_tag(page);
	if (script || style)
		go_to(page, script ? "</script" : "</style");
}

/* In a title there are character references, but no tags. */
static void take_title(struct page *page)
{
	skip_tag(page);
	while (page->p < page->end && !is_full(page) &&
	    !is_next(page, page->p, "</title"))
		take_character(page);
}

static void take_words(struct page *page)
{
	while (page->p < page->end && !is_full(page)) {
		if (page->len == 0 && is_tag(page, "<title")) {
			take_title(page);
			if (page->len > 0)
				return;
		} else if (is_markup(page->p, page->end)) {
			skip_markup(page);
		} else {
			take_character(page);
		}
	}
}

static void skip_bom(struct page *page)
{
	if (is_next(page, page->p, "\xef\xbb\xbf"))
		page->p += 3;
}

static struct page open_page(const void *bytes, size_t len)
{
	struct page page = {.p = bytes};

	page.end = page.p + (len < LOOK_MAX ? len : LOOK_MAX);
	skip_bom(&page);
	return page;
}

bool html_is_page(const void *bytes, size_t len)
{
	struct page page = open_page(bytes, len);

	while (page.p < page.end && *page.p != '\0' && is_space(*page.p))
		page.p++;
	return is_markup(page.p, page.end);
}

const char *html_words(char *out, size_t size, const void *bytes, size_t len)
{
	struct page page = open_page(bytes, len);

	take_words(&page);
	return log_escape(out, size, page.words, page.len);
}

const char *html_quote(
    char *out, size_t size, const void *bytes, size_t len, bool page)
{
	const size_t start = sizeof(QUOTE_START) - 1;
	size_t end;

	len = quote_trim(&bytes, len);
	memcpy(out, QUOTE_START, start);
	if (page)
		html_words(out + start, size - start - 1, bytes, len);
	else
		log_escape(out + start, size - start - 1, bytes, len);
	end = strlen(out);
	memcpy(out + end, "\"", sizeof("\""));
	if (end == start)
		out[0] = '\0';
	return out;
}
