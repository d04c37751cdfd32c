/* envelope.h: opens the pkcsPKIEnvelope of a reply (RFC 8894, 3.2.2). */
#ifndef SCEP_ENVELOPE_H
#define SCEP_ENVELOPE_H

#include "pki/der.h"
#include "scep/message.h"
#include "util/spool.h"
#include "util/status.h"

/*
 * Adds to out, which is empty, the decrypted content of the EnvelopedData in run
 * that answers request; nothing when it has no content.  run is in source, which
 * has something else then, or nothing: never are there more than two copies of
 * the content.  The recipient is the
 * key of request's signer, by key transport or key agreement, or the password of
 * request (RFC 8894, 3.1).  ST_REPLY after reporting, or what spool_add()
 * returns; what is in out then is not to be used.  Parse the result with care:
 * about once in 256 times CMS_decrypt() succeeds with a wrong key, and the result
 * is garbage.
 */
enum status envelope_open(struct spool *out, struct der run,
    struct spool *source, const struct scep_request *request);

#endif
