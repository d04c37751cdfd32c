#include <stdio.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "scep/attrs.h"
#include "util/log.h"

#define OID_TEXT_MAX 80

/* RFC 8894, 3.2.1: encodings of table 1, OIDs of table 2 */
static const struct {
	const char *name;
	const char *oid;
	int type;
} table[] = {
    [ATTR_MESSAGE_TYPE] = {"messageType", "2.16.840.1.113733.1.9.2",
	V_ASN1_PRINTABLESTRING},
    [ATTR_PKI_STATUS] = {"pkiStatus", "2.16.840.1.113733.1.9.3",
	V_ASN1_PRINTABLESTRING},
    [ATTR_FAIL_INFO] = {"failInfo", "2.16.840.1.113733.1.9.4",
	V_ASN1_PRINTABLESTRING},
    [ATTR_SENDER_NONCE] = {"senderNonce", "2.16.840.1.113733.1.9.5",
	V_ASN1_OCTET_STRING},
    [ATTR_RECIPIENT_NONCE] = {"recipientNonce", "2.16.840.1.113733.1.9.6",
	V_ASN1_OCTET_STRING},
    [ATTR_TRANSACTION_ID] = {"transactionID", "2.16.840.1.113733.1.9.7",
	V_ASN1_PRINTABLESTRING},
    [ATTR_FAIL_INFO_TEXT] = {"failInfoText", "1.3.6.1.5.5.7.24.1",
	V_ASN1_UTF8STRING},
};

/* id-scep: a widely used CA sends failInfoText with it, not with id-scep 1. */
static const char fail_info_text_misplaced[] = "1.3.6.1.5.5.7.24";

bool attrs_add_text(CMS_SignerInfo *si, enum attr attr, const char *text)
{
	return attrs_add_octets(si, attr, text, strlen(text));
}

bool attrs_add_octets(
    CMS_SignerInfo *si, enum attr attr, const void *bytes, size_t len)
{
	return CMS_signed_add1_attr_by_txt(
		   si, table[attr].oid, table[attr].type, bytes, (int)len) == 1;
}

/* RFC 8894, 3.2.1, table 1; some servers encode text as another string type. */
static bool is_type_expected(enum attr attr, int type)
{
	if (table[attr].type == V_ASN1_OCTET_STRING)
		return type == V_ASN1_OCTET_STRING;
	return type == V_ASN1_PRINTABLESTRING || type == V_ASN1_UTF8STRING ||
	    type == V_ASN1_IA5STRING;
}

static enum status get_value(
    struct attr_value *out, X509_ATTRIBUTE *attribute, enum attr attr)
{
	const ASN1_TYPE *value;
	const ASN1_STRING *string;

	value = X509_ATTRIBUTE_get0_type(attribute, 0);
	if (value == NULL || !is_type_expected(attr, value->type))
		return fail(ST_REPLY,
		    "reply: %s is of ASN.1 type %d, expected %s (RFC 8894, "
		    "3.2.1)",
		    table[attr].name, value != NULL ? value->type : -1,
		    table[attr].type == V_ASN1_OCTET_STRING ? "OCTET STRING"
							    : "a string");
	string = value->value.asn1_string;
	out->len = (size_t)ASN1_STRING_length(string);
	out->bytes = out->len > 0 ? ASN1_STRING_get0_data(string)
				  : (const unsigned char *)"";
	return ST_OK;
}

/* The attribute may be absent, but must not occur twice. */
static enum status get_by_oid(struct attr_value *out, const CMS_SignerInfo *si,
    enum attr attr, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	enum status st = ST_OK;
	int first;

	memset(out, 0, sizeof(*out));
	if (object == NULL)
		return fail_memory();
	first = CMS_signed_get_attr_by_OBJ(si, object, -1);
	if (first >= 0 && CMS_signed_get_attr_by_OBJ(si, object, first) >= 0)
		st = fail(ST_REPLY,
		    "reply: %s occurs more than once (RFC 8894, 3.2.1)",
		    table[attr].name);
	else if (first >= 0)
		st = get_value(out, CMS_signed_get_attr(si, first), attr);
	ASN1_OBJECT_free(object);
	return st;
}

