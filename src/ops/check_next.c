#include <stdio.h>

#include "ops/check_cert.h"
#include "ops/check_next.h"
#include "ops/getnextca.h"
#include "pki/cert.h"
#include "scep/caps.h"
#include "scep/nextca.h"

static void tell_certs(
    struct findings *f, STACK_OF(X509) *certs, const char *source)
{
	char what[64], dates[CHECK_DATES_SIZE];
	int i, count = sk_X509_num(certs);
	X509 *cert;

	finding_ok(f,
	    "the certificates of the next CA have come, and verify with those "
	    "of %s",
	    source);
	for (i = 0; i < count; i++) {
		cert = sk_X509_value(certs, i);
		snprintf(what, sizeof(what), "next CA certificate %d of %d",
		    i + 1, count);
		check_cert(f, what, cert);
		/* They may well be valid only later. */
		if (check_cert_age(cert) == AGE_EARLY)
			finding_ok(f, "%s: %s", what,
			    check_cert_dates(dates, sizeof(dates), cert));
		else
			check_cert_validity(f, what, cert);
	}
}

/* That there is none is the usual case. */
static enum status fetch(
    struct findings *f, struct check_http *h, struct http_response *response)
{
	struct check_start start = check_http_start();
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = getnextca_fetch(f->session, response);
	log_capture_end(&capture);
	check_http(h, f, response, &start);
	f->topic = "next-ca";
	if (st == ST_NO_NEXT_CA)
		finding_ok(f, "%s", capture.text);
	else
		log_report(st, capture.text);
	return st;
}

void check_next(struct findings *f, struct check_http *h,
    const struct cabundle *trusted, const char *source)
{
	struct session *session = f->session;
	const struct nextca_trust trust = {
	    .current = trusted,
	    .option = source,
	    .tolerate = session->options->tolerate,
	    .policy = session_digest_policy(session),
	};
	struct http_response response = {0};
	STACK_OF(X509) *certs = NULL;
	X509 *signer = NULL;
	enum status st;

	st = fetch(f, h, &response);
	if (st != ST_OK)
		goto out;
	check_http_type(f, "GetNextCACert", &response,
	    "application/x-x509-next-ca-cert", "4.7.1");
	f->topic = "next-ca";
	if (!caps_have(session->caps, CAP_GETNEXTCACERT))
		finding_warn(f, "tell the operator of the server",
		    "the server has an answer to GetNextCACert, and does not "
		    "announce it: clients do not ask for it");
	st = nextca_decode(&certs, &signer, &trust, response.body.bytes.data,
	    response.body.bytes.len);
	if (st == ST_OK)
		tell_certs(f, certs, source);
out:
	cert_stack_free(certs);
	X509_free(signer);
	response_free(&response);
}
