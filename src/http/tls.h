/* tls.h: TLS over a conn; only tls.c names libssl. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <stddef.h>

#include "http/conn.h"
#include "http/observer.h"
#include "http/options.h"
#include "util/status.h"

struct tls; /* the CAs, and the client's certificate, for any number of conns */

/*
 * Reads the files that options name; warns if the server is not verified.
 * After reporting: ST_FILE; ST_ERROR if TLS is not built in, and for a key
 * without a certificate.
 */
enum status tls_open(struct tls **out, const struct tls_options *options);
void tls_close(struct tls *tls);

/*
 * Shakes hands over lower, which it owns from now on, even if it fails: TLS
 * 1.2 or later, SNI if host is a name.  The server's certificate must be
 * trusted, and host, a name or an address, must be in its subjectAltName
 * (RFC 9110, 4.3.4; RFC 9525, 2); no application data is sent before.
 * CONN_OK: the caller closes *out.  Else reason (size bytes) says what is
 * wrong.  observer is told of the handshake.
 */
enum conn_result tls_connect(struct conn **out, struct tls *tls,
    struct conn *lower, const char *host, const struct http_observer *observer,
    char *reason, size_t size);

#endif
