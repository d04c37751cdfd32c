/* clock.h: times in certificates and CRLs against this system's clock. */
#ifndef PKI_CLOCK_H
#define PKI_CLOCK_H

#include <time.h>

#include <openssl/asn1.h>

/* This system's time. */
time_t clock_now(void);

/* Below 0 if the time has passed, above 0 if it is to come, in seconds. */
int clock_compare(const ASN1_TIME *at);

/* -1 before not_before, 1 after not_after, 0 between them. */
int clock_status(const ASN1_TIME *not_before, const ASN1_TIME *not_after);

#endif
