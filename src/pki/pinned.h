/* pinned.h: which certificates of a set the pins vouch for. */
#ifndef PKI_PINNED_H
#define PKI_PINNED_H

#include <openssl/x509.h>

#include "pki/pin.h"
#include "util/status.h"

/*
 * Leaves in certs the certificates that pins, at least one, vouch for: those
 * that are pinned, and those that verify against a pinned CA certificate and
 * are a CA's or, by cert_is_marked_ra(), an RA's.  To verify is not enough, as
 * the CA has issued certificates to all its clients.  The others are removed
 * with a warning.  So are the CAs above a pinned certificate: anybody can make
 * a CA certificate that seems to have issued it.  extra, which may be NULL, is
 * one more certificate; if no pin vouches for it the set is refused.  ST_REPLY
 * after reporting, also when no certificate in certs is pinned.  RFC 8894, 2.2
 */
enum status pinned_keep(
    STACK_OF(X509) *certs, X509 *extra, const struct pins *pins);

#endif
