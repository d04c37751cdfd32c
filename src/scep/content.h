/* content.h: the messageData of each request (RFC 8894, 3.3). */
#ifndef SCEP_CONTENT_H
#define SCEP_CONTENT_H

#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/* PKCSReq and RenewalReq (3.3.1): the PKCS#10 request as it is, in DER. */
enum status content_add_csr(struct buf *out, X509_REQ *csr);

/*
 * CertPoll (3.3.3): IssuerAndSubject in DER.  The names are not encoded again,
 * but copied as they were read.
 */
enum status content_add_issuer_and_subject(
    struct buf *out, const X509_NAME *issuer, const X509_NAME *subject);

/* GetCert and GetCRL (3.3.4): IssuerAndSerialNumber in DER. */
enum status content_add_issuer_and_serial(
    struct buf *out, const X509_NAME *issuer, const ASN1_INTEGER *serial);

#endif
