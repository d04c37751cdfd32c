#include "ops/cafiles.h"
#include "ops/checks.h"
#include "ops/ops.h"
#include "pki/cert.h"
#include "pki/pinned.h"
#include "scep/certs.h"
#include "session.h"
#include "util/file.h"
#include "util/log.h"

static const char *const types[] = {
    "application/x-x509-ca-cert", "application/x-x509-ca-ra-cert", NULL};

static enum status run(struct session *session)
{
	struct http_response response = {0};
	STACK_OF(X509) *certs = NULL;
	struct pins pins = {0};
	const EVP_MD *md;
	enum status st;

	if ((st = file_check_writable(session->options->ca_cert)) != ST_OK ||
	    (st = read_pins(&pins, session->options)) != ST_OK)
		goto out;
	say("requesting CA certificate");
	if ((st = cafiles_choose_digest(session, &pins, &md)) != ST_OK ||
	    (st = session_get(session, "GetCACert", types, &response)) != ST_OK)
		goto out;
	say("valid response from server");
	st = certs_from_body(&certs, response.body.data, response.body.len);
	if (st == ST_OK && pins.count > 0)
		st = pinned_keep(certs, NULL, &pins);
	if (st == ST_OK)
		st = cafiles_write(session, certs, md);
out:
	pins_free(&pins);
	cert_stack_free(certs);
	http_response_free(&response);
	return st;
}

const struct operation op_getca = {
    .op = OP_GETCA,
    .name = "getca",
    .help = "Get CA/RA certificate(s)",
    .run = run,
};
