#include <openssl/crypto.h>
#include <openssl/objects.h>

#include "ops/cafiles.h"
#include "ops/describe.h"
#include "ops/outputs.h"
#include "pki/algs.h"
#include "pki/cabundle.h"
#include "pki/cert.h"
#include "keys/key_file.h"
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

/* FILE-0, FILE-1, ...: the certificates of an answer that has several. */
struct numbered {
	int count;
	struct buf *names;
	struct output *outputs;
};

static void close_numbered(struct numbered *files)
{
	int i;

	for (i = 0; i < files->count; i++) {
		output_close(&files->outputs[i]);
		buf_free(&files->names[i]);
	}
	OPENSSL_free(files->outputs);
	OPENSSL_free(files->names);
}

static enum status stage_one(
    struct numbered *files, int i, const char *path, X509 *cert)
{
	struct output *output = &files->outputs[i];
	struct buf *name = &files->names[i], text = {0};
	enum status st;

	if (!buf_addf(name, "%s-%d", path, i))
		return fail_memory();
	if ((st = outputs_open_one(output, buf_string(name))) != ST_OK)
		return st;
	st = cert_add_pem(&text, cert)
	    ? output_stage(output, text.data, text.len)
	    : fail_crypto(ST_FILE, "%s: cannot encode", output->name);
	buf_free(&text);
	return st;
}

/* All are beside their files before the first one takes its place. */
static enum status stage_all(
    struct numbered *files, const char *path, STACK_OF(X509) *certs)
{
	size_t count = (size_t)sk_X509_num(certs);
	enum status st = ST_OK;
	int i;

	files->names = OPENSSL_zalloc(count * sizeof(*files->names));
	files->outputs = OPENSSL_zalloc(count * sizeof(*files->outputs));
	if (files->names == NULL || files->outputs == NULL)
		return fail_memory();
	files->count = (int)count;
	for (i = 0; st == ST_OK && i < files->count; i++)
		st = stage_one(files, i, path, sk_X509_value(certs, i));
	return st;
}

static enum status write_numbered(
    struct session *session, STACK_OF(X509) *certs, const EVP_MD *md)
{
	struct numbered files = {0};
	const char *name;
	enum status st;
	X509 *cert;
	int i;

	st = stage_all(&files, session->options->ca_cert, certs);
	for (i = 0; st == ST_OK && i < files.count; i++) {
		cert = sk_X509_value(certs, i);
		if ((st = describe(cert, md)) != ST_OK)
			break;
		warn_of_time(cert);
		if ((st = output_commit(&files.outputs[i])) != ST_OK)
			break;
		name = files.outputs[i].name;
		describe_cert(session->report, cert, name);
		say("certificate written as %s", name);
	}
	close_numbered(&files);
	return st;
}

/* On standard output the set is one text. */
static enum status write_concatenated(struct session *session,
    struct output *output, STACK_OF(X509) *certs, const EVP_MD *md)
{
	struct buf text = {0};
	enum status st = ST_OK;
	X509 *cert;
	int i;

	for (i = 0; st == ST_OK && i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if ((st = describe(cert, md)) != ST_OK)
			break;
		warn_of_time(cert);
		describe_cert(session->report, cert, output->name);
		if (!cert_add_pem(&text, cert))
			st = fail_crypto(
			    ST_FILE, "%s: cannot encode", output->name);
	}
	if (st == ST_OK)
		st = outputs_write(session, output, &text);
	if (st == ST_OK)
		say("certificates written as %s", output->name);
	buf_free(&text);
	return st;
}

/*
 * What an earlier answer left under names that this one does not use must not
 * be taken for part of it.
 */
static enum status set_aside_stale(const char *path, int count)
{
	struct buf name = {0};
	enum status st = ST_OK;
	bool exists = true;
	int i;

	if (count > 1 && (st = file_set_aside(path, key_file_guard)) != ST_OK)
		return st;
	for (i = count > 1 ? count : 0; st == ST_OK && exists; i++) {
		name.len = 0;
		if (!buf_addf(&name, "%s-%d", path, i))
			st = fail_memory();
		else if ((st = file_find(&exists, buf_string(&name))) ==
			ST_OK &&
		    exists)
			st = file_set_aside(buf_string(&name), key_file_guard);
	}
	buf_free(&name);
	return st;
}

static void say_chain(STACK_OF(X509) *certs)
{
	if (cabundle_is_chain(certs))
		note(WARN_CHAIN, "the certificates form a chain up to a root");
	else
		note(WARN_NO_CHAIN,
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
		st = write_numbered(session, certs, md);
	}
	if (st == ST_OK)
		say_chain(certs);
	return st;
}

enum status cafiles_write(struct session *session, struct output *output,
    STACK_OF(X509) *certs, const EVP_MD *md)
{
	int count = sk_X509_num(certs);
	enum status st;

	st = count == 1
	    ? write_one(session, output, sk_X509_value(certs, 0), md)
	    : write_several(session, output, certs, md);
	if (st == ST_OK && !file_is_standard(session->options->ca_cert))
		st = set_aside_stale(session->options->ca_cert, count);
	return st;
}
