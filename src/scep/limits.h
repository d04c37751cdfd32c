/* limits.h: counts what a reply is made of before libcrypto decodes it. */
#ifndef SCEP_LIMITS_H
#define SCEP_LIMITS_H

#include <stddef.h>

#include "pki/der.h"
#include "scep/outline.h"
#include "util/status.h"

/*
 * Each checks the octets of run, in DER or BER, which have to be a ContentInfo
 * (RFC 5652, 3) of the type in the name of the function and nothing else.  There
 * are limits on its size, on its depth, and on the number of all that may be
 * repeated (RFC 5652, 5.1 and 6.1).  The certificates and CRLs in its fields
 * have to be in DER.  what names the message: "a pkiMessage (RFC 8894, 3.2)".
 * *out is where its parts are.  ST_REPLY after reporting.
 */
enum status limits_check_signed_data(
    struct outline *out, struct der run, const char *what);

/*
 * The same for an EnvelopedData.  The ContentInfo may be missing: servers that
 * send the eContentType id-envelopedData, where RFC 8894, 3.2 wants data, leave
 * it out.
 */
enum status limits_check_enveloped_data(
    struct outline *out, struct der run, const char *what);

/*
 * The same for a SignedData with a CRL, which must not be decoded: libcrypto
 * would build an object for each entry.
 */
enum status limits_check_crl_message(
    struct outline *out, struct der run, const char *what);

#endif
