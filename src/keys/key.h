/* key.h: private keys, in files and in tokens. */
#ifndef KEYS_KEY_H
#define KEYS_KEY_H

#include <openssl/evp.h>

#include "keys/key_name.h"
#include "util/status.h"

/*
 * Reads the private key that place->name names:
 * - a file, if there is one of that name: PKCS#1, SEC1 or PKCS#8, encrypted or
 *   not, in PEM or DER, or a format of a provider or the engine;
 * - else a key of the engine, if one is open;
 * - else a URI that a provider handles.
 * Prompts on the terminal for a pass phrase or PIN that is needed and not
 * given.  ST_FILE after reporting; the caller owns *out.
 */
enum status key_read(EVP_PKEY **out, const struct key_place *place);

#endif
