/* check_tls.h: check looks at TLS: the certificates of server and client. */
#ifndef OPS_CHECK_TLS_H
#define OPS_CHECK_TLS_H

#include "http/observer.h"
#include "ops/finding.h"

/* Why a handshake failed is said by who wanted it. */
void check_tls(struct findings *f, const struct http_tls *tls);

#endif
