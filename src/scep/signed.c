#include <limits.h>

#include <openssl/err.h>

#include "pki/algs.h"
#include "pki/cert.h"
#include "scep/signed.h"
#include "util/log.h"

enum status signed_parse(
    CMS_ContentInfo **out, const void *bytes, size_t len, const char *clause)
{
	const unsigned char *p = bytes, *end = p + len;
	CMS_ContentInfo *cms;
	enum status st;

	if (len == 0)
		return fail(
		    ST_REPLY, "reply: it is empty, expected %s", clause);
	cms = len <= LONG_MAX ? d2i_CMS_ContentInfo(NULL, &p, (long)len) : NULL;
	if (cms == NULL) {
		st = fail_crypto(ST_REPLY, "reply: not %s", clause);
	} else if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) {
		st = fail(
		    ST_REPLY, "reply: not a SignedData, and not %s", clause);
	} else if (p != end) {
		st = fail(ST_REPLY, "reply: %zu bytes follow the SignedData",
		    (size_t)(end - p));
	} else {
		*out = cms;
		return ST_OK;
	}
	CMS_ContentInfo_free(cms);
	return st;
}

static enum status fail_unknown_signer(CMS_SignerInfo *si, const char *where)
{
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;
	struct buf text = {0};
	enum status st;

	CMS_SignerInfo_get0_signer_id(si, NULL, &issuer, &serial);
	st = fail(ST_REPLY,
	    "reply: signed by a certificate that is not among those of %s "
	    "(issuer %s); get them anew with getca, or check who answers",
	    where,
	    issuer != NULL ? cert_name_text(&text, issuer) : "not named");
	buf_free(&text);
	return st;
}

static enum status find_signer(struct signed_by *out, CMS_ContentInfo *cms,
    STACK_OF(X509) *certs, const char *where)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	int i, count = infos != NULL ? sk_CMS_SignerInfo_num(infos) : 0;

	if (count != 1)
		return fail(ST_REPLY,
		    "reply: signed by %d signers, expected exactly one (RFC "
		    "8894, 3.2)",
		    count);
	out->si = sk_CMS_SignerInfo_value(infos, 0);
	for (i = 0; i < sk_X509_num(certs); i++) {
		out->signer = sk_X509_value(certs, i);
		if (CMS_SignerInfo_cert_cmp(out->si, out->signer) == 0)
			return ST_OK;
	}
	return fail_unknown_signer(out->si, where);
}

/* C5: a digest that libcrypto's policy forbids is not a forged signature. */
static enum status fail_signature(const struct signed_by *by)
{
	const ASN1_OBJECT *digest;
	X509_ALGOR *algorithm;
	const char *refused;

	CMS_SignerInfo_get0_algs(by->si, NULL, NULL, &algorithm, NULL);
	X509_ALGOR_get0(&digest, NULL, NULL, algorithm);
	refused = algs_refused_digest(
	    OBJ_obj2nid(digest), X509_get0_pubkey(by->signer));
	if (refused == NULL)
		return fail_crypto(ST_REPLY,
		    "reply: its signature does not verify (RFC 8894, 3.2)");
	return fail(ST_REPLY,
	    "reply: signed with %s, which the policy of this libcrypto "
	    "forbids: the signature cannot be verified",
	    refused);
}

enum status signed_verify(struct signed_by *out, CMS_ContentInfo *cms,
    STACK_OF(X509) *certs, const char *where, BIO *content)
{
	const unsigned int flags =
	    CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN;
	ASN1_OCTET_STRING **inside = CMS_get0_content(cms);
	enum status st = find_signer(out, cms, certs, where);
	BIO *nothing = NULL;
	int ok;

	if (st != ST_OK)
		return st;
	if (inside == NULL || *inside == NULL)
		nothing = BIO_new_mem_buf("", 0);
	ok = CMS_verify(cms, certs, NULL, nothing, content, flags);
	BIO_free(nothing);
	return ok == 1 ? ST_OK : fail_signature(out);
}
