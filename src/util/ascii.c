#include "util/ascii.h"

bool ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool ascii_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char ascii_to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int ascii_compare_words(const char *a, const char *b)
{
	while (*a != '\0' && ascii_to_lower(*a) == ascii_to_lower(*b)) {
		a++;
		b++;
	}
	return (unsigned char)ascii_to_lower(*a) -
	    (unsigned char)ascii_to_lower(*b);
}

bool ascii_is_same_word(const char *a, const char *b)
{
	return ascii_compare_words(a, b) == 0;
}

int ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_to_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ascii_decode_percent(
    char *out, size_t size, const char *text, size_t len, bool *nul)
{
	size_t i, used = 0;
	int high, low;

	*nul = false;
	for (i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			if (len - i < 3 ||
			    (high = ascii_hex_value(text[i + 1])) < 0 ||
			    (low = ascii_hex_value(text[i + 2])) < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		}
		*nul = c == '\0';
		if (*nul || used + 1 >= size)
			return false;
		out[used++] = c;
	}
	out[used] = '\0';
	return true;
}
