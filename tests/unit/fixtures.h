/* fixtures.h: files, output, keys and certificates for the unit tests. */
#ifndef FIXTURES_H
#define FIXTURES_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "compat/compat.h"

/*
 * cmocka's macro is in the way of util/log.h, to be included after this; its
 * fail_msg() needs it, so here is another one.
 */
#undef fail
void fixture_fail(const char *format, ...) PRINTF_LIKE(1, 2);

/* assert_in_range() is deprecated in cmocka 2; its successors are new there. */
#define assert_within(value, least, most) \
	fixture_within(__FILE__, __LINE__, (long long)(value), \
	    (long long)(least), (long long)(most))
void fixture_within(const char *file, int line, long long value,
    long long least, long long most);

#define NITEMS(a) (sizeof(a) / sizeof((a)[0]))

/*
 * A directory of the test program's own, made at the first call;
 * fixture_path() is a file of that name in it, good for 32 calls.
 * fixture_cleanup() removes it with all that is in it, and frees the keys.
 */
const char *fixture_directory(void);
const char *fixture_path(const char *name);
void fixture_write(const char *path, const void *bytes, size_t len);
void fixture_remove(const char *path);
int fixture_cleanup(void **state);

/* How many entries a directory has, "." and ".." not counted. */
int fixture_count_files(const char *path);

/*
 * Keeps what is written to stdout (1) or stderr (2) between the two; no
 * assertions in between.  The text is good until the next stop.
 */
void capture_start(int fd);
const char *capture_stop(void);

/* fail() and warn() print nothing in between. */
void silence_start(void);
void silence_stop(void);

/* Keys are made once and borrowed: RSA 2048 of any number, and P-256. */
#define FIXTURE_KEYS 8
EVP_PKEY *fixture_rsa(int number);
EVP_PKEY *fixture_ec(void);

/* A certificate to be made; what is zero has the default that is named. */
struct cert_spec {
	const char *cn;
	EVP_PKEY *key;
	const char *usage;    /* as in openssl's configuration; none */
	const char *purpose;  /* extendedKeyUsage, likewise; none */
	bool ca;              /* basicConstraints */
	bool ids;             /* subject and authority key identifier */
	X509 *issuer;         /* itself */
	EVP_PKEY *issuer_key; /* key */
	long serial;          /* 1 */
	long from, to;        /* days from now: -1 and 100 */
};

/* The caller owns what these return; the test ends when they cannot. */
X509 *fixture_cert(const struct cert_spec *spec);
X509_REQ *fixture_csr(const char *cn, EVP_PKEY *key);
X509_NAME *fixture_name(const char *cn);

/* An upper bound for the stacks below. */
#define FIXTURE_STACK 8

/* The certificates up to the first NULL, each with a reference of its own. */
STACK_OF(X509) *fixture_stack(X509 *const *certs);

#endif
