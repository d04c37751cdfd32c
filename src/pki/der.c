#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "pki/der.h"

/* Bits of what ASN1_get_object() returns. */
#define FAILED     0x80
#define INDEFINITE 0x01

#define ELEMENTS_MAX      50000
#define BYTES_PER_ELEMENT 128

/*
 * Reads the header of the next element, and leaves run as it is.  out->whole is
 * not set.  If the length is indefinite, out->inside is the rest of run.
 */
static bool next_header(
    struct der *run, struct der_element *out, bool *indefinite)
{
	const unsigned char *p = run->p;
	int result;
	long len;

	if (run->left <= 0)
		return false;
	result = ASN1_get_object(&p, &len, &out->tag, &out->class, run->left);
	if ((result & FAILED) != 0) {
		ERR_clear_error();
		return false;
	}
	*indefinite = (result & INDEFINITE) != 0;
	out->constructed = (result & V_ASN1_CONSTRUCTED) != 0;
	out->inside.p = p;
	out->inside.left = *indefinite ? run->left - (p - run->p) : len;
	return true;
}

static void take_element(
    struct der *run, struct der_element *out, const void *end)
{
	out->whole.p = run->p;
	out->whole.left = (const unsigned char *)end - run->p;
	run->p += out->whole.left;
	run->left -= out->whole.left;
}

bool der_next(struct der *run, struct der_element *out)
{
	bool indefinite;

	if (!next_header(run, out, &indefinite) || indefinite)
		return false;
	take_element(run, out, out->inside.p + out->inside.left);
	return true;
}

bool der_next_is(struct der *run, struct der_element *out, int tag)
{
	return der_next(run, out) && out->class == V_ASN1_UNIVERSAL &&
	    out->tag == tag;
}

/* End-of-contents are two zero octets (X.690, 8.1.5). */
static bool is_end_of_contents(const unsigned char *p, long left)
{
	return left >= 2 && p[0] == 0 && p[1] == 0;
}

/* The end-of-contents octets that end run, or NULL if there are none. */
static const unsigned char *find_end(struct der run)
{
	const unsigned char *begin;
	struct der_element e;
	bool indefinite;
	int depth = 1;

	while (depth <= DER_DEPTH_MAX) {
		begin = run.p;
		if (is_end_of_contents(run.p, run.left) && --depth == 0)
			return begin;
		if (!next_header(&run, &e, &indefinite))
			return NULL;
		if (indefinite)
			depth++;
		take_element(
		    &run, &e, e.inside.p + (indefinite ? 0 : e.inside.left));
	}
	return NULL;
}

bool ber_next(struct der *run, struct der_element *out)
{
	const unsigned char *end;
	bool indefinite;

	if (!next_header(run, out, &indefinite))
		return false;
	end = out->inside.p + out->inside.left;
	if (indefinite) {
		if ((end = find_end(out->inside)) == NULL)
			return false;
		out->inside.left = end - out->inside.p;
		end += 2;
	}
	take_element(run, out, end);
	return true;
}

bool ber_next_is(struct der *run, struct der_element *out, int tag)
{
	return ber_next(run, out) && out->class == V_ASN1_UNIVERSAL &&
	    out->tag == tag;
}

bool ber_next_context(struct der *run, struct der_element *out, int tag)
{
	struct der after = *run;

	if (!ber_next(&after, out) || out->class != V_ASN1_CONTEXT_SPECIFIC ||
	    out->tag != tag)
		return false;
	*run = after;
	return true;
}

bool der_seems_signed_data(const void *bytes, size_t len)
{
	/* The OBJECT IDENTIFIER id-signedData, 1.2.840.113549.1.7.2. */
	static const unsigned char type[] = {
	    6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2};
	const unsigned char *p = bytes;
	size_t start;

	if (len < 2 || p[0] != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
		return false;
	/* The long form of a length has its number of octets (X.690, 8.1.3). */
	start = 2 + (p[1] > 0x80 ? p[1] & 0x7fu : 0);
	return len >= start + sizeof(type) &&
	    memcmp(p + start, type, sizeof(type)) == 0;
}

bool der_seems_cert(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	return len > 1 && p[0] == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED) &&
	    p[1] >= 0x80;
}

