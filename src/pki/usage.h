/* usage.h: keyUsage and extendedKeyUsage of a request (RFC 5280, 4.2.1). */
#ifndef PKI_USAGE_H
#define PKI_USAGE_H

#include <stdbool.h>

#include <openssl/x509v3.h>

#include "pki/problem.h"

/*
 * Adds the purposes of a list such as "serverAuth,clientAuth,1.3.6.1.5.5.7.3.17"
 * to *all, which may be NULL, and which the caller owns: names, case ignored, or
 * OIDs.  One that is there already is left out.  False after describing the
 * problem.
 */
bool usage_add_purposes(
    EXTENDED_KEY_USAGE **all, const char *list, struct problem *problem);

/* The names of purposes one by one; NULL after the last. */
const char *usage_purpose_name(size_t i);

/*
 * The keyUsage for a key of this type: digitalSignature, and keyEncipherment if
 * it encrypts, or keyAgreement if it agrees on keys.  NULL: out of memory.  The
 * caller owns it.
 */
ASN1_BIT_STRING *usage_of_key(EVP_PKEY *key);

/*
 * Takes those usages away that key is not fit for, and those of a CA, which a
 * device never asks for.  keyEncipherment and keyAgreement are one, named as key
 * has it.  *any: whether some are left.  False: out of memory.
 */
bool usage_fit(ASN1_BIT_STRING *bits, EVP_PKEY *key, bool *any);

#endif
