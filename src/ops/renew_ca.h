/* renew_ca.h: the CA certificates of -c, when there are none or others. */
#ifndef OPS_RENEW_CA_H
#define OPS_RENEW_CA_H

#include <stdbool.h>

#include "ops/inputs.h"
#include "scep/message.h"
#include "session.h"
#include "util/status.h"

/* Whether there are any, in the file of -c or its set. */
enum status renew_ca_find(bool *there, const char *path);

/* Reports that there are none, and no --ca-fingerprint: ST_FILE. */
enum status renew_ca_fail_absent(const char *path);

/*
 * If there are none, requests them and writes those that --ca-fingerprint lets
 * through, all to the file of -c.  After reporting: ST_FILE without a
 * --ca-fingerprint or as renew_ca_look(); else as session_get().
 */
enum status renew_ca_provide(struct session *session);
/* Whether the file that is there, and empty, may get them.  As trust_check_writers(). */
enum status renew_ca_look(const char *path);

/*
 * For a reply that is signed by none of the bundle, as the text of the failure
 * says: with --ca-fingerprint, and once, requests the certificates again, and
 * decodes the same reply with those that the pins let through.  If it is good,
 * they replace the bundle of in and the file of -c; that this cannot be written
 * is a warning.  Else ST_REPLY after reporting, and nothing is changed.
 */
enum status renew_ca_decode(struct inputs *in, struct scep_request *request,
    struct scep_reply *reply, const char *text);

/*
 * After a request that the CA could not read, or answered with an HTTP error: if
 * it has other certificates, which --ca-fingerprint lets through, they replace
 * those of -c, for the next request.  Does nothing if they were requested again
 * already; a failure is a warning.
 */
void renew_ca_refresh(struct session *session);

#endif
