/* algs.h: the names of digests and ciphers, the only list of them. */
#ifndef PKI_ALGS_H
#define PKI_ALGS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/status.h"

/* For usage and messages: "md5|sha1|...", "des|3des|...". */
extern const char algs_digest_names[];
extern const char algs_cipher_names[];

/* Whether a name, matched whole, is in the list. */
bool algs_is_digest(const char *name);
bool algs_is_cipher(const char *name);

/* The names of digests one by one, NULL after the last; their bytes. */
const char *algs_digest_name(size_t i);
size_t algs_digest_len(const char *name);

/*
 * The algorithm of that name, ready to work: the legacy provider is loaded
 * where it is needed.  ST_ERROR after reporting when the name is unknown or
 * libcrypto, or its policy, does not offer it.
 */
enum status algs_get_digest(const EVP_MD **out, const char *name);
enum status algs_get_cipher(const EVP_CIPHER **out, const char *name);

/* Whether libcrypto computes the digest of that name here and now. */
bool algs_digest_works(const char *name);

/*
 * C5: the name of the digest when libcrypto, as it is configured, refuses to
 * verify signatures of that key with it; NULL when it does not, or refuses
 * the key itself.
 */
const char *algs_refused_digest(int digest, EVP_PKEY *key);

/* The digest of a signature: a NID, NID_undef when it has none. */
int algs_signature_digest(const X509_ALGOR *algorithm);

/*
 * Makes ready to decrypt content that came in cipher; des-cbc, bf-cbc and
 * rc2-cbc are read with a warning and the legacy provider (C3).  ST_REPLY
 * after reporting when that cannot be done.
 */
enum status algs_admit_cipher(const ASN1_OBJECT *cipher);

#endif
