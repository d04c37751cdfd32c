#include <stdlib.h>

#include <openssl/asn1.h>

#include "fuzz.h"
#include "pki/der.h"
#include "world.h"

#define SEQUENCE (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)

static void add(struct buf *out, struct der run)
{
	if (!octets_add(out, run))
		abort();
}

/* The entries are a SEQUENCE of SEQUENCEs behind the times (RFC 5280, 5.1). */
static bool is_entries(const struct der_element *e, struct der_element *first)
{
	struct der inside = e->inside;

	return e->tag == V_ASN1_SEQUENCE && e->class == V_ASN1_UNIVERSAL &&
	    e->constructed && der_next_is(&inside, first, V_ASN1_SEQUENCE) &&
	    first->whole.left > 4;
}

static bool is_time(const struct der_element *e)
{
	return e->class == V_ASN1_UNIVERSAL &&
	    (e->tag == V_ASN1_UTCTIME || e->tag == V_ASN1_GENERALIZEDTIME);
}

static void add_entries(struct buf *out, const struct der_element *all,
    const struct der_element *first)
{
	struct buf entries = {0};

	while (entries.len <= SPOOL_WINDOW + SPOOL_WINDOW / 4)
		add(&entries, first->whole);
	add(&entries, all->inside);
	world_add_der(out, SEQUENCE, entries.data, entries.len);
	buf_free(&entries);
}

void world_add_long_tbs(struct buf *out, const void *tbs, size_t len)
{
	struct der run = octets_in_memory(tbs, len);
	struct der_element whole, e, first;
	struct buf inside = {0};
	bool times = false, done = false;

	if (!der_next_is(&run, &whole, V_ASN1_SEQUENCE)) {
		if (len > 0 && !buf_add(out, tbs, len))
			abort();
		return;
	}
	run = whole.inside;
	while (der_next(&run, &e)) {
		if (times && !done && is_entries(&e, &first)) {
			add_entries(&inside, &e, &first);
			done = true;
		} else {
			add(&inside, e.whole);
		}
		times |= is_time(&e);
	}
	add(&inside, run);
	world_add_der(out, SEQUENCE, inside.data, inside.len);
	buf_free(&inside);
}
