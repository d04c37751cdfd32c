#include <openssl/bio.h>
#include <openssl/cms.h>

#include "pki/cert.h"
#include "pki/path.h"
#include "scep/attrs.h"
#include "scep/certs.h"
#include "scep/nextca.h"
#include "scep/signed.h"
#include "util/log.h"

/* A CertRep, which anybody can have signed, is no answer to this. */
static enum status check_no_message(CMS_SignerInfo *si)
{
	struct attr_value value;
	enum status st = attrs_get(&value, si, ATTR_MESSAGE_TYPE);

	if (st == ST_OK && value.bytes != NULL)
		st = fail(ST_REPLY,
		    "reply: a pkiMessage, not the next CA certificates (RFC "
		    "8894, 4.7.1)");
	return st;
}

/*
 * Nobody signed which certificates stand beside an empty content: each has
 * to be a CA's, and to verify.
 */
static enum status check_beside(
    X509 *cert, STACK_OF(X509) *beside, const struct cabundle *current)
{
	const char *reason = "not a CA certificate";

	if (cert_is_ca(cert) &&
	    path_verify_below(current->certs, cert, beside, &reason) ==
		PATH_VERIFIED)
		return ST_OK;
	return fail(ST_REPLY,
	    "reply: the next certificates are not in the signed content, and "
	    "not all are CA certificates that verify against -C (RFC 8894, "
	    "4.7.1): %s",
	    reason);
}

static enum status take_beside(STACK_OF(X509) **out,
    const struct cabundle *current, STACK_OF(X509) *beside, X509 *signer)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	enum status st = ST_OK;
	X509 *cert;
	int i;

	if (certs == NULL)
		return fail_memory();
	for (i = 0; st == ST_OK && i < sk_X509_num(beside); i++) {
		cert = sk_X509_value(beside, i);
		if (X509_cmp(cert, signer) == 0)
			continue;
		st = check_beside(cert, beside, current);
		if (st == ST_OK && !cert_push(certs, cert))
			st = fail_memory();
	}
	if (st == ST_OK && sk_X509_num(certs) == 0)
		st = fail(ST_REPLY,
		    "reply: there is no next CA certificate in it (RFC 8894, "
		    "4.7.1)");
	if (st == ST_OK)
		*out = certs;
	else
		cert_stack_free(certs);
	return st;
}

static enum status take_certs(STACK_OF(X509) **out, CMS_ContentInfo *cms,
    const struct cabundle *current, X509 *signer, BIO *content)
{
	STACK_OF(X509) *beside;
	enum status st;
	char *inside;
	long len = BIO_get_mem_data(content, &inside);

	if (len > 0)
		return certs_from_signed_data(out, inside, (size_t)len);
	beside = CMS_get1_certs(cms);
	st = take_beside(out, current, beside, signer);
	cert_stack_free(beside);
	return st;
}

enum status nextca_decode(STACK_OF(X509) **certs, X509 **signer,
    const struct cabundle *current, const void *bytes, size_t len)
{
	BIO *content = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = NULL;
	struct signed_by by;
	enum status st;

	if (content == NULL)
		return fail_memory();
	if ((st = signed_parse(&cms, bytes, len,
		 "the next CA certificates (RFC 8894, 4.7.1)")) == ST_OK &&
	    (st = signed_verify(&by, cms, current->certs, "-C", content)) ==
		ST_OK &&
	    (st = check_no_message(by.si)) == ST_OK &&
	    (st = take_certs(certs, cms, current, by.signer, content)) ==
		ST_OK) {
		X509_up_ref(by.signer);
		*signer = by.signer;
	}
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return st;
}
