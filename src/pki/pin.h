/* pin.h: CA certificates pinned by fingerprint (R4; RFC 8894, 2.2). */
#ifndef PKI_PIN_H
#define PKI_PIN_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "util/status.h"

/*
 * Whether text is an MD5, SHA-1, SHA-256 or SHA-512 fingerprint in hex;
 * colons, blanks and case do not count.
 */
bool pin_is_valid(const char *text);

/*
 * Leaves in certs what the fingerprint vouches for: the certificates that
 * have it, and those that verify against them.  What only came along, and
 * what stands above, is taken out with a warning: anybody can make a key
 * that seems to have signed the pinned certificate.  extra, NULL for none,
 * is not taken out but refused.  ST_REPLY after reporting, as when none has
 * the fingerprint.
 */
enum status pin_apply(STACK_OF(X509) *certs, X509 *extra, const char *text);

#endif
