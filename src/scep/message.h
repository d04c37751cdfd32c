/* message.h: encodes and decodes pkiMessages (RFC 8894, 3.1 to 3.3). */
#ifndef SCEP_MESSAGE_H
#define SCEP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "pki/cabundle.h"
#include "pki/der.h"
#include "scep/scep.h"
#include "util/buf.h"
#include "util/spool.h"
#include "util/status.h"

/* A request, with which its reply is compared.  Borrows everything. */
struct scep_request {
	enum message_type type;
	const char *transaction_id;          /* PrintableString */
	unsigned char nonce[SCEP_NONCE_LEN]; /* set by scep_request_encode() */
	const void *content;                 /* the messageData, DER */
	size_t content_len;
	const struct buf *password;    /* the challengePassword, or NULL */
	const struct cabundle *bundle; /* recipient, and signers of replies */
	X509 *signer; /* self-signed, or one that was issued before */
	EVP_PKEY *key;
	const EVP_MD *digest;
	const EVP_CIPHER *cipher;
	bool oaep, pss;        /* for RSA keys; without, PKCS#1 v1.5 */
	unsigned int tolerate; /* bits of enum tolerate: checks to skip */
	struct digest_policy policy;
};

/*
 * A CertRep that passed every check.  Owns what it points to, and must stay where
 * it is.
 */
struct scep_reply {
	bool verified;       /* its signature is good, whatever else is wrong */
	bool unknown_signer; /* the bundle has not the certificate of it */
	bool no_content;     /* SUCCESS, but nothing came with it */
	enum pki_status status;
	char *transaction_id; /* that of the reply, escaped; or NULL */
	const struct fail_info *fail_info; /* with PKI_FAILURE; static */
	char *fail_info_text;  /* with PKI_FAILURE, as sent, or NULL */
	STACK_OF(X509) *certs; /* with PKI_SUCCESS */
	struct der crl;        /* with PKI_SUCCESS to GetCRL: DER, unchecked */
	struct spool inside;   /* the content of the envelope; crl is in it */
};

/*
 * Adds the pkiMessage in DER to out (RFC 8894, 3.1): the messageData is
 * encrypted for the bundle's recipient, then signed with a fresh senderNonce.
 */
enum status scep_request_encode(struct buf *out, struct scep_request *request);

/*
 * Decodes and checks the CertRep in body that answers request: the signature, by a
 * certificate of the bundle, then the attributes, the envelope, and the
 * certificates or the CRL (RFC 8894, 3.2 and 3.3.2).  What was in body is freed
 * when there is a copy of its content: it is not to be read again, except with
 * another bundle after unknown_signer.  After reporting the first check that
 * fails: ST_REPLY, or what spool_add() returns; out is then empty but for verified,
 * unknown_signer and no_content.  While verified is false, anybody may have sent
 * the bytes.
 */
enum status scep_reply_decode(struct scep_reply *out,
    const struct scep_request *request, struct spool *body);
void scep_reply_free(struct scep_reply *reply);

#endif
