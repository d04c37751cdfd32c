#include <unistd.h>

#include "keys/key_file.h"
#include "ops/ops.h"
#include "ops/outputs.h"
#include "pki/cert.h"
#include "pki/pem.h"
#include "util/contents.h"
#include "util/file.h"
#include "util/log.h"
#include "util/standard.h"

enum status outputs_open_one(
    struct output *output, const char *name, enum output_sync sync)
{
	enum status st = output_open(output, name, key_file_guard);

	output->sync = sync;
	return st;
}

static enum status open_given(
    struct output *output, const char *name, enum output_sync sync)
{
	return name != NULL ? outputs_open_one(output, name, sync) : ST_OK;
}

/*
 * A CA does not issue a certificate twice, but it sends a CRL as often as it is
 * asked to.
 */
static enum output_sync sync_of_crl(const struct options *options)
{
	return options->if_due ? OUTPUT_SYNC_CONTENTS : OUTPUT_SYNC_NOTHING;
}

static enum status open_result(
    struct output *output, const char *name, const struct options *options)
{
	enum status st;

	if (options->operation->op != OP_GETCRL || name == NULL)
		return open_given(output, name, OUTPUT_SYNC_NAME);
	st = output_open(output, name, key_file_guard_large);
	output->sync = sync_of_crl(options);
	return st;
}

enum status outputs_open(
    struct outputs *outputs, const struct options *options, const char *result)
{
	enum status st = ST_OK;

	/* The run that finishes a pending enrolment may sign with it (-O). */
	if (options->sign_cert == NULL)
		st = open_given(&outputs->selfsigned, options->selfsigned,
		    OUTPUT_SYNC_NAME);

	if (st == ST_OK && options->dump_request != NULL)
		return open_given(
		    &outputs->dump, options->dump_request, OUTPUT_SYNC_NOTHING);
	if (st == ST_OK)
		st = open_result(&outputs->result, result, options);
	if (st == ST_OK)
		st = open_given(
		    &outputs->chain, options->chain, OUTPUT_SYNC_CONTENTS);
	return st;
}

void outputs_close(struct outputs *outputs)
{
	output_close(&outputs->result);
	output_close(&outputs->chain);
	output_close(&outputs->selfsigned);
	output_close(&outputs->dump);
}

static bool goes_to_report(
    const struct session *session, const struct output *output)
{
	return session->options->json && file_is_standard(output->name);
}

enum status outputs_write(const struct session *session, struct output *output,
    const struct buf *text)
{
	if (!goes_to_report(session, output))
		return output_write(output, text->data, text->len);
	report_set(session->report, REPORT_PEM, buf_string(text));
	return ST_OK;
}

/* DER to be written in PEM. */
struct pem {
	const char *label;
	struct der der;
};

static bool put_to_file(void *arg, const struct buf *part)
{
	return contents_add(arg, part);
}

static bool write_pem(const struct drain *to, const void *from)
{
	const struct pem *pem = from;
	struct drain copy = *to;

	return pem_write(pem->label, pem->der, put_to_file, &copy);
}

enum status outputs_write_der(const struct session *session,
    struct output *output, const char *label, struct der der)
{
	const struct pem pem = {label, der};
	struct buf text = {0};
	enum status st = ST_OK;

	if (!goes_to_report(session, output))
		return output_write_from(
		    output, &(struct contents){write_pem, &pem});
	if (pem_write(label, der, pem_put_to_buf, &text))
		report_set(session->report, REPORT_PEM, buf_string(&text));
	else
		st = fail_errno(ST_FILE, "%s: cannot encode", output->name);
	buf_free(&text);
	return st;
}

static enum status add_cert(
    struct buf *text, const struct output *output, X509 *cert)
{
	return cert_add_pem(text, cert)
	    ? ST_OK
	    : fail_crypto(ST_FILE, "%s: cannot encode", output->name);
}

enum status outputs_write_cert(
    const struct session *session, struct output *output, X509 *cert)
{
	struct buf text = {0};
	enum status st = add_cert(&text, output, cert);

	if (st == ST_OK)
		st = outputs_write(session, output, &text);
	buf_free(&text);
	return st;
}

enum status outputs_write_certs(
    const struct session *session, struct output *output, STACK_OF(X509) *certs)
{
	struct buf text = {0};
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < sk_X509_num(certs); i++)
		st = add_cert(&text, output, sk_X509_value(certs, i));
	if (st == ST_OK)
		st = outputs_write(session, output, &text);
	buf_free(&text);
	return st;
}

/* Prints the certificate that could not be written; returns where. */
static const char *rescue(const struct session *session, const struct buf *text)
{
	const struct drain out = {STDOUT_FILENO, DRAIN_WAITS};
	const struct drain err = {STDERR_FILENO, DRAIN_WAITS};

	if (session->options->json) {
		report_set(session->report, REPORT_PEM, buf_string(text));
		return "in this object";
	}
	if (!standard_was_closed(STDOUT_FILENO) && contents_add(&out, text))
		return "on standard output";
	contents_add(&err, text);
	return "on standard error";
}

enum status outputs_rescue_issued(
    const struct session *session, const struct buf *text, const char *reason)
{
	return fail(ST_FILE,
	    "the certificate is %s, as it could not be written: %s",
	    rescue(session, text), reason);
}

enum status outputs_write_issued(
    const struct session *session, struct output *output, X509 *cert)
{
	struct log_capture capture;
	struct buf text = {0};
	bool holds = output_holds_signals(output);
	enum status st = add_cert(&text, output, cert);

	if (st != ST_OK)
		return st;
	/* A signal that ends the process does so after the rescue. */
	if (holds)
		output_hold_signals();
	log_capture_begin(&capture);
	st = outputs_write(session, output, &text);
	log_capture_end(&capture);
	if (st != ST_OK)
		st = outputs_rescue_issued(session, &text, capture.text);
	if (holds)
		output_release_signals();
	buf_free(&text);
	return st;
}

enum status outputs_dump(const struct session *session, struct output *output,
    struct scep_request *request)
{
	struct buf message = {0};
	enum status st = scep_request_encode(&message, request);

	if (st == ST_OK)
		st = outputs_write_der(session, output, "PKCS7",
		    octets_in_memory(message.data, message.len));
	if (st == ST_OK)
		say("%s written as %s", scep_message_name(request->type),
		    output->name);
	buf_free(&message);
	return st;
}
