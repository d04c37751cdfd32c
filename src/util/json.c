#include <string.h>

#include "util/json.h"
#include "util/utf8.h"

#define REPLACEMENT "\\ufffd"

/* The code point of a character of two or three bytes; 0 of others. */
static unsigned int code_point(const unsigned char *p, size_t len)
{
	if (len == 2)
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	if (len == 3)
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 |
		    (p[2] & 0x3fu);
	return 0;
}

/* What a terminal may obey: controls beyond ASCII, changes of direction. */
static bool is_control(unsigned int code)
{
	return (code >= 0x80 && code < 0xa0) || code == 0x61c ||
	    (code >= 0x200b && code <= 0x200f) ||
	    (code >= 0x2028 && code <= 0x202e) ||
	    (code >= 0x2060 && code <= 0x2069);
}

static bool add_character(struct buf *out, const unsigned char *p, size_t len)
{
	if (len == 0)
		return buf_add_string(out, REPLACEMENT);
	if (*p == '"' || *p == '\\')
		return buf_addf(out, "\\%c", *p);
	if (*p < 0x20 || *p == 0x7f)
		return buf_addf(out, "\\u%04x", *p);
	if (is_control(code_point(p, len)))
		return buf_addf(out, "\\u%04x", code_point(p, len));
	return buf_add(out, p, len);
}

bool json_add_string(struct buf *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t left = strlen(text), len;

	if (!buf_add_string(out, "\""))
		return false;
	while (left > 0) {
		len = utf8_length(p, left);
		if (!add_character(out, p, len))
			return false;
		p += len > 0 ? len : 1;
		left -= len > 0 ? len : 1;
	}
	return buf_add_string(out, "\"");
}

bool json_add_member(struct buf *out, const char *name, const char *text)
{
	return buf_add_string(out, out->len > 0 ? "," : "") &&
	    json_add_string(out, name) && buf_add_string(out, ":") &&
	    json_add_string(out, text);
}
