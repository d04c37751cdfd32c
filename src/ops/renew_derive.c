#include <stdio.h>
#include <string.h>

#include "keys/key.h"
#include "keys/new_key.h"
#include "ops/renew_derive.h"
#include "ops/renew_left.h"
#include "pki/csr.h"
#include "util/file.h"
#include "util/log.h"

static bool keeps_key(const struct renewal_state *r)
{
	const char *type = r->options->new_key;

	return r->in_token || (type != NULL && strcmp(type, NEW_KEY_SAME) == 0);
}

static bool is_with(const struct renewal_state *r, const char *word)
{
	const char *with = r->options->renew.with;

	return with != NULL && strcmp(with, word) == 0;
}

/* What the options of the command and of every run have in common. */
static void start(struct derived *derived, struct renewal_state *r)
{
	memset(derived, 0, sizeof(*derived));
	derived->r = r;
	derived->options = *r->options;
	derived->options.local_cert = NULL; /* see record() */
	derived->options.chain = NULL;
	derived->options.challenge = NULL; /* see add_challenge() */
	r->session->apart = false;
	if (r->session->challenge.given)
		r->challenge = r->session->challenge;
	pass_wipe(&r->session->challenge);
	derived->options.new_key = NULL;
	derived->options.request = NULL;
	derived->options.renewal = RENEWAL_AUTO; /* see sign_with_pair() */
}

/* The request gets the challenge, which is read once for all runs. */
static enum status add_challenge(struct derived *derived)
{
	struct pass *pass = &derived->r->challenge;
	char *source = derived->r->options->challenge;
	enum status st = ST_OK;

	if (source != NULL && !pass->given) {
		st = pass_read(pass, source, "--challenge");
		pass_hide(source);
	}
	if (st == ST_OK)
		derived->r->session->challenge = *pass;
	return st;
}

/* Asks for nothing: the request is read, not made. */
static void use_request(struct options *o, char *request)
{
	o->request = request;
	o->subject = o->cert_template = NULL;
	o->altnames = o->purposes = (struct list){0};
	o->key_usage = false;
}

/*
 * The old pair signs.  The transactionID that is given belongs to the challenge:
 * each renewal is a transaction of its own (RFC 8894, 3.2.1.1).  So does the
 * request, but --challenge may be what the envelopes need: inputs.c reads it then.
 */
static void sign_with_pair(struct derived *derived, bool both)
{
	struct options *o = &derived->options;

	o->renewal = derived->r->options->renewal;
	o->transaction_id = NULL;
	o->sign_cert = derived->r->options->local_cert;
	o->sign_key = derived->r->options->key;
	derived->r->session->sign_pass = derived->r->session->pass;
	derived->r->session->apart = !both;
	if (!both) {
		o->challenge = derived->r->options->challenge;
		derived->r->session->challenge = derived->r->challenge;
	}
}

static enum status read_request(X509_REQ **out, const struct renewal_state *r)
{
	const char *path = buf_string(&r->request);
	struct log_capture capture;
	enum status st = renew_left_check_request(r);

	if (st != ST_OK)
		return st;
	log_capture_begin(&capture);
	st = file_expect_own(path, "request");
	if (st == ST_OK)
		st = csr_read(out, path);
	log_capture_end(&capture);
	return st == ST_OK
	    ? st
	    : fail(
		  st, "%s (--forget removes it, to begin again)", capture.text);
}

/*
 * The CA answers polls that are signed as the request was, whatever the
 * certificate and the options have become since.
 */
static enum status sign_as_request(struct derived *derived)
{
	struct renewal_state *r = derived->r;
	struct buf text = {0};
	enum status st = file_read(&text, buf_string(&r->request), "request");

	if (st == ST_OK && r->cert != NULL &&
	    strstr(buf_string(&text), SIGNED_BY_SELF) == NULL)
		sign_with_pair(derived, false);
	buf_free(&text);
	return st;
}

/* Sets the key to the one, of KEY.new and KEY, that the request is for. */
static enum status choose_key(struct derived *derived, X509_REQ *csr)
{
	struct renewal_state *r = derived->r;
	EVP_PKEY *key = NULL;
	bool exists = false;
	enum status st = ST_OK;

