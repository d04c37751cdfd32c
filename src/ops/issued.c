#include "ops/chain.h"
#include "ops/issued.h"
#include "ops/making.h"
#include "pki/altnames.h"
#include "pki/cert.h"
#include "util/log.h"

/*
 * A certificate for the key of the request.  That of the signer, which a
 * renewal with the same key brings along, counts only if there is no other.
 */
static X509 *find_by_key(const struct inputs *in, STACK_OF(X509) *certs)
{
	X509 *cert, *old = NULL;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (!cert_has_key(cert, in->public))
			continue;
		if (X509_cmp(cert, in->signer) != 0)
			return cert;
		old = cert;
	}
	return old;
}

/* Whether the CA sends back the certificate that is to be renewed (-O). */
static bool is_returned(const struct inputs *in, STACK_OF(X509) *certs)
{
	return in->options->sign_cert != NULL && cert_is_in(certs, in->signer);
}

/*
 * The CA may issue other subjectAltNames than the request has.  Many a CA adds
 * the commonName as a dNSName: that is not said.
 */
static void note_changes(
    const GENERAL_NAMES *wanted, const GENERAL_NAMES *issued, X509 *cert)
{
	struct buf lost = {0}, added = {0};

	if (altnames_add_missing(&lost, wanted, issued, NULL) &&
	    altnames_add_missing(
		&added, issued, wanted, X509_get_subject_name(cert)) &&
	    lost.len + added.len > 0)
		warn(WARN_SAN_CHANGED,
		    "the CA changed the subjectAltName: %s%s%s%s%s",
		    lost.len > 0 ? "it left out " : "", buf_string(&lost),
		    lost.len > 0 && added.len > 0 ? "; " : "",
		    added.len > 0 ? "it added " : "", buf_string(&added));
	buf_free(&lost);
	buf_free(&added);
}

/* Names that cannot be read are not compared. */
static void note_altnames(const struct inputs *in, X509 *cert)
{
	GENERAL_NAMES *wanted = NULL, *issued = NULL;

	if (!altnames_of_csr(&wanted, in->csr))
		verbose("the subjectAltName of request %s cannot be read",
		    making_name(in->options));
	else if (!altnames_of_cert(&issued, cert))
		verbose("the subjectAltName of the issued certificate cannot "
			"be read");
	else
		note_changes(wanted, issued, cert);
	GENERAL_NAMES_free(wanted);
	GENERAL_NAMES_free(issued);
}

/* The CA may issue another subject than the request has. */
static void note_differences(const struct inputs *in, X509 *cert)
{
	const X509_NAME *wanted = X509_REQ_get_subject_name(in->csr);
	const X509_NAME *subject = X509_get_subject_name(cert);
	char text[QUOTE_SIZE];

	if (X509_NAME_cmp(subject, wanted) != 0)
		warn(WARN_SUBJECT_CHANGED, "the CA changed the subject to %s",
		    cert_name_quote(text, sizeof(text), subject));
	note_altnames(in, cert);
}

/*
 * An expired certificate is refused.  One that is not valid yet is kept: the
 * clock of the CA may be a little ahead of ours.
 */
static enum status check_validity(const struct inputs *in, X509 *cert)
{
	int when = cert_time_status(cert);

	if (when < 0)
		warn(WARN_ISSUED_NOT_VALID_NOW,
		    "the issued certificate is not valid yet, by this "
		    "system's clock");
	if (when <= 0)
		return ST_OK;
	if ((in->options->tolerate & TOLERATE_CLOCK) == 0)
		return fail(ST_REPLY,
		    "reply: the issued certificate has expired, by this "
		    "system's clock (--tolerate clock overrides this)");
	warn(WARN_TOLERATED_CLOCK,
	    "the issued certificate has expired: ignored (--tolerate clock)");
	return ST_OK;
}

enum status issued_find_cert(
    X509 **out, const struct inputs *in, STACK_OF(X509) *certs)
{
	X509 *cert = find_by_key(in, certs);
	enum status st;

	if ((cert == NULL || X509_cmp(cert, in->signer) == 0) &&
	    is_returned(in, certs))
		return fail(ST_SAME_CERT,
		    "reply: the server returned the certificate that is to be "
		    "renewed, not a new one");
	if (cert == NULL)
		return fail(ST_REPLY,
		    "reply: none of its %d certificate(s) is for the key of "
		    "the request (RFC 8894, 3.3.2.1)",
		    sk_X509_num(certs));

	st = chain_check_issuer(in->options, &in->bundle, cert, certs);
	if (st == ST_OK)
		st = check_validity(in, cert);
	if (st != ST_OK)
		return st;
	note_differences(in, cert);
	*out = cert;
	return ST_OK;
}
