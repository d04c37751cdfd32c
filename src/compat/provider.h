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
 * Loads the provider of that name, after the default one, unless libcrypto
 * is configured to do without that, and keeps it.  It is looked for in each of
 * the directories, and then where libcrypto does.  False with the reason in
 * libcrypto's error queue.
 */
bool compat_load_provider(
    const char *name, char *const *directories, size_t count);

/*
 * Loads the provider of single DES, RC2 and Blowfish, keeping the default
 * one; true at once where libcrypto has no providers.
 */
bool compat_load_legacy(void);

/* Unloads all that was loaded; no key of theirs may be left. */
void compat_unload_providers(void);

/*
 * The property query by which libcrypto gives private operations of key to
 * the provider that holds it; NULL for a key that any provider can use.
 * Public operations must go without (C14).  Borrowed from out.
 */
const char *compat_key_query(char out[COMPAT_QUERY_MAX], const EVP_PKEY *key);

/* New objects whose private operations are looked up by query, or NULL. */
X509 *compat_new_x509(const char *query);
EVP_PKEY_CTX *compat_new_key_context(EVP_PKEY *key, const char *query);
CMS_ContentInfo *compat_new_cms(const char *query);
/* An empty SignedData, as CMS_sign() makes it without a signer. */
CMS_ContentInfo *compat_new_signed(
    BIO *content, unsigned int flags, const char *query);

#endif
