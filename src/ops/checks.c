#include <string.h>

#include "keys/key_name.h"
#include "keys/probe.h"
#include "ops/checks.h"
#include "ops/outputs.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "pki/path.h"
#include "util/log.h"

static enum status refuse(
    const struct options *options, const char *issuer, const char *reason)
{
	if ((options->tolerate & TOLERATE_ISSUER) == 0)
		return fail(ST_REPLY,
		    "reply: the certificate issued by %s does not verify "
		    "against the CA certificates of -c: %s; --tolerate issuer "
		    "takes it all the same",
		    issuer, reason);
	warn(WARN_TOLERATED_ISSUER,
	    "the certificate issued by %s does not verify against -c: %s, "
	    "tolerated as asked",
	    issuer, reason);
	return ST_OK;
}

enum status check_issuer(const struct options *options,
    const struct cabundle *bundle, X509 *cert, STACK_OF(X509) *more)
{
	struct buf text = {0};
	const char *reason,
	    *issuer = cert_name_text(&text, X509_get_issuer_name(cert));
	enum status st = ST_OK;

	switch (path_verify_below(bundle->certs, cert, more, &reason)) {
	case PATH_VERIFIED:
		break;
	case PATH_NO_CA:
		warn(WARN_NO_CA_CERTIFICATE,
		    "no CA certificate at hand (-c) to verify the certificate "
		    "with; its issuer is %s",
		    issuer);
		break;
	case PATH_REFUSED:
		st = refuse(options, issuer, reason);
		break;
	}
	buf_free(&text);
	return st;
}

void say_status(struct report *report, enum pki_status status)
{
	say("pkistatus: %s", scep_pki_status_name(status));
	report_set(report, REPORT_STATUS, scep_pki_status_name(status));
}

enum status refused(
    struct report *report, const struct scep_reply *reply, const char *advice)
{
	const struct fail_info *info = reply->fail_info;
	const char *text = reply->fail_info_text;

	report_set(report, REPORT_FAIL_INFO, info->name);
	if (text != NULL)
		report_set(report, REPORT_FAIL_INFO_TEXT, text);
	say("reason: %s", info->reason);
	return fail(info->status, "the server refused: %s%s%s%s; %s%s",
	    info->name, text != NULL ? ", \"" : "", text != NULL ? text : "",
	    text != NULL ? "\"" : "", info->hint, advice);
}

static enum status fail_recipient(
    const struct cabundle *bundle, const char *problem)
{
	struct buf name = {0};
	enum status st;

	st = fail(ST_FILE, "CA certificate %s: %s",
	    cert_name_text(&name, X509_get_subject_name(bundle->encrypt)),
	    problem);
	buf_free(&name);
	return st;
}

enum status check_recipient(const struct options *options,
    const struct cabundle *bundle, const struct buf *password)
{
	bool encrypts = cabundle_can_encrypt(bundle);

	if (options->rsa_oaep && !encrypts)
		return fail_recipient(
		    bundle, "its key is not RSA, as --rsa-oaep wants it");
	if (encrypts || password->len > 0)
		return ST_OK;
	return fail_recipient(bundle,
	    "its key cannot encrypt, and there is no challengePassword to "
	    "encrypt with (RFC 8894, 3.1); name another certificate with -e, "
	    "or put the password in the request");
}

enum status check_signer_key(const struct options *options, EVP_PKEY *key,
    EVP_PKEY *public, const char *name, const struct buf *password)
{
	const struct key_ability ability = ability_of_key(public);
	char shown[KEY_NAME_MAX];

	key_name_shown(shown, name);
	if (!ability.signs_messages)
		return fail(ST_FILE,
		    "private key %s: it is of type %s, and SCEP messages are "
		    "signed by RSA or EC (P-256) keys here",
		    shown, ability.type);
	if (options->rsa_pss && !ability.signs_pss)
		return fail(ST_FILE,
		    "private key %s: it is not RSA, as --rsa-pss wants it",
		    shown);
	if (!ability.decrypts && password->len == 0)
		warn(WARN_NO_PASSWORD,
		    "private key %s cannot decrypt, and there is no "
		    "challengePassword: only a reply encrypted by key "
		    "agreement can be opened (RFC 8894, 3.1)",
		    shown);
	switch (probe_key(key, public)) {
	case KEY_USABLE:
		break;
	case KEY_ONLY_SIGNS:
		return fail(ST_FILE,
		    "private key %s: it signs, but does not decrypt, and the "
		    "reply comes encrypted for it (RFC 8894, 3.1)",
		    shown);
	case KEY_REFUSED:
		return fail(ST_FILE,
		    "private key %s: the token does not let it sign; its PIN "
		    "may be wrong, locked, or wanted anew for each use",
		    shown);
	}
	return ST_OK;
}

