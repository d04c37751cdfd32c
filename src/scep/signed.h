/* signed.h: SignedData, signed by one whose certificate is at hand. */
#ifndef SCEP_SIGNED_H
#define SCEP_SIGNED_H

#include <stddef.h>

#include <openssl/cms.h>
#include <openssl/x509.h>

#include "scep/scep.h"
#include "util/status.h"

/*
 * Reads a SignedData in DER or BER that is all of the len bytes, and within
 * the limits of limits.h.  what names what it should be, for messages: "a
 * pkiMessage (RFC 8894, 3.2)".  ST_REPLY after reporting; the caller owns
 * *out.
 */
enum status signed_parse(
    CMS_ContentInfo **out, const void *bytes, size_t len, const char *what);

/* Who signed, and what: all is borrowed, content NULL when there is none. */
struct signed_by {
	CMS_SignerInfo *si;
	X509 *signer;
	const unsigned char *content;
	size_t len; /* of content, in bytes */
};

/*
 * Verifies cms, which signed_parse() made: one SignerInfo, of a certificate
 * among certs, found by issuer and serial or key identifier; those that came
 * along do not count.  What out, which begins as zero, then has is borrowed
 * from cms and certs.  where names the option that certs are from.  ST_REPLY
 * after reporting, also for a digest that policy does not allow.
 */
enum status signed_verify(struct signed_by *out, CMS_ContentInfo *cms,
    STACK_OF(X509) *certs, const char *where,
    const struct digest_policy *policy);

/* Warns of a digest that is weaker than what the server announced. */
void signed_warn_of_digest(
    const struct signed_by *by, const struct digest_policy *policy);

#endif
