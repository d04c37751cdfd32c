#include <limits.h>
#include <stdint.h>

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "pki/cert.h"
#include "pki/curve.h"
#include "pki/der.h"
#include "scep/derivation.h"
#include "scep/limits.h"
#include "util/log.h"

/* The most bytes of the certificates field, and of the crls field. */
#define SET_SIZE_MAX (2 * 1024 * 1024)

/* The fields that may have many elements. */
/* clang-format off */
enum field {
	DIGESTS, CERTS, CRLS, SIGNERS, SIGNED_ATTRS, UNSIGNED_ATTRS,
	RECIPIENTS, ENCRYPTED_KEYS, UNPROTECTED_ATTRS
};

static const struct {
	const char *name, *clause; /* of RFC 5652 */
	int max;
} limits[] = {
	[DIGESTS]           = {"digestAlgorithms", "5.1", 16},
	[CERTS]             = {"certificates", "5.1", CERT_COUNT_MAX},
	[CRLS]              = {"CRLs", "5.1", 16},
	[SIGNERS]           = {"signerInfos", "5.1", 4},
	[SIGNED_ATTRS]      = {"signed attributes", "5.3", 64},
	[UNSIGNED_ATTRS]    = {"unsigned attributes", "5.3", 64},
	[RECIPIENTS]        = {"recipientInfos", "6.1", 16},
	[ENCRYPTED_KEYS]    = {"recipientEncryptedKeys", "6.2.2", 16},
	[UNPROTECTED_ATTRS] = {"unprotectedAttrs", "6.1", 64},
};
/* clang-format on */

/* A ContentInfo that is checked. */
struct part {
	const char *what; /* names it in messages */
	bool decoded;     /* libcrypto decodes it afterwards */
	long *left;       /* elements, of its der_budget() */
};

static enum status fail_structure(const struct part *part)
{
	return fail(ST_REPLY,
	    "reply: not %s: its structure is wrong (RFC 5652)", part->what);
}

/*
 * Checks how deep and how many the elements of run are and, if strict, that they
 * are in DER (X.690, 10).
 */
static enum status check_elements(
    struct der run, bool strict, const struct part *part)
{
	enum der_verdict verdict =
	    part->decoded ? der_check(run, strict, part->left) : DER_FINE;

	if (verdict == DER_FINE)
		return ST_OK;
	return fail(ST_REPLY, "reply: not %s: %s", part->what,
	    der_verdict_text(verdict));
}

static enum status check_count(
    struct der run, enum field field, const struct part *part)
{
	struct der_element e;
	int n = 0;

	for (; run.left > 0; n++)
		if (!ber_next(&run, &e))
			return fail_structure(part);
	if (n <= limits[field].max)
		return ST_OK;
	return fail(ST_REPLY,
	    "reply: not %s: it has %d %s, the limit is %d (RFC 5652, %s)",
	    part->what, n, limits[field].name, limits[field].max,
	    limits[field].clause);
}

/* An optional [tag] IMPLICIT SET OF Attribute, the next in run; *whole is it. */
static enum status check_attributes(struct der *whole, struct der *run, int tag,
    enum field field, const struct part *part)
{
	struct der_element all;

	if (!ber_next_context(run, &all, tag))
		return ST_OK;
	*whole = all.whole;
	return check_count(all.inside, field, part);
}

/*
 * SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs
 * OPTIONAL, signatureAlgorithm, signature, [1] unsignedAttrs OPTIONAL } (RFC
 * 5652, 5.3)
 */
static enum status check_signer_info(struct der run, const struct part *part)
{
	struct der_element e;
	struct der unused;
	enum status st;

	if (!ber_next_is(&run, &e, V_ASN1_INTEGER) || !ber_next(&run, &e) ||
	    !ber_next_is(&run, &e, V_ASN1_SEQUENCE))
		return fail_structure(part);
	if ((st = check_attributes(&unused, &run, 0, SIGNED_ATTRS, part)) !=
	    ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SEQUENCE) ||
	    !ber_next_is(&run, &e, V_ASN1_OCTET_STRING))
		return fail_structure(part);
	if ((st = check_attributes(&unused, &run, 1, UNSIGNED_ATTRS, part)) !=
	    ST_OK)
		return st;
	return run.left == 0 ? ST_OK : fail_structure(part);
}

static enum status check_signer_infos(struct der run, const struct part *part)
{
	enum status st = check_count(run, SIGNERS, part);
	struct der_element e;

	while (st == ST_OK && run.left > 0)
		st = ber_next_is(&run, &e, V_ASN1_SEQUENCE)
		    ? check_signer_info(e.inside, part)
		    : fail_structure(part);
	return st;
}

/* A CertificateSet or RevocationInfoChoices (RFC 5652, 10.2), in DER. */
static enum status check_der_set(
    struct der all, enum field field, const struct part *part)
{
	enum status st = check_count(all, field, part);

	if (st != ST_OK)
		return st;
	if (part->decoded && all.left > SET_SIZE_MAX)
		return fail(ST_REPLY,
		    "reply: not %s: it has %ld bytes of %s, the limit is %d",
		    part->what, all.left, limits[field].name, SET_SIZE_MAX);
	return check_elements(all, true, part);
}

