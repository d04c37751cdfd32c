/* answer.h: what the CA answers, in words, and what to do about it. */
#ifndef OPS_ANSWER_H
#define OPS_ANSWER_H

#include "scep/message.h"
#include "session.h"
#include "util/report.h"
#include "util/status.h"

/*
 * Sends the request, reads the reply and says its pkiStatus: "pkistatus:
 * SUCCESS" (RFC 8894, 3.2.1.3).  As session_exchange() otherwise.
 */
enum status answer_get_reply(struct session *session,
    struct scep_request *request, struct scep_reply *reply);

/*
 * Reports a FAILURE (RFC 8894, 3.2.1.4): the reason on stdout, failInfo,
 * failInfoText and advice on stderr.  first is the message that began the
 * transaction, CertPoll when it was resumed; the operator of the CA needs
 * transaction_id, ours.  Returns the exit status that belongs to the failInfo.
 */
enum status answer_report_failure(struct report *report,
    const struct scep_reply *reply, enum message_type first,
    const char *transaction_id);

#endif
