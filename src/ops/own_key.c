#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/key.h"
#include "keys/new_key.h"
#include "ops/own_key.h"
#include "ops/signer.h"
#include "pki/ability.h"
#include "pki/problem.h"
#include "util/file.h"
#include "util/left.h"
#include "util/log.h"
#include "util/newfile.h"
#include "util/target.h"

enum status own_key_read(EVP_PKEY **out, const struct session *session)
{
	bool made = session->passout.given && !session->pass.given;
	bool encrypted = false;
	const struct key_place place = {
	    .name = session->options->key,
	    .what = "private key",
	    .option = made ? "--key-passout" : "--passin",
	    .pass = made ? &session->passout : &session->pass,
	    .encrypted = &encrypted,
	};
	char shown[KEY_NAME_MAX];
	enum status st;

	st = key_read(out, &place);
	if (st == ST_OK && session->options->new_key == NULL)
		own_key_warn_planted(session, place.what, place.name);
	if (st == ST_OK && session->passout.given && !encrypted)
		warn(WARN_KEY_NOT_ENCRYPTED,
		    "private key %s: it is there, and is not encrypted: "
		    "--key-passout encrypts only a key that is made (openssl "
		    "pkcs8 -topk8 encrypts this one)",
		    key_name_shown(shown, place.name));
	return st;
}

enum status own_key_find(bool *exists, const struct session *session)
{
	const struct options *o = session->options;
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

static bool is_empty(const char *name)
{
	struct stat sb;

	return stat(name, &sb) == 0 && S_ISREG(sb.st_mode) && sb.st_size == 0;
}

enum key_access own_key_find_access(int *mode, const char *name, mode_t wanted)
{
	enum key_access access = KEY_ACCESS_OWNER;
	struct target target;
	const struct stat *sb = &target.status;

	*mode = -1;
	if (!target_find_quietly(&target, name))
		return access;
	if (target.exists && S_ISREG(sb->st_mode)) {
		*mode = (int)(sb->st_mode & 07777U);
		if (sb->st_uid != geteuid() && sb->st_uid != 0)
			access = left_is_planted(&target) ? KEY_ACCESS_PLANTED
							  : KEY_ACCESS_FOREIGN;
		else if ((sb->st_mode & (S_IRWXG | S_IRWXO) & ~wanted) != 0)
			access = KEY_ACCESS_SHARED;
	}
	target_free(&target);
	return access;
}

static enum status fail_planted(const char *what, const char *name)
{
	return fail(ST_FILE,
	    "%s %s: it is there, and belongs to another user, who may have put "
	    "it there (give a name in a directory of your own)",
	    what, name);
}

enum status own_key_check_planted(const char *what, const char *name)
{
	int mode;

	return own_key_find_access(&mode, name, 0777) == KEY_ACCESS_PLANTED
	    ? fail_planted(what, name)
	    : ST_OK;
}

void own_key_warn_planted(
    const struct session *session, const char *what, const char *name)
{
	if (!session->looks)
		own_key_warn_planted_file(what, key_name_get_path(name));
}

void own_key_warn_planted_file(const char *what, const char *name)
{
	int mode;

	if (own_key_find_access(&mode, name, 0777) == KEY_ACCESS_PLANTED)
		warn(WARN_OTHERS_FILE,
		    "%s %s: it belongs to another user, who may have put it "
		    "there, in a directory that all may write (give a name in "
		    "a directory of your own)",
		    what, name);
}

/* A key of which somebody else has a copy proves nothing.  quiet: others warn. */
static enum status check_access(const char *name, bool quiet)
{
	int mode;
	enum key_access access = own_key_find_access(&mode, name, 0600);

