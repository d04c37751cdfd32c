#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "keys/closed.h"
#include "keys/key.h"
#include "ops/renew_guard.h"
#include "ops/renewal.h"
#include "ops/trust.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

#define RENEW_BEFORE_DEFAULT "33%"

/* Above it there are ids on no system, or the one that changes nothing. */
#define ID_MAX 0xfffffffeUL

/* A number, or what find makes of a name. */
static bool find_id(unsigned long *id, const char *name,
    bool (*find)(unsigned long *, const char *))
{
	if (*name == '\0' || strspn(name, "0123456789") != strlen(name))
		return find(id, name);
	*id = strtoul(name, NULL, 10);
	return *id <= ID_MAX;
}

static bool find_user(unsigned long *id, const char *name)
{
	const struct passwd *entry = getpwnam(name);

	if (entry != NULL)
		*id = entry->pw_uid;
	return entry != NULL;
}

static bool find_group(unsigned long *id, const char *name)
{
	const struct group *entry = getgrnam(name);

	if (entry != NULL)
		*id = entry->gr_gid;
	return entry != NULL;
}

/* --owner: user, user:group or :group. */
static enum status parse_owner(struct attributes *out, const char *text)
{
	size_t len = strcspn(text, ":");
	char *user = strndup(text, len);
	unsigned long id = 0;
	enum status st = ST_OK;

	if (user == NULL)
		return fail_memory();
	if (len > 0 || text[len] == '\0') {
		out->owner_given = find_id(&id, user, find_user);
		if (out->owner_given)
			out->owner = (uid_t)id;
		else
			st = fail(ST_ERROR, "--owner %s: there is no such user",
			    user);
	}
	free(user);
	if (st != ST_OK || text[len] == '\0')
		return st;
	out->group_given = find_id(&id, text + len + 1, find_group);
	if (!out->group_given)
		return fail(ST_ERROR, "--owner %s: there is no such group",
		    text + len + 1);
	out->group = (gid_t)id;
	return ST_OK;
}

static struct attributes add_mode(struct attributes first, const char *mode)
{
	first.mode_given = mode != NULL;
	if (mode != NULL)
		first.mode = (mode_t)strtol(mode, NULL, 8);
	return first;
}

/* In the order of the swap. */
static enum status set_files(struct renewal_state *r)
{
	const struct options *o = r->options;
	const char *paths[RENEWAL_FILES] = {
	    [RENEWAL_KEY] = r->in_token ? NULL : key_name_get_path(o->key),
	    [RENEWAL_CHAIN] = o->chain,
	    [RENEWAL_FULLCHAIN] = o->renew.fullchain,
	    [RENEWAL_BUNDLE] = o->renew.bundle,
	    [RENEWAL_CERT] = o->local_cert,
	};
	struct attributes first = {0};
	struct swap_file *file;
	bool secret;
	int i;

	if (o->renew.owner != NULL &&
	    parse_owner(&first, o->renew.owner) != ST_OK)
		return ST_ERROR;
	for (i = 0; i < RENEWAL_FILES; i++) {
		if (paths[i] == NULL)
			continue;
		file = &r->files[r->count++];
		secret = i == RENEWAL_KEY || i == RENEWAL_BUNDLE;
		file->path = paths[i];
		file->secret = secret;
		file->keep_old = i == RENEWAL_KEY || i == RENEWAL_CERT;
		file->key_in_pem = i == RENEWAL_BUNDLE;
		file->guard = secret ? NULL : renew_guard_keyless;
		if (i == RENEWAL_BUNDLE)
			file->guard = renew_guard_bundle;
		file->guard_arg = &r->guard;
		file->first = add_mode(
		    first, secret ? o->renew.key_mode : o->renew.cert_mode);
	}
	r->guard.path = paths[RENEWAL_KEY];
	r->guard.pass = &r->session->pass;
	r->key_file = r->in_token ? NULL : &r->files[0];
	r->cert_file = &r->files[r->count - 1];
	return ST_OK;
}

static enum status set_names(struct renewal_state *r)
{
	const char *cert = r->cert_file->path;
	enum status st = swap_path_beside(&r->request, cert, RENEWAL_REQUEST);

	if (st == ST_OK)
		st = swap_path_beside(&r->hook, cert, RENEWAL_HOOK);
	if (st == ST_OK)
		st = swap_path_beside(&r->lock, cert, RENEWAL_LOCK);
	if (st == ST_OK && r->key_file != NULL)
		st =
		    swap_path_beside(&r->key_new, r->key_file->path, PLACE_NEW);
	return st;
}

/*
 * Reports a file of the user's that has the name of one beside path.  After an
 * interrupted swap NAME.old is another name of the file at path.
 */
static enum status check_name(
    const struct options *o, const char *path, const char *name)
{
	const char *const given[] = {o->key, o->local_cert, o->ca_cert,
	    o->request, o->enc_cert, o->chain, o->renew.fullchain,
	    o->renew.bundle, o->config};
	size_t i;

	for (i = 0; i < COUNT_OF(given); i++)
		if (given[i] != NULL && target_names_one_file(name, given[i]) &&
		    !target_names_one_file(path, given[i]))
			return fail_misuse(
			    "%s is the name of a file that renew has beside "
			    "%s: expected another name",
			    given[i], path);
	return ST_OK;
}

static enum status check_companion(
    const struct options *o, const char *path, const char *suffix)
{
	struct buf name = {0};
	enum status st = swap_path_beside(&name, path, suffix);

	if (st == ST_OK)
		st = check_name(o, path, buf_string(&name));
	buf_free(&name);
	return st;
}

