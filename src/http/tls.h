/* tls.h: TLS over a conn; only tls.c names libssl. */
#ifndef HTTP_TLS_H
#define HTTP_TLS_H

#include <stdbool.h>

#include "http/conn.h"
#include "pki/pass.h"
#include "util/status.h"

/* Borrows the names; NULL is not given. */
struct tls_options {
	const char *ca_file, *ca_dir; /* instead of the system's */
	const char *cert, *key;       /* to log in with; key NULL: in cert */
	const struct pass *pass;      /* of the key */
	bool insecure;                /* the server is not verified */
};

struct tls; /* whom to trust and who we are, for any number of conns */

/*
 * Reads the files, and warns when insecure.  After reporting: ST_FILE, or
 * ST_ERROR where TLS is not built in.
 */
enum status tls_open(struct tls **out, const struct tls_options *options);
void tls_close(struct tls *tls);

/*
 * Shakes hands over lower, which it takes, whatever comes of it: TLS 1.2 or
 * later, with SNI for a name, and a certificate that is trusted and has host,
 * a name or an address, in its subjectAltName (RFC 9110, 4.3.4; RFC 9525, 2).
 * Nothing else has been sent when that fails.  CONN_OK: *out is the caller's
 * to close.  Else reason (size bytes) says what is wrong.
 */
enum conn_result tls_connect(struct conn **out, struct tls *tls,
    struct conn *lower, const char *host, char *reason, size_t size);

#endif
