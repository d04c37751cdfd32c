#include "ops/cafiles.h"
#include "ops/getnextca.h"
#include "ops/ops.h"
#include "ops/outputs.h"
#include "ops/trust.h"
#include "pki/cabundle.h"
#include "pki/cert.h"
#include "scep/nextca.h"
#include "session.h"
#include "util/log.h"

static const char *const getnextca_types[] = {
    "application/x-x509-next-ca-cert", NULL};

/* -c, and -w for the certificate of the signer. */
struct getnextca_files {
	struct cafiles certs;
	struct output signer;
};

static enum status open_files(
    struct getnextca_files *files, const struct options *options)
{
	enum status st =
	    cafiles_open(&files->certs, options->ca_cert, options->ca_chain);

	if (st == ST_OK && options->output != NULL)
		st = outputs_open_one(
		    &files->signer, options->output, OUTPUT_SYNC_CONTENTS);
	return st;
}

/*
 * RFC 8894, 4.7, does not say how a server answers that has no next CA
 * certificate: servers send 404, 500, or nothing.
 */
static bool has_none(const struct http_response *response)
{
	if (response->outcome != HTTP_ANSWERED)
		return false;
	if (response->status / 100 == 2)
		return response->body.len == 0;
	return response->status == 404 || response->status == 500;
}

/* A server that answers GetCACaps no better may be the wrong one. */
static enum status fail_none(
    const struct session *session, const struct http_response *response)
{
	const char *body =
	    response->status / 100 == 2 ? " with an empty body" : "";
	const char *blank = response->reason[0] != '\0' ? " " : "";

	if (session->caps_failed)
		return fail(ST_NETWORK,
		    "the server answered %d%s%s%s to GetNextCACert, and no "
		    "better to GetCACaps: check the URL and the CA identifier "
		    "(-i)",
		    response->status, blank, response->reason, body);
	return fail(ST_NO_NEXT_CA,
	    "the server has no next CA certificate available: it answered "
	    "%d%s%s%s; if in doubt, check the URL and -i",
	    response->status, blank, response->reason, body);
}

enum status getnextca_fetch(
    struct session *session, struct http_response *response)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = session_get(session, "GetNextCACert", getnextca_types, response);
	log_capture_end(&capture);
	if (st == ST_OK || !has_none(response)) {
		log_report(st, capture.text);
		return st;
	}
	verbose("%s", capture.text);
	return fail_none(session, response);
}

/* Only a warning: late in a rollover the CA may have no other certificate. */
static void warn_of_signer(const X509 *signer)
{
	char name[QUOTE_SIZE];
	int when = cert_time_status(signer);

	cert_name_quote(name, sizeof(name), X509_get_subject_name(signer));
	if (when > 0)
		warn(WARN_SIGNER_EXPIRED,
		    "%s, which signed the answer, has expired", name);
	else if (when < 0)
		warn(WARN_SIGNER_NOT_YET_VALID,
		    "%s, which signed the answer, is not valid yet", name);
}

static enum status write_verified(struct session *session,
    struct getnextca_files *files, const struct cabundle *current,
    const struct buf *body, const EVP_MD *md)
{
	const struct options *options = session->options;
	const struct nextca_trust trust = {
	    .current = current,
	    .option = "-C",
	    .tolerate = options->tolerate,
	    .policy = session_digest_policy(session),
	};
	STACK_OF(X509) *certs = NULL;
	X509 *signer = NULL;
	enum status st;

	st = nextca_decode(&certs, &signer, &trust, body->data, body->len);
	if (st == ST_OK) {
		warn_of_signer(signer);
		st = cafiles_write_set(session, &files->certs, certs, md);
	}
	if (st == ST_OK && options->output != NULL) {
		st = outputs_write_cert(session, &files->signer, signer);
		if (st == ST_OK)
			say("certificate written as %s", options->output);
	}
	cert_stack_free(certs);
	X509_free(signer);
	return st;
}

static enum status getnextca_run(struct session *session)
{
	struct http_response response = {0};
	struct cabundle current = {0};
	struct getnextca_files files = {0};
	const EVP_MD *md;
	enum status st;

	if ((st = open_files(&files, session->options)) != ST_OK ||
	    (st = cabundle_read(
		 &current, session->options->ca_chain, NULL, NULL)) != ST_OK)
		goto out;
	trust_warn_planted(session->options->ca_chain);
	say("requesting next CA certificate");
	if ((st = cafiles_choose_digest(session, NULL, &md)) != ST_OK ||
	    (st = getnextca_fetch(session, &response)) != ST_OK)
		goto out;
	say("valid response from server");
	st =
	    write_verified(session, &files, &current, &response.body.bytes, md);
out:
	cafiles_close(&files.certs);
	output_close(&files.signer);
	response_free(&response);
	cabundle_free(&current);
	return st;
}

OPS_DEFINE(getnextca, "Get next CA/RA certificate(s)");
