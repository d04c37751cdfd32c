#include <limits.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h> /* first: cms.h then declares PEM_read_bio_CMS */
#include <openssl/cms.h>

#include "pki/cert.h"
#include "pki/der.h"
#include "scep/certs.h"
#include "util/log.h"

enum status certs_check_count(STACK_OF(X509) *certs)
{
	if (sk_X509_num(certs) <= CERT_COUNT_MAX)
		return ST_OK;
	return fail(
	    ST_REPLY, "reply: more than %d certificates in it", CERT_COUNT_MAX);
}

static enum status take_certs(STACK_OF(X509) **out, CMS_ContentInfo *cms)
{
	STACK_OF(X509) *certs;
	enum status st;

	if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed)
		return fail(ST_REPLY,
		    "reply: the certificates are not in a SignedData (RFC "
		    "8894, 3.4)");
	if ((certs = CMS_get1_certs(cms)) == NULL || sk_X509_num(certs) == 0) {
		cert_stack_free(certs);
		return fail_crypto(ST_REPLY,
		    "reply: there is no certificate in it (RFC 8894, 3.4)");
	}
	if ((st = certs_check_count(certs)) != ST_OK)
		cert_stack_free(certs);
	else
		*out = certs;
	return st;
}

enum status certs_from_signed_data(
    STACK_OF(X509) **out, const void *bytes, size_t len)
{
	const unsigned char *p = bytes, *end = p + len;
	CMS_ContentInfo *cms =
	    len <= LONG_MAX ? d2i_CMS_ContentInfo(NULL, &p, (long)len) : NULL;
	enum status st;

	if (cms == NULL)
		st = fail_crypto(ST_REPLY,
		    "reply: its content is not a SignedData with certificates "
		    "(RFC 8894, 3.4)");
	else if (p != end)
		st = fail(ST_REPLY,
		    "reply: %zu bytes follow the SignedData with certificates",
		    (size_t)(end - p));
	else
		st = take_certs(out, cms);
	CMS_ContentInfo_free(cms);
	return st;
}

/*
 * The crls field of ContentInfo { OID, [0] SignedData { version, SET,
 * SEQUENCE, certificates [0] OPTIONAL, crls [1] OPTIONAL, ... (RFC 5652,
 * 5.1).  False when the message is not DER, or has none.
 */
static bool find_crls(struct der *out, struct der run)
{
	struct der_element info, explicit, data, e;

	if (!der_next_is(&run, &info, V_ASN1_SEQUENCE) || run.left != 0 ||
	    !der_next_is(&info.inside, &e, V_ASN1_OBJECT) ||
	    !der_next(&info.inside, &explicit) ||
	    !der_next_is(&explicit.inside, &data, V_ASN1_SEQUENCE) ||
	    !der_next_is(&data.inside, &e, V_ASN1_INTEGER) ||
	    !der_next_is(&data.inside, &e, V_ASN1_SET) ||
	    !der_next_is(&data.inside, &e, V_ASN1_SEQUENCE) ||
	    !der_next(&data.inside, &e))
		return false;
	if (e.class == V_ASN1_CONTEXT_SPECIFIC && e.tag == 0 &&
	    !der_next(&data.inside, &e))
		return false;
	*out = e.inside;
	return e.class == V_ASN1_CONTEXT_SPECIFIC && e.tag == 1;
}

static enum status slice_crl(struct buf *out, struct der crls)
{
	struct der_element crl;

	if (!der_next_is(&crls, &crl, V_ASN1_SEQUENCE) || crls.left != 0)
		return fail(ST_REPLY,
		    "reply: expected one CRL in it (RFC 8894, 4.6.1)");
	if (!buf_add(out, crl.whole.p, (size_t)crl.whole.left))
		return fail_memory();
	return ST_OK;
}

/* The way for BER: libcrypto decodes the message, and encodes the CRL. */
static enum status reencode_crl(
    struct buf *out, const unsigned char *bytes, size_t len)
{
	const unsigned char *p = bytes;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)len);
	STACK_OF(X509_CRL) *crls = NULL;
	unsigned char *der = NULL;
	int der_len = -1;
	enum status st = ST_OK;

	if (cms != NULL && p == bytes + len &&
	    OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed)
		crls = CMS_get1_crls(cms);
	if (crls != NULL && sk_X509_CRL_num(crls) == 1)
		der_len = i2d_X509_CRL(sk_X509_CRL_value(crls, 0), &der);
	if (der_len <= 0)
		st = fail_crypto(ST_REPLY,
		    "reply: expected a SignedData with one CRL (RFC 8894, "
		    "4.6.1)");
	else if (!buf_add(out, der, (size_t)der_len))
		st = fail_memory();
	OPENSSL_free(der);
	sk_X509_CRL_pop_free(crls, X509_CRL_free);
	CMS_ContentInfo_free(cms);
	return st;
}

enum status certs_add_crl(struct buf *out, const void *bytes, size_t len)
{
	struct der crls;

	if (len > LONG_MAX)
		return fail(ST_REPLY, "reply: it is too large");
	if (find_crls(&crls, (struct der){bytes, (long)len}))
		return slice_crl(out, crls);
	return reencode_crl(out, bytes, len);
}

static enum status from_pem(STACK_OF(X509) **out, const void *bytes, size_t len)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(bytes, (int)len) : NULL;
	CMS_ContentInfo *cms =
	    bio != NULL ? PEM_read_bio_CMS(bio, NULL, NULL, NULL) : NULL;
	enum status st;

	BIO_free(bio);
	if (cms == NULL)
		return fail_crypto(ST_REPLY,
		    "reply: neither a certificate nor a SignedData with "
		    "certificates (RFC 8894, 4.2.1)");
	st = take_certs(out, cms);
	CMS_ContentInfo_free(cms);
	return st;
}

enum status certs_from_body(STACK_OF(X509) **out, const void *bytes, size_t len)
{
	STACK_OF(X509) *certs;

	if (len == 0)
		return fail(ST_REPLY,
		    "reply: it is empty, expected CA "
		    "certificates (RFC 8894, 4.2.1)");
	if ((certs = sk_X509_new_null()) == NULL)
		return fail_memory();
	if (cert_parse(certs, bytes, len)) {
		*out = certs;
		return ST_OK;
	}
	ERR_clear_error();
	cert_stack_free(certs);
	if (*(const unsigned char *)bytes == (V_ASN1_SEQUENCE | 0x20))
		return certs_from_signed_data(out, bytes, len);
	return from_pem(out, bytes, len);
}
