#include "ops/ops.h"
#include "scep/caps.h"
#include "session.h"
#include "util/log.h"

static void add_capability(const char *keyword, void *report)
{
	report_add_string(report, REPORT_CAPABILITIES, keyword);
}

static enum status getcaps_run(struct session *session)
{
	struct http_response response = {0};
	struct buf text = {0};
	enum status st;

	st = session_ask_caps(session, &response);
	response_free(&response);
	if (st != ST_OK)
		return st;
	caps_each(session->caps, add_capability, session->report);
	if (caps_add_text(&text, session->caps))
		say("scep capabilities: %s", buf_string(&text));
	else
		st = fail_memory();
	buf_free(&text);
	return st;
}

OPS_DEFINE(getcaps, "Query SCEP capabilities");
