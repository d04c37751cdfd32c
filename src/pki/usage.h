/* usage.h: keyUsage and extendedKeyUsage of a request (RFC 5280, 4.2.1). */
#ifndef PKI_USAGE_H
#define PKI_USAGE_H

#include <stdbool.h>

#include <openssl/x509v3.h>

#include "pki/problem.h"

/*
 * Parses a list such as "serverAuth,clientAuth,1.3.6.1.5.5.7.3.17": names of
 * purposes, case ignored, or OIDs.  False after describing the problem; the
 * caller owns *out.
 */
bool usage_parse_purposes(
    EXTENDED_KEY_USAGE **out, const char *list, struct problem *problem);

/*
 * The keyUsage for a key of this type: digitalSignature, and keyEncipherment if
 * it encrypts, or keyAgreement if it agrees.  NULL: out of memory.  The caller owns it.
 */
ASN1_BIT_STRING *usage_of_key(EVP_PKEY *key);

#endif
