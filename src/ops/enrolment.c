#include "ops/answer.h"
#include "ops/enrolment.h"
#include "ops/issued.h"
#include "ops/poll.h"
#include "pki/csr.h"
#include "scep/caps.h"
#include "scep/content.h"
#include "util/log.h"

/*
 * The message that begins or, with -R, resumes the enrolment.  A certificate
 * of the CA that signs (-O) makes it a RenewalReq, if the CA announces Renewal
 * (RFC 8894, 3.5.2) or as --renewal says.
 */
static enum message_type first_type(const struct session *session)
{
	const struct options *o = session->options;

	if (o->resume)
		return MESSAGE_CERTPOLL;
	if (o->sign_cert == NULL || o->renewal == RENEWAL_PKCSREQ)
		return MESSAGE_PKCSREQ;
	if (o->renewal == RENEWAL_RENEWALREQ ||
	    caps_have(session->caps, CAP_RENEWAL))
		return MESSAGE_RENEWALREQ;
	return MESSAGE_PKCSREQ;
}

static enum status make_content(
    struct buf *out, const struct inputs *in, enum message_type type)
{
	if (type != MESSAGE_CERTPOLL)
		return content_add_csr(out, in->csr);
	return content_add_issuer_and_subject(out,
	    cabundle_issuer_name(&in->bundle),
	    X509_REQ_get_subject_name(in->csr));
}

static enum status send_message(
    struct inputs *in, enum message_type type, struct scep_reply *reply)
{
	struct scep_request request;
	struct buf content = {0};
	enum status st;

	if ((st = make_content(&content, in, type)) == ST_OK) {
		request = inputs_make_request(in, type, &content);
		st = answer_get_reply(in, &request, reply);
	}
	buf_free(&content);
	return st;
}

static enum status send_poll(
    struct inputs *in, struct poll *poll, struct scep_reply *reply)
{
	say("requesting certificate (#%d)", ++poll->count);
	return send_message(in, MESSAGE_CERTPOLL, reply);
}

/* Whether no message of the CA arrived, for no fault of ours. */
static bool is_unanswered(enum status st, const struct scep_reply *reply)
{
	return st == ST_NETWORK || st == ST_TIMEOUT ||
	    (st == ST_REPLY && !reply->verified);
}

/*
 * A reply that does not verify may be from anybody on the way: the request
 * stays PENDING until the CA answers otherwise.
 */
static enum status poll_again(
    struct inputs *in, struct poll *poll, struct scep_reply *reply)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = send_poll(in, poll, reply);
	log_capture_end(&capture);
	if (is_unanswered(st, reply)) {
		poll_keep_reason(poll, capture.text);
		warn(WARN_POLL_FAILED, "%s", capture.text);
		reply->status = PKI_PENDING;
		return ST_OK;
	}
	poll_forget_reason(poll);
	log_report(st, capture.text);
	return st;
}

/* HTTP statuses of servers that announce Renewal but do not know RenewalReq. */
static bool may_lack_renewal_req(int http_status)
{
	return http_status == 400 || http_status == 404 || http_status == 405 ||
	    http_status == 500 || http_status == 501;
}

/* After a RenewalReq that got this HTTP status. */
static enum status repeat_as_pkcs_req(
    struct inputs *in, int http_error, struct scep_reply *reply)
{
	struct log_capture capture;
	struct buf text = {0};
	enum status st;

	warn(WARN_RENEWAL_REPEATED,
	    "the server answered the RenewalReq with HTTP status %d: a PKCSReq "
	    "is sent instead (--renewal 19 sends it at once)",
	    http_error);
	log_capture_begin(&capture);
	st = send_message(in, MESSAGE_PKCSREQ, reply);
	log_capture_end(&capture);
	if (st == ST_OK)
		return ST_OK;
	if (!buf_addf(&text, "%s; that was the PKCSReq, the RenewalReq got %d",
		capture.text, http_error))
		st = fail_memory();
	else
		st = answer_explain_http_error(
		    in, MESSAGE_PKCSREQ, st, buf_string(&text));
	buf_free(&text);
	return st;
}

/*
 * Sends a PKCSReq after a RenewalReq that the server may not know, unless
 * --renewal chose it; *type is then changed.
 */
