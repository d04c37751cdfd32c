/* key.h: private keys. */
#ifndef PKI_KEY_H
#define PKI_KEY_H

#include <openssl/evp.h>

#include "util/status.h"

/*
 * Reads a private key from a file: PEM or DER, PKCS#1, SEC1 or PKCS#8.  The
 * pass phrase of an encrypted one is asked for on the terminal, if there is
 * one.  what names the file in messages.  The caller owns *out.
 */
enum status key_read(EVP_PKEY **out, const char *path, const char *what);

#endif
