/* cert.h: certificates, as files and in words. */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/* More in one file or message than any CA has use for. */
#define CERT_COUNT_MAX 100

/*
 * Reads every certificate of a file, PEM (any number) or DER (one), in its
 * order.  what names the file in messages.  The caller owns *out.
 */
enum status cert_read_all(
    STACK_OF(X509) **out, const char *path, const char *what);

/* The first certificate of a file; the caller owns it. */
enum status cert_read(X509 **out, const char *path, const char *what);

/* Adds a certificate in PEM; false with the reason in libcrypto's queue. */
bool cert_add_pem(struct buf *out, X509 *cert);

/*
 * Adds the certificates of PEM text, or of one DER certificate, to certs.
 * False when any of it is not a certificate, with the reason in libcrypto's
 * error queue; other PEM blocks are passed over.
 */
bool cert_parse(STACK_OF(X509) *certs, const void *bytes, size_t len);

/* Takes one reference to cert more, and adds it. */
bool cert_push(STACK_OF(X509) *certs, X509 *cert);
void cert_stack_free(STACK_OF(X509) *certs);
bool cert_is_in(STACK_OF(X509) *certs, const X509 *cert);

/* X509_NAME_oneline() form; "" when memory ran out.  Borrowed from buf. */
const char *cert_name_text(struct buf *buf, const X509_NAME *name);

/* keyUsage in words, "Digital Signature, CRL Sign", or "none". */
bool cert_add_usage(struct buf *out, X509 *cert);

/* The fingerprint as "1D:3C:...". */
bool cert_add_fingerprint(struct buf *out, const X509 *cert, const EVP_MD *md);

/* Whether keyUsage, where the certificate has it, has one of these bits. */
bool cert_allows(X509 *cert, unsigned int usage);
bool cert_has_usage(X509 *cert);

/* Whether issuer, by name and signature, signed cert. */
bool cert_is_issued_by(X509 *cert, X509 *issuer);

/*
 * The name of the digest of cert's signature when policy keeps libcrypto from
 * verifying it with issuer's key (C5), else NULL.
 */
const char *cert_refused_digest(X509 *cert, X509 *issuer);

/*
 * The same as cert_is_issued_by(), but by names and identifiers where policy
 * forbids the digest: for choosing among certificates that are trusted.
 */
bool cert_seems_issued_by(X509 *cert, X509 *issuer);

/* An anchor's own signature proves nothing, and may be of any digest. */
bool cert_is_self_signed(X509 *cert);

/*
 * Whether it may be a CA's, as one of version 1 may, for a certificate that
 * is trusted; and whether basicConstraints says so (RFC 5280, 4.2.1.9), for
 * one that anybody may have sent.
 */
bool cert_is_ca(X509 *cert);
bool cert_says_ca(X509 *cert);

/*
 * Whether others may be verified with it where it is trusted: basicConstraints
 * makes it a CA's, or it is a root, as one of version 1 is.
 */
bool cert_is_anchor(X509 *cert);

/*
 * Whether extendedKeyUsage says that it is an RA's: id-kp-cmcRA (RFC 6402,
 * 2.10) or Microsoft's enrolment agent.  What it does not say is no mark.
 */
bool cert_is_marked_ra(X509 *cert);

/* -1 before notBefore, 1 after notAfter, 0 when valid now. */
int cert_time_status(const X509 *cert);

/* Whether key, of which the public half counts, is the certificate's. */
bool cert_has_key(X509 *cert, EVP_PKEY *key);

#endif
