/* query.h: GetCert and GetCRL, what the two have in common (RFC 8894, 3.3.4). */
#ifndef OPS_QUERY_H
#define OPS_QUERY_H

#include <openssl/x509.h>

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
};

/*
 * Reads -c, -k and -l, and checks them (P6).  issuer and serial are left to
 * the caller.  query is to be freed in any case.
 */
enum status query_read(struct query *query, const struct options *options);
void query_free(struct query *query);

/* Sets query->issuer to a copy of name; serial likewise. */
enum status query_set_issuer(struct query *query, const X509_NAME *name);
enum status query_set_serial(struct query *query, const ASN1_INTEGER *serial);

/*
 * -s: decimal, "AA:BB:CC" or hex with 0x or a letter in it.  ST_ERROR after
 * reporting.
 */
enum status query_parse_serial(struct query *query, const char *text);

/*
 * Sends the GetCert or GetCRL and reads the answer.  ST_OK is SUCCESS;
 * PENDING is no answer to these.  reply is the caller's to free.
 */
enum status query_exchange(struct session *session, const struct query *query,
    enum message_type type, struct scep_reply *reply);

/* -m: writes the message instead. */
enum status query_dump(
    struct session *session, const struct query *query, enum message_type type);

#endif
