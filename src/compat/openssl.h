/* openssl.h: what OpenSSL 3 has and 1.1.1 lacks, or has without const. */
#ifndef COMPAT_OPENSSL_H
#define COMPAT_OPENSSL_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* As i2d_X509_NAME() and i2d_X509_PUBKEY(), with const. */
int compat_i2d_name(const X509_NAME *name, unsigned char **out);
int compat_i2d_public_key(const X509_PUBKEY *key, unsigned char **out);

/*
 * The text that was added to the first error of libcrypto's queue; some errors
 * of providers have no other text.  NULL: none.  Borrowed from the queue.
 */
const char *compat_error_text(void);

/* As X509_NAME_dup(), with const; the caller frees it. */
X509_NAME *compat_dup_name(const X509_NAME *name);

#endif
