#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ops/enrolment.h"
#include "ops/renew_ca.h"
#include "ops/renew_deliver.h"
#include "ops/renew_derive.h"
#include "ops/renew_enrol.h"
#include "pki/request.h"
#include "refusal.h"
#include "util/log.h"

/* One enrolment. */
struct run {
	struct renewal_state *r;
	struct derived derived;
	bool recorded; /* CERT.req is there */
	bool refused;  /* the CA answered FAILURE */
};

static enum status remove_file(const char *path)
{
	return unlink(path) == 0 || errno == ENOENT
	    ? ST_OK
	    : fail_errno(ST_FILE, "%s: cannot remove", path);
}

static bool make_record(
    struct buf *out, const struct inputs *in, const struct options *derived)
{
	const char *signed_by =
	    derived->sign_cert != NULL ? SIGNED_BY_CERT : SIGNED_BY_SELF;

	return buf_add(out, signed_by, strlen(signed_by)) &&
	    request_add_pem(out, in->csr);
}

/* From here on the request may be with the CA. */
static enum status record(const struct inputs *in, void *arg)
{
	struct run *run = arg;
	struct renewal_state *r = run->r;
	struct buf text = {0};
	enum status st = renew_deliver_check(r, run->derived.uses_new);

	if (st == ST_OK && !run->recorded) {
		st = make_record(&text, in, &run->derived.options)
		    ? swap_write_beside(r->cert_file, RENEWAL_REQUEST, &text)
		    : fail_crypto(ST_FILE, "request %s: cannot encode",
			  buf_string(&r->request));
		run->recorded = st == ST_OK;
	}
	buf_free(&text);
	return st;
}

static enum status deliver(
    struct inputs *in, X509 *cert, STACK_OF(X509) *certs, void *arg)
{
	struct run *run = arg;
	const struct issued issued = {
	    .cert = cert,
	    .certs = certs,
	    .bundle = &in->bundle,
	    .new_key = run->derived.uses_new,
	};

	return renew_deliver(run->r, &issued);
}

/* Servers say so in both ways: was the request encrypted for another key? */
static bool is_unreadable(const struct session *session, enum status st)
{
	return st == ST_BAD_MESSAGE_CHECK ||
	    (st != ST_OK && session->http_error != 0 &&
		!refusal_is_temporary(session->http_error));
}

/* A poll that the CA could not read tells nothing of the request. */
static bool is_decided(const struct run *run, enum status st)
{
	if (st == ST_BAD_MESSAGE_CHECK && run->derived.options.resume &&
	    run->r->session->ca_replaced)
		return false;
	return run->refused || st == ST_SAME_CERT;
}

/* After a request that was refused, the next one is another. */
static enum status run_enrolment(struct run *run)
{
	struct enrolment enrolment = {
	    .record = record,
	    .deliver = deliver,
	    .arg = run,
	};
	struct session *session = run->r->session;
	struct log_capture capture;
	enum status st;

	session->options = &run->derived.options;
	session->making = run->derived.options.request == NULL;
	log_capture_begin(&capture);
	st = enrolment_run(&enrolment, session);
	log_capture_end(&capture);
	if (st == ST_REPLY && enrolment.granted)
		st = fail(st,
		    "%s; the next run polls for it again: if that does not "
		    "help, --forget begins with another request",
		    capture.text);
	else
		log_report(st, capture.text);
	session->options = run->r->options;
	run->refused = enrolment.refused;
	if (is_unreadable(session, st))
		renew_ca_refresh(session);
	if (is_decided(run, st))
		remove_file(buf_string(&run->r->request));
	return st;
}

/*
 * Whether the CA does not know the transaction, or the server does not know
 * CertPoll: both without a word about the request.  After PENDING they mean
 * something else.
 */
static bool is_unknown(const struct run *run, enum status st)
{
	int http_error = run->r->session->http_error;

	if (st == ST_PENDING)
		return false;
	return http_error != 0 ? !refusal_is_temporary(http_error)
			       : st == ST_BAD_CERT_ID;
}

/* A run that begins with a poll; a failure that may be none is only noted. */
static enum status run_poll(struct run *run, bool *again, bool any_refusal)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = run_enrolment(run);
	log_capture_end(&capture);
	*again = st != ST_OK &&
	    (is_unknown(run, st) || (any_refusal && run->refused));
	if (!*again) {
		log_report(st, capture.text);
		return st;
	}
	verbose("%s", capture.text);
	verbose("the CA has no such request pending");
	return remove_file(buf_string(&run->r->request));
}

enum status renew_enrol_resume(struct renewal_state *r, bool *again)
{
	struct run run = {.r = r, .recorded = true};
	enum status st = renew_derive_resume(&run.derived, r);

	if (st == ST_OK)
		st = run_poll(&run, again, false);
	return st;
}

enum status renew_enrol_take_over(struct renewal_state *r, bool *again)
{
	struct run run = {.r = r};
	enum status st = renew_derive_take_over(&run.derived, r);

	if (st == ST_OK)
		st = run_poll(&run, again, true);
	return st;
}

enum status renew_enrol_send(struct renewal_state *r)
{
	struct run run = {.r = r};
	enum status st = renew_derive_send(&run.derived, r);

	if (st == ST_OK)
		st = run_enrolment(&run);
	return st;
}

enum status renew_enrol_forget(const struct renewal_state *r)
{
	enum status st = remove_file(buf_string(&r->request));

	if (st == ST_OK && r->key_file != NULL)
		st = swap_remove_new(r->key_file);
	return st;
}
