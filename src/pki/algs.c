#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include "compat/compat.h"
#include "compat/provider.h"
#include "pki/algs.h"
#include "util/log.h"

const char algs_digest_names[] = "md5|sha1|sha224|sha256|sha384|sha512";
const char algs_cipher_names[] = "des|3des|blowfish|aes[128]|aes192|aes256";

struct alg {
	const char *name;
	int nid;
};

static const struct alg digests[] = {
    {"md5", NID_md5},
    {"sha1", NID_sha1},
    {"sha224", NID_sha224},
    {"sha256", NID_sha256},
    {"sha384", NID_sha384},
    {"sha512", NID_sha512},
};

static const struct alg ciphers[] = {
    {"des", NID_des_cbc},
    {"3des", NID_des_ede3_cbc},
    {"blowfish", NID_bf_cbc},
    {"aes", NID_aes_128_cbc},
    {"aes128", NID_aes_128_cbc},
    {"aes192", NID_aes_192_cbc},
    {"aes256", NID_aes_256_cbc},
};

static int find(const struct alg *table, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].nid;
	return NID_undef;
}

bool algs_is_digest(const char *name)
{
	return find(digests, COUNT_OF(digests), name) != NID_undef;
}

bool algs_is_cipher(const char *name)
{
	return find(ciphers, COUNT_OF(ciphers), name) != NID_undef;
}

const char *algs_digest_name(size_t i)
{
	return i < COUNT_OF(digests) ? digests[i].name : NULL;
}

size_t algs_digest_len(const char *name)
{
	int nid = find(digests, COUNT_OF(digests), name);
	const EVP_MD *md = nid != NID_undef ? EVP_get_digestbynid(nid) : NULL;

	return md != NULL ? (size_t)EVP_MD_size(md) : 0;
}

static bool digest_works(const EVP_MD *md)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool works = ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	return works;
}

/* A policy may let a cipher decrypt what it may not encrypt any more. */
static bool cipher_works(const EVP_CIPHER *cipher, bool encrypt)
{
	static const unsigned char key[EVP_MAX_KEY_LENGTH];
	static const unsigned char iv[EVP_MAX_IV_LENGTH];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	bool works = ctx != NULL &&
	    EVP_CipherInit_ex(ctx, cipher, NULL, key, iv, encrypt) == 1;

	EVP_CIPHER_CTX_free(ctx);
	return works;
}

bool algs_digest_works(const char *name)
{
	int nid = find(digests, COUNT_OF(digests), name);
	const EVP_MD *md = nid != NID_undef ? EVP_get_digestbynid(nid) : NULL;
	bool works = md != NULL && digest_works(md);

	ERR_clear_error();
	return works;
}

static bool verifies(const EVP_MD *md, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool yes =
	    ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1;

	EVP_MD_CTX_free(ctx);
	return yes;
}

/* RFC 4055, 3.1: what is left out is SHA-1. */
static int pss_digest(const ASN1_STRING *parameters)
{
	const unsigned char *der = ASN1_STRING_get0_data(parameters);
	const ASN1_OBJECT *digest;
	RSA_PSS_PARAMS *pss;
	int nid = NID_undef;

	ERR_set_mark();
	pss = d2i_RSA_PSS_PARAMS(NULL, &der, ASN1_STRING_length(parameters));
	ERR_pop_to_mark();
	if (pss != NULL && pss->hashAlgorithm == NULL) {
		nid = NID_sha1;
	} else if (pss != NULL) {
		X509_ALGOR_get0(&digest, NULL, NULL, pss->hashAlgorithm);
		nid = OBJ_obj2nid(digest);
	}
	RSA_PSS_PARAMS_free(pss);
	return nid;
}

int algs_signature_digest(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;
	const void *parameters;
	int type, digest = NID_undef;

	X509_ALGOR_get0(&object, &type, &parameters, algorithm);
	if (OBJ_obj2nid(object) == NID_rsassaPss && type == V_ASN1_SEQUENCE)
		return pss_digest(parameters);
	OBJ_find_sigid_algs(OBJ_obj2nid(object), &digest, NULL);
	return digest;
}

const char *algs_refused_digest(int digest, EVP_PKEY *key)
{
	const EVP_MD *md;
	bool refused;

	if (key == NULL || (md = EVP_get_digestbynid(digest)) == NULL)
		return NULL;
	ERR_set_mark();
	refused = verifies(EVP_sha256(), key) &&
	    (!digest_works(md) || !verifies(md, key));
	ERR_pop_to_mark();
	return refused ? OBJ_nid2ln(EVP_MD_type(md)) : NULL;
}

enum status algs_get_digest(const EVP_MD **out, const char *name)
{
	int nid = find(digests, COUNT_OF(digests), name);
	const EVP_MD *md;

	if (nid == NID_undef)
		return fail(ST_ERROR,
		    "unknown digest algorithm %s, expected one of %s", name,
		    algs_digest_names);
	if ((md = EVP_get_digestbynid(nid)) == NULL || !digest_works(md))
		return fail_crypto(ST_ERROR,
		    "cannot use digest algorithm %s, which the policy of this "
		    "libcrypto forbids",
		    name);
	*out = md;
	return ST_OK;
}

/* NULL when libcrypto cannot do it, not even with the legacy provider. */
static const EVP_CIPHER *working_cipher(int nid, bool encrypt)
{
	const EVP_CIPHER *cipher = EVP_get_cipherbynid(nid);

	if (cipher == NULL || cipher_works(cipher, encrypt))
		return cipher;
	if (compat_load_legacy() && cipher_works(cipher, encrypt)) {
		ERR_clear_error();
		return cipher;
	}
	return NULL;
}

static bool is_obsolete(int nid)
{
	return nid == NID_des_cbc || nid == NID_bf_cbc || nid == NID_rc2_cbc;
}

/* Why it does not work; to follow its name. */
static const char *why_not(int nid)
{
	if (nid == NID_undef || EVP_get_cipherbynid(nid) == NULL)
		return "which this libcrypto does not offer";
	if (is_obsolete(nid) && !compat_load_legacy())
		return "which needs libcrypto's legacy provider: it cannot be "
		       "loaded";
	return "which the policy of this libcrypto forbids";
}

enum status algs_get_cipher(const EVP_CIPHER **out, const char *name)
{
	int nid = find(ciphers, COUNT_OF(ciphers), name);

	if (nid == NID_undef)
		return fail(ST_ERROR,
		    "unknown encryption algorithm %s, expected one of %s", name,
		    algs_cipher_names);
	if ((*out = working_cipher(nid, true)) == NULL)
		return fail_crypto(
		    ST_ERROR, "cannot encrypt with %s, %s", name, why_not(nid));
	return ST_OK;
}

enum status algs_admit_cipher(const ASN1_OBJECT *cipher)
{
	int nid = OBJ_obj2nid(cipher);
	char name[80];

	OBJ_obj2txt(name, sizeof(name), cipher, 0);
	if (nid == NID_undef || working_cipher(nid, false) == NULL)
		return fail_crypto(ST_REPLY, "reply: encrypted with %s, %s",
		    name, why_not(nid));
	verbose("the reply is encrypted with %s", name);
	if (is_obsolete(nid))
		warn(WARN_OBSOLETE_CIPHER,
		    "the reply is encrypted with %s, an obsolete cipher", name);
	return ST_OK;
}
