/* cabundle.h: the CA and RA certificates of -c, and which does what. */
#ifndef PKI_CABUNDLE_H
#define PKI_CABUNDLE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/pin.h"
#include "util/buf.h"
#include "util/status.h"

/*
 * Owns certs, hidden, owned_encrypt and the advice; sign and encrypt are
 * borrowed from certs and owned_encrypt.
 */
struct cabundle {
	STACK_OF(X509) *certs; /* of -c, in order */
	X509 *sign;            /* expected to sign replies; any of certs may */
	X509 *encrypt;         /* requests are encrypted to this one */
	X509 *owned_encrypt;   /* of -e, or NULL */
	const char *why_sign, *why_encrypt; /* why they were chosen */
	STACK_OF(X509) *hidden; /* FILE-0, ... that are not read, or NULL */
	struct buf advice, hidden_advice; /* for cabundle_get_advice() */
};

/*
 * Reads the file at path or, if there is none, path-0, path-1, ..., and
 * chooses from its certificates: the first one that did not sign another one
 * of the set and whose keyUsage, if any, allows the use (RFC 8894, 3.5.2), or
 * just the first.  One that is alone (relation.h) comes last, and is encrypted
 * to only if it is the signer, too, or none may sign.  The certificate of
 * encrypt_path, if not NULL, is encrypted to instead.  pins restrict the set.
 */
enum status cabundle_read(struct cabundle *out, const char *path,
    const char *encrypt_path, const struct pins *pins);

/* As cabundle_read(), from certs, which out then owns. */
void cabundle_set(struct cabundle *out, STACK_OF(X509) *certs);
void cabundle_free(struct cabundle *bundle);

/*
 * Checks that the chosen certificates are valid now (without check_validity
 * that is a warning only), and that they chain to the root if the set has one
 * (RFC 5280, 6.1).  ST_FILE after reporting.
 */
enum status cabundle_check(const struct cabundle *bundle, bool check_validity);

/*
 * What the user can do when a message is signed by none of certs: words for the
 * end of an error line.  by_hidden: its signature is by one of hidden.
 */
const char *cabundle_get_advice(const struct cabundle *bundle, bool by_hidden);

/*
 * Whether the certificate to encrypt to has a key for that (RSA, ML-KEM).  If not, requests are encrypted with the challengePassword (RFC 8894, 3.1).
 */
bool cabundle_can_encrypt(const struct cabundle *bundle);

/*
 * Another one of the set, the first, if the one that is encrypted to has to do
 * with none of them: one of the two is a stranger's.  NULL if not, or with -e.
 */
X509 *cabundle_find_rival(const struct cabundle *bundle);

/*
 * Whether a server that sends bundle may sign its replies with cert, too: one of
 * them that may sign, other than a CA's where there is an RA for that.
 */
bool cabundle_may_sign(const struct cabundle *bundle, X509 *cert);

/* The name of the issuing CA, for CertPoll (RFC 8894, 3.3.3). */
const X509_NAME *cabundle_issuer_name(const struct cabundle *bundle);

/*
 * Whether the issuer of each certificate is in certs.  Also false if certs has
 * so many certificates of one name that not all of them are tried.
 */
bool cabundle_is_chain(STACK_OF(X509) *certs);

#endif
