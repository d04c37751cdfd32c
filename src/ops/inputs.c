#include <string.h>

#include <openssl/rand.h>

#include "keys/key.h"
#include "ops/inputs.h"
#include "ops/making.h"
#include "ops/own_key.h"
#include "ops/recipient.h"
#include "ops/signer.h"
#include "ops/trust.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "util/log.h"

#define TRANSACTION_BYTES 16

enum status inputs_read_bundle(struct inputs *in)
{
	const struct options *o = in->options;
	struct pins pins;
	enum status st = trust_read_pins(&pins, o);

	if (st == ST_OK)
		st = cabundle_read(&in->bundle, o->ca_cert, o->enc_cert, &pins);
	if (st == ST_OK)
		st = cabundle_check(
		    &in->bundle, (o->tolerate & TOLERATE_CLOCK) == 0);
	if (st == ST_OK)
		st = recipient_check_keys(&in->bundle);
	if (st == ST_OK)
		trust_warn(&in->bundle, o);
	pins_free(&pins);
	return st;
}

enum status inputs_check_recipient(const struct inputs *in)
{
	return recipient_check(&in->bundle, in->session, &in->password);
}

/*
 * Only to sign is the key of the request needed.  An RA that signs the request
 * of somebody else with -K may give its own key to -k, too.
 */
static enum status check_csr_key(const struct inputs *in)
{
	const struct options *o = in->options;
	char name[KEY_NAME_MAX];

	if (csr_has_key(in->csr, in->csr_key))
		return ST_OK;
	key_name_shown(name, o->key);
	if (o->sign_cert == NULL)
		return fail(ST_FILE,
		    "private key %s: it is not the key of request %s", name,
		    o->request);
	warn(WARN_KEY_NOT_USED,
	    "private key %s: it is not the key of request %s, and is not used, "
	    "because -K signs: leave -k out",
	    name, o->request);
	return ST_OK;
}

static enum status read_given_csr(struct inputs *in)
{
	const struct options *o = in->options;
	enum status st = csr_read(&in->csr, o->request);

	if (st == ST_OK && o->key != NULL && in->csr_key == NULL)
		st = own_key_read(&in->csr_key, in->session);
	return st == ST_OK && in->csr_key != NULL ? check_csr_key(in) : st;
}

enum status inputs_read_csr(struct inputs *in)
{
	enum status st = in->session->making
	    ? making_make_csr(&in->csr, &in->csr_key, in->session)
	    : read_given_csr(in);

	if (st == ST_OK) {
		in->public = X509_REQ_get_pubkey(in->csr);
		csr_warn_of_key(in->csr, making_name(in->options));
		st = csr_add_challenge(&in->password, in->csr);
	}
	return st;
}

/* A key that is both of -k and of -K is asked its pass phrase once. */
bool inputs_have_one_key(const struct options *o)
{
	return o->key != NULL && o->sign_passin == NULL &&
	    strcmp(o->key, o->sign_key) == 0;
}

enum status inputs_read_sign_key(struct inputs *in)
{
	const struct options *o = in->options;
	const struct key_place place = {
	    .name = o->sign_key,
	    .what = "signature key",
	    .option = "--sign-passin",
	    .pass = &in->session->sign_pass,
	};

	if (in->csr_key == NULL || !inputs_have_one_key(o)) {
		own_key_warn_planted(in->session, place.what, place.name);
		return key_read(&in->key, &place);
	}
	EVP_PKEY_up_ref(in->csr_key);
	in->key = in->csr_key;
	return ST_OK;
}

/* -O and -K: the certificate to renew, or that of another CA. */
enum status inputs_read_renewal(struct inputs *in)
{
	const struct options *o = in->options;
	enum status st =
	    cert_read(&in->signer, o->sign_cert, "signature certificate");

	if (st == ST_OK)
		own_key_warn_planted(
		    in->session, "signature certificate", o->sign_cert);
	if (st == ST_OK && in->key == NULL)
		st = inputs_read_sign_key(in);
	if (st == ST_OK)
		st = signer_check_renewal(in->session, in->signer, in->key);
	return st;
}

/*
 * Whether an RA sends the request of somebody else: its certificate says so, or
 * -k is another key than that of the request.
 */
