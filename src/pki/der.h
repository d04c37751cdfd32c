/* der.h: walks through DER and BER (X.690) without decoding values. */
#ifndef PKI_DER_H
#define PKI_DER_H

#include <stdbool.h>
#include <stddef.h>

#include "pki/octets.h"
#include "util/spool.h"
#include "util/status.h"

/* The deepest nesting of elements that is walked through. */
#define DER_DEPTH_MAX 32

/* One element: all its octets, and its contents octets. */
struct der_element {
	struct der whole, inside;
	int tag;   /* V_ASN1_SEQUENCE ..., or the number of another tag */
	int class; /* V_ASN1_UNIVERSAL, V_ASN1_CONTEXT_SPECIFIC ... */
	bool constructed;
};

/*
 * Takes the next element off run, which must not be part of out.  False at the
 * end of run, for a length beyond that end, for an indefinite length, and for a
 * tag and length of more than 32 octets.
 */
bool der_next(struct der *run, struct der_element *out);

/*
 * The same; also false if the element does not have that universal tag, or is a
 * SEQUENCE or SET that says it is primitive.
 */
bool der_next_is(struct der *run, struct der_element *out, int tag);

/*
 * The same for BER, where the length may be indefinite (X.690, 8.1.3.6): inside
 * then ends before the end-of-contents octets.  Also false when elements are
 * nested deeper than DER_DEPTH_MAX.
 */
bool ber_next(struct der *run, struct der_element *out);
bool ber_next_is(struct der *run, struct der_element *out, int tag);

/* Takes the next element off run only if it has that context-specific tag. */
bool ber_next_context(struct der *run, struct der_element *out, int tag);

/*
 * Takes the tag and the length of a constructed element off run, which may end
 * before the element does; *whole is the number of all its octets.  False also
 * when it has another universal tag, or if run has no more than 32 octets.
 */
bool der_enter(struct der *run, int tag, long *whole);

/* Whether the element is the OBJECT IDENTIFIER of nid. */
bool der_is_oid(const struct der_element *e, int nid);

/*
 * Sets *out to the contents of an OCTET STRING, which may have any tag.  If it is
 * constructed, its segments are added to room (X.690, 8.7.3), in which *out then
 * is.  ST_REPLY, not reported, if they are no OCTET STRINGs; what spool_add()
 * returns, after reporting.
 */
enum status ber_join(
    struct der *out, const struct der_element *string, struct spool *room);

/*
 * Whether the bytes begin as a SignedData in a ContentInfo (RFC 5652, 3), in
 * DER or BER.  Looks at the headers of the first two elements only.
 */
bool der_seems_signed_data(const void *bytes, size_t len);

/*
 * Whether the bytes begin as a SEQUENCE of more than 127 bytes, as every
 * certificate is.  Its tag is the digit 0, which text can start with.
 */
bool der_seems_cert(const void *bytes, size_t len);

/*
 * Counts the elements of which libcrypto would build objects if it decoded run.
 * DER_BROKEN: a length is wrong, or end-of-contents octets are where the length
 * is definite; or strict is set, and run has what DER (X.690, 10) does not allow:
 * an indefinite length, a constructed string, or a primitive SEQUENCE or SET.
 * DER_TOO_DEEP: nested deeper than DER_DEPTH_MAX.
 * DER_TOO_MANY: more elements than *left, from which they are subtracted; set
 * it to der_budget() of the size of the message, which is 50,000 and one more
 * for each 128 bytes.  Elements in a primitive element count, too: libcrypto
 * accepts a primitive SEQUENCE, and an OCTET STRING with strict set may be an
 * extension.
 */
enum der_verdict { DER_FINE, DER_BROKEN, DER_TOO_DEEP, DER_TOO_MANY };
long der_budget(long bytes);
enum der_verdict der_check(struct der run, bool strict, long *left);

/* A verdict for messages: "elements are nested more than 32 deep". */
const char *der_verdict_text(enum der_verdict verdict);

#endif
