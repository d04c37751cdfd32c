/* der.h: steps through DER and BER without decoding what does not matter. */
#ifndef PKI_DER_H
#define PKI_DER_H

#include <stdbool.h>

/* Elements inside one another that are walked through, and no more. */
#define DER_DEPTH_MAX 32

/* A run of elements; borrows its bytes. */
struct der {
	const unsigned char *p;
	long left;
};

/* One element: the whole of it, and what is inside. */
struct der_element {
	struct der whole, inside;
	int tag;   /* V_ASN1_SEQUENCE ..., or the number of a context tag */
	int class; /* V_ASN1_UNIVERSAL, V_ASN1_CONTEXT_SPECIFIC ... */
	bool constructed;
};

/*
 * Takes the next element off run, which must not be part of out.  False at
 * the end, for a length beyond it, and for BER's indefinite lengths.
 */
bool der_next(struct der *run, struct der_element *out);

/* As der_next(), and false if it is not of that universal tag. */
bool der_next_is(struct der *run, struct der_element *out, int tag);

/*
 * The same for BER: of an indefinite length (X.690, 8.1.3.6), inside ends
 * before the end-of-contents.  False, too, when DER_DEPTH_MAX is passed.
 */
bool ber_next(struct der *run, struct der_element *out);
bool ber_next_is(struct der *run, struct der_element *out, int tag);

/* Takes the next element off run if it has that context-specific tag. */
bool ber_next_context(struct der *run, struct der_element *out, int tag);

/*
 * How much libcrypto would have to build to decode run.  DER_BROKEN: a length
 * is wrong, or strict is set and it is not DER: of an indefinite length, a
 * string in pieces, or a list that says it is primitive.  DER_TOO_DEEP:
 * DER_DEPTH_MAX is passed.  DER_TOO_MANY: more elements than *left, which they
 * are taken off; it starts as der_budget() of the bytes that came, one for
 * each 128 and 50,000.  What a primitive element may hold counts as well:
 * libcrypto takes lists that say they are primitive, and with strict
 * extensions are in OCTET STRINGs.
 */
enum der_verdict { DER_FINE, DER_BROKEN, DER_TOO_DEEP, DER_TOO_MANY };
long der_budget(long bytes);
enum der_verdict der_check(struct der run, bool strict, long *left);

/* What to say of a verdict, as "more than 32 elements inside one another". */
const char *der_verdict_text(enum der_verdict verdict);

#endif
