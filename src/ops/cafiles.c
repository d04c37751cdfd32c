#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/objects.h>
#include <openssl/pem.h>

#include "keys/key_file.h"
#include "ops/cafiles.h"
#include "ops/describe.h"
#include "ops/fileset.h"
#include "ops/outputs.h"
#include "ops/stale.h"
#include "pki/algs.h"
#include "pki/cabundle.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/pem.h"
#include "scep/caps.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

enum status cafiles_choose_digest(
    struct session *session, const struct pins *pins, const EVP_MD **md)
{
	const char *name = session->options->fp_alg;
	enum status st;

	if (name == NULL && pins != NULL && pins->count > 0)
		name = pins->list[0].digest;
	if (name == NULL) {
		if ((st = session_query_caps(session)) != ST_OK)
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

/* when is that of clock_status(). */
static void warn_of_time(const X509_NAME *subject, int when)
{
	char name[QUOTE_SIZE];

	if (when != 0)
		warn(WARN_CA_NOT_VALID_NOW, "%s: %s",
		    cert_name_quote(name, sizeof(name), subject),
		    when < 0 ? "the certificate is not valid yet"
			     : "the certificate has expired");
}

static enum status write_barecert(const struct session *session,
    struct output *output, const struct barecert *bare)
{
	struct buf text = {0};
	enum status st;

	st = pem_add(&text, PEM_STRING_X509, bare->der.data, bare->der.len)
	    ? outputs_write(session, output, &text)
	    : fail_crypto(ST_FILE, "%s: cannot encode", output->name);
	buf_free(&text);
	return st;
}

static enum status write_one(struct session *session, struct output *output,
    const struct barecert *bare, const EVP_MD *md)
{
	struct buf fingerprint = {0};
	enum status st = ST_OK;

	if (!barecert_add_fingerprint(&fingerprint, bare, md)) {
		st = fail_crypto(ST_ERROR, "cannot make the fingerprint");
	} else {
		say("%s fingerprint: %s", OBJ_nid2sn(EVP_MD_type(md)),
		    buf_string(&fingerprint));
		warn_of_time(bare->subject,
		    clock_status(bare->not_before, bare->not_after));
		st = write_barecert(session, output, bare);
	}
	if (st == ST_OK) {
		if (bare->cert != NULL)
			describe_cert(
			    session->report, bare->cert, output->name);
		say("CA certificate written as %s", output->name);
	}
	buf_free(&fingerprint);
	return st;
}

static enum status say_found(X509 *cert, const EVP_MD *md)
{
	struct buf subject = {0}, issuer = {0}, usage = {0}, fingerprint = {0};
	enum status st = cert_add_name(&subject, X509_get_subject_name(cert)) &&
		cert_add_name(&issuer, X509_get_issuer_name(cert)) &&
		cert_add_usage(&usage, cert)
	    ? add_fingerprint(&fingerprint, cert, md)
	    : fail_memory();

	if (st == ST_OK) {
		say_plain("%s", "");
		say("found certificate with");
		say_plain("  subject: %s", buf_string(&subject));
		say_plain("  issuer: %s", buf_string(&issuer));
		say_plain("  usage: %s", buf_string(&usage));
		say_plain("  %s fingerprint: %s", OBJ_nid2sn(EVP_MD_type(md)),
		    buf_string(&fingerprint));
	}
	buf_free(&subject);
	buf_free(&issuer);
	buf_free(&usage);
	buf_free(&fingerprint);
	return st;
}

static enum status report_found(
    struct session *session, X509 *cert, const char *name, const EVP_MD *md)
{
	enum status st = say_found(cert, md);

	if (st != ST_OK)
		return st;
	warn_of_time(X509_get_subject_name(cert), cert_time_status(cert));
	describe_cert(session->report, cert, name);
	return ST_OK;
}

/*
 * FILE is the user's, a copy or link of the set perhaps, but cabundle_read()
 * reads it before the set.  With the current certificates of getnextca in it,
 * it has to, until the rollover.
 */
static void warn_of_shadow(
    const struct cafiles *files, const char *base, STACK_OF(X509) *certs)
{
	const char *current = files->current;
	STACK_OF(X509) *held = NULL;
	struct log_capture capture;
	char name[QUOTE_SIZE];
	enum status st;
	X509 *other;

	if (!file_has_contents(base) ||
	    (current != NULL && target_names_one_file(base, current)))
		return;
	log_capture_begin(&capture);
	st = file_expect_own(base, "CA certificate");
	if (st == ST_OK)
		st = cert_read_all(&held, base, "CA certificate");
	log_capture_end(&capture);
	other = caset_find_missing(held, certs);
	if (st != ST_OK)
		warn(WARN_CA_FILE_SHADOWS_SET,
		    "%s: -c %s reads this file, not %s-0, but it cannot be "
		    "read as certificates: give -c another name",
		    base, base, base);
	else if (other != NULL)
		warn(WARN_CA_FILE_SHADOWS_SET,
		    "%s: -c %s reads this file, not %s-0, and it holds %s, "
		    "which is not in the answer: %sremove it to use the new "
		    "ones",
		    base, base, base,
		    cert_name_quote(
			name, sizeof(name), X509_get_subject_name(other)),
		    current != NULL ? "after the rollover, " : "");
	cert_stack_free(held);
}

static enum status write_numbered(struct session *session,
    const struct cafiles *files, STACK_OF(X509) *certs, const EVP_MD *md)
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
	if (st == ST_OK)
		warn_of_shadow(files, base, certs);
	return st;
}

/* On a stream the set is one text. */
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
		say("%s written as %s",
		    sk_X509_num(certs) == 1 ? "certificate" : "certificates",
		    output->name);
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

static bool is_stream(const char *name)
{
	struct target target;
	bool yes;

	if (file_is_standard(name))
		return true;
	yes = target_find_quietly(&target, name) &&
	    (target.stream ||
		(target.exists && !S_ISREG(target.status.st_mode) &&
		    !S_ISDIR(target.status.st_mode)));
	target_free(&target);
	return yes;
}

/* One that cannot be read may be anything. */
static enum status check_for_key(const struct target *target)
{
	if (!target->exists ||
	    faccessat(AT_FDCWD, target->path, R_OK, AT_EACCESS) != 0)
		return ST_OK;
	return key_file_guard(target->path);
}

/*
 * Only if FILE has to be written is it an error that a regular file cannot be,
 * or that it is a directory.
 */
static enum status open_file(struct cafiles *files, const char *name)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = outputs_open_one(&files->file, name, OUTPUT_SYNC_CONTENTS);
	log_capture_end(&capture);
	if (st == ST_OK || (st = check_for_key(&files->file.target)) != ST_OK)
		return st;
	output_close(&files->file);
	return buf_add_string(&files->problem, capture.text) ? ST_OK
							     : fail_memory();
}

