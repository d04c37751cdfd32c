/* path.h: verifies certificates against trusted ones (RFC 5280, 6). */
#ifndef PKI_PATH_H
#define PKI_PATH_H

#include <stdbool.h>

#include <openssl/x509.h>

/*
 * Whether cert verifies with trusted as trust anchors and more, which is not
 * trusted and may be NULL, as intermediate certificates.  flags are
 * X509_V_FLAG_..., which choose partial chains and the check of times.  When it
 * does not verify, *reason says why, until the next call.
 */
bool path_verify(X509 *cert, STACK_OF(X509) *trusted, STACK_OF(X509) *more,
    unsigned long flags, const char **reason);

/*
 * The same without the check of times, and with those of anchors that are CA
 * certificates, roots or not, as trust anchors.  PATH_NO_CA: there are none.
 */
enum path_verdict { PATH_VERIFIED, PATH_NO_CA, PATH_REFUSED };
enum path_verdict path_verify_below(STACK_OF(X509) *anchors, X509 *cert,
    STACK_OF(X509) *more, const char **reason);

/*
 * Why cert does not verify below anchors although one of them issued it: that
 * one is no CA certificate (RFC 5280, 4.2.1).  NULL: there is no such one.  The
 * text stays until the next call.
 */
const char *path_explain(STACK_OF(X509) *anchors, X509 *cert);

/*
 * The CA certificates of certs that verify against those of anchors, for use as
 * more.  They are found from the anchors downwards, level by level: among
 * certificates that anybody sent, others of the same name could otherwise keep
 * a path from being found, or make the search long.  NULL when memory ran out.
 */
STACK_OF(X509) *path_find_cas(STACK_OF(X509) *anchors, STACK_OF(X509) *certs);

/*
 * Those of certs for which wanted() is true, each with one more reference.
 * NULL when memory ran out.
 */
STACK_OF(X509) *path_select(STACK_OF(X509) *certs, bool (*wanted)(X509 *));

#endif
