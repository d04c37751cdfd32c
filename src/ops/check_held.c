#include <stdio.h>

#include "ops/check_cert.h"
#include "ops/check_held.h"
#include "pki/caset.h"
#include "pki/cert.h"

#define NONE_IS_SENT "THE SERVER SENDS NONE OF THE CERTIFICATES OF %s"
#define NONE_ADVICE \
	"either the CA has got new certificates: compare the fingerprints " \
	"with those that its operator names, and run getca again; or this is " \
	"another server than before: check the URL and -i"

struct held {
	const struct check_files *files;
	const struct cabundle *sent, *let_through; /* by the pins */
};

/* renew requests them once more when a reply is signed by another. */
static bool is_fetched_again(const struct findings *f, const struct held *h)
{
	const struct options *o = f->session->options;

	return o->operation == &op_renew && o->ca_fingerprints.count > 0 &&
	    cert_is_in(h->let_through->certs, h->sent->sign);
}

/*
 * Whether replies would be signed by a certificate that is not among those of -c.
 * None of a reply counts, whoever has issued it; see signed_verify().
 */
static bool is_refused(const struct findings *f, const struct held *h)
{
	STACK_OF(X509) *used =
	    h->files->used != NULL ? h->files->used->certs : NULL;
	int i;

	if (used == NULL || cert_is_in(used, h->sent->sign) ||
	    is_fetched_again(f, h))
		return false;
	for (i = 0; i < sk_X509_num(used); i++)
		if (cabundle_may_sign(h->sent, sk_X509_value(used, i)))
			return false;
	return true;
}

static void tell_refused(struct findings *f, const struct held *h)
{
	const struct check_files *files = h->files;
	X509 *signer = h->sent->sign;
	char name[QUOTE_SIZE];

	finding_fail(f, ST_REPLY,
	    cabundle_get_advice(
		files->used, cert_is_in(files->used->hidden, signer)),
	    "replies would be refused: they are expected to be signed by the "
	    "%s certificate %s, which %s %s",
	    check_cert_role(signer),
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(signer)),
	    cert_is_in(files->ca.certs, signer)
		? "--ca-fingerprint leaves out of"
		: "is not among those of",
	    f->session->options->ca_cert);
}

/* Whether requests or replies depend on a certificate that -c lacks. */
static bool is_used(const struct held *h, const X509 *cert)
{
	return cert == h->let_through->sign ||
	    (cert == h->let_through->encrypt &&
		(h->files->used == NULL ||
		    h->files->used->owned_encrypt == NULL));
}

/* Those that have no use for requests and replies need not be in the file. */
static void tell_new(struct findings *f, const struct held *h, bool refused)
{
	const char *path = f->session->options->ca_cert;
	char name[QUOTE_SIZE];
	X509 *cert;
	int i;

	for (i = 0; i < sk_X509_num(h->let_through->certs); i++) {
		cert = sk_X509_value(h->let_through->certs, i);
		if (cert_is_in(h->files->ca.certs, cert) ||
		    (refused && cert == h->sent->sign))
			continue;
		cert_name_quote(
		    name, sizeof(name), X509_get_subject_name(cert));
		if (is_used(h, cert))
			finding_warn(f,
			    "run getca again; renew does it by itself with "
			    "--ca-fingerprint",
			    "the server sends a new %s certificate, %s, "
			    "which %s lacks%s",
			    check_cert_role(cert), name, path,
			    cert == h->let_through->encrypt
				? ", and may be unable to read what is "
				  "encrypted for another"
				: "");
		else
			finding_ok(f,
			    "%s lacks the %s certificate %s that the "
			    "server sends, too",
			    path, check_cert_role(cert), name);
	}
}

static bool any_is_sent(const struct held *h)
{
	STACK_OF(X509) *certs = h->files->ca.certs;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++)
		if (cert_is_in(h->sent->certs, sk_X509_value(certs, i)))
			return true;
	return false;
}

void check_held(struct findings *f, const struct check_files *files,
    const struct cabundle *sent, const struct cabundle *let_through)
{
	const struct held held = {files, sent, let_through}, *h = &held;
	const char *path = f->session->options->ca_cert;
	const struct cabundle *current = &files->ca;
	bool refused = is_refused(f, h);

	if (!any_is_sent(h) && refused) {
		finding_fail(f, ST_REPLY, NONE_ADVICE, NONE_IS_SENT, path);
		return;
	}
	if (!any_is_sent(h)) {
		finding_warn(f, NONE_ADVICE, NONE_IS_SENT, path);
		return;
	}
	if (refused)
		tell_refused(f, h);
	if (caset_find_missing(h->let_through->certs, current->certs) != NULL)
		tell_new(f, h, refused);
	else if (!cert_is_in(h->sent->certs, current->sign) ||
	    !cert_is_in(h->sent->certs, current->encrypt))
		finding_warn(f, "run getca again if the CA has changed",
		    "%s has certificates that the server does not send", path);
	else
		finding_ok(
		    f, "%s has the certificates that the server sends", path);
}

void check_held_report(struct findings *f, const struct check_files *files,
    enum status st, const char *advice, const char *text)
{
	const struct options *o = f->session->options;
	char unused[LOG_LINE_MAX];

	if (files->used == NULL) {
		finding_fail(f, st, advice, "%s", text);
		return;
	}
	snprintf(unused, sizeof(unused), "%s does without it, as it has %s",
	    o->operation->name, o->ca_cert);
	finding_warn(f, unused, "%s", text);
}
