/* cafiles.h: the CA certificates that getca and getnextca write. */
#ifndef OPS_CAFILES_H
#define OPS_CAFILES_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "pki/pin.h"
#include "session.h"
#include "util/output.h"
#include "util/status.h"

/*
 * Chooses the digest of the fingerprints that are printed: that of -F, else of
 * the first pin, else the best that the CA announces (it is asked then), else
 * MD5; SHA-256 instead of MD5 where libcrypto has none.  pins may be NULL.
 */
enum status cafiles_choose_digest(
    struct session *session, const struct pins *pins, const EVP_MD **md);

/*
 * Writes one certificate to output, which is the open file of -c, and several
 * to FILE-0, FILE-1, ..., in order, or all to standard output, and says what
 * they are.  A set is replaced whole or not at all.  What an earlier answer
 * left under names that this one does not use is moved to NAME.old.
 */
enum status cafiles_write_certs(struct session *session, struct output *output,
    STACK_OF(X509) *certs, const EVP_MD *md);

#endif