/* An EC key MUST have its curve by name (RFC 5480, 2.1.1). */
static enum status check_keys(struct der certs, const struct part *part)
{
	struct buf room = {0};
	struct der_element e;
	enum status st = ST_OK;

	while (part->decoded && st == ST_OK && der_next(&certs, &e))
		if (e.class == V_ASN1_UNIVERSAL &&
		    !curve_is_named(octets_load(e.whole, &room)))
			st = fail(ST_REPLY,
			    "reply: not %s: a certificate in it has an EC key "
			    "without a named curve (RFC 5480, 2.1.1), or is "
			    "malformed",
			    part->what);
	buf_free(&room);
	return st;
}

/* [0] certificates OPTIONAL, [1] crls OPTIONAL, the next in run. */
static enum status check_certs_and_crls(struct der_element *certs,
    struct der_element *crls, struct der *run, const struct part *part)
{
	enum status st;

	*certs = *crls = (struct der_element){0};
	if (!ber_next_context(run, certs, 0))
		*certs = (struct der_element){0};
	else if ((st = check_der_set(certs->inside, CERTS, part)) != ST_OK ||
	    (st = check_keys(certs->inside, part)) != ST_OK)
		return st;
	if (ber_next_context(run, crls, 1))
		return check_der_set(crls->inside, CRLS, part);
	*crls = (struct der_element){0};
	return ST_OK;
}

/* [0] EXPLICIT with one element of that tag (X.690, 8.14.2), the end of run. */
static bool open_explicit(struct der_element *out, struct der run, int tag)
{
	struct der_element explicit;

	return ber_next_context(&run, &explicit, 0) && explicit.constructed &&
	    run.left == 0 && ber_next_is(&explicit.inside, out, tag) &&
	    explicit.inside.left == 0;
}

/*
 * EncapsulatedContentInfo ::= SEQUENCE { eContentType, [0] EXPLICIT OCTET STRING
 * OPTIONAL } (RFC 5652, 5.2)
 */
static bool open_encapsulated(struct outline *out, struct der run)
{
	struct der_element type;

	if (!ber_next_is(&run, &type, V_ASN1_OBJECT))
		return false;
	out->info[0] = type.whole;
	return run.left == 0 ||
	    open_explicit(&out->content, run, V_ASN1_OCTET_STRING);
}

/*
 * SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo,
 * [0] certificates OPTIONAL, [1] crls OPTIONAL, signerInfos SET } (RFC 5652,
 * 5.1)
 */
static enum status check_signed_data(
    struct outline *out, struct der run, const struct part *part)
{
	struct der_element version, digests, info, certs, signers;
	enum status st;

	if (!ber_next_is(&run, &version, V_ASN1_INTEGER) ||
	    !ber_next_is(&run, &digests, V_ASN1_SET))
		return fail_structure(part);
	if ((st = check_count(digests.inside, DIGESTS, part)) != ST_OK)
		return st;
	if (!ber_next_is(&run, &info, V_ASN1_SEQUENCE) ||
	    !open_encapsulated(out, info.inside))
		return fail_structure(part);
	st = check_certs_and_crls(&certs, &out->crls, &run, part);
	if (st != ST_OK)
		return st;
	if (!ber_next_is(&run, &signers, V_ASN1_SET) || run.left != 0)
		return fail_structure(part);
	out->head[0] = version.whole;
	out->head[1] = digests.whole;
	out->tail[OUTLINE_CERTS] = certs.whole;
	out->tail[OUTLINE_CRLS] = out->crls.whole;
	out->tail[OUTLINE_SIGNERS] = signers.whole;
	return check_signer_infos(signers.inside, part);
}

/*
 * KeyAgreeRecipientInfo ::= SEQUENCE { version, [0] originator, [1] ukm
 * OPTIONAL, keyEncryptionAlgorithm, recipientEncryptedKeys SEQUENCE } (RFC
 * 5652, 6.2.2): the keys are the last.
 */
static enum status check_agreement(struct der run, const struct part *part)
{
	struct der_element e = {0};

	while (run.left > 0)
		if (!ber_next(&run, &e))
			return fail_structure(part);
	return check_count(e.inside, ENCRYPTED_KEYS, part);
}

/*
 * RecipientInfo ::= CHOICE { SEQUENCE, [1] KeyAgreeRecipientInfo, [2], [3]
 * PasswordRecipientInfo { version, [0] keyDerivationAlgorithm OPTIONAL, ... },
 * [4] } (RFC 5652, 6.2)
 */
static enum status check_recipients(struct der run, const struct part *part)
{
	enum status st = check_count(run, RECIPIENTS, part);
	uint64_t left = DERIVATION_ITERATIONS_MAX;
	struct der_element recipient, e;
	struct der inside;

