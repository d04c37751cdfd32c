/* probe.h: trials of keys in tokens, before anything is sent. */
#ifndef KEYS_PROBE_H
#define KEYS_PROBE_H

#include <stdbool.h>

#include <openssl/evp.h>

enum key_use {
	KEY_USABLE,
	KEY_ONLY_SIGNS, /* an RSA key that does not decrypt */
	KEY_REFUSED     /* it does not sign; its PIN may be wrong */
};

/*
 * Tries what a key in a token is used for: it signs, and, if it is
 * RSA, decrypts what public, its public key, has encrypted.  The token may
 * permit less, which would otherwise show after the reply has come.  A key
 * in a file is not tried and counts as usable.
 */
enum key_use probe_key(EVP_PKEY *key, EVP_PKEY *public);

/*
 * Whether an RSA or EC key in a provider signs without a property query, as
 * libssl has it sign.  Keys of the tpm2 provider do from OpenSSL 3.5 on.
 * Other keys are not tried: true.
 */
bool probe_signs_for_tls(EVP_PKEY *key);

#endif
