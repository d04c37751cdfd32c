/* trust.h: the certificates and keys of TLS: CAs, and those of the client. */
#ifndef HTTP_TRUST_H
#define HTTP_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "http/options.h"
#include "util/status.h"

/* Owns all of it. */
struct trust {
	X509_STORE *store;     /* the CAs; NULL: nothing is verified */
	STACK_OF(X509) *certs; /* the client's, then its CAs; NULL: none */
	EVP_PKEY *key;         /* of the first of certs */
};

/*
 * Reads the files that options name; without CA files the store is that of
 * the system, or of SSL_CERT_FILE and SSL_CERT_DIR.  Warns if the server is
 * not verified.  After reporting: ST_FILE; ST_ERROR for a key without a
 * certificate.  The caller frees trust, whatever is returned.
 */
enum status trust_read(struct trust *trust, const struct tls_options *options);
void trust_free(struct trust *trust);

/*
 * Requires that the certificate is for host, a name or an address.  name, of
 * TRUST_NAME_SIZE bytes, gets what SNI has of a name, without a final dot (RFC
 * 6066, 3); "" for an address.  False when memory ran out, or it is too long.
 */
#define TRUST_NAME_SIZE 256 /* a DNS name has at most 253 characters */
bool trust_set_host(X509_VERIFY_PARAM *param, char *name, const char *host);

/* Writes why the verification in context failed, and of which certificate. */
void trust_explain(char *out, size_t size, X509_STORE_CTX *context);

#endif
