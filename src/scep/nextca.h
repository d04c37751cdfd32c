/* nextca.h: the answer to GetNextCACert (RFC 8894, 4.7.1). */
#ifndef SCEP_NEXTCA_H
#define SCEP_NEXTCA_H

#include <stddef.h>

#include <openssl/x509.h>

#include "pki/cabundle.h"
#include "util/status.h"

/*
 * Verifies the SignedData, which has to be signed with one of the current
 * certificates, and takes the next ones from it.  They are in the signed
 * content; where there is none they are beside it, unsigned, and each has to
 * be a CA certificate that verifies against current.  ST_REPLY after
 * reporting, with nothing in *certs and *signer; else both are the caller's.
 */
enum status nextca_decode(STACK_OF(X509) **certs, X509 **signer,
    const struct cabundle *current, const void *bytes, size_t len);

#endif
