#include "ops/cafiles.h"
#include "ops/inputs.h"
#include "ops/ops.h"
#include "pki/cert.h"
#include "pki/pinned.h"
#include "scep/certs.h"
#include "session.h"
#include "util/log.h"

static const char *const getca_types[] = {
    "application/x-x509-ca-cert", "application/x-x509-ca-ra-cert", NULL};

static enum status getca_run(struct session *session)
{
	struct http_response response = {0};
	STACK_OF(X509) *certs = NULL;
	struct cafiles files = {0};
	struct pins pins = {0};
	const EVP_MD *md;
	enum status st;
	bool bare;

	st = cafiles_open(&files, session->options->ca_cert, NULL);
	if (st == ST_OK)
		st = inputs_read_pins(&pins, session->options);
	if (st != ST_OK)
		goto out;

	say("requesting CA certificate");
	st = cafiles_choose_digest(session, &pins, &md);
	if (st == ST_OK)
		st = session_get(session, "GetCACert", getca_types, &response);
	if (st != ST_OK)
		goto out;

	say("valid response from server");
	st = certs_from_body(
	    &certs, &bare, response.body.data, response.body.len);
	if (st == ST_OK && pins.count > 0)
		st = pinned_keep(certs, NULL, &pins);
	if (st == ST_OK)
		st = bare ? cafiles_write_bare(session, &files, certs, md)
			  : cafiles_write_set(session, &files, certs, md);
out:
	cafiles_close(&files);
	pins_free(&pins);
	cert_stack_free(certs);
	response_free(&response);
	return st;
}

OPS_DEFINE(getca, "Get CA/RA certificate(s)");
