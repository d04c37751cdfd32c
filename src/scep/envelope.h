/* envelope.h: opens the pkcsPKIEnvelope of a reply (RFC 8894, 3.2.2). */
#ifndef SCEP_ENVELOPE_H
#define SCEP_ENVELOPE_H

#include <stddef.h>

#include "scep/message.h"
#include "util/buf.h"
#include "util/status.h"

/*
 * Adds to out what is in the EnvelopedData of len bytes that answers request:
 * for its signer, by key transport or key agreement, or by its password (C8;
 * RFC 8894, 3.1); nothing when there is nothing in it.  ST_REPLY after
 * reporting.  What comes out is unproved: with a wrong key it may be garbage
 * (C14).
 */
enum status envelope_open(struct buf *out, const void *bytes, size_t len,
    const struct scep_request *request);

#endif
