/* pss.h: what an AlgorithmIdentifier says of RSASSA-PSS (RFC 4055, 3.1). */
#ifndef PKI_PSS_H
#define PKI_PSS_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

/* The NID of hashAlgorithm; NID_undef if there are no parameters. */
int pss_get_digest(const X509_ALGOR *algorithm);

/*
 * Begins to verify a signature with key, as ASN1_item_verify() does.  False if
 * the parameters are absent, malformed or unknown, or if key is not RSA or is
 * restricted to other parameters; libcrypto's error queue may have the reason.
 */
bool pss_init_verify(
    EVP_MD_CTX *context, const X509_ALGOR *algorithm, EVP_PKEY *key);

#endif
