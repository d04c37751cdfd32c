#include <string.h>

#include "keys/key.h"
#include "keys/new_key.h"
#include "ops/making.h"
#include "pki/altname_list.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/request.h"
#include "pki/subject.h"
#include "pki/usage.h"
#include "util/file.h"
#include "util/log.h"
#include "util/newfile.h"

/* What the request is made of.  The secrets are read before anything is made. */
struct making {
	const struct session *session;
	const struct options *options;
	EVP_PKEY *key;
	X509_REQ *csr;
	X509 *old; /* that of -O, without --subject */
	struct request_content content;
	struct pass challenge, passout;
};

enum status making_is_wanted(bool *wanted, const struct options *o)
{
	bool exists;
	enum status st;

	*wanted =
	    o->request == NULL || o->subject != NULL || o->new_key != NULL;
	if (!*wanted || !o->resume || o->request == NULL)
		return ST_OK;
	if ((st = file_find(&exists, o->request)) == ST_OK)
		*wanted = !exists;
	return st;
}

const char *making_name(const struct options *o)
{
	return o->request != NULL ? o->request : "that is made";
}

/* Wipes a source that is the secret itself (pass:TEXT). */
static enum status read_secret(
    struct pass *out, char *source, const char *option)
{
	enum status st = pass_read(out, source, option);

	if (source != NULL)
		pass_hide(source);
	return st;
}

static enum status read_challenge(struct making *m)
{
	struct problem problem;
	enum status st =
	    read_secret(&m->challenge, m->options->challenge, "--challenge");

	if (st != ST_OK || !m->challenge.given)
		return st;
	if (!request_check_challenge(m->challenge.text, &problem))
		return fail(ST_ERROR, "--challenge: %s", problem.text);
	m->content.challenge = m->challenge.text;
	return ST_OK;
}

static enum status read_secrets(struct making *m)
{
	enum status st =
	    read_secret(&m->passout, m->options->key_passout, "--key-passout");

	if (st == ST_OK && m->passout.given && *m->passout.text == '\0')
		return fail(
		    ST_ERROR, "--key-passout: the pass phrase is empty");
	return st == ST_OK ? read_challenge(m) : st;
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
	return true;
}

/* options_parse() has checked most of it. */
static enum status parse_content(struct making *m)
{
	struct request_content *content = &m->content;
	const struct options *o = m->options;
	struct problem problem;

	if (o->subject != NULL &&
	    !subject_parse(&content->subject, o->subject, &problem))
		return fail(ST_ERROR, "--subject: %s", problem.text);
	if (!add_names(content, &o->altnames, &problem))
		return fail(ST_ERROR, "--san: %s", problem.text);
	if (o->purposes != NULL &&
	    !usage_parse_purposes(&content->purposes, o->purposes, &problem))
		return fail(ST_ERROR, "--eku: %s", problem.text);
	if (o->cert_template != NULL &&
	    !request_add_template(content, o->cert_template, &problem))
		return fail(ST_ERROR, "--template: %s", problem.text);
	return ST_OK;
}

/* With --key-passout its pass phrase opens a key that an earlier run made. */
static enum status read_key(struct making *m)
{
	const struct options *o = m->options;
	bool own = m->passout.given && !m->session->pass.given;
	const struct key_place place = {
	    .name = o->key,
	    .what = "private key",
	    .option = own ? "--key-passout" : "--passin",
	    .pass = own ? &m->passout : &m->session->pass,
	};
	const struct new_key_type *type =
	    o->new_key != NULL ? new_key_find_type(o->new_key) : NULL;
	char shown[KEY_NAME_MAX];
	enum status st = key_read(&m->key, &place);

	if (st != ST_OK || type == NULL)
		return st;
	if (!new_key_is_of_type(m->key, type))
		return fail(ST_FILE,
		    "private key %s: it is there, but is not of type %s "
		    "(--new-key never overwrites a key; give another name, or "
		    "leave --new-key out to use this one)",
		    key_name_shown(shown, o->key), o->new_key);
	verbose("private key %s: it is there, and is used",
	    key_name_shown(shown, o->key));
	return ST_OK;
}

/* A key in a token, or in the engine, is there or not, but is not made here. */
static enum status find_key(bool *exists, const struct options *o)
{
	const char *name = key_name_get_path(o->key);
	bool uri = key_name_is_uri(name);
	enum status st = ST_OK;

