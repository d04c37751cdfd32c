/* ability.h: what the types of keys can do, the only list of key types. */
#ifndef PKI_ABILITY_H
#define PKI_ABILITY_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

/*
 * What keys of a type can do with sscep.  A token may permit less to a single
 * key, which is tried with keys/probe.h, and libcrypto less to all of them,
 * which is tried with scep/trial.h.
 */
struct key_ability {
	const char *type;    /* libcrypto's name, for messages */
	bool signs_requests; /* PKCS#10 (RFC 2986, 4.2) */
	bool hashes_itself;  /* signs without a digest (RFC 8410, 3) */
	bool signs_messages; /* SignerInfo (RFC 5652, 5.3) */
	bool signs_md5;      /* MD5 as well, with PKCS#1 v1.5 (RFC 3370) */
	bool signs_pss;      /* with RSASSA-PSS (RFC 4056) */
	bool signs_sha256;   /* SHA-256 in a trial signature, as for TLS */
	bool encrypts;       /* public key: key transport (RFC 3370, 4.2) */
	bool encapsulates;   /* public key: KEMRecipientInfo (RFC 9629) */
	bool agrees;         /* with another key on one (RFC 5753) */
	bool decrypts;       /* private key: key transport */
	const char *digest;  /* of its SignerInfo, whatever -S says; or NULL */
	const char *clause;  /* that says so */
	const char *since;   /* the OpenSSL whose CMS has it; NULL: all have */
};

/*
 * The ability of key, which may be public or private.  For NULL and for a type
 * that is not in the list all are false.
 */
struct key_ability ability_of_key(const EVP_PKEY *key);

/*
 * The same of the public key of a certificate, even if this libcrypto does not
 * know its type.
 */
struct key_ability ability_of_cert(X509 *cert);

/*
 * The same of a SubjectPublicKeyInfo, and by its algorithm or that of PKCS#8.  The
 * type that libcrypto has no name for is its OID, until the next call.
 */
struct key_ability ability_of_public(X509_PUBKEY *public);
struct key_ability ability_of_algorithm(const ASN1_OBJECT *algorithm);

/* The same by the name of a type, as libcrypto has it. */
struct key_ability ability_of_type(const char *name);

/* Whether a message can be encrypted to a key of that ability. */
bool ability_is_recipient(const struct key_ability *ability);

/* Whether it signs messages, but can open no reply that is encrypted to it. */
bool ability_only_signs(const struct key_ability *ability);

/* Whether key is of the type with that NID; some types have two, as RSA has. */
bool ability_has_type(const EVP_PKEY *key, int nid);

/*
 * "ED25519, which this libcrypto (OpenSSL 3.0.15) cannot use in messages (OpenSSL
 * 3.5 can)", for the end of a line.  Returns out.
 */
#define ABILITY_LACK_MAX 200
const char *ability_describe_lack(
    char out[ABILITY_LACK_MAX], const struct key_ability *ability);

#endif
