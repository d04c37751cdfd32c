#include <stdio.h>
#include <string.h>

#include "util/json.h"
#include "util/utf8.h"

#define REPLACEMENT "\\ufffd"

void json_escape(char out[JSON_ESCAPE_SIZE], unsigned long code)
{
	if (code < 0x10000) {
		snprintf(out, JSON_ESCAPE_SIZE, "\\u%04lx", code);
		return;
	}
	code -= 0x10000;
	snprintf(out, JSON_ESCAPE_SIZE, "\\u%04lx\\u%04lx",
	    0xd800 | (code >> 10 & 0x3ff), 0xdc00 | (code & 0x3ff));
}

static bool add_character(struct buf *out, const unsigned char *p, size_t len)
{
	char escape[JSON_ESCAPE_SIZE];

	if (len == 0)
		return buf_add_string(out, REPLACEMENT);
	if (*p == '"' || *p == '\\')
		return buf_addf(out, "\\%c", *p);
	if (utf8_is_hidden(utf8_code(p, len))) {
		json_escape(escape, utf8_code(p, len));
		return buf_add_string(out, escape);
	}
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
