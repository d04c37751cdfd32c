/* trust.h: the files of TLS: whom to trust, and who we are. */
#ifndef HTTP_TRUST_H
#define HTTP_TRUST_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "http/tls.h"
#include "util/status.h"

/* Owns all of it. */
struct trust {
	X509_STORE *store;     /* NULL: the server is not verified */
	STACK_OF(X509) *certs; /* ours, then those above it; NULL: none */
	EVP_PKEY *key;
};

/*
 * Reads what options name; without names store is what the system trusts,
 * or SSL_CERT_FILE and SSL_CERT_DIR say.  Warns of insecure.  After
 * reporting: ST_FILE, or ST_ERROR for a key without a certificate.
 * trust is valid, to be freed, whatever is returned.
 */
enum status trust_read(struct trust *trust, const struct tls_options *options);
void trust_free(struct trust *trust);

/* What the verification in context does not like, and about what, in words. */
void trust_explain(char *out, size_t size, X509_STORE_CTX *context);

#endif
