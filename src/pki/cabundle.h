/* cabundle.h: the CA and RA certificates behind -c, and who does what. */
#ifndef PKI_CABUNDLE_H
#define PKI_CABUNDLE_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/pin.h"
#include "util/status.h"

/*
 * certs is what -c named, in order; the others are borrowed from it, but
 * for encrypt when it came with -e, which the bundle then owns too.
 */
struct cabundle {
	STACK_OF(X509) *certs;
	X509 *sign;    /* expected to sign replies; any of certs may */
	X509 *encrypt; /* requests are encrypted for this one */
	X509 *owned_encrypt;
	const char *why_sign, *why_encrypt; /* they were picked */
};

/*
 * Reads the file path or, when there is none, path-0, path-1, ..., and picks
 * as the manual says: a certificate that signs no other one of the set and
 * whose keyUsage, if any, fits; else the first.  encrypt_path and pins may be
 * NULL.
 */
enum status cabundle_read(struct cabundle *out, const char *path,
    const char *encrypt_path, const struct pins *pins);

/* Takes over certs, and picks from them. */
void cabundle_set(struct cabundle *out, STACK_OF(X509) *certs);
void cabundle_free(struct cabundle *bundle);

/*
 * P6: the picked certificates are valid now, which is passed over unless
 * look_at_clock, and chain to the root of the set if it has one.  ST_FILE
 * after reporting.
 */
enum status cabundle_check(const struct cabundle *bundle, bool look_at_clock);

/*
 * Whether the key of the certificate for encryption can encrypt (RSA), or
 * the request has to go by its challengePassword (C9; RFC 8894, 3.1).
 */
bool cabundle_can_encrypt(const struct cabundle *bundle);

/* The name of the CA that issues: what CertPoll asks for (C7). */
const X509_NAME *cabundle_issuer_name(const struct cabundle *bundle);

/*
 * Whether every certificate but roots was issued by another of certs.  False,
 * too, where so many have the same name that not all of them are tried.
 */
bool cabundle_is_chain(STACK_OF(X509) *certs);

#endif
