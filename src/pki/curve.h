/* curve.h: looks at the EC key of a certificate before it is decoded. */
#ifndef PKI_CURVE_H
#define PKI_CURVE_H

#include <stdbool.h>

#include "pki/der.h"

/*
 * False if the key of the certificate, in DER, is an EC key with the parameters
 * of a curve instead of its name, and if cert is not a certificate.  RFC 5480,
 * 2.1.1: such parameters MUST NOT be used.  libcrypto would compute with what
 * the sender chose.
 */
bool curve_is_named(struct der cert);

/* Whether it is one that CAs usually know: its NID is one of theirs. */
bool curve_is_usual(int curve);

#endif
