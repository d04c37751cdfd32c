#include <stdio.h>

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "compat/process.h"
#include "pki/cert.h"
#include "pki/path.h"

/*
 * The most CA certificates between a certificate and its anchor: more than real
 * CAs have, and few enough to bound the time for what an attacker sends.
 */
#define DEPTH_MAX 16

/* Whether a certificate of certs other than ca has its name. */
static bool has_double(X509 *ca, STACK_OF(X509) *certs)
{
	X509 *cert;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (X509_NAME_cmp(X509_get_subject_name(cert),
			X509_get_subject_name(ca)) == 0 &&
		    X509_cmp(cert, ca) != 0)
			return true;
	}
	return false;
}

/*
 * Whether ca has the name of cert's issuer but another key, as before or after
 * a rollover.  libcrypto tries only one certificate of those with that name; if
 * ca is the only one, it finds out itself.
 */
static bool is_namesake(
    X509 *ca, X509 *cert, STACK_OF(X509) *trusted, STACK_OF(X509) *more)
{
	return X509_NAME_cmp(X509_get_subject_name(ca),
		   X509_get_issuer_name(cert)) == 0 &&
	    (has_double(ca, trusted) || has_double(ca, more)) &&
	    !cert_seems_issued_by(cert, ca);
}

/*
 * Why X509_verify_cert() failed, in static text.  For a digest that the policy
 * of libcrypto forbids, libcrypto only says that the signature is wrong.
 */
static const char *verify_error_text(X509_STORE_CTX *ctx)
{
	static char text[120];
	int error = X509_STORE_CTX_get_error(ctx);
	int depth = X509_STORE_CTX_get_error_depth(ctx);
	STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	const char *refused = NULL;

	if (error == X509_V_ERR_CERT_SIGNATURE_FAILURE && depth >= 0 &&
	    depth + 1 < sk_X509_num(chain))
		refused = cert_refused_digest(sk_X509_value(chain, depth),
		    sk_X509_value(chain, depth + 1));
	if (refused == NULL)
		return X509_verify_cert_error_string(error);
	snprintf(text, sizeof(text),
	    "signed with %s, which the policy of this libcrypto forbids",
	    refused);
	return text;
}

bool path_verify(X509 *cert, STACK_OF(X509) *trusted, STACK_OF(X509) *more,
    unsigned long flags, const char **reason)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	bool ok = false;
	int i;

	*reason = "out of memory";
	if (store == NULL || ctx == NULL)
		goto out;

	for (i = 0; i < sk_X509_num(trusted); i++)
		if (!is_namesake(
			sk_X509_value(trusted, i), cert, trusted, more) &&
		    !X509_STORE_add_cert(store, sk_X509_value(trusted, i)))
			goto out;

	if (!X509_STORE_set_flags(store, flags) ||
	    !X509_STORE_set_depth(store, DEPTH_MAX) ||
	    !X509_STORE_CTX_init(ctx, store, cert, more))
		goto out;
	ok = X509_verify_cert(ctx) == 1;
	*reason = verify_error_text(ctx);

out:
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	ERR_clear_error();
	return ok;
}

STACK_OF(X509) *path_select(STACK_OF(X509) *certs, bool (*wanted)(X509 *))
{
	STACK_OF(X509) *selected = sk_X509_new_null();
	int i;

	for (i = 0; selected != NULL && i < sk_X509_num(certs); i++) {
		if (wanted(sk_X509_value(certs, i)) &&
		    !cert_push(selected, sk_X509_value(certs, i))) {
			cert_stack_free(selected);
			return NULL;
		}
	}
	return selected;
}

enum path_verdict path_verify_below(STACK_OF(X509) *anchors, X509 *cert,
    STACK_OF(X509) *more, const char **reason)
{
	STACK_OF(X509) *trusted = path_select(anchors, cert_is_anchor);
	enum path_verdict verdict = PATH_REFUSED;

	*reason = "out of memory";
	if (trusted != NULL && sk_X509_num(trusted) == 0) {
		*reason = "there is no CA certificate to verify it with";
		verdict = PATH_NO_CA;
	} else if (trusted != NULL &&
	    path_verify(cert, trusted, more,
		X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME,
		reason)) {
		verdict = PATH_VERIFIED;
	}
	cert_stack_free(trusted);
	return verdict;
}

const char *path_explain(STACK_OF(X509) *anchors, X509 *cert)
{
	static char text[120];
	X509 *issuer;
	int i;

	for (i = 0; i < sk_X509_num(anchors); i++) {
		issuer = sk_X509_value(anchors, i);
		if (cert_is_anchor(issuer) ||
		    !cert_seems_issued_by(cert, issuer))
			continue;
		snprintf(text, sizeof(text), "its issuer's certificate is %s",
		    cert_why_no_ca(issuer));
		return text;
	}
	return NULL;
}

/*
 * One level: adds to cas the CA certificates of certs that verify against
 * anchors with cas as intermediates.  Returns how many; -1: no memory.
 */
static int find_level(
    STACK_OF(X509) *cas, STACK_OF(X509) *anchors, STACK_OF(X509) *certs)
{
	size_t lacks = compat_count_lacks();
	enum path_verdict verdict;
	int i, found = 0;
	const char *reason;
	X509 *cert;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (!cert_says_ca(cert) || cert_is_in(cas, cert))
			continue;
		verdict = path_verify_below(anchors, cert, cas, &reason);
		if (compat_count_lacks() > lacks)
			return -1;
		if (verdict != PATH_VERIFIED)
			continue;
		if (!cert_push(cas, cert))
			return -1;
		found++;
	}
	return found;
}

STACK_OF(X509) *path_find_cas(STACK_OF(X509) *anchors, STACK_OF(X509) *certs)
{
	STACK_OF(X509) *cas = sk_X509_new_null();
	int found = cas != NULL ? 1 : -1;

	while (found > 0)
		found = find_level(cas, anchors, certs);
	if (found == 0)
		return cas;
	cert_stack_free(cas);
	return NULL;
}
