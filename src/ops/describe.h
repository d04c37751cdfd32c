/* describe.h: certificates and CRLs in the report of --json. */
#ifndef OPS_DESCRIBE_H
#define OPS_DESCRIBE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/crl.h"
#include "util/buf.h"
#include "util/report.h"

/* Adds the time (RFC 3339, UTC), or nothing if it is none; false: no memory. */
bool describe_add_time(struct buf *out, const ASN1_TIME *time);
/* Adds the serial number in hex; false: no memory. */
bool describe_add_serial(struct buf *out, X509 *cert);

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
