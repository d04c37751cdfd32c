#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/files.h"
#include "keys/closed.h"
#include "keys/key.h"
#include "keys/new_key.h"
#include "ops/check_parts.h"
#include "ops/own_key.h"
#include "pki/ability.h"
#include "util/ascii.h"
#include "util/file.h"

bool check_warn_of_closed(
    struct findings *f, const struct key_place *place, const char *effect)
{
	const char *why = NULL, *before = "", *after = "";
	const char *option = place->option;
	char shown[KEY_NAME_MAX], advice[160];

	switch (closed_find(place)) {
	case CLOSED_NOT:
		return false;
	case CLOSED_ENCRYPTED:
		why = "encrypted; not opened, as nobody is asked for its pass "
		      "phrase";
		before = "give that with ";
		after = ", without which it fails where there is no terminal";
		break;
	case CLOSED_TOKEN:
		why = "in a token; not opened without its PIN, and no PIN is "
		      "tried";
		before = "a login is tried with ";
		break;
	case CLOSED_STREAM:
		why = "it can be read once only, and is not";
		before = "give the name of a file";
		option = "";
		break;
	}
	snprintf(advice, sizeof(advice), "%s%s%s", before, option, after);
	finding_warn(f, advice, "%s %s: %s%s", place->what,
	    key_name_shown(shown, place->name), why, effect);
	return true;
}

/* The mode that the user wants his key to have. */
static mode_t wanted_mode(const struct options *o)
{
	const char *mode = o->renew.key_mode;
	unsigned int bits = 0600;

	if (mode != NULL)
		sscanf(mode, "%o", &bits);
	return (mode_t)bits;
}

/* -1: it is not in a file. */
static int check_access(struct check *c, const struct key_place *place)
{
	const char *path = key_name_get_path(place->name);
	char advice[KEY_NAME_MAX + 96];
	enum key_access access;
	int mode;

	access = own_key_find_access(&mode, path, wanted_mode(&c->own));
	if (access == KEY_ACCESS_FOREIGN || access == KEY_ACCESS_PLANTED)
		finding_warn(c->f,
		    "somebody else may have a copy: make a new key",
		    "%s %s: it belongs to another user, who can read it",
		    place->what, path);
	else if (access == KEY_ACCESS_SHARED) {
		compat_name_command(advice, sizeof(advice), path);
		finding_warn(c->f, advice,
		    "%s %s: it has mode %04o: others than its owner can read "
		    "or change it",
		    place->what, path, (unsigned int)mode);
	}
	return mode;
}

/* "rsa:2048", or what has no such name: "ED25519, 256 bits". */
static const char *describe_type(char *out, size_t size, EVP_PKEY *key)
{
	const char *name = new_key_type_name(key);

	if (name != NULL)
		snprintf(out, size, "%s", name);
	else
		snprintf(out, size, "%s, %d bits", ability_of_key(key).type,
		    EVP_PKEY_bits(key));
	return out;
}

static void describe(
    struct check *c, const struct key_place *place, EVP_PKEY *key)
{
	int mode = check_access(c, place);
	char shown[KEY_NAME_MAX], type[64], access[32] = "";

	if (mode >= 0)
		snprintf(
		    access, sizeof(access), ", mode %04o", (unsigned int)mode);
	finding_ok(c->f, "%s %s: %s%s%s", place->what,
	    key_name_shown(shown, place->name),
	    describe_type(type, sizeof(type), key), access,
	    closed_is_encrypted(place) ? ", encrypted" : "");
}

/* That of renew is renewed, and its successor is of the type. */
static void set_type(struct check *c, bool exists)
{
	const char *type = c->own.new_key;

	if (type != NULL && c->own.operation == &op_renew &&
	    (exists || ascii_is_same_word(type, NEW_KEY_SAME)))
		c->own.new_key = NULL;
}

static enum status read_own(struct check *c, bool exists)
{
	const struct options *o = &c->own;
	const char *path = key_name_get_path(o->key), *advice = NULL;
	bool made =
	    c->session->making || (!exists && o->operation == &op_renew);
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	if (made)
		st = own_key_read_or_make(&c->in.csr_key, c->session, exists);
	else
		st = own_key_read(&c->in.csr_key, c->session);
	if (!made && !key_name_is_uri(path))
		advice = check_advice_on_file(path);
	return check_report(c, st, &capture, advice);
}

/* renew with a certificate, and without its key, says so of both. */
static bool is_left_to_cert(const struct check *c, bool exists)
{
	bool cert = false;

	return !exists && c->own.operation == &op_renew &&
	    c->own.local_cert != NULL &&
	    file_find(&cert, c->own.local_cert) == ST_OK && cert;
}

/* renew without either says so of the key once it knows what to request. */
static bool is_left_to_derive(const struct check *c, bool exists)
{
	return !exists && c->renews && c->own.new_key == NULL;
}

/* A key in a token is made by nobody here. */
static void look_at_own(struct check *c, const struct key_place *place)
{
	char shown[KEY_NAME_MAX];
	bool exists = false;
	enum status st;

	st = own_key_find(&exists, c->session);
	c->key_is_new = st == ST_OK && !exists;
	if (st == ST_OK && is_left_to_cert(c, exists))
		return;
	set_type(c, exists);
	if (st == ST_OK && is_left_to_derive(c, exists))
		return;
	if (st == ST_OK)
		st = read_own(c, exists);
	c->key_is_lacking = st != ST_OK && !exists;
	if (st != ST_OK)
		return;
	if (exists)
		describe(c, place, c->in.csr_key);
	else
		finding_ok(c->f, "%s %s: there is none; %s would be made",
		    place->what, key_name_shown(shown, place->name),
		    c->own.new_key);
}

void check_key_own(struct check *c)
{
	const struct session *s = c->session;
	const struct key_place place = {
	    .name = c->own.key,
	    .what = "private key",
	    .option = "--passin",
	    .pass = s->pass.given ? &s->pass : &s->passout,
	};

	c->f->topic = "key";
	if (place.name == NULL)
		return;
	if (check_warn_of_closed(c->f, &place, ""))
		check_access(c, &place);
	else
		look_at_own(c, &place);
	if (c->in.csr_key == NULL)
		c->own.key = NULL;
}

void check_key_sign(struct check *c)
{
	struct options *o = &c->own;
	const struct key_place place = {
	    .name = o->sign_key,
	    .what = "signature key",
	    .option = "--sign-passin",
	    .pass = &c->session->sign_pass,
	};
	struct log_capture capture;
	enum status st;

	if (o->sign_key == NULL || inputs_have_one_key(o))
		return;
	if (check_warn_of_closed(c->f, &place, "")) {
		check_access(c, &place);
		return;
	}
	log_capture_begin(&capture);
	st = inputs_read_sign_key(&c->in);
	if (check_report(c, st, &capture, check_advice_on_file(o->sign_key)) ==
	    ST_OK)
		describe(c, &place, c->in.key);
}
