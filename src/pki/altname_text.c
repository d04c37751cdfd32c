#include <stdio.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>

#include "pki/altname_text.h"
#include "util/quote.h"

#define SHOWN_MAX 100 /* bytes of a name, with the NUL */
#define OID_MAX   80

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

static bool add_text(
    struct buf *out, const char *type, const void *text, size_t len)
{
	const char *quote = is_plain(text, len) ? "" : "\"";
	char shown[SHOWN_MAX];

	return buf_addf(out, "%s%s%s%s", type, quote,
	    log_escape(shown, sizeof(shown), text, len), quote);
}

static bool add_string(
    struct buf *out, const char *type, const ASN1_STRING *string)
{
	return add_text(out, type, ASN1_STRING_get0_data(string),
	    (size_t)ASN1_STRING_length(string));
}

static bool add_hex(
    struct buf *out, const char *type, const unsigned char *bytes, int len)
{
	int i;

	if (!buf_addf(out, "%s#", type))
		return false;
	for (i = 0; i < len && i < SHOWN_MAX / 2; i++)
		if (!buf_addf(out, "%02x", bytes[i]))
			return false;
	return i == len || buf_add_string(out, "...");
}

/* What is in DER: frees it. */
static bool add_der(
    struct buf *out, const char *type, unsigned char *der, int len)
{
	bool ok = der != NULL && add_hex(out, type, der, len);

	OPENSSL_free(der);
	return ok;
}

static bool add_address(struct buf *out, const GENERAL_NAME *name)
{
	static const char type[] = "IP Address:";
	const ASN1_STRING *address = name->d.iPAddress;
	const unsigned char *p = ASN1_STRING_get0_data(address);
	int i, len = ASN1_STRING_length(address);

	if (len == 4)
		return buf_addf(
		    out, "%s%d.%d.%d.%d", type, p[0], p[1], p[2], p[3]);
	if (len != 16)
		return add_hex(out, type, p, len);
	if (!buf_add_string(out, type))
		return false;
	for (i = 0; i < len; i += 2)
		if (!buf_addf(
			out, "%s%X", i > 0 ? ":" : "", p[i] << 8 | p[i + 1]))
			return false;
	return true;
}

/* RFC 4514, with the letters that are not ASCII as they are. */
static bool add_directory(struct buf *out, const GENERAL_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok = false;
	char *text;
	long len;

	if (bio != NULL &&
	    X509_NAME_print_ex(bio, name->d.directoryName, 0,
		XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		len = BIO_get_mem_data(bio, &text);
		ok = add_text(out, "DirName:", text, (size_t)len);
	}
	BIO_free(bio);
	return ok;
}

/* "" if libcrypto makes no text of it, as of one that is very long. */
static const char *oid_text(char text[OID_MAX], const ASN1_OBJECT *object)
{
	int len = OBJ_obj2txt(text, OID_MAX, object, 1);

	ERR_clear_error();
	if (len <= 0 || len >= OID_MAX)
		text[0] = '\0';
	return text;
}

static bool add_other(struct buf *out, OTHERNAME *other)
{
	char oid[OID_MAX], type[OID_MAX + sizeof("otherName::")];
	unsigned char *der = NULL;
	int len;

	snprintf(
	    type, sizeof(type), "otherName:%s:", oid_text(oid, other->type_id));
	if (oid[0] != '\0' && other->value->type == V_ASN1_UTF8STRING)
		return add_string(out, type, other->value->value.utf8string);
	if (oid[0] != '\0') {
		len = i2d_ASN1_TYPE(other->value, &der);
		return add_der(out, type, der, len);
	}
	len = i2d_OTHERNAME(other, &der);
	return add_der(out, "otherName:", der, len);
}

static bool add_registered(struct buf *out, const ASN1_OBJECT *object)
{
	unsigned char *der = NULL;
	char oid[OID_MAX];
	int len;

	if (oid_text(oid, object)[0] != '\0')
		return buf_addf(out, "Registered ID:%s", oid);
	len = i2d_ASN1_OBJECT(object, &der);
	return add_der(out, "Registered ID:", der, len);
}

bool altname_add_text(struct buf *out, GENERAL_NAME *name)
{
	unsigned char *der = NULL;
	int len;

	switch (name->type) {
	case GEN_DNS:
		return add_string(out, "DNS:", name->d.dNSName);
	case GEN_EMAIL:
		return add_string(out, "email:", name->d.rfc822Name);
	case GEN_URI:
		return add_string(
		    out, "URI:", name->d.uniformResourceIdentifier);
	case GEN_IPADD:
		return add_address(out, name);
	case GEN_DIRNAME:
		return add_directory(out, name);
	case GEN_OTHERNAME:
		return add_other(out, name->d.otherName);
	case GEN_RID:
		return add_registered(out, name->d.registeredID);
	default:
		len = i2d_GENERAL_NAME(name, &der);
		return add_der(out,
		    name->type == GEN_X400 ? "X400Name:" : "EdiPartyName:", der,
		    len);
	}
}
