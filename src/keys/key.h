/* key.h: private keys, in files and in tokens. */
#ifndef KEYS_KEY_H
#define KEYS_KEY_H

#include <stdbool.h>

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

/*
 * Tries a key of RSA or EC in a token, whose other half is public: it may be
 * let do less than it could, which otherwise shows when the reply is there.
 */
enum key_use {
	KEY_USABLE,
	KEY_ONLY_SIGNS, /* it does not decrypt */
	KEY_REFUSED     /* it does not sign; its PIN may be wrong */
};
enum key_use key_try(EVP_PKEY *key, EVP_PKEY *public);

/*
 * Whether key signs without its property query, which libssl does not give
 * it: those of a TPM do from libcrypto 3.5 on.  Tried with RSA and EC keys.
 */
bool key_signs_for_tls(EVP_PKEY *key);

#endif
