#include <stdint.h>

#include <openssl/cms.h>

#include "pki/cert.h"
#include "pki/path.h"
#include "scep/attrs.h"
#include "scep/certs.h"
#include "scep/nextca.h"
#include "scep/signed.h"
#include "scep/scep.h"
#include "util/log.h"

/*
 * RFC 8894, 4.7.1: the response is a SignedData, not a pkiMessage.  Anybody can
 * make the CA sign a CertRep, which must not pass for it.
 */
static enum status check_no_message_type(CMS_SignerInfo *si)
{
	struct attr_value value;
	enum status st = attrs_get(&value, si, ATTR_MESSAGE_TYPE);

	if (st == ST_OK && value.bytes != NULL)
		st = fail(ST_REPLY,
		    "reply: a pkiMessage, not the next CA certificates (RFC "
		    "8894, 4.7.1)");
	return st;
}

/*
 * RFC 8894, 4.7.1 puts the certificates into the signed content.  The
 * certificates field is not signed: each certificate there has to be a CA's,
 * and to verify.
 */
static enum status check_unsigned_cert(
    X509 *cert, STACK_OF(X509) *beside, const struct nextca_trust *trust)
{
	enum path_verdict verdict = PATH_REFUSED;
	const char *reason = cert_why_no_ca(cert);

	if (cert_says_ca(cert))
		verdict = path_verify_below(
		    trust->current->certs, cert, beside, &reason);
	if (verdict == PATH_VERIFIED)
		return ST_OK;
	return fail(ST_REPLY,
	    "reply: the next certificates are not in the signed content, and "
	    "not all are CA certificates that verify against %s (RFC 8894, "
	    "4.7.1): %s",
	    trust->option, reason);
}

static enum status take_unsigned_certs(STACK_OF(X509) **out,
    const struct nextca_trust *trust, STACK_OF(X509) *beside, X509 *signer)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	enum status st = ST_OK;
	X509 *cert;
	int i;

	if (certs == NULL)
		return fail_memory();
	for (i = 0; st == ST_OK && i < sk_X509_num(beside); i++) {
		cert = sk_X509_value(beside, i);
		if (X509_cmp(cert, signer) == 0)
			continue;

		st = check_unsigned_cert(cert, beside, trust);
		if (st == ST_OK && !cert_push(certs, cert))
			st = fail_memory();
	}
	if (st == ST_OK && sk_X509_num(certs) == 0)
		st = fail(ST_REPLY,
		    "reply: there is no next CA certificate in it (RFC 8894, "
		    "4.7.1)");
	if (st == ST_OK)
		*out = certs;
	else
		cert_stack_free(certs);
	return st;
}

static enum status take_next_certs(STACK_OF(X509) **out,
    const struct nextca_trust *trust, STACK_OF(X509) *beside,
    const struct signed_by *by)
{
	if (by->content.left > 0)
		return certs_from_signed_data(out, by->content);
	return take_unsigned_certs(out, trust, beside, by->signer);
}

/*
 * problem and place, which the option follows, say what the signer is, and advice
 * what to do.
 */
static enum status refuse_signer(const struct nextca_trust *trust, X509 *signer,
    const char *problem, const char *place, const char *advice)
{
	char name[QUOTE_SIZE];

	return fail(ST_REPLY,
	    "reply: signed by %s, which is %s%s%s; expected a CA certificate "
	    "of %s or one below it (RFC 8894, 4.7.1); %s",
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(signer)),
	    problem, place, *place != '\0' ? trust->option : "", trust->option,
	    advice);
}

/*
 * RFC 8894, 4.7.1: the signer is the current CA.  One of -C that is not a CA
 * has to be marked as an RA and be allowed by --tolerate signer: the CA has
 * issued certificates to all its clients.
 */
