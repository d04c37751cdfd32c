#include "ops/crldue.h"
#include "ops/crlold.h"
#include "ops/describe.h"
#include "ops/ops.h"
#include "ops/query.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/crl.h"
#include "util/log.h"

static enum status set_target(struct query *query, X509 *target)
{
	enum status st = query_set_issuer(query, X509_get_issuer_name(target));

	if (st == ST_OK)
		st = query_set_serial(query, X509_get0_serialNumber(target));
	return st;
}

/* Issuer and serial of -l, or of -O; -s is another serial. */
static enum status getcrl_choose(struct query *query)
{
	const struct options *options = query->in.options;
	X509 *target = NULL;
	enum status st;

	if (options->sign_cert == NULL) {
		st = set_target(query, query->in.signer);
	} else {
		st = cert_read(
		    &target, options->sign_cert, "target certificate");
		if (st == ST_OK)
			st = set_target(query, target);
		X509_free(target);
	}
	if (st == ST_OK && options->serial != NULL)
		st = query_parse_serial(query, options->serial);
	return st;
}

static void warn_of_crl_time(const struct crl *crl)
{
	if (clock_compare(crl->this_update) > 0)
		warn(WARN_CRL_NOT_YET_VALID,
		    "thisUpdate of the CRL is in the future, by this system's "
		    "clock");
	if (crl->next_update != NULL && clock_compare(crl->next_update) < 0)
		warn(WARN_CRL_EXPIRED,
		    "nextUpdate of the CRL has passed: there should be a "
		    "newer one");
}

/* What the certificates of -c say about the signature of a CRL. */
struct signers {
	bool named;          /* one has the name of the CRL's issuer */
	bool good;           /* and its key made the signature */
	const char *refused; /* the digest, if libcrypto's policy forbids it */
};

static struct signers find_signers(
    const struct crl *crl, const struct cabundle *bundle)
{
	struct signers found = {false, false, NULL};
	X509 *ca;
	int i;

	for (i = 0; i < sk_X509_num(bundle->certs); i++) {
		ca = sk_X509_value(bundle->certs, i);
		if (X509_NAME_cmp(X509_get_subject_name(ca), crl->issuer) != 0)
			continue;
		found.named = true;
		found.good |= crl_is_signed_by(crl, ca);
		if (found.refused == NULL)
			found.refused = crl_refused_digest(crl, ca);
	}
	return found;
}

static bool has_ca(const struct cabundle *bundle)
{
	int i;

	for (i = 0; i < sk_X509_num(bundle->certs); i++)
		if (cert_is_ca(sk_X509_value(bundle->certs, i)))
			return true;
	return false;
}

/*
 * RFC 5280, 5.1.1.3: the issuer of the CRL signs it.  A signature that does
 * not verify with the certificate of the issuer is refused in any case.  When
 * -c lacks that certificate, --tolerate issuer overrides; when -c has no CA
 * certificate at all there is only a warning, as in chain_check_issuer().
 */
static enum status check_crl_signature(const struct crl *crl,
    const struct cabundle *bundle, const struct options *options)
{
	struct signers found = find_signers(crl, bundle);

	if (found.good)
		return ST_OK;
	if (found.refused != NULL)
		return fail(ST_REPLY,
		    "reply: the CRL is signed with %s, which the policy of "
		    "this libcrypto forbids: the signature cannot be verified",
		    found.refused);
	if (found.named && crl->has_two_algorithms)
		return fail(ST_REPLY,
		    "reply: the CRL names two signature algorithms, expected "
		    "the same one twice (RFC 5280, 5.1.1.2): its signature "
		    "cannot be verified");
	if (found.named)
		return fail(ST_REPLY,
		    "reply: the signature of the CRL does not verify with its "
		    "issuer's certificate of -c (RFC 5280, 5.1.1.3)");

	if (!has_ca(bundle)) {
		warn(WARN_NO_CA_CERTIFICATE,
		    "no CA certificate at hand (-c) of the CRL's issuer: its "
		    "signature is not verified");
		return ST_OK;
	}
	if ((options->tolerate & TOLERATE_ISSUER) == 0)
		return fail(ST_REPLY,
		    "reply: the CRL's issuer is not among the CA certificates "
		    "of -c: its signature cannot be verified (--tolerate "
		    "issuer overrides this)");
	warn(WARN_TOLERATED_ISSUER,
	    "the CRL's issuer is not among the CA certificates of -c, its "
	    "signature is not verified: ignored (--tolerate issuer)");
	return ST_OK;
}

static enum status check_crl(const struct crl *crl, const struct query *query)
{
	char name[QUOTE_SIZE];

	if (X509_NAME_cmp(crl->issuer, query->issuer) == 0)
		return check_crl_signature(
		    crl, &query->in.bundle, query->in.options);
	return fail(ST_REPLY,
	    "reply: the CRL is of another issuer, %s (RFC 8894, 4.6)",
	    cert_name_quote(name, sizeof(name), crl->issuer));
}

static enum status getcrl_write(
    struct query *query, const struct scep_reply *reply)
{
	const struct session *session = query->in.session;
	const char *path = session->options->output;
	struct log_capture capture;
	struct crl crl = {0};
	enum status st;

	log_capture_begin(&capture);
	st = crl_parse(&crl, reply->crl);
	if (st == ST_OK)
		st = check_crl(&crl, query);
	if (st == ST_OK) {
		warn_of_crl_time(&crl);
		crlold_warn(&query->in.outputs.result, &crl);
		st = outputs_write_der(
		    session, &query->in.outputs.result, "X509 CRL", crl.whole);
	}
	log_capture_end(&capture);
	st = spool_report(&reply->inside, st, capture.text);
	if (st == ST_OK) {
		describe_crl(session->report, &crl, path);
		say("CRL written as %s", path);
	}
	crl_free(&crl);
	return st;
}

static const struct query_kind getcrl_kind = {
    .type = MESSAGE_GETCRL,
    .status_line = "requesting crl",
    .choose = getcrl_choose,
    .write = getcrl_write,
};

static enum status getcrl_run(struct session *session)
{
	const struct options *options = session->options;
	enum status st = ST_OK;
	bool due = true;

	if (options->if_due)
		st = crldue_find(&due, session);
	if (st != ST_OK || !due)
		return st;
	st = query_run(session, &getcrl_kind);
	if (st == ST_OK && options->if_due && options->dump_request == NULL)
		report_set(session->report, REPORT_ACTION, "fetched");
	return st;
}

OPS_DEFINE(getcrl, "Query CRL", .reply_max = 64u * 1024 * 1024, .spools = true);
