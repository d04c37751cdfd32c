/* enrolment.h: the files behind one enrolment, and the checks on them. */
#ifndef OPS_ENROLMENT_H
#define OPS_ENROLMENT_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "ops/outputs.h"
#include "pki/cabundle.h"
#include "session.h"
#include "util/buf.h"
#include "util/status.h"

/* Borrows session and options, owns the rest; all zero is empty. */
struct enrolment {
	const struct session *session;
	const struct options *options;
	struct cabundle bundle;
	X509_REQ *csr;
	EVP_PKEY *key; /* of the request; NULL when -K signs without -k */
	EVP_PKEY *sign_key;
	X509 *signer; /* -O, or self-signed; signs, and opens replies */
	struct buf transaction_id;
	struct buf challenge; /* of the request; a secret */
	struct outputs outputs;
};

/*
 * Reads what the options name and finds, before anything is sent, whatever
 * would waste the challengePassword (P6).  e is to be freed in any case.
 */
enum status enrolment_read(struct enrolment *e, const struct session *session);

/* The public half of the key that signs; borrowed. */
EVP_PKEY *enrolment_signing_key(const struct enrolment *e);

/* Makes the self-signed certificate unless -O signs, and writes -L. */
enum status enrolment_make_signer(struct enrolment *e, const EVP_MD *digest);

/*
 * V3, V4, P4: from the certificates of a reply the one that was asked for,
 * by public key and issuer; borrowed from certs.  ST_REPLY or ST_SAME_CERT
 * after reporting.
 */
enum status enrolment_find_issued(
    X509 **out, const struct enrolment *e, STACK_OF(X509) *certs);

void enrolment_free(struct enrolment *e);

#endif
