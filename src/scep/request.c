#include <limits.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

#include "compat/memory.h"
#include "compat/provider.h"
#include "scep/attrs.h"
#include "scep/message.h"
#include "util/log.h"

#define MESSAGE_TYPE_MAX 4

/*
 * RFC 8894, 3.2.1: transactionID, messageType, senderNonce.  libcrypto adds
 * those that CMS demands.
 */
static bool add_attributes(CMS_SignerInfo *si, const struct scep_request *req)
{
	char type[MESSAGE_TYPE_MAX];

	snprintf(type, sizeof(type), "%d", (int)req->type);
	return attrs_add_text(si, ATTR_TRANSACTION_ID, req->transaction_id) &&
	    attrs_add_text(si, ATTR_MESSAGE_TYPE, type) &&
	    attrs_add_octets(si, ATTR_SENDER_NONCE, req->nonce, SCEP_NONCE_LEN);
}

/* RSAES-OAEP; its MGF1 uses the digest of the message as well (RFC 4055). */
static bool set_oaep(CMS_RecipientInfo *ri, const EVP_MD *digest)
{
	EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(ri);

	return ctx != NULL &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, digest) > 0;
}

/*
 * RFC 8894, 3.1: KeyTransRecipientInfo for a key that can encrypt, or
 * KEMRecipientInfo (RFC 9629, 3).
 */
static bool add_key(CMS_ContentInfo *cms, const struct scep_request *req)
{
	CMS_RecipientInfo *ri = CMS_add1_recipient_cert(cms,
	    req->bundle->encrypt, CMS_BINARY | (req->oaep ? CMS_KEY_PARAM : 0));

	return ri != NULL && (!req->oaep || set_oaep(ri, req->digest));
}

/*
 * RFC 8894, 3.1: PasswordRecipientInfo, with the challengePassword, for a key
 * that cannot encrypt.
 */
static bool add_password(CMS_ContentInfo *cms, const struct buf *password)
{
	unsigned char *copy;

	if (password == NULL || password->len == 0)
		return false;
	copy = compat_memdup(password->data, password->len);
	/* On success libcrypto owns copy. */
	if (copy != NULL &&
	    CMS_add0_recipient_password(cms, -1, NID_undef, NID_undef, copy,
		(int)password->len, NULL) != NULL)
		return true;
	compat_clear_free(copy, password->len);
	return false;
}

static CMS_ContentInfo *encrypt_content(
    BIO *content, const struct scep_request *req)
{
	CMS_ContentInfo *cms =
	    CMS_encrypt(NULL, content, req->cipher, CMS_BINARY | CMS_PARTIAL);

	if (cms != NULL &&
	    (cabundle_can_encrypt(req->bundle)
		    ? add_key(cms, req)
		    : add_password(cms, req->password)) &&
	    CMS_final(cms, content, NULL, CMS_BINARY) == 1)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

/* The pkcsPKIEnvelope (RFC 8894, 3.2.2), in DER; NULL for failure. */
static BIO *make_envelope(const struct scep_request *req)
{
	BIO *content = BIO_new_mem_buf(req->content, (int)req->content_len);
	BIO *envelope = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = NULL;

	if (content != NULL && envelope != NULL)
		cms = encrypt_content(content, req);
	if (cms == NULL || i2d_CMS_bio(envelope, cms) != 1) {
		BIO_free(envelope);
		envelope = NULL;
	}
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return envelope;
}

/* RSASSA-PSS; its MGF1 uses the digest of the message as well (RFC 4056). */
static bool set_pss(CMS_SignerInfo *si)
{
	EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(si);

	return ctx != NULL &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0;
}

/*
 * RFC 8894, 3.2: a SignedData with eContentType data around the envelope, with
 * signed attributes and, as 2.3 demands, the certificate of the signer.  NULL
 * for failure.
 */
static CMS_ContentInfo *sign_envelope(
    BIO *envelope, const struct scep_request *req)
{
	const unsigned int flags =
	    CMS_BINARY | CMS_NOSMIMECAP | (req->pss ? CMS_KEY_PARAM : 0);
	char query[COMPAT_QUERY_MAX];
	CMS_ContentInfo *cms = compat_new_signed(envelope,
	    CMS_BINARY | CMS_PARTIAL, compat_key_query(query, req->key));
	CMS_SignerInfo *si;

	if (cms != NULL &&
	    (si = CMS_add1_signer(
		 cms, req->signer, req->key, req->digest, flags)) != NULL &&
	    (!req->pss || set_pss(si)) && add_attributes(si, req) &&
	    CMS_final(cms, envelope, NULL, CMS_BINARY) == 1)
		return cms;
	CMS_ContentInfo_free(cms);
	return NULL;
}

/* When memory runs out libcrypto 3.0 omits parts and reports success. */
static bool ran_out_of_memory(void)
{
	unsigned long code;

	while ((code = ERR_get_error()) != 0)
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			return true;
	return false;
}

/* A policy that forbids PKCS#1 v1.5 may allow OAEP: advises that it works. */
static const char *encryption_advice(const struct scep_request *req)
{
	struct scep_request other = *req;
	BIO *envelope;

	if (req->oaep || !cabundle_can_encrypt(req->bundle))
		return "";
	other.oaep = true;
	ERR_set_mark();
	envelope = make_envelope(&other);
	ERR_pop_to_mark();
	BIO_free(envelope);
	return envelope != NULL ? " by PKCS#1 v1.5 (--rsa-oaep would do)" : "";
}

enum status scep_request_encode(struct buf *out, struct scep_request *req)
{
	CMS_ContentInfo *cms = NULL;
	unsigned char *der = NULL;
	BIO *envelope = NULL;
	enum status st = ST_OK;
	int len;

	ERR_clear_error();
	if (RAND_bytes(req->nonce, SCEP_NONCE_LEN) != 1) {
		st = fail_crypto(ST_ERROR, "no random bytes for the nonce");
	} else if (req->content_len > INT_MAX ||
	    (envelope = make_envelope(req)) == NULL) {
		st = fail_crypto(ST_ERROR, "cannot encrypt the %s%s",
		    scep_message_name(req->type), encryption_advice(req));
	} else if ((cms = sign_envelope(envelope, req)) == NULL) {
		st = fail_crypto(ST_ERROR, "cannot sign the %s%s",
		    scep_message_name(req->type),
		    req->pss ? " by RSA-PSS" : "");
	} else if ((len = i2d_CMS_ContentInfo(cms, &der)) <= 0) {
		st = fail_crypto(ST_ERROR, "cannot encode the %s",
		    scep_message_name(req->type));
	} else if (CMS_is_detached(cms) != 0 || ran_out_of_memory()) {
		st = fail_memory();
	} else if (!buf_add(out, der, (size_t)len)) {
		st = fail_memory();
	}
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(envelope);
	return st;
}
