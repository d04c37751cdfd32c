/* openssl.h: what newer libcryptos have and older ones, to 1.1.1, do not. */
#ifndef COMPAT_OPENSSL_H
#define COMPAT_OPENSSL_H

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Both write, or count, the DER of what they read only. */
int compat_i2d_name(const X509_NAME *name, unsigned char **out);
int compat_i2d_public_key(const X509_PUBKEY *key, unsigned char **out);

/*
 * What stands beside the first error of libcrypto's queue, which may be all
 * that a provider says; NULL if nothing does.  Borrowed from the queue.
 */
const char *compat_error_text(void);

/* A copy, the caller's; NULL when memory ran out. */
X509_NAME *compat_dup_name(const X509_NAME *name);

#endif
