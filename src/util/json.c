#include <string.h>

#include "util/json.h"
#include "util/utf8.h"

#define REPLACEMENT "\\ufffd"

/* Above U+FFFF as two surrogates (RFC 8259, 7). */
static bool add_escape(struct buf *out, unsigned long code)
{
	if (code < 0x10000)
		return buf_addf(out, "\\u%04lx", code);
	code -= 0x10000;
	return buf_addf(out, "\\u%04lx\\u%04lx", 0xd800 | code >> 10,
	    0xdc00 | (code & 0x3ff));
}

static bool add_character(struct buf *out, const unsigned char *p, size_t len)
{
	if (len == 0)
		return buf_add_string(out, REPLACEMENT);
	if (*p == '"' || *p == '\\')
		return buf_addf(out, "\\%c", *p);
	if (utf8_is_hidden(utf8_code(p, len)))
		return add_escape(out, utf8_code(p, len));
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
