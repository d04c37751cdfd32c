#include <stdbool.h>
#include <string.h>

#include "ops/advice.h"
#include "ops/answer.h"
#include "ops/ops.h"
#include "ops/renew_ca.h"
#include "pki/cert.h"
#include "refusal.h"
#include "util/log.h"

static enum status exchange(
    struct inputs *in, struct scep_request *request, struct scep_reply *reply)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = session_exchange(in->session, request, reply);
	log_capture_end(&capture);
	if (reply->unknown_signer && in->options->operation->op == OP_RENEW)
		return renew_ca_decode(in, request, reply, capture.text);
	log_report(st, capture.text);
	return st;
}

enum status answer_get_reply(
    struct inputs *in, struct scep_request *request, struct scep_reply *reply)
{
	struct session *session = in->session;
	struct log_capture capture;
	const char *status;
	enum status st;

	log_capture_begin(&capture);
	st = exchange(in, request, reply);
	log_capture_end(&capture);

	if (st == ST_OK) {
		if (reply->transaction_id != NULL && log_enabled(LOG_VERBOSE))
			say("reply transaction id: %s", reply->transaction_id);
		status = scep_pki_status_name(reply->status);
		say("pkistatus: %s", status);
		report_set(session->report, REPORT_STATUS, status);
	} else if (reply->no_content) {
		st = fail(st, "%s; %s", capture.text,
		    advice_on_no_content(request->type,
			session->options->operation->op == OP_RENEW));
	} else {
		log_report(st, capture.text);
	}
	return st;
}

static struct sent describe_sent(
    const struct inputs *in, enum message_type first)
{
	bool renewal = in->options->sign_cert != NULL;

	return (struct sent){
	    .first = first,
	    .renewal = renewal,
	    .password = in->password.len > 0,
	    .old_algs = session_has_old_algs(in->session),
	    .renew = in->options->operation->op == OP_RENEW,
	    .expired = renewal && cert_time_status(in->signer) > 0,
	    .made = in->session->making,
	};
}

enum status answer_report_failure(const struct inputs *in,
    const struct scep_reply *reply, enum message_type first)
{
	const struct sent sent = describe_sent(in, first);
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

enum status answer_explain_http_error(const struct inputs *in,
    enum message_type first, enum status st, const char *text)
{
	const struct sent sent = describe_sent(in, first);
	const char *advice = NULL;

	if (in->session->http_error != 0 &&
	    !refusal_is_temporary(in->session->http_error))
		advice = advice_on_http_error(&sent);
	if (advice == NULL)
		log_report(st, text);
	else
		st = fail(st, "%s; %s", text, advice);
	return st;
}
