/*
 * noweak.c: a provider for libcrypto that simulates a policy. It is the default
 * provider without some algorithms.
 *
 * gcc -shared -fPIC noweak.c -o noweak.so -lcrypto
 *
 * NOWEAK="MD5:MD5-SHA1:DES-EDE3-CBC" removes these algorithms under all their
 * names, also as digests of signatures. NOWEAK_SIGNATURES="SHA1" forbids a
 * digest in signatures only, as some distributions do.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/core.h>
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/provider.h>

#define OPERATIONS 64
#define PROPERTIES "provider=noweak,fips=yes"

static OSSL_LIB_CTX *inner;
static OSSL_PROVIDER *whole;
static OSSL_PROVIDER *namesake;
static OSSL_ALGORITHM *kept[OPERATIONS];

/* Returns whether a name of that length is in a list separated by colons. */
static int in_list(const char *list, const char *name, size_t len)
{
	size_t n;

	for (; list != NULL && *list != '\0'; list += n + (list[n] == ':')) {
		n = strcspn(list, ":");
		if (n == len && strncasecmp(list, name, n) == 0)
			return 1;
	}
	return 0;
}

static int is_removed(const char *names)
{
	size_t n;

	for (; *names != '\0'; names += n + (names[n] == ':')) {
		n = strcspn(names, ":");
		if (in_list(getenv("NOWEAK"), names, n))
			return 1;
	}
	return 0;
}

/*
 * RSA signatures compute their digests inside the default provider, which has
 * all of them, so the digest is checked before the call is passed on.
 */
static OSSL_FUNC_signature_digest_sign_init_fn *rsa_sign_init;
static OSSL_FUNC_signature_digest_verify_init_fn *rsa_verify_init;
static OSSL_DISPATCH *rsa_signature;

static int may_sign_with(const char *digest)
{
	return digest == NULL ||
	    (!in_list(getenv("NOWEAK"), digest, strlen(digest)) &&
		!in_list(getenv("NOWEAK_SIGNATURES"), digest, strlen(digest)));
}

static int sign_init(
    void *ctx, const char *digest, void *key, const OSSL_PARAM params[])
{
	return may_sign_with(digest) && rsa_sign_init(ctx, digest, key, params);
}

static int verify_init(
    void *ctx, const char *digest, void *key, const OSSL_PARAM params[])
{
	return may_sign_with(digest) &&
	    rsa_verify_init(ctx, digest, key, params);
}

static const OSSL_DISPATCH *wrap_rsa(const OSSL_DISPATCH *from)
{
	OSSL_DISPATCH *f;
	size_t n = 1;

	for (; from[n - 1].function_id != 0; n++)
		;
	if ((rsa_signature = calloc(n, sizeof(*from))) == NULL)
		return from;
	memcpy(rsa_signature, from, n * sizeof(*from));
	for (f = rsa_signature; f->function_id != 0; f++) {
		if (f->function_id == OSSL_FUNC_SIGNATURE_DIGEST_SIGN_INIT) {
			rsa_sign_init = OSSL_FUNC_signature_digest_sign_init(f);
			f->function = (void (*)(void))sign_init;
		} else if (f->function_id ==
		    OSSL_FUNC_SIGNATURE_DIGEST_VERIFY_INIT) {
			rsa_verify_init =
			    OSSL_FUNC_signature_digest_verify_init(f);
			f->function = (void (*)(void))verify_init;
		}
	}
	return rsa_signature;
}

static OSSL_ALGORITHM *filter(const OSSL_ALGORITHM *all, int operation)
{
	OSSL_ALGORITHM *some;
	size_t n = 0, count = 0;

	while (all[count].algorithm_names != NULL)
		count++;
	if ((some = calloc(count + 1, sizeof(*some))) == NULL)
		return NULL;
	for (; all->algorithm_names != NULL; all++) {
		if (is_removed(all->algorithm_names))
			continue;
		some[n] = *all;
		if (operation < OSSL_OP_ENCODER)
			some[n].property_definition = PROPERTIES;
		if (operation == OSSL_OP_SIGNATURE &&
		    strncmp(all->algorithm_names, "RSA:", 4) == 0)
			some[n].implementation = wrap_rsa(all->implementation);
		n++;
	}
	return some;
}

/*
 * Since OpenSSL 3.4 a DRBG fetches its cipher from a provider that has the
 * name of its own provider, in the inner library context.
 */
static const OSSL_ALGORITHM *query_whole(
    void *ctx, int operation, int *no_cache)
{
	(void)ctx;
	return OSSL_PROVIDER_query_operation(whole, operation, no_cache);
}

static const OSSL_DISPATCH whole_functions[] = {
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query_whole},
    {0, NULL},
};

static int namesake_init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **ctx)
{
	(void)core;
	(void)in;
	*out = whole_functions;
	*ctx = OSSL_PROVIDER_get0_provider_ctx(whole);
	return 1;
}

static const OSSL_ALGORITHM *query(void *ctx, int operation, int *no_cache)
{
	const OSSL_ALGORITHM *all;

	(void)ctx;
	all = OSSL_PROVIDER_query_operation(whole, operation, no_cache);
	if (all == NULL || operation < 0 || operation >= OPERATIONS)
		return NULL;
	if (kept[operation] == NULL)
		kept[operation] = filter(all, operation);
	return kept[operation];
}

static void teardown(void *ctx)
{
	int i;

	(void)ctx;
	OSSL_PROVIDER_unload(namesake);
	OSSL_PROVIDER_unload(whole);
	OSSL_LIB_CTX_free(inner);
	for (i = 0; i < OPERATIONS; i++) {
		free(kept[i]);
		kept[i] = NULL;
	}
	free(rsa_signature);
	rsa_signature = NULL;
}

static const OSSL_DISPATCH functions[] = {
    {OSSL_FUNC_PROVIDER_TEARDOWN, (void (*)(void))teardown},
    {OSSL_FUNC_PROVIDER_QUERY_OPERATION, (void (*)(void))query},
    {0, NULL},
};

OSSL_provider_init_fn OSSL_provider_init;

int OSSL_provider_init(const OSSL_CORE_HANDLE *core, const OSSL_DISPATCH *in,
    const OSSL_DISPATCH **out, void **ctx)
{
	(void)core;
	(void)in;
	if ((inner = OSSL_LIB_CTX_new()) == NULL)
		return 0;
	if ((whole = OSSL_PROVIDER_load(inner, "default")) == NULL ||
	    !OSSL_PROVIDER_add_builtin(inner, "noweak", namesake_init) ||
	    (namesake = OSSL_PROVIDER_load(inner, "noweak")) == NULL) {
		OSSL_PROVIDER_unload(whole);
		OSSL_LIB_CTX_free(inner);
		return 0;
	}
	*out = functions;
	*ctx = OSSL_PROVIDER_get0_provider_ctx(whole);
	return 1;
}
