/* store.h: keys that a URI names, by OSSL_STORE of libcrypto. */
#ifndef KEYS_STORE_H
#define KEYS_STORE_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "keys/secret.h"

/* Whether this libcrypto has stores. */
bool store_is_built_in(void);

/*
 * The first private key in the store of the URI.  NULL if there is none, with or
 * without a reason in libcrypto's error queue.  *opened tells whether a loaded
 * provider handles the URI.
 */
EVP_PKEY *store_load_key(const char *uri, struct secret *secret, bool *opened);

#endif
