/* key_store.h: keys of providers, by URI (OSSL_STORE); for this room only. */
#ifndef KEYS_KEY_STORE_H
#define KEYS_KEY_STORE_H

#include <openssl/evp.h>

#include "keys/secret.h"

/*
 * The first private key in the store of the URI, which the caller owns.  NULL
 * if there is none, with or without a reason in libcrypto's error queue.
 * *opened tells whether a loaded provider handles the URI.
 */
EVP_PKEY *key_store_load(const char *uri, struct secret *secret, bool *opened);

#endif
