/* chain.h: a certificate from the CA, and the CA certificates above it. */
#ifndef OPS_CHAIN_H
#define OPS_CHAIN_H

#include <openssl/x509.h>

#include "options/options.h"
#include "pki/cabundle.h"
#include "session.h"
#include "util/output.h"
#include "util/status.h"

/*
 * Whether cert verifies with the CA certificates of the bundle; more are
 * possible intermediates (RFC 5280, 6.1).  ST_REPLY after reporting, unless
 * --tolerate issuer; a bundle without a CA certificate is only warned of.
 */
enum status chain_check_issuer(const struct options *options,
    const struct cabundle *bundle, X509 *cert, STACK_OF(X509) *more);

/*
 * Adds the issuer of cert, its issuer and so on, up to one that does not verify
 * with the bundle; chain borrows them from certs.
 */
enum status chain_find_certs(STACK_OF(X509) *chain, X509 *cert,
    STACK_OF(X509) *certs, const struct cabundle *bundle);

/*
 * --chain: writes those of certs that are the CA certificates above cert, the
 * nearest first, and verify with the bundle.  Does nothing when output is
 * closed; that there are none is only noted.
 */
enum status chain_write_certs(const struct session *session,
    struct output *output, const struct cabundle *bundle, X509 *cert,
    STACK_OF(X509) *certs);

#endif