static bool is_forwarded(const struct inputs *in)
{
	return cert_is_marked_ra(in->signer) ||
	    (in->csr_key != NULL && !csr_has_key(in->csr, in->csr_key));
}

static enum status check_renewal(struct inputs *in)
{
	const struct options *o = in->options;
	bool forwarded = is_forwarded(in);

	if (!o->resume && !forwarded)
		signer_warn_of_subject(
		    in->session, in->signer, in->csr, making_name(o));
	if (cert_time_status(in->signer) > 0)
		warn(WARN_SIGNER_EXPIRED,
		    "signature certificate %s has expired", o->sign_cert);
	if (o->selfsigned != NULL)
		warn(WARN_NOT_WRITTEN,
		    "-L %s is not written: -O %s signs, and no self-signed "
		    "certificate is made",
		    o->selfsigned, o->sign_cert);
	return signer_check_key(in->session, in->key,
	    X509_get0_pubkey(in->signer), o->sign_key,
	    &(struct signer_password){&in->password, forwarded});
}

/* The key of the request signs, too, with a certificate that is made later. */
static enum status use_csr_key(struct inputs *in)
{
	const struct options *o = in->options;

	if (o->renewal == RENEWAL_RENEWALREQ)
		return fail(ST_ERROR,
		    "--renewal 17 needs the certificate to renew and its key "
		    "(-O and -K)");
	EVP_PKEY_up_ref(in->csr_key);
	in->key = in->csr_key;
	return signer_check_key(in->session, in->key, in->public, o->key,
	    &(struct signer_password){&in->password, true});
}

enum status inputs_check_signer(struct inputs *in)
{
	return in->options->sign_cert != NULL ? check_renewal(in)
					      : use_csr_key(in);
}

/* -l and -k of getcert and getcrl. */
static enum status read_own_cert(struct inputs *in)
{
	const struct options *o = in->options;
	enum status st =
	    cert_read(&in->signer, o->local_cert, "local certificate");

	if (st == ST_OK)
		st = own_key_read(&in->key, in->session);
	if (st == ST_OK)
		st = signer_check_pair(
		    in->signer, o->local_cert, in->key, o->key);
	return st;
}

static enum status check_own_key(struct inputs *in)
{
	return signer_check_key(in->session, in->key,
	    X509_get0_pubkey(in->signer), in->options->key,
	    &(struct signer_password){&in->password, true});
}

/*
 * The password of a message that has none inside.  The file of -f has --challenge
 * for enroll: it is read where it is needed.
 */
enum status inputs_use_challenge(struct inputs *in)
{
	struct session *session = in->session;
	enum status st = ST_OK;

	if (in->password.len > 0)
		return ST_OK;
	if (!session->challenge.given &&
	    recipient_wants_password(&in->bundle, in->signer, in->csr == NULL))
		st = session_read_challenge(session);
	if (st == ST_OK && session->challenge.given &&
	    !buf_add_string(&in->password, session->challenge.text))
		st = fail_memory();
	return st;
}

static enum status add_random_id(struct buf *out)
{
	unsigned char bytes[TRANSACTION_BYTES];
	size_t i;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return fail_crypto(
		    ST_ERROR, "no random bytes for the transactionID");
	for (i = 0; i < sizeof(bytes); i++)
		if (!buf_addf(out, "%02X", bytes[i]))
			return fail_memory();
	return ST_OK;
}

/*
 * An enrolment can be resumed, so that its transactionID is made from the key;
 * that of a query may be random (RFC 8894, 3.2.1.1).
 */
enum status inputs_set_transaction_id(struct inputs *in)
{
	const char *given = in->options->transaction_id;

	if (given != NULL)
		return buf_add_string(&in->transaction_id, given)
		    ? ST_OK
		    : fail_memory();
	return in->csr != NULL
	    ? csr_add_transaction_id(&in->transaction_id, in->csr)
	    : add_random_id(&in->transaction_id);
}

void inputs_start(struct inputs *in, struct session *session)
{
	memset(in, 0, sizeof(*in));
	in->session = session;
	in->options = session->options;
}

static enum status open_inputs(
    struct inputs *in, struct session *session, const char *result)
{
	enum status st;

