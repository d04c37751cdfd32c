/* due.h: whether a certificate or a CRL is to be renewed. */
#ifndef PKI_DUE_H
#define PKI_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <openssl/asn1.h>

#include "pki/problem.h"

/* The longest time of due_parse(), in days. */
#define DUE_DAYS_MAX 36500

/* The time before the end from which on it is due. */
struct due_when {
	long long seconds; /* if percent is 0 */
	int percent;       /* of the whole life */
};

/*
 * "30d", "12h", "45m" (minutes) or "33%": a whole number above 0, of
 * DUE_DAYS_MAX days or of 100 % at most.  A letter may be a capital.  False
 * after describing the problem.
 */
bool due_parse(
    struct due_when *when, const char *text, struct problem *problem);

/* All in seconds; they may lie beyond 2038 where a time_t does not. */
struct due {
	long long left;   /* until the end; below 0: it has passed */
	long long total;  /* from the beginning to the end */
	long long before; /* it is due when less than this is left */
	bool due;         /* also when it has expired */
	bool expired;
	bool early; /* now is before the beginning: a clock without battery? */
};

/*
 * What is true at now: of a certificate from notBefore to notAfter, of a CRL
 * from thisUpdate to nextUpdate.  False if from or to is no time (RFC 5280,
 * 4.1.2.5), or when out of memory.
 */
bool due_find(struct due *due, const struct due_when *when,
    const ASN1_TIME *from, const ASN1_TIME *to, time_t now);

/*
 * "61 of 90 days", or the largest of hours, minutes and seconds of which a
 * shorter life has ten: what is left, rounded down, 0 if nothing is.  Returns out.
 */
#define DUE_TEXT_SIZE 64
const char *due_text(char *out, size_t size, const struct due *due);

#endif
