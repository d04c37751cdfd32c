#include <stdio.h>

#include "ops/check_cert.h"
#include "ops/check_tls.h"
#include "pki/altnames.h"
#include "pki/cert.h"

static void add_names(struct buf *out, X509 *cert)
{
	GENERAL_NAMES *names = NULL;

	if (altnames_of_cert(&names, cert) && names != NULL)
		altnames_add_missing(out, names, NULL, NULL);
	else
		buf_add_string(out, "no names");
	GENERAL_NAMES_free(names);
}

static void tell_peer(struct findings *f, X509 *cert)
{
	static const char *const advice[AGE_COUNT] = {
	    [AGE_ENDS_SOON] =
		"have the operator of the server renew it in time",
	    [AGE_EXPIRED] = "have the operator of the server renew it",
	    [AGE_EARLY] = "is this system's clock right?",
	};
	char subject[QUOTE_SIZE], issuer[QUOTE_SIZE];
	char dates[CHECK_DATES_SIZE], text[LOG_LINE_MAX];
	struct buf names = {0};

	add_names(&names, cert);
	snprintf(text, sizeof(text),
	    "certificate of the server: %s, for %s, issued by %s, %s",
	    cert_name_quote(
		subject, sizeof(subject), X509_get_subject_name(cert)),
	    buf_string(&names),
	    cert_name_quote(issuer, sizeof(issuer), X509_get_issuer_name(cert)),
	    check_cert_dates(dates, sizeof(dates), cert));
	check_cert_tell(f, cert, advice, text);
	buf_free(&names);
}

static void tell_verdict(struct findings *f, const struct http_tls *tls)
{
	const struct options *o = f->session->options;

	if (tls->peer == NULL)
		return;
	if (tls->verdict[0] == '\0')
		finding_ok(f,
		    "the certificate of the server is trusted, by the CA "
		    "certificates %s",
		    o->tls_ca_file != NULL || o->tls_ca_dir != NULL
			? "of --tls-ca-file or --tls-ca-dir"
			: "of the system");
	else if (o->tls_insecure)
		finding_warn(f, "leave --tls-insecure out when that is mended",
		    "%s; --tls-insecure hides it", tls->verdict);
}

static void tell_client_dates(struct findings *f, const char *path)
{
	static const char *const advice[AGE_COUNT] = {
	    [AGE_ENDS_SOON] = "renew it in time",
	    [AGE_EXPIRED] = "the server may refuse it",
	    [AGE_EARLY] = "the server may refuse it",
	};
	char dates[CHECK_DATES_SIZE], text[LOG_LINE_MAX];
	X509 *cert = NULL;

	if (cert_read(&cert, path, "TLS certificate") != ST_OK)
		return;
	check_cert_dates(dates, sizeof(dates), cert);
	snprintf(text, sizeof(text), "TLS certificate %s: %s", path, dates);
	check_cert_tell(f, cert, advice, text);
	X509_free(cert);
}

static void tell_client(struct findings *f, const struct http_tls *tls)
{
	const char *path = f->session->options->tls_cert;

	if (tls->asked && path == NULL)
		finding_ok(f,
		    "the server asks for a client certificate, and there is "
		    "none (--tls-cert)");
	else if (tls->asked)
		finding_ok(f,
		    "the server asks for a client certificate, and gets that "
		    "of --tls-cert");
	else if (path != NULL && tls->up)
		finding_warn(f,
		    "its operator may have to switch that on, or it does not "
		    "need one",
		    "the server asks for no client certificate: that of "
		    "--tls-cert is not used");
	if (path != NULL)
		tell_client_dates(f, path);
}

void check_tls(struct findings *f, const struct http_tls *tls)
{
	if (tls->up)
		finding_ok(f, "%s, %s", tls->version, tls->cipher);
	if (tls->peer != NULL)
		tell_peer(f, tls->peer);
	tell_verdict(f, tls);
	tell_client(f, tls);
}
