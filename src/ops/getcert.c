#include "ops/checks.h"
#include "ops/describe.h"
#include "ops/ops.h"
#include "ops/query.h"
#include "pki/cert.h"
#include "util/log.h"

/* Of the CA that issued -l, unless -O names another one (R3). */
static enum status choose(struct query *query, const struct options *options)
{
	X509 *issuer = NULL;
	enum status st;

	if ((st = query_parse_serial(query, options->serial)) != ST_OK)
		return st;
	if (options->sign_cert == NULL)
		return query_set_issuer(
		    query, X509_get_issuer_name(query->cert));
	st = cert_read(&issuer, options->sign_cert, "issuer certificate");
	if (st == ST_OK)
		st = query_set_issuer(query, X509_get_subject_name(issuer));
	X509_free(issuer);
	return st;
}

/* V5: the one that was asked for, wherever it stands; borrowed. */
static X509 *find(const struct query *query, STACK_OF(X509) *certs)
{
	X509 *cert;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (X509_NAME_cmp(X509_get_issuer_name(cert), query->issuer) ==
			0 &&
		    ASN1_INTEGER_cmp(
			X509_get0_serialNumber(cert), query->serial) == 0)
			return cert;
	}
	return NULL;
}

static enum status write_found(struct session *session, struct query *query,
    const struct scep_reply *reply)
{
	const struct options *options = session->options;
	STACK_OF(X509) *certs = reply->certs;
	X509 *cert = find(query, certs);
	enum status st;

	if (cert == NULL)
		return fail(ST_REPLY,
		    "reply: none of its %d certificate(s) has the issuer and "
		    "serial that were asked for (RFC 8894, 4.5)",
		    sk_X509_num(certs));
	st = check_issuer(options, &query->bundle, cert, certs);
	if (st == ST_OK)
		st = outputs_write_cert(session, &query->outputs.result, cert);
	if (st != ST_OK)
		return st;
	describe_cert(session->report, cert, options->output);
	say("certificate written as %s", options->output);
	return write_chain(
	    session, &query->outputs.chain, &query->bundle, cert, certs);
}

static const struct query_kind kind = {
    .type = MESSAGE_GETCERT,
    .status_line = "requesting certificate",
    .choose = choose,
    .take = write_found,
};

static enum status getcert_run(struct session *session)
{
	return query_run(session, &kind);
}

OPS_DEFINE(getcert, "Query certificate");
