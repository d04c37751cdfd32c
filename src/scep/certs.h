/* certs.h: certificates-only messages, and the CRL in one (RFC 8894, 3.4). */
#ifndef SCEP_CERTS_H
#define SCEP_CERTS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

#include "pki/der.h"
#include "util/status.h"

/*
 * The certificates of a degenerate SignedData (RFC 8894, 3.4) in DER or BER,
 * in its order.  ST_REPLY after reporting when the bytes are something else,
 * when other bytes follow, or when there is no certificate in it.  The caller
 * owns *out.
 */
enum status certs_from_signed_data(STACK_OF(X509) **out, struct der run);

/*
 * Sets *out to the CRL in a degenerate SignedData, a part of run.  Its crls
 * field has to have one CRL, in DER (RFC 8894, 3.4 and 4.6.1).  ST_REPLY after
 * reporting.
 */
enum status certs_find_crl(struct der *out, struct der run);

/*
 * The certificates of an answer to GetCACert: one in DER (RFC 8894, 4.2.1.1),
 * or a degenerate SignedData (4.2.1.2).  PEM is accepted for both, and the
 * content type is not looked at, since some servers send another.  Both in one
 * body are refused, and so are two SignedData.  *bare: the body is one
 * certificate, not a SignedData with one, nor several in PEM.
 * ST_REPLY after reporting; the caller owns *out.
 */
enum status certs_from_body(
    STACK_OF(X509) **out, bool *bare, const void *bytes, size_t len);

#endif
