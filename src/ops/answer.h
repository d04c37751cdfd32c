/* answer.h: what the CA answers, in words, and what to do about it. */
#ifndef OPS_ANSWER_H
#define OPS_ANSWER_H

#include "compat/compat.h"
#include "ops/inputs.h"
#include "scep/message.h"
#include "session.h"
#include "util/status.h"

/*
 * Sends the request, reads the reply and says its pkiStatus: "pkistatus:
 * SUCCESS" (RFC 8894, 3.2.1.3).  As session_exchange() otherwise.  renew may get
 * another bundle: see renew_ca_decode().
 */
enum status answer_get_reply(
    struct inputs *in, struct scep_request *request, struct scep_reply *reply);

/*
 * Reports a FAILURE (RFC 8894, 3.2.1.4): the reason on stdout, failInfo,
 * failInfoText, advice by what was sent, and the transactionID on stderr.  first
 * is the message that began the transaction, CertPoll when it was resumed.
 * Returns the exit status that belongs to the failInfo.
 */
enum status answer_report_failure(const struct inputs *in,
    const struct scep_reply *reply, enum message_type first);

/*
 * Reports the text of a failure, whose status it returns; with advice if the
 * server answered with an HTTP error, by which some refuse a renewal.
 */
enum status answer_explain_http_error(const struct inputs *in,
    enum message_type first, enum status st, const char *text) RESULT_COUNTS;

#endif
