#include <sys/stat.h>

#include "ops/cafetch.h"
#include "ops/inputs.h"
#include "ops/outputs.h"
#include "ops/own_key.h"
#include "ops/renew_ca.h"
#include "ops/trust.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

enum status renew_ca_find(bool *there, const char *path)
{
	struct buf name = {0};
	enum status st = caset_find_base(there, path);

	if (st == ST_OK && *there)
		*there = !file_is_empty(path);
	if (st == ST_OK && !*there)
		st = caset_find_file(there, &name, path, 0);
	buf_free(&name);
	return st;
}

static bool is_pinned(const struct session *session)
{
	return session->options->ca_fingerprints.count > 0;
}

/* Those that the pins, of which there is one at least, let through. */
static enum status fetch_certs(STACK_OF(X509) **out, struct session *session)
{
	struct http_response response = {0};
	struct pins pins = {0};
	enum status st = trust_read_pins(&pins, session->options);
	bool bare;

	say("requesting CA certificate");
	if (st == ST_OK)
		st = cafetch_get(session, &response);
	if (st == ST_OK)
		st = cafetch_parse(out, &bare, &pins, &response.body);
	response_free(&response);
	pins_free(&pins);
	return st;
}

static enum status write_certs(
    const struct session *session, struct output *output, STACK_OF(X509) *certs)
{
	enum status st = outputs_write_certs(session, output, certs);

	if (st == ST_OK)
		say("CA certificates written as %s", output->name);
	return st;
}

enum status renew_ca_fail_absent(const char *path)
{
	return fail(ST_FILE,
	    "CA certificates %s: there are none: get them with getca, and "
	    "compare the fingerprint that it prints with what the CA's "
	    "administrator says, or give that as --ca-fingerprint",
	    path);
}

/* Nobody else decides later what is in them. */
static enum status check_writers(const char *path, const struct target *target)
{
	return target->exists && S_ISREG(target->status.st_mode)
	    ? trust_check_writers(
		  path, &target->status, "is to get the CA certificates")
	    : ST_OK;
}

enum status renew_ca_look(const char *path)
{
	struct target target;
	enum status st = target_find(&target, path, "");

	if (st == ST_OK)
		st = check_writers(path, &target);
	target_free(&target);
	return st;
}

enum status renew_ca_provide(struct session *session)
{
	const char *path = session->options->ca_cert;
	struct output output = {0};
	STACK_OF(X509) *certs = NULL;
	mode_t mask;
	bool there;
	enum status st = renew_ca_find(&there, path);

	if (st != ST_OK || there)
		return st;
	if (!is_pinned(session))
		return renew_ca_fail_absent(path);
	/* Who may write CA certificates decides which CA is trusted. */
	mask = umask(022);
	umask(mask | 022);
	st = outputs_open_one(&output, path, OUTPUT_SYNC_NAME);
	if (st == ST_OK)
		st = check_writers(path, &output.target);
	if (st == ST_OK)
		st = fetch_certs(&certs, session);
	if (st == ST_OK)
		st = write_certs(session, &output, certs);
	umask(mask);
	output_close(&output);
	cert_stack_free(certs);
	return st;
}

/* All of them in the one file: it is read before FILE-0, ... */
static void replace_certs(struct session *session, STACK_OF(X509) *certs)
{
	const char *path = session->options->ca_cert;
	struct output output = {0};
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = own_key_check_planted("CA certificates", path);
	if (st == ST_OK)
		st = outputs_open_one(&output, path, OUTPUT_SYNC_NAME);
	if (st == ST_OK)
		st = write_certs(session, &output, certs);
	log_capture_end(&capture);
	session->ca_replaced = st == ST_OK;
	if (st != ST_OK)
		warn(WARN_CA_NOT_RENEWED,
		    "the CA has other certificates, but: %s", capture.text);
	output_close(&output);
}

/* The certificate of -e stays. */
static enum status fetch_bundle(struct cabundle *out, const struct inputs *in)
{
	STACK_OF(X509) *certs = NULL;
	enum status st = fetch_certs(&certs, in->session);

	if (st != ST_OK) {
		cert_stack_free(certs);
		return st;
	}
	cabundle_set(out, certs);
	if (in->bundle.owned_encrypt != NULL) {
		X509_up_ref(in->bundle.owned_encrypt);
		out->owned_encrypt = out->encrypt = in->bundle.owned_encrypt;
		out->why_encrypt = in->bundle.why_encrypt;
	}
	return cabundle_check(
	    out, (in->options->tolerate & TOLERATE_CLOCK) == 0);
}

/* The reply is verified before its certificates take the place of the others. */
static enum status decode_with(struct cabundle *bundle, struct inputs *in,
    struct scep_request *request, struct scep_reply *reply)
{
	struct cabundle before;
	enum status st;

	request->bundle = bundle;
	st = scep_reply_decode(reply, request, &in->session->unknown);
	request->bundle = &in->bundle;
	if (st == ST_OK) {
		before = in->bundle;
		in->bundle = *bundle;
		*bundle = before;
		replace_certs(in->session, in->bundle.certs);
	}
	return st;
}

enum status renew_ca_decode(struct inputs *in, struct scep_request *request,
    struct scep_reply *reply, const char *text)
{
	struct session *session = in->session;
	struct cabundle bundle = {0};
	struct log_capture capture;
	enum status st;

	if (!is_pinned(session))
		return fail(ST_REPLY,
		    "%s; with --ca-fingerprint, the fingerprint that the CA's "
		    "administrator says, renew requests them again itself",
		    text);
	if (session->ca_fetched_again) {
		log_report(ST_REPLY, text);
		return ST_REPLY;
	}
	session->ca_fetched_again = true;
	log_capture_begin(&capture);
	st = fetch_bundle(&bundle, in);
	if (st == ST_OK)
		st = decode_with(&bundle, in, request, reply);
	log_capture_end(&capture);
	if (reply->verified)
		log_report(st, capture.text);
	else
		st = fail(ST_REPLY,
		    "%s; they were requested again, for --ca-fingerprint, "
		    "without success: %s",
		    text, capture.text);
	cabundle_free(&bundle);
	return st;
}

static enum status find_changes(
    bool *changed, const struct session *session, STACK_OF(X509) *certs)
{
	struct cabundle bundle;
	enum status st =
	    cabundle_read(&bundle, session->options->ca_cert, NULL, NULL);

	if (st != ST_OK)
		return st;
	*changed = caset_find_missing(certs, bundle.certs) != NULL;
	cabundle_free(&bundle);
	return ST_OK;
}

void renew_ca_refresh(struct session *session)
{
	STACK_OF(X509) *certs = NULL;
	struct log_capture capture;
	bool changed = false;
	enum status st;

	if (!is_pinned(session) || session->ca_fetched_again)
		return;
	session->ca_fetched_again = true;
	log_capture_begin(&capture);
	st = fetch_certs(&certs, session);
	if (st == ST_OK)
		st = find_changes(&changed, session, certs);
	log_capture_end(&capture);
	if (st != ST_OK)
		warn(WARN_CA_NOT_RENEWED,
		    "whether the CA has other certificates is not known: %s",
		    capture.text);
	else if (changed)
		replace_certs(session, certs);
	cert_stack_free(certs);
}
