#include "ops/chain.h"
#include "ops/describe.h"
#include "ops/enrolment.h"
#include "ops/ops.h"
#include "util/log.h"

static enum status write_issued(
    struct inputs *in, X509 *cert, STACK_OF(X509) *certs, void *arg)
{
	const struct session *session = in->session;
	const char *path = in->options->local_cert;
	enum status st;

	(void)arg;
	st = outputs_write_issued(session, &in->outputs.result, cert);
	describe_cert(session->report, cert, st == ST_OK ? path : NULL);
	if (st != ST_OK)
		return st;
	say("certificate written as %s", path);
	return chain_write_certs(
	    session, &in->outputs.chain, &in->bundle, cert, certs);
}

static enum status enroll_run(struct session *session)
{
	struct enrolment enrolment = {.deliver = write_issued};

	return enrolment_run(&enrolment, session);
}

OPS_DEFINE(enroll, "Enroll certificate", .needs_caps = enrolment_needs_caps);
