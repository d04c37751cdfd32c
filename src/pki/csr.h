/* csr.h: certificate requests (PKCS#10), and what follows from one. */
#ifndef PKI_CSR_H
#define PKI_CSR_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/*
 * Reads a request, PEM or DER, and checks its own signature (P6).  The
 * caller owns *out.
 */
enum status csr_read(X509_REQ **out, const char *path);

/* Whether key is the private half of the request's key. */
bool csr_has_key(X509_REQ *csr, EVP_PKEY *key);

/*
 * Adds the bytes of the request's challengePassword (RFC 2985, 5.4.1), none
 * when it has none.  A secret: it is never printed.
 */
enum status csr_add_challenge(struct buf *out, X509_REQ *csr);

/*
 * Replaces the request, which has been sent, by one with its subject, byte by
 * byte, and its key alone: neither signed nor with a challengePassword.
 */
enum status csr_strip(X509_REQ **csr);

/*
 * Adds the transactionID of the request: the MD5 of its
 * SubjectPublicKeyInfo in upper-case hex, or the SHA-256 where there is no
 * MD5 (C4; RFC 8894, 3.2.1.1).  The same key gives the same text.
 */
enum status csr_add_transaction_id(struct buf *out, X509_REQ *csr);

/*
 * The certificate that signs a first request (RFC 8894, 2.3; C6): subject
 * and key of the request, issued by itself, keyUsage digitalSignature and,
 * where the key can, keyEncipherment.  ST_SELFSIGNED after reporting; the
 * caller owns *out.
 */
enum status csr_make_self_signed(
    X509 **out, X509_REQ *csr, EVP_PKEY *key, const EVP_MD *md);

#endif
