/* describe.h: certificates and CRLs in the report of --json. */
#ifndef OPS_DESCRIBE_H
#define OPS_DESCRIBE_H

#include <openssl/x509.h>

#include "pki/crl.h"
#include "util/report.h"

/*
 * Adds a certificate, if the report is wanted: subject, issuer, serial (hex),
 * notBefore, notAfter (RFC 3339, UTC, left out when it is no time), sha256, and
 * file unless it is NULL or standard output.
 */
void describe_cert(struct report *report, X509 *cert, const char *file);

/* Likewise a CRL: issuer, thisUpdate, nextUpdate if it has one, and file. */
void describe_crl(
    struct report *report, const struct crl *crl, const char *file);

#endif
