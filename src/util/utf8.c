#include "compat/compat.h"
#include "util/utf8.h"

/* RFC 3629, 4: the range of the second byte depends on the first. */
static const struct {
	unsigned char first, last; /* of the first byte */
	unsigned char low, high;   /* of the second byte */
	unsigned char length;
} forms[] = {
    {0x00, 0x7f, 0x00, 0x00, 1},
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

size_t utf8_length(const unsigned char *p, size_t left)
{
	size_t i, k;

	for (i = 0; left > 0 && i < COUNT_OF(forms); i++) {
		if (p[0] < forms[i].first || p[0] > forms[i].last)
			continue;
		if (forms[i].length > left)
			return 0;
		if (forms[i].length > 1 &&
		    (p[1] < forms[i].low || p[1] > forms[i].high))
			return 0;
		for (k = 2; k < forms[i].length; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return forms[i].length;
	}
	return 0;
}

unsigned long utf8_code(const unsigned char *p, size_t length)
{
	unsigned long code = length == 1 ? *p : *p & (0x7fUL >> length);
	size_t i;

	for (i = 1; i < length; i++)
		code = code << 6 | (p[i] & 0x3fUL);
	return code;
}

/*
 * Of Unicode: the general categories Cc, Cf, Zl, Zp and Co, Noncharacter_Code_Point
 * and Default_Ignorable_Code_Point, in which code points without a character are,
 * too; of Zs all that look like a space but the ideographic one, which is a letter
 * wide; and what else has no ink: the Braille pattern without dots, the filler of
 * Khitan, the null notehead, and the replacement of an object.
 */
static const struct {
	unsigned long first, last;
} hidden[] = {
    {0x0, 0x1f},
    {0x7f, 0xa0},
    {0xad, 0xad},
    {0x34f, 0x34f},
    {0x600, 0x605},
    {0x61c, 0x61c},
    {0x6dd, 0x6dd},
    {0x70f, 0x70f},
    {0x890, 0x891},
    {0x8e2, 0x8e2},
    {0x115f, 0x1160},
    {0x1680, 0x1680},
    {0x17b4, 0x17b5},
    {0x180b, 0x180f},
    {0x2000, 0x200f},
    {0x2028, 0x202f},
    {0x205f, 0x206f},
    {0x2800, 0x2800},
    {0x3164, 0x3164},
    {0xe000, 0xf8ff},
    {0xfdd0, 0xfdef},
    {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff},
    {0xffa0, 0xffa0},
    {0xfff0, 0xfffc},
    {0x110bd, 0x110bd},
    {0x110cd, 0x110cd},
    {0x13430, 0x1343f},
    {0x16fe4, 0x16fe4},
    {0x1bca0, 0x1bca3},
    {0x1d159, 0x1d159},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe0fff},
    {0xf0000, 0x10ffff},
};

bool utf8_is_hidden(unsigned long code)
{
	size_t i;

	/* The last two of each plane are noncharacters. */
	if ((code & 0xfffe) == 0xfffe)
		return true;
	for (i = 0; i < COUNT_OF(hidden) && code >= hidden[i].first; i++)
		if (code <= hidden[i].last)
			return true;
	return false;
}

size_t utf8_shown_length(const unsigned char *p, size_t left)
{
	size_t length = utf8_length(p, left);

	return length > 0 && utf8_is_hidden(utf8_code(p, length)) ? 0 : length;
}
