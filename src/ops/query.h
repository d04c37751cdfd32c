/* query.h: what GetCert and GetCRL have in common (RFC 8894, 3.3.4). */
#ifndef OPS_QUERY_H
#define OPS_QUERY_H

#include <openssl/x509.h>

#include "ops/inputs.h"
#include "scep/message.h"
#include "session.h"
#include "util/status.h"

/* Owns everything; all zero is empty. */
struct query {
	struct inputs in;
	X509_NAME *issuer;    /* of what is asked for */
	ASN1_INTEGER *serial; /* likewise */
};

/* Sets query->issuer to a copy of name; serial likewise. */
enum status query_set_issuer(struct query *query, const X509_NAME *name);
enum status query_set_serial(struct query *query, const ASN1_INTEGER *serial);

/*
 * Sets query->serial to that of -s: decimal, or hex with 0x, with a letter in
 * it or as "AA:BB:CC".  ST_ERROR after reporting.
 */
enum status query_parse_serial(struct query *query, const char *text);

/* How the two differ. */
struct query_kind {
	enum message_type type;
	const char *status_line; /* "requesting crl" */
	/* Sets issuer and serial of what is asked for. */
	enum status (*choose)(struct query *query);
	/* Checks what came with SUCCESS, and writes it. */
	enum status (*write)(
	    struct query *query, const struct scep_reply *reply);
};

/*
 * Reads the inputs, sends the message and has the answer written; or writes
 * the message, with -m.  A query is answered at once: PENDING is an error.
 */
enum status query_run(struct session *session, const struct query_kind *kind);

#endif
