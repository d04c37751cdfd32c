/* inputs.h: what a signed operation reads and checks before it sends. */
#ifndef OPS_INPUTS_H
#define OPS_INPUTS_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "ops/outputs.h"
#include "pki/cabundle.h"
#include "scep/message.h"
#include "session.h"
#include "util/buf.h"
#include "util/status.h"

/* Borrows session and options, owns the rest; all zero is empty. */
struct inputs {
	struct session *session;
	const struct options *options;
	struct outputs outputs;
	struct cabundle bundle; /* -c, -e */

	X509_REQ *csr;       /* enroll: -r, or made */
	EVP_PKEY *public;    /* enroll: the key of csr */
	EVP_PKEY *csr_key;   /* enroll: -k; when -K signs NULL or any key */
	struct buf password; /* of csr, or --challenge; a secret */

	/*
	 * They sign the messages and open the replies.  signer is -O of
	 * enroll or -l of the others; else it is self-signed, and there after
	 * inputs_prepare() only.
	 */
	X509 *signer;
	EVP_PKEY *key;
	struct buf transaction_id;
};

/*
 * Opens the outputs, reads what the options name, and checks it.  Whatever is
 * wrong is found before anything is sent: a challengePassword may be good for
 * one use only.  in is to be freed in any case.
 */
enum status inputs_read_enrolment(struct inputs *in, struct session *session);
enum status inputs_read_query(struct inputs *in, struct session *session);
void inputs_free(struct inputs *in);

/*
 * The steps of inputs_read_enrolment(), but for the files that are written, for
 * who goes on after a failure.  Each needs what those before it set; csr_key and
 * key are read only where they are NULL.
 */
void inputs_start(struct inputs *in, struct session *session);
enum status inputs_read_bundle(struct inputs *in);
enum status inputs_read_csr(struct inputs *in);      /* -r, or made; -k */
enum status inputs_read_sign_key(struct inputs *in); /* -K */
enum status inputs_read_renewal(struct inputs *in);  /* -O, and -K */
enum status inputs_use_challenge(struct inputs *in); /* after the renewal's */
enum status inputs_check_recipient(const struct inputs *in);
enum status inputs_check_signer(struct inputs *in);
enum status inputs_set_transaction_id(struct inputs *in);

/* Whether -k and -K are the same key. */
bool inputs_have_one_key(const struct options *options);

/*
 * session_prepare(), whether the key goes with the digest, and then the
 * self-signed certificate when there is no other signer (RFC 8894, 2.3); -L
 * is written.  inputs_make_signer() does what follows session_prepare().
 */
enum status inputs_prepare(struct inputs *in);
enum status inputs_make_signer(struct inputs *in);

/* A request of that type and content, from these inputs; borrows all. */
struct scep_request inputs_make_request(
    const struct inputs *in, enum message_type type, const struct buf *content);

#endif
