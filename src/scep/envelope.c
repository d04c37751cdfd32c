#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/cms.h>

#include "compat/provider.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/der.h"
#include "scep/envelope.h"
#include "scep/limits.h"
#include "scep/outline.h"
#include "scep/stream.h"
#include "util/log.h"

/* The cipher has to be one of algs.h; the CMS API has no getter for it. */
static enum status admit_cipher(struct der run)
{
	struct buf room = {0};
	struct der all = octets_load(run, &room);
	X509_ALGOR *algor = d2i_X509_ALGOR(NULL, &all.p, all.left);
	const ASN1_OBJECT *cipher;
	enum status st;

	buf_free(&room);
	if (algor == NULL)
		return fail_crypto(ST_REPLY,
		    "reply: its EnvelopedData names no cipher (RFC 5652, 6.1)");
	X509_ALGOR_get0(&cipher, NULL, NULL, algor);
	st = algs_admit_cipher(cipher);
	X509_ALGOR_free(algor);
	return st;
}

static bool has_recipient(CMS_ContentInfo *cms, int type)
{
	STACK_OF(CMS_RecipientInfo) *infos = CMS_get0_RecipientInfos(cms);
	int i;

	for (i = 0; i < sk_CMS_RecipientInfo_num(infos); i++)
		if (CMS_RecipientInfo_type(
			sk_CMS_RecipientInfo_value(infos, i)) == type)
			return true;
	return false;
}

/*
 * Whether there is a PasswordRecipientInfo, and no recipient with a key, or ours
 * can open none.
 */
static bool is_for_password(
    CMS_ContentInfo *cms, const struct key_ability *ability)
{
	return has_recipient(cms, CMS_RECIPINFO_PASS) &&
	    (ability_only_signs(ability) ||
		(!has_recipient(cms, CMS_RECIPINFO_TRANS) &&
		    !has_recipient(cms, CMS_RECIPINFO_AGREE)));
}

/* Older libcrypto has no type for a KEMRecipientInfo, but OtherRecipientInfo. */
static bool is_for_kem(CMS_ContentInfo *cms)
{
	return has_recipient(cms, CMS_RECIPINFO_KEM) ||
	    (has_recipient(cms, CMS_RECIPINFO_OTHER) &&
		!has_recipient(cms, CMS_RECIPINFO_TRANS) &&
		!has_recipient(cms, CMS_RECIPINFO_AGREE));
}

/* RFC 8894, 3.1: the password is the challengePassword of the request. */
static const char *decrypt_by_password(
    struct stream *stream, CMS_ContentInfo *cms, const struct buf *password)
{
	if (password == NULL || password->len == 0)
		return "encrypted by a password (PasswordRecipientInfo), and "
		       "the request has no challengePassword to open it with "
		       "(RFC 8894, 3.1)";
	if (CMS_decrypt_set1_password(
		cms, password->data, (int)password->len) == 1 &&
	    CMS_decrypt(cms, NULL, NULL, stream->in, stream->out, 0) == 1)
		return NULL;
	return "encrypted by a password (PasswordRecipientInfo), and the "
	       "challengePassword of the request does not open it (RFC 8894, "
	       "3.1)";
}

/* Returns what is wrong, or NULL. */
static const char *decrypt(struct stream *stream, CMS_ContentInfo *cms,
    const struct scep_request *request)
{
	const struct key_ability ability = ability_of_key(request->key);

	if (is_for_password(cms, &ability))
		return decrypt_by_password(stream, cms, request->password);
	if (CMS_decrypt(cms, request->key, request->signer, stream->in,
		stream->out, 0) == 1)
		return NULL;
	if (is_for_kem(cms))
		return "encrypted by a KEMRecipientInfo (RFC 9629), which our "
		       "key, which signs, cannot open (RFC 8894, 3.1: to the "
		       "key that signed the request, or by its "
		       "challengePassword)";
	return "it cannot be decrypted with our key";
}

/*
 * CMS_decrypt() may take an error of the BIOs for the end of the content, and
 * succeed: stream_close() knows better.
 */
static enum status decrypt_content(struct spool *out, CMS_ContentInfo *cms,
    struct der content, const struct scep_request *request)
{
	struct stream stream;
	const char *problem;
	enum status st;

	st = spool_expect(out, (size_t)content.left);
	if (st == ST_OK)
		st = stream_open(&stream, content, out);
	if (st != ST_OK)
		return st;
	problem = decrypt(&stream, cms, request);
	st = stream_close(&stream);
	return st == ST_OK && problem != NULL
	    ? fail_crypto(ST_REPLY, "reply: %s", problem)
	    : st;
}

/*
 * The CMS object gets the property query of a key that a provider holds, so
 * that its private operations go to that provider.
 */
static enum status decode(CMS_ContentInfo **out, const struct outline *outline,
    EVP_PKEY *key, const char *what)
{
	char query[COMPAT_QUERY_MAX];

	*out = compat_new_cms(compat_key_query(query, key));
	if (*out == NULL)
		return fail_memory();
	return outline_decode(out, outline, what);
}

enum status envelope_open(struct spool *out, struct der run,
    struct spool *source, const struct scep_request *request)
{
	static const char what[] = "a pkcsPKIEnvelope (RFC 8894, 3.2.2)";
	struct spool joined = spool_like(out);
	CMS_ContentInfo *cms = NULL;
	struct outline outline;
	struct der content;
	enum status st;

	if ((st = limits_check_enveloped_data(&outline, run, what)) != ST_OK)
		return st;
	st = decode(&cms, &outline, request->key, what);
	if (st == ST_OK)
		st = admit_cipher(outline.info[1]);
	if (st == ST_OK)
		st = outline_join(&content, &outline, &joined, what);
	if (st == ST_OK)
		octets_replace(&content, source, &joined);
	if (st == ST_OK && outline.content.whole.left > 0)
		st = decrypt_content(out, cms, content, request);
	if (st == ST_OK)
		spool_free(source);
	CMS_ContentInfo_free(cms);
	spool_free(&joined);
	return st;
}
