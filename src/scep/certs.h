/* certs.h: certificates-only messages, and the CRL in one (RFC 8894, 3.4). */
#ifndef SCEP_CERTS_H
#define SCEP_CERTS_H

#include <stddef.h>

#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/*
 * The certificates of a degenerate SignedData in DER or BER, in its order.
 * ST_REPLY after reporting when it is none, when bytes are left over, or
 * when there is no certificate in it.  The caller owns *out.
 */
enum status certs_from_signed_data(
    STACK_OF(X509) **out, const void *bytes, size_t len);

/*
 * Adds to out the bytes of the one CRL of a degenerate SignedData, which has
 * to be in DER, as it came.  ST_REPLY after reporting.
 */
enum status certs_add_crl(struct buf *out, const void *bytes, size_t len);

/*
 * The certificates of a GetCACert answer: one in DER, a degenerate
 * SignedData, or either in PEM, whatever content type it came as (R6).
 */
enum status certs_from_body(
    STACK_OF(X509) **out, const void *bytes, size_t len);

#endif
