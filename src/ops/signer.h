/* signer.h: the key and the certificate that sign the messages. */
#ifndef OPS_SIGNER_H
#define OPS_SIGNER_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "options/options.h"
#include "pki/ability.h"
#include "session.h"
#include "util/buf.h"
#include "util/status.h"

/* Whether key is that of cert; the names are those of the options. */
enum status signer_check_pair(
    X509 *cert, const char *cert_name, EVP_PKEY *key, const char *key_name);

/*
 * Whether key is that of signer, the certificate of -O, and of a type that signs.
 * If -l has the same name the message says that the renewal may be done already.
 */
enum status signer_check_renewal(
    const struct session *session, X509 *signer, EVP_PKEY *key);

/*
 * Warns if the request called csr_name, of a renewal, is not for the subject of
 * the certificate that signs.  RFC 8894, 2.5: a renewal is for a new certificate
 * with new dates; a CA may refuse one that names another subject.
 */
void signer_warn_of_subject(const struct session *session, X509 *signer,
    X509_REQ *csr, const char *csr_name);

/* The part of signer_check_key() that the type of the key decides. */
enum status signer_check_type(
    const struct options *options, EVP_PKEY *public, const char *name);

/* Whether keys of that ability sign messages; shown names the one in question. */
enum status signer_check_ability(
    const struct key_ability *ability, const char *shown);

/* The password that the reply may be encrypted with, and whether there is one. */
struct signer_password {
	const struct buf *text;
	bool expected; /* false: a renewal has none (RFC 8894, 2.4) */
};

/*
 * Whether the key called name, whose other half is public, signs as --rsa-pss
 * says, and opens the reply (RFC 8894, 3.1): an RSA key in a token may refuse to
 * decrypt; one that is not RSA needs the password, or a server that knows key
 * agreement, which is warned of where a password is expected; one that only signs
 * needs the password.  ST_FILE after reporting.  Then the session has the digest
 * of the key, if its type has one.
 */
enum status signer_check_key(struct session *session, EVP_PKEY *key,
    EVP_PKEY *public, const char *name, const struct signer_password *password);

/*
 * Whether the digest that session_prepare() chose goes with a key whose other
 * half is public, and with --rsa-pss and --rsa-oaep: MD5 is defined for
 * PKCS#1 v1.5 only (RFC 4055, RFC 5754).  ST_ERROR after reporting.
 */
enum status signer_check_digest(
    const struct session *session, EVP_PKEY *public);

#endif
