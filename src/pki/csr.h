/* csr.h: certificate requests (PKCS#10, RFC 2986). */
#ifndef PKI_CSR_H
#define PKI_CSR_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/*
 * Reads a request in PEM or DER, and checks it.  ST_FILE after reporting; the
 * caller owns *out.
 */
enum status csr_read(X509_REQ **out, const char *path);

/*
 * Verifies the signature of the request called path with its own key (RFC 2986,
 * 4.2), which must have the name of its curve (RFC 5480, 2.1.1).  ST_FILE after
 * reporting.
 */
enum status csr_check(X509_REQ *csr, const char *path);

/*
 * Warns if the key of the request called path is weak, or is on a curve that CAs
 * seldom take.
 */
void csr_warn_of_key(X509_REQ *csr, const char *path);

/* Whether key is the private half of the request's key. */
bool csr_has_key(X509_REQ *csr, EVP_PKEY *key);

/*
 * Adds the bytes of the request's challengePassword (RFC 2985, 5.4.1), none if
 * it has none.  Never print this secret.
 */
enum status csr_add_challenge(struct buf *out, X509_REQ *csr);

/*
 * Replaces the request, after it has been sent, by one that has only the same
 * subject, byte by byte, and subjectAltName: no key, no challengePassword and
 * no signature.
 */
enum status csr_strip(X509_REQ **csr);

/*
 * Adds the transactionID of the request, which RFC 8894, 3.2.1.1 wants unique:
 * the MD5 of its SubjectPublicKeyInfo in upper-case hex, or the SHA-256 where
 * libcrypto has no MD5.  A later process finds the same for the same key.
 */
enum status csr_add_transaction_id(struct buf *out, X509_REQ *csr);

/*
 * The self-signed certificate that signs a first request (RFC 8894, 2.3): with
 * subject and key of the request, and keyUsage digitalSignature and, for an RSA
 * key, keyEncipherment.  ST_SELFSIGNED after reporting; the caller owns *out.
 */
enum status csr_make_self_signed(
    X509 **out, X509_REQ *csr, EVP_PKEY *key, const EVP_MD *md);

#endif
