#include "config.h"

#include <openssl/err.h>

#include "compat/openssl.h"

/*
 * The functions of libcrypto that are called here do not change the argument,
 * which some versions declare without const.
 */
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

const char *compat_error_text(void)
{
#ifdef HAVE_OSSL_PROVIDER_LOAD
	const char *text = NULL;
	int flags = 0;

	if (ERR_peek_error_data(&text, &flags) != 0 &&
	    (flags & ERR_TXT_STRING) != 0 && text != NULL && *text != '\0')
		return text;
#endif
	return NULL;
}
