/* renew_enrol.h: the enrolments that renew runs, and what they leave. */
#ifndef OPS_RENEW_ENROL_H
#define OPS_RENEW_ENROL_H

#include <stdbool.h>

#include "ops/renewal.h"
#include "util/status.h"

/*
 * All of these run an enrolment with options derived from those of r.  The
 * certificate takes its place at once (swap), and r->cert is then the new one.
 * ST_PENDING when the next run is to poll; else as enrolment_run().
 */

/* Polls for the request that CERT.req says may have been sent. */
enum status renew_enrol_resume(struct renewal_state *r, bool *again);

/*
 * Polls for a request that somebody else may have sent for the key of -k, for
 * which there is no certificate.
 */
enum status renew_enrol_take_over(struct renewal_state *r, bool *again);

/* Enrols for the first time, or renews the certificate. */
enum status renew_enrol_send(struct renewal_state *r);

/* Removes CERT.req and KEY.new.  ST_FILE after reporting. */
enum status renew_enrol_forget(const struct renewal_state *r);

#endif
