#include "ops/cafetch.h"
#include "ops/cafiles.h"
#include "ops/ops.h"
#include "ops/trust.h"
#include "pki/barecert.h"
#include "pki/cert.h"
#include "session.h"
#include "util/log.h"

/* The certificates, decoded: pins and --json need more than a barecert. */
static enum status write_certs(struct session *session, struct cafiles *files,
    const struct pins *pins, const EVP_MD *md, const struct spool *body)
{
	STACK_OF(X509) *certs = NULL;
	struct barecert cert = {0};
	enum status st;
	bool bare;

	st = cafetch_parse(&certs, &bare, pins, body);
	if (st == ST_OK && bare &&
	    !barecert_from_cert(&cert, sk_X509_value(certs, 0)))
		st = fail_memory();
	if (st == ST_OK)
		st = bare ? cafiles_write_bare(session, files, &cert, md)
			  : cafiles_write_set(session, files, certs, md);
	barecert_free(&cert);
	cert_stack_free(certs);
	return st;
}

static enum status write_answer(struct session *session, struct cafiles *files,
    const struct pins *pins, const EVP_MD *md, const struct spool *body)
{
	bool decoded = pins->count > 0 || session->options->json;
	struct barecert cert = {0};
	enum status st;

	st = !decoded && barecert_parse(&cert, body->bytes.data, body->len)
	    ? cafiles_write_bare(session, files, &cert, md)
	    : write_certs(session, files, pins, md, body);
	barecert_free(&cert);
	return st;
}

static enum status getca_run(struct session *session)
{
	struct http_response response = {0};
	struct cafiles files = {0};
	struct pins pins = {0};
	const EVP_MD *md;
	enum status st;

	st = cafiles_open(&files, session->options->ca_cert, NULL);
	if (st == ST_OK)
		st = trust_read_pins(&pins, session->options);
	if (st != ST_OK)
		goto out;

	say("requesting CA certificate");
	st = cafiles_choose_digest(session, &pins, &md);
	if (st == ST_OK)
		st = cafetch_get(session, &response);
	if (st != ST_OK)
		goto out;

	say("valid response from server");
	st = write_answer(session, &files, &pins, md, &response.body);
out:
	cafiles_close(&files);
	pins_free(&pins);
	response_free(&response);
	return st;
}

OPS_DEFINE(getca, "Get CA/RA certificate(s)");
