#include <limits.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#include "pki/algs.h"
#include "pki/der.h"
#include "scep/envelope.h"
#include "util/log.h"

/*
 * The contentEncryptionAlgorithm, for which the CMS API has no getter:
 * ContentInfo { OID, [0] EnvelopedData { version, originatorInfo [0]
 * OPTIONAL, SET, EncryptedContentInfo { OID, AlgorithmIdentifier, ...
 * (RFC 5652, 6.1).
 */
static X509_ALGOR *content_encryption(struct der run)
{
	struct der_element info, explicit, data, content, e;

	if (!der_next_is(&run, &info, V_ASN1_SEQUENCE) ||
	    !der_next_is(&info.inside, &e, V_ASN1_OBJECT) ||
	    !der_next(&info.inside, &explicit) ||
	    !der_next_is(&explicit.inside, &data, V_ASN1_SEQUENCE) ||
	    !der_next_is(&data.inside, &e, V_ASN1_INTEGER) ||
	    !der_next(&data.inside, &e))
		return NULL;
	if (e.class == V_ASN1_CONTEXT_SPECIFIC &&
	    !der_next_is(&data.inside, &e, V_ASN1_SET))
		return NULL;
	if (!der_next_is(&data.inside, &content, V_ASN1_SEQUENCE) ||
	    !der_next_is(&content.inside, &e, V_ASN1_OBJECT))
		return NULL;
	return d2i_X509_ALGOR(NULL, &content.inside.p, content.inside.left);
}

static enum status admit_cipher(CMS_ContentInfo *cms)
{
	const ASN1_OBJECT *cipher;
	unsigned char *der = NULL;
	X509_ALGOR *algor = NULL;
	int len = i2d_CMS_ContentInfo(cms, &der);
	enum status st;

	if (len > 0)
		algor = content_encryption((struct der){der, len});
	if (algor == NULL) {
		st = fail_crypto(ST_REPLY,
		    "reply: its EnvelopedData names no cipher (RFC 5652, 6.1)");
	} else {
		X509_ALGOR_get0(&cipher, NULL, NULL, algor);
		st = algs_admit_cipher(cipher);
	}
	X509_ALGOR_free(algor);
	OPENSSL_free(der);
	return st;
}

static enum status decrypt(
    struct buf *out, CMS_ContentInfo *cms, X509 *recipient, EVP_PKEY *key)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);
	enum status st = ST_OK;
	BIO *bio;
	char *text;
	long len;

	if (content == NULL || *content == NULL)
		return ST_OK;
	bio = BIO_new(BIO_s_mem());
	if (bio == NULL) {
		st = fail_memory();
	} else if (CMS_decrypt(cms, key, recipient, NULL, bio, 0) != 1) {
		st = fail_crypto(
		    ST_REPLY, "reply: it cannot be decrypted with our key");
	} else {
		len = BIO_get_mem_data(bio, &text);
		if (!buf_add(out, text, (size_t)len))
			st = fail_memory();
	}
	BIO_free(bio);
	return st;
}

/*
 * Where the eContentType is id-envelopedData some servers send the
 * EnvelopedData alone, which begins with its version, and not in a
 * ContentInfo, which begins with a type (C12).
 */
static bool is_bare(const unsigned char *bytes, size_t len)
{
	const unsigned char *p = bytes;
	int tag, class;
	long inside;

	return (ASN1_get_object(&p, &inside, &tag, &class, (long)len) & 0x80) ==
	    0 &&
	    tag == V_ASN1_SEQUENCE && p < bytes + len && *p == V_ASN1_INTEGER;
}

/* ContentInfo { id-envelopedData, [0] bytes } (RFC 5652, 3). */
static bool add_content_info(struct buf *out, const void *bytes, size_t len)
{
	ASN1_OBJECT *type = OBJ_nid2obj(NID_pkcs7_enveloped);
	int type_len = i2d_ASN1_OBJECT(type, NULL);
	int explicit_len = ASN1_object_size(1, (int)len, 0);
	int total;
	unsigned char *p;

	if (explicit_len < 0)
		return false;
	total = ASN1_object_size(1, type_len + explicit_len, V_ASN1_SEQUENCE);
	if (total < 0 || !buf_reserve(out, (size_t)total))
		return false;
	p = out->data;
	ASN1_put_object(
	    &p, 1, type_len + explicit_len, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	i2d_ASN1_OBJECT(type, &p);
	ASN1_put_object(&p, 1, (int)len, 0, V_ASN1_CONTEXT_SPECIFIC);
	out->len = (size_t)(p - out->data);
	return buf_add(out, bytes, len);
}

static enum status open_content_info(struct buf *out,
    const unsigned char *bytes, size_t len, X509 *recipient, EVP_PKEY *key)
{
	const unsigned char *p = bytes;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)len);
	enum status st;

	if (cms == NULL ||
	    OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_enveloped)
		st = fail_crypto(ST_REPLY,
		    "reply: what is signed is not an EnvelopedData (RFC 8894, "
		    "3.2.2)");
	else if (p != bytes + len)
		st = fail(ST_REPLY, "reply: %zu bytes follow the EnvelopedData",
		    (size_t)(bytes + len - p));
	else if ((st = admit_cipher(cms)) == ST_OK)
		st = decrypt(out, cms, recipient, key);
	CMS_ContentInfo_free(cms);
	return st;
}

enum status envelope_open(struct buf *out, const void *bytes, size_t len,
    X509 *recipient, EVP_PKEY *key)
{
	struct buf wrapped = {0};
	enum status st;

	if (len > INT_MAX / 2)
		return fail(ST_REPLY, "reply: its EnvelopedData is too large");
	if (!is_bare(bytes, len))
		return open_content_info(out, bytes, len, recipient, key);
	if (!add_content_info(&wrapped, bytes, len))
		st = fail_memory();
	else
		st = open_content_info(
		    out, wrapped.data, wrapped.len, recipient, key);
	buf_free(&wrapped);
	return st;
}
