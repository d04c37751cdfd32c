/* revoked.h: the entries of a CRL, which are looked at one by one. */
#ifndef PKI_REVOKED_H
#define PKI_REVOKED_H

#include "pki/der.h"
#include "util/status.h"

/*
 * Checks that run, the contents of revokedCertificates (RFC 5280, 5.1.2.6), are
 * entries that d2i_X509_CRL() accepts, in DER, and not large ones.  start is
 * where the CRL begins, for messages.  ST_REPLY after reporting.
 */
enum status revoked_check(struct der run, size_t start);

#endif
