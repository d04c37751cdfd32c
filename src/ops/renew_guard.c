#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "compat/compat.h"
#include "compat/memory.h"
#include "compat/openssl.h"
#include "keys/key_file.h"
#include "ops/renew_guard.h"
#include "util/file.h"
#include "util/log.h"
#include "util/place.h"
#include "util/swap.h"

/* The lines before and after every kind of private key in PEM end so. */
#define PEM_MARK "PRIVATE KEY-----"

/* The private keys of a file that is in PEM. */
struct keys {
	EVP_PKEY **all;
	size_t count;
	size_t marks; /* two for each key, if all could be read */
	struct buf text;
};

enum status renew_guard_keyless(const char *path, const void *unused)
{
	(void)unused;
	return key_file_guard(path);
}

/* Nobody is asked for the pass phrase of a key that may be somebody else's. */
static int give_pass(char *out, int size, int writes, void *arg)
{
	const struct pass *pass = arg;
	size_t len = strlen(pass->text);

	(void)writes;
	if (!pass->given || len > (size_t)size)
		return -1;
	memcpy(out, pass->text, len);
	return (int)len;
}

static size_t count_marks(const char *text)
{
	size_t count = 0;

	while ((text = strstr(text, PEM_MARK)) != NULL) {
		text += strlen(PEM_MARK);
		count++;
	}
	return count;
}

static void free_keys(struct keys *keys)
{
	while (keys->count > 0)
		EVP_PKEY_free(keys->all[--keys->count]);
	OPENSSL_free(keys->all);
	buf_free(&keys->text);
}

/* Those that libcrypto can read: none, if the file is no text. */
static enum status read_keys(
    struct keys *keys, const char *path, struct pass *pass)
{
	enum status st = file_read_any(&keys->text, path, "file");
	EVP_PKEY *key;
	BIO *bio;

	if (st != ST_OK)
		return st;
	if (keys->text.len > 0 &&
	    strlen(buf_string(&keys->text)) == keys->text.len)
		keys->marks = count_marks(buf_string(&keys->text));
	keys->all = compat_zalloc((keys->marks + 1) * sizeof(EVP_PKEY *));
	bio = BIO_new_mem_buf(keys->text.data, (int)keys->text.len);
	while (keys->all != NULL && bio != NULL && keys->count < keys->marks) {
		key = PEM_read_bio_PrivateKey(bio, NULL, give_pass, pass);
		if (key == NULL)
			break;
		keys->all[keys->count++] = key;
	}
	BIO_free(bio);
	ERR_clear_error();
	return ST_OK;
}

/* As renew writes it: the key file, and after that no key. */
static bool begins_with(const struct keys *found, const struct keys *own)
{
	return own->marks > 0 && own->text.len <= found->text.len &&
	    memcmp(found->text.data, own->text.data, own->text.len) == 0 &&
	    found->marks == own->marks;
}

static bool all_are(const struct keys *found, EVP_PKEY *own)
{
	size_t i;

	for (i = 0; i < found->count; i++)
		if (!compat_same_key(found->all[i], own))
			return false;
	return found->count > 0 && found->marks == 2 * found->count;
}

/* There need not be a file at path. */
static enum status is_of_file(
    bool *yes, const struct keys *found, const char *path, struct pass *pass)
{
	struct keys own = {0};
	bool exists = false;
	enum status st = file_find(&exists, path);

	if (st == ST_OK && exists)
		st = read_keys(&own, path, pass);
	*yes = st == ST_OK &&
	    (begins_with(found, &own) ||
		(own.count > 0 && all_are(found, own.all[0])));
	free_keys(&own);
	return st;
}

/*
 * Whether all keys of the file are one of this enrolment.  A key of it that cannot
 * be read is only reported if no other one is in the file.
 */
static enum status find_own(
    bool *own, const struct renew_guard *guard, const char *path)
{
	static const char *const suffixes[] = {"", PLACE_NEW, PLACE_OLD};
	struct keys found = {0};
	struct log_capture unread;
	enum status st, read = ST_OK;
	size_t i;

	*own = false;
	if (guard->path == NULL)
		return ST_OK;
	st = read_keys(&found, path, guard->pass);
	log_capture_begin(&unread);
	for (i = 0; st == ST_OK && !*own && i < COUNT_OF(suffixes); i++) {
		struct buf name = {0};

		st = swap_path_beside(&name, guard->path, suffixes[i]);
		if (st == ST_OK &&
		    (st = is_of_file(own, &found, buf_string(&name),
			 guard->pass)) == ST_FILE) {
			read = st;
			st = ST_OK;
		}
		buf_free(&name);
	}
	log_capture_end(&unread);
	if (st == ST_OK && !*own)
		st = read;
	if (!*own)
		log_report(st, unread.text);
	free_keys(&found);
	return st;
}

enum status renew_guard_bundle(const char *path, const void *guard)
{
	const struct renew_guard *g = guard;
	bool holds, own = false;
	enum status st = key_file_find(&holds, path);

	if (st != ST_OK || !holds)
		return st;
	if ((st = find_own(&own, g, path)) == ST_OK && !own)
		st = fail(ST_FILE,
		    "%s: it holds a private key other than %s and is not "
		    "overwritten (give another file name, or move it away)",
		    path, g->path != NULL ? g->path : "that of -k");
	return st;
}