	if (access == KEY_ACCESS_PLANTED)
		return fail_planted("private key", name);
	if (access == KEY_ACCESS_FOREIGN && !quiet)
		warn(WARN_KEY_ACCESS,
		    "private key %s: it is there, and belongs to another user, "
		    "who can read it",
		    name);
	else if (access == KEY_ACCESS_SHARED && !quiet)
		warn(WARN_KEY_ACCESS,
		    "private key %s: it is there, and has mode %04o: others "
		    "than its owner may know it (expected 0600)",
		    name, (unsigned int)mode);
	return ST_OK;
}

static enum status read_there(EVP_PKEY **out, const struct session *session)
{
	const struct options *o = session->options;
	const char *name = key_name_get_path(o->key);
	char shown[KEY_NAME_MAX], found[NEW_KEY_DESCRIPTION_MAX];
	enum status st;

	if (o->new_key != NULL && is_empty(name))
		return fail(ST_FILE,
		    "private key %s: the file is empty (--new-key overwrites "
		    "no file: remove it)",
		    name);
	if ((st = own_key_read(out, session)) != ST_OK)
		return st;
	key_name_shown(shown, o->key);
	if (o->new_key != NULL &&
	    !new_key_is_of_type(*out, new_key_find_type(o->new_key)))
		return fail(ST_FILE,
		    "private key %s: it is there, but is not of type %s: it is "
		    "%s (--new-key never overwrites a key; give another name, "
		    "or leave --new-key out to use this one)",
		    shown, o->new_key, new_key_describe(found, *out));
	if (o->new_key != NULL &&
	    (st = check_access(name, session->looks)) != ST_OK)
		return st;
	verbose("private key %s: it is there, and is used", shown);
	return ST_OK;
}

/* The next run has to open the key, as what it was encrypted with tells. */
static enum status check_passes(const struct session *session, const char *name)
{
	const struct pass *in = &session->pass, *out = &session->passout;
	struct problem problem;

	if (in->given && !out->given)
		return fail(ST_ERROR,
		    "private key %s: --passin is for a key that is encrypted, "
		    "and the new one would not be: add --key-passout SOURCE, "
		    "which encrypts it, or leave --passin out",
		    name);
	if (out->given && *out->text == '\0')
		return fail(
		    pass_blame(out), "--key-passout: the pass phrase is empty");
	if (out->given &&
	    problem_count_characters(
		&problem, "the pass phrase", out->text, strlen(out->text)) < 0)
		return fail(pass_blame(out), "--key-passout: %s", problem.text);
	if (in->given && strcmp(in->text, out->text) != 0)
		return fail(ST_ERROR,
		    "private key %s: the pass phrase of --key-passout is not "
		    "that of --passin, with which the next run would open it: "
		    "leave --passin out",
		    name);
	return ST_OK;
}

/* One that signs no messages could not be renewed. */
static enum status check_new_type(
    const struct session *session, const char *name)
{
	const struct new_key_type *type =
	    new_key_find_type(session->options->new_key);
	const struct key_ability ability =
	    ability_of_type(new_key_algorithm(type));

	return signer_check_ability(&ability, name);
}

/* The one that would be made is as good to make a request that is not sent. */
static enum status look_at_new(EVP_PKEY **out, const struct session *session)
{
	const struct options *o = session->options;
	const char *name = key_name_get_path(o->key);
	enum status st = newfile_check(name, "private key", true);

	return st == ST_OK
	    ? new_key_generate(out, new_key_find_type(o->new_key), name)
	    : st;
}

enum status own_key_read_or_make(
    EVP_PKEY **out, const struct session *session, bool exists)
{
	const struct options *o = session->options;
	const char *name = key_name_get_path(o->key);
	enum status st;

	if (exists)
		return read_there(out, session);
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
	if ((st = check_passes(session, name)) != ST_OK ||
	    (st = check_new_type(session, name)) != ST_OK)
		return st;
	if (session->looks)
		return look_at_new(out, session);
	st = new_key_make(
	    out, new_key_find_type(o->new_key), name, &session->passout);
	return st == ST_OK && *out == NULL ? read_there(out, session) : st;
}
