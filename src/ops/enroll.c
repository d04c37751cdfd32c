#include "ops/checks.h"
#include "ops/describe.h"
#include "ops/enrolment.h"
#include "ops/ops.h"
#include "ops/poll.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "scep/caps.h"
#include "scep/content.h"
#include "session.h"
#include "util/log.h"

static struct scep_request new_request(const struct session *session,
    const struct enrolment *e, enum message_type type,
    const struct buf *content)
{
	struct scep_request request = {
	    .type = type,
	    .transaction_id = buf_string(&e->transaction_id),
	    .content = content->data,
	    .content_len = content->len,
	    .password = &e->challenge,
	    .bundle = &e->bundle,
	    .signer = e->signer,
	    .key = e->sign_key,
	    .digest = session->digest,
	    .cipher = session->cipher,
	    .oaep = session->options->rsa_oaep,
	    .pss = session->options->rsa_pss,
	    .tolerate = session->options->tolerate,
	    .policy = session_digest_policy(session),
	};

	return request;
}

/* P3: RenewalReq where -O signs and the CA knows it, or as asked. */
static enum message_type first_type(const struct session *session)
{
	const struct options *o = session->options;

	if (o->sign_cert == NULL || o->renewal == RENEWAL_PKCSREQ)
		return MESSAGE_PKCSREQ;
	if (o->renewal == RENEWAL_RENEWALREQ ||
	    caps_have(session->caps, CAP_RENEWAL))
		return MESSAGE_RENEWALREQ;
	return MESSAGE_PKCSREQ;
}

static enum status make_content(
    struct buf *out, const struct enrolment *e, enum message_type type)
{
	if (type != MESSAGE_CERTPOLL)
		return content_add_csr(out, e->csr);
	return content_add_issuer_and_subject(out,
	    cabundle_issuer_name(&e->bundle),
	    X509_REQ_get_subject_name(e->csr));
}

static enum status send_message(struct session *session,
    const struct enrolment *e, enum message_type type, struct scep_reply *reply)
{
	struct scep_request request;
	struct buf content = {0};
	enum status st;

	if ((st = make_content(&content, e, type)) == ST_OK) {
		request = new_request(session, e, type, &content);
		st = session_exchange(session, &request, reply);
	}
	if (st == ST_OK)
		say_status(session->report, reply->status);
	buf_free(&content);
	return st;
}

static enum status send_poll(struct session *session, const struct enrolment *e,
    struct poll *poll, struct scep_reply *reply)
{
	say("requesting certificate (#%d)", ++poll->count);
	return send_message(session, e, MESSAGE_CERTPOLL, reply);
}

/* Whether nothing came that the CA signed, and nothing of ours failed. */
static bool is_unanswered(enum status st, const struct scep_reply *reply)
{
	return st == ST_NETWORK || st == ST_TIMEOUT ||
	    (st == ST_REPLY && !reply->verified);
}

/*
 * What the CA said is PENDING stays so until the CA says something else: an
 * answer that it did not sign may be from anybody on the way.
 */
static enum status poll_again(struct session *session,
    const struct enrolment *e, struct poll *poll, struct scep_reply *reply)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = send_poll(session, e, poll, reply);
	log_capture_end(&capture);
	if (is_unanswered(st, reply)) {
		poll_keep_reason(poll, capture.text);
		warn(WARN_POLL_FAILED, "%s", capture.text);
		reply->status = PKI_PENDING;
		return ST_OK;
	}
	poll_forget_reason(poll);
	log_report(capture.text);
	return st;
}

static enum status send_first(struct session *session,
    const struct enrolment *e, struct poll *poll, struct scep_reply *reply)
{
	enum status st;

	if (!session->options->resume) {
		say("sending certificate request");
		return send_message(session, e, first_type(session), reply);
	}
	if ((st = poll_check_count(poll)) != ST_OK)
		return st;
	return send_poll(session, e, poll, reply);
}

/*
 * From the first message to a reply that is not PENDING, or the limits.  While
 * it waits, only a password that may open the reply stays in memory.
 */
static enum status converse(
    struct session *session, struct enrolment *e, struct scep_reply *reply)
{
	struct poll poll;
	enum status st;

	poll_start(&poll, session->options);
	st = send_first(session, e, &poll, reply);
	if (st == ST_OK && reply->status == PKI_PENDING)
		st = csr_strip(&e->csr);
	while (st == ST_OK && reply->status == PKI_PENDING) {
		scep_reply_free(reply);
		if ((st = poll_wait(&poll)) == ST_OK)
			st = poll_again(session, e, &poll, reply);
	}
	poll_end(&poll);
	return st;
}

/* P3: a RenewalReq that is refused may be one the server does not know. */
static const char *advice(
    const struct session *session, const struct scep_reply *reply)
{
	enum status st = reply->fail_info->status;

	if (!session->options->resume &&
	    first_type(session) == MESSAGE_RENEWALREQ &&
	    (st == ST_BAD_REQUEST || st == ST_BAD_MESSAGE_CHECK))
		return "; if it does not take RenewalReq: --renewal 19";
	return "";
}

static enum status write_issued(struct session *session, struct enrolment *e,
    const struct scep_reply *reply)
{
	const char *path = e->options->local_cert;
	X509 *cert = NULL;
	enum status st;

	if ((st = enrolment_find_issued(&cert, e, reply->certs)) != ST_OK)
		return st;
	st = outputs_write_issued(session, &e->outputs.result, cert);
	describe_cert(session->report, cert, st == ST_OK ? path : NULL);
	if (st != ST_OK)
		return st;
	say("certificate written as %s", path);
	return write_chain(
	    session, &e->outputs.chain, &e->bundle, cert, reply->certs);
}

/* -m: the message that would be sent first. */
static enum status dump_first(
    const struct session *session, struct enrolment *e)
{
	enum message_type type =
	    session->options->resume ? MESSAGE_CERTPOLL : first_type(session);
	struct scep_request request;
	struct buf content = {0};
	enum status st;

	if ((st = make_content(&content, e, type)) == ST_OK) {
		request = new_request(session, e, type, &content);
		st = outputs_dump(session, &e->outputs.dump, &request);
	}
	buf_free(&content);
	return st;
}

static enum status enrol(struct session *session, struct enrolment *e)
{
	struct scep_reply reply = {0};
	enum status st;

	if ((st = session_prepare(session)) != ST_OK ||
	    (st = check_digest(session, enrolment_signing_key(e))) != ST_OK ||
	    (st = enrolment_make_signer(e, session->digest)) != ST_OK)
		return st;
	if (session->options->dump_request != NULL)
		return dump_first(session, e);
	if ((st = converse(session, e, &reply)) == ST_OK)
		st = reply.status == PKI_SUCCESS
		    ? write_issued(session, e, &reply)
		    : refused(session->report, &reply, advice(session, &reply));
	scep_reply_free(&reply);
	return st;
}

/* They decide between RenewalReq and PKCSReq: see first_type(). */
static bool enroll_needs_caps(const struct options *options)
{
	return options->sign_cert != NULL && options->renewal == RENEWAL_AUTO;
}

static enum status enroll_run(struct session *session)
{
	struct enrolment e;
	enum status st;

	if ((st = enrolment_read(&e, session)) == ST_OK) {
		report_set(session->report, REPORT_TRANSACTION_ID,
		    buf_string(&e.transaction_id));
		st = enrol(session, &e);
	}
	enrolment_free(&e);
	return st;
}

OPS_DEFINE(enroll, "Enroll certificate", .needs_caps = enroll_needs_caps);
