#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/sha.h>

#include "compat/openssl.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "pki/pss.h"
#include "scep/attrs.h"
#include "scep/limits.h"
#include "scep/signed.h"
#include "util/log.h"

enum status signed_parse(struct signed_data *out, struct der run,
    enum signed_part certs, const char *what)
{
	struct outline outline;
	enum status st;

	if (run.left == 0)
		return fail(ST_REPLY, "reply: it is empty, expected %s", what);
	if ((st = limits_check_signed_data(&outline, run, what)) != ST_OK)
		return st;
	if (certs == SIGNED_WITHOUT_CERTS) {
		outline.tail[OUTLINE_CERTS].left = 0;
		outline.tail[OUTLINE_CRLS].left = 0;
	}
	if ((st = outline_decode(&out->cms, &outline, what)) != ST_OK)
		return st;
	return outline_join(&out->content, &outline, &out->joined, what);
}

void signed_free(struct signed_data *data)
{
	CMS_ContentInfo_free(data->cms);
	spool_free(&data->joined);
	data->cms = NULL;
}

static enum status fail_unknown_signer(
    const struct signed_by *by, const char *where, const char *advice)
{
	X509_NAME *issuer = NULL;
	ASN1_INTEGER *serial = NULL;
	char name[QUOTE_SIZE] = "not named";

	CMS_SignerInfo_get0_signer_id(by->si, NULL, &issuer, &serial);
	if (issuer != NULL)
		cert_name_quote(name, sizeof(name), issuer);
	return fail(ST_REPLY,
	    "reply: signed by a certificate that is not among those of %s "
	    "(issuer %s); %s",
	    where, name, advice);
}

/* RFC 8894, 3.2: a message has one SignerInfo. */
static enum status take_signer_info(struct signed_by *out, CMS_ContentInfo *cms)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	int count = infos != NULL ? sk_CMS_SignerInfo_num(infos) : 0;

	if (count != 1)
		return fail(ST_REPLY,
		    "reply: signed by %d signers, expected exactly one (RFC "
		    "8894, 3.2)",
		    count);
	out->si = sk_CMS_SignerInfo_value(infos, 0);
	return ST_OK;
}

/* The sid names the signer's certificate (RFC 5652, 5.3). */
static bool find_signer(struct signed_by *out, STACK_OF(X509) *certs)
{
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		out->signer = sk_X509_value(certs, i);
		if (CMS_SignerInfo_cert_cmp(out->si, out->signer) == 0)
			return true;
	}
	out->signer = NULL;
	return false;
}

/*
 * The digestAlgorithm of the SignerInfo (RFC 5652, 5.3); NULL if libcrypto does
 * not know it.  Some senders put the OID of a signature algorithm there, which
 * libcrypto accepts as its digest.
 */
static const EVP_MD *signer_digest(const struct signed_by *by)
{
	const ASN1_OBJECT *digest;
	X509_ALGOR *algorithm;

	CMS_SignerInfo_get0_algs(by->si, NULL, NULL, &algorithm, NULL);
	X509_ALGOR_get0(&digest, NULL, NULL, algorithm);
	return EVP_get_digestbyobj(digest);
}

/* The name of the digest if the policy of libcrypto forbids it, or NULL. */
static const char *refused_digest(const struct signed_by *by)
{
	return algs_refused_digest(
	    EVP_MD_type(signer_digest(by)), X509_get0_pubkey(by->signer));
}

static enum status fail_policy(const char *digest)
{
	return fail(ST_REPLY,
	    "reply: signed with %s, which the policy of this libcrypto "
	    "forbids: the signature cannot be verified",
	    digest);
}

/* SHAKE, whose EVP_MD_size() may be 0; see set_length(). */
static bool is_xof(const EVP_MD *md)
{
	return (EVP_MD_flags(md) & EVP_MD_FLAG_XOF) != 0;
}

/*
 * The digest has to be as long as that of SHA-1: anybody can compute collisions
 * of shorter ones, such as the 16 octets of SHAKE128 that an EC key may sign.  Keys
 * that hash themselves sign no digest.  RFC 8894, 2.9: MD5 MUST NOT be supported;
 * policy may.
 */
