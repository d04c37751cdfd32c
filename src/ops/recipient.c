#include "ops/recipient.h"
#include "pki/ability.h"
#include "pki/cert.h"
#include "scep/trial.h"
#include "util/log.h"

static enum status fail_lack(X509 *cert, const char *rest)
{
	const struct key_ability ability = ability_of_cert(cert);
	char name[QUOTE_SIZE], lack[ABILITY_LACK_MAX];

	return fail(ST_FILE, "CA certificate %s: its key is %s%s",
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(cert)),
	    ability_describe_lack(lack, &ability), rest);
}

/* Keys of types that only verify are left to libcrypto. */
static bool verifies(X509 *cert)
{
	const struct key_ability ability = ability_of_cert(cert);

	return X509_get0_pubkey(cert) != NULL &&
	    (!ability.hashes_itself || trial_signs(&ability));
}

static enum status check_replies(const struct cabundle *bundle)
{
	X509 *cert;
	int i;

	if (verifies(bundle->sign))
		return ST_OK;
	for (i = 0; i < sk_X509_num(bundle->certs); i++) {
		cert = sk_X509_value(bundle->certs, i);
		if (cabundle_may_sign(bundle, cert) && verifies(cert))
			return ST_OK;
	}
	return fail_lack(
	    bundle->sign, ": no reply that it signs could be verified");
}

enum status recipient_check_keys(const struct cabundle *bundle)
{
	if (cabundle_can_encrypt(bundle) && !trial_encrypts(bundle->encrypt))
		return fail_lack(
		    bundle->encrypt, "; name another certificate with -e");
	return check_replies(bundle);
}

/* Nothing is added to a request that is given. */
const char *recipient_where_password(const struct session *session)
{
	const struct options *o = session->options;

	return session->making || o->request == NULL || o->sign_cert != NULL
	    ? "with --challenge"
	    : "in the request of -r";
}

enum status recipient_check(const struct cabundle *bundle,
    const struct session *session, const struct buf *password)
{
	const struct key_ability ability = ability_of_cert(bundle->encrypt);
	char name[QUOTE_SIZE];

	cert_name_quote(
	    name, sizeof(name), X509_get_subject_name(bundle->encrypt));
	if (session->options->rsa_oaep && !ability.encrypts)
		return fail(ST_FILE,
		    "CA certificate %s: its key is not RSA, which --rsa-oaep "
		    "requires",
		    name);
	if (ability_is_recipient(&ability) || password->len > 0)
		return ST_OK;
	return fail(ST_FILE,
	    "CA certificate %s: its key cannot encrypt, and there is no "
	    "challengePassword to encrypt with (RFC 8894, 3.1); name another "
	    "certificate with -e, or give the password %s",
	    name, recipient_where_password(session));
}

bool recipient_wants_password(
    const struct cabundle *bundle, X509 *signer, bool opens)
{
	const struct key_ability own = ability_of_cert(signer);

	return ability_only_signs(&own) || (opens && !own.decrypts) ||
	    !cabundle_can_encrypt(bundle);
}
