/* envelope.h: opens the pkcsPKIEnvelope of a reply (RFC 8894, 3.2.2). */
#ifndef SCEP_ENVELOPE_H
#define SCEP_ENVELOPE_H

#include <stddef.h>

#include "scep/message.h"
#include "util/buf.h"
#include "util/status.h"

/*
 * Adds to out the decrypted content of the EnvelopedData of len bytes that
 * answers request; nothing when it has no content.  The recipient is the key of
 * request's signer, by key transport or key agreement, or the password of
 * request (RFC 8894, 3.1).  ST_REPLY after reporting.  Parse the result with
 * care: about once in 256 times CMS_decrypt() succeeds with a wrong key, and
 * the result is garbage.
 */
enum status envelope_open(struct buf *out, const void *bytes, size_t len,
    const struct scep_request *request);

#endif
