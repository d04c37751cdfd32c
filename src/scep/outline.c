#include <string.h>

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "scep/outline.h"
#include "util/log.h"

/* The most bytes of all parts together. */
#define PARTS_MAX (8l * 1024 * 1024)

/* Puts a header before all that was added to b since its length was from. */
static bool enclose(struct buf *b, size_t from, int tag, int class)
{
	size_t len = b->len - from;
	size_t all = (size_t)ASN1_object_size(1, (int)len, tag);
	unsigned char *p;

	if (!buf_reserve(b, all - len))
		return false;
	p = b->data + from;
	memmove(p + (all - len), p, len);
	ASN1_put_object(&p, 1, (int)len, tag, class);
	b->len = from + all;
	return true;
}

static bool add_type(struct buf *out, int nid)
{
	ASN1_OBJECT *type = OBJ_nid2obj(nid);
	int len = i2d_ASN1_OBJECT(type, NULL);
	unsigned char *p;

	if (len <= 0 || !buf_reserve(out, (size_t)len))
		return false;
	p = out->data + out->len;
	i2d_ASN1_OBJECT(type, &p);
	out->len += (size_t)len;
	return true;
}

static bool add_parts(struct buf *out, const struct der *parts, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!octets_add(out, parts[i]))
			return false;
	return true;
}

static long sum(const struct der *parts, size_t count)
{
	long total = 0;

	for (; count > 0; count--, parts++)
		total += parts->left;
	return total;
}

/* ContentInfo (RFC 5652, 3) { contentType, [0] EXPLICIT content } */
static bool build(struct buf *out, const struct outline *o)
{
	size_t content, info;

	if (!add_type(out, o->type))
		return false;
	content = out->len;
	if (!add_parts(out, o->head, COUNT_OF(o->head)))
		return false;
	info = out->len;
	return add_parts(out, o->info, COUNT_OF(o->info)) &&
	    enclose(out, info, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL) &&
	    add_parts(out, o->tail, COUNT_OF(o->tail)) &&
	    enclose(out, content, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL) &&
	    enclose(out, content, 0, V_ASN1_CONTEXT_SPECIFIC) &&
	    enclose(out, 0, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
}

static enum status check_size(const struct outline *o, const char *what)
{
	long size = sum(o->head, COUNT_OF(o->head)) +
	    sum(o->info, COUNT_OF(o->info)) + sum(o->tail, COUNT_OF(o->tail));

	if (size <= PARTS_MAX)
		return ST_OK;
	return fail(ST_REPLY,
	    "reply: not %s: it has %ld bytes beside its content, the limit is "
	    "%ld",
	    what, size, PARTS_MAX);
}

enum status outline_decode(
    CMS_ContentInfo **cms, const struct outline *outline, const char *what)
{
	enum status st = check_size(outline, what);
	struct buf text = {0};
	const unsigned char *p;

	if (st == ST_OK && !build(&text, outline))
		st = fail_memory();
	p = text.data;
	if (st != ST_OK) {
		CMS_ContentInfo_free(*cms);
		*cms = NULL;
	} else if (d2i_CMS_ContentInfo(cms, &p, (long)text.len) == NULL) {
		/* On failure it has freed *cms. */
		*cms = NULL;
		st = fail_crypto(ST_REPLY, "reply: not %s", what);
	}
	buf_free(&text);
	return st;
}

enum status outline_join(struct der *out, const struct outline *outline,
    struct spool *room, const char *what)
{
	enum status st = ber_join(out, &outline->content, room);

	if (st == ST_REPLY)
		st = fail(st,
		    "reply: not %s: its content is in segments that are no "
		    "OCTET STRINGs (X.690, 8.7.3)",
		    what);
	return st;
}
