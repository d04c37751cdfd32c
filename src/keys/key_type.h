/* key_type.h: of which type a private key in a file is; for this room only. */
#ifndef KEYS_KEY_TYPE_H
#define KEYS_KEY_TYPE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "keys/secret.h"
#include "pki/ability.h"
#include "util/buf.h"

/* The NID of the type of a key in PKCS#8 that is not encrypted (RFC 5208, 5). */
int key_type_find(const unsigned char *der, long len);

/*
 * Whether the file is PKCS#8, encrypted or not, with a key whose type libcrypto
 * does not know: *out is its ability.  A pass phrase has to be known by now.
 */
bool key_type_is_lacking(struct key_ability *out, const struct buf *file,
    const struct secret *secret);

/* Whether the file is PKCS#12 in DER (RFC 7292, 4), with who knows what in it. */
bool key_type_is_store(const struct buf *file);

#endif
