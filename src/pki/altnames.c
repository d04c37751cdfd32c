#include <stdio.h>
#include <string.h>

#include <openssl/err.h>

#include "pki/altnames.h"
#include "pki/cert.h"
#include "util/ascii.h"
#include "util/quote.h"

#define LIST_MAX_SHOWN 200 /* no name is added after that many bytes */
#define SHOWN_MAX      100 /* bytes of a name, with the NUL */

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

/* How many bytes have to be the same; in the others case does not count. */
static int exact_length(int type, const char *text, int len)
{
	int i;

	if (type == GEN_URI)
		return len;
	if (type == GEN_EMAIL)
		for (i = len; i > 0; i--)
			if (text[i - 1] == '@')
				return i;
	return 0;
}

static bool is_same_text(int type, const ASN1_STRING *a, const ASN1_STRING *b)
{
	const char *p = (const char *)ASN1_STRING_get0_data(a);
	const char *q = (const char *)ASN1_STRING_get0_data(b);
	int i, len = ASN1_STRING_length(a), exact = exact_length(type, p, len);

	if (ASN1_STRING_length(b) != len)
		return false;
	for (i = 0; i < len; i++)
		if (p[i] != q[i] &&
		    (i < exact || ascii_to_lower(p[i]) != ascii_to_lower(q[i])))
			return false;
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
	case GEN_DIRNAME:
		return X509_NAME_cmp(value, other_value) == 0;
	default:
		return is_same_der(a, b);
	}
}

/*
 * Moves *next behind name in names; false if it is not there.  Mostly it is at
 * *next already: thousands of names are compared in one pass, as a CA keeps
 * their order.
 */
static bool find_from(int *next, GENERAL_NAME *name, const GENERAL_NAMES *names)
{
	int i, at, count = sk_GENERAL_NAME_num(names);

	for (i = 0; i < count; i++) {
		at = (*next + i) % count;
		if (is_same_name(name, sk_GENERAL_NAME_value(names, at))) {
			*next = at + 1;
			return true;
		}
	}
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

/* Characters of names that need no quotation marks; no quote, blank, #. */
#define PLAIN \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"-._~:/?@!$&()*+=[]%"

static bool is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] == '\0' || strchr(PLAIN, text[i]) == NULL)
			return false;
	return len > 0;
}

static bool add_text(struct buf *out, const void *text, size_t len)
{
	const char *quote = is_plain(text, len) ? "" : "\"";
	char shown[SHOWN_MAX];

	return buf_addf(out, "%s%s%s", quote,
	    log_escape(shown, sizeof(shown), text, len), quote);
}

static bool add_string(struct buf *out, const ASN1_STRING *string)
{
	return add_text(out, ASN1_STRING_get0_data(string),
	    (size_t)ASN1_STRING_length(string));
}

static bool add_hex(struct buf *out, const unsigned char *bytes, int len)
{
	bool ok = buf_add_string(out, "#");
	int i;

	for (i = 0; ok && i < len && i < SHOWN_MAX / 2; i++)
		ok = buf_addf(out, "%02x", bytes[i]);
	return ok && (i == len || buf_add_string(out, "..."));
}

/* What is in DER: frees it. */
static bool add_der(struct buf *out, unsigned char *der, int len)
{
	bool ok = der != NULL && add_hex(out, der, len);

	OPENSSL_free(der);
	return ok;
}

static bool add_address(struct buf *out, const ASN1_STRING *address)
{
	const unsigned char *p = ASN1_STRING_get0_data(address);
	int i, len = ASN1_STRING_length(address);

	if (len == 4)
		return buf_addf(out, "%d.%d.%d.%d", p[0], p[1], p[2], p[3]);
	if (len != 16)
		return add_hex(out, p, len);
	for (i = 0; i < len; i += 2)
		if (!buf_addf(
			out, "%s%X", i > 0 ? ":" : "", p[i] << 8 | p[i + 1]))
			return false;
	return true;
}

static bool add_oid(struct buf *out, const ASN1_OBJECT *object)
{
	char text[SHOWN_MAX] = "";
	int len = OBJ_obj2txt(text, sizeof(text), object, 1);

	ERR_clear_error();
	return buf_addf(
	    out, "%s%s", text, len <= 0 || len >= SHOWN_MAX ? "..." : "");
}

static bool add_other(struct buf *out, const OTHERNAME *other)
{
	unsigned char *der = NULL;
	int len;

	if (!add_oid(out, other->type_id) || !buf_add_string(out, ":"))
		return false;
	if (other->value->type == V_ASN1_UTF8STRING)
		return add_string(out, other->value->value.utf8string);
	len = i2d_ASN1_TYPE(other->value, &der);
	return add_der(out, der, len);
}

static bool add_directory(struct buf *out, const X509_NAME *name)
{
	char text[SHOWN_MAX];

	cert_name_quote(text, sizeof(text), name);
	return add_text(out, text, strlen(text));
}

bool altname_add_text(struct buf *out, GENERAL_NAME *name)
{
	static const char *const types[] = {"otherName", "email", "DNS",
	    "X400Name", "DirName", "EdiPartyName", "URI", "IP Address",
	    "Registered ID"};
	unsigned char *der = NULL;
	int type, len;
	void *value = GENERAL_NAME_get0_value(name, &type);

	if (!buf_addf(out, "%s:", types[type]))
		return false;
	switch (type) {
	case GEN_DNS:
	case GEN_EMAIL:
	case GEN_URI:
		return add_string(out, value);
	case GEN_IPADD:
		return add_address(out, value);
	case GEN_DIRNAME:
		return add_directory(out, value);
	case GEN_OTHERNAME:
		return add_other(out, value);
	case GEN_RID:
		return add_oid(out, value);
	default:
		len = i2d_GENERAL_NAME(name, &der);
		return add_der(out, der, len);
	}
}

bool altnames_add_missing(struct buf *out, const GENERAL_NAMES *names,
    const GENERAL_NAMES *others, const X509_NAME *subject)
{
	GENERAL_NAME *name;
	int i, next = 0;

	for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		name = sk_GENERAL_NAME_value(names, i);
		if (find_from(&next, name, others) ||
		    is_common_name(name, subject))
			continue;
		if (out->len >= LIST_MAX_SHOWN)
			return buf_add_string(out, ", ...");
		if ((out->len > 0 && !buf_add_string(out, ", ")) ||
		    !altname_add_text(out, name))
			return false;
	}
	return true;
}
