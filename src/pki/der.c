#include <limits.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "pki/der.h"

/* Bits of what ASN1_get_object() returns. */
#define FAILED     0x80
#define INDEFINITE 0x01

#define ELEMENTS_MAX      50000
#define BYTES_PER_ELEMENT 128

/* The most octets of a tag and a length; four and five are enough for both. */
#define HEADER_MAX 32

/* Whether a tag and a length are complete in HEADER_MAX octets. */
static bool header_is_short(const unsigned char *p)
{
	size_t i = 0;

	if ((p[0] & V_ASN1_PRIMITIVE_TAG) == V_ASN1_PRIMITIVE_TAG)
		do
			i++;
		while (i < HEADER_MAX && (p[i] & 0x80) != 0);
	i++;
	return i < HEADER_MAX &&
	    (p[i] <= 0x80 || i + (p[i] & 0x7fu) < HEADER_MAX);
}

/*
 * Reads the header of the next element, and leaves run as it is.  out->whole is
 * not set.  If the length is indefinite, out->inside is the rest of run.
 */
static bool next_header(
    struct der *run, struct der_element *out, bool *indefinite)
{
	const unsigned char *start, *p;
	size_t have;
	int result;
	long len;

	start = p = octets_peek(run, HEADER_MAX, &have);
	if (p == NULL || (run->left > HEADER_MAX && !header_is_short(p)))
		return false;
	result = ASN1_get_object(&p, &len, &out->tag, &out->class, run->left);
	if ((result & FAILED) != 0) {
		ERR_clear_error();
		return false;
	}
	*indefinite = (result & INDEFINITE) != 0;
	out->constructed = (result & V_ASN1_CONSTRUCTED) != 0;
	out->inside = *run;
	octets_skip(&out->inside, (long)(p - start));
	if (!*indefinite)
		out->inside.left = len;
	return true;
}

/* Takes all octets before those of which left remain. */
static void take_element(struct der *run, struct der_element *out, long left)
{
	out->whole = *run;
	out->whole.left = run->left - left;
	octets_skip(run, out->whole.left);
}

/* How many octets of run follow the element. */
static long left_behind(const struct der *run, const struct der_element *e)
{
	return run->left - (long)(e->inside.at - run->at) - e->inside.left;
}

bool der_next(struct der *run, struct der_element *out)
{
	bool indefinite;

	if (!next_header(run, out, &indefinite) || indefinite)
		return false;
	take_element(run, out, left_behind(run, out));
	return true;
}

static bool is_list(const struct der_element *e)
{
	return e->class == V_ASN1_UNIVERSAL &&
	    (e->tag == V_ASN1_SEQUENCE || e->tag == V_ASN1_SET);
}

/* A SEQUENCE or SET is constructed (X.690, 8.9.1, 8.11.1). */
static bool has_tag(const struct der_element *e, int tag)
{
	return e->class == V_ASN1_UNIVERSAL && e->tag == tag &&
	    (e->constructed || !is_list(e));
}

bool der_next_is(struct der *run, struct der_element *out, int tag)
{
	return der_next(run, out) && has_tag(out, tag);
}

bool der_enter(struct der *run, int tag, long *whole)
{
	struct der endless = *run;
	struct der_element e;
	bool indefinite;

	endless.left = LONG_MAX;
	if (run->left <= HEADER_MAX ||
	    !next_header(&endless, &e, &indefinite) || indefinite ||
	    !e.constructed || !has_tag(&e, tag))
		return false;
	octets_skip(run, (long)(e.inside.at - run->at));
	*whole = (long)(e.inside.at - endless.at) + e.inside.left;
	return true;
}

/* End-of-contents are two zero octets (X.690, 8.1.5). */
static bool is_end_of_contents(const struct der *run)
{
	size_t have;
	const unsigned char *p = octets_peek(run, 2, &have);

	return p != NULL && have >= 2 && p[0] == 0 && p[1] == 0;
}

/*
 * Sets *left to the number of octets of run from the end-of-contents octets on
 * that end it.  False if there are none.
 */
static bool find_end(long *left, struct der run)
{
	long budget = der_budget(run.left);
	struct der_element e;
	bool indefinite;
	int depth = 1;

	while (depth <= DER_DEPTH_MAX && budget-- > 0) {
		*left = run.left;
		if (is_end_of_contents(&run) && --depth == 0)
			return true;
		if (!next_header(&run, &e, &indefinite))
			return false;
		if (indefinite) {
			depth++;
			e.inside.left = 0;
		}
		take_element(&run, &e, left_behind(&run, &e));
	}
	return false;
}

