/* algs.h: digests and ciphers by name; algs.c has the only table of them. */
#ifndef PKI_ALGS_H
#define PKI_ALGS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/status.h"

/* All names, for usage and messages: "md5|sha1|...", "des|3des|...". */
extern const char *const algs_digest_names;
extern const char *const algs_cipher_names;

/*
 * The name of the algorithm that text names in any case: by that name, as
 * GetCACaps does (SHA-256, DES3), or as libcrypto does (SHA2-256, AES-128-CBC);
 * a digest also by a signature algorithm (sha256WithRSAEncryption).  NULL: it
 * names none of those that this header has.
 */
const char *algs_find_digest(const char *text);
const char *algs_find_cipher(const char *text);

/*
 * The names one by one, NULL after the last.  Where a server supports several,
 * the later one is preferred.
 */
const char *algs_digest_name(size_t i);
const char *algs_cipher_name(size_t i);

/* The size of a digest in bytes; 0 if the name is unknown. */
size_t algs_digest_len(const char *name);

/*
 * The algorithm of that name, tried out; the legacy provider is loaded if it
 * is needed.  ST_ERROR after reporting when the name is unknown, or when
 * libcrypto does not offer the algorithm or its policy forbids it.
 */
enum status algs_get_digest(const EVP_MD **out, const char *name);
/* For a transactionID: MD5, or SHA-256 where libcrypto has no MD5. */
enum status algs_get_id_digest(const EVP_MD **out);
enum status algs_get_cipher(const EVP_CIPHER **out, const char *name);

/* Whether libcrypto, as it is configured, computes the digest of that name. */
bool algs_digest_works(const char *name);

/*
 * The name of the digest (a NID) if libcrypto's policy forbids to verify
 * signatures of key with it.  NULL if it is allowed, or if the policy forbids
 * the key with any digest.
 */
const char *algs_refused_digest(int digest, EVP_PKEY *key);

/* The NID of a signature's digest; NID_undef if it has none. */
int algs_signature_digest(const X509_ALGOR *algorithm);

/*
 * Prepares libcrypto to decrypt content that is encrypted with cipher.  Warns
 * of des-cbc, bf-cbc and rc2-cbc, and loads the legacy provider for them.
 * ST_REPLY after reporting when libcrypto cannot decrypt it.
 */
enum status algs_admit_cipher(const ASN1_OBJECT *cipher);

#endif
