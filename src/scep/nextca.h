/* nextca.h: the answer to GetNextCACert (RFC 8894, 4.7.1). */
#ifndef SCEP_NEXTCA_H
#define SCEP_NEXTCA_H

#include <stddef.h>

#include <openssl/x509.h>

#include "pki/cabundle.h"
#include "scep/scep.h"
#include "util/status.h"

/* The trusted signers.  Borrows everything. */
struct nextca_trust {
	const struct cabundle *current;
	const char *option;    /* that gave them, for messages: "-C" */
	unsigned int tolerate; /* bits of enum tolerate */
	struct digest_policy policy;
};

/*
 * Verifies the SignedData, and returns the next certificates in it.  Its signer
 * has to be the current CA (RFC 8894, 4.7.1): a CA certificate that is in
 * current, or that is in the message and verifies against the CA certificates
 * of current.  With TOLERATE_SIGNER it may be an RA certificate of current
 * (cert_is_marked_ra()).  The next certificates are in the signed content.
 * Some servers leave that empty and put them into the certificates field, which
 * is not signed: then each has to be a CA certificate that verifies against
 * current.  ST_REPLY after reporting, and *certs and *signer are not set; else
 * the caller owns both.
 */
enum status nextca_decode(STACK_OF(X509) **certs, X509 **signer,
    const struct nextca_trust *trust, const void *bytes, size_t len);

#endif