/* CA.next. */
static enum status check_next(const struct options *o)
{
	struct buf name = {0};
	enum status st = ST_OK;

	if (o->ca_fingerprints.count > 0)
		st = trust_name_next(&name, o);
	if (name.len > 0)
		st = check_name(o, o->ca_cert, buf_string(&name));
	buf_free(&name);
	return st;
}

/*
 * Before anything is made: a name that cannot be is wrong at any time.  That no
 * two are given the same name options_check_files() has checked.
 */
static enum status check_names(const struct renewal_state *r)
{
	static const char *const suffixes[] = {
	    PLACE_NEW, PLACE_OLD, RENEWAL_REQUEST, RENEWAL_HOOK, RENEWAL_LOCK};
	const struct swap_file *file = r->files, *end = r->files + r->count;
	enum status st = check_next(r->options);
	size_t i, count;

	for (; file < end; file++) {
		count = file == r->cert_file ? COUNT_OF(suffixes) : 2;
		for (i = 0; st == ST_OK && i < count; i++)
			st = check_companion(
			    r->options, file->path, suffixes[i]);
	}
	return st;
}

/* A file of that name goes before a key of the engine: see key_read(). */
static enum status find_token(struct renewal_state *r)
{
	const char *name = key_name_get_path(r->options->key);
	bool exists;
	enum status st = file_find(&exists, name);

	r->in_token = st == ST_OK && !exists &&
	    (key_name_is_uri(name) || r->options->engine != NULL);
	return st;
}

enum status renewal_open(struct renewal_state *r, struct session *session)
{
	const struct options *o = session->options;
	enum status st;

	memset(r, 0, sizeof(*r));
	r->session = session;
	r->options = o;
	if ((st = find_token(r)) == ST_OK)
		st = set_files(r);
	/* The new key has the pass phrase of the old one. */
	if (!session->pass.given)
		session->pass = session->passout;
	if (st == ST_OK)
		st = set_names(r);
	if (st == ST_OK)
		st = check_names(r);
	return st;
}

void renewal_free(struct renewal_state *r)
{
	buf_free(&r->key_new);
	buf_free(&r->request);
	buf_free(&r->hook);
	buf_free(&r->lock);
	pass_wipe(&r->challenge);
	EVP_PKEY_free(r->key);
	X509_free(r->cert);
}

static struct key_place find_place(
    const struct renewal_state *r, const char *name)
{
	return (struct key_place){
	    .name = name,
	    .what = "private key",
	    .option = "--passin",
	    .pass = &r->session->pass,
	};
}

enum status renewal_read_key(EVP_PKEY **out, bool *in_token,
    const struct renewal_state *r, const char *name)
{
	struct key_place place = find_place(r, name);

	place.in_token = in_token;
	return key_read(out, &place);
}

bool renewal_key_is_closed(const struct renewal_state *r, const char *name)
{
	const struct key_place place = find_place(r, name);

	return closed_find(&place) != CLOSED_NOT;
}

enum status renewal_set_cert(struct renewal_state *r, X509 *cert)
{
	const char *before = r->options->renew_before;
	struct problem problem;
	struct due_when when;

	X509_up_ref(cert);
	X509_free(r->cert);
	r->cert = cert;
	if (before == NULL)
		before = RENEW_BEFORE_DEFAULT;
	if (!due_parse(&when, before, &problem))
		return fail(ST_ERROR, "--renew-before: %s", problem.text);
	if (!due_find(&r->due, &when, X509_get0_notBefore(cert),
		X509_get0_notAfter(cert), clock_now()))
		return fail(ST_FILE,
		    "certificate %s: its notBefore or notAfter is no time (RFC "
		    "5280, 4.1.2.5)",
		    r->options->local_cert);
	return ST_OK;
}

static enum status read_cert(struct renewal_state *r)
{
	X509 *cert = NULL;
	enum status st =
	    cert_read(&cert, r->options->local_cert, "certificate");

	if (st == ST_OK)
		st = renewal_set_cert(r, cert);
	X509_free(cert);
	return st;
}

static enum status check_pair(const struct renewal_state *r)
{
	char key[KEY_NAME_MAX];

	key_name_shown(key, r->options->key);
	if (r->key == NULL)
		return fail(ST_FILE,
		    "certificate %s: it is there, but its private key %s is "
		    "not (put that back, or move the certificate away to enrol "
		    "anew)",
		    r->options->local_cert, key);
	if (!cert_has_key(r->cert, r->key))
		return fail(ST_FILE,
		    "private key %s: it is not the key of certificate %s (put "
		    "back the one that belongs to it, or move both away to "
		    "enrol anew)",
		    key, r->options->local_cert);
	return ST_OK;
}

enum status renewal_look(struct renewal_state *r)
{
	const struct options *o = r->options;
	bool key = true, cert;
	enum status st = file_find(&cert, o->local_cert);

	if (st == ST_OK && r->key_file != NULL)
		st = file_find(&key, r->key_file->path);
	if (st == ST_OK && cert)
		st = read_cert(r);
	if (st == ST_OK && key && r->key == NULL)
		st = renewal_read_key(&r->key, &r->in_token, r, o->key);
	if (st == ST_OK && cert)
		st = check_pair(r);
	if (st != ST_OK) {
		X509_free(r->cert);
		r->cert = NULL;
	}
	return st;
}
