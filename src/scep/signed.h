/* signed.h: SignedData, signed by one whose certificate is at hand. */
#ifndef SCEP_SIGNED_H
#define SCEP_SIGNED_H

#include <stddef.h>

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/x509.h>

#include "util/status.h"

/*
 * Reads a SignedData in DER or BER that is all of the len bytes.  clause
 * names what it should be, for messages: "a pkiMessage (RFC 8894, 3.2)".
 * ST_REPLY after reporting; the caller owns *out.
 */
enum status signed_parse(
    CMS_ContentInfo **out, const void *bytes, size_t len, const char *clause);

/*
 * Verifies it: one SignerInfo, of a certificate among certs, found by issuer
 * and serial or key identifier (C13); those that came along do not count
 * (V1).  What is signed goes to content, nothing when there is none; *si is
 * borrowed from cms, *signer from certs.  where names the option that certs
 * are from.  ST_REPLY after reporting.
 */
struct signed_by {
	CMS_SignerInfo *si;
	X509 *signer;
};
enum status signed_verify(struct signed_by *out, CMS_ContentInfo *cms,
    STACK_OF(X509) *certs, const char *where, BIO *content);

#endif
