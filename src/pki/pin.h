/* pin.h: fingerprints that pin CA and RA certificates (RFC 8894, 2.2). */
#ifndef PKI_PIN_H
#define PKI_PIN_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509.h>

#include "util/status.h"

/* A fingerprint; text and digest, a name of algs.h, are borrowed. */
struct pin {
	const char *text, *digest;
	const EVP_MD *md; /* after pins_read() */
	unsigned char bytes[EVP_MAX_MD_SIZE];
	size_t len;
};

/*
 * Reads a fingerprint in hex as programs print it and people paste it.  Colons,
 * blanks and case are ignored; the name of the digest, the word "fingerprint"
 * and a colon or equals sign may precede it.  Without a name the number of
 * digits tells the digest.  False for anything else, and problem, of size
 * bytes, says what is wrong.
 */
bool pin_parse(struct pin *out, const char *text, char *problem, size_t size);

/*
 * RFC 8894, 2.2: the fingerprint is the digest of the whole certificate, by
 * SHA-256; other digests are accepted as well.
 */
bool pin_matches(const struct pin *pin, const X509 *cert);

/* Owns list and vouched; all zero is without pins. */
struct pins {
	struct pin *list;
	size_t count;
	STACK_OF(X509) *vouched; /* as good as pinned; or NULL */
	bool unmarked_ra;        /* --tolerate ra */
};

/*
 * Parses texts, which are borrowed.  ST_ERROR after reporting, also when the
 * policy of libcrypto forbids a digest.  Call pins_free() in any case.
 */
enum status pins_read(struct pins *out, char *const *texts, size_t count);
void pins_free(struct pins *pins);

#endif