enum status cafiles_open(
    struct cafiles *files, const char *name, const char *current)
{
	bool maybe_bare = current == NULL;
	struct log_capture capture;
	enum status st;

	files->current = current;
	if (is_stream(name))
		return outputs_open_one(
		    &files->file, name, OUTPUT_SYNC_CONTENTS);
	if (maybe_bare && (st = open_file(files, name)) != ST_OK)
		return st;
	if (!caset_set_name(&files->first_name, name, 0))
		return fail_memory();
	log_capture_begin(&capture);
	st = outputs_open_one(&files->first, buf_string(&files->first_name),
	    OUTPUT_SYNC_CONTENTS);
	log_capture_end(&capture);
	if (st == ST_OK || (maybe_bare && files->problem.len == 0))
		return ST_OK;
	return fail(
	    st, "%s", maybe_bare ? buf_string(&files->problem) : capture.text);
}

void cafiles_close(struct cafiles *files)
{
	output_close(&files->file);
	output_close(&files->first);
	buf_free(&files->first_name);
	buf_free(&files->problem);
}

/*
 * FILE is read before the stale ones: they are moved first, so that it is not
 * new when one of them cannot be.
 */
static enum status move_and_write(struct session *session,
    struct cafiles *files, const struct barecert *bare, const EVP_MD *md,
    struct stale *stale)
{
	struct log_capture capture;
	enum status st;
	bool whole = true;

	output_hold_signals();
	log_capture_begin(&capture);
	st = stale_move(stale);
	if (st == ST_OK)
		st = write_one(session, &files->file, bare, md);
	log_capture_end(&capture);
	if (st != ST_OK)
		whole = stale_put_back(stale);
	output_release_signals();

	if (st == ST_OK)
		stale_note(stale);
	else if (whole)
		log_report(st, capture.text);
	else
		st = fail(st, "%s; not all of %s-0 ... could be put back",
		    capture.text, files->file.name);
	return st;
}

enum status cafiles_write_bare(struct session *session, struct cafiles *files,
    const struct barecert *bare, const EVP_MD *md)
{
	struct stale stale;
	enum status st;

	if (files->problem.len > 0)
		return fail(ST_FILE, "%s", buf_string(&files->problem));
	if (files->file.way == OUTPUT_STREAM)
		return write_one(session, &files->file, bare, md);
	st = stale_find(&stale, session->options->ca_cert, 0);
	if (st == ST_OK)
		st = move_and_write(session, files, bare, md, &stale);
	stale_free(&stale);
	return st;
}

enum status cafiles_write_set(struct session *session, struct cafiles *files,
    STACK_OF(X509) *certs, const EVP_MD *md)
{
	enum status st;

	if (files->file.way == OUTPUT_STREAM) {
		st = write_concatenated(session, &files->file, certs, md);
	} else {
		cafiles_close(files);
		st = write_numbered(session, files, certs, md);
	}
	if (st == ST_OK && sk_X509_num(certs) > 1)
		note_chain(certs);
	return st;
}
