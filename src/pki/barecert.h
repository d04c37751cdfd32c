/* barecert.h: a certificate that is only shown and written: no key is decoded. */
#ifndef PKI_BARECERT_H
#define PKI_BARECERT_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/buf.h"

/* Borrows cert and owns the rest; all zero is empty. */
struct barecert {
	X509 *cert;     /* that of barecert_from_cert(), else NULL */
	struct buf der; /* as i2d_X509() encodes it */
	X509_NAME *subject;
	ASN1_TIME *not_before, *not_after;
};

/*
 * Reads one certificate in DER.  Accepts what cert_parse() accepts in DER, and
 * refuses what it refuses: libcrypto decodes every field that d2i_X509() decodes,
 * as the same type.  Only the bits of the public key are not decoded.  d2i_X509()
 * tries to, at most of its cost, and accepts a certificate with a key that it
 * cannot decode, so no such certificate is kept out by it either; and whatever
 * uses the file with -c decodes certificate and key.  False if it is anything
 * else, with libcrypto's error queue empty; out is to be freed in any case.
 */
bool barecert_parse(struct barecert *out, const void *bytes, size_t len);

/* The same of a certificate that is decoded already.  False: out of memory. */
bool barecert_from_cert(struct barecert *out, X509 *cert);
void barecert_free(struct barecert *bare);

/* Adds the fingerprint, as cert_add_fingerprint() does. */
bool barecert_add_fingerprint(
    struct buf *out, const struct barecert *bare, const EVP_MD *md);

#endif
