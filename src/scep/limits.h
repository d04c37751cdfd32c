/* limits.h: counts what a reply is made of before libcrypto decodes it. */
#ifndef SCEP_LIMITS_H
#define SCEP_LIMITS_H

#include <stddef.h>

#include "pki/der.h"
#include "util/status.h"

/*
 * Each checks len bytes, in DER or BER, which have to be a ContentInfo (RFC
 * 5652, 3) of the type in the name of the function and nothing else.  There
 * are limits on its size, on its depth, and on the number of all that may be
 * repeated (RFC 5652, 5.1 and 6.1).  The certificates and CRLs in its fields
 * have to be in DER.  what names the message: "a pkiMessage (RFC 8894, 3.2)".
 * ST_REPLY after reporting.
 */
enum status limits_check_signed_data(
    const void *bytes, size_t len, const char *what);

/*
 * The same for an EnvelopedData.  *content_info is the content of its
 * EncryptedContentInfo, borrowed from bytes.
 */
enum status limits_check_enveloped_data(
    struct der *content_info, const void *bytes, size_t len, const char *what);

/*
 * The same for a SignedData with a CRL, which must not be decoded: libcrypto
 * would build an object for each entry.  *crls is the content of its crls
 * field, empty where there is none, borrowed from bytes.
 */
enum status limits_check_crl_message(
    struct der *crls, const void *bytes, size_t len, const char *what);

#endif
