#include <string.h>

#include "keys/key.h"
#include "ops/checks.h"
#include "ops/enrolment.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "util/log.h"

static enum status read_request(struct enrolment *e)
{
	const struct options *o = e->options;
	struct key_place place = {
	    .name = o->key,
	    .what = "private key",
	    .option = "--passin",
	    .pass = &e->session->pass,
	};
	char name[KEY_NAME_MAX];
	enum status st;

	if ((st = csr_read(&e->csr, o->request)) != ST_OK)
		return st;
	if (o->key == NULL)
		return ST_OK;
	if ((st = key_read(&e->key, &place)) != ST_OK)
		return st;
	if (!csr_has_key(e->csr, e->key))
		return fail(ST_FILE,
		    "private key %s: it is not the key of request %s",
		    key_name_shown(name, o->key), o->request);
	return ST_OK;
}

/* A key that is both of -k and of -K is asked its pass phrase once. */
static enum status read_sign_key(struct enrolment *e)
{
	const struct options *o = e->options;
	struct key_place place = {
	    .name = o->sign_key,
	    .what = "signature key",
	    .option = "--sign-passin",
	    .pass = &e->session->sign_pass,
	};

	if (e->key == NULL || o->sign_passin != NULL ||
	    strcmp(o->key, o->sign_key) != 0)
		return key_read(&e->sign_key, &place);
	EVP_PKEY_up_ref(e->key);
	e->sign_key = e->key;
	return ST_OK;
}

static enum status read_signer(struct enrolment *e)
{
	const struct options *o = e->options;
	enum status st;

	if (o->sign_cert == NULL && o->renewal == RENEWAL_RENEWALREQ)
		return fail(ST_ERROR,
		    "--renewal 17 needs the certificate to renew and its key "
		    "(-O and -K)");
	if (o->sign_cert == NULL)
		return ST_OK;
	st = cert_read(&e->signer, o->sign_cert, "signature certificate");
	if (st != ST_OK)
		return st;
	if ((st = read_sign_key(e)) != ST_OK)
		return st;
	st = check_pair(e->signer, o->sign_cert, e->sign_key, o->sign_key);
	if (st != ST_OK)
		return st;
	if (cert_time_status(e->signer) > 0)
		warn(WARN_SIGNER_EXPIRED,
		    "signature certificate %s has expired", o->sign_cert);
	if (o->selfsigned != NULL)
		warn(WARN_NOT_WRITTEN,
		    "-L %s is not written: -O %s signs, nothing self-signed",
		    o->selfsigned, o->sign_cert);
	return ST_OK;
}

static enum status set_transaction_id(struct enrolment *e)
{
	if (e->options->transaction_id == NULL)
		return csr_add_transaction_id(&e->transaction_id, e->csr);
	if (!buf_add_string(&e->transaction_id, e->options->transaction_id))
		return fail_memory();
	return ST_OK;
}

EVP_PKEY *enrolment_signing_key(const struct enrolment *e)
{
	return e->signer != NULL ? X509_get0_pubkey(e->signer)
				 : X509_REQ_get0_pubkey(e->csr);
}

/* Of the key that will sign the messages, and open the replies. */
static enum status check_key(const struct enrolment *e)
{
	const struct options *o = e->options;
	EVP_PKEY *public = enrolment_signing_key(e);

	if (e->signer != NULL)
		return check_signer_key(
		    o, e->sign_key, public, o->sign_key, &e->challenge);
	return check_signer_key(o, e->key, public, o->key, &e->challenge);
}

enum status enrolment_read(struct enrolment *e, const struct session *session)
{
	const struct options *options = session->options;
	enum status st;

	memset(e, 0, sizeof(*e));
	e->session = session;
	e->options = options;
	if ((st = outputs_open(&e->outputs, options, options->local_cert)) !=
		ST_OK ||
	    (st = read_bundle(&e->bundle, options)) != ST_OK ||
	    (st = read_request(e)) != ST_OK ||
	    (st = csr_add_challenge(&e->challenge, e->csr)) != ST_OK ||
	    (st = check_recipient(options, &e->bundle, &e->challenge)) !=
		ST_OK ||
	    (st = read_signer(e)) != ST_OK || (st = check_key(e)) != ST_OK ||
	    (st = set_transaction_id(e)) != ST_OK)
		return st;
	verbose("transactionID %s", buf_string(&e->transaction_id));
	return ST_OK;
}

