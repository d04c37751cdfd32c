#include <stdio.h>

#include <openssl/x509v3.h>

#include "ops/cafetch.h"
#include "ops/check_ca.h"
#include "ops/check_cert.h"
#include "ops/check_held.h"
#include "ops/check_http.h"
#include "ops/recipient.h"
#include "ops/trust.h"
#include "pki/ability.h"
#include "pki/cert.h"
#include "pki/path.h"
#include "pki/pinned.h"

static void tell_each(struct findings *f, STACK_OF(X509) *certs)
{
	int i, count = sk_X509_num(certs);
	char what[64];
	X509 *cert;

	for (i = 0; i < count; i++) {
		cert = sk_X509_value(certs, i);
		snprintf(what, sizeof(what), "%s certificate %d of %d",
		    check_cert_role(cert), i + 1, count);
		check_cert(f, what, cert);
		check_cert_validity(f, what, cert);
	}
}

static void tell_role(
    struct findings *f, X509 *cert, const char *what, const char *why)
{
	char name[QUOTE_SIZE];

	finding_ok(f, "%s %s: %s", what,
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(cert)),
	    why);
}

static void judge_usage(struct findings *f, X509 *cert, unsigned int usage,
    const char *name_of_usage, const char *what)
{
	char name[QUOTE_SIZE];

	if (cert_allows(cert, usage))
		return;
	finding_warn(f,
	    "the CA should issue another, as other clients may refuse it",
	    "no certificate allows %s, by keyUsage: %s has to %s",
	    name_of_usage,
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(cert)),
	    what);
}

/* -e, which -c that cannot be used leaves unread. */
static void tell_encrypted(struct findings *f, const struct check_ca *ca)
{
	const char *path = f->session->options->enc_cert;
	const struct cabundle *used = ca->files->used;

	if (path == NULL)
		return;
	if (used == NULL || used->owned_encrypt == NULL ||
	    cert_is_in(ca->sent.certs, used->owned_encrypt))
		finding_ok(f,
		    "but -e has requests encrypted for the certificate %s",
		    path);
	else
		finding_warn(f,
		    "it may be unable to read them: leave -e out, or ask the "
		    "operator of the CA for the certificate",
		    "but -e has requests encrypted for the certificate %s, "
		    "which the server does not send",
		    path);
}

static void tell_roles(struct findings *f, const struct check_ca *ca)
{
	const struct cabundle *bundle = &ca->bundle;

	tell_role(f, bundle->encrypt, "requests would be encrypted for",
	    bundle->why_encrypt);
	tell_encrypted(f, ca);
	tell_role(f, bundle->sign, "replies are expected to be signed by",
	    bundle->why_sign);
	judge_usage(
	    f, bundle->sign, KU_DIGITAL_SIGNATURE, "digitalSignature", "sign");
	if (cabundle_can_encrypt(bundle))
		judge_usage(f, bundle->encrypt, KU_KEY_ENCIPHERMENT,
		    "keyEncipherment", "be encrypted for");
	else
		finding_warn(f,
		    "give a challengePassword with each request, as requests "
		    "are encrypted with it (RFC 8894, 3.1)",
		    "the key to encrypt for cannot encrypt, its type is %s",
		    ability_of_cert(bundle->encrypt).type);
}

static void tell_pin(
    struct findings *f, const struct pin *pin, STACK_OF(X509) *certs)
{
	char name[QUOTE_SIZE], shown[QUOTE_SIZE];
	X509 *cert;
	int i;

	quote_text(shown, sizeof(shown), pin->text);
	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (!pin_matches(pin, cert))
			continue;
		finding_ok(f, "--ca-fingerprint %s is that of %s", shown,
		    cert_name_quote(
			name, sizeof(name), X509_get_subject_name(cert)));
		return;
	}
	finding_ok(f, "--ca-fingerprint %s is that of none of them", shown);
}

/* False if none of the certificates is left. */
static bool keep_pinned(
    struct findings *f, const struct check_files *files, STACK_OF(X509) *certs)
{
	struct pins pins = {0};
	struct log_capture capture;
	struct buf text = {0};
	enum status st;
	size_t i;

