/* provider.h: providers of libcrypto, and the keys in them. */
#ifndef COMPAT_PROVIDER_H
#define COMPAT_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* The type of a KEMRecipientInfo (RFC 9629); older ones have no such type. */
#ifndef CMS_RECIPINFO_KEM
#define CMS_RECIPINFO_KEM 5
#endif

/* Room for a property query. */
#define COMPAT_QUERY_MAX 160

/*
 * What is said of a module that cannot be loaded because this is a static
 * program; NULL if it is not.  The provider of a module brings the libcrypto and
 * the libc of its system, a second time.
 */
const char *compat_static_reason(void);

/*
 * Must be called before anything that fetches an algorithm: 3.0 crashes there if
 * the memory for what is made at first was lacking.  False: it was.
 */
bool compat_start_libcrypto(void);

/*
 * Loads the provider of that name, and before the first one the default
 * provider, unless the configuration of libcrypto disables that.  The module
 * is looked for in each of the directories, then in libcrypto's own.  False
 * with the reason in libcrypto's error queue.
 */
bool compat_load_provider(
    const char *name, char *const *directories, size_t count);

/*
 * Loads the legacy provider, which has single DES, RC2 and Blowfish; a static
 * program, only one in its libcrypto.  Also true if this libcrypto has no
 * providers: these ciphers are then built in.
 */
bool compat_load_legacy(void);

/* Unloads all loaded providers; their keys must have been freed before. */
void compat_unload_providers(void);

/*
 * Whether a loaded provider opens the scheme of the URI (OSSL_STORE); true where
 * this libcrypto does not tell.
 */
bool compat_has_store(const char *uri);

/*
 * The property query that makes libcrypto do the private operations of key in
 * the provider that holds it; NULL for a key that any provider can use.  Must
 * not be used for operations with the public key.  Borrowed from out.
 */
const char *compat_key_query(char out[COMPAT_QUERY_MAX], const EVP_PKEY *key);

/* New objects that fetch algorithms with query; NULL: out of memory. */
X509 *compat_new_x509(const char *query);
X509_REQ *compat_new_x509_req(const char *query);
EVP_PKEY_CTX *compat_new_key_context(EVP_PKEY *key, const char *query);
CMS_ContentInfo *compat_new_cms(const char *query);
/* A SignedData without signers, as CMS_sign() makes it. */
CMS_ContentInfo *compat_new_signed(
    BIO *content, unsigned int flags, const char *query);

#endif
