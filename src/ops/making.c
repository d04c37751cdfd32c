#include "keys/key_name.h"
#include "ops/making.h"
#include "ops/own_key.h"
#include "ops/signer.h"
#include "pki/ability.h"
#include "pki/altname_list.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/reqdiff.h"
#include "pki/request.h"
#include "pki/subject.h"
#include "pki/usage.h"
#include "util/file.h"
#include "util/log.h"
#include "util/newfile.h"

/* What the request is made of. */
struct making {
	const struct session *session;
	const struct options *options;
	EVP_PKEY *key;
	X509_REQ *csr;
	X509 *old; /* that of -O, or of like_cert */
	const char *old_name;
	struct request_content content;
	X509_REQ *written; /* that of -r, if it is there */
	struct buf kept;   /* its challengePassword; a secret */
};

const char *making_name(const struct options *o)
{
	return o->request != NULL ? o->request : "that is made";
}

static enum status read_challenge(struct making *m)
{
	const struct pass *challenge = &m->session->challenge;
	struct problem problem;

	if (!challenge->given || m->session->apart)
		return ST_OK;
	if (!request_check_challenge(challenge->text, &problem))
		return fail(
		    pass_blame(challenge), "--challenge: %s", problem.text);
	m->content.challenge = challenge->text;
	return ST_OK;
}

static bool add_names(struct request_content *content, const struct list *lists,
    struct problem *problem)
{
	size_t i;

	if (lists->count == 0)
		return true;
	if ((content->names = GENERAL_NAMES_new()) == NULL)
		return problem_set(problem, "out of memory");
	for (i = 0; i < lists->count; i++)
		if (!altname_list_add(content->names, lists->items[i], problem))
			return false;
	return altname_list_drop_repeated(content->names, problem);
}

/* options_parse() has checked most of it. */
static enum status parse_content(struct making *m)
{
	struct request_content *content = &m->content;
	const struct options *o = m->options;
	struct problem problem;
	size_t i;

	if (o->subject != NULL &&
	    !subject_parse(&content->subject, o->subject, &problem))
		return fail(ST_ERROR, "--subject: %s", problem.text);
	if (!add_names(content, &o->altnames, &problem))
		return fail(ST_ERROR, "--san: %s", problem.text);
	for (i = 0; i < o->purposes.count; i++)
		if (!usage_add_purposes(
			&content->purposes, o->purposes.items[i], &problem))
			return fail(ST_ERROR, "--eku: %s", problem.text);
	if (o->cert_template != NULL &&
	    !request_add_template(content, o->cert_template, &problem))
		return fail(ST_ERROR, "--template: %s", problem.text);
	return ST_OK;
}

/*
 * A request that is there cannot be for a key that is yet to be made.  The key is
 * looked for later: another process makes it first.  That the request can be
 * written is found out before a key is made, or where nothing is written at all.
 */
static enum status prepare_key(struct making *m)
{
	const struct options *o = m->options;
	char shown[KEY_NAME_MAX];
	bool exists;
	enum status st = own_key_find(&exists, m->session);

	if (st == ST_OK && !exists && m->written != NULL)
		st = fail(ST_FILE,
		    "request %s: it is there, but its private key %s is not "
		    "(give other names, or leave -r out)",
		    o->request, key_name_get_path(o->key));
	if (st == ST_OK && (!exists || m->session->looks) &&
	    o->request != NULL && !o->resume)
		st = newfile_check(o->request, "request", m->session->looks);
	if (st == ST_OK && m->key == NULL)
		st = own_key_read_or_make(&m->key, m->session, exists);
	if (st == ST_OK && !ability_of_key(m->key).signs_requests)
		st = fail(ST_FILE,
		    "private key %s: its type is %s, which cannot sign the "
		    "request (RFC 2986, 4.2)",
		    key_name_shown(shown, o->key), ability_of_key(m->key).type);
	if (st == ST_OK && o->sign_cert == NULL)
		st = signer_check_type(o, m->key, o->key);
	return st;
}

/* What no option says is as in the certificate of -O. */
static enum status read_old(struct making *m)
{
	const struct options *o = m->options;

	m->old_name =
	    o->renew.like_cert != NULL ? o->renew.like_cert : o->sign_cert;
	return m->old_name != NULL
	    ? cert_read(&m->old, m->old_name, "signature certificate")
	    : ST_OK;
}

