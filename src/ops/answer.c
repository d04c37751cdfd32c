#include <stdbool.h>

#include "ops/answer.h"
#include "util/log.h"

/*
 * What to do about an answer, by its failInfo.  Where the advice differs between
 * operations it is chosen by the message that was sent first, as in
 * advise_renewal().
 */

#define ADVICE_NO_CONTENT \
	"some servers answer so while a request is pending: try again later " \
	"with -R"

/* What the user should look at first, by the failInfo. */
static const char *advise(const struct fail_info *info)
{
	switch (info->status) {
	case ST_BAD_ALG:
		return "try other algorithms with -E and -S, as -E 3des -S "
		       "sha1 for old servers";
	case ST_BAD_MESSAGE_CHECK:
		return "the server could not open or verify the request: wrong "
		       "CA certificate for encryption (-c, -e), or a signer it "
		       "does not know (-K, -O)";
	case ST_BAD_REQUEST:
		return "the challenge password is wrong, used or expired, or "
		       "the request does not fit what the CA allows (names, "
		       "key size, template)";
	case ST_BAD_TIME:
		return "set this system's clock";
	case ST_BAD_CERT_ID:
		return "the server does not know this certificate or this "
		       "transaction: check issuer and serial, or start a new "
		       "enrolment without -R";
	default:
		return "the server's log may say more";
	}
}

/* A server that does not know RenewalReq refuses it with one of these two. */
static const char *advise_renewal(
    const struct fail_info *info, enum message_type first)
{
	if (first == MESSAGE_RENEWALREQ &&
	    (info->status == ST_BAD_REQUEST ||
		info->status == ST_BAD_MESSAGE_CHECK))
		return "; if the server does not support RenewalReq, use "
		       "--renewal 19";
	return "";
}

static void say_status(struct report *report, enum pki_status status)
{
	say("pkistatus: %s", scep_pki_status_name(status));
	report_set(report, REPORT_STATUS, scep_pki_status_name(status));
}

enum status answer_get_reply(struct session *session,
    struct scep_request *request, struct scep_reply *reply)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = session_exchange(session, request, reply);
	log_capture_end(&capture);

	if (st == ST_OK)
		say_status(session->report, reply->status);
	else if (reply->no_content)
		st = fail(st, "%s; %s", capture.text, ADVICE_NO_CONTENT);
	else
		log_report(capture.text);
	return st;
}

enum status answer_report_failure(struct report *report,
    const struct scep_reply *reply, enum message_type first,
    const char *transaction_id)
{
	const struct fail_info *info = reply->fail_info;
	const char *text = reply->fail_info_text;

	say("reason: %s", info->reason);
	report_set(report, REPORT_FAIL_INFO, info->name);
	if (text == NULL)
		return fail(info->status,
		    "the server refused: %s; %s%s (transactionID %s)",
		    info->name, advise(info), advise_renewal(info, first),
		    transaction_id);

	report_set(report, REPORT_FAIL_INFO_TEXT, text);
	return fail(info->status,
	    "the server refused: %s, \"%s\"; %s%s (transactionID %s)",
	    info->name, text, advise(info), advise_renewal(info, first),
	    transaction_id);
}
