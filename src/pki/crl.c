#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/crl.h"
#include "pki/der.h"
#include "pki/pss.h"
#include "pki/revoked.h"
#include "util/log.h"

/* The most octets of each part that is loaded. */
/* clang-format off */
enum part { VERSION, ALGORITHM, ISSUER, TIME, EXTENSIONS, SIGNATURE };

static const struct {
	const char *name, *clause; /* of RFC 5280 */
	long max;
} limits[] = {
	[VERSION]    = {"version", "5.1.2.1", 256},
	[ALGORITHM]  = {"AlgorithmIdentifier", "5.1.1.2", 4 * 1024},
	[ISSUER]     = {"issuer", "5.1.2.3", 64 * 1024},
	[TIME]       = {"time", "5.1.2.4", 256},
	[EXTENSIONS] = {"crlExtensions", "5.1.2.7", 64 * 1024},
	[SIGNATURE]  = {"signatureValue", "5.1.1.3", 64 * 1024},
};
/* clang-format on */

/* version, signature, issuer, two times, revokedCertificates, crlExtensions */
#define FIELDS_MAX 7

/* The octets of a CRL but its entries; and the contents of its entries. */
struct parts {
	struct der algorithm; /* in tbsCertList, the field signature */
	struct der_element revoked;
	bool has_revoked;
	struct der head, tail; /* of tbsCertList: before and behind entries */
	struct der rest;       /* signatureAlgorithm and signatureValue */
};

static enum status fail_structure(void)
{
	return fail_crypto(ST_REPLY, "reply: not a CRL in DER (RFC 5280, 5.1)");
}

static enum status check_size(const struct der_element *e, enum part part)
{
	if (e->whole.left <= limits[part].max)
		return ST_OK;
	return fail(ST_REPLY,
	    "reply: not a CRL: its %s has %ld bytes, the limit is %ld (RFC "
	    "5280, "
	    "%s)",
	    limits[part].name, e->whole.left, limits[part].max,
	    limits[part].clause);
}

/* A field of tbsCertList; of its SEQUENCEs signature is the first, then issuer. */
static enum status check_field(const struct der_element *e, int sequences)
{
	if (e->class == V_ASN1_CONTEXT_SPECIFIC && e->tag == 0)
		return check_size(e, EXTENSIONS);
	if (e->class != V_ASN1_UNIVERSAL)
		return fail_structure();
	switch (e->tag) {
	case V_ASN1_SEQUENCE:
		if (sequences > 2 || !e->constructed)
			return fail_structure();
		return check_size(e, sequences == 1 ? ALGORITHM : ISSUER);
	case V_ASN1_INTEGER:
		return check_size(e, VERSION);
	case V_ASN1_UTCTIME:
	case V_ASN1_GENERALIZEDTIME:
		return check_size(e, TIME);
	default:
		return fail_structure();
	}
}

/*
 * TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer, thisUpdate,
 * nextUpdate OPTIONAL, revokedCertificates OPTIONAL, [0] EXPLICIT crlExtensions
 * OPTIONAL } (RFC 5280, 5.1): the third SEQUENCE has the entries.  Whether the
 * fields are these is for libcrypto to say.
 */
static enum status split_tbs(struct parts *out, struct der run)
{
	enum status st = ST_OK;
	struct der_element e;
	int fields, sequences = 0;

	out->head = run;
	for (fields = 0; st == ST_OK && run.left > 0; fields++) {
		if (fields == FIELDS_MAX || !der_next(&run, &e))
			return fail_structure();
		if (e.class == V_ASN1_UNIVERSAL && e.tag == V_ASN1_SEQUENCE &&
		    ++sequences == 1)
			out->algorithm = e.whole;
		if (sequences == 3 && e.constructed && !out->has_revoked) {
			out->has_revoked = true;
			out->revoked = e;
			out->head.left = (long)(e.whole.at - out->head.at);
			out->tail = run;
		} else {
			st = check_field(&e, sequences);
		}
	}
	return st;
}

/*
 * CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm,
 * signatureValue } (RFC 5280, 5.1)
 */
static enum status split_crl(
    struct parts *parts, struct crl *out, struct der run)
{
	struct der_element list, tbs, e;
	const unsigned char *p;
	enum status st;
	size_t len;

