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
 * Whether every one of certs is the one of that fingerprint, stands above
 * it, or was issued below these.  A certificate that only came along with
 * the pinned one is not vouched for by it.  ST_REPLY after reporting.
 */
enum status pin_check(STACK_OF(X509) *certs, const char *text);

#endif
