/* pinned.h: which certificates of a set the pins vouch for. */
#ifndef PKI_PINNED_H
#define PKI_PINNED_H

#include <openssl/x509.h>

#include "pki/pin.h"
#include "util/status.h"

/*
 * Leaves in certs what pins, at least one, vouch for: the certificates that
 * are pinned, and of those that verify against the pinned CA certificates the
 * ones of CAs and, by cert_is_marked_ra(), of RAs: everybody to whom the CA
 * has issued a certificate has one that verifies.  The rest, and what stands
 * above, is taken out with a warning: anybody can make a key that seems to
 * have signed the pinned certificate.  extra, NULL for none, is not taken out
 * but refused.  ST_REPLY after reporting, as when no pin is that of a
 * certificate in certs.
 */
enum status pinned_keep(
    STACK_OF(X509) *certs, X509 *extra, const struct pins *pins);

#endif
