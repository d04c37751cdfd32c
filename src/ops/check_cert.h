/* check_cert.h: check describes certificates, for people. */
#ifndef OPS_CHECK_CERT_H
#define OPS_CHECK_CERT_H

#include <stddef.h>

#include <openssl/x509.h>

#include "ops/finding.h"

/* What a certificate is now, by its notBefore and notAfter. */
enum check_age {
	AGE_GOOD,
	AGE_ENDS_SOON, /* valid, but for less than 30 days */
	AGE_EXPIRED,
	AGE_EARLY,   /* not valid yet */
	AGE_UNKNOWN, /* they are no times */
	AGE_COUNT
};
enum check_age check_cert_age(const X509 *cert);

/* For a CA's or RA's certificate that ends soon. */
#define CHECK_SOON_ADVICE \
	"it expires soon: get the next ones with getnextca, or with getca " \
	"once the CA has changed"

/* "CA", or "RA" for a certificate that is no CA's. */
const char *check_cert_role(X509 *cert);

/* ", 61 of 90 days left", " has expired", ...; returns out. */
#define CHECK_LEFT_SIZE 96
const char *check_cert_left(char *out, size_t size, const X509 *cert);

/* "valid from DATE to DATE, 61 of 90 days left", "expired on ..."; returns out. */
#define CHECK_DATES_SIZE 160
const char *check_cert_dates(char *out, size_t size, const X509 *cert);

/*
 * Adds text, which says of what age cert is; if that is not good, as a warning
 * with the advice for it.
 */
void check_cert_tell(struct findings *f, const X509 *cert,
    const char *const advice[AGE_COUNT], const char *text);

/*
 * Adds what there is to say of a CA's or RA's certificate, called what ("CA
 * certificate 1"): names, key, usages and fingerprints; warns of what is weak.
 */
void check_cert(struct findings *f, const char *what, X509 *cert);

/* Adds its dates, and warns if it is not valid now, or not for long. */
void check_cert_validity(struct findings *f, const char *what, X509 *cert);

/* Adds whether certs, called what, have the issuer of each of them. */
void check_cert_chain(
    struct findings *f, const char *what, STACK_OF(X509) *certs);

#endif
