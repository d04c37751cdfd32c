/* crl.h: parses a CRL without building an object for each entry. */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/der.h"
#include "util/status.h"

/*
 * The parts of a CertificateList (RFC 5280, 5.1).  Owns them, but borrows the
 * octets of the CRL.
 */
struct crl {
	struct der whole, tbs;
	X509_CRL *outline; /* without entries; it owns issuer and times */
	X509_ALGOR *algorithm;
	ASN1_BIT_STRING *signature;
	bool has_unused_bits;    /* signature ends within an octet */
	bool has_two_algorithms; /* another in tbsCertList; none verifies */
	const X509_NAME *issuer;
	const ASN1_TIME *this_update, *next_update; /* no nextUpdate: NULL */
};

/*
 * Parses a CRL in DER.  Refuses what d2i_X509_CRL() refuses, in each entry, too,
 * and parts that are large, whose length is looked at before they are loaded.
 * ST_REPLY after reporting.  Call crl_free() in any case; a struct that is all
 * zero is empty.
 */
enum status crl_parse(struct crl *out, struct der run);
/*
 * Sets issuer, this_update and next_update only, from octets at the start of a
 * CRL in DER; *size is the number of all its octets.  With the whole
 * tbsCertList, outline has its crlExtensions, too.  False if they are no CRL, or too few.
 */
bool crl_parse_head(struct crl *out, struct der run, long *size);
void crl_free(struct crl *crl);

/* Whether the CRL's signature verifies with the key of that certificate. */
bool crl_is_signed_by(const struct crl *crl, X509 *ca);

/*
 * The name of the CRL's digest if the policy of libcrypto forbids to verify its
 * signature, else NULL.
 */
const char *crl_refused_digest(const struct crl *crl, X509 *ca);

#endif
