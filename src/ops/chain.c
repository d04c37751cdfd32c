#include "compat/process.h"
#include "ops/chain.h"
#include "ops/outputs.h"
#include "pki/cert.h"
#include "pki/path.h"
#include "util/log.h"

static enum status refuse_issuer(
    const struct options *options, const char *issuer, const char *reason)
{
	if ((options->tolerate & TOLERATE_ISSUER) == 0)
		return fail(ST_REPLY,
		    "reply: the certificate issued by %s does not verify "
		    "against the CA certificates of -c: %s (--tolerate issuer "
		    "overrides this)",
		    issuer, reason);
	warn(WARN_TOLERATED_ISSUER,
	    "the certificate issued by %s does not verify against the CA "
	    "certificates of -c: %s: ignored (--tolerate issuer)",
	    issuer, reason);
	return ST_OK;
}

static void warn_of_no_ca(const char *issuer, const char *explanation)
{
	if (explanation != NULL)
		warn(WARN_NO_CA_CERTIFICATE,
		    "the certificate issued by %s is not verified with that of "
		    "-c: %s (RFC 5280, 4.2.1)",
		    issuer, explanation);
	else
		warn(WARN_NO_CA_CERTIFICATE,
		    "no CA certificate at hand (-c) to verify the certificate "
		    "with; its issuer is %s",
		    issuer);
}

enum status chain_check_issuer(const struct options *options,
    const struct cabundle *bundle, X509 *cert, STACK_OF(X509) *more)
{
	char issuer[QUOTE_SIZE];
	const char *explanation, *reason;
	enum path_verdict verdict;

	cert_name_quote(issuer, sizeof(issuer), X509_get_issuer_name(cert));
	verdict = path_verify_below(bundle->certs, cert, more, &reason);
	explanation =
	    verdict != PATH_VERIFIED ? path_explain(bundle->certs, cert) : NULL;
	if (verdict == PATH_REFUSED)
		return refuse_issuer(options, issuer,
		    explanation != NULL ? explanation : reason);
	if (verdict == PATH_NO_CA)
		warn_of_no_ca(issuer, explanation);
	return ST_OK;
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

enum status chain_find_certs(STACK_OF(X509) *chain, X509 *cert,
    STACK_OF(X509) *certs, const struct cabundle *bundle)
{
	size_t lacks = compat_count_lacks();
	const char *reason;

	while ((cert = find_issuer(cert, certs, chain)) != NULL &&
	    path_verify_below(bundle->certs, cert, certs, &reason) !=
		PATH_REFUSED)
		if (sk_X509_push(chain, cert) <= 0)
			return fail_memory();
	return compat_count_lacks() > lacks ? fail_memory() : ST_OK;
}

enum status chain_write_certs(const struct session *session,
    struct output *output, const struct cabundle *bundle, X509 *cert,
    STACK_OF(X509) *certs)
{
	STACK_OF(X509) *chain;
	enum status st;

	if (output->way == OUTPUT_CLOSED)
		return ST_OK;
	if ((chain = sk_X509_new_null()) == NULL)
		return fail_memory();

	st = chain_find_certs(chain, cert, certs, bundle);
	if (st == ST_OK && sk_X509_num(chain) == 0) {
		warn(WARN_NOT_WRITTEN,
		    "the reply brought no CA certificates, %s is not written",
		    output->name);
	} else if (st == ST_OK) {
		st = outputs_write_certs(session, output, chain);
		if (st == ST_OK)
			say("CA certificates written as %s", output->name);
	}
	sk_X509_free(chain);
	return st;
}
