/* check_cert.h: check describes certificates, for people. */
#ifndef OPS_CHECK_CERT_H
#define OPS_CHECK_CERT_H

#include <stddef.h>

#include <openssl/x509.h>

#include "ops/finding.h"

/* Whole days until notAfter, below 0 after it. */
long long check_cert_days_left(const X509 *cert);

/* "valid from DATE to DATE, 12 days left", "expired on ..."; returns out. */
#define CHECK_DATES_SIZE 160
const char *check_cert_dates(char *out, size_t size, const X509 *cert);

/*
 * Adds what there is to say of a CA's or RA's certificate, called what ("CA
 * certificate 1"): names, key, usages and fingerprints; warns of what is weak.
 */
void check_cert(struct findings *f, const char *what, X509 *cert);

/* Adds its dates, and warns if it is not valid now. */
void check_cert_validity(struct findings *f, const char *what, X509 *cert);

#endif
