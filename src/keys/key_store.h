/* key_store.h: keys behind the URIs of stores (K2); for this room only. */
#ifndef KEYS_KEY_STORE_H
#define KEYS_KEY_STORE_H

#include <openssl/evp.h>

#include "keys/secret.h"

/*
 * The first private key that the store of the URI has; NULL when it has
 * none, with or without a reason in libcrypto's error queue.  *opened:
 * whether there is such a store.
 */
EVP_PKEY *key_store_load(const char *uri, struct secret *secret, bool *opened);

#endif
