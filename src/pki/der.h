/* der.h: steps through DER without decoding what does not matter. */
#ifndef PKI_DER_H
#define PKI_DER_H

#include <stdbool.h>

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
};

/*
 * Takes the next element off run, which must not be part of out.  False at the end, for a length beyond
 * it, and for BER's indefinite lengths.
 */
bool der_next(struct der *run, struct der_element *out);

/* As der_next(), and false if it is not of that universal tag. */
bool der_next_is(struct der *run, struct der_element *out, int tag);

#endif
