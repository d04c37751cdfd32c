/* making.h: the request that enroll makes from its options, and its key. */
#ifndef OPS_MAKING_H
#define OPS_MAKING_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "session.h"
#include "util/status.h"

/*
 * Sets *key, if it is NULL, to the key of -k, which --new-key makes if there is
 * none, and *csr to a request for it (RFC 2986), which has passed the checks of one that is read.
 * One that is in the file of -r is used if it asks for the same.  After
 * reporting: ST_FILE, or ST_ERROR for what cannot be made.  The caller owns both,
 * and frees them in any case.
 */
enum status making_make_csr(
    X509_REQ **csr, EVP_PKEY **key, const struct session *session);

/*
 * Writes the request that was made to -r, if that is given and not there; not
 * with -R, whose options may be others than those of what was sent.  ST_FILE
 * after reporting, also if another request is there by now.
 */
enum status making_write_csr(X509_REQ *csr, const struct options *options);

/* Names the request in messages, after "request ": its file, if it has one. */
const char *making_name(const struct options *options);

#endif
