#include "ops/check_local.h"
#include "ops/check_server.h"
#include "ops/finding.h"
#include "ops/ops.h"

static enum status check_run(struct session *session)
{
	struct findings findings;

	findings_begin(&findings, session);
	check_local(&findings);
	if (!session->options->check_local)
		check_server(&findings);
	findings_end(&findings);
	return findings.status;
}

OPS_DEFINE(check, "Find out why an enrolment fails", .base = &op_enroll);
