#include <limits.h>
#include <stdint.h>
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

enum status certs_from_signed_data(STACK_OF(X509) **out, struct der run)
{
	struct signed_data data = {.joined = {.memory_max = SIZE_MAX}};
	STACK_OF(X509) *certs;
	enum status st;

	st = signed_parse(&data, run, SIGNED_WITH_CERTS,
	    "a certificates-only message (RFC 8894, 3.4)");
	if (st != ST_OK)
		goto out;

	/* RFC 8894, 3.4: the certificates are in the field certificates. */
	certs = CMS_get1_certs(data.cms);
	if (sk_X509_num(certs) > 0) {
		*out = certs;
	} else {
		cert_stack_free(certs);
		st = fail_crypto(ST_REPLY,
		    "reply: there is no certificate in it (RFC 8894, 3.4)");
	}
out:
	signed_free(&data);
	return st;
}

enum status certs_find_crl(struct der *out, struct der run)
{
	struct der_element crl;
	struct outline outline;
	enum status st;

	if ((st = limits_check_crl_message(&outline, run,
		 "a SignedData with one CRL (RFC 8894, 4.6.1)")) != ST_OK)
		return st;

	/* RFC 8894, 4.6.1: crls has only the most recent CRL. */
	if (!der_next_is(&outline.crls.inside, &crl, V_ASN1_SEQUENCE) ||
	    outline.crls.inside.left != 0)
		return fail(ST_REPLY,
		    "reply: not a SignedData with one CRL, in DER (RFC 8894, "
		    "4.6.1)");
	*out = crl.whole;
	return ST_OK;
}

static bool is_cms_label(const char *name)
{
	return strcmp(name, PEM_STRING_CMS) == 0 ||
	    strcmp(name, PEM_STRING_PKCS7) == 0 ||
	    strcmp(name, PEM_STRING_PKCS7_SIGNED) == 0;
}

/* The PEM blocks of a body; message is the first one in CMS. */
struct blocks {
	int certs, messages;
	unsigned char *message;
	long len;
};

static bool is_cert_label(const char *name)
{
	return strcmp(name, PEM_STRING_X509) == 0 ||
	    strcmp(name, PEM_STRING_X509_OLD) == 0;
}

static struct blocks find_blocks(const void *bytes, size_t len)
{
	BIO *bio = len <= INT_MAX ? BIO_new_mem_buf(bytes, (int)len) : NULL;
	struct blocks blocks = {0};
	char *name, *header;
	unsigned char *data;
	long data_len;

	while (bio != NULL &&
	    PEM_read_bio(bio, &name, &header, &data, &data_len) == 1) {
		if (is_cert_label(name))
			blocks.certs++;
		if (is_cms_label(name) && blocks.messages++ == 0) {
			blocks.message = data;
			blocks.len = data_len;
			data = NULL;
		}
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(data);
	}
	BIO_free(bio);
	ERR_clear_error();
	return blocks;
}

/* RFC 8894, 4.2.1: the answer is one certificate or one SignedData. */
static enum status check_blocks(const struct blocks *blocks)
{
	if (blocks->certs > 0 && blocks->messages > 0)
		return fail(ST_REPLY,
		    "reply: it mixes CERTIFICATE and PKCS7 in PEM, expected "
		    "only one of them (RFC 8894, 4.2.1)");
	if (blocks->messages > 1)
		return fail(ST_REPLY,
		    "reply: it has %d PKCS7 in PEM, expected one (RFC 8894, "
		    "4.2.1.2)",
		    blocks->messages);
	return ST_OK;
}

/* For a body that is not all certificates. */
static enum status certs_from_pem(
    STACK_OF(X509) **out, const struct blocks *blocks)
{
	if (blocks->messages > 0)
		return certs_from_signed_data(out,
		    octets_in_memory(blocks->message, (size_t)blocks->len));
	if (blocks->certs > 0)
		return fail(ST_REPLY,
		    "reply: a CERTIFICATE in PEM cannot be decoded, or there "
		    "are more than %d (RFC 8894, 4.2.1)",
		    CERT_COUNT_MAX);
	return fail(ST_REPLY,
	    "reply: neither a certificate nor a SignedData with certificates "
	    "(RFC 8894, 4.2.1)");
}

/* A SEQUENCE that is no certificate. */
static enum status certs_from_der(
    STACK_OF(X509) **out, const void *bytes, size_t len)
{
	if (der_seems_signed_data(bytes, len))
		return certs_from_signed_data(
		    out, octets_in_memory(bytes, len));
	return fail(ST_REPLY,
	    "reply: neither a certificate nor a certificates-only message, or "
	    "it is cut, or other bytes follow (RFC 8894, 4.2.1)");
}

/* *out stays NULL if the bytes are not certificates alone. */
static enum status parse_certs(
    STACK_OF(X509) **out, const void *bytes, size_t len)
{
	STACK_OF(X509) *certs = sk_X509_new_null();

	if (certs == NULL)
		return fail_memory();
	if (cert_parse(certs, bytes, len)) {
		*out = certs;
		return ST_OK;
	}
	ERR_clear_error();
	cert_stack_free(certs);
	return ST_OK;
}

enum status certs_from_body(
    STACK_OF(X509) **out, bool *bare, const void *bytes, size_t len)
{
	bool der =
	    der_seems_signed_data(bytes, len) || der_seems_cert(bytes, len);
	STACK_OF(X509) *certs = NULL;
	struct blocks blocks = {0};
	enum status st;

	*bare = false;
	if (len == 0)
		return fail(ST_REPLY,
		    "reply: it is empty, expected CA "
		    "certificates (RFC 8894, 4.2.1)");
	if (!der)
		blocks = find_blocks(bytes, len);
	if ((st = check_blocks(&blocks)) == ST_OK)
		st = parse_certs(&certs, bytes, len);
	if (st == ST_OK && certs != NULL) {
		*bare = sk_X509_num(certs) == 1;
		*out = certs;
	} else if (st == ST_OK) {
		st = der ? certs_from_der(out, bytes, len)
			 : certs_from_pem(out, &blocks);
	}
	OPENSSL_free(blocks.message);
	return st;
}
