/* envelope.h: opens the pkcsPKIEnvelope of a reply (RFC 8894, 3.2.2). */
#ifndef SCEP_ENVELOPE_H
#define SCEP_ENVELOPE_H

#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "util/buf.h"
#include "util/status.h"

/*
 * Adds to out what is in the EnvelopedData of len bytes that is for
 * recipient, whose private key is key; nothing when there is nothing in it.
 * ST_REPLY after reporting.  What comes out is unproved: with a wrong key it
 * may be garbage (C14).
 */
enum status envelope_open(struct buf *out, const void *bytes, size_t len,
    X509 *recipient, EVP_PKEY *key);

#endif
