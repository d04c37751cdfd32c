#include "config.h"

#include "compat/openssl.h"

#ifdef HAVE_OSSL_PROVIDER_LOAD

#include <openssl/provider.h>

static OSSL_PROVIDER *legacy;

bool compat_load_legacy(void)
{
	if (legacy == NULL)
		legacy = OSSL_PROVIDER_try_load(NULL, "legacy", 1);
	return legacy != NULL;
}

void compat_unload_legacy(void)
{
	if (legacy != NULL)
		OSSL_PROVIDER_unload(legacy);
	legacy = NULL;
}

int compat_i2d_name(const X509_NAME *name, unsigned char **out)
{
	return i2d_X509_NAME(name, out);
}

int compat_i2d_public_key(const X509_PUBKEY *key, unsigned char **out)
{
	return i2d_X509_PUBKEY(key, out);
}

X509_NAME *compat_dup_name(const X509_NAME *name)
{
	return X509_NAME_dup(name);
}

#else

bool compat_load_legacy(void)
{
	return true;
}

void compat_unload_legacy(void)
{
}

/* 1.1.1 writes into neither, but does not say so in its prototypes. */
int compat_i2d_name(const X509_NAME *name, unsigned char **out)
{
	union {
		const X509_NAME *constant;
		X509_NAME *plain;
	} u = {name};

	return i2d_X509_NAME(u.plain, out);
}

int compat_i2d_public_key(const X509_PUBKEY *key, unsigned char **out)
{
	union {
		const X509_PUBKEY *constant;
		X509_PUBKEY *plain;
	} u = {key};

	return i2d_X509_PUBKEY(u.plain, out);
}

X509_NAME *compat_dup_name(const X509_NAME *name)
{
	union {
		const X509_NAME *constant;
		X509_NAME *plain;
	} u = {name};

	return X509_NAME_dup(u.plain);
}

#endif
