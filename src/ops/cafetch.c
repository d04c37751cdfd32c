#include "ops/cafetch.h"
#include "pki/pinned.h"
#include "scep/certs.h"

static const char *const getca_types[] = {
    "application/x-x509-ca-cert", "application/x-x509-ca-ra-cert", NULL};

enum status cafetch_get(struct session *session, struct http_response *response)
{
	return session_get(session, "GetCACert", getca_types, response);
}

enum status cafetch_parse(STACK_OF(X509) **out, bool *bare,
    const struct pins *pins, const struct spool *body)
{
	enum status st =
	    certs_from_body(out, bare, body->bytes.data, body->len);

	if (st == ST_OK && pins->count > 0)
		st = pinned_keep(*out, NULL, pins);
	return st;
}