	inputs_start(in, session);
	st = outputs_open(&in->outputs, in->options, result);
	return st == ST_OK ? inputs_read_bundle(in) : st;
}

/* Where a key is made, -O and -K come first: it would be left if they failed. */
static enum status read_csr_and_signer(struct inputs *in)
{
	const struct options *o = in->options;
	bool renews = o->sign_cert != NULL;
	bool first = renews && in->session->making && !inputs_have_one_key(o);
	enum status st = first ? inputs_read_renewal(in) : ST_OK;

	if (st == ST_OK)
		st = inputs_read_csr(in);
	return st == ST_OK && renews && !first ? inputs_read_renewal(in) : st;
}

enum status inputs_read_enrolment(struct inputs *in, struct session *session)
{
	const struct options *o = session->options;
	enum status st = open_inputs(in, session, o->local_cert);

	if (st == ST_OK)
		st = read_csr_and_signer(in);
	if (st == ST_OK && o->sign_cert != NULL)
		st = inputs_use_challenge(in);
	if (st == ST_OK)
		st = inputs_check_recipient(in);
	if (st == ST_OK)
		st = inputs_check_signer(in);
	if (st == ST_OK)
		st = inputs_set_transaction_id(in);
	if (st == ST_OK && session->making)
		st = making_write_csr(in->csr, o);
	if (st == ST_OK)
		verbose("transactionID %s", buf_string(&in->transaction_id));
	return st;
}

enum status inputs_read_query(struct inputs *in, struct session *session)
{
	enum status st = open_inputs(in, session, session->options->output);

	if (st == ST_OK)
		st = read_own_cert(in);
	if (st == ST_OK)
		st = inputs_use_challenge(in);
	if (st == ST_OK)
		st = inputs_check_recipient(in);
	if (st == ST_OK)
		st = check_own_key(in);
	if (st == ST_OK)
		st = inputs_set_transaction_id(in);
	return st;
}

static enum status make_self_signed(struct inputs *in)
{
	enum status st = csr_make_self_signed(
	    &in->signer, in->csr, in->key, in->session->digest);

	if (st != ST_OK || in->options->selfsigned == NULL ||
	    in->session->looks)
		return st;
	return outputs_write_cert(
	    in->session, &in->outputs.selfsigned, in->signer);
}

/* With -v programs that start sscep read the transactionID there. */
static void say_transaction_id(const struct inputs *in)
{
	if (log_enabled(LOG_VERBOSE) && in->options->dump_request == NULL)
		say("Read request with transaction id: %s",
		    buf_string(&in->transaction_id));
}

enum status inputs_make_signer(struct inputs *in)
{
	EVP_PKEY *public =
	    in->signer != NULL ? X509_get0_pubkey(in->signer) : in->public;
	enum status st = signer_check_digest(in->session, public);

	if (st == ST_OK && in->signer == NULL)
		st = make_self_signed(in);
	return st;
}

enum status inputs_prepare(struct inputs *in)
{
	enum status st;

	say_transaction_id(in);
	st = session_prepare(in->session);
	return st == ST_OK ? inputs_make_signer(in) : st;
}

struct scep_request inputs_make_request(
    const struct inputs *in, enum message_type type, const struct buf *content)
{
	const struct session *session = in->session;

	return (struct scep_request){
	    .type = type,
	    .transaction_id = buf_string(&in->transaction_id),
	    .content = content->data,
	    .content_len = content->len,
	    .password = &in->password,
	    .bundle = &in->bundle,
	    .signer = in->signer,
	    .key = in->key,
	    .digest = session->digest,
	    .cipher = session->cipher,
	    .oaep = in->options->rsa_oaep,
	    .pss = in->options->rsa_pss,
	    .tolerate = in->options->tolerate,
	    .policy = session_digest_policy(session),
	};
}

void inputs_free(struct inputs *in)
{
	cabundle_free(&in->bundle);
	X509_REQ_free(in->csr);
	EVP_PKEY_free(in->public);
	EVP_PKEY_free(in->csr_key);
	EVP_PKEY_free(in->key);
	X509_free(in->signer);
	buf_free(&in->transaction_id);
	buf_free(&in->password);
	outputs_close(&in->outputs);
}
