#include <stdint.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "compat/memory.h"
#include "util/buf.h"

bool buf_reserve(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1, size = b->size;
	unsigned char *grown;

	if (want < more)
		return false;
	if (want <= size)
		return true;
	if (size == 0)
		size = 256;
	while (size < want)
		size = size > SIZE_MAX / 2 ? want : size * 2;
	grown = compat_clear_realloc(b->data, b->size, size);
	if (grown == NULL)
		return false;
	b->data = grown;
	b->size = size;
	b->data[b->len] = '\0';
	return true;
}

bool buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (!buf_reserve(b, len))
		return false;
	if (len > 0)
		memcpy(b->data + b->len, bytes, len);
	b->len += len;
	b->data[b->len] = '\0';
	return true;
}

bool buf_add_string(struct buf *b, const char *text)
{
	return buf_add(b, text, strlen(text));
}

bool buf_addf(struct buf *b, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len < 0 || !buf_reserve(b, (size_t)len))
		return false;
	va_start(ap, format);
	vsnprintf((char *)b->data + b->len, (size_t)len + 1, format, ap);
	va_end(ap);
	b->len += (size_t)len;
	return true;
}

bool buf_add_hex(
    struct buf *b, const void *bytes, size_t len, const char *separator)
{
	static const char digits[] = "0123456789ABCDEF";
	const unsigned char *p = bytes, *end = p + len;
	char digit[2];

	for (; p < end; p++) {
		digit[0] = digits[*p >> 4];
		digit[1] = digits[*p & 0xf];
		if ((p > (const unsigned char *)bytes &&
			!buf_add_string(b, separator)) ||
		    !buf_add(b, digit, sizeof(digit)))
			return false;
	}
	return true;
}

const char *buf_string(const struct buf *b)
{
	return b->data != NULL ? (const char *)b->data : "";
}

void buf_free(struct buf *b)
{
	compat_clear_free(b->data, b->size);
	memset(b, 0, sizeof(*b));
}
