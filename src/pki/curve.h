/* curve.h: the EC keys of certificates before they are decoded. */
#ifndef PKI_CURVE_H
#define PKI_CURVE_H

#include <stdbool.h>

#include "pki/der.h"

/*
 * Whether the key of a certificate that was not decoded yet is no EC key, or
 * has its curve by name (RFC 5480, 2.1.1): libcrypto would compute with what
 * else the sender wrote.  False, too, for what is no certificate in DER.
 */
bool curve_is_named(struct der cert);

#endif
