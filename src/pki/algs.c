#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "compat/process.h"
#include "compat/provider.h"
#include "pki/algs.h"
#include "pki/pss.h"
#include "util/ascii.h"
#include "util/log.h"

struct alg {
	const char *name;
	int nid;
};

/*
 * The only lists of names.  Where a server supports several, the later one is
 * preferred.
 */
/* clang-format off */
#define DIGESTS(ROW) \
	ROW("md5", NID_md5) \
	ROW("sha1", NID_sha1) \
	ROW("sha224", NID_sha224) \
	ROW("sha256", NID_sha256) \
	ROW("sha384", NID_sha384) \
	ROW("sha512", NID_sha512)

#define CIPHERS(ROW) \
	ROW("des", NID_des_cbc) \
	ROW("3des", NID_des_ede3_cbc) \
	ROW("blowfish", NID_bf_cbc) \
	ROW("aes", NID_aes_128_cbc) \
	ROW("aes128", NID_aes_128_cbc) \
	ROW("aes192", NID_aes_192_cbc) \
	ROW("aes256", NID_aes_256_cbc)
/* clang-format on */

/* Spellings that are neither ours nor those of libcrypto's objects. */
static const struct {
	const char *spelling, *name;
} spellings[] = {
    {"sha2-224", "sha224"},
    {"sha2-256", "sha256"},
    {"sha2-384", "sha384"},
    {"sha2-512", "sha512"},
    {"des3", "3des"},
    {"des-ede3", "3des"},
    {"bf", "blowfish"},
};

#define ALG_ROW(name, nid)  {name, nid},
#define ALG_NAME(name, nid) "|" name

static const struct alg digests[] = {DIGESTS(ALG_ROW)};
static const struct alg ciphers[] = {CIPHERS(ALG_ROW)};

/* Without the first bar. */
const char *const algs_digest_names = &(DIGESTS(ALG_NAME))[1];
const char *const algs_cipher_names = &(CIPHERS(ALG_NAME))[1];

static int find_nid(const struct alg *table, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].nid;
	return NID_undef;
}

static int find_digest(const char *name)
{
	return find_nid(digests, COUNT_OF(digests), name);
}

static int find_cipher(const char *name)
{
	return find_nid(ciphers, COUNT_OF(ciphers), name);
}

/* Case is ignored, and a dash in front of the number: "SHA-256". */
static bool is_name(const char *text, const char *name)
{
	bool in_number = ascii_is_digit(*name);

	for (; *name != '\0'; text++, name++) {
		if (*text == '-' && ascii_is_digit(*name) && !in_number)
			text++;
		in_number = ascii_is_digit(*name);
		if (ascii_to_lower(*text) != *name)
			return false;
	}
	return *text == '\0';
}

/* Whether it is one of the two names that libcrypto has for the object. */
static bool is_object(const char *text, int nid)
{
	return ascii_is_same_word(text, OBJ_nid2sn(nid)) ||
	    ascii_is_same_word(text, OBJ_nid2ln(nid));
}

static bool is_other_spelling(const char *text, const char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(spellings); i++)
		if (strcmp(spellings[i].name, name) == 0 &&
		    is_name(text, spellings[i].spelling))
			return true;
	return false;
}

/* Whether it is the name of a signature algorithm with that digest. */
static bool is_signature(const char *text, int digest)
{
	static const int keys[] = {NID_rsaEncryption, NID_X9_62_id_ecPublicKey};
	int signature;
	size_t i;

	for (i = 0; i < COUNT_OF(keys); i++)
		if (OBJ_find_sigid_by_algs(&signature, digest, keys[i]) &&
		    is_object(text, signature))
			return true;
	return false;
}

static bool names_alg(const char *text, const struct alg *alg)
{
	return is_name(text, alg->name) || is_object(text, alg->nid) ||
	    is_other_spelling(text, alg->name);
}

const char *algs_find_digest(const char *text)
{
	size_t i;

	for (i = 0; i < COUNT_OF(digests); i++)
		if (names_alg(text, &digests[i]) ||
		    is_signature(text, digests[i].nid))
			return digests[i].name;
	return NULL;
}

/* The last one: aes-128-cbc is aes128, not aes. */
const char *algs_find_cipher(const char *text)
{
	size_t i;

	for (i = COUNT_OF(ciphers); i > 0; i--)
		if (names_alg(text, &ciphers[i - 1]))
			return ciphers[i - 1].name;
	return NULL;
}

const char *algs_digest_name(size_t i)
{
	return i < COUNT_OF(digests) ? digests[i].name : NULL;
}

const char *algs_cipher_name(size_t i)
{
	return i < COUNT_OF(ciphers) ? ciphers[i].name : NULL;
}

size_t algs_digest_len(const char *name)
{
	const EVP_MD *md = EVP_get_digestbynid(find_digest(name));

	return md != NULL ? (size_t)EVP_MD_size(md) : 0;
}

static bool digest_works(const EVP_MD *md)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool works = ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL) == 1;

	EVP_MD_CTX_free(ctx);
	return works;
}

/* A policy may allow a cipher for decryption only. */
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
	const EVP_MD *md = EVP_get_digestbynid(find_digest(name));
	bool works = md != NULL && digest_works(md);

	ERR_clear_error();
	return works;
}

static bool can_verify(const EVP_MD *md, EVP_PKEY *key)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool yes =
	    ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, md, NULL, key) == 1;

	EVP_MD_CTX_free(ctx);
	return yes;
}

int algs_signature_digest(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *object;
	int digest = NID_undef;

	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	if (OBJ_obj2nid(object) == NID_rsassaPss)
		return pss_get_digest(algorithm);
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
	refused = can_verify(EVP_sha256(), key) &&
	    (!digest_works(md) || !can_verify(md, key));
	ERR_pop_to_mark();
	return refused ? OBJ_nid2ln(EVP_MD_type(md)) : NULL;
}

enum status algs_get_digest(const EVP_MD **out, const char *name)
{
	int nid = find_digest(name);
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

enum status algs_get_id_digest(const EVP_MD **out)
{
	bool md5 = algs_digest_works("md5");

	/* Another run, with memory, would not find its transaction. */
	if (!md5 && compat_lacked_memory())
		return fail_memory();
	return algs_get_digest(out, md5 ? "md5" : "sha256");
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

/* Why the cipher does not work: a clause to follow its name. */
static const char *why_not(int nid)
{
	if (nid == NID_undef || EVP_get_cipherbynid(nid) == NULL)
		return "which this libcrypto does not offer";
	if (is_obsolete(nid) && !compat_load_legacy())
		return compat_static_reason() != NULL
		    ? "which needs libcrypto's legacy provider: this static "
		      "program does not have it inside"
		    : "which needs libcrypto's legacy provider: it cannot be "
		      "loaded";
	return "which the policy of this libcrypto forbids";
}

enum status algs_get_cipher(const EVP_CIPHER **out, const char *name)
{
	int nid = find_cipher(name);

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