	if (r->key_file != NULL)
		st = swap_find_new(&exists, r->key_file);
	if (st == ST_OK && exists)
		st = renewal_read_key(&key, NULL, r, buf_string(&r->key_new));
	if (st == ST_OK && key != NULL && csr_has_key(csr, key)) {
		derived->options.key = (char *)r->key_new.data;
		derived->uses_new = true;
	} else if (st == ST_OK &&
	    (r->key == NULL || !csr_has_key(csr, r->key))) {
		st = fail(ST_FILE,
		    "request %s: its private key is not there (--forget "
		    "removes the request, to begin again)",
		    derived->options.request);
	}
	EVP_PKEY_free(key);
	return st;
}

static enum status fail_no_subject(const struct renewal_state *r)
{
	return fail_misuse(
	    "missing subject (--subject): there is no certificate %s yet",
	    r->options->local_cert);
}

/* What the first request asks for, for the key of -k. */
static enum status describe_first(struct derived *derived)
{
	const struct options *o = derived->r->options;

	if (o->subject != NULL)
		return add_challenge(derived);
	if (o->request == NULL)
		return fail_no_subject(derived->r);
	use_request(&derived->options, o->request);
	return ST_OK;
}

/* encrypted: whether a pass phrase was needed. */
static enum status read_key(EVP_PKEY **out, bool *encrypted,
    const struct renewal_state *r, const char *name)
{
	const struct key_place place = {
	    .name = name,
	    .what = "private key",
	    .option = "--passin",
	    .pass = &r->session->pass,
	    .encrypted = encrypted,
	};

	return key_read(out, &place);
}

/*
 * A KEY.new of another kind was made before the options or KEY were changed.
 * Nothing is pending for it: there is no CERT.req.
 */
static enum status drop_other_kind(
    struct derived *derived, bool wants_encrypted)
{
	struct renewal_state *r = derived->r;
	const char *name = buf_string(&r->key_new), *type = derived->type;
	EVP_PKEY *key = NULL;
	bool exists, encrypted;
	enum status st = swap_find_new(&exists, r->key_file);

	if (st != ST_OK || !exists)
		return st;
	/* check has left to --forget what renew has removed. */
	derived->replaces_new = r->options->renew.forget;
	if (derived->replaces_new)
		return st;
	st = read_key(&key, &encrypted, r, name);
	if (st == ST_OK &&
	    (!new_key_is_of_type(key, new_key_find_type(type)) ||
		encrypted != wants_encrypted)) {
		verbose("private key %s: it is not of type %s, or not "
			"encrypted as the new one is to be, and is made anew",
		    name, type);
		derived->replaces_new = true;
		if (!r->session->looks)
			st = swap_remove_new(r->key_file);
	}
	EVP_PKEY_free(key);
	return st;
}

/*
 * Whether the file says that the key in it is encrypted: its pass phrase, which
 * was typed, is not asked for again.
 */
static enum status check_encrypted(const struct renewal_state *r)
{
	const char *path = r->key_file->path;
	struct buf text = {0};
	enum status st = file_read(&text, path, "private key");

	if (st == ST_OK && strstr(buf_string(&text), "ENCRYPTED") != NULL)
		st = fail(ST_FILE,
		    "private key %s: it is encrypted, and its successor would "
		    "not be: give its pass phrase with --passin",
		    path);
	buf_free(&text);
	return st;
}

/* The first key is to be encrypted if asked, a successor as the key before. */
static enum status find_encrypted(bool *out, const struct renewal_state *r)
{
	EVP_PKEY *key = NULL;
	enum status st;

	*out = r->session->pass.given;
	if (r->key == NULL)
		return ST_OK;
	if (!r->session->pass.given)
		return check_encrypted(r);
	st = read_key(&key, out, r, r->options->key);
	EVP_PKEY_free(key);
	if (st == ST_OK && !*out)
		warn(WARN_KEY_NOT_ENCRYPTED,
		    "private key %s: it is not encrypted, and so its successor "
		    "is not, though a pass phrase is given (openssl pkcs8 "
		    "-topk8 encrypts it)",
		    r->options->key);
	return st;
}

