/* options.h: what the user can set of HTTP and TLS. */
#ifndef HTTP_OPTIONS_H
#define HTTP_OPTIONS_H

#include <stdbool.h>

#include "http/observer.h"

struct pass;

/* Borrows everything; NULL: not given. */
struct tls_options {
	const char *ca_file, *ca_dir; /* CAs, in place of the system's */
	const char *cert, *key;       /* of the client; key NULL: in cert */
	const struct pass *pass;      /* of the key */
	bool insecure;                /* the server is not verified */
	bool judged; /* the observer is told what would be wrong with it */
};

/* Borrows everything. */
struct http_options {
	const char *proxy;    /* "[user:password@]host:port"; NULL: not given */
	unsigned int timeout; /* seconds for one exchange, redirects too */
	unsigned int wait;    /* seconds to repeat connecting; 0: try once */
	struct tls_options tls; /* for https */
	const char *directory;  /* for the spool of a large body, or NULL */
	struct http_observer observer;
};

#endif