	while (st == ST_OK && ber_next(&run, &recipient)) {
		inside = recipient.inside;
		if (recipient.class != V_ASN1_CONTEXT_SPECIFIC)
			continue;
		if (recipient.tag == 1)
			st = check_agreement(inside, part);
		else if (recipient.tag == 3 && ber_next(&inside, &e) &&
		    ber_next_context(&inside, &e, 0))
			st = derivation_check(e.inside, &left, part->what);
	}
	return st;
}

/*
 * EncryptedContentInfo ::= SEQUENCE { contentType, contentEncryptionAlgorithm,
 * [0] IMPLICIT OCTET STRING OPTIONAL } (RFC 5652, 6.1)
 */
static bool open_encrypted(struct outline *out, struct der run)
{
	struct der_element type, cipher;

	if (!ber_next_is(&run, &type, V_ASN1_OBJECT) ||
	    !ber_next_is(&run, &cipher, V_ASN1_SEQUENCE))
		return false;
	out->info[0] = type.whole;
	out->info[1] = cipher.whole;
	return run.left == 0 ||
	    (ber_next_context(&run, &out->content, 0) && run.left == 0);
}

/*
 * EnvelopedData ::= SEQUENCE { version, [0] originatorInfo OPTIONAL,
 * recipientInfos SET, encryptedContentInfo, [1] unprotectedAttrs OPTIONAL }
 * (RFC 5652, 6.1)
 */
static enum status check_enveloped_data(
    struct outline *out, struct der run, const struct part *part)
{
	struct der_element e, certs, crls;
	enum status st = ST_OK;

	if (!ber_next_is(&run, &e, V_ASN1_INTEGER))
		return fail_structure(part);
	out->head[0] = e.whole;
	if (ber_next_context(&run, &e, 0)) {
		out->head[1] = e.whole;
		st = check_certs_and_crls(&certs, &crls, &e.inside, part);
	}
	if (st != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SET))
		return fail_structure(part);
	out->head[2] = e.whole;
	if ((st = check_recipients(e.inside, part)) != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SEQUENCE) ||
	    !open_encrypted(out, e.inside))
		return fail_structure(part);
	st = check_attributes(&out->tail[0], &run, 1, UNPROTECTED_ATTRS, part);
	if (st != ST_OK)
		return st;
	return run.left == 0 ? ST_OK : fail_structure(part);
}

/* A type of content. */
struct content {
	int nid;
	const char *name;
	bool may_be_bare; /* without a ContentInfo around it */
	enum status (*check)(
	    struct outline *out, struct der run, const struct part *part);
};

static const struct content signed_data = {
    NID_pkcs7_signed, "SignedData", false, check_signed_data};
static const struct content enveloped_data = {
    NID_pkcs7_enveloped, "EnvelopedData", true, check_enveloped_data};

/*
 * ContentInfo ::= SEQUENCE { contentType, [0] EXPLICIT content } (RFC 5652, 3).
 * It begins with an OBJECT IDENTIFIER, the content itself with an INTEGER.
 */
static enum status open_content_info(struct der *out,
    const struct der_element *info, const struct content *content,
    const struct part *part)
{
	struct der_element type, data;
	struct der inside = info->inside;

	*out = inside;
	if (content->may_be_bare && ber_next_is(&inside, &type, V_ASN1_INTEGER))
		return ST_OK;
	inside = info->inside;
	if (!ber_next_is(&inside, &type, V_ASN1_OBJECT))
		return fail_structure(part);
	if (!der_is_oid(&type, content->nid))
		return fail(ST_REPLY,
		    "reply: not %s: its contentType is not that of %s (RFC "
		    "5652, 3)",
		    part->what, content->name);
	if (!open_explicit(&data, inside, V_ASN1_SEQUENCE))
		return fail_structure(part);
	*out = data.inside;
	return ST_OK;
}

static enum status check_content_info(struct outline *out, struct der run,
    const struct content *content, const char *what, bool decoded)
{
	long left = der_budget(run.left);
	const struct part part = {what, decoded, &left};
	struct der_element info;
	struct der inside;
	enum status st;

	*out = (struct outline){.type = content->nid};
	if (run.left > INT_MAX)
		return fail(ST_REPLY, "reply: not %s: it is too large", what);
	if (!ber_next_is(&run, &info, V_ASN1_SEQUENCE))
		return fail_structure(&part);
	if ((st = open_content_info(&inside, &info, content, &part)) != ST_OK ||
	    (st = check_elements(info.whole, false, &part)) != ST_OK ||
	    (st = content->check(out, inside, &part)) != ST_OK)
		return st;
	if (run.left > 0)
		return fail(ST_REPLY, "reply: %ld bytes follow the %s",
		    run.left, content->name);
	return ST_OK;
}

enum status limits_check_signed_data(
    struct outline *out, struct der run, const char *what)
{
	return check_content_info(out, run, &signed_data, what, true);
}

enum status limits_check_crl_message(
    struct outline *out, struct der run, const char *what)
{
	return check_content_info(out, run, &signed_data, what, false);
}

enum status limits_check_enveloped_data(
    struct outline *out, struct der run, const char *what)
{
	return check_content_info(out, run, &enveloped_data, what, true);
}
