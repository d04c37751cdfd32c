#include <stdbool.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include "pki/revoked.h"
#include "util/log.h"

/* The most octets of an entry, which are in memory at once. */
#define ENTRY_MAX (64l * 1024)

#define SEQUENCE     (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)
#define UTC_TIME_LEN 13 /* YYMMDDHHMMSSZ (RFC 5280, 4.1.2.5.1) */
#define TIME_LEN     15 /* YYYYMMDDHHMMSSZ (4.1.2.5.2) */

/* Octets in memory. */
struct piece {
	const unsigned char *p, *end;
};

/*
 * Takes an element with that first octet and a length below 128 off run.  False
 * if the next one is another; run is as it was then.
 */
static bool take(struct piece *run, struct piece *out, unsigned char tag)
{
	const unsigned char *p = run->p;

	if (run->end - p < 2 || p[0] != tag || p[1] >= 0x80 ||
	    p[1] > run->end - p - 2)
		return false;
	out->p = p + 2;
	run->p = out->end = p + 2 + p[1];
	return true;
}

/* An INTEGER has the fewest octets it needs (X.690, 8.3.2). */
static bool is_integer(const struct piece *value)
{
	const unsigned char *p = value->p;

	if (value->end - p < 2)
		return value->end > p;
	return (p[0] != 0 && p[0] != 0xff) || ((p[0] ^ p[1]) & 0x80) != 0;
}

/* Each octet is one component, as in those of extensions in RFC 5280. */
static bool is_short_oid(const struct piece *value)
{
	const unsigned char *p = value->p;

	while (p < value->end && *p < 0x80)
		p++;
	return p == value->end && p > value->p;
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue } */
static bool take_extension(struct piece *run)
{
	struct piece in, value;

	if (!take(run, &in, SEQUENCE) || !take(&in, &value, V_ASN1_OBJECT) ||
	    !is_short_oid(&value))
		return false;
	if (take(&in, &value, V_ASN1_BOOLEAN) && value.end - value.p != 1)
		return false;
	return take(&in, &value, V_ASN1_OCTET_STRING) && in.p == in.end;
}

/*
 * Takes an entry off run that is as nearly all are; what libcrypto says of it is
 * known.  SEQUENCE { userCertificate INTEGER, revocationDate Time,
 * crlEntryExtensions OPTIONAL } (RFC 5280, 5.1)
 */
static bool take_plain_entry(struct piece *run)
{
	struct piece after = *run, in, value;

	if (!take(&after, &in, SEQUENCE) ||
	    !take(&in, &value, V_ASN1_INTEGER) || !is_integer(&value))
		return false;
	if (take(&in, &value, V_ASN1_UTCTIME)
		? value.end - value.p != UTC_TIME_LEN
		: !take(&in, &value, V_ASN1_GENERALIZEDTIME) ||
		    value.end - value.p != TIME_LEN)
		return false;
	if (in.p < in.end) {
		if (!take(&in, &value, SEQUENCE) || in.p < in.end)
			return false;
		while (value.p < value.end)
			if (!take_extension(&value))
				return false;
	}
	*run = after;
	return true;
}

/* The number of octets at p that are plain entries. */
static size_t skip_plain(const unsigned char *p, size_t len)
{
	struct piece run = {p, p + len};

	while (take_plain_entry(&run))
		;
	return (size_t)(run.p - p);
}

/* libcrypto decodes any other. */
static bool is_entry(const struct der_element *e)
{
	long len = e->whole.left;
	X509_REVOKED *entry = NULL;
	const unsigned char *p, *end;
	size_t have;
	bool ok;

	if ((p = octets_peek(&e->whole, (size_t)len, &have)) == NULL ||
	    have < (size_t)len)
		return false;
	end = p + len;
	ok = skip_plain(p, (size_t)len) == (size_t)len ||
	    (d2i_X509_REVOKED(&entry, &p, len) != NULL && p == end);
	X509_REVOKED_free(entry);
	return ok;
}

static enum status check_entry(struct der *run, size_t start)
{
	size_t at = run->at - start;
	struct der_element e;
	bool ok = der_next_is(run, &e, V_ASN1_SEQUENCE);

	if (ok && e.whole.left > ENTRY_MAX)
		return fail(ST_REPLY,
		    "reply: not a CRL: its entry at byte %zu has %ld bytes, "
		    "the "
		    "limit is %ld (RFC 5280, 5.1.2.6)",
		    at, e.whole.left, ENTRY_MAX);
	if (ok && is_entry(&e))
		return ST_OK;
	return fail_crypto(ST_REPLY,
	    "reply: not a CRL: its entry at byte %zu is malformed (RFC 5280, "
	    "5.1.2.6)",
	    at);
}

enum status revoked_check(struct der run, size_t start)
{
	enum status st = ST_OK;
	const unsigned char *p;
	size_t len;

	while (st == ST_OK && run.left > 0) {
		p = octets_peek(&run, 1, &len);
		if (p != NULL)
			octets_skip(&run, (long)skip_plain(p, len));
		if (run.left > 0)
			st = check_entry(&run, start);
	}
	return st;
}
