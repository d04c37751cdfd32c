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

#define DIGEST_ALGORITHMS_MAX 16
#define CRLS_MAX              16
#define SIGNERS_MAX           4
#define ATTRIBUTES_MAX        64
#define RECIPIENTS_MAX        16
#define ITERATIONS_MAX        1000000

/* Bytes of certificates, or of CRLs, that stand beside the content. */
#define BESIDE_SIZE_MAX (2 * 1024 * 1024)

/* A message, or what is inside of one. */
struct part {
	const char *what;
	bool
	    decoded; /* by libcrypto, which builds an object for each element */
	long *left;  /* of its der_budget() */
};

static enum status fail_structure(const struct part *part)
{
	return fail(ST_REPLY, "reply: not %s: not of its form (RFC 5652, 3)",
	    part->what);
}

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

/* What the elements of run are, and how many of them are taken. */
struct kind {
	const char *name, *clause;
	int max;
};

static enum status check_count(
    struct der run, const struct kind *kind, const struct part *part)
{
	struct der_element e;
	int n = 0;

	for (; run.left > 0; n++)
		if (!ber_next(&run, &e))
			return fail_structure(part);
	if (n <= kind->max)
		return ST_OK;
	return fail(ST_REPLY,
	    "reply: not %s: %d %s in it, at most %d are taken (RFC 5652, %s)",
	    part->what, n, kind->name, kind->max, kind->clause);
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

/* The attributes that follow in run under that tag, if there are any. */
static enum status check_attributes(
    struct der *run, int tag, const struct kind *kind, const struct part *part)
{
	struct der_element all;

	if (!ber_next_context(run, &all, tag))
		return ST_OK;
	return check_count(all.inside, kind, part);
}

/*
 * SignerInfo ::= SEQUENCE { version, sid, digestAlgorithm, [0] signedAttrs
 * OPTIONAL, signatureAlgorithm, signature, [1] unsignedAttrs OPTIONAL }
 */
static enum status check_signer_info(struct der run, const struct part *part)
{
	static const struct kind signed_ones = {
	    "signed attributes", "5.3", ATTRIBUTES_MAX};
	static const struct kind others = {
	    "unsigned attributes", "5.3", ATTRIBUTES_MAX};
	struct der_element e;
	enum status st;

	if (!ber_next_is(&run, &e, V_ASN1_INTEGER) || !ber_next(&run, &e) ||
	    !ber_next_is(&run, &e, V_ASN1_SEQUENCE))
		return fail_structure(part);
	if ((st = check_attributes(&run, 0, &signed_ones, part)) != ST_OK)
		return st;
	if (!ber_next_is(&run, &e, V_ASN1_SEQUENCE) ||
	    !ber_next_is(&run, &e, V_ASN1_OCTET_STRING))
		return fail_structure(part);
	if ((st = check_attributes(&run, 1, &others, part)) != ST_OK)
		return st;
	return run.left == 0 ? ST_OK : fail_structure(part);
}

static enum status check_signer_infos(struct der run, const struct part *part)
{
	static const struct kind signers = {"signerInfos", "5.1", SIGNERS_MAX};
	enum status st = check_count(run, &signers, part);
	struct der_element e;

	while (st == ST_OK && run.left > 0)
		st = ber_next_is(&run, &e, V_ASN1_SEQUENCE)
		    ? check_signer_info(e.inside, part)
		    : fail_structure(part);
	return st;
}

/* The certificates, or the CRLs, that stand beside the content, in DER. */
static enum status check_der_set(
    struct der all, const struct kind *kind, const struct part *part)
{
	enum status st = check_count(all, kind, part);

	if (st != ST_OK)
		return st;
	if (part->decoded && all.left > BESIDE_SIZE_MAX)
		return fail(ST_REPLY,
		    "reply: not %s: %ld bytes of %s in it, at most %d are "
		    "taken",
		    part->what, all.left, kind->name, BESIDE_SIZE_MAX);
	return check_elements(all, true, part);
}

static enum status check_keys(struct der certs, const struct part *part)
{
	struct der_element e;

