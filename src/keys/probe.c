#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "compat/provider.h"
#include "keys/engine.h"
#include "keys/probe.h"
#include "pki/ability.h"

#define PROBE_BYTES 24   /* as long as a content-encryption key of 3DES */
#define RSA_BYTES   2048 /* an RSA key of 16384 bits */

/*
 * Encrypts with PKCS#1 v1.5, as a KeyTransRecipientInfo does (RFC 3370,
 * 4.2.1).  Returns the length of out, 0 on failure.
 */
static size_t encrypt_probe(
    unsigned char *out, size_t size, EVP_PKEY *public, const void *probe)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(public, NULL);

	if (ctx == NULL || EVP_PKEY_encrypt_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) <= 0 ||
	    EVP_PKEY_encrypt(ctx, out, &size, probe, PROBE_BYTES) <= 0)
		size = 0;
	EVP_PKEY_CTX_free(ctx);
	return size;
}

static bool decrypts(EVP_PKEY *key, const unsigned char *in, size_t len,
    const unsigned char *probe)
{
	char query[COMPAT_QUERY_MAX];
	unsigned char out[RSA_BYTES];
	size_t size = sizeof(out);
	EVP_PKEY_CTX *ctx =
	    compat_new_key_context(key, compat_key_query(query, key));
	bool ok;

	ok = ctx != NULL && EVP_PKEY_decrypt_init(ctx) > 0 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0 &&
	    EVP_PKEY_decrypt(ctx, out, &size, in, len) > 0 &&
	    size == PROBE_BYTES && memcmp(out, probe, PROBE_BYTES) == 0;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* Keys that also sign with RSASSA-PSS are told to sign with PKCS#1 v1.5. */
static bool signs(EVP_PKEY *key, bool choose_padding, const void *probe)
{
	char query[COMPAT_QUERY_MAX];
	unsigned char hash[EVP_MAX_MD_SIZE], out[RSA_BYTES];
	size_t size = sizeof(out);
	unsigned int len = 0;
	EVP_PKEY_CTX *ctx =
	    compat_new_key_context(key, compat_key_query(query, key));
	bool ok;

	ok = ctx != NULL &&
	    EVP_Digest(probe, PROBE_BYTES, hash, &len, EVP_sha256(), NULL) &&
	    EVP_PKEY_sign_init(ctx) > 0 &&
	    (!choose_padding ||
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) > 0) &&
	    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) > 0 &&
	    EVP_PKEY_sign(ctx, out, &size, hash, len) > 0;
	EVP_PKEY_CTX_free(ctx);
	return ok;
}

/* A key that hashes itself signs all of it at once. */
static bool signs_whole(EVP_PKEY *key, const void *probe)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char *out = NULL;
	size_t size = 0;
	bool ok;

	ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) > 0 &&
	    EVP_DigestSign(ctx, NULL, &size, probe, PROBE_BYTES) > 0 &&
	    (out = OPENSSL_malloc(size)) != NULL &&
	    EVP_DigestSign(ctx, out, &size, probe, PROBE_BYTES) > 0;
	OPENSSL_free(out);
	EVP_MD_CTX_free(ctx);
	return ok;
}

static bool is_in_token(const EVP_PKEY *key)
{
	char query[COMPAT_QUERY_MAX];

	return engine_is_open() || compat_key_query(query, key) != NULL;
}

/*
 * A key that did not sign is not made to decrypt: a second try with a wrong
 * PIN may lock the token.
 */
enum key_use probe_key(EVP_PKEY *key, EVP_PKEY *public)
{
	static const unsigned char probe[PROBE_BYTES] = "can it decrypt, too?";
	const struct key_ability ability = ability_of_key(public);
	unsigned char encrypted[RSA_BYTES];
	enum key_use use = KEY_USABLE;
	size_t len;
	bool ok;

	if (!is_in_token(key))
		return KEY_USABLE;

	ok = ability.hashes_itself ? signs_whole(key, probe)
				   : signs(key, ability.signs_pss, probe);
	if (!ok) {
		use = KEY_REFUSED;
	} else if (ability.decrypts) {
		len =
		    encrypt_probe(encrypted, sizeof(encrypted), public, probe);
		if (len > 0 && !decrypts(key, encrypted, len, probe))
			use = KEY_ONLY_SIGNS;
	}
	ERR_clear_error();
	return use;
}

bool probe_signs_for_tls(EVP_PKEY *key)
{
	char query[COMPAT_QUERY_MAX];
	unsigned char out[RSA_BYTES];
	size_t size = sizeof(out);
	EVP_MD_CTX *ctx;
	bool ok;

	if (compat_key_query(query, key) == NULL ||
	    !ability_of_key(key).signs_sha256)
		return true;

	ctx = EVP_MD_CTX_new();
	ok = ctx != NULL &&
	    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) > 0 &&
	    EVP_DigestSign(ctx, out, &size, (const unsigned char *)"", 0) > 0;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}
