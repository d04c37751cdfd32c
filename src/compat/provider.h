/* provider.h: providers of libcrypto, and the keys in them (3.0 and later). */
#ifndef COMPAT_PROVIDER_H
#define COMPAT_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* Room for a property query. */
#define COMPAT_QUERY_MAX 160

/*
 * Loads the provider of that name, and before it the default provider unless
 * the configuration of libcrypto has disabled that.  The module is looked for
 * in each of the directories, then where libcrypto looks.  False with the
 * reason in libcrypto's error queue.
 */
bool compat_load_provider(
    const char *name, char *const *directories, size_t count);

/*
 * Loads the legacy provider, which has single DES, RC2 and Blowfish.  True
 * where libcrypto has no providers.
 */
bool compat_load_legacy(void);

/* Unloads all that was loaded; all keys of theirs must be freed before. */
void compat_unload_providers(void);

/*
 * The property query by which libcrypto gives private operations of key to
 * the provider that holds it; NULL for a key that any provider can use.
 * Operations of the public key must not use it.  Borrowed from out.
 */
const char *compat_key_query(char out[COMPAT_QUERY_MAX], const EVP_PKEY *key);

/* New objects that find private operations by query; NULL: no memory. */
X509 *compat_new_x509(const char *query);
EVP_PKEY_CTX *compat_new_key_context(EVP_PKEY *key, const char *query);
CMS_ContentInfo *compat_new_cms(const char *query);
/* An empty SignedData, as CMS_sign() makes it without a signer. */
CMS_ContentInfo *compat_new_signed(
    BIO *content, unsigned int flags, const char *query);

#endif
