#include <sys/stat.h>

#include "ops/getnextca.h"
#include "ops/outputs.h"
#include "ops/renew_ca.h"
#include "ops/renew_next.h"
#include "ops/trust.h"
#include "pki/cabundle.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/due.h"
#include "pki/path.h"
#include "scep/caps.h"
#include "scep/nextca.h"
#include "util/log.h"

#define DAY 86400

static bool is_pinned(const struct session *session)
{
	return session->options->ca_fingerprints.count > 0;
}

/* The CA that signs replies, or that has issued the certificate which does. */
static X509 *find_ca(const struct cabundle *bundle)
{
	X509 *cert;
	int i;

	if (cert_is_ca(bundle->sign))
		return bundle->sign;
	for (i = 0; i < sk_X509_num(bundle->certs); i++) {
		cert = sk_X509_value(bundle->certs, i);
		if (cert_is_ca(cert) &&
		    cert_seems_issued_by(bundle->sign, cert))
			return cert;
	}
	return NULL;
}

static bool is_ending(X509 *cert)
{
	static const struct due_when fifth = {.percent = 20};
	static const struct due_when half_year = {.seconds = 180 * DAY};
	const ASN1_TIME *from = X509_get0_notBefore(cert);
	const ASN1_TIME *to = X509_get0_notAfter(cert);
	struct due one, other;

	return due_find(&one, &fifth, from, to, clock_now()) &&
	    due_find(&other, &half_year, from, to, clock_now()) && one.due &&
	    other.due && !one.early;
}

/* Of -c, without a word: what is wrong with it is said where it is used. */
static bool ca_is_ending(const struct options *options)
{
	struct cabundle bundle;
	struct log_capture capture;
	X509 *ca = NULL;
	bool yes = false;

	log_capture_begin(&capture);
	if (cabundle_read(&bundle, options->ca_cert, NULL, NULL) == ST_OK) {
		ca = find_ca(&bundle);
		yes = ca != NULL && is_ending(ca);
		cabundle_free(&bundle);
	}
	log_capture_end(&capture);
	return yes;
}

static bool was_written_today(const char *path)
{
	time_t now = clock_now();
	struct stat status;

	return stat(path, &status) == 0 && status.st_mtime <= now &&
	    now - status.st_mtime < DAY;
}

static enum status read_current(
    struct cabundle *out, const struct session *session)
{
	const struct options *options = session->options;
	struct pins pins = {0};
	enum status st = trust_read_pins(&pins, options);

	if (st == ST_OK)
		st = cabundle_read(out, options->ca_cert, NULL, &pins);
	pins_free(&pins);
	return st;
}

/* The certificates that a CA of current, which is pinned, has signed. */
static enum status request(STACK_OF(X509) **out, struct session *session,
    const struct cabundle *current)
{
	const struct nextca_trust trust = {
	    .current = current,
	    .option = "-c",
	    .tolerate = session->options->tolerate,
	    .policy = session_digest_policy(session),
	};
	struct http_response response = {0};
	X509 *signer = NULL;
	enum status st;

	say("requesting next CA certificate");
	st = getnextca_fetch(session, &response);
	if (st == ST_OK)
		st = nextca_decode(out, &signer, &trust,
		    response.body.bytes.data, response.body.bytes.len);
	X509_free(signer);
	response_free(&response);
	return st;
}

static bool has_not_expired(X509 *cert)
{
	return cert_time_status(cert) <= 0;
}

/* What CA.next had stays: the pin covers the CA in use by that. */
static enum status write_next(
    struct session *session, const char *path, STACK_OF(X509) *certs)
{
	STACK_OF(X509) *before = trust_read_next(session->options);
	STACK_OF(X509) *all =
	    before != NULL ? path_select(before, has_not_expired) : NULL;
	struct output output = {0};
	enum status st = all != NULL ? ST_OK : fail_memory();
	int i;

	for (i = 0; st == ST_OK && i < sk_X509_num(certs); i++)
		if (!cert_is_in(all, sk_X509_value(certs, i)) &&
		    !cert_push(all, sk_X509_value(certs, i)))
			st = fail_memory();
	if (st == ST_OK)
		st = outputs_open_one(&output, path, OUTPUT_SYNC_NAME);
	if (st == ST_OK)
		st = outputs_write_certs(session, &output, all);
	if (st == ST_OK)
		say("next CA certificates written as %s", path);
	output_close(&output);
	cert_stack_free(all);
	cert_stack_free(before);
	return st;
}

static enum status fetch(struct session *session, const char *path)
{
	STACK_OF(X509) *certs = NULL;
	struct cabundle current = {0};
	enum status st = session_query_caps(session);

	if (st != ST_OK)
		return st;
	if (!caps_have(session->caps, CAP_GETNEXTCACERT)) {
		verbose("the CA certificate ends, but the CA does not announce "
			"GetNextCACert");
		return ST_OK;
	}
	if ((st = read_current(&current, session)) == ST_OK)
		st = request(&certs, session, &current);
	if (st == ST_OK)
		st = write_next(session, path, certs);
	cert_stack_free(certs);
	cabundle_free(&current);
	return st;
}

static enum status fetch_if_due(struct session *session)
{
	const struct options *options = session->options;
	struct buf path = {0};
	enum status st = trust_name_next(&path, options);

	if (st == ST_OK && !was_written_today(buf_string(&path)) &&
	    ca_is_ending(options))
		st = fetch(session, buf_string(&path));
	buf_free(&path);
	return st;
}

/* That there is none yet is no failure. */
void renew_next_fetch(struct session *session)
{
	struct log_capture capture;
	enum status st;

	if (!is_pinned(session))
		return;
	log_capture_begin(&capture);
	st = fetch_if_due(session);
	log_capture_end(&capture);
	if (st == ST_NO_NEXT_CA)
		verbose("%s", capture.text);
	else if (st != ST_OK)
		warn(WARN_CA_NOT_RENEWED,
		    "the next CA certificate was not fetched: %s",
		    capture.text);
}

static bool is_used(X509 *cert, const struct options *options)
{
	struct cabundle bundle;
	struct log_capture capture;
	bool yes = true;

	log_capture_begin(&capture);
	if (cabundle_read(&bundle, options->ca_cert, NULL, NULL) == ST_OK) {
		yes = cert_is_in(bundle.certs, cert);
		cabundle_free(&bundle);
	}
	log_capture_end(&capture);
	return yes;
}

/* Before its notBefore only where the clock does not count. */
static bool counts_now(X509 *cert, const struct options *options)
{
	int time = cert_time_status(cert);

	return time == 0 ||
	    (time < 0 && (options->tolerate & TOLERATE_CLOCK) != 0);
}

void renew_next_use(struct session *session)
{
	STACK_OF(X509) *certs;
	X509 *cert;
	int i;

	if (!is_pinned(session))
		return;
	certs = trust_read_next(session->options);
	for (i = 0; certs != NULL && i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (counts_now(cert, session->options) &&
		    !is_used(cert, session->options)) {
			renew_ca_refresh(session);
			break;
		}
	}
	cert_stack_free(certs);
}
