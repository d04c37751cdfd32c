#include <limits.h>
#include <stdint.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "pki/cert.h"
#include "pki/curve.h"
#include "pki/der.h"
#include "scep/limits.h"
#include "util/log.h"

/* The most iterations of PBKDF2 in all PasswordRecipientInfos together. */
#define ITERATIONS_MAX 1000000

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

static bool is_oid(struct der_element type, int nid)
{
	ASN1_OBJECT *object =
	    d2i_ASN1_OBJECT(NULL, &type.whole.p, type.whole.left);
	bool yes = object != NULL && OBJ_obj2nid(object) == nid;

	ASN1_OBJECT_free(object);
	ERR_clear_error();
	return yes;
}

/* An optional [tag] IMPLICIT SET OF Attribute, the next in run. */
static enum status check_attributes(
    struct der *run, int tag, enum field field, const struct part *part)
{
	struct der_element all;

	if (!ber_next_context(run, &all, tag))
		return ST_OK;
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
	enum status st;

	if (!ber_next_is(&run, &e, V_ASN1_INTEGER) || !ber_next(&run, &e) ||
	    !ber_next_is(&run, &e, V_ASN1_SEQUENCE))
		return fail_structure(part);
	if ((st = check_attributes(&run, 0, SIGNED_ATTRS, part)) != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SEQUENCE) ||
	    !ber_next_is(&run, &e, V_ASN1_OCTET_STRING))
		return fail_structure(part);
	if ((st = check_attributes(&run, 1, UNSIGNED_ATTRS, part)) != ST_OK)
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
	struct der_element e;

	while (part->decoded && der_next(&certs, &e))
		if (e.class == V_ASN1_UNIVERSAL && !curve_is_named(e.whole))
			return fail(ST_REPLY,
			    "reply: not %s: a certificate in it has an EC key "
			    "without a named curve (RFC 5480, 2.1.1), or is "
			    "malformed",
			    part->what);
	return ST_OK;
}

/* [0] certificates OPTIONAL, [1] crls OPTIONAL; sets *out to the CRLs. */
static enum status check_certs_and_crls(
    struct der *out, struct der *run, const struct part *part)
{
	struct der_element e;
	enum status st;

	*out = (struct der){0};
	if (ber_next_context(run, &e, 0) &&
	    ((st = check_der_set(e.inside, CERTS, part)) != ST_OK ||
		(st = check_keys(e.inside, part)) != ST_OK))
		return st;
	if (!ber_next_context(run, &e, 1))
		return ST_OK;
	*out = e.inside;
	return check_der_set(e.inside, CRLS, part);
}

/*
 * SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo,
 * [0] certificates OPTIONAL, [1] crls OPTIONAL, signerInfos SET } (RFC 5652,
 * 5.1)
 */
static enum status check_signed_data(
    struct der *crls, struct der run, const struct part *part)
{
	struct der_element e;
	enum status st;

	if (!ber_next_is(&run, &e, V_ASN1_INTEGER) ||
	    !ber_next_is(&run, &e, V_ASN1_SET))
		return fail_structure(part);
	if ((st = check_count(e.inside, DIGESTS, part)) != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SEQUENCE))
		return fail_structure(part);
	if ((st = check_certs_and_crls(crls, &run, part)) != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SET))
		return fail_structure(part);
	return run.left == 0 ? check_signer_infos(e.inside, part)
			     : fail_structure(part);
}

/* The iterationCount (RFC 8018, A.2), or left + 1 if that is less. */
static uint64_t read_iterations(struct der run, uint64_t left)
{
	PBKDF2PARAM *params = d2i_PBKDF2PARAM(NULL, &run.p, run.left);
	uint64_t iterations = left + 1;

	if (params == NULL ||
	    ASN1_INTEGER_get_uint64(&iterations, params->iter) != 1 ||
	    iterations > left)
		iterations = left + 1;
	PBKDF2PARAM_free(params);
	ERR_clear_error();
	return iterations;
}

/*
 * The keyDerivationAlgorithm of a PasswordRecipientInfo (RFC 5652, 6.2.4); its
 * iterations are taken off *left.
 */
