#include <limits.h>

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>

#include "compat/provider.h"
#include "pki/algs.h"
#include "pki/der.h"
#include "scep/envelope.h"
#include "scep/limits.h"
#include "util/log.h"

/*
 * The cipher has to be one of algs.h.  EncryptedContentInfo ::= SEQUENCE {
 * contentType, contentEncryptionAlgorithm, ... } (RFC 5652, 6.1), for which
 * the CMS API has no getter.
 */
static enum status admit_cipher(struct der content_info)
{
	const ASN1_OBJECT *cipher;
	X509_ALGOR *algor = NULL;
	struct der_element type;
	enum status st;

	if (ber_next_is(&content_info, &type, V_ASN1_OBJECT))
		algor =
		    d2i_X509_ALGOR(NULL, &content_info.p, content_info.left);
	if (algor == NULL)
		return fail_crypto(ST_REPLY,
		    "reply: its EnvelopedData names no cipher (RFC 5652, 6.1)");
	X509_ALGOR_get0(&cipher, NULL, NULL, algor);
	st = algs_admit_cipher(cipher);
	X509_ALGOR_free(algor);
	return st;
}

/* Whether there is a PasswordRecipientInfo and no recipient with a key. */
static bool is_for_password(CMS_ContentInfo *cms)
{
	STACK_OF(CMS_RecipientInfo) *infos = CMS_get0_RecipientInfos(cms);
	bool password = false;
	int i, type;

	for (i = 0; i < sk_CMS_RecipientInfo_num(infos); i++) {
		type = CMS_RecipientInfo_type(
		    sk_CMS_RecipientInfo_value(infos, i));
		if (type == CMS_RECIPINFO_TRANS || type == CMS_RECIPINFO_AGREE)
			return false;
		password = password || type == CMS_RECIPINFO_PASS;
	}
	return password;
}

/* RFC 8894, 3.1: the password is the challengePassword of the request. */
static enum status decrypt_by_password(
    BIO *out, CMS_ContentInfo *cms, const struct buf *password)
{
	if (password == NULL || password->len == 0)
		return fail(ST_REPLY,
		    "reply: encrypted by a password (PasswordRecipientInfo), "
		    "and the request has no challengePassword to open it with "
		    "(RFC 8894, 3.1)");
	if (CMS_decrypt_set1_password(
		cms, password->data, (ossl_ssize_t)password->len) == 1 &&
	    CMS_decrypt(cms, NULL, NULL, NULL, out, 0) == 1)
		return ST_OK;
	return fail_crypto(ST_REPLY,
	    "reply: encrypted by a password (PasswordRecipientInfo), and the "
	    "challengePassword of the request does not open it (RFC 8894, "
	    "3.1)");
}

static enum status decrypt(
    BIO *out, CMS_ContentInfo *cms, const struct scep_request *request)
{
	if (is_for_password(cms))
		return decrypt_by_password(out, cms, request->password);
	if (CMS_decrypt(cms, request->key, request->signer, NULL, out, 0) == 1)
		return ST_OK;
	return fail_crypto(
	    ST_REPLY, "reply: it cannot be decrypted with our key");
}

static enum status add_decrypted(
    struct buf *out, CMS_ContentInfo *cms, const struct scep_request *request)
{
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);
	enum status st;
	BIO *bio;
	char *text;
	long len;

	if (content == NULL || *content == NULL)
		return ST_OK;
	if ((bio = BIO_new(BIO_s_mem())) == NULL)
		return fail_memory();
	if ((st = decrypt(bio, cms, request)) == ST_OK) {
		len = BIO_get_mem_data(bio, &text);
		if (!buf_add(out, text, (size_t)len))
			st = fail_memory();
	}
	BIO_free(bio);
	return st;
}

/*
 * Whether there is no ContentInfo, which begins with an OBJECT IDENTIFIER,
 * around the EnvelopedData, which begins with an INTEGER.  RFC 8894, 3.2 wants
 * eContentType data and a ContentInfo; servers that send the eContentType
 * id-envelopedData leave the ContentInfo out.
 */
static bool is_bare_enveloped_data(const unsigned char *bytes, size_t len)
{
	const unsigned char *p = bytes;
	int tag, class;
	long inside;

	return (ASN1_get_object(&p, &inside, &tag, &class, (long)len) & 0x80) ==
	    0 &&
	    tag == V_ASN1_SEQUENCE && p < bytes + len && *p == V_ASN1_INTEGER;
}

/* Puts a ContentInfo around an EnvelopedData (RFC 5652, 3). */
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

/*
 * The CMS object gets the property query of a key that a provider holds, so
 * that its private operations go to that provider.
 */
static CMS_ContentInfo *parse_enveloped_data(
    const unsigned char *bytes, size_t len, EVP_PKEY *key)
{
	char query[COMPAT_QUERY_MAX];
	CMS_ContentInfo *cms = compat_new_cms(compat_key_query(query, key));

	/* On failure d2i_CMS_ContentInfo() frees cms. */
	if (cms != NULL && d2i_CMS_ContentInfo(&cms, &bytes, (long)len) == NULL)
		return NULL;
	return cms;
}

static enum status open_enveloped_data(struct buf *out,
    const unsigned char *bytes, size_t len, const struct scep_request *request)
{
	static const char what[] = "a pkcsPKIEnvelope (RFC 8894, 3.2.2)";
	struct der content_info;
	CMS_ContentInfo *cms;
	enum status st;

	st = limits_check_enveloped_data(&content_info, bytes, len, what);
	if (st != ST_OK)
		return st;
	if ((cms = parse_enveloped_data(bytes, len, request->key)) == NULL)
		return fail_crypto(ST_REPLY, "reply: not %s", what);
	if ((st = admit_cipher(content_info)) == ST_OK)
		st = add_decrypted(out, cms, request);
	CMS_ContentInfo_free(cms);
	return st;
}

enum status envelope_open(struct buf *out, const void *bytes, size_t len,
    const struct scep_request *request)
{
	struct buf wrapped = {0};
	enum status st;

	if (len > INT_MAX / 2)
		return fail(ST_REPLY, "reply: its EnvelopedData is too large");
	if (!is_bare_enveloped_data(bytes, len))
		return open_enveloped_data(out, bytes, len, request);
	if (!add_content_info(&wrapped, bytes, len))
		st = fail_memory();
	else
		st = open_enveloped_data(
		    out, wrapped.data, wrapped.len, request);
	buf_free(&wrapped);
	return st;
}
