#define OPENSSL_SUPPRESS_DEPRECATED /* what stands in for newer functions */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#if defined(HAVE_OSSL_PROVIDER_TRY_LOAD) || defined(HAVE_EVP_PKEY_GET0_PROVIDER)
#include <openssl/provider.h>
#endif
#ifdef HAVE_OSSL_STORE_LOADER_FETCH
#include <openssl/store.h>
#endif

#include "compat/compat.h"
#include "compat/provider.h"

const char *compat_static_reason(void)
{
#ifdef STATIC_PROGRAM
	return "this sscep is a static program (configured "
	       "--enable-static-program), which loads no modules";
#else
	return NULL;
#endif
}

bool compat_start_libcrypto(void)
{
#ifdef HAVE_OSSL_LIB_CTX_GET0_GLOBAL_DEFAULT
	return OSSL_LIB_CTX_get0_global_default() != NULL;
#else
	return true;
#endif
}

#ifdef HAVE_OSSL_PROVIDER_TRY_LOAD

#define PROVIDERS_MAX 16

static OSSL_PROVIDER *loaded[PROVIDERS_MAX];
static size_t loaded_count;

/*
 * A directory in which no module is, for a static program; NULL: that of
 * libcrypto.  Providers that are built in are found without it.
 */
static const char *own_directory(void)
{
	return compat_static_reason() != NULL ? "/dev/null" : NULL;
}

static bool keep_provider(OSSL_PROVIDER *provider)
{
	if (provider == NULL)
		return false;
	loaded[loaded_count++] = provider;
	return true;
}

static OSSL_PROVIDER *load_from(
    const char *name, char *const *directories, size_t count)
{
	OSSL_PROVIDER *provider = NULL;
	size_t i;

	if (compat_static_reason() != NULL)
		count = 0;
	for (i = 0; provider == NULL && i < count; i++) {
		OSSL_PROVIDER_set_default_search_path(NULL, directories[i]);
		provider = OSSL_PROVIDER_load(NULL, name);
	}
	OSSL_PROVIDER_set_default_search_path(NULL, own_directory());
	return provider != NULL ? provider : OSSL_PROVIDER_load(NULL, name);
}

/* Does nothing if the configuration of libcrypto disables the provider. */
static bool load_default(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	return OSSL_PROVIDER_available(NULL, "default") != 1 ||
	    keep_provider(OSSL_PROVIDER_load(NULL, "default"));
}

bool compat_load_provider(
    const char *name, char *const *directories, size_t count)
{
	if (loaded_count + 2 > PROVIDERS_MAX) {
		ERR_raise(ERR_LIB_USER, ERR_R_PASSED_INVALID_ARGUMENT);
		return false;
	}
	if (loaded_count == 0 && !load_default())
		return false;
	return keep_provider(load_from(name, directories, count));
}

bool compat_load_legacy(void)
{
	static const char name[] = "legacy";
	size_t i;

	for (i = 0; i < loaded_count; i++)
		if (strcmp(OSSL_PROVIDER_get0_name(loaded[i]), name) == 0)
			return true;
	OSSL_PROVIDER_set_default_search_path(NULL, own_directory());
	return loaded_count < PROVIDERS_MAX &&
	    keep_provider(OSSL_PROVIDER_try_load(NULL, name, 1));
}

void compat_unload_providers(void)
{
	while (loaded_count > 0)
		OSSL_PROVIDER_unload(loaded[--loaded_count]);
}

#else

bool compat_load_provider(
    const char *name, char *const *directories, size_t count)
{
	(void)name;
	(void)directories;
	(void)count;
	ERR_put_error(ERR_LIB_USER, 0, ERR_R_DISABLED, __FILE__, __LINE__);
	return false;
}

bool compat_load_legacy(void)
{
	return true;
}

void compat_unload_providers(void)
{
}

#endif

#ifdef HAVE_OSSL_STORE_LOADER_FETCH

bool compat_has_store(const char *uri)
{
	OSSL_STORE_LOADER *loader = NULL;
	size_t len = strcspn(uri, ":");
	char scheme[64];

	if (len >= sizeof(scheme))
		return false;
	snprintf(scheme, sizeof(scheme), "%.*s", (int)len, uri);
	ERR_set_mark();
	OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
	loader = OSSL_STORE_LOADER_fetch(NULL, scheme, NULL);
	ERR_pop_to_mark();
	OSSL_STORE_LOADER_free(loader);
	return loader != NULL;
}

#else

bool compat_has_store(const char *uri)
{
	(void)uri;
	return true;
}

#endif

#ifdef HAVE_EVP_PKEY_GET0_PROVIDER

static bool is_software(const char *provider)
{
	static const char *const names[] = {
	    "default", "base", "fips", "legacy"};
	size_t i;

	for (i = 0; i < COUNT_OF(names); i++)
		if (strcmp(names[i], provider) == 0)
			return true;
	return false;
}

/* Digests and ciphers are computed in software, since a TPM is slow. */
const char *compat_key_query(char out[COMPAT_QUERY_MAX], const EVP_PKEY *key)
{
	const OSSL_PROVIDER *provider =
	    key != NULL ? EVP_PKEY_get0_provider(key) : NULL;
	const char *name =
	    provider != NULL ? OSSL_PROVIDER_get0_name(provider) : "default";

	if (is_software(name))
		return NULL;
	snprintf(out, COMPAT_QUERY_MAX, "?provider=%s%s", name,
	    strcmp(name, "tpm2") == 0 ? ",tpm2.digest!=yes,tpm2.cipher!=yes"
				      : "");
	return out;
}

#else

const char *compat_key_query(char out[COMPAT_QUERY_MAX], const EVP_PKEY *key)
{
	(void)out;
	(void)key;
	return NULL;
}

#endif

X509 *compat_new_x509(const char *query)
{
#ifdef HAVE_X509_NEW_EX
	return X509_new_ex(NULL, query);
#else
	(void)query;
	return X509_new();
#endif
}

X509_REQ *compat_new_x509_req(const char *query)
{
#ifdef HAVE_X509_REQ_NEW_EX
	return X509_REQ_new_ex(NULL, query);
#else
	(void)query;
	return X509_REQ_new();
#endif
}

EVP_PKEY_CTX *compat_new_key_context(EVP_PKEY *key, const char *query)
{
#ifdef HAVE_EVP_PKEY_CTX_NEW_FROM_PKEY
	return EVP_PKEY_CTX_new_from_pkey(NULL, key, query);
#else
	(void)query;
	return EVP_PKEY_CTX_new(key, NULL);
#endif
}

CMS_ContentInfo *compat_new_cms(const char *query)
{
#ifdef HAVE_CMS_CONTENTINFO_NEW_EX
	return CMS_ContentInfo_new_ex(NULL, query);
#else
	(void)query;
	return CMS_ContentInfo_new();
#endif
}

CMS_ContentInfo *compat_new_signed(
    BIO *content, unsigned int flags, const char *query)
{
#ifdef HAVE_CMS_SIGN_EX
	return CMS_sign_ex(NULL, NULL, NULL, content, flags, NULL, query);
#else
	(void)query;
	return CMS_sign(NULL, NULL, NULL, content, flags);
#endif
}
