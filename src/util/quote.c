#include <stdio.h>
#include <string.h>

#include "util/quote.h"
#include "util/utf8.h"

#define LOOK_MAX       4096
#define UNIT_MAX       5 /* "\xNN" and a NUL; a UTF-8 letter is shorter */
#define DER_SEQUENCE   0x30
#define BINARY_PORTION 4 /* binary: one byte in so many is unprintable */

/* Where text goes; cut is the last place with room for the dots. */
struct copy {
	char *out;
	size_t size, len, cut;
};

/* Adds a unit that must not be cut; ends with dots and is false if too long. */
static bool add_unit(struct copy *copy, const char *unit, size_t len)
{
	if (copy->len + len + 1 > copy->size) {
		if (copy->cut < copy->size)
			snprintf(copy->out + copy->cut, copy->size - copy->cut,
			    "...");
		return false;
	}
	memcpy(copy->out + copy->len, unit, len);
	copy->len += len;
	copy->out[copy->len] = '\0';
	if (copy->len + 4 <= copy->size)
		copy->cut = copy->len;
	return true;
}

/*
 * Writes the letter of that length at p, escaped if it is 0 or the letter is
 * one of special; the new length.
 */
static size_t escape(char unit[UNIT_MAX], const unsigned char *p, size_t length,
    const char *special)
{
	if (length == 0)
		return (size_t)snprintf(unit, UNIT_MAX, "\\x%02x", *p);
	if (strchr(special, *p) != NULL)
		return (size_t)snprintf(unit, UNIT_MAX, "\\%c", *p);
	memcpy(unit, p, length);
	return length;
}

static const char *copy_escaped(
    char *out, size_t size, const void *text, size_t len, const char *special)
{
	const unsigned char *p = text, *end = len > 0 ? p + len : p;
	struct copy copy = {.out = out, .size = size};
	char unit[UNIT_MAX];
	size_t letter;

	if (size > 0)
		out[0] = '\0';
	while (p < end) {
		letter = utf8_shown_length(p, (size_t)(end - p));
		if (!add_unit(&copy, unit, escape(unit, p, letter, special)))
			break;
		p += letter > 0 ? letter : 1;
	}
	return out;
}

const char *log_escape(char *out, size_t size, const void *text, size_t len)
{
	return copy_escaped(out, size, text, len, "\\\"");
}

const char *quote_text(char *out, size_t size, const char *text)
{
	return log_escape(out, size, text, strlen(text));
}

const char *quote_line(char *out, size_t size, const void *text, size_t len)
{
	return copy_escaped(out, size, text, len, "");
}

const char *quote_value(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || size < 4 || (text[0] != ' ' && text[len - 1] != ' '))
		return log_escape(out, size, text, len);
	out[0] = '"';
	log_escape(out + 1, size - 2, text, len);
	len = strlen(out);
	out[len++] = '"';
	out[len] = '\0';
	return out;
}

const char *quote_key(char *out, size_t size, const char *key)
{
	return log_escape(out, size, key, strcspn(key, ": \t\r\"'`"));
}

/* The length of what log_escape() made of a letter or a byte. */
static size_t unit_length(const char *text)
{
	size_t left = strlen(text), length = 1;

	if (text[0] == '\\')
		length = text[1] == 'x' ? 4 : 2;
	else if ((unsigned char)text[0] >= 0x80)
		length = utf8_length((const unsigned char *)text, left);
	if (length == 0)
		return 1;
	return length < left ? length : left;
}

const char *quote_cut(char *out, size_t size, const char *text)
{
	struct copy copy = {.out = out, .size = size};
	size_t length;

	if (size > 0)
		out[0] = '\0';
	for (; *text != '\0'; text += length) {
		length = unit_length(text);
		if (!add_unit(&copy, text, length))
			break;
	}
	return out;
}

static bool is_space(unsigned char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_control(unsigned char c)
{
	return (c < 0x20 && !is_space(c)) || c == 0x7f;
}

bool quote_is_text(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	size_t i = 0, letter, look = len < LOOK_MAX ? len : LOOK_MAX, odd = 0;

	if (look == 0 || memchr(p, '\0', look) != NULL ||
	    (look > 1 && p[0] == DER_SEQUENCE && p[1] >= 0x80))
		return false;
	while (i < look) {
		letter = utf8_length(p + i, look - i);
		if (letter == 0 || is_control(p[i]))
			odd++;
		i += letter > 0 ? letter : 1;
	}
	return odd < look / BINARY_PORTION + 1;
}

size_t quote_trim(const void **bytes, size_t len)
{
	const unsigned char *p = *bytes;

	if (!quote_is_text(p, len))
		return 0;
	for (; len > 0 && is_space(*p); p++)
		len--;
	while (len > 0 && is_space(p[len - 1]))
		len--;
	*bytes = p;
	return len;
}
