#include <openssl/objects.h>

#include "ops/cafiles.h"
#include "ops/describe.h"
#include "pki/algs.h"
#include "pki/cabundle.h"
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
		name = "md5";
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
		warn("ca-not-valid-now", "%s: %s",
		    cert_name_text(&name, X509_get_subject_name(cert)),
		    when < 0 ? "the certificate is not valid yet"
			     : "the certificate has expired");
	buf_free(&name);
}

static enum status write_one(
    struct session *session, X509 *cert, const EVP_MD *md)
{
	const char *path = session->options->ca_cert;
	struct buf fingerprint = {0};
	enum status st = add_fingerprint(&fingerprint, cert, md);

	if (st == ST_OK) {
		say("%s fingerprint: %s", OBJ_nid2sn(EVP_MD_type(md)),
		    buf_string(&fingerprint));
		warn_of_time(cert);
		st = cert_write(path, cert);
	}
	if (st == ST_OK) {
		describe_cert(session->report, cert, path);
		say("CA certificate written as %s", path);
	}
	buf_free(&fingerprint);
	return st;
}

static enum status describe(X509 *cert, const EVP_MD *md)
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

static enum status write_numbered(
    struct session *session, int number, X509 *cert, const EVP_MD *md)
{
	const char *path = session->options->ca_cert;
	struct buf name = {0};
	enum status st;

	if (!buf_addf(&name, "%s-%d", path, number))
		return fail_memory();
	if ((st = describe(cert, md)) == ST_OK) {
		warn_of_time(cert);
		st = cert_write(buf_string(&name), cert);
	}
	if (st == ST_OK) {
		describe_cert(session->report, cert, buf_string(&name));
		say("certificate written as %s", buf_string(&name));
	}
	buf_free(&name);
	return st;
}

/*
 * R5: what an earlier answer left under names that this one does not use
 * must not be taken for part of it.
 */
static enum status set_aside_stale(const char *path, int count)
{
	struct buf name = {0};
	enum status st = ST_OK;
	int i;

	if (count > 1 && (st = file_set_aside(path)) != ST_OK)
		return st;
	for (i = count > 1 ? count : 0; st == ST_OK; i++) {
		name.len = 0;
		if (!buf_addf(&name, "%s-%d", path, i)) {
			st = fail_memory();
			break;
		}
		if (!file_exists(buf_string(&name)))
			break;
		st = file_set_aside(buf_string(&name));
	}
	buf_free(&name);
	return st;
}

/* R5 */
static void say_chain(STACK_OF(X509) *certs)
{
	if (cabundle_is_chain(certs))
		note("chain", "the certificates form a chain up to a root");
	else
		note("no-chain",
		    "the certificates do not form a chain up to a root");
}

static enum status write_all(
    struct session *session, STACK_OF(X509) *certs, const EVP_MD *md)
{
	int i, count = sk_X509_num(certs);
	enum status st = ST_OK;

	if (count == 1)
		return write_one(session, sk_X509_value(certs, 0), md);
	for (i = 0; st == ST_OK && i < count; i++)
		st = write_numbered(session, i, sk_X509_value(certs, i), md);
	if (st == ST_OK)
		say_chain(certs);
	return st;
}

/* The old set stays complete until the new one is. */
enum status cafiles_write(
    struct session *session, STACK_OF(X509) *certs, const EVP_MD *md)
{
	enum status st = write_all(session, certs, md);

	if (st == ST_OK)
		st = set_aside_stale(
		    session->options->ca_cert, sk_X509_num(certs));
	return st;
}
