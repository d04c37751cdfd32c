#include <string.h>

#include <openssl/err.h>

#include "pki/altname_text.h"
#include "pki/altnames.h"
#include "util/ascii.h"

#define LIST_MAX_SHOWN 200 /* no name is added after that many bytes */

/* found is what libcrypto tells in *crit: -1 none, -2 several. */
static bool is_readable(const GENERAL_NAMES *names, int found)
{
	ERR_clear_error();
	return names != NULL || found == -1;
}

bool altnames_of_csr(GENERAL_NAMES **out, X509_REQ *csr)
{
	STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(csr);
	bool asked = X509_REQ_get_attr_by_NID(csr, NID_ext_req, -1) >= 0;
	int found;

	*out = X509V3_get_d2i(extensions, NID_subject_alt_name, &found, NULL);
	if (extensions == NULL && asked)
		found = 0;
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	return is_readable(*out, found);
}

bool altnames_of_cert(GENERAL_NAMES **out, X509 *cert)
{
	int found;

	*out = X509_get_ext_d2i(cert, NID_subject_alt_name, &found, NULL);
	return is_readable(*out, found);
}

/* Where case does not count: before scheme, and from host to end. */
struct parts {
	int scheme, host, end;
};

/* The index behind the last "@" of those from start to end, else start. */
static int skip_user(const char *text, int start, int end)
{
	int i;

	for (i = end; i > start; i--)
		if (text[i - 1] == '@')
			return i;
	return start;
}

/* RFC 5280, 7.4: of a URI scheme and host, where it has "//". */
static struct parts find_uri_parts(const char *text, int len)
{
	const char *colon = memchr(text, ':', (size_t)len);
	struct parts parts = {0};

	if (colon == NULL)
		return parts;
	parts.scheme = parts.host = parts.end = (int)(colon - text);
	if (len - parts.scheme < 3 || memcmp(colon, "://", 3) != 0)
		return parts;
	for (parts.end += 3; parts.end < len; parts.end++)
		if (memchr("/?#", text[parts.end], 3) != NULL)
			break;
	parts.host = skip_user(text, parts.scheme + 3, parts.end);
	return parts;
}

/* RFC 5280, 7.2, 7.4 and 7.5: dNSName, URI, rfc822Name. */
static struct parts find_parts(int type, const char *text, int len)
{
	struct parts parts = {.end = len};

	if (type == GEN_URI)
		return find_uri_parts(text, len);
	if (type == GEN_EMAIL)
		parts.host = skip_user(text, 0, len);
	return parts;
}

static bool is_same_text(int type, const ASN1_STRING *a, const ASN1_STRING *b)
{
	const char *p = (const char *)ASN1_STRING_get0_data(a);
	const char *q = (const char *)ASN1_STRING_get0_data(b);
	int i, len = ASN1_STRING_length(a);
	struct parts parts;

	if (ASN1_STRING_length(b) != len)
		return false;
	parts = find_parts(type, p, len);
	for (i = 0; i < len; i++) {
		if (p[i] == q[i])
			continue;
		if ((i >= parts.scheme && (i < parts.host || i >= parts.end)) ||
		    ascii_to_lower(p[i]) != ascii_to_lower(q[i]))
			return false;
	}
	return true;
}

static bool is_same_der(GENERAL_NAME *a, GENERAL_NAME *b)
{
	unsigned char *p = NULL, *q = NULL;
	int len = i2d_GENERAL_NAME(a, &p);
	bool same = len > 0 && i2d_GENERAL_NAME(b, &q) == len &&
	    memcmp(p, q, (size_t)len) == 0;

	OPENSSL_free(p);
	OPENSSL_free(q);
	return same;
}

static bool is_same_name(GENERAL_NAME *a, GENERAL_NAME *b)
{
	int type, other;
	const void *value = GENERAL_NAME_get0_value(a, &type);
	const void *other_value = GENERAL_NAME_get0_value(b, &other);

	if (type != other)
		return false;
	switch (type) {
	case GEN_DNS:
	case GEN_EMAIL:
	case GEN_URI:
		return is_same_text(type, value, other_value);
	case GEN_IPADD:
		return ASN1_STRING_cmp(value, other_value) == 0;
	case GEN_DIRNAME:
		return X509_NAME_cmp(value, other_value) == 0;
	default:
		return is_same_der(a, b);
	}
}

static bool is_in(GENERAL_NAME *name, const GENERAL_NAMES *names)
{
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(names); i++)
		if (is_same_name(name, sk_GENERAL_NAME_value(names, i)))
			return true;
	return false;
}

static bool is_common_name(const GENERAL_NAME *name, const X509_NAME *subject)
{
	int i, type,
	    count = subject != NULL ? X509_NAME_entry_count(subject) : 0;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
	const X509_NAME_ENTRY *entry;

	for (i = 0; type == GEN_DNS && i < count; i++) {
		entry = X509_NAME_get_entry(subject, i);
		if (OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry)) ==
			NID_commonName &&
		    is_same_text(type, value, X509_NAME_ENTRY_get_data(entry)))
			return true;
	}
	return false;
}

bool altnames_add_missing(struct buf *out, const GENERAL_NAMES *names,
    const GENERAL_NAMES *others, const X509_NAME *subject)
{
	GENERAL_NAME *name;
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		if (is_in(name, others) || is_common_name(name, subject))
			continue;
		if (out->len >= LIST_MAX_SHOWN)
			return buf_add_string(out, ", ...");
		if ((out->len > 0 && !buf_add_string(out, ", ")) ||
		    !altname_add_text(out, name))
			return false;
	}
	return true;
}