static enum status check_derivation(
    struct der run, uint64_t *left, const struct part *part)
{
	struct der_element e;
	uint64_t iterations;

	if (!ber_next_is(&run, &e, V_ASN1_OBJECT) || !is_oid(e, NID_id_pbkdf2))
		return fail(ST_REPLY,
		    "reply: not %s: its PasswordRecipientInfo does not derive "
		    "the key by PBKDF2 (RFC 5652, 6.2.4)",
		    part->what);
	if ((iterations = read_iterations(run, *left)) > *left)
		return fail(ST_REPLY,
		    "reply: not %s: its PasswordRecipientInfo wants more than "
		    "%d iterations of PBKDF2, or does not say how many (RFC "
		    "8018, 5.2)",
		    part->what, ITERATIONS_MAX);
	*left -= iterations;
	return ST_OK;
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
	uint64_t left = ITERATIONS_MAX;
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
			st = check_derivation(e.inside, &left, part);
	}
	return st;
}

/*
 * EnvelopedData ::= SEQUENCE { version, [0] originatorInfo OPTIONAL,
 * recipientInfos SET, encryptedContentInfo, [1] unprotectedAttrs OPTIONAL }
 * (RFC 5652, 6.1)
 */
static enum status check_enveloped_data(
    struct der *content_info, struct der run, const struct part *part)
{
	struct der_element e;
	enum status st = ST_OK;

	if (!ber_next_is(&run, &e, V_ASN1_INTEGER))
		return fail_structure(part);
	if (ber_next_context(&run, &e, 0))
		st = check_certs_and_crls(content_info, &e.inside, part);
	if (st != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SET))
		return fail_structure(part);
	if ((st = check_recipients(e.inside, part)) != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SEQUENCE))
		return fail_structure(part);
	*content_info = e.inside;
	if ((st = check_attributes(&run, 1, UNPROTECTED_ATTRS, part)) != ST_OK)
		return st;
	return run.left == 0 ? ST_OK : fail_structure(part);
}

/* A type of content; check() sets *out to the field that the caller wants. */
struct content {
	int nid;
	const char *name;
	enum status (*check)(
	    struct der *out, struct der run, const struct part *part);
};

static const struct content signed_data = {
    NID_pkcs7_signed, "SignedData", check_signed_data};
static const struct content enveloped_data = {
    NID_pkcs7_enveloped, "EnvelopedData", check_enveloped_data};

/*
 * ContentInfo ::= SEQUENCE { contentType, [0] EXPLICIT content } (RFC 5652, 3)
 */
static enum status open_content_info(struct der *out,
    const struct der_element *info, const struct content *content,
    const struct part *part)
{
	struct der_element type, explicit, data;
	struct der inside = info->inside;

	if (!ber_next_is(&inside, &type, V_ASN1_OBJECT))
		return fail_structure(part);
	if (!is_oid(type, content->nid))
		return fail(ST_REPLY,
		    "reply: not %s: its contentType is not that of %s (RFC "
		    "5652, 3)",
		    part->what, content->name);
	if (!ber_next_context(&inside, &explicit, 0) || inside.left != 0 ||
	    !ber_next_is(&explicit.inside, &data, V_ASN1_SEQUENCE) ||
	    explicit.inside.left != 0)
		return fail_structure(part);
	*out = data.inside;
	return ST_OK;
}

static enum status check_content_info(struct der *out, const void *bytes,
    size_t len, const struct content *content, const char *what, bool decoded)
{
	struct der run = octets_in_memory(bytes, len), inside;
	long left = der_budget((long)len);
	const struct part part = {what, decoded, &left};
	struct der_element info;
	enum status st;

	if (len > INT_MAX)
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
    const void *bytes, size_t len, const char *what)
{
	struct der unused;

	return check_content_info(
	    &unused, bytes, len, &signed_data, what, true);
}

enum status limits_check_crl_message(
    struct der *crls, const void *bytes, size_t len, const char *what)
{
	return check_content_info(crls, bytes, len, &signed_data, what, false);
}

enum status limits_check_enveloped_data(
    struct der *content_info, const void *bytes, size_t len, const char *what)
{
	return check_content_info(
	    content_info, bytes, len, &enveloped_data, what, true);
}
