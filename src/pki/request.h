/* request.h: makes certificate requests (PKCS#10, RFC 2986). */
#ifndef PKI_REQUEST_H
#define PKI_REQUEST_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "pki/problem.h"
#include "util/buf.h"
#include "util/status.h"

/* RFC 2985, 5.4.1 and A.2: the characters of a challengePassword. */
#define REQUEST_CHALLENGE_MAX 255

/* The characters of a certTemplateName: far more than CAs give one. */
#define REQUEST_TEMPLATE_MAX 255

/*
 * What a request asks for.  Owns everything but challenge; what is NULL is left
 * out, and all zero is empty.
 */
struct request_content {
	X509_NAME *subject;
	GENERAL_NAMES *names; /* critical if subject is empty */
	EXTENDED_KEY_USAGE *purposes;
	ASN1_BIT_STRING *usage;
	STACK_OF(X509_EXTENSION) *others; /* as they are */
	const char *challenge;            /* a secret; borrowed */
};

void request_content_free(struct request_content *content);

/* Whether the name, which is UTF-8, can be that of a template. */
bool request_check_template(const char *name, struct problem *problem);

/*
 * Adds the certTemplateName of Microsoft (1.3.6.1.4.1.311.20.2), a UTF8String.
 * False after describing the problem.
 */
bool request_add_template(
    struct request_content *content, const char *name, struct problem *problem);

/*
 * Sets what is NULL to what cert has: its subject, subjectAltName,
 * extendedKeyUsage, and keyUsage as far as key is fit for it.  Adds the template
 * of Microsoft, if there is none, and its security identifier.  ST_FILE after
 * reporting; name is that of cert.
 */
enum status request_take_from_cert(struct request_content *content, X509 *cert,
    EVP_PKEY *key, const char *name);

/*
 * Whether the text can be a challengePassword: valid UTF-8, not empty, without
 * control characters, and not longer than REQUEST_CHALLENGE_MAX.
 */
bool request_check_challenge(const char *text, struct problem *problem);

/*
 * Makes the request and signs it with key: with SHA-256, or for a key that is as
 * strong with SHA-384 (P-384) or SHA-512 (P-521), or as Ed25519 without a digest.
 * The challengePassword is a PrintableString if its characters allow that, else a
 * UTF8String (RFC 2985, 5.4.1).  ST_ERROR after reporting; the caller owns *out.
 */
enum status request_make(
    X509_REQ **out, EVP_PKEY *key, const struct request_content *content);

/*
 * Whether both ask for the same: only their signatures may differ, as those of
 * EC keys always do.
 */
bool request_is_same(X509_REQ *a, X509_REQ *b);

/* Adds the request in PEM.  False with the reason in libcrypto's queue. */
bool request_add_pem(struct buf *out, X509_REQ *request);

#endif
