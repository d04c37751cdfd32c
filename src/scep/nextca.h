/* nextca.h: the answer to GetNextCACert (RFC 8894, 4.7.1). */
#ifndef SCEP_NEXTCA_H
#define SCEP_NEXTCA_H

#include <stddef.h>

#include <openssl/x509.h>

#include "pki/cabundle.h"
#include "scep/scep.h"
#include "util/status.h"

/* Whom to believe; tolerate is of enum tolerate.  Borrows current. */
struct nextca_trust {
	const struct cabundle *current;
	unsigned int tolerate;
	struct digest_policy policy;
};

/*
 * Verifies the SignedData, and takes the next certificates from it.  The
 * signer has to be a CA certificate that is one of the current ones, or is in
 * the message and verifies up to a CA certificate of them.  An RA's that is
 * one of them and marked (cert_is_marked_ra()) may sign with
 * TOLERATE_SIGNER.  The next ones are in the signed content; where there is
 * none they are beside it, unsigned, and each has to be a CA certificate that
 * verifies against the current ones.  ST_REPLY after reporting, with nothing
 * in *certs and *signer; else both are the caller's.
 */
enum status nextca_decode(STACK_OF(X509) **certs, X509 **signer,
    const struct nextca_trust *trust, const void *bytes, size_t len);

#endif
