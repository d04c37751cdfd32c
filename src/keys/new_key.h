/* new_key.h: makes private keys, and writes them to files. */
#ifndef KEYS_NEW_KEY_H
#define KEYS_NEW_KEY_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "keys/pass.h"
#include "util/status.h"

/* The names of the types, for messages: "rsa:2048|..." */
extern const char new_key_types[];

/* The word of --new-key for a key that is kept; the names with it. */
#define NEW_KEY_SAME "same"
extern const char new_key_types_or_same[];

struct new_key_type;

/* The type of that name, case ignored; NULL if there is none. */
const struct new_key_type *new_key_find_type(const char *name);

/* The name of the type that the text may mean, as "P-256" does; NULL: of none. */
const char *new_key_find_meant(const char *text);

/* What the key is, for messages: "of the curve secp256k1".  Returns out. */
#define NEW_KEY_DESCRIPTION_MAX 80
const char *new_key_describe(char out[NEW_KEY_DESCRIPTION_MAX], EVP_PKEY *key);

/* What libcrypto calls the algorithm of the type. */
const char *new_key_algorithm(const struct new_key_type *type);

/* The name of the type that key is of; NULL: of none. */
const char *new_key_type_name(EVP_PKEY *key);

/* Whether key, which may be public, has the algorithm and size of the type. */
bool new_key_is_of_type(EVP_PKEY *key, const struct new_key_type *type);

/*
 * Makes a key that is not written, for the file called name.  ST_ERROR after
 * reporting if it cannot be made.  The caller owns *out.
 */
enum status new_key_generate(
    EVP_PKEY **out, const struct new_key_type *type, const char *name);

/*
 * Makes a key and writes it to the file called name: as PKCS#8 in PEM, with a
 * pass phrase encrypted with AES-256 and PBKDF2 (RFC 8018).  *out is NULL, with
 * ST_OK, if there is a file of that name by now, which is left alone.  ST_FILE
 * after reporting if it cannot be written, ST_ERROR if it cannot be made.  The
 * caller owns *out.
 */
enum status new_key_make(EVP_PKEY **out, const struct new_key_type *type,
    const char *name, const struct pass *pass);

/*
 * Refuses to make a key in a token, or in the engine unless that is NULL, and
 * tells the command that does.  ST_ERROR.
 */
enum status new_key_refuse_token(
    const char *name, const struct new_key_type *type, const char *engine);

#endif
