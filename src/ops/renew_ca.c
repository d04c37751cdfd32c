#include "ops/cafetch.h"
#include "ops/inputs.h"
#include "ops/outputs.h"
#include "ops/renew_ca.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "util/log.h"

static enum status find_certs(bool *there, const char *path)
{
	struct buf name = {0};
	enum status st = caset_find_base(there, path);

	if (st == ST_OK && !*there)
		st = caset_find_file(there, &name, path, 0);
	buf_free(&name);
	return st;
}

static enum status fetch_certs(
    STACK_OF(X509) **out, struct session *session, const struct pins *pins)
{
	struct http_response response = {0};
	enum status st;
	bool bare;

	say("requesting CA certificate");
	st = cafetch_get(session, &response);
	if (st == ST_OK)
		st = cafetch_parse(out, &bare, pins, &response.body);
	response_free(&response);
	return st;
}

static enum status provide(struct session *session, const struct pins *pins)
{
	const char *path = session->options->ca_cert;
	struct output output = {0};
	STACK_OF(X509) *certs = NULL;
	enum status st = outputs_open_one(&output, path, OUTPUT_SYNC_CONTENTS);

	if (st == ST_OK)
		st = fetch_certs(&certs, session, pins);
	if (st == ST_OK)
		st = outputs_write_certs(session, &output, certs);
	if (st == ST_OK)
		say("CA certificates written as %s", path);
	output_close(&output);
	cert_stack_free(certs);
	return st;
}

enum status renew_ca_provide(struct session *session)
{
	const char *path = session->options->ca_cert;
	struct pins pins = {0};
	bool there;
	enum status st = find_certs(&there, path);

	if (st != ST_OK || there)
		return st;
	if (session->options->ca_fingerprints.count == 0)
		return fail(ST_FILE,
		    "CA certificates %s: there are none: get them with getca, "
		    "and compare the fingerprint that it prints with what the "
		    "CA's administrator says, or give that as --ca-fingerprint",
		    path);
	st = inputs_read_pins(&pins, session->options);
	if (st == ST_OK)
		st = provide(session, &pins);
	pins_free(&pins);
	return st;
}
