#include <string.h>

#include <openssl/asn1.h>

#include "compat/memory.h"
#include "compat/openssl.h"
#include "scep/content.h"
#include "util/log.h"

enum status content_add_csr(struct buf *out, X509_REQ *csr)
{
	unsigned char *der = NULL;
	int len = i2d_X509_REQ(csr, &der);
	enum status st = ST_OK;

	if (len <= 0)
		return fail_crypto(ST_FILE, "cannot encode the request");
	if (!buf_add(out, der, (size_t)len))
		st = fail_memory();
	compat_clear_free(der, (size_t)len);
	return st;
}

/* SEQUENCE { Name, second }, where second is in DER; frees second. */
static enum status add_pair(struct buf *out, const X509_NAME *name,
    unsigned char *second, int second_len)
{
	int name_len = compat_i2d_name(name, NULL);
	int len = name_len + second_len;
	int total = ASN1_object_size(1, len, V_ASN1_SEQUENCE);
	enum status st = ST_OK;
	unsigned char *p;

	if (name_len <= 0 || second_len <= 0) {
		st = fail_crypto(ST_ERROR, "cannot encode the messageData");
	} else if (total < 0 || !buf_reserve(out, (size_t)total)) {
		st = fail_memory();
	} else {
		p = out->data + out->len;
		ASN1_put_object(&p, 1, len, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
		compat_i2d_name(name, &p);
		memcpy(p, second, (size_t)second_len);
		out->len += (size_t)total;
		out->data[out->len] = '\0';
	}
	OPENSSL_free(second);
	return st;
}

enum status content_add_issuer_and_subject(
    struct buf *out, const X509_NAME *issuer, const X509_NAME *subject)
{
	unsigned char *der = NULL;
	int len = compat_i2d_name(subject, &der);

	return add_pair(out, issuer, der, len);
}

enum status content_add_issuer_and_serial(
    struct buf *out, const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
	unsigned char *der = NULL;
	int len = compat_i2d_integer(serial, &der);

	return add_pair(out, issuer, der, len);
}