/* libcrypto makes no text of an OID that is very long. */
static const char *oid_text(char text[OID_TEXT_MAX], const ASN1_OBJECT *object)
{
	if (OBJ_obj2txt(text, OID_TEXT_MAX, object, 1) <= 0) {
		snprintf(text, OID_TEXT_MAX, "an OID that is too long");
		ERR_clear_error();
	}
	return text;
}

/* The name in RFC 8894, table 1, or the OID of another attribute. */
static const char *name_of(X509_ATTRIBUTE *attribute, char oid[OID_TEXT_MAX])
{
	size_t i;

	oid_text(oid, X509_ATTRIBUTE_get0_object(attribute));
	for (i = 0; i < COUNT_OF(table); i++)
		if (strcmp(oid, table[i].oid) == 0)
			return table[i].name;
	return oid;
}

enum status attrs_check_values(const CMS_SignerInfo *si)
{
	int i, values, count = CMS_signed_get_attr_count(si);
	X509_ATTRIBUTE *attribute;
	char oid[OID_TEXT_MAX];

	for (i = 0; i < count; i++) {
		attribute = CMS_signed_get_attr(si, i);
		values = X509_ATTRIBUTE_count(attribute);
		if (values != 1)
			return fail(ST_REPLY,
			    "reply: %s has %d values, expected exactly one "
			    "(RFC 8894, 3.2.1)",
			    name_of(attribute, oid), values);
	}
	return ST_OK;
}

enum status attrs_check_content_type(
    const CMS_SignerInfo *si, const ASN1_OBJECT *type, int inner)
{
	int nid, at = CMS_signed_get_attr_by_NID(si, NID_pkcs9_contentType, -1);
	char found[OID_TEXT_MAX] = "no OBJECT IDENTIFIER";
	char expected[OID_TEXT_MAX];
	const ASN1_TYPE *value;

	if (at < 0)
		return ST_OK;
	value = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(si, at), 0);
	if (value != NULL && value->type == V_ASN1_OBJECT) {
		nid = OBJ_obj2nid(value->value.object);
		if (OBJ_cmp(value->value.object, type) == 0 ||
		    (nid == NID_pkcs7_data && OBJ_obj2nid(type) == inner))
			return ST_OK;
		oid_text(found, value->value.object);
	}
	return fail(ST_REPLY,
	    "reply: contentType is %s, expected %s, the eContentType (RFC "
	    "5652, 11.1)",
	    found, oid_text(expected, type));
}

bool attrs_add_signed(struct buf *out, const CMS_SignerInfo *si)
{
	int i, len = 0, count = CMS_signed_get_attr_count(si);
	unsigned char *p;
	int total;

	for (i = 0; i < count; i++)
		len += i2d_X509_ATTRIBUTE(CMS_signed_get_attr(si, i), NULL);
	total = ASN1_object_size(1, len, V_ASN1_SET);
	if (total < 0 || !buf_reserve(out, (size_t)total))
		return false;
	p = out->data + out->len;
	ASN1_put_object(&p, 1, len, V_ASN1_SET, V_ASN1_UNIVERSAL);
	for (i = 0; i < count; i++)
		i2d_X509_ATTRIBUTE(CMS_signed_get_attr(si, i), &p);
	out->len += (size_t)total;
	out->data[out->len] = '\0';
	return true;
}

enum status attrs_get(
    struct attr_value *out, const CMS_SignerInfo *si, enum attr attr)
{
	enum status st = get_by_oid(out, si, attr, table[attr].oid);

	if (st == ST_OK && out->bytes == NULL && attr == ATTR_FAIL_INFO_TEXT)
		st = get_by_oid(out, si, attr, fail_info_text_misplaced);
	return st;
}
