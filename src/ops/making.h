/* making.h: the request that enroll makes from its options, and its key. */
#ifndef OPS_MAKING_H
#define OPS_MAKING_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "session.h"
#include "util/status.h"

/*
 * Whether the options tell to make a request.  With -R one that is there is
 * read instead.  ST_FILE after reporting that this cannot be told.
 */
enum status making_is_wanted(bool *wanted, const struct options *options);

/*
 * Sets *key to the key of -k, which --new-key makes if there is none, and *csr to
 * a request for it (RFC 2986), which has passed the checks of one that is read.
 * With -r it is written there; one that is there is used if it asks for the
 * same.  After reporting: ST_FILE, or ST_ERROR for what cannot be made.  The
 * caller owns both, and frees them in any case.
 */
enum status making_make_csr(
    X509_REQ **csr, EVP_PKEY **key, const struct session *session);

/* Names the request in messages, after "request ": its file, if it has one. */
const char *making_name(const struct options *options);

#endif
