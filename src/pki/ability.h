/* ability.h: what the types of keys can do, the only list of key types. */
#ifndef PKI_ABILITY_H
#define PKI_ABILITY_H

#include <stdbool.h>

#include <openssl/evp.h>

/*
 * What keys of a type can do with sscep.  A token may permit less to a single
 * key, which is tried with keys/probe.h.
 */
struct key_ability {
	const char *type;    /* libcrypto's short name, for messages */
	bool signs_requests; /* PKCS#10 (RFC 2986, 4.2) */
	bool hashes_itself;  /* signs without a digest (RFC 8410, 3) */
	bool signs_messages; /* SignerInfo (RFC 5652, 5.3), digest of -S */
	bool signs_md5;      /* MD5 as well, with PKCS#1 v1.5 (RFC 3370, 3.2) */
	bool signs_pss;      /* with RSASSA-PSS (RFC 4056) */
	bool signs_sha256;   /* SHA-256 in a trial signature, as for TLS */
	bool encrypts;       /* public key: key transport (RFC 3370, 4.2) */
	bool agrees;         /* with another key on one (RFC 5753) */
	bool decrypts;       /* private key: key transport */
};

/*
 * The ability of key, which may be public or private.  For NULL and for a type
 * that is not in the list all are false.
 */
struct key_ability ability_of_key(const EVP_PKEY *key);

/* Whether key is of the type with that NID; some types have two, as RSA has. */
bool ability_has_type(const EVP_PKEY *key, int nid);

#endif
