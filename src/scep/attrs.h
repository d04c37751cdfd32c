/* attrs.h: the signed attributes of SCEP (RFC 8894, 3.2.1). */
#ifndef SCEP_ATTRS_H
#define SCEP_ATTRS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/cms.h>

#include "util/buf.h"
#include "util/status.h"

enum attr {
	ATTR_MESSAGE_TYPE,
	ATTR_PKI_STATUS,
	ATTR_FAIL_INFO,
	ATTR_SENDER_NONCE,
	ATTR_RECIPIENT_NONCE,
	ATTR_TRANSACTION_ID,
	ATTR_FAIL_INFO_TEXT
};

/*
 * Each adds a signed attribute with one value, encoded as table 1 of RFC 8894
 * says.  False with the reason in libcrypto's error queue.
 */
bool attrs_add_text(CMS_SignerInfo *si, enum attr attr, const char *text);
bool attrs_add_octets(
    CMS_SignerInfo *si, enum attr attr, const void *bytes, size_t len);

/*
 * Each signed attribute, of SCEP or not, has to have exactly one value: RFC
 * 8894, 3.2.1, table 1, and RFC 5652, 11, define none with several.  ST_REPLY
 * after reporting the first that has not.
 */
enum status attrs_check_values(const CMS_SignerInfo *si);

/*
 * The contentType attribute has to be type, the eContentType (RFC 5652, 11.1).
 * Old PKCS #7 software has id-data in it also where type is that of what the
 * content holds, which is inner, a NID: that is taken.  Absent: ST_OK.
 * ST_REPLY after reporting.
 */
enum status attrs_check_content_type(
    const CMS_SignerInfo *si, const ASN1_OBJECT *type, int inner);

/*
 * Adds what is signed in place of the content: the signed attributes as an
 * EXPLICIT SET OF in DER (RFC 5652, 5.4), in the order in which they came, as
 * libcrypto does.  False when out of memory.
 */
bool attrs_add_signed(struct buf *out, const CMS_SignerInfo *si);

/* The value of an attribute, borrowed from the CMS_SignerInfo. */
struct attr_value {
	const unsigned char *bytes; /* NULL: there is no such attribute */
	size_t len;
};

/*
 * The first value of an attribute.  It has to be of the type that RFC 8894,
 * 3.2.1, table 1 says, where UTF8String and IA5String stand for
 * PrintableString as well, and the attribute has to occur once.  Absent: ST_OK
 * and bytes NULL.  ST_REPLY after reporting.  Call attrs_check_values() first.
 */
enum status attrs_get(
    struct attr_value *out, const CMS_SignerInfo *si, enum attr attr);

#endif