static enum status check_digest(
    const struct signed_by *by, const struct digest_policy *policy)
{
	const EVP_MD *md = signer_digest(by);
	EVP_PKEY *key = X509_get0_pubkey(by->signer);
	const char *refused;

	if (md == NULL)
		return fail(ST_REPLY,
		    "reply: signed with a digest that this libcrypto does not "
		    "know (RFC 5652, 5.3)");
	if (EVP_MD_size(md) >= SHA_DIGEST_LENGTH ||
	    (is_xof(md) && !ability_of_key(key).signs_sha256) ||
	    (EVP_MD_type(md) == NID_md5 && policy->md5))
		return ST_OK;
	if ((refused = refused_digest(by)) != NULL)
		return fail_policy(refused);
	if (EVP_MD_type(md) != NID_md5)
		return fail(ST_REPLY,
		    "reply: signed with %s, which anybody can forge; expected "
		    "sha1 or better",
		    OBJ_nid2ln(EVP_MD_type(md)));
	return fail(ST_REPLY,
	    "reply: signed with md5, which anybody can forge (RFC 6151); "
	    "-S md5 or --legacy overrides this");
}

static enum status fail_signature(const struct signed_by *by)
{
	const char *refused = refused_digest(by);

	if (refused != NULL)
		return fail_policy(refused);
	return fail_crypto(
	    ST_REPLY, "reply: its signature does not verify (RFC 8894, 3.2)");
}

/* RFC 5652, 11.1 and 11.2: contentType and messageDigest MUST be signed. */
static enum status check_unsigned_attributes(const struct signed_by *by)
{
	if (CMS_unsigned_get_attr_by_NID(by->si, NID_pkcs9_contentType, -1) <
		0 &&
	    CMS_unsigned_get_attr_by_NID(by->si, NID_pkcs9_messageDigest, -1) <
		0)
		return ST_OK;
	return fail(ST_REPLY,
	    "reply: contentType or messageDigest is an unsigned attribute (RFC "
	    "5652, 11.1 and 11.2)");
}

/*
 * Whether the signatureAlgorithm may be that of a signature, but not by RSASSA-PSS,
 * with the signer's key and the digest that check_digest() has seen (RFC 5652,
 * 5.3).  rsaEncryption names no digest (RFC 3370, 3.2), nor does that of a key
 * that hashes itself.
 */
static bool algorithm_fits(const struct signed_by *by, int algorithm)
{
	EVP_PKEY *key = X509_get0_pubkey(by->signer);
	int digest, type, own = OBJ_txt2nid(ability_of_key(key).type);

	if (algorithm == NID_rsaEncryption)
		return own == algorithm;
	return OBJ_find_sigid_algs(algorithm, &digest, &type) == 1 &&
	    type == own &&
	    (digest == NID_undef || digest == EVP_MD_type(signer_digest(by)));
}

/* Whether the signature over bytes is good, for RSA by PKCS#1 v1.5. */
static bool signature_is_of(const struct signed_by *by, const struct buf *bytes)
{
	const ASN1_OCTET_STRING *signature =
	    CMS_SignerInfo_get0_signature(by->si);
	EVP_PKEY *key = X509_get0_pubkey(by->signer);
	const EVP_MD *digest =
	    ability_of_key(key).hashes_itself ? NULL : signer_digest(by);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context != NULL &&
	    EVP_DigestVerifyInit(context, NULL, digest, NULL, key) == 1 &&
	    EVP_DigestVerify(context, ASN1_STRING_get0_data(signature),
		(size_t)ASN1_STRING_length(signature), bytes->data,
		bytes->len) == 1;

	EVP_MD_CTX_free(context);
	return ok;
}

/*
 * Whether the signature over bytes, which are DER, is good by RSASSA-PSS with
 * the parameters of algorithm.  Its digest has to be the one that
 * check_digest() has seen (RFC 4056, 3).
 */
static bool pss_signature_is_of(
    const struct signed_by *by, const struct buf *bytes, X509_ALGOR *algorithm)
{
	const unsigned char *p = bytes->data;
	ASN1_TYPE *any;
	bool ok;

	if (pss_get_digest(algorithm) != EVP_MD_type(signer_digest(by)))
		return false;
	any = d2i_ASN1_TYPE(NULL, &p, (long)bytes->len);
	ok = any != NULL &&
	    ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), algorithm,
		CMS_SignerInfo_get0_signature(by->si), any,
		X509_get0_pubkey(by->signer)) == 1;
	ASN1_TYPE_free(any);
	return ok;
}

/*
 * The signature over the signed attributes (RFC 5652, 5.6), where contentType
 * is not among them: CMS_SignerInfo_verify() requires it.
 */
static bool untyped_attributes_verify(const struct signed_by *by)
{
	struct buf attributes = {0};
	const ASN1_OBJECT *name;
	X509_ALGOR *algorithm;
	bool ok = attrs_add_signed(&attributes, by->si);

	CMS_SignerInfo_get0_algs(by->si, NULL, NULL, NULL, &algorithm);
	X509_ALGOR_get0(&name, NULL, NULL, algorithm);
	if (ok && OBJ_obj2nid(name) == NID_rsassaPss)
		ok = pss_signature_is_of(by, &attributes, algorithm);
	else if (ok)
		ok = algorithm_fits(by, OBJ_obj2nid(name)) &&
		    signature_is_of(by, &attributes);
	buf_free(&attributes);
	return ok;
}