enum status enrolment_make_signer(struct enrolment *e, const EVP_MD *digest)
{
	enum status st;

	if (e->signer != NULL)
		return ST_OK;
	st = csr_make_self_signed(&e->signer, e->csr, e->key, digest);
	if (st != ST_OK)
		return st;
	EVP_PKEY_up_ref(e->key);
	e->sign_key = e->key;
	if (e->options->selfsigned == NULL)
		return ST_OK;
	return outputs_write_cert(
	    e->session, &e->outputs.selfsigned, e->signer);
}

/* The certificate of the request's key, the signer's own only if alone. */
static X509 *find_by_key(const struct enrolment *e, STACK_OF(X509) *certs)
{
	EVP_PKEY *key = X509_REQ_get0_pubkey(e->csr);
	X509 *cert, *old = NULL;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (!cert_has_key(cert, key))
			continue;
		if (X509_cmp(cert, e->signer) != 0)
			return cert;
		old = cert;
	}
	return old;
}

/* Some servers answer a renewal with the certificate as it was (P4). */
static bool is_old_certificate(const struct enrolment *e, STACK_OF(X509) *certs)
{
	int i;

	for (i = 0; e->options->sign_cert != NULL && i < sk_X509_num(certs);
	     i++)
		if (X509_cmp(sk_X509_value(certs, i), e->signer) == 0)
			return true;
	return false;
}

/* What the CA may do, but the user wants to know. */
static void report_differences(const struct enrolment *e, X509 *cert)
{
	const X509_NAME *wanted = X509_REQ_get_subject_name(e->csr);
	struct buf text = {0};

	if (X509_NAME_cmp(X509_get_subject_name(cert), wanted) != 0) {
		cert_name_text(&text, X509_get_subject_name(cert));
		note(WARN_SUBJECT_CHANGED, "the CA changed the subject to %s",
		    buf_string(&text));
	}
	buf_free(&text);
}

/*
 * A CA whose clock is a little ahead is no reason to lose the certificate;
 * one that has expired is of no use.
 */
static enum status check_validity(const struct enrolment *e, X509 *cert)
{
	int when = cert_time_status(cert);

	if (when < 0) {
		warn(WARN_ISSUED_NOT_VALID_NOW,
		    "the issued certificate is not valid yet, by this "
		    "system's clock");
	} else if (when > 0) {
		if ((e->options->tolerate & TOLERATE_CLOCK) == 0)
			return fail(ST_REPLY,
			    "reply: the issued certificate has expired "
			    "already, by this system's clock; --tolerate clock "
			    "takes it all the same");
		warn(WARN_TOLERATED_CLOCK,
		    "the issued certificate has expired, tolerated as asked");
	}
	return ST_OK;
}

enum status enrolment_find_issued(
    X509 **out, const struct enrolment *e, STACK_OF(X509) *certs)
{
	X509 *cert = find_by_key(e, certs);
	enum status st;

	if ((cert == NULL || X509_cmp(cert, e->signer) == 0) &&
	    is_old_certificate(e, certs))
		return fail(ST_SAME_CERT,
		    "reply: the server returned the certificate that is to be "
		    "renewed, not a new one");
	if (cert == NULL)
		return fail(ST_REPLY,
		    "reply: none of its %d certificate(s) is for the key of "
		    "the request (RFC 8894, 3.3.2.1)",
		    sk_X509_num(certs));
	if ((st = check_issuer(e->options, &e->bundle, cert, certs)) != ST_OK ||
	    (st = check_validity(e, cert)) != ST_OK)
		return st;
	report_differences(e, cert);
	*out = cert;
	return ST_OK;
}

void enrolment_free(struct enrolment *e)
{
	cabundle_free(&e->bundle);
	X509_REQ_free(e->csr);
	EVP_PKEY_free(e->key);
	EVP_PKEY_free(e->sign_key);
	X509_free(e->signer);
	buf_free(&e->transaction_id);
	buf_free(&e->challenge);
	outputs_close(&e->outputs);
}