bool ber_next(struct der *run, struct der_element *out)
{
	bool indefinite;
	long left;

	if (!next_header(run, out, &indefinite))
		return false;
	if (!indefinite) {
		take_element(run, out, left_behind(run, out));
		return true;
	}
	if (!find_end(&left, out->inside))
		return false;
	out->inside.left -= left;
	take_element(run, out, left - 2);
	return true;
}

bool ber_next_is(struct der *run, struct der_element *out, int tag)
{
	return ber_next(run, out) && has_tag(out, tag);
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

/* Segments that nest well, as der_check() finds out, follow one another. */
enum status ber_join(
    struct der *out, const struct der_element *string, struct spool *room)
{
	struct der run = string->inside;
	struct der_element e;
	enum status st = ST_OK;
	const unsigned char *p;
	bool indefinite;
	size_t len;

	*out = run;
	while (string->constructed && st == ST_OK && run.left > 0) {
		if (is_end_of_contents(&run)) {
			octets_skip(&run, 2);
			continue;
		}
		if (!next_header(&run, &e, &indefinite) ||
		    e.class != V_ASN1_UNIVERSAL || e.tag != V_ASN1_OCTET_STRING)
			return ST_REPLY;
		if (e.constructed)
			e.inside.left = 0;
		take_element(&run, &e, left_behind(&run, &e));
		while (
		    st == ST_OK && (p = octets_take(&e.inside, &len)) != NULL)
			st = spool_add(room, p, len);
		if (st == ST_OK && e.inside.left > 0)
			return ST_REPLY;
	}
	if (st == ST_OK)
		st = spool_end(room);
	if (string->constructed)
		*out = octets_in_spool(room);
	return st;
}

bool der_is_oid(const struct der_element *e, int nid)
{
	const ASN1_OBJECT *object = OBJ_nid2obj(nid);
	size_t len = OBJ_length(object), have;
	const unsigned char *p;

	if (e->constructed || e->inside.left != (long)len)
		return false;
	p = octets_peek(&e->inside, len, &have);
	return p != NULL && have >= len &&
	    memcmp(p, OBJ_get0_data(object), len) == 0;
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
	long end; /* octets left behind it, or behind the one around it */
	bool indefinite;
	bool in_guess; /* in a primitive one, where elements are a guess */
};

struct walk {
	struct der run; /* up to the end of everything */
	struct level levels[DER_DEPTH_MAX + 1];
	int depth;
	bool strict;
};

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

/* The element is the next in w->run. */
static enum der_verdict walk_enter(
    struct walk *w, const struct der_element *e, bool indefinite, bool guess)
{
	struct level level = {.end = left_behind(&w->run, e),
	    .indefinite = indefinite,
	    .in_guess = guess || w->levels[w->depth].in_guess};

	if (w->depth == DER_DEPTH_MAX)
		return DER_TOO_DEEP;
	w->levels[++w->depth] = level;
	octets_skip(&w->run, (long)(e->inside.at - w->run.at));
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
	octets_skip(&w->run, w->run.left - w->levels[w->depth--].end);
	return DER_FINE;
}

/* End-of-contents octets, which only an indefinite length has (X.690, 8.1.5). */
static bool is_stray_end(const struct der *run, const struct der_element *e)
{
	return e->class == V_ASN1_UNIVERSAL && e->tag == V_ASN1_EOC &&
	    is_end_of_contents(run);
}

static enum der_verdict walk_step(struct walk *w)
{
	const struct level *level = &w->levels[w->depth];
	bool strict = w->strict && !level->in_guess;
	struct der run = w->run;
	struct der_element e;
	bool indefinite;

	run.left -= level->end;
	if (level->indefinite && is_end_of_contents(&run)) {
		octets_skip(&w->run, 2);
		w->depth--;
		return DER_FINE;
	}
	if (!next_header(&run, &e, &indefinite) ||
	    (strict && !is_strict(&e, indefinite)) ||
	    (!level->in_guess && is_stray_end(&run, &e)))
		return walk_leave_guess(w);
	if (e.constructed)
		return walk_enter(w, &e, indefinite, false);
	if (may_hold_elements(&e, w->strict))
		return walk_enter(w, &e, false, true);
	octets_skip(&w->run, w->run.left - left_behind(&w->run, &e));
	return DER_FINE;
}

static bool walk_is_done(struct walk *w)
{
	while (w->depth > 0 && !w->levels[w->depth].indefinite &&
	    w->run.left == w->levels[w->depth].end)
		w->depth--;
	return w->depth == 0 && w->run.left == 0;
}

long der_budget(long bytes)
{
	return ELEMENTS_MAX + bytes / BYTES_PER_ELEMENT;
}

enum der_verdict der_check(struct der run, bool strict, long *left)
{
	struct walk walk = {.run = run, .strict = strict};
	enum der_verdict verdict = DER_FINE;

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
