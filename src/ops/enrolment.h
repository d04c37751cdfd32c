/* enrolment.h: one enrolment, from the first message to the last reply. */
#ifndef OPS_ENROLMENT_H
#define OPS_ENROLMENT_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "ops/inputs.h"
#include "session.h"
#include "util/status.h"

struct enrolment {
	/*
	 * Called when all has been checked, just before the first message is
	 * sent; may be NULL.
	 */
	enum status (*record)(const struct inputs *in, void *arg);
	/* Writes the certificate that was issued; certs are all of the reply. */
	enum status (*deliver)(
	    struct inputs *in, X509 *cert, STACK_OF(X509) *certs, void *arg);
	void *arg;    /* of both, borrowed */
	bool refused; /* set: the CA answered FAILURE */
	bool granted; /* set: it answered SUCCESS */
};

/*
 * Enrols as the options of the session say: makes or reads the request, sends
 * it or, with -R, a CertPoll, polls while the CA answers PENDING (RFC 8894, 4.4),
 * and delivers the certificate.  With -m nothing is sent.  ST_PENDING at the
 * limits of polling; for a FAILURE the status of its failInfo.
 */
enum status enrolment_run(struct enrolment *e, struct session *session);

/* The capabilities decide between RenewalReq and PKCSReq (RFC 8894, 3.5.2). */
bool enrolment_needs_caps(const struct options *options);

/*
 * Whether the message can be made that would be sent first, after inputs_prepare().
 * Nothing is sent.  ST_ERROR after reporting.
 */
enum status enrolment_try(const struct inputs *in);

#endif