static enum status check_ra_signer(
    const struct nextca_trust *trust, X509 *signer)
{
	char name[QUOTE_SIZE];

	if (!cert_is_marked_ra(signer))
		return refuse_signer(trust, signer, cert_why_no_ca(signer),
		    " and not marked as an RA, though among those of ",
		    "ask the operator of the CA for the next certificates");
	if ((trust->tolerate & TOLERATE_SIGNER) == 0)
		return refuse_signer(trust, signer, "an RA", " of ",
		    "--tolerate signer overrides this");
	warn(WARN_TOLERATED_SIGNER,
	    "the answer is signed by %s, an RA of %s, not by a CA: accepted "
	    "(--tolerate signer)",
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(signer)),
	    trust->option);
	return ST_OK;
}

/*
 * RFC 8894, 4.7.1: the signer is the current CA.  One that came in the message
 * has to be a CA certificate that verifies against those of -C.
 */
static enum status check_sent_signer(
    const struct nextca_trust *trust, STACK_OF(X509) *beside, X509 *signer)
{
	const struct cabundle *bundle = trust->current;
	STACK_OF(X509) *current = bundle->certs, *cas;
	struct buf problem = {0};
	enum path_verdict verdict;
	const char *reason;
	enum status st;

	if (!cert_says_ca(signer))
		return refuse_signer(trust, signer, cert_why_no_ca(signer),
		    ", and not among those of ", "check which server answers");

	if ((cas = path_find_cas(current, beside)) == NULL)
		return fail_memory();
	verdict = path_verify_below(current, signer, cas, &reason);
	cert_stack_free(cas);
	if (verdict == PATH_VERIFIED)
		return ST_OK;

	if (buf_addf(&problem,
		"not among those of %s, and does not verify against them (%s)",
		trust->option, reason))
		st = refuse_signer(trust, signer, buf_string(&problem), "",
		    cabundle_get_advice(
			bundle, cert_is_in(bundle->hidden, signer)));
	else
		st = fail_memory();
	buf_free(&problem);
	return st;
}

static enum status check_nextca_signer(
    const struct nextca_trust *trust, STACK_OF(X509) *beside, X509 *signer)
{
	if (!cert_is_in(trust->current->certs, signer))
		return check_sent_signer(trust, beside, signer);
	return cert_is_anchor(signer) ? ST_OK : check_ra_signer(trust, signer);
}

/* The certificates that may be the signer's: of -C, then of the message. */
static enum status find_candidates(STACK_OF(X509) **out,
    const struct nextca_trust *trust, STACK_OF(X509) *beside)
{
	STACK_OF(X509) *from[] = {trust->current->certs, beside};
	int i, j;

	if ((*out = sk_X509_new_null()) == NULL)
		return fail_memory();
	for (i = 0; i < 2; i++)
		for (j = 0; j < sk_X509_num(from[i]); j++)
			if (!cert_push(*out, sk_X509_value(from[i], j)))
				return fail_memory();
	return ST_OK;
}

enum status nextca_decode(STACK_OF(X509) **certs, X509 **signer,
    const struct nextca_trust *trust, const void *bytes, size_t len)
{
	STACK_OF(X509) *beside = NULL, *all = NULL;
	struct signed_data data = {.joined = {.memory_max = SIZE_MAX}};
	struct signed_by by = {0};
	enum status st;

	st = signed_parse(&data, octets_in_memory(bytes, len),
	    SIGNED_WITH_CERTS, "the next CA certificates (RFC 8894, 4.7.1)");
	if (st != ST_OK)
		goto out;

	beside = CMS_get1_certs(data.cms);
	st = find_candidates(&all, trust, beside);
	if (st == ST_OK)
		st = signed_verify(&by, &data, all, trust->option,
		    trust->current, &trust->policy);
	if (st == ST_OK)
		st = attrs_check_values(by.si);
	if (st == ST_OK)
		st = attrs_check_content_type(
		    by.si, CMS_get0_eContentType(data.cms), NID_pkcs7_signed);
	if (st == ST_OK)
		st = check_no_message_type(by.si);
	if (st == ST_OK)
		st = check_nextca_signer(trust, beside, by.signer);
	if (st == ST_OK)
		st = take_next_certs(certs, trust, beside, &by);
	if (st == ST_OK) {
		signed_warn(&by, &trust->policy);
		X509_up_ref(by.signer);
		*signer = by.signer;
	}
out:
	cert_stack_free(beside);
	cert_stack_free(all);
	signed_free(&data);
	return st;
}
