/* floor.h: the parts of the floor program. */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <errno.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "common.h"

#define DIGEST_SIZE 32

struct session {
	int fd, port;
	const char *row, *password;
	EVP_PKEY *key, *ca;
	EVP_MD *sha256;
};

/* Ends the program unless a function of libcrypto has returned 1. */
static inline void ok(int status, const char *what)
{
	if (status != 1) {
		errno = 0;
		die(what);
	}
}

/* Reads an RSAPrivateKey, RSAPublicKey (RFC 8017, A.1) or ECPrivateKey of P-256
 * (RFC 5915), in DER. */
EVP_PKEY *key_read(const char *name, bool is_private);

/* A context for the key, after a function such as EVP_PKEY_verify_init(). */
EVP_PKEY_CTX *key_use(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *context));

/* Reads the body of a reply until there are len bytes; returns len. */
size_t reply_fill(
    struct session *session, unsigned char *data, size_t have, size_t len);

/* Does what a SUCCESS needs, whose body has len bytes; the buffer has the first
 * ones, all or as many as it has room for. */
void reply_read_success(
    struct session *session, unsigned char *buffer, size_t have, size_t len);

/* The same for a PENDING, of which all is in the buffer. */
void reply_read_pending(struct session *session, unsigned char *buffer);

#endif
