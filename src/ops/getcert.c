#include "ops/chain.h"
#include "ops/describe.h"
#include "ops/ops.h"
#include "ops/query.h"
#include "pki/cert.h"
#include "util/log.h"

/*
 * The serial number is that of -s.  The issuer is that of -l; with -O it is the
 * subject of that certificate, which may be of another CA.
 */
static enum status getcert_choose(struct query *query)
{
	const struct options *options = query->in.options;
	X509 *issuer = NULL;
	enum status st;

	if ((st = query_parse_serial(query, options->serial)) != ST_OK)
		return st;
	if (options->sign_cert == NULL)
		return query_set_issuer(
		    query, X509_get_issuer_name(query->in.signer));
	st = cert_read(&issuer, options->sign_cert, "issuer certificate");
	if (st == ST_OK)
		st = query_set_issuer(query, X509_get_subject_name(issuer));
	X509_free(issuer);
	return st;
}

/* The one that was asked for (RFC 8894, 4.5); borrowed from certs. */
static X509 *find_by_serial(const struct query *query, STACK_OF(X509) *certs)
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

static enum status getcert_write(
    struct query *query, const struct scep_reply *reply)
{
	struct inputs *in = &query->in;
	const struct session *session = in->session;
	const char *path = in->options->output;
	STACK_OF(X509) *certs = reply->certs;
	X509 *cert = find_by_serial(query, certs);
	enum status st;

	if (cert == NULL)
		return fail(ST_REPLY,
		    "reply: none of its %d certificate(s) has the issuer and "
		    "serial that were asked for (RFC 8894, 4.5)",
		    sk_X509_num(certs));
	st = chain_check_issuer(in->options, &in->bundle, cert, certs);
	if (st == ST_OK)
		st = outputs_write_cert(session, &in->outputs.result, cert);
	if (st != ST_OK)
		return st;

	describe_cert(session->report, cert, path);
	say("certificate written as %s", path);
	return chain_write_certs(
	    session, &in->outputs.chain, &in->bundle, cert, certs);
}

static const struct query_kind getcert_kind = {
    .type = MESSAGE_GETCERT,
    .status_line = "requesting certificate",
    .choose = getcert_choose,
    .write = getcert_write,
};

static enum status getcert_run(struct session *session)
{
	return query_run(session, &getcert_kind);
}

OPS_DEFINE(getcert, "Query certificate");