static enum status send_request(
    struct inputs *in, enum message_type *type, struct scep_reply *reply)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = send_message(in, *type, reply);
	log_capture_end(&capture);
	if (*type != MESSAGE_RENEWALREQ ||
	    !may_lack_renewal_req(in->session->http_error)) {
		return answer_explain_http_error(in, *type, st, capture.text);
	}
	if (in->options->renewal == RENEWAL_RENEWALREQ)
		return fail(st,
		    "%s; if the server does not support RenewalReq, use "
		    "--renewal 19",
		    capture.text);
	verbose("%s", capture.text);
	*type = MESSAGE_PKCSREQ;
	return repeat_as_pkcs_req(in, in->session->http_error, reply);
}

/* *type is that of the message, or in the end of the one sent instead. */
static enum status send_first(struct inputs *in, struct poll *poll,
    enum message_type *type, struct scep_reply *reply)
{
	enum status st;

	if (*type != MESSAGE_CERTPOLL) {
		say("sending certificate request");
		return send_request(in, type, reply);
	}
	st = poll_check_count(poll);
	return st == ST_OK ? send_poll(in, poll, reply) : st;
}

/*
 * From the first message to a reply that is not PENDING, or to the limits of
 * polling (RFC 8894, 4.4).  What is not needed to open the reply is removed
 * from memory before the first wait.
 */
static enum status send_until_decided(
    struct inputs *in, enum message_type *type, struct scep_reply *reply)
{
	struct poll poll;
	enum status st;

	poll_start(&poll, in->options, buf_string(&in->transaction_id));
	st = send_first(in, &poll, type, reply);
	if (st == ST_OK && reply->status == PKI_PENDING)
		st = csr_strip(&in->csr);
	while (st == ST_OK && reply->status == PKI_PENDING) {
		scep_reply_free(reply);
		if ((st = poll_wait(&poll)) == ST_OK)
			st = poll_again(in, &poll, reply);
	}
	poll_end(&poll);
	return st;
}

/* The message that would be sent first, which borrows content. */
static enum status make_first(
    struct scep_request *request, struct buf *content, const struct inputs *in)
{
	enum message_type type = first_type(in->session);
	enum status st = make_content(content, in, type);

	if (st == ST_OK)
		*request = inputs_make_request(in, type, content);
	return st;
}

/* -m: writes it. */
static enum status dump_first(struct inputs *in)
{
	struct scep_request request;
	struct buf content = {0};
	enum status st = make_first(&request, &content, in);

	if (st == ST_OK)
		st = outputs_dump(in->session, &in->outputs.dump, &request);
	buf_free(&content);
	return st;
}

enum status enrolment_try(const struct inputs *in)
{
	struct scep_request request;
	struct buf content = {0}, message = {0};
	enum status st = make_first(&request, &content, in);

	if (st == ST_OK)
		st = scep_request_encode(&message, &request);
	buf_free(&message);
	buf_free(&content);
	return st;
}

static enum status take_reply(
    struct enrolment *e, struct inputs *in, const struct scep_reply *reply)
{
	X509 *cert;
	enum status st;

	e->granted = true;
	if ((st = issued_find_cert(&cert, in, reply->certs)) != ST_OK)
		return st;
	return e->deliver(in, cert, reply->certs, e->arg);
}

static enum status enrol_with(struct enrolment *e, struct inputs *in)
{
	struct scep_reply reply = {0};
	enum message_type type;
	enum status st;

	if ((st = inputs_prepare(in)) != ST_OK)
		return st;
	if (in->options->dump_request != NULL)
		return dump_first(in);
	if (e->record != NULL && (st = e->record(in, e->arg)) != ST_OK)
		return st;

	type = first_type(in->session);
	st = send_until_decided(in, &type, &reply);
	if (st == ST_OK && reply.status == PKI_SUCCESS) {
		st = take_reply(e, in, &reply);
	} else if (st == ST_OK) {
		e->refused = true;
		st = answer_report_failure(in, &reply, type);
	}
	scep_reply_free(&reply);
	return st;
}

enum status enrolment_run(struct enrolment *e, struct session *session)
{
	struct inputs in;
	enum status st;

	session->http_error = 0;
	if ((st = inputs_read_enrolment(&in, session)) == ST_OK) {
		report_set(session->report, REPORT_TRANSACTION_ID,
		    buf_string(&in.transaction_id));
		st = enrol_with(e, &in);
	}
	inputs_free(&in);
	return st;
}

bool enrolment_needs_caps(const struct options *options)
{
	return options->sign_cert != NULL && options->renewal == RENEWAL_AUTO;
}