static enum status use_new_key(struct derived *derived, const char *type)
{
	struct options *o = &derived->options;
	struct renewal_state *r = derived->r;
	bool encrypted;
	enum status st;

	o->key = (char *)r->key_new.data;
	snprintf(derived->type, sizeof(derived->type), "%s", type);
	o->new_key = derived->type;
	derived->uses_new = true;
	if ((st = find_encrypted(&encrypted, r)) == ST_OK)
		st = drop_other_kind(derived, encrypted);
	if (st != ST_OK || r->key == NULL)
		return st;
	if (encrypted) {
		r->session->passout = r->session->pass;
	} else {
		pass_wipe(&r->session->pass);
		pass_wipe(&r->session->passout);
	}
	return ST_OK;
}

/* The first: with the key that is there, or a new one of the type given. */
static enum status plan_first(struct derived *derived)
{
	struct renewal_state *r = derived->r;
	const struct options *o = r->options;
	enum status st = describe_first(derived);

	if (st != ST_OK || r->key != NULL)
		return st;
	if (o->new_key == NULL || keeps_key(r))
		return fail(ST_FILE,
		    "private key %s: there is none (--new-key ec:P-256 makes "
		    "one)",
		    o->key);
	if (o->subject == NULL)
		return fail_no_subject(r);
	return use_new_key(derived, o->new_key);
}

/*
 * Reads the challenge where it is not indispensable: its file may have been
 * removed after the first enrolment.
 */
static bool has_challenge(struct derived *derived)
{
	struct log_capture capture;
	enum status st;

	if (derived->r->options->challenge == NULL)
		return false;
	log_capture_begin(&capture);
	st = add_challenge(derived);
	log_capture_end(&capture);
	if (st != ST_OK)
		warn(WARN_NO_EFFECT,
		    "%s: the expired certificate is renewed without it",
		    capture.text);
	return st == ST_OK;
}

/* With the challenge alone, a new certificate signs, as that of the first. */
static enum status sign_renewal(struct derived *derived)
{
	struct renewal_state *r = derived->r;
	bool both = is_with(r, "both"), alone = is_with(r, "challenge");
	enum status st = ST_OK;

	if (both || alone)
		st = add_challenge(derived);
	else if (r->due.expired)
		alone = has_challenge(derived);
	if (alone)
		derived->options.renew.like_cert = r->options->local_cert;
	else
		sign_with_pair(derived, both);
	return st;
}

static enum status plan_renewal(struct derived *derived)
{
	struct renewal_state *r = derived->r;
	const char *type = r->options->new_key;
	enum status st = sign_renewal(derived);

	if (st != ST_OK || keeps_key(r))
		return st;
	if (type == NULL && (type = new_key_type_name(r->key)) == NULL)
		return fail(ST_FILE,
		    "private key %s: its type is none of %s: give one with "
		    "--new-key, or keep the key with --new-key " NEW_KEY_SAME,
		    r->options->key, new_key_types);
	return use_new_key(derived, type);
}

enum status renew_derive_send(struct derived *out, struct renewal_state *r)
{
	start(out, r);
	return r->cert != NULL ? plan_renewal(out) : plan_first(out);
}

enum status renew_derive_resume(struct derived *out, struct renewal_state *r)
{
	X509_REQ *csr = NULL;
	enum status st;

	start(out, r);
	out->options.resume = true;
	use_request(&out->options, (char *)r->request.data);
	st = read_request(&csr, r);
	if (st == ST_OK)
		st = choose_key(out, csr);
	if (st == ST_OK)
		st = sign_as_request(out);
	X509_REQ_free(csr);
	return st;
}

enum status renew_derive_take_over(struct derived *out, struct renewal_state *r)
{
	start(out, r);
	out->options.resume = true;
	if (r->options->subject == NULL)
		return describe_first(out);
	has_challenge(out); /* to open the reply with, if the key cannot */
	return ST_OK;
}
