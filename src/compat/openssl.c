#define OPENSSL_SUPPRESS_DEPRECATED /* what stands in for newer functions */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/openssl.h"

/*
 * The functions of libcrypto that are called here do not change the argument,
 * which some versions declare without const.
 */
int compat_i2d_attribute(const X509_ATTRIBUTE *attribute, unsigned char **out)
{
	union {
		const X509_ATTRIBUTE *constant;
		X509_ATTRIBUTE *plain;
	} u = {attribute};

	return i2d_X509_ATTRIBUTE(u.plain, out);
}

int compat_i2d_integer(const ASN1_INTEGER *integer, unsigned char **out)
{
	union {
		const ASN1_INTEGER *constant;
		ASN1_INTEGER *plain;
	} u = {integer};

	return i2d_ASN1_INTEGER(u.plain, out);
}

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

X509_PUBKEY *compat_own_public_key(X509 *cert)
{
	union {
		const X509_PUBKEY *constant;
		X509_PUBKEY *plain;
	} u = {X509_get_X509_PUBKEY(cert)};

	return u.plain;
}

X509_NAME *compat_dup_name(const X509_NAME *name)
{
	union {
		const X509_NAME *constant;
		X509_NAME *plain;
	} u = {name};

	return X509_NAME_dup(u.plain);
}

const char *compat_key_type(const EVP_PKEY *key)
{
#ifdef HAVE_EVP_PKEY_GET0_TYPE_NAME
	return EVP_PKEY_get0_type_name(key);
#else
	(void)key;
	return NULL;
#endif
}

EVP_PKEY_CTX *compat_new_type_context(const char *type)
{
#ifdef HAVE_EVP_PKEY_CTX_NEW_FROM_NAME
	return EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
#else
	int nid = OBJ_txt2nid(type);

	return nid != NID_undef ? EVP_PKEY_CTX_new_id(nid, NULL) : NULL;
#endif
}

bool compat_set_xof_length(EVP_MD_CTX *context, int len)
{
#ifdef EVP_MD_CTRL_XOF_LEN
	return EVP_MD_CTX_ctrl(context, EVP_MD_CTRL_XOF_LEN, len, NULL) > 0;
#else
	(void)context;
	(void)len;
	return false;
#endif
}

bool compat_same_key(const EVP_PKEY *a, const EVP_PKEY *b)
{
#ifdef HAVE_EVP_PKEY_EQ
	return EVP_PKEY_eq(a, b) == 1;
#else
	return EVP_PKEY_cmp(a, b) == 1;
#endif
}

#ifdef HAVE_X509_REQ_GET_X509_PUBKEY

X509_PUBKEY *compat_get_public_key(X509_REQ *csr)
{
	return X509_REQ_get_X509_PUBKEY(csr);
}

#else

/* Enters the SEQUENCE at *p; false if there is none. */
static bool enter(const unsigned char **p, const unsigned char *end)
{
	int tag, class;
	long len;

	return (ASN1_get_object(p, &len, &tag, &class, end - *p) & 0x80) == 0 &&
	    tag == V_ASN1_SEQUENCE;
}

static bool skip(const unsigned char **p, const unsigned char *end)
{
	int tag, class;
	long len;

	if ((ASN1_get_object(p, &len, &tag, &class, end - *p) & 0x80) != 0)
		return false;
	*p += len;
	return true;
}

/* RFC 2986, 4.1: after the version and the subject. */
X509_PUBKEY *compat_get_public_key(X509_REQ *csr)
{
	static X509_PUBKEY *last;
	unsigned char *der = NULL;
	int len = i2d_X509_REQ(csr, &der);
	const unsigned char *p = der, *end = der + (len > 0 ? len : 0);

	X509_PUBKEY_free(last);
	last = NULL;
	if (len > 0 && enter(&p, end) && enter(&p, end) && skip(&p, end) &&
	    skip(&p, end))
		last = d2i_X509_PUBKEY(NULL, &p, end - p);
	OPENSSL_free(der);
	return last;
}

#endif

static unsigned long peek_error(const char **text, int *flags)
{
#ifdef HAVE_ERR_PEEK_ERROR_DATA
	return ERR_peek_error_data(text, flags);
#else
	return ERR_peek_error_line_data(NULL, NULL, text, flags);
#endif
}

const char *compat_error_text(void)
{
	const char *text = NULL;
	int flags = 0;

	if (peek_error(&text, &flags) != 0 && (flags & ERR_TXT_STRING) != 0 &&
	    text != NULL && *text != '\0')
		return text;
	return NULL;
}

#ifndef _WIN32
bool compat_add_system_cas(X509_STORE *store)
{
	return X509_STORE_set_default_paths(store) == 1;
}
#endif