static bool attributes_verify(const struct signed_by *by)
{
	return by->no_content_type ? untyped_attributes_verify(by)
				   : CMS_SignerInfo_verify(by->si) == 1;
}

static bool write_all(BIO *bio, struct der run)
{
	const unsigned char *p;
	size_t len;

	while ((p = octets_take(&run, &len)) != NULL)
		if (BIO_write(bio, p, (int)len) != (int)len)
			return false;
	return run.left == 0;
}

/*
 * RFC 8702, 3.1: SHAKE128 has 32 octets in CMS, and SHAKE256 64: what a block
 * leaves of the 200 of its state.
 */
static bool set_length(EVP_MD_CTX *context, const EVP_MD *md)
{
	return !is_xof(md) ||
	    compat_set_xof_length(context, 200 - EVP_MD_block_size(md));
}

/*
 * RFC 5652, 5.4 and 5.6: the messageDigest attribute is the digest of the
 * content, and the signature is good over the signed attributes.  CMS_verify()
 * would compute every digest in digestAlgorithms, as many as a sender likes.
 */
static bool signature_verifies(const struct signed_by *by)
{
	EVP_MD_CTX *context;
	BIO *digest = BIO_new(BIO_f_md()), *end = BIO_new(BIO_s_null());
	bool ok = false;

	if (digest == NULL || end == NULL ||
	    BIO_get_md_ctx(digest, &context) != 1 ||
	    EVP_DigestInit_ex(context, signer_digest(by), NULL) != 1 ||
	    !set_length(context, signer_digest(by)))
		goto out;
	BIO_push(digest, end);
	if (!write_all(digest, by->content))
		goto out;
	CMS_SignerInfo_set1_signer_cert(by->si, by->signer);
	if (CMS_signed_get_attr_count(by->si) >= 0 && !attributes_verify(by))
		goto out;
	ok = CMS_SignerInfo_verify_content(by->si, digest) == 1;
out:
	BIO_free(digest);
	BIO_free(end);
	return ok;
}

/* Once: a client that polls gets many replies of the same server. */
static void warn_of_content_type(void)
{
	static bool warned;

	if (!warned)
		warn(WARN_NO_CONTENT_TYPE,
		    "the reply has no contentType attribute, which RFC 5652, "
		    "11.1 demands");
	warned = true;
}

/* Sets what comes with the signer, which is known. */
static enum status check_signature(
    struct signed_by *out, const struct digest_policy *policy)
{
	enum status st;

	if ((st = check_digest(out, policy)) != ST_OK ||
	    (st = check_unsigned_attributes(out)) != ST_OK)
		return st;
	out->no_content_type = CMS_signed_get_attr_count(out->si) >= 0 &&
	    CMS_signed_get_attr_by_NID(out->si, NID_pkcs9_contentType, -1) < 0;
	return signature_verifies(out) ? ST_OK : fail_signature(out);
}

/* Anybody can name a certificate: only its signature counts. */
static bool is_signed_by_one_of(STACK_OF(X509) *certs,
    const struct signed_by *what, const struct digest_policy *policy)
{
	struct signed_by by = {.si = what->si, .content = what->content};
	struct log_capture capture;
	bool yes;

	log_capture_begin(&capture);
	yes = find_signer(&by, certs) && check_signature(&by, policy) == ST_OK;
	log_capture_end(&capture);
	return yes;
}

enum status signed_verify(struct signed_by *out, const struct signed_data *data,
    STACK_OF(X509) *certs, const char *where, const struct cabundle *bundle,
    const struct digest_policy *policy)
{
	enum status st;

	if ((st = take_signer_info(out, data->cms)) != ST_OK)
		return st;
	out->content = data->content;
	if (!find_signer(out, certs))
		return fail_unknown_signer(out, where,
		    cabundle_get_advice(bundle,
			is_signed_by_one_of(bundle->hidden, out, policy)));
	if ((st = check_signature(out, policy)) != ST_OK)
		return st;
	if (out->no_content_type)
		warn_of_content_type();
	return ST_OK;
}

void signed_warn(const struct signed_by *by, const struct digest_policy *policy)
{
	int digest = EVP_MD_type(signer_digest(by));

	if (policy->announced != NULL &&
	    (digest == NID_md5 || digest == NID_sha1))
		warn(WARN_WEAK_SIGNATURE,
		    "the reply is signed with %s, although the server "
		    "announces %s",
		    digest == NID_md5 ? "md5" : "sha1", policy->announced);
}
