/* key.h: private keys, in files and in tokens. */
#ifndef KEYS_KEY_H
#define KEYS_KEY_H

#include <openssl/evp.h>

#include "keys/key_name.h"
#include "util/status.h"

/*
 * Reads a private key (K1, K2, K3): from a file, PEM or DER, PKCS#1, SEC1,
 * PKCS#8 or what a loaded provider can read; else, from the engine where
 * there is one; else from the store of the URI.  A pass phrase or PIN that
 * is wanted and not given is asked for on the terminal, if there is one.
 * ST_FILE after reporting; the caller owns *out.
 */
enum status key_read(EVP_PKEY **out, const struct key_place *place);

#endif
