/* issued.h: the certificate that an enrolment asked for, in a reply. */
#ifndef OPS_ISSUED_H
#define OPS_ISSUED_H

#include <openssl/x509.h>

#include "ops/inputs.h"
#include "util/status.h"

/*
 * Finds the certificate for the key of the request (RFC 8894, 3.3.2.1), and
 * checks its issuer and its validity; what else the CA changed is noted.  cert
 * is borrowed from certs.  After reporting: ST_REPLY, or ST_SAME_CERT when the
 * CA answers a renewal with the certificate that is to be renewed.
 */
enum status issued_find_cert(
    X509 **cert, const struct inputs *in, STACK_OF(X509) *certs);

#endif
