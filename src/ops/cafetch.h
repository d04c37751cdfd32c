/* cafetch.h: the CA certificates that the server sends (RFC 8894, 4.2). */
#ifndef OPS_CAFETCH_H
#define OPS_CAFETCH_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "http/http.h"
#include "pki/pin.h"
#include "session.h"
#include "util/spool.h"
#include "util/status.h"

/* Sends GetCACert.  As session_get(). */
enum status cafetch_get(
    struct session *session, struct http_response *response);

/*
 * Sets *out to the certificates of the answer, those that the pins let through
 * if there are any.  bare: it is one that is sent alone.  The caller frees *out
 * in any case.  ST_REPLY after reporting.
 */
enum status cafetch_parse(STACK_OF(X509) **out, bool *bare,
    const struct pins *pins, const struct spool *body);

#endif