	*exists = file_is_standard(name);
	if (!*exists)
		st = file_find(exists, name);
	if (st != ST_OK || *exists || (!uri && o->engine == NULL))
		return st;
	*exists = true;
	return o->new_key == NULL
	    ? ST_OK
	    : new_key_refuse_token(o->key, new_key_find_type(o->new_key),
		  uri ? NULL : o->engine);
}

/* A request that is there cannot be for a key that is yet to be made. */
static enum status check_no_request(const struct options *o, const char *key)
{
	bool exists = false;
	enum status st = ST_OK;

	if (o->request != NULL)
		st = file_find(&exists, o->request);
	if (st == ST_OK && exists)
		st = fail(ST_FILE,
		    "request %s: it is there, but its private key %s is not "
		    "(give other names, or leave -r out)",
		    o->request, key);
	return st;
}

static enum status prepare_key(struct making *m)
{
	const struct options *o = m->options;
	const char *name = key_name_get_path(o->key);
	bool exists;
	enum status st;

	if ((st = find_key(&exists, o)) != ST_OK)
		return st;
	if (exists)
		return read_key(m);
	if (o->resume)
		return fail(ST_FILE,
		    "private key %s: there is none, and -R needs that of the "
		    "pending request",
		    name);
	if (o->new_key == NULL)
		return fail(ST_FILE,
		    "private key %s: there is none (--new-key ec:P-256 makes "
		    "one)",
		    name);
	if ((st = check_no_request(o, name)) != ST_OK)
		return st;
	return new_key_make(
	    &m->key, new_key_find_type(o->new_key), name, &m->passout);
}

/* Without --subject the request asks for what the certificate of -O has. */
static enum status read_old(struct making *m)
{
	if (m->content.subject != NULL)
		return ST_OK;
	return cert_read(
	    &m->old, m->options->sign_cert, "signature certificate");
}

static enum status complete_content(struct making *m)
{
	struct request_content *content = &m->content;

	if ((m->options->key_usage || content->purposes != NULL) &&
	    (content->usage = usage_of_key(m->key)) == NULL)
		return fail_memory();
	if (m->old == NULL)
		return ST_OK;
	return request_take_from_cert(
	    content, m->old, m->key, m->options->sign_cert);
}

/* Whether the request of -r, which is there, is the one that was made. */
static enum status use_written(struct making *m)
{
	const char *path = m->options->request;
	X509_REQ *written = NULL;
	enum status st;

	if ((st = csr_read(&written, path)) != ST_OK)
		return st;
	if (!request_is_same(written, m->csr)) {
		X509_REQ_free(written);
		return fail(ST_FILE,
		    "request %s: it is there, and is not what these options "
		    "ask for with this key; it is not overwritten (give "
		    "another name, or leave -r out)",
		    path);
	}
	X509_REQ_free(m->csr);
	m->csr = written;
	return ST_OK;
}

/* A request may have a challengePassword in it: it is as secret as a key. */
static enum status write_request(struct making *m)
{
	const char *path = m->options->request;
	struct buf text = {0};
	bool exists;
	enum status st;

	if (path == NULL)
		return ST_OK;
	if ((st = file_find(&exists, path)) != ST_OK)
		return st;
	if (exists)
		return use_written(m);
	st = request_add_pem(&text, m->csr)
	    ? newfile_write(path, "request", &text)
	    : fail_crypto(ST_FILE, "request %s: cannot encode", path);
	if (st == ST_OK)
		say("request written as %s", path);
	buf_free(&text);
	return st;
}

static enum status make(struct making *m)
{
	enum status st = read_secrets(m);

	if (st == ST_OK)
		st = parse_content(m);
	if (st == ST_OK)
		st = read_old(m);
	if (st == ST_OK)
		st = prepare_key(m);
	if (st == ST_OK)
		st = complete_content(m);
	if (st == ST_OK)
		st = request_make(&m->csr, m->key, &m->content);
	if (st == ST_OK)
		st = csr_check(m->csr, making_name(m->options));
	return st == ST_OK ? write_request(m) : st;
}

enum status making_make_csr(
    X509_REQ **csr, EVP_PKEY **key, const struct session *session)
{
	struct making m = {.session = session, .options = session->options};
	enum status st = make(&m);

	*csr = m.csr;
	*key = m.key;
	X509_free(m.old);
	request_content_free(&m.content);
	pass_wipe(&m.challenge);
	pass_wipe(&m.passout);
	return st;
}
