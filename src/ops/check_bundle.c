#include <string.h>

#include "ops/check_cert.h"
#include "ops/check_local.h"
#include "ops/check_parts.h"
#include "ops/recipient.h"
#include "ops/renew_ca.h"
#include "ops/trust.h"
#include "pki/cert.h"
#include "util/file.h"

#define RENEW_ADVICE "get the current ones with getca"
#define CLOCK_ADVICE \
	"this system's clock may be wrong, and behind: look at that first"

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

/* One that is in use is reported by cabundle_check() when it is not valid. */
static void list_cert(const struct listing *list, const char *what, X509 *cert)
{
	static const char *const advice[AGE_COUNT] = {
	    [AGE_ENDS_SOON] = CHECK_SOON_ADVICE,
	    [AGE_EXPIRED] = RENEW_ADVICE,
	    [AGE_EARLY] = CLOCK_ADVICE,
	    [AGE_UNKNOWN] = "ask the CA's administrator",
	};
	enum check_age age = check_cert_age(cert);
	const char *use = describe_use(list->bundle, cert);
	char name[QUOTE_SIZE], left[CHECK_LEFT_SIZE], text[LOG_LINE_MAX];

	if ((age == AGE_EXPIRED || age == AGE_EARLY) && use[0] != '\0')
		return;
	cert_name_quote(name, sizeof(name), X509_get_subject_name(cert));
	snprintf(text, sizeof(text), "%s certificate %s%s%s%s", what, name,
	    check_cert_left(left, sizeof(left), cert), use,
	    is_pinned(&list->pins, cert) ? "; pinned" : "");
	check_cert_tell(list->c->f, cert, advice, text);
}

static void list_all(struct listing *list)
{
	const struct cabundle *bundle = list->bundle;
	const struct options *o = list->c->session->options;
	struct log_capture unheard;
	char what[QUOTE_SIZE];
	X509 *cert;
	int i;

	log_capture_begin(&unheard);
	trust_read_pins(&list->pins, o);
	log_capture_end(&unheard);
	for (i = 0; i < sk_X509_num(bundle->certs); i++) {
		cert = sk_X509_value(bundle->certs, i);
		list_cert(list, check_cert_role(cert), cert);
	}
	if (bundle->owned_encrypt != NULL)
		list_cert(list, "encryption", bundle->owned_encrypt);
	if (sk_X509_num(bundle->certs) > 1) {
		snprintf(what, sizeof(what), "the %d certificates of %s",
		    sk_X509_num(bundle->certs), o->ca_cert);
		check_cert_chain(list->c->f, what, bundle->certs);
	}
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
	else if (renew_ca_look(o->ca_cert) == ST_OK)
		finding_ok(c->f,
		    "CA certificates %s: there are none; sscep renew requests "
		    "them, for --ca-fingerprint",
		    o->ca_cert);
	return true;
}

static bool cert_is_early(X509 *cert)
{
	return cert != NULL && check_cert_age(cert) == AGE_EARLY;
}

bool check_is_early(const struct cabundle *bundle)
{
	bool early = cert_is_early(bundle->owned_encrypt);
	int i;

	for (i = 0; i < sk_X509_num(bundle->certs); i++)
		early = early || cert_is_early(sk_X509_value(bundle->certs, i));
	return early;
}

/* Current ones would have the same keys. */
static bool libcrypto_lacks_keys(const struct cabundle *bundle)
{
	struct log_capture capture;
	bool lacks;

	log_capture_begin(&capture);
	lacks = recipient_check_keys(bundle) != ST_OK;
	log_capture_end(&capture);
	return lacks;
}

const char *check_advice_on_ca(const struct cabundle *bundle)
{
	if (libcrypto_lacks_keys(bundle))
		return NULL;
	return check_is_early(bundle) ? CLOCK_ADVICE : RENEW_ADVICE;
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
		advice = check_advice_on_ca(&c->in.bundle);
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