	log_capture_begin(&capture);
	st = trust_read_pins(&pins, f->session->options);
	if (st == ST_OK && pins.count > 0)
		st = pinned_keep(certs, NULL, &pins);
	log_capture_end(&capture);
	if (st != ST_OK && buf_addf(&text, "GetCACert: %s", capture.text))
		check_held_report(f, files, st, NULL, buf_string(&text));
	buf_free(&text);
	for (i = 0; st == ST_OK && i < pins.count; i++)
		tell_pin(f, &pins.list[i], certs);
	pins_free(&pins);
	return st == ST_OK;
}

static void check_form(
    struct findings *f, const struct http_response *response, bool bare)
{
	if (bare)
		check_http_type(f, "GetCACert", response,
		    "application/x-x509-ca-cert", "4.2.1.1");
	else
		check_http_type(f, "GetCACert", response,
		    "application/x-x509-ca-ra-cert", "4.2.1.2");
	if (response->body.bytes.data[0] != 0x30)
		finding_warn(f,
		    "sscep takes it nevertheless, other clients may fail",
		    "GetCACert: the body is PEM, expected DER (RFC 8894, "
		    "4.2.1)");
}

/* The same certificates in another stack, which pins may shorten. */
static void use_pinned(struct findings *f, struct check_ca *ca)
{
	STACK_OF(X509) *certs = X509_chain_up_ref(ca->sent.certs);
	unsigned int tolerate = f->session->options->tolerate;
	const char *advice = NULL;
	struct log_capture capture;
	char clock[128];
	enum status st;

	if (certs == NULL || !keep_pinned(f, ca->files, certs)) {
		cert_stack_free(certs);
		return;
	}
	cabundle_set(&ca->bundle, certs);
	tell_roles(f, ca);
	check_cert_chain(f, "the certificates", ca->bundle.certs);
	log_capture_begin(&capture);
	st = cabundle_check(&ca->bundle, (tolerate & TOLERATE_CLOCK) == 0);
	if (st == ST_OK)
		st = recipient_check_keys(&ca->bundle);
	log_capture_end(&capture);
	if (st == ST_OK)
		return;
	if (check_is_early(&ca->bundle))
		advice =
		    check_http_advise_on_early(ca->http, clock, sizeof(clock));
	check_held_report(f, ca->files, st, advice, capture.text);
}

/* The certificate of -l or -O, if there is one. */
static void judge_own(
    struct findings *f, const char *path, X509 *cert, STACK_OF(X509) *cas)
{
	const char *reason;

	if (cert == NULL)
		return;
	if (path_verify_below(cas, cert, cas, &reason) == PATH_VERIFIED)
		finding_ok(f,
		    "certificate %s was issued by a CA that the server sends",
		    path);
	else
		finding_warn(f,
		    "it may be of another CA, or the CA has changed since: "
		    "then the server may refuse to renew it",
		    "certificate %s was issued by none of the CAs that the "
		    "server sends",
		    path);
}

void check_ca(struct findings *f, struct check_ca *ca,
    const struct http_response *response)
{
	const struct options *o = f->session->options;
	const struct pins none = {0};
	STACK_OF(X509) *certs = NULL;
	struct log_capture capture;
	enum status st;
	bool bare;

	f->topic = "ca";
	log_capture_begin(&capture);
	st = cafetch_parse(&certs, &bare, &none, &response->body);
	log_capture_end(&capture);
	if (st != ST_OK) {
		check_held_report(f, ca->files, st, NULL, capture.text);
		return;
	}
	cabundle_set(&ca->sent, certs);
	check_form(f, response, bare);
	f->topic = "ca";
	tell_each(f, certs);
	use_pinned(f, ca);
	if (ca->files->ca.certs != NULL)
		check_held(f, ca->files, &ca->sent, &ca->bundle);
	judge_own(f, o->sign_cert, ca->files->signer, certs);
	judge_own(f, o->local_cert, ca->files->cert, certs);
}

void check_ca_free(struct check_ca *ca)
{
	cabundle_free(&ca->sent);
	cabundle_free(&ca->bundle);
}
