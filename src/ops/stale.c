#include <string.h>

#include "keys/key_file.h"
#include "ops/stale.h"
#include "pki/caset.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

static enum status add(struct stale *stale, const char *name)
{
	char *copy = OPENSSL_strdup(name);

	if (copy != NULL && stale->names == NULL)
		stale->names = sk_OPENSSL_STRING_new_null();
	if (copy != NULL && sk_OPENSSL_STRING_push(stale->names, copy) > 0)
		return ST_OK;
	OPENSSL_free(copy);
	return fail_memory();
}

/* Directories and private keys are no files of an earlier answer. */
static enum status check_kind(const char *name)
{
	enum status st;
	bool holds;

	if (file_is_directory(name))
		return fail(ST_FILE,
		    "%s: is a directory, expected a file of an earlier answer: "
		    "-c would read it",
		    name);
	if ((st = key_file_find(&holds, name)) != ST_OK)
		return st;
	if (holds)
		return fail(ST_FILE,
		    "%s: it holds a private key, expected a file of an earlier "
		    "answer: -c would read it; give it another name",
		    name);
	return file_check_aside(name, key_file_guard);
}

/* One certificate is written to base, which is then read instead of these. */
static bool is_harmless(const char *base, const char *name)
{
	struct log_capture capture;
	enum status st;

	if ((target_is_link(base) || target_is_link(name)) &&
	    target_names_one_file(base, name))
		return true;
	log_capture_begin(&capture);
	st = file_is_directory(name) ? ST_FILE : key_file_guard(name);
	log_capture_end(&capture);
	return st != ST_OK;
}

enum status stale_find(struct stale *stale, const char *base, int first)
{
	struct buf buf = {0};
	enum status st = ST_OK;
	const char *name;
	bool exists;
	int i;

	memset(stale, 0, sizeof(*stale));
	for (i = first; st == ST_OK; i++) {
		st = caset_find_file(&exists, &buf, base, i);
		if (st != ST_OK || !exists)
			break;
		name = buf_string(&buf);
		if (first == 0 && is_harmless(base, name))
			continue;
		st = check_kind(name);
		if (st == ST_OK)
			st = add(stale, name);
	}
	buf_free(&buf);
	return st;
}

static void free_name(char *name)
{
	OPENSSL_free(name);
}

void stale_free(struct stale *stale)
{
	sk_OPENSSL_STRING_pop_free(stale->names, free_name);
	memset(stale, 0, sizeof(*stale));
}

enum status stale_move(struct stale *stale)
{
	enum status st;

	for (; stale->moved < sk_OPENSSL_STRING_num(stale->names);
	     stale->moved++) {
		st = file_move_aside(
		    sk_OPENSSL_STRING_value(stale->names, stale->moved),
		    key_file_guard);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

void stale_note(const struct stale *stale)
{
	int i;

	for (i = 0; i < stale->moved; i++)
		file_note_aside(sk_OPENSSL_STRING_value(stale->names, i));
}

bool stale_put_back(const struct stale *stale)
{
	bool ok = true;
	int i;

	for (i = 0; i < stale->moved; i++)
		ok = file_put_back(sk_OPENSSL_STRING_value(stale->names, i)) &&
		    ok;
	return ok;
}
