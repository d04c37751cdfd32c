#include <openssl/objects.h>

#include "ops/check_parts.h"
#include "ops/making.h"
#include "pki/algs.h"
#include "pki/altnames.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "util/file.h"
#include "util/report.h"

/* Adds "DNS:a, DNS:b"; what cannot be decoded is an error elsewhere. */
static bool add_names(struct buf *out, X509_REQ *csr)
{
	GENERAL_NAMES *names = NULL;
	bool ok = !altnames_of_csr(&names, csr) ||
	    altnames_add_missing(out, names, NULL, NULL);

	GENERAL_NAMES_free(names);
	return ok;
}

static int find_digest(X509_REQ *csr)
{
	const X509_ALGOR *algorithm;

	X509_REQ_get0_signature(csr, NULL, &algorithm);
	return algs_signature_digest(algorithm);
}

static bool is_weak(int digest)
{
	return digest == NID_md5 || digest == NID_sha1;
}

static void check_digest(struct check *c, const char *name)
{
	int digest = find_digest(c->in.csr);

	if (is_weak(digest))
		finding_warn(c->f, "sign it again with SHA-256",
		    "request %s: it is signed with %s, which many CAs refuse",
		    name, OBJ_nid2sn(digest));
}

static void describe(struct check *c)
{
	const struct options *o = c->session->options;
	X509_REQ *csr = c->in.csr;
	struct buf names = {0};
	char subject[QUOTE_SIZE];

	check_digest(c, making_name(o));
	if (!add_names(&names, csr))
		names.len = 0;
	finding_ok(c->f, "request %s: subject %s%s%s; %s challengePassword%s",
	    making_name(o),
	    cert_name_quote(
		subject, sizeof(subject), X509_REQ_get_subject_name(csr)),
	    names.len > 0 ? ", " : "", names.len > 0 ? buf_string(&names) : "",
	    c->in.password.len > 0 ? "with a" : "no",
	    c->in.csr_key != NULL && csr_has_key(csr, c->in.csr_key)
		? "; the key belongs to it"
		: "");
	buf_free(&names);
}

/* What is not there is reported with the certificates. */
static bool lacks_old(const struct options *o)
{
	struct log_capture unheard;
	X509 *cert = NULL;
	enum status st = ST_OK;

	log_capture_begin(&unheard);
	if (o->sign_cert != NULL)
		st = cert_read(&cert, o->sign_cert, "certificate");
	log_capture_end(&unheard);
	X509_free(cert);
	return st != ST_OK;
}

void check_request(struct check *c)
{
	const struct options *o = c->session->options;
	struct log_capture capture;
	const char *advice = NULL;
	enum status st;

	c->f->topic = "request";
	if (c->session->making
		? !c->complete || c->in.csr_key == NULL || lacks_old(o)
		: o->request == NULL)
		return;
	log_capture_begin(&capture);
	st = inputs_read_csr(&c->in);
	if (st != ST_OK && !c->session->making)
		advice = check_advice_on_file(o->request);
	if (check_report(c, st, &capture, advice) == ST_OK)
		describe(c);
	else {
		X509_REQ_free(c->in.csr);
		c->in.csr = NULL;
	}
}

void check_request_recipient(struct check *c)
{
	c->f->topic = "ca";
	if (c->in.csr != NULL && c->bundle_is_good && c->in.signer != NULL)
		inputs_use_challenge(&c->in);
	if (c->in.csr != NULL && c->bundle_is_good)
		c->bundle_is_good = inputs_check_recipient(&c->in) == ST_OK;
}

void check_request_signer(struct check *c)
{
	const struct options *o = c->session->options;

	c->f->topic = "key";
	if (c->in.csr == NULL ||
	    (o->sign_cert != NULL ? c->in.signer == NULL || c->in.key == NULL
				  : c->in.csr_key == NULL))
		return;
	c->signer_is_good =
	    inputs_check_signer(&c->in) == ST_OK && !c->old_is_bad;
}

void check_request_transaction(struct check *c)
{
	c->f->topic = "transaction";
	if (c->in.csr == NULL)
		return;
	if (c->key_is_new && c->session->options->transaction_id == NULL) {
		finding_ok(c->f,
		    "transactionID: it is made from the key, which is yet to "
		    "be made");
		return;
	}
	if (inputs_set_transaction_id(&c->in) != ST_OK)
		return;
	finding_ok(c->f, "transactionID %s", buf_string(&c->in.transaction_id));
	report_set(c->session->report, REPORT_TRANSACTION_ID,
	    buf_string(&c->in.transaction_id));
}
