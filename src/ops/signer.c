#include "keys/key_name.h"
#include "keys/probe.h"
#include "ops/recipient.h"
#include "ops/signer.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "scep/trial.h"
#include "util/log.h"
#include "util/target.h"

#define NAME_SIZE 100 /* bytes of a name in a message, with the NUL */

enum status signer_check_pair(
    X509 *cert, const char *cert_name, EVP_PKEY *key, const char *key_name)
{
	char shown[KEY_NAME_MAX];

	if (cert_has_key(cert, key))
		return ST_OK;
	return fail(ST_FILE,
	    "private key %s: it is not the key of certificate %s",
	    key_name_shown(shown, key_name), cert_name);
}

enum status signer_check_renewal(
    const struct session *session, X509 *signer, EVP_PKEY *key)
{
	const struct options *o = session->options;
	char shown[KEY_NAME_MAX], own[KEY_NAME_MAX];

	if (cert_has_key(signer, key))
		return signer_check_type(
		    o, X509_get0_pubkey(signer), o->sign_key);
	if (!session->making || o->local_cert == NULL ||
	    !target_names_one_file(o->local_cert, o->sign_cert))
		return signer_check_pair(
		    signer, o->sign_cert, key, o->sign_key);
	return fail(ST_FILE,
	    "private key %s: it is not the key of certificate %s, which -l may "
	    "have replaced already by that of -k %s: then the renewal is done",
	    key_name_shown(shown, o->sign_key), o->sign_cert,
	    key_name_shown(own, o->key));
}

void signer_warn_of_subject(const struct session *session, X509 *signer,
    X509_REQ *csr, const char *csr_name)
{
	const X509_NAME *wanted = X509_REQ_get_subject_name(csr);
	const X509_NAME *subject = X509_get_subject_name(signer);
	char wanted_text[NAME_SIZE], text[NAME_SIZE];

	if (X509_NAME_cmp(wanted, subject) == 0)
		return;
	warn(WARN_RENEWAL_SUBJECT,
	    "request %s is for %s, but -O %s for %s: a renewal keeps the "
	    "subject (RFC 8894, 2.5), and the CA may refuse it%s",
	    csr_name, cert_name_quote(wanted_text, sizeof(wanted_text), wanted),
	    session->options->sign_cert,
	    cert_name_quote(text, sizeof(text), subject),
	    session->making ? "; nothing else of -O is taken over either "
			      "(--san, --eku, --ku, --template)"
			    : "");
}

enum status signer_check_ability(
    const struct key_ability *ability, const char *shown)
{
	char lack[ABILITY_LACK_MAX];

	if (ability->signs_messages && trial_signs(ability))
		return ST_OK;
	if (ability->hashes_itself || ability->encapsulates)
		return fail(ST_FILE,
		    "private key %s: its type is %s%s; expected RSA or EC "
		    "(P-256)",
		    shown, ability_describe_lack(lack, ability),
		    ability->encapsulates ? ", and it does not sign" : "");
	return fail(ST_FILE,
	    "private key %s: its type is %s, expected RSA or EC (P-256)", shown,
	    ability->type);
}

enum status signer_check_type(
    const struct options *options, EVP_PKEY *public, const char *name)
{
	const struct key_ability ability = ability_of_key(public);
	char shown[KEY_NAME_MAX];
	enum status st;

	key_name_shown(shown, name);
	st = signer_check_ability(&ability, shown);
	if (st == ST_OK && options->rsa_pss && !ability.signs_pss)
		return fail(ST_FILE,
		    "private key %s: it is not RSA, which --rsa-pss requires",
		    shown);
	return st;
}

/* Whether the key, or the password, opens the reply (RFC 8894, 3.1). */
static enum status check_reply(const struct session *session,
    const struct key_ability *ability, const char *shown,
    const struct signer_password *password)
{
	if (ability->decrypts || password->text->len > 0)
		return ST_OK;
	if (ability_only_signs(ability))
		return fail(ST_FILE,
		    "private key %s: its type is %s, which opens no reply: "
		    "that is encrypted with the challengePassword (RFC 8894, "
		    "3.1), and there is none (give it %s)",
		    shown, ability->type, recipient_where_password(session));
	if (password->expected)
		warn(WARN_NO_PASSWORD,
		    "private key %s cannot decrypt, and there is no "
		    "challengePassword: only a reply encrypted by key "
		    "agreement can be opened (RFC 8894, 3.1)",
		    shown);
	return ST_OK;
}

enum status signer_check_key(struct session *session, EVP_PKEY *key,
    EVP_PKEY *public, const char *name, const struct signer_password *password)
{
	const struct key_ability ability = ability_of_key(public);
	char shown[KEY_NAME_MAX];
	enum status st = signer_check_type(session->options, public, name);

	key_name_shown(shown, name);
	if (st == ST_OK)
		st = check_reply(session, &ability, shown, password);
	if (st != ST_OK)
		return st;
	session->fixed_digest = ability.digest;
	if (ability.digest != NULL)
		verbose("private key %s: a key of type %s signs messages with "
			"%s (%s), whatever -S says",
		    shown, ability.type, ability.digest, ability.clause);

	switch (probe_key(key, public)) {
	case KEY_USABLE:
		break;
	case KEY_ONLY_SIGNS:
		return fail(ST_FILE,
		    "private key %s: it signs, but does not decrypt, and the "
		    "reply is encrypted to it (RFC 8894, 3.1)",
		    shown);
	case KEY_REFUSED:
		return fail(ST_FILE,
		    "private key %s: the token does not let it sign: its PIN "
		    "may be wrong or locked, or required for each use",
		    shown);
	}
	return ST_OK;
}

enum status signer_check_digest(const struct session *session, EVP_PKEY *public)
{
	const struct options *options = session->options;
	int digest = EVP_MD_type(session->digest);
	const char *with = NULL, *refused;

	if ((refused = algs_refused_digest(digest, public)) != NULL)
		return fail(ST_ERROR,
		    "cannot sign with %s: the policy of this libcrypto forbids "
		    "it in signatures (choose another with -S)",
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
	    "md5 cannot be used with %s (choose another digest with -S)", with);
}
