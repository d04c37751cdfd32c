/* limits.h: counts what a reply is made of before libcrypto decodes it. */
#ifndef SCEP_LIMITS_H
#define SCEP_LIMITS_H

#include <stddef.h>

#include "util/status.h"

/*
 * Each takes len bytes that begin with a ContentInfo in DER or BER.  It has to
 * be of that type, with no more of anything that can be many than a reply has
 * use for (RFC 5652, 5.1 and 6.1), and not too deep nor too much in all.  The
 * certificates and CRLs beside the content have to be in DER.  what names the
 * message: "a pkiMessage (RFC 8894, 3.2)".  ST_REPLY after reporting.
 */
enum status limits_check_signed_data(
    const void *bytes, size_t len, const char *what);
enum status limits_check_enveloped_data(
    const void *bytes, size_t len, const char *what);

/* The same for a SignedData with a CRL, which is never decoded as a whole. */
enum status limits_check_crl_message(
    const void *bytes, size_t len, const char *what);

#endif
