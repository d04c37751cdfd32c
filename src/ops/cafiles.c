#include <openssl/objects.h>

#include "keys/key_file.h"
#include "ops/cafiles.h"
#include "ops/describe.h"
#include "ops/fileset.h"
#include "ops/outputs.h"
#include "pki/algs.h"
#include "pki/cabundle.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "scep/caps.h"
#include "util/file.h"
#include "util/log.h"

enum status cafiles_choose_digest(
    struct session *session, const struct pins *pins, const EVP_MD **md)
{
	const char *name = session->options->fp_alg;
	enum status st;

	if (name == NULL && pins != NULL && pins->count > 0)
		name = pins->list[0].digest;
	if (name == NULL) {
		if ((st = session_query_caps(session, false)) != ST_OK)
			return st;
		name = caps_best_digest(session->caps);
	}
	if (name == NULL)
		name = "md5"; /* as documented since sscep 0.10 */
	if (session->options->fp_alg == NULL && !algs_digest_works(name))
		name = "sha256";
	return algs_get_digest(md, name);
}

static enum status add_fingerprint(
    struct buf *out, X509 *cert, const EVP_MD *md)
{
	out->len = 0;
	if (!cert_add_fingerprint(out, cert, md))
		return fail_crypto(ST_ERROR, "cannot make the fingerprint");
	return ST_OK;
}

static void warn_of_time(X509 *cert)
{
	struct buf name = {0};
	int when = cert_time_status(cert);

	if (when != 0)
		warn(WARN_CA_NOT_VALID_NOW, "%s: %s",
		    cert_name_text(&name, X509_get_subject_name(cert)),
		    when < 0 ? "the certificate is not valid yet"
			     : "the certificate has expired");
	buf_free(&name);
}

static enum status write_one(struct session *session, struct output *output,
    X509 *cert, const EVP_MD *md)
{
	struct buf fingerprint = {0};
	enum status st = add_fingerprint(&fingerprint, cert, md);

	if (st == ST_OK) {
		say("%s fingerprint: %s", OBJ_nid2sn(EVP_MD_type(md)),
		    buf_string(&fingerprint));
		warn_of_time(cert);
		st = outputs_write_cert(session, output, cert);
	}
	if (st == ST_OK) {
		describe_cert(session->report, cert, output->name);
		say("CA certificate written as %s", output->name);
	}
	buf_free(&fingerprint);
	return st;
}

static enum status say_found(X509 *cert, const EVP_MD *md)
{
	struct buf text = {0};
	enum status st;

	say_plain("%s", "");
	say("found certificate with");
	say_plain("  subject: %s",
	    cert_name_text(&text, X509_get_subject_name(cert)));
	say_plain(
	    "  issuer: %s", cert_name_text(&text, X509_get_issuer_name(cert)));
	text.len = 0;
	if (!cert_add_usage(&text, cert)) {
		st = fail_memory();
	} else {
		say_plain("  usage: %s", buf_string(&text));
		st = add_fingerprint(&text, cert, md);
	}
	if (st == ST_OK)
		say_plain("  %s fingerprint: %s", OBJ_nid2sn(EVP_MD_type(md)),
		    buf_string(&text));
	buf_free(&text);
	return st;
}

static enum status report_found(
    struct session *session, X509 *cert, const char *name, const EVP_MD *md)
{
	enum status st = say_found(cert, md);

	if (st != ST_OK)
		return st;
	warn_of_time(cert);
	describe_cert(session->report, cert, name);
	return ST_OK;
}

static enum status write_set(
    struct session *session, STACK_OF(X509) *certs, const EVP_MD *md)
{
	const char *base = session->options->ca_cert;
	enum status st = fileset_write_certs(base, certs);
	struct buf name = {0};
	int i;

	for (i = 0; st == ST_OK && i < sk_X509_num(certs); i++) {
		st = caset_set_name(&name, base, i)
		    ? report_found(session, sk_X509_value(certs, i),
			  buf_string(&name), md)
		    : fail_memory();
		if (st == ST_OK)
			say("certificate written as %s", buf_string(&name));
	}
	buf_free(&name);
	return st;
}

/* On standard output the set is one text. */
static enum status write_concatenated(struct session *session,
    struct output *output, STACK_OF(X509) *certs, const EVP_MD *md)
{
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < sk_X509_num(certs); i++)
		st = report_found(
		    session, sk_X509_value(certs, i), output->name, md);
	if (st == ST_OK)
		st = outputs_write_certs(session, output, certs);
	if (st == ST_OK)
		say("certificates written as %s", output->name);
	return st;
}

static void note_chain(STACK_OF(X509) *certs)
{
	if (cabundle_is_chain(certs))
		warn(WARN_CHAIN, "the certificates form a chain up to a root");
	else
		warn(WARN_NO_CHAIN,
		    "the certificates do not form a chain up to a root");
}

static enum status write_several(struct session *session, struct output *output,
    STACK_OF(X509) *certs, const EVP_MD *md)
{
	enum status st;

	if (file_is_standard(output->name)) {
		st = write_concatenated(session, output, certs, md);
	} else {
		output_close(output);
		st = write_set(session, certs, md);
	}
	if (st == ST_OK)
		note_chain(certs);
	return st;
}

/* Before anything is replaced. */
static enum status check_stale(const char *name, int count)
{
	enum status st = ST_OK;

	if (count > 1)
		st = file_check_aside(name, key_file_guard);
	if (st == ST_OK)
		st = fileset_check_stale(name, count > 1 ? count : 0);
	return st;
}

enum status cafiles_write_certs(struct session *session, struct output *output,
    STACK_OF(X509) *certs, const EVP_MD *md)
{
	const char *name = session->options->ca_cert;
	bool several = sk_X509_num(certs) > 1;
	enum status st = ST_OK;

	if (!file_is_standard(name))
		st = check_stale(name, sk_X509_num(certs));
	if (st != ST_OK)
		return st;

	st = several ? write_several(session, output, certs, md)
		     : write_one(session, output, sk_X509_value(certs, 0), md);
	if (st != ST_OK || file_is_standard(name))
		return st;

	/* cabundle_read() would take it for the set, or for part of it. */
	return several ? file_set_aside(name, key_file_guard)
		       : fileset_set_aside(name);
}
