#include <stdbool.h>
#include <string.h>

#include "ops/advice.h"
#include "ops/answer.h"
#include "util/log.h"

enum status answer_get_reply(struct session *session,
    struct scep_request *request, struct scep_reply *reply)
{
	struct log_capture capture;
	const char *status;
	enum status st;

	log_capture_begin(&capture);
	st = session_exchange(session, request, reply);
	log_capture_end(&capture);

	if (st == ST_OK) {
		status = scep_pki_status_name(reply->status);
		say("pkistatus: %s", status);
		report_set(session->report, REPORT_STATUS, status);
	} else if (reply->no_content) {
		st = fail(st, "%s; %s", capture.text,
		    advice_on_no_content(request->type));
	} else {
		log_report(capture.text);
	}
	return st;
}

enum status answer_report_failure(const struct inputs *in,
    const struct scep_reply *reply, enum message_type first)
{
	const struct sent sent = {
	    .first = first,
	    .renewal = in->options->sign_cert != NULL,
	    .password = in->password.len > 0,
	    .old_algs = session_has_old_algs(in->session),
	};
	const struct fail_info *info = reply->fail_info;
	const char *text = reply->fail_info_text;
	char quote[QUOTE_SIZE] = "";
	struct report *report = in->session->report;

	say("reason: %s", info->reason);
	report_set(report, REPORT_FAIL_INFO, info->name);
	if (text != NULL) {
		report_set(report, REPORT_FAIL_INFO_TEXT, text);
		log_escape(quote, sizeof(quote), text, strlen(text));
	}
	return fail(info->status,
	    "the server refused: %s%s%s%s; %s%s (transactionID %s)", info->name,
	    text != NULL ? ", \"" : "", quote, text != NULL ? "\"" : "",
	    advice_on_failure(info->status, &sent),
	    advice_on_renewal(info->status, &sent),
	    buf_string(&in->transaction_id));
}
