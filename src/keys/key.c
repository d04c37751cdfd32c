#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "compat/provider.h"
#include "keys/engine.h"
#include "keys/key.h"
#include "keys/key_name.h"
#include "keys/key_store.h"
#include "keys/secret.h"
#include "util/file.h"
#include "util/log.h"

#define TPM_LABEL "-----BEGIN TSS2 PRIVATE KEY-----"

/* PKCS#8 with a pass phrase, in DER. */
static EVP_PKEY *parse_encrypted(const struct buf *file, struct secret *secret)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	EVP_PKEY *key = NULL;

	if (bio != NULL)
		key = d2i_PKCS8PrivateKey_bio(bio, NULL, secret_ask, secret);
	BIO_free(bio);
	return key;
}

static EVP_PKEY *parse_der(const struct buf *file, struct secret *secret)
{
	const unsigned char *p = file->data;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)file->len);

	if (key == NULL) {
		ERR_clear_error();
		return parse_encrypted(file, secret);
	}
	if (p == file->data + file->len)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static EVP_PKEY *parse_pem(const struct buf *file, struct secret *secret)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	EVP_PKEY *key;

	if (bio == NULL)
		return NULL;
	key = PEM_read_bio_PrivateKey(bio, NULL, secret_ask, secret);
	BIO_free(bio);
	return key;
}

static EVP_PKEY *parse_once(const struct buf *file, struct secret *secret)
{
	if (file->data[0] == (V_ASN1_SEQUENCE | 0x20))
		return parse_der(file, secret);
	return parse_pem(file, secret);
}

/* Of what EVP fetches; one wrong pass phrase in 256 leaves another's. */
static bool is_unsupported(void)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);

	return ERR_GET_LIB(code) == ERR_LIB_EVP && reason != NULL &&
	    strcmp(reason, "unsupported") == 0;
}

/* Ciphers of old, such as DES, are in the legacy provider. */
static EVP_PKEY *parse(const struct buf *file, struct secret *secret)
{
	EVP_PKEY *key = parse_once(file, secret);

	if (key != NULL || !secret->asked || !is_unsupported() ||
	    !compat_load_legacy())
		return key;
	ERR_clear_error();
	return parse_once(file, secret);
}

/*
 * Empties libcrypto's error queue and returns its first reason, if any; what
 * stands beside the reasons may be the name of a key with the PIN in it.
 */
static const char *take_reasons(void)
{
	const char *reason, *first = NULL;
	unsigned long code;

	while ((code = ERR_get_error()) != 0) {
		if ((reason = ERR_reason_error_string(code)) == NULL)
			continue;
		debug("libcrypto: %s", reason);
		if (first == NULL)
			first = reason;
	}
	return first;
}

static enum status fail_token(const struct secret *secret, const char *problem)
{
	const struct key_place *place = secret->place;
	const char *reason = take_reasons();
	char name[KEY_NAME_MAX];

	return fail(ST_FILE, "%s %s: %s%s%s", place->what,
	    key_name_shown(name, place->name), problem,
	    reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

static enum status fail_key(const struct secret *secret, const char *problem)
{
	const struct key_place *place = secret->place;
	char name[KEY_NAME_MAX];

	take_reasons();
	return fail(ST_FILE, "%s %s: %s", place->what,
	    key_name_shown(name, place->name), problem);
}

static enum status fail_unasked(
    const struct secret *secret, const char *problem)
{
	char text[160];

	snprintf(text, sizeof(text),
	    "%s, and there is no terminal to ask at; %s says what it is",
	    problem, secret->place->option);
	return fail_key(secret, text);
}

static enum status fail_file(
    const struct secret *secret, const struct buf *file)
{
	const struct key_place *place = secret->place;
	char name[KEY_NAME_MAX];

	if (secret->no_terminal)
		return fail_unasked(secret, "it is encrypted");
	if (secret->asked)
		return fail_key(secret,
		    is_unsupported()
			? "it is encrypted in a way that libcrypto, or its "
			  "policy, does not offer; openssl pkcs8 -topk8 "
			  "makes it a better one"
			: "cannot decrypt it, the pass phrase is wrong");
	if (strstr(buf_string(file), TPM_LABEL) != NULL)
		return fail_key(secret,
		    "a key of a TPM, which no provider reads (--provider "
		    "tpm2)");
	return fail_crypto(ST_FILE, "%s %s: not a private key in PEM or DER",
	    place->what, key_name_shown(name, place->name));
}

/* An engine may know what to make of a file that is no key to libcrypto. */
static enum status read_file(EVP_PKEY **out, struct secret *secret)
{
	const struct key_place *place = secret->place;
	struct buf file = {0};
	enum status st;

	if ((st = file_read(&file, place->name, place->what)) != ST_OK)
		return st;
	*out = parse(&file, secret);
	if (*out == NULL && engine_is_open() && !secret->asked)
		*out = engine_load_key(place->name, secret);
	if (*out == NULL)
		st = fail_file(secret, &file);
	buf_free(&file);
	return st;
}

static enum status read_engine(
    EVP_PKEY **out, const char *name, struct secret *secret)
{
	if ((*out = engine_load_key(name, secret)) != NULL)
		return ST_OK;
	if (secret->no_terminal)
		return fail_unasked(secret, "the engine wants a PIN");
	return fail_token(
	    secret, "the engine has no such key, or its PIN was refused");
}

static enum status read_store(
    EVP_PKEY **out, const char *uri, struct secret *secret)
{
	bool opened;

	if ((*out = key_store_load(uri, secret, &opened)) != NULL)
		return ST_OK;
	if (!opened)
		return fail_key(secret,
		    "nothing opens such a URI here; --provider names what "
		    "does");
	if (secret->no_terminal)
		return fail_unasked(secret, "the token wants a PIN");
	return fail_token(
	    secret, "there is no such key, or its PIN was refused");
}

static enum status read_named(EVP_PKEY **out, struct secret *secret)
{
	const char *name = secret->place->name;
	struct buf uri = {0};
	enum status st;

	if (!key_name_split(&uri, &secret->pin, name))
		st = fail_key(secret, "its pin-value cannot be read");
	else if (engine_is_open())
		st = read_engine(out, buf_string(&uri), secret);
	else
		st = read_store(out, buf_string(&uri), secret);
	buf_free(&uri);
	return st;
}

/* A URI is a file where there is one of that name, and no error otherwise. */
static enum status find_file(bool *exists, const char *name)
{
	struct stat sb;

	*exists = file_is_standard(name);
	if (*exists)
		return ST_OK;
	if (!key_name_is_uri(name))
		return file_find(exists, name);
	*exists = stat(name, &sb) == 0;
	return ST_OK;
}

enum status key_read(EVP_PKEY **out, const struct key_place *place)
{
	struct secret secret = {.place = place};
	struct key_place file = *place;
	enum status st;
	bool exists;

	ERR_clear_error();
	if ((st = find_file(&exists, place->name)) != ST_OK)
		return st;
	if (!exists) {
		file.name = key_name_path(place->name);
		secret.place = &file;
	}
	if (!exists && file.name == place->name &&
	    (engine_is_open() || key_name_is_uri(file.name)))
		st = read_named(out, &secret);
	else
		st = read_file(out, &secret);
	pass_wipe(&secret.pin);
	if (st == ST_OK)
		ERR_clear_error();
	return st;
}
