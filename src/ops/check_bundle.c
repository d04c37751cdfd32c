#include <string.h>

#include "ops/check_parts.h"
#include "ops/renew_ca.h"
#include "ops/trust.h"
#include "pki/cert.h"
#include "util/file.h"

#define DAYS_WARNED 30
#define DAY         86400

/* Certificates, as those of a bundle are used. */
struct listing {
	struct check *c;
	const struct cabundle *bundle;
	struct pins pins;
};

static const char *describe_use(const struct cabundle *bundle, X509 *cert)
{
	if (cert == bundle->encrypt && cert == bundle->sign)
		return "; requests are encrypted to it, and it is expected to "
		       "sign";
	if (cert == bundle->encrypt)
		return "; requests are encrypted to it";
	return cert == bundle->sign ? "; it is expected to sign" : "";
}

static bool is_pinned(const struct pins *pins, X509 *cert)
{
	size_t i;

	for (i = 0; i < pins->count; i++)
		if (pin_matches(&pins->list[i], cert))
			return true;
	return false;
}

static void list_valid(const struct listing *list, const char *what, X509 *cert,
    const struct due *due)
{
	struct findings *f = list->c->f;
	char name[QUOTE_SIZE], left[DUE_TEXT_SIZE];
	const char *use = describe_use(list->bundle, cert);
	const char *pin = is_pinned(&list->pins, cert) ? "; pinned" : "";

	cert_name_quote(name, sizeof(name), X509_get_subject_name(cert));
	due_text(left, sizeof(left), due);
	if (due->left < (long long)DAYS_WARNED * DAY)
		finding_warn(f,
		    "it expires soon: get the next ones with getnextca, or "
		    "with getca once the CA has changed",
		    "%s %s, %s left%s%s", what, name, left, use, pin);
	else
		finding_ok(f, "%s %s, %s left%s%s", what, name, left, use, pin);
}

/* One that is in use is reported by cabundle_check() when it is not valid. */
static void list_cert(const struct listing *list, const char *what, X509 *cert)
{
	const struct cabundle *bundle = list->bundle;
	struct findings *f = list->c->f;
	char name[QUOTE_SIZE];
	struct due due;

	cert_name_quote(name, sizeof(name), X509_get_subject_name(cert));
	if (!check_find_due(&due, cert))
		finding_warn(f, "ask the CA's administrator",
		    "%s %s: its notBefore or notAfter is no time", what, name);
	else if (!due.expired && !due.early)
		list_valid(list, what, cert, &due);
	else if (cert == bundle->sign || cert == bundle->encrypt)
		return;
	else if (due.expired)
		finding_warn(f, "get the current ones with getca",
		    "%s %s has expired", what, name);
	else
		finding_warn(f, "is this system's clock right?",
		    "%s %s is not valid yet", what, name);
}

static void list_all(struct listing *list)
{
	const struct cabundle *bundle = list->bundle;
	const struct options *o = list->c->session->options;
	struct log_capture unheard;
	int i;

	log_capture_begin(&unheard);
	trust_read_pins(&list->pins, o);
	log_capture_end(&unheard);
	for (i = 0; i < sk_X509_num(bundle->certs); i++)
		list_cert(
		    list, "CA certificate", sk_X509_value(bundle->certs, i));
	if (bundle->owned_encrypt != NULL)
		list_cert(
		    list, "encryption certificate", bundle->owned_encrypt);
	if (sk_X509_num(bundle->certs) > 1)
		finding_ok(list->c->f, "CA certificates %s: %d of them%s",
		    o->ca_cert, sk_X509_num(bundle->certs),
		    cabundle_is_chain(bundle->certs)
			? ", a chain up to a root"
			: ", without the issuer of each");
	if (bundle->hidden != NULL)
		finding_warn(list->c->f,
		    "if the CA has changed, remove it, or give another name",
		    "CA certificates %s-0 ...: they are not read, as there is "
		    "%s, and they are others",
		    o->ca_cert, o->ca_cert);
	pins_free(&list->pins);
}

/* For the part that asks the server; what is wrong is reported elsewhere. */
static void read_all(struct check *c, const char *path)
{
	struct log_capture unheard;

	if (file_is_standard(path))
		return;
	log_capture_begin(&unheard);
	cabundle_read(&c->files->ca, path, NULL, NULL);
	log_capture_end(&unheard);
}

/* renew requests those that are not there, if they are pinned. */
static bool are_requested(struct check *c)
{
	const struct options *o = c->session->options;
	bool there;

	if (c->own.operation != &op_renew ||
	    renew_ca_find(&there, o->ca_cert) != ST_OK || there)
		return false;
	if (o->ca_fingerprints.count == 0)
		renew_ca_fail_absent(o->ca_cert);
	else
		finding_ok(c->f,
		    "CA certificates %s: there are none; sscep renew requests "
		    "them, for --ca-fingerprint",
		    o->ca_cert);
	return true;
}

void check_bundle(struct check *c)
{
	struct listing list = {.c = c, .bundle = &c->in.bundle};
	const char *path = c->session->options->ca_cert, *advice = NULL;
	struct log_capture capture;
	enum status st;

	c->f->topic = "ca";
	if (path == NULL || are_requested(c))
		return;
	read_all(c, path);
	log_capture_begin(&capture);
	st = inputs_read_bundle(&c->in);
	log_capture_end(&capture);
	if (st == ST_FILE && c->in.bundle.certs != NULL)
		advice = "get the current ones with getca";
	/* Those that the pins do not let through are shown, too. */
	if (c->in.bundle.certs == NULL)
		list.bundle = &c->files->ca;
	if (list.bundle->certs != NULL)
		list_all(&list);
	c->bundle_is_good = st == ST_OK;
	if (st == ST_REPLY)
		finding_fail(c->f, st, advice, "%s: %s", path, capture.text);
	else if (st != ST_OK)
		finding_fail(c->f, st, advice, "%s", capture.text);
}
