/* query.h: GetCert and GetCRL, what the two have in common (RFC 8894, 3.3.4). */
#ifndef OPS_QUERY_H
#define OPS_QUERY_H

#include <openssl/x509.h>

#include "ops/outputs.h"
#include "pki/cabundle.h"
#include "session.h"
#include "util/status.h"

/* Owns everything; all zero is empty. */
struct query {
	struct cabundle bundle;
	X509 *cert; /* -l: signs, and opens the reply */
	EVP_PKEY *key;
	X509_NAME *issuer;    /* what is asked for */
	ASN1_INTEGER *serial; /* likewise */
	struct outputs outputs;
};

/* Sets query->issuer to a copy of name; serial likewise. */
enum status query_set_issuer(struct query *query, const X509_NAME *name);
enum status query_set_serial(struct query *query, const ASN1_INTEGER *serial);

/*
 * -s: decimal, "AA:BB:CC" or hex with 0x or a letter in it.  ST_ERROR after
 * reporting.
 */
enum status query_parse_serial(struct query *query, const char *text);

/* What tells the two apart. */
struct query_kind {
	enum message_type type;
	const char *status_line; /* "requesting crl" */
	/* Sets issuer and serial of what is asked for. */
	enum status (*choose)(
	    struct query *query, const struct options *options);
	/* Checks what came with SUCCESS, and writes it. */
	enum status (*take)(struct session *session, struct query *query,
	    const struct scep_reply *reply);
};

/*
 * Reads -c, -k and -l, checks them (P6), sends the message, or writes it for
 * -m, and takes the answer; PENDING is none to these.
 */
enum status query_run(struct session *session, const struct query_kind *kind);

#endif
