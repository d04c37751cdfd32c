/* openssl.h: functions that some libcrypto lack, or have without const. */
#ifndef COMPAT_OPENSSL_H
#define COMPAT_OPENSSL_H

#include <stdbool.h>

#include <openssl/asn1t.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* A type that no key has. */
#ifndef EVP_PKEY_ED448
#define EVP_PKEY_ED448 (-448)
#endif

/* No digest has it. */
#ifndef EVP_MD_FLAG_XOF
#define EVP_MD_FLAG_XOF 0
#endif

#ifndef static_ASN1_SEQUENCE_END_name
#define static_ASN1_SEQUENCE_END_name ASN1_SEQUENCE_END_name
#endif
#ifndef static_ASN1_SEQUENCE_END_ref
#define static_ASN1_SEQUENCE_END_ref ASN1_SEQUENCE_END_ref
#endif

/* As the functions of libcrypto with these names, with const. */
int compat_i2d_attribute(const X509_ATTRIBUTE *attribute, unsigned char **out);
int compat_i2d_integer(const ASN1_INTEGER *integer, unsigned char **out);
int compat_i2d_name(const X509_NAME *name, unsigned char **out);
int compat_i2d_public_key(const X509_PUBKEY *key, unsigned char **out);
X509_NAME *compat_dup_name(const X509_NAME *name);

/*
 * The name that the provider of key has for its type, such as "ML-DSA-65"; NULL
 * where libcrypto has no names.  Borrowed from key.
 */
const char *compat_key_type(const EVP_PKEY *key);

/* To make keys of the type of that name; NULL if there is none. */
EVP_PKEY_CTX *compat_new_type_context(const char *type);

/* How many octets an XOF has in the end; false: it has as many as it likes. */
bool compat_set_xof_length(EVP_MD_CTX *context, int len);

/* Whether two keys have the same public key. */
bool compat_same_key(const EVP_PKEY *a, const EVP_PKEY *b);

/*
 * The SubjectPublicKeyInfo of a request; NULL: out of memory.  Borrowed until the
 * next call or a change of the request.
 */
X509_PUBKEY *compat_get_public_key(X509_REQ *csr);

/*
 * The text that is attached to the first error of libcrypto's queue, NULL if
 * there is none.  Some errors of providers have no other text.  Borrowed from
 * the queue.
 */
const char *compat_error_text(void);

/*
 * The public key of a certificate that is being made, to be filled in; some
 * versions return it as a constant.  Borrowed from the certificate.
 */
X509_PUBKEY *compat_own_public_key(X509 *cert);

/* Trusts the CAs that the system trusts.  False: out of memory. */
bool compat_add_system_cas(X509_STORE *store);

#endif