/* An element that is being walked through. */
struct level {
	const unsigned char *end; /* if indefinite, of the one around it */
	bool indefinite;
	bool in_guess; /* in a primitive one, where elements are a guess */
};

struct walk {
	const unsigned char *p;
	struct level levels[DER_DEPTH_MAX + 1];
	int depth;
	bool strict;
};

static bool is_list(const struct der_element *e)
{
	return e->class == V_ASN1_UNIVERSAL &&
	    (e->tag == V_ASN1_SEQUENCE || e->tag == V_ASN1_SET);
}

/*
 * DER: the length is definite (X.690, 10.1), a string is primitive (10.2), and
 * a SEQUENCE or SET is constructed (8.9.1, 8.11.1).
 */
static bool is_strict(const struct der_element *e, bool indefinite)
{
	if (indefinite)
		return false;
	return e->class != V_ASN1_UNIVERSAL || e->constructed == is_list(e);
}

/*
 * Whether libcrypto may find elements in a primitive element: it accepts a
 * SEQUENCE or SET that is not constructed, also under an implicit tag; with
 * strict, the OCTET STRING may be the value of an extension.
 */
static bool may_hold_elements(const struct der_element *e, bool strict)
{
	if (e->class != V_ASN1_UNIVERSAL || is_list(e))
		return true;
	return strict && e->tag == V_ASN1_OCTET_STRING;
}

static enum der_verdict walk_enter(
    struct walk *w, const struct der_element *e, bool indefinite, bool guess)
{
	struct level level = {.end = e->inside.p + e->inside.left,
	    .indefinite = indefinite,
	    .in_guess = guess || w->levels[w->depth].in_guess};

	if (w->depth == DER_DEPTH_MAX)
		return DER_TOO_DEEP;
	w->levels[++w->depth] = level;
	w->p = e->inside.p;
	return DER_FINE;
}

/*
 * The next bytes are no element.  Inside a guess that is no error: the walk
 * goes on behind the primitive element.
 */
static enum der_verdict walk_leave_guess(struct walk *w)
{
	if (!w->levels[w->depth].in_guess)
		return DER_BROKEN;
	while (w->levels[w->depth].indefinite)
		w->depth--;
	w->p = w->levels[w->depth--].end;
	return DER_FINE;
}

static enum der_verdict walk_step(struct walk *w)
{
	const struct level *level = &w->levels[w->depth];
	struct der run = {w->p, level->end - w->p};
	bool strict = w->strict && !level->in_guess;
	struct der_element e;
	bool indefinite;

	if (level->indefinite && is_end_of_contents(run.p, run.left)) {
		w->p += 2;
		w->depth--;
		return DER_FINE;
	}
	if (!next_header(&run, &e, &indefinite) ||
	    (strict && !is_strict(&e, indefinite)))
		return walk_leave_guess(w);
	if (e.constructed)
		return walk_enter(w, &e, indefinite, false);
	if (may_hold_elements(&e, w->strict))
		return walk_enter(w, &e, false, true);
	w->p = e.inside.p + e.inside.left;
	return DER_FINE;
}

static bool walk_is_done(struct walk *w)
{
	while (w->depth > 0 && !w->levels[w->depth].indefinite &&
	    w->p == w->levels[w->depth].end)
		w->depth--;
	return w->depth == 0 && w->p == w->levels[0].end;
}

long der_budget(long bytes)
{
	return ELEMENTS_MAX + bytes / BYTES_PER_ELEMENT;
}

enum der_verdict der_check(struct der run, bool strict, long *left)
{
	struct walk walk = {.p = run.p, .strict = strict};
	enum der_verdict verdict = DER_FINE;

	walk.levels[0].end = run.p + run.left;
	while (verdict == DER_FINE && !walk_is_done(&walk))
		verdict = (*left)-- > 0 ? walk_step(&walk) : DER_TOO_MANY;
	return verdict;
}

const char *der_verdict_text(enum der_verdict verdict)
{
	switch (verdict) {
	case DER_BROKEN:
		return "a length is wrong, or it is not in DER";
	case DER_TOO_DEEP:
		return "elements are nested more than 32 deep";
	case DER_TOO_MANY:
		return "more elements than 50,000 plus one for each 128 bytes";
	case DER_FINE:
		break;
	}
	return "nothing is wrong";
}
