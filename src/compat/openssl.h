/* openssl.h: functions that libcrypto 1.1.1 lacks, or has without const. */
#ifndef COMPAT_OPENSSL_H
#define COMPAT_OPENSSL_H

#include <openssl/x509.h>

/* As i2d_X509_NAME(), i2d_X509_PUBKEY() and X509_NAME_dup(), with const. */
int compat_i2d_name(const X509_NAME *name, unsigned char **out);
int compat_i2d_public_key(const X509_PUBKEY *key, unsigned char **out);
X509_NAME *compat_dup_name(const X509_NAME *name);

/*
 * The text that is attached to the first error of libcrypto's queue, NULL if
 * there is none.  Some errors of providers have no other text.  Borrowed from
 * the queue.
 */
const char *compat_error_text(void);

#endif
