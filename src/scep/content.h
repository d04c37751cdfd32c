/* content.h: what travels inside the envelope (RFC 8894, 3.3). */
#ifndef SCEP_CONTENT_H
#define SCEP_CONTENT_H

#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/* The request as it is, in DER: PKCSReq and RenewalReq (3.3.1). */
enum status content_add_csr(struct buf *out, X509_REQ *csr);

/*
 * IssuerAndSubject in DER, the names byte by byte as they were read:
 * CertPoll (3.3.3).
 */
enum status content_add_issuer_and_subject(
    struct buf *out, const X509_NAME *issuer, const X509_NAME *subject);

/* IssuerAndSerialNumber in DER: GetCert and GetCRL (3.3.4). */
enum status content_add_issuer_and_serial(
    struct buf *out, const X509_NAME *issuer, const ASN1_INTEGER *serial);

#endif
