/* signed.h: parses and verifies SignedData (RFC 5652, 5). */
#ifndef SCEP_SIGNED_H
#define SCEP_SIGNED_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/cms.h>
#include <openssl/x509.h>

#include "pki/cabundle.h"
#include "scep/scep.h"
#include "util/status.h"

/*
 * Parses a ContentInfo with a SignedData, in DER or BER, within the limits of
 * limits.h; other bytes must not follow.  what names it in messages: "a
 * pkiMessage (RFC 8894, 3.2)".  ST_REPLY after reporting; the caller owns *out.
 */
enum status signed_parse(
    CMS_ContentInfo **out, const void *bytes, size_t len, const char *what);

/*
 * The signer and what is signed.  Borrows everything; content is NULL when
 * there is no eContent.
 */
struct signed_by {
	CMS_SignerInfo *si;
	X509 *signer;
	const unsigned char *content;
	size_t len;           /* of content, in bytes */
	bool no_content_type; /* signed attributes, but not contentType */
};

/*
 * Verifies cms, which signed_parse() made.  It has to have one SignerInfo; the
 * signer's certificate has to be among certs, and is found by its issuer and
 * serial number or its key identifier (RFC 5652, 5.3).  Certificates in cms are
 * not used.  where names the option that certs are from, and bundle says what
 * helps if the signer's is not there.  *out has to be zero before, and borrows
 * from cms and certs.  ST_REPLY after reporting, also for a digest that policy
 * does not allow.  The contentType attribute may be absent, of which the first
 * call warns.
 */
enum status signed_verify(struct signed_by *out, CMS_ContentInfo *cms,
    STACK_OF(X509) *certs, const char *where, const struct cabundle *bundle,
    const struct digest_policy *policy);

/* Warns of MD5 and SHA-1 when the server announced a better digest. */
void signed_warn(
    const struct signed_by *by, const struct digest_policy *policy);

#endif