	while (part->decoded && der_next(&certs, &e))
		if (e.class == V_ASN1_UNIVERSAL && !curve_is_named(e.whole))
			return fail(ST_REPLY,
			    "reply: not %s: a certificate in it has an EC key "
			    "whose curve has no name (RFC 5480, 2.1.1), or is "
			    "none",
			    part->what);
	return ST_OK;
}

/* [0] certificates OPTIONAL, [1] crls OPTIONAL; *out is what is in crls. */
static enum status check_certs_and_crls(
    struct der *out, struct der *run, const struct part *part)
{
	static const struct kind certs = {
	    "certificates", "5.1", CERT_COUNT_MAX};
	static const struct kind crls = {"CRLs", "5.1", CRLS_MAX};
	struct der_element e;
	enum status st;

	*out = (struct der){0};
	if (ber_next_context(run, &e, 0) &&
	    ((st = check_der_set(e.inside, &certs, part)) != ST_OK ||
		(st = check_keys(e.inside, part)) != ST_OK))
		return st;
	if (!ber_next_context(run, &e, 1))
		return ST_OK;
	*out = e.inside;
	return check_der_set(e.inside, &crls, part);
}

/*
 * SignedData ::= SEQUENCE { version, digestAlgorithms SET, encapContentInfo,
 * [0] certificates OPTIONAL, [1] crls OPTIONAL, signerInfos SET }
 */
static enum status check_signed_data(
    struct der *crls, struct der run, const struct part *part)
{
	static const struct kind digests = {
	    "digestAlgorithms", "5.1", DIGEST_ALGORITHMS_MAX};
	struct der_element e;
	enum status st;

	if (!ber_next_is(&run, &e, V_ASN1_INTEGER) ||
	    !ber_next_is(&run, &e, V_ASN1_SET))
		return fail_structure(part);
	if ((st = check_count(e.inside, &digests, part)) != ST_OK)
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

/* A number that is too large for left is one more than left. */
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

/* The keyDerivationAlgorithm, [0] IMPLICIT; takes its iterations off left. */
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
 * 5652, 6.2.2)
 */
static enum status check_agreement(struct der run, const struct part *part)
{
	static const struct kind keys = {
	    "recipientEncryptedKeys", "6.2.2", RECIPIENTS_MAX};
	struct der_element e = {0};

	while (run.left > 0)
		if (!ber_next(&run, &e))
			return fail_structure(part);
	return check_count(e.inside, &keys, part);
}

/*
 * RecipientInfo ::= CHOICE { SEQUENCE, [1] KeyAgreeRecipientInfo, [2], [3]
 * PasswordRecipientInfo { version, [0] keyDerivationAlgorithm OPTIONAL, ... },
 * [4] } (RFC 5652, 6.2)
 */
static enum status check_recipients(struct der run, const struct part *part)
{
	static const struct kind recipients = {
	    "recipientInfos", "6.1", RECIPIENTS_MAX};
	enum status st = check_count(run, &recipients, part);
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
 */
static enum status check_enveloped_data(
    struct der *content_info, struct der run, const struct part *part)
{
	static const struct kind attributes = {
	    "unprotectedAttrs", "6.1", ATTRIBUTES_MAX};
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
	if ((st = check_attributes(&run, 1, &attributes, part)) != ST_OK)
		return st;
	return run.left == 0 ? ST_OK : fail_structure(part);
}

/* What the SEQUENCE in a ContentInfo is; check sets *out to one field of it. */
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

/* ContentInfo ::= SEQUENCE { contentType, [0] EXPLICIT content } */
static enum status open_content_info(struct der *out,
    const struct der_element *info, const struct content *content,
    const struct part *part)
{
	struct der_element type, explicit, data;
	struct der inside = info->inside;

	if (!ber_next_is(&inside, &type, V_ASN1_OBJECT))
		return fail_structure(part);
	if (!is_oid(type, content->nid))
		return fail(ST_REPLY, "reply: not %s %s, and not %s",
		    content->nid == NID_pkcs7_signed ? "a" : "an",
		    content->name, part->what);
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
	struct der run = {bytes, (long)len}, inside;
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
	struct der crls;

	return check_content_info(&crls, bytes, len, &signed_data, what, true);
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
