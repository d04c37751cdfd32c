#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>

#include "compat/openssl.h"
#include "pki/algs.h"
#include "scep/trial.h"

static const char probe[] = "trial";

static BIO *open_probe(void)
{
	return BIO_new_mem_buf(probe, sizeof(probe) - 1);
}

static EVP_PKEY *make_key(const char *type)
{
	EVP_PKEY_CTX *context = compat_new_type_context(type);
	EVP_PKEY *key = NULL;

	if (context != NULL && EVP_PKEY_keygen_init(context) > 0 &&
	    EVP_PKEY_keygen(context, &key) <= 0)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

/* A SignerInfo names its certificate, which need not be signed. */
static X509 *make_cert(EVP_PKEY *key)
{
	X509 *cert = X509_new();

	if (cert != NULL && X509_set_pubkey(cert, key) == 1)
		return cert;
	X509_free(cert);
	return NULL;
}

static bool sign(X509 *cert, EVP_PKEY *key, const EVP_MD *digest)
{
	const unsigned int flags = CMS_BINARY | CMS_PARTIAL;
	BIO *content = open_probe();
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, content, flags);
	bool ok;

	ok = cms != NULL && content != NULL &&
	    CMS_add1_signer(
		cms, cert, key, digest, CMS_BINARY | CMS_NOSMIMECAP) != NULL &&
	    CMS_final(cms, content, NULL, CMS_BINARY) == 1;
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return ok;
}

bool trial_signs(const struct key_ability *ability)
{
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;
	const EVP_MD *digest;
	bool ok = ability->signs_messages;

	if (!ok || ability->since == NULL)
		return ok;
	ERR_set_mark();
	key = make_key(ability->type);
	if (key != NULL)
		cert = make_cert(key);
	ok = cert != NULL &&
	    algs_get_digest(&digest, ability->digest) == ST_OK &&
	    sign(cert, key, digest);
	ERR_pop_to_mark();
	X509_free(cert);
	EVP_PKEY_free(key);
	return ok;
}

bool trial_encrypts(X509 *cert)
{
	const struct key_ability ability = ability_of_cert(cert);
	const unsigned int flags = CMS_BINARY | CMS_PARTIAL;
	bool ok = ability_is_recipient(&ability);
	CMS_ContentInfo *cms;
	BIO *content;

	if (!ok || ability.since == NULL)
		return ok;
	ERR_set_mark();
	content = open_probe();
	cms = CMS_encrypt(NULL, content, EVP_aes_256_cbc(), flags);
	ok = cms != NULL && content != NULL &&
	    CMS_add1_recipient_cert(cms, cert, CMS_BINARY) != NULL &&
	    CMS_final(cms, content, NULL, CMS_BINARY) == 1;
	ERR_pop_to_mark();
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return ok;
}
