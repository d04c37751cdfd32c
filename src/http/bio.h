/* bio.h: a conn as a BIO of libcrypto, which TLS reads and writes. */
#ifndef HTTP_BIO_H
#define HTTP_BIO_H

#include <stdbool.h>

#include <openssl/bio.h>

#include "http/conn.h"

/* What the BIO is over; borrows conn. */
struct conn_bio {
	struct conn *conn;
	bool ended; /* conn is at its end */
	bool cut;   /* conn failed, with the reason in it */
};

/* The caller's to free, after all BIOs of it; NULL when memory ran out. */
BIO_METHOD *conn_bio_method(void);

/* A BIO that borrows over, and does not wait; NULL when memory ran out. */
BIO *conn_bio_new(const BIO_METHOD *method, struct conn_bio *over);

#endif
