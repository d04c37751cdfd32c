#include <stdbool.h>
#include <string.h>

#include <openssl/err.h>

#include "pki/oid.h"

/* libcrypto alone would take "1.2.3." and "1.02.3" as well. */
static bool is_dotted(const char *text)
{
	size_t len;

	for (;;) {
		len = strspn(text, "0123456789");
		if (len == 0 || (len > 1 && text[0] == '0'))
			return false;
		if (text[len] == '\0')
			return true;
		if (text[len] != '.')
			return false;
		text += len + 1;
	}
}

ASN1_OBJECT *oid_parse(const char *text)
{
	ASN1_OBJECT *object = is_dotted(text) ? OBJ_txt2obj(text, 1) : NULL;

	ERR_clear_error();
	return object;
}
