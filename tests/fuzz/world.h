/* world.h: a CA, its client, and messages of the CA, all of them made by hand. */
#ifndef WORLD_H
#define WORLD_H

#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "ops/inputs.h"
#include "pki/crl.h"
#include "scep/message.h"
#include "util/buf.h"

/*
 * The CA has an EC key, and the client one of RSA: to sign is fast, and the
 * client opens envelopes.  All are valid from 2000 to 2099.
 */
struct world {
	EVP_PKEY *ca_key, *client_key;
	X509 *ca, *client;   /* the latter is self-signed */
	X509 *issued, *next; /* of ca: for the client, and the next CA */
	X509_REQ *csr;
	struct cabundle bundle; /* of ca */
	ASN1_INTEGER *serial;   /* that GetCert asks for: that of issued */
};

extern struct world world;

/* To be called once, after fuzz_start(). */
void world_make(void);

/* The pass phrase of encrypted keys, which no message may have. */
#define WORLD_PASS "swordfish"

/* A request of that type, which has the nonce WORLD_NONCE. */
#define WORLD_ID    "FUZZ"
#define WORLD_NONCE "0123456789abcdef"
struct scep_request world_request(enum message_type type);

/* Adds an element of DER with that tag. */
void world_add_der(
    struct buf *out, int tag, const void *contents, size_t contents_len);

/* The same with all that is in contents, which is freed. */
void world_enclose(struct buf *out, int tag, struct buf *contents);

/* Adds a certificate, or a CRL, that the CA has signed, with these octets. */
void world_add_issued(struct buf *out, const void *tbs, size_t len);

/*
 * Adds what of a CRL the CA signs, with its first entry so often that it is longer
 * than what is read of a file at once; or as it is, if it has none.
 */
void world_add_long_tbs(struct buf *out, const void *tbs, size_t len);

/* Adds a degenerate SignedData; the parts are in DER, and may be empty. */
void world_add_set(
    struct buf *out, const struct buf *certs, const struct buf *crls);

/* Adds an EnvelopedData for the client. */
void world_add_envelope(struct buf *out, const void *inside, size_t len);

/*
 * Adds a SignedData of the CA, with signed attributes, and with certificates
 * unless certs is NULL.  The value of messageDigest in attributes is replaced by
 * the right one.  type is an eContentType, a NID.
 */
void world_add_signed(struct buf *out, int type, const struct buf *attributes,
    const struct buf *content, const struct buf *certs);

/*
 * Adds signed attributes: contentType, a NID, and messageDigest; and those of a
 * CertRep, unless pki_status is NULL.
 */
void world_add_attributes(
    struct buf *out, int type, const char *pki_status, const char *fail_info);

/*
 * Decodes a CertRep that answers a request of that type, and checks what is
 * accepted: it is signed by the CA; a certificate is issued by it and, of an
 * enrolment, for the key of the client; a CRL is its own.  spooled: the message
 * is decoded twice, from memory and from a file, and has to come out alike.
 */
void world_check_reply(
    enum message_type type, const void *bytes, size_t len, bool spooled);

/* Whether libcrypto, which has decoded other, agrees with crl_parse(). */
void world_check_crl(const struct crl *crl, X509_CRL *other);

/* MESSAGE_PKCSREQ, MESSAGE_GETCERT or MESSAGE_GETCRL, by the bits of kind. */
enum message_type world_type(unsigned int kind);

#endif