enum status check_digest(const struct session *session, EVP_PKEY *public)
{
	const struct options *options = session->options;
	int digest = EVP_MD_type(session->digest);
	const char *with = NULL, *refused;

	if ((refused = algs_refused_digest(digest, public)) != NULL)
		return fail(ST_ERROR,
		    "cannot sign with %s: the policy of this libcrypto forbids "
		    "it in signatures (-S chooses)",
		    refused);
	if (digest != NID_md5)
		return ST_OK;
	if (!ability_of_key(public).signs_md5)
		with = "an EC key";
	else if (options->rsa_pss)
		with = "--rsa-pss";
	else if (options->rsa_oaep)
		with = "--rsa-oaep";
	if (with == NULL)
		return ST_OK;
	return fail(ST_ERROR,
	    "md5 does not go with %s: choose another digest (-S)", with);
}

enum status check_pair(
    X509 *cert, const char *cert_path, EVP_PKEY *key, const char *key_path)
{
	char name[KEY_NAME_MAX];

	if (cert_has_key(cert, key))
		return ST_OK;
	return fail(ST_FILE,
	    "private key %s: it is not the key of certificate %s",
	    key_name_shown(name, key_path), cert_path);
}

enum status read_pins(struct pins *pins, const struct options *options)
{
	enum status st = pins_read(pins, options->ca_fingerprints.items,
	    options->ca_fingerprints.count);

	pins->unmarked_ra = (options->tolerate & TOLERATE_RA) != 0;
	return st;
}

enum status read_bundle(struct cabundle *bundle, const struct options *options)
{
	bool look_at_clock = (options->tolerate & TOLERATE_CLOCK) == 0;
	struct pins pins;
	enum status st;

	memset(bundle, 0, sizeof(*bundle));
	if ((st = read_pins(&pins, options)) == ST_OK)
		st = cabundle_read(
		    bundle, options->ca_cert, options->enc_cert, &pins);
	if (st == ST_OK)
		st = cabundle_check(bundle, look_at_clock);
	pins_free(&pins);
	return st;
}

/* The CA certificate of certs that issued cert, and is not in chain yet. */
static X509 *find_issuer(
    X509 *cert, STACK_OF(X509) *certs, STACK_OF(X509) *chain)
{
	X509 *ca;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		ca = sk_X509_value(certs, i);
		if (!cert_is_in(chain, ca) && cert_is_ca(ca) &&
		    X509_cmp(ca, cert) != 0 && cert_is_issued_by(cert, ca))
			return ca;
	}
	return NULL;
}

/*
 * From what issued cert upwards, up to what does not verify against the
 * bundle; borrowed from certs.
 */
static enum status find_chain(STACK_OF(X509) *chain, X509 *cert,
    STACK_OF(X509) *certs, const struct cabundle *bundle)
{
	const char *reason;

	while ((cert = find_issuer(cert, certs, chain)) != NULL &&
	    path_verify_below(bundle->certs, cert, certs, &reason) !=
		PATH_REFUSED)
		if (sk_X509_push(chain, cert) <= 0)
			return fail_memory();
	return ST_OK;
}

static enum status write_certs(
    const struct session *session, struct output *output, STACK_OF(X509) *certs)
{
	struct buf text = {0};
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < sk_X509_num(certs); i++)
		if (!cert_add_pem(&text, sk_X509_value(certs, i)))
			st = fail_crypto(
			    ST_FILE, "%s: cannot encode", output->name);
	if (st == ST_OK)
		st = outputs_write(session, output, &text);
	buf_free(&text);
	return st;
}

enum status write_chain(const struct session *session, struct output *output,
    const struct cabundle *bundle, X509 *cert, STACK_OF(X509) *certs)
{
	STACK_OF(X509) *chain;
	enum status st;

	if (output->way == OUTPUT_CLOSED)
		return ST_OK;
	if ((chain = sk_X509_new_null()) == NULL)
		return fail_memory();
	st = find_chain(chain, cert, certs, bundle);
	if (st == ST_OK && sk_X509_num(chain) == 0)
		note(WARN_NOT_WRITTEN,
		    "the reply brought no CA certificates, %s is not written",
		    output->name);
	else if (st == ST_OK &&
	    (st = write_certs(session, output, chain)) == ST_OK)
		say("CA certificates written as %s", output->name);
	sk_X509_free(chain);
	return st;
}
