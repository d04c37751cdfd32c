/* crl.h: what has to be known of a CRL, its entries left as they are. */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/*
 * The parts of a CertificateList (RFC 5280, 5.1).  Owns them; bytes, the
 * whole of it, is borrowed.
 */
struct crl {
	const unsigned char *bytes;
	size_t len;
	ASN1_TYPE *tbs; /* the tbsCertList, not decoded */
	X509_ALGOR *algorithm;
	ASN1_BIT_STRING *signature;
	X509_NAME *issuer;
	ASN1_TIME *this_update, *next_update; /* next_update may be NULL */
};

/*
 * Takes a CRL in DER apart.  ST_REPLY after reporting.  out is to be freed
 * in any case; all zero is empty.
 */
enum status crl_parse(struct crl *out, const void *bytes, size_t len);
void crl_free(struct crl *crl);

/* Whether the key of that CA certificate made the CRL's signature. */
bool crl_is_signed_by(const struct crl *crl, X509 *ca);

/* The digest that keeps libcrypto from telling (C5), by name, or NULL. */
const char *crl_refused_digest(const struct crl *crl, X509 *ca);

/* Adds the CRL in PEM. */
bool crl_add_pem(struct buf *out, const struct crl *crl);

#endif
