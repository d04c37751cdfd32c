#include <limits.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#include "pki/cert.h"
#include "scep/certs.h"
#include "scep/nextca.h"
#include "util/log.h"

static enum status parse(
    CMS_ContentInfo **out, const unsigned char *bytes, size_t len)
{
	const unsigned char *p = bytes;
	CMS_ContentInfo *cms =
	    len <= LONG_MAX ? d2i_CMS_ContentInfo(NULL, &p, (long)len) : NULL;

	if (cms != NULL && p == bytes + len &&
	    OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed) {
		*out = cms;
		return ST_OK;
	}
	CMS_ContentInfo_free(cms);
	return fail_crypto(
	    ST_REPLY, "reply: not a SignedData alone (RFC 8894, 4.7.1)");
}

static X509 *find(CMS_SignerInfo *si, STACK_OF(X509) *certs)
{
	int i;

	for (i = 0; i < sk_X509_num(certs); i++)
		if (CMS_SignerInfo_cert_cmp(si, sk_X509_value(certs, i)) == 0)
			return sk_X509_value(certs, i);
	return NULL;
}

/* Borrowed from current or from beside. */
static enum status find_signer(X509 **out, CMS_ContentInfo *cms,
    const struct cabundle *current, STACK_OF(X509) *beside)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	int count = infos != NULL ? sk_CMS_SignerInfo_num(infos) : 0;
	const char *reason;
	CMS_SignerInfo *si;
	X509 *signer;

	if (count != 1)
		return fail(ST_REPLY,
		    "reply: signed by %d signers, expected the CA alone (RFC "
		    "8894, 4.7.1)",
		    count);
	si = sk_CMS_SignerInfo_value(infos, 0);
	if ((*out = find(si, current->certs)) != NULL)
		return ST_OK;
	signer = find(si, beside);
	if (signer == NULL || !cert_is_ca(signer) ||
	    cabundle_verify(current, signer, beside, &reason) !=
		CABUNDLE_VERIFIED)
		return fail(ST_REPLY,
		    "reply: not signed by the current CA, as -C has it (RFC "
		    "8894, 4.7.1)");
	*out = signer;
	return ST_OK;
}

static enum status verify(CMS_ContentInfo *cms, X509 *signer, BIO *content)
{
	const unsigned int flags =
	    CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN;
	ASN1_OCTET_STRING **inside = CMS_get0_content(cms);
	STACK_OF(X509) *signers = sk_X509_new_null();
	BIO *nothing = NULL;
	int ok = 0;

	if (inside == NULL || *inside == NULL)
		nothing = BIO_new_mem_buf("", 0);
	if (signers != NULL && sk_X509_push(signers, signer) > 0)
		ok = CMS_verify(cms, signers, NULL, nothing, content, flags);
	BIO_free(nothing);
	sk_X509_free(signers);
	if (ok != 1)
		return fail_crypto(ST_REPLY,
		    "reply: its signature does not verify (RFC 8894, 4.7.1)");
	return ST_OK;
}

/* Nobody signed which certificates stand beside an empty content. */
static enum status take_beside(STACK_OF(X509) **out,
    const struct cabundle *current, STACK_OF(X509) *beside, X509 *signer)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	enum status st = ST_OK;
	const char *reason;
	X509 *cert;
	int i;

	if (certs == NULL)
		return fail_memory();
	for (i = 0; st == ST_OK && i < sk_X509_num(beside); i++) {
		cert = sk_X509_value(beside, i);
		if (X509_cmp(cert, signer) == 0)
			continue;
		if (cabundle_verify(current, cert, beside, &reason) !=
		    CABUNDLE_VERIFIED)
			st = fail(ST_REPLY,
			    "reply: the next certificates are not in the "
			    "signed content, and one does not verify against "
			    "-C (RFC 8894, 4.7.1)");
		else if (!cert_push(certs, cert))
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

enum status nextca_decode(STACK_OF(X509) **certs, X509 **signer,
    const struct cabundle *current, const void *bytes, size_t len)
{
	BIO *content = BIO_new(BIO_s_mem());
	STACK_OF(X509) *beside = NULL;
	CMS_ContentInfo *cms = NULL;
	X509 *found = NULL;
	enum status st;
	char *inside;
	long inside_len;

	if (content == NULL) {
		st = fail_memory();
		goto out;
	}
	if ((st = parse(&cms, bytes, len)) != ST_OK)
		goto out;
	beside = CMS_get1_certs(cms);
	if ((st = find_signer(&found, cms, current, beside)) != ST_OK ||
	    (st = verify(cms, found, content)) != ST_OK)
		goto out;
	inside_len = BIO_get_mem_data(content, &inside);
	st = inside_len > 0
	    ? certs_from_signed_data(certs, inside, (size_t)inside_len)
	    : take_beside(certs, current, beside, found);
	if (st == ST_OK) {
		X509_up_ref(found);
		*signer = found;
	}
out:
	cert_stack_free(beside);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return st;
}
