/* advice.h: what to do about a FAILURE, by failInfo and by what was sent. */
#ifndef OPS_ADVICE_H
#define OPS_ADVICE_H

#include <stdbool.h>

#include "scep/scep.h"
#include "util/status.h"

/* What the CA refused. */
struct sent {
	enum message_type first; /* began the transaction; CertPoll with -R */
	bool renewal;            /* an enrolment that -O signs */
	bool password;           /* the request has a challengePassword */
	bool old_algs;           /* the message is in 3des and sha1 */
	bool renew;              /* by the operation renew */
	bool expired;            /* the certificate that signs */
	bool made;               /* the request is made of options of enroll */
};

/* Advice about the failInfo that goes with status, in static text. */
const char *advice_on_failure(enum status status, const struct sent *sent);

/*
 * What to add to that, in static text: "; ..." about --renewal if a server that
 * does not know RenewalReq may have refused so; else "".
 */
const char *advice_on_renewal(enum status status, const struct sent *sent);

/*
 * Advice about an HTTP error with which the server may have refused what was
 * sent, in static text; NULL: none.
 */
const char *advice_on_http_error(const struct sent *sent);

/* Advice about a SUCCESS without a content; renew: to that operation. */
const char *advice_on_no_content(enum message_type type, bool renew);

#endif