/* The names and purposes of an RA are not those of whom it asks for. */
static bool is_for_another(const struct making *m)
{
	return m->content.subject != NULL &&
	    X509_NAME_cmp(m->content.subject, X509_get_subject_name(m->old)) !=
	    0;
}

static enum status complete_content(struct making *m)
{
	struct request_content *content = &m->content;

	if ((m->options->key_usage || content->purposes != NULL) &&
	    (content->usage = usage_of_key(m->key)) == NULL)
		return fail_memory();
	if (m->old == NULL || is_for_another(m))
		return ST_OK;
	return request_take_from_cert(content, m->old, m->key, m->old_name);
}

/*
 * The request of -r that is there.  Without --challenge its challengePassword is
 * what these options ask for, too.
 */
static enum status read_written(struct making *m)
{
	const char *path = m->options->request;
	bool exists = false;
	enum status st = ST_OK;

	if (path != NULL)
		st = file_find(&exists, path);
	if (st == ST_OK && exists)
		st = csr_read(&m->written, path);
	if (st == ST_OK && exists && !m->session->challenge.given)
		st = csr_add_challenge(&m->kept, m->written);
	if (st == ST_OK && m->kept.len > 0)
		m->content.challenge = buf_string(&m->kept);
	return st;
}

/* Whether the request of -r is what the options ask for. */
static enum status compare_written(
    X509_REQ *written, X509_REQ *csr, const struct options *o)
{
	struct problem difference;
	const char *hint = "remove it";

	switch (reqdiff_find(&difference, written, csr)) {
	case REQDIFF_NONE:
		return ST_OK;
	case REQDIFF_CHALLENGE:
		if (o->challenge != NULL)
			hint = "remove it, leave out --challenge to send it as "
			       "it is";
		break;
	case REQDIFF_OTHER:
		break;
	}
	return fail(ST_FILE,
	    "request %s: it is there, and is not what these options ask for "
	    "with this key: %s; it is never overwritten (%s, or give another "
	    "name)",
	    o->request, difference.text, hint);
}

static enum status use_written(struct making *m)
{
	enum status st;

	if (m->written == NULL)
		return ST_OK;
	st = compare_written(m->written, m->csr, m->options);
	if (st == ST_OK) {
		X509_REQ_free(m->csr);
		m->csr = m->written;
		m->written = NULL;
	}
	return st;
}

/* It was not there, but is now. */
static enum status check_taken(X509_REQ *csr, const struct options *o)
{
	X509_REQ *written = NULL;
	enum status st = csr_read(&written, o->request);

	if (st == ST_OK)
		st = compare_written(written, csr, o);
	X509_REQ_free(written);
	return st;
}

/* A request may have a challengePassword in it: it is as secret as a key. */
enum status making_write_csr(X509_REQ *csr, const struct options *o)
{
	struct buf text = {0};
	bool taken = false;
	enum status st;

	if (o->request == NULL || o->resume)
		return ST_OK;
	st = request_add_pem(&text, csr)
	    ? newfile_write(&taken, o->request, "request", &text)
	    : fail_crypto(ST_FILE, "request %s: cannot encode", o->request);
	if (st == ST_OK && taken)
		st = check_taken(csr, o);
	else if (st == ST_OK)
		say("request written as %s", o->request);
	buf_free(&text);
	return st;
}

static enum status make(struct making *m)
{
	enum status st = read_challenge(m);

	if (st == ST_OK)
		st = parse_content(m);
	if (st == ST_OK)
		st = read_old(m);
	if (st == ST_OK)
		st = read_written(m);
	if (st == ST_OK)
		st = prepare_key(m);
	if (st == ST_OK)
		st = complete_content(m);
	if (st == ST_OK)
		st = request_make(&m->csr, m->key, &m->content);
	if (st == ST_OK)
		st = csr_check(m->csr, making_name(m->options));
	return st == ST_OK ? use_written(m) : st;
}

enum status making_make_csr(
    X509_REQ **csr, EVP_PKEY **key, const struct session *session)
{
	struct making m = {
	    .session = session, .options = session->options, .key = *key};
	enum status st = make(&m);

	*csr = m.csr;
	*key = m.key;
	X509_free(m.old);
	request_content_free(&m.content);
	X509_REQ_free(m.written);
	buf_free(&m.kept);
	return st;
}
