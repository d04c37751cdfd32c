/* observer.h: who is told how a connection, or an answer, comes about. */
#ifndef HTTP_OBSERVER_H
#define HTTP_OBSERVER_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/x509.h>

/* How it went to connect to one address. */
struct http_try {
	const char *host, *address; /* of the server or its proxy */
	unsigned int port;
	const char *why;        /* it failed; NULL: connected */
	long long milliseconds; /* that it took */
	int left;               /* addresses that are still to be tried */
};

/* A TLS handshake, or as far as it came. */
struct http_tls {
	bool up;                      /* it is done */
	const char *version, *cipher; /* after it, "TLSv1.3" */
	X509 *peer;          /* certificate of the server; NULL: none came */
	const char *verdict; /* why that is not trusted; "": it is */
	bool asked;          /* for a certificate of the client */
};

/*
 * All that is handed over is borrowed, and valid during the call only.  Each of
 * the functions gets arg, and may be NULL.
 */
struct http_observer {
	void *arg;
	/* Returns whether all others are to be tried if this one is good. */
	bool (*tried)(const struct http_try *tried, void *arg);
	/* A proxy opened a tunnel; the names are those of messages. */
	void (*tunnelled)(const char *proxy, const char *peer, void *arg);
	void (*secured)(const struct http_tls *tls, void *arg);
	/* A redirect is followed; URLs without their query. */
	void (*redirected)(
	    int status, const char *from, const char *to, void *arg);
	/*
	 * While a body comes in, and while it does not, with the bytes so far
	 * and its Content-Length; 0: unknown.
	 */
	void (*received)(size_t bytes, size_t total, void *arg);
};

#endif
