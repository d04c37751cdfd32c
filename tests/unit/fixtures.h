/* fixtures.h: files, output, keys and certificates for the unit tests. */
#ifndef FIXTURES_H
#define FIXTURES_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "compat/compat.h"
#include "rows.h"

/* In a build with the address sanitizer. */
#if defined(__SANITIZE_ADDRESS__)
#define FIXTURE_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIXTURE_SANITIZED
#endif
#endif

/*
 * cmocka's macro fail() hides fail() of util/log.h, which must be included
 * after this header. cmocka's fail_msg() needs the macro, so it is replaced.
 */
#undef fail
void fixture_fail(const char *format, ...) PRINTF_LIKE(1, 2);

/* cmocka 2 deprecates assert_in_range(); cmocka 1 lacks its successors. */
#define assert_within(value, least, most) \
	fixture_within(__FILE__, __LINE__, (long long)(value), \
	    (long long)(least), (long long)(most))
void fixture_within(const char *file, int line, long long value,
    long long least, long long most);

/*
 * A temporary directory of the test program, made at the first call.
 * fixture_path() returns the path of a file in it; the string stays valid for
 * 32 calls. fixture_cleanup() removes the directory with its contents, and
 * frees the keys.
 */
const char *fixture_directory(void);
const char *fixture_path(const char *name);
void fixture_write(const char *path, const void *bytes, size_t len);
void fixture_remove(const char *path);
int fixture_cleanup(void **state);

/* Returns the number of entries of a directory, without "." and "..". */
int fixture_count_files(const char *path);

/*
 * Captures what is written to stdout (1) or stderr (2) between the two calls.
 * An assertion must not fail in between: its message would be captured.  The
 * text is valid until the next capture_stop().
 */
void capture_start(int fd);
const char *capture_stop(void);

/* Between the two calls fail() and warn() print nothing. */
void silence_start(void);
void silence_stop(void);

/*
 * Ends a child that a test has forked, without what exit() would do for the
 * parent; with the address sanitizer it is an error if the child lost memory.
 */
_Noreturn void fixture_exit(int status);

/* Borrowed: numbered RSA 2048 keys, those of keys.h, and a P-256 key. */
#define FIXTURE_KEYS 8
EVP_PKEY *fixture_rsa(int number);
EVP_PKEY *fixture_ec(void);

/*
 * Between the two calls RAND_bytes() fails.  False: this libcrypto does not let
 * it be replaced.
 */
bool no_random_start(void);
void no_random_stop(void);

/* A certificate to be made; a field of zero means the default beside it. */
struct cert_spec {
	const char *cn;
	EVP_PKEY *key;
	const char *usage;    /* as in openssl.cnf; none */
	const char *purpose;  /* extendedKeyUsage, likewise; none */
	bool ca;              /* basicConstraints */
	bool ids;             /* subject and authority key identifier */
	X509 *issuer;         /* itself */
	EVP_PKEY *issuer_key; /* key */
	long serial;          /* 1 */
	long from, to;        /* days from now: -1 and 100 */
};

/* The caller owns what these return; they end the test on failure. */
X509 *fixture_cert(const struct cert_spec *spec);
/* A CA with a key that fixture_cert() cannot sign with; its signature is none. */
X509 *fixture_ca_of(EVP_PKEY *key);
X509_REQ *fixture_csr(const char *cn, EVP_PKEY *key);
X509_NAME *fixture_name(const char *cn);

/* An upper bound for the stacks below. */
#define FIXTURE_STACK 8

/* A stack of the certificates up to the first NULL; it takes references. */
STACK_OF(X509) *fixture_stack(X509 *const *certs);

#endif