	if (!der_next_is(&run, &list, V_ASN1_SEQUENCE) || run.left != 0 ||
	    !der_next_is(&list.inside, &tbs, V_ASN1_SEQUENCE))
		return fail_structure();
	out->tbs = tbs.whole;
	parts->rest = list.inside;
	if ((st = split_tbs(parts, tbs.inside)) != ST_OK)
		return st;
	if (!der_next_is(&list.inside, &e, V_ASN1_SEQUENCE))
		return fail_structure();
	if ((st = check_size(&e, ALGORITHM)) != ST_OK)
		return st;
	if (!der_next_is(&list.inside, &e, V_ASN1_BIT_STRING) ||
	    list.inside.left != 0)
		return fail_structure();
	if ((st = check_size(&e, SIGNATURE)) != ST_OK)
		return st;
	p = octets_peek(&e.inside, 1, &len);
	out->has_unused_bits = p == NULL || p[0] != 0;
	return ST_OK;
}

static int size_of(long contents)
{
	return ASN1_object_size(1, (int)contents, V_ASN1_SEQUENCE);
}

static bool add_header(struct buf *out, long contents)
{
	size_t len = (size_t)(size_of(contents) - contents);
	unsigned char *p;

	if (!buf_reserve(out, len))
		return false;
	p = out->data + out->len;
	ASN1_put_object(
	    &p, 1, (int)contents, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	out->len += len;
	return true;
}

/* The same CRL without its entries. */
static bool add_outline(struct buf *out, const struct parts *parts)
{
	long empty = parts->has_revoked ? size_of(0) : 0;
	long tbs = parts->head.left + empty + parts->tail.left;

	return add_header(out, size_of(tbs) + parts->rest.left) &&
	    add_header(out, tbs) && octets_add(out, parts->head) &&
	    (!parts->has_revoked || add_header(out, 0)) &&
	    octets_add(out, parts->tail) && octets_add(out, parts->rest);
}

/* RFC 5280, 5.1.1.2: the algorithm in tbsCertList MUST be the same. */
static bool is_algorithm(const X509_ALGOR *algorithm, struct der octets)
{
	struct buf room = {0};
	struct der all = octets_load(octets, &room);
	X509_ALGOR *other = d2i_X509_ALGOR(NULL, &all.p, all.left);
	bool yes = other != NULL && X509_ALGOR_cmp(algorithm, other) == 0;

	X509_ALGOR_free(other);
	buf_free(&room);
	return yes;
}

static bool decode_outline(
    struct crl *out, const struct buf *text, const struct parts *parts)
{
	const unsigned char *p = text->data, *end = p + text->len;

	out->outline = d2i_X509_CRL(NULL, &p, (long)text->len);
	if (out->outline == NULL || p != end)
		return false;
	out->issuer = X509_CRL_get_issuer(out->outline);
	out->this_update = X509_CRL_get0_lastUpdate(out->outline);
	out->next_update = X509_CRL_get0_nextUpdate(out->outline);
	p -= parts->rest.left;
	out->algorithm = d2i_X509_ALGOR(NULL, &p, (long)(end - p));
	out->signature = d2i_ASN1_BIT_STRING(NULL, &p, (long)(end - p));
	if (out->algorithm == NULL || out->signature == NULL)
		return false;
	out->has_two_algorithms =
	    !is_algorithm(out->algorithm, parts->algorithm);
	return true;
}

static bool build_outline(struct crl *out, const struct parts *parts)
{
	struct buf text = {0};
	bool ok =
	    add_outline(&text, parts) && decode_outline(out, &text, parts);

	buf_free(&text);
	return ok;
}

static enum status parse_outline(struct crl *out, const struct parts *parts)
{
	if (!build_outline(out, parts))
		return fail_structure();
	/* What extensions are, which libcrypto looks into, does not matter. */
	ERR_clear_error();
	return ST_OK;
}

enum status crl_parse(struct crl *out, struct der run)
{
	struct parts parts = {0};
	enum status st;

	memset(out, 0, sizeof(*out));
	out->whole = run;
	if ((st = split_crl(&parts, out, run)) != ST_OK ||
	    (st = parse_outline(out, &parts)) != ST_OK)
		return st;
	return parts.has_revoked ? revoked_check(parts.revoked.inside, run.at)
				 : ST_OK;
}

/*
 * The fields before the entries, of a tbsCertList that may be cut off there; if
 * it is whole, those behind them, too.
 */
static void split_head(struct parts *out, struct der run, bool whole)
{
	struct der behind = run;
	struct der_element e;
	int sequences = 0;

	out->head = run;
	out->head.left = 0;
	while (der_next(&run, &e) && e.class == V_ASN1_UNIVERSAL) {
		if (e.tag == V_ASN1_SEQUENCE && ++sequences == 1)
			out->algorithm = e.whole;
		behind = run;
		if (sequences == 3)
			break;
		out->head.left += e.whole.left;
	}
	if (whole)
		out->tail = behind;
}

/* Of a CRL that is damaged behind its entries. */
static bool build_head(struct crl *out, struct parts *parts)
{
	crl_free(out);
	parts->tail.left = 0;
	return build_outline(out, parts);
}

bool crl_parse_head(struct crl *out, struct der run, long *size)
{
	static const unsigned char no_signature[] = {V_ASN1_BIT_STRING, 1, 0};
	struct buf rest = {0};
	struct parts parts = {0};
	long tbs, beyond;
	bool ok;

	memset(out, 0, sizeof(*out));
	ok = der_enter(&run, V_ASN1_SEQUENCE, size);
	beyond = run.left;
	if (!ok || !der_enter(&run, V_ASN1_SEQUENCE, &tbs))
		return false;
	beyond -= tbs;
	if (beyond > 0)
		run.left -= beyond;
	split_head(&parts, run, beyond >= 0);
	ok = octets_add(&rest, parts.algorithm) &&
	    buf_add(&rest, no_signature, sizeof(no_signature));
	parts.rest = octets_in_memory(rest.data, rest.len);
	ok = ok && (build_outline(out, &parts) || build_head(out, &parts));
	ERR_clear_error();
	buf_free(&rest);
	return ok;
}

void crl_free(struct crl *crl)
{
	X509_CRL_free(crl->outline);
	X509_ALGOR_free(crl->algorithm);
	ASN1_BIT_STRING_free(crl->signature);
	memset(crl, 0, sizeof(*crl));
}

/* Begins to verify, by RSASSA-PSS if digest is NID_undef. */
static bool begin_verify(
    EVP_MD_CTX *context, const struct crl *crl, EVP_PKEY *key, int digest)
{
	const EVP_MD *md;

	if (digest == NID_undef)
		return pss_init_verify(context, crl->algorithm, key);
	/* For NULL libcrypto would take the default digest of the key. */
	md = EVP_get_digestbynid(digest);
	return md != NULL &&
	    EVP_DigestVerifyInit(context, NULL, md, NULL, key) == 1;
}

/*
 * The signature over the octets of the tbsCertList, as ASN1_item_verify() checks
 * it, but without a copy of them.  It has to be a whole number of octets.
 */
static bool octets_verify(const struct crl *crl, EVP_PKEY *key, int digest)
{
	const ASN1_BIT_STRING *signature = crl->signature;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct der run = crl->tbs;
	const unsigned char *p;
	size_t len;
	bool ok = context != NULL && !crl->has_unused_bits &&
	    begin_verify(context, crl, key, digest);

	while (ok && (p = octets_take(&run, &len)) != NULL)
		ok = EVP_DigestVerifyUpdate(context, p, len) == 1;
	ok = ok && run.left == 0 &&
	    EVP_DigestVerifyFinal(context, ASN1_STRING_get0_data(signature),
		(size_t)ASN1_STRING_length(signature)) == 1;
	EVP_MD_CTX_free(context);
	return ok;
}

/* EdDSA needs all octets at once (RFC 8032, 5.1.6: it hashes them twice). */
static bool whole_verifies(const struct crl *crl, EVP_PKEY *key)
{
	struct buf room = {0};
	struct der all = octets_load(crl->tbs, &room);
	ASN1_TYPE *tbs = d2i_ASN1_TYPE(NULL, &all.p, all.left);
	bool ok;

	buf_free(&room);
	ok = tbs != NULL &&
	    ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), crl->algorithm,
		crl->signature, tbs, key) == 1;
	ASN1_TYPE_free(tbs);
	return ok;
}

static bool signature_verifies(const struct crl *crl, EVP_PKEY *key)
{
	int digest = NID_undef, type = NID_undef, nid;
	const ASN1_OBJECT *name;

	X509_ALGOR_get0(&name, NULL, NULL, crl->algorithm);
	nid = OBJ_obj2nid(name);
	if (nid == NID_rsassaPss)
		return octets_verify(crl, key, NID_undef);
	if (OBJ_find_sigid_algs(nid, &digest, &type) != 1)
		return false;
	if (digest == NID_undef)
		return whole_verifies(crl, key);
	return ability_has_type(key, type) && octets_verify(crl, key, digest);
}

bool crl_is_signed_by(const struct crl *crl, X509 *ca)
{
	EVP_PKEY *key = X509_get0_pubkey(ca);
	bool yes = key != NULL && !crl->has_two_algorithms &&
	    signature_verifies(crl, key);

	ERR_clear_error();
	return yes;
}

const char *crl_refused_digest(const struct crl *crl, X509 *ca)
{
	return algs_refused_digest(
	    algs_signature_digest(crl->algorithm), X509_get0_pubkey(ca));
}
