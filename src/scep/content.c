#include <openssl/asn1.h>

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
	OPENSSL_clear_free(der, (size_t)len);
	return st;
}

/*
 * SEQUENCE { name, second }, where second writes itself as i2d functions do.
 */
struct second {
	int (*i2d)(const struct second *second, unsigned char **out);
	const X509_NAME *name;
	const ASN1_INTEGER *integer;
};

static int i2d_name(const struct second *second, unsigned char **out)
{
	return compat_i2d_name(second->name, out);
}

static int i2d_integer(const struct second *second, unsigned char **out)
{
	return i2d_ASN1_INTEGER(second->integer, out);
}

static enum status add_pair(
    struct buf *out, const X509_NAME *first, const struct second *second)
{
	int first_len = compat_i2d_name(first, NULL);
	int second_len = second->i2d(second, NULL);
	int len = first_len + second_len, total;
	unsigned char *p;

	if (first_len <= 0 || second_len <= 0)
		return fail_crypto(ST_ERROR, "cannot encode the messageData");
	total = ASN1_object_size(1, len, V_ASN1_SEQUENCE);
	if (total < 0 || !buf_reserve(out, (size_t)total))
		return fail_memory();
	p = out->data + out->len;
	ASN1_put_object(&p, 1, len, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	compat_i2d_name(first, &p);
	second->i2d(second, &p);
	out->len += (size_t)total;
	out->data[out->len] = '\0';
	return ST_OK;
}

enum status content_add_issuer_and_subject(
    struct buf *out, const X509_NAME *issuer, const X509_NAME *subject)
{
	struct second second = {.i2d = i2d_name, .name = subject};

	return add_pair(out, issuer, &second);
}

enum status content_add_issuer_and_serial(
    struct buf *out, const X509_NAME *issuer, const ASN1_INTEGER *serial)
{
	struct second second = {.i2d = i2d_integer, .integer = serial};

	return add_pair(out, issuer, &second);
}
