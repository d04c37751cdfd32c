/* path.h: whether a certificate is below others that are trusted. */
#ifndef PKI_PATH_H
#define PKI_PATH_H

#include <stdbool.h>

#include <openssl/x509.h>

/*
 * Whether cert verifies with trusted as anchors, and more, which nobody need
 * trust and may be NULL, as possible intermediates.  flags are
 * X509_V_FLAG_...: whole chains or not, with the time or without.  Where it
 * does not, *reason says why; good until the next call.
 */
bool path_verify(X509 *cert, STACK_OF(X509) *trusted, STACK_OF(X509) *more,
    unsigned long flags, const char **reason);

/*
 * The same, whatever the time is, with the CA certificates of anchors, be
 * they roots or not.  PATH_NO_CA: there is none among them.
 */
enum path_verdict { PATH_VERIFIED, PATH_NO_CA, PATH_REFUSED };
enum path_verdict path_verify_below(STACK_OF(X509) *anchors, X509 *cert,
    STACK_OF(X509) *more, const char **reason);

/*
 * The CA certificates of certs that verify against those of anchors.  They
 * are found from the anchors downwards, a level each time, so that no other
 * certificate stands in their way or costs time: what is sent by anybody is
 * to be verified with these as more.  NULL when memory ran out.
 */
STACK_OF(X509) *path_find_cas(STACK_OF(X509) *anchors, STACK_OF(X509) *certs);

/*
 * Those of certs that wanted() says yes to, each with one reference more;
 * NULL when memory ran out.
 */
STACK_OF(X509) *path_select(STACK_OF(X509) *certs, bool (*wanted)(X509 *));

#endif
