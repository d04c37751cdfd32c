/* bio.h: a conn as a BIO of libcrypto, through which TLS reads and writes. */
#ifndef HTTP_BIO_H
#define HTTP_BIO_H

#include <stdbool.h>

#include <openssl/bio.h>

#include "http/conn.h"

/* What the BIO reads from and writes to; borrows conn. */
struct bio_conn {
	struct conn *conn;
	bool ended;  /* conn is at its end */
	bool failed; /* conn failed; the reason is in it */
};

/* The caller frees it, after its BIOs; NULL when memory ran out. */
BIO_METHOD *bio_new_method(void);

/* A non-blocking BIO that borrows below; NULL when memory ran out. */
BIO *bio_new(const BIO_METHOD *method, struct bio_conn *below);

#endif
