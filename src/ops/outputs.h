/* outputs.h: the files that an operation writes. */
#ifndef OPS_OUTPUTS_H
#define OPS_OUTPUTS_H

#include <openssl/x509.h>

#include "options/options.h"
#include "pki/octets.h"
#include "scep/message.h"
#include "session.h"
#include "util/output.h"
#include "util/status.h"

/* An output that was not asked for is closed. */
struct outputs {
	struct output result;     /* -l of enroll, -w */
	struct output chain;      /* --chain */
	struct output selfsigned; /* -L */
	struct output dump;       /* -m; result is closed then */
};

/*
 * Opens them before anything is sent: a certificate that cannot be written must
 * not be issued.  result is the name of outputs->result.  ST_FILE after
 * reporting.  outputs is to be closed in any case.
 */
enum status outputs_open(
    struct outputs *outputs, const struct options *options, const char *result);
void outputs_close(struct outputs *outputs);

/* output_open() with sync that refuses to replace a file with a private key. */
enum status outputs_open_one(
    struct output *output, const char *name, enum output_sync sync);

/*
 * Writes the text to the output.  With --json, what would go to standard output
 * goes into the report.
 */
enum status outputs_write(const struct session *session, struct output *output,
    const struct buf *text);
enum status outputs_write_der(const struct session *session,
    struct output *output, const char *label, struct der der); /* in PEM */
enum status outputs_write_cert(
    const struct session *session, struct output *output, X509 *cert);
enum status outputs_write_certs(const struct session *session,
    struct output *output, STACK_OF(X509) *certs);

/*
 * Writes an issued certificate.  The CA may not issue it again: when it cannot
 * be written it goes to standard output or standard error, or with --json into
 * the report, and ST_FILE is returned.
 */
enum status outputs_write_issued(
    const struct session *session, struct output *output, X509 *cert);

/* The second half of that, for its text in PEM and the reason: ST_FILE. */
enum status outputs_rescue_issued(
    const struct session *session, const struct buf *text, const char *reason);

/* -m: encodes the request and writes it in PEM labelled PKCS7. */
enum status outputs_dump(const struct session *session, struct output *output,
    struct scep_request *request);

#endif
