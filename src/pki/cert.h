/* cert.h: reads, describes and compares certificates. */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/* The most certificates in a file. */
#define CERT_COUNT_MAX 100

/*
 * Reads all certificates of a file, or of its bytes, in their order: any number in
 * PEM, or one in DER.  what says in messages which file.  The caller owns *out.
 */
enum status cert_read_all(
    STACK_OF(X509) **out, const char *path, const char *what);
enum status cert_decode_all(STACK_OF(X509) **out, const struct buf *file,
    const char *path, const char *what);
/* The first certificate of a file; the caller owns it. */
enum status cert_read(X509 **out, const char *path, const char *what);

/* Adds cert in PEM.  False with the reason in libcrypto's error queue. */
bool cert_add_pem(struct buf *out, X509 *cert);

/*
 * Adds the certificates in PEM text, or the one in DER, to certs.  Ignores PEM
 * blocks with other labels.  False if one cannot be decoded, or if there is
 * none, with the reason in libcrypto's error queue.
 */
bool cert_parse(STACK_OF(X509) *certs, const void *bytes, size_t len);

/* Adds a new reference to cert. */
bool cert_push(STACK_OF(X509) *certs, X509 *cert);
void cert_stack_free(STACK_OF(X509) *certs);
bool cert_is_in(STACK_OF(X509) *certs, const X509 *cert);

/* X509_NAME_oneline(); that or "", borrowed from buf; cut to size, never "". */
bool cert_add_name(struct buf *out, const X509_NAME *name);
const char *cert_name_text(struct buf *buf, const X509_NAME *name);
const char *cert_name_quote(char *out, size_t size, const X509_NAME *name);

/* Adds the keyUsage, "Digital Signature, CRL Sign", or "none"; "1D:3C:...". */
bool cert_add_usage(struct buf *out, X509 *cert);
bool cert_add_fingerprint(struct buf *out, const X509 *cert, const EVP_MD *md);

/* Whether keyUsage has one of the bits; true if there is no keyUsage. */
bool cert_allows(X509 *cert, unsigned int usage);
bool cert_has_usage(X509 *cert);

/* Whether issuer has the name of the issuer, and verifies the signature. */
bool cert_is_issued_by(X509 *cert, X509 *issuer);

/*
 * The name of the digest of cert's signature if libcrypto's policy forbids to
 * verify it with the key of issuer; NULL if it does not.
 */
const char *cert_refused_digest(X509 *cert, X509 *issuer);

/*
 * As cert_is_issued_by(); if the policy forbids the digest, compares only names
 * and key identifiers.  To choose among certificates that are trusted.
 */
bool cert_seems_issued_by(X509 *cert, X509 *issuer);

/* As cert_seems_issued_by(), since the signature of a root proves nothing. */
bool cert_is_self_signed(X509 *cert);

/*
 * Whether cert can be of a CA.  cert_is_ca(), for trusted certificates, is true
 * for those of version 1 as well; cert_says_ca() requires basicConstraints with
 * cA (RFC 5280, 4.2.1.9).  cert_why_no_ca(): what one is that it denies, static.
 */
bool cert_is_ca(X509 *cert);
bool cert_says_ca(X509 *cert);
const char *cert_why_no_ca(X509 *cert);

/*
 * Whether cert, if trusted, may verify others: cert_says_ca(), or it is a root
 * that cert_is_ca() accepts.
 */
bool cert_is_anchor(X509 *cert);

/*
 * Whether extendedKeyUsage marks cert as one of an RA: it has id-kp-cmcRA (RFC
 * 6402, 2.10) or Microsoft's enrolment agent.
 */
bool cert_is_marked_ra(X509 *cert);

/* -1 before notBefore, 1 after notAfter, 0 if valid now. */
int cert_time_status(const X509 *cert);

/* Whether the public key of cert is that of key. */
bool cert_has_key(X509 *cert, EVP_PKEY *key);

#endif
