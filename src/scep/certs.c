#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "pki/cert.h"
#include "pki/der.h"
#include "scep/certs.h"
#include "scep/limits.h"
#include "scep/signed.h"
#include "util/log.h"

enum status certs_from_signed_data(
    STACK_OF(X509) **out, const void *bytes, size_t len)
{
	CMS_ContentInfo *cms = NULL;
	STACK_OF(X509) *certs;
	enum status st;

	if ((st = signed_parse(&cms, bytes, len,
		 "a certificates-only message (RFC 8894, 3.4)")) != ST_OK)
		return st;

	/* RFC 8894, 3.4: the certificates are in the field certificates. */
	certs = CMS_get1_certs(cms);
	if (sk_X509_num(certs) > 0) {
		*out = certs;
	} else {
		cert_stack_free(certs);
		st = fail_crypto(ST_REPLY,
		    "reply: there is no certificate in it (RFC 8894, 3.4)");
	}
	CMS_ContentInfo_free(cms);
	return st;
}

enum status certs_add_crl(struct buf *out, const void *bytes, size_t len)
{
	struct der_element crl;
	struct der crls;
	enum status st;

	if ((st = limits_check_crl_message(&crls, bytes, len,
		 "a SignedData with one CRL (RFC 8894, 4.6.1)")) != ST_OK)
		return st;

	/* RFC 8894, 4.6.1: crls has only the most recent CRL. */
	if (!der_next_is(&crls, &crl, V_ASN1_SEQUENCE) || crls.left != 0)
		return fail(ST_REPLY,
		    "reply: not a SignedData with one CRL, in DER (RFC 8894, "
		    "4.6.1)");
	if (!buf_add(out, crl.whole.p, (size_t)crl.whole.left))
		return fail_memory();
	return ST_OK;
}

static bool is_cms_label(const char *name)
{
	return strcmp(name, PEM_STRING_CMS) == 0 ||
	    strcmp(name, PEM_STRING_PKCS7) == 0 ||
	    strcmp(name, PEM_STRING_PKCS7_SIGNED) == 0;
}

/* The first PEM block that is a CMS message. */
static bool find_cms_block(BIO *bio, unsigned char **data, long *len)
{
	char *name, *header;
	bool found;

	while (PEM_read_bio(bio, &name, &header, data, len) == 1) {
		found = is_cms_label(name);
		OPENSSL_free(name);
		OPENSSL_free(header);
		if (found)
			return true;
		OPENSSL_free(*data);
	}
	return false;
}

static enum status certs_from_pem(
    STACK_OF(X509) **out, const void *bytes, size_t len)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(bytes, (int)len) : NULL;
	unsigned char *data;
	enum status st;
	long data_len;

	if (bio != NULL && find_cms_block(bio, &data, &data_len)) {
		st = certs_from_signed_data(out, data, (size_t)data_len);
		OPENSSL_free(data);
	} else {
		st = fail_crypto(ST_REPLY,
		    "reply: neither a certificate nor a SignedData with "
		    "certificates (RFC 8894, 4.2.1)");
	}
	BIO_free(bio);
	return st;
}

enum status certs_from_body(
    STACK_OF(X509) **out, bool *bare, const void *bytes, size_t len)
{
	STACK_OF(X509) *certs;

	if (len == 0)
		return fail(ST_REPLY,
		    "reply: it is empty, expected CA "
		    "certificates (RFC 8894, 4.2.1)");
	if ((certs = sk_X509_new_null()) == NULL)
		return fail_memory();
	*bare = false;
	if (cert_parse(certs, bytes, len)) {
		*bare = sk_X509_num(certs) == 1;
		*out = certs;
		return ST_OK;
	}
	ERR_clear_error();
	cert_stack_free(certs);
	if (*(const unsigned char *)bytes == (V_ASN1_SEQUENCE | 0x20))
		return certs_from_signed_data(out, bytes, len);
	return certs_from_pem(out, bytes, len);
}
