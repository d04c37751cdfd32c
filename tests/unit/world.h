/* world.h: a CA with its certificates, and wrong ones, for the tests of src/pki. */
#ifndef WORLD_H
#define WORLD_H

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "util/buf.h"

/* Made once, by world_make(). */
struct world {
	X509 *root, *sub;    /* certSign only */
	X509 *sign, *enc;    /* RA, by root */
	X509 *sub_sign;      /* RA, by sub */
	X509 *both, *plain;  /* self-signed: all usages; no keyUsage */
	X509 *impostor;      /* the root's name, another key */
	X509 *leaf;          /* a client, by sub */
	X509 *root_leaf;     /* a client, by root */
	X509 *plain_sign;    /* RA without keyUsage, by root */
	X509 *ec;            /* an EC key, by root */
	X509 *both_ra;       /* RA by both, with all usages as well */
	X509 *plain_ra;      /* RA by plain, without keyUsage too */
	X509 *expired, *new; /* RA, by root */
	/* Of three other CAs: self-signed for one use each; a root. */
	X509 *strange_sign, *strange_enc, *strange_root;
};
extern struct world world;

/* Setup and teardown of a group of tests; the latter is fixture_cleanup(), too. */
int world_make(void **state);
int world_free(void **state);

/* Self-signed, with that key of fixture_rsa(); usage as in struct cert_spec. */
X509 *world_simple(const char *cn, int key, const char *usage);

/* Issued by another one, with a serial number of its own. */
X509 *world_issued(const char *cn, EVP_PKEY *key, const char *usage,
    X509 *issuer, EVP_PKEY *issuer_key);

void world_add_pem(struct buf *out, X509 *cert);
void world_add_der(struct buf *out, X509 *cert);
void world_add_key(struct buf *out, EVP_PKEY *key);

/* The NIDs of all digests, the first of which is MD5. */
#define WORLD_DIGESTS 6
extern const int world_digests[WORLD_DIGESTS];

/* Extensions with this subjectAltName, as in openssl.cnf; the caller's. */
STACK_OF(X509_EXTENSION) *world_make_extensions(const char *altnames);

/*
 * Gives sha256WithRSAEncryption, wherever it is in the DER, a name that nobody
 * knows.
 */
void world_forget_algorithm(unsigned char *der, size_t len);

#endif
