#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "compat/memory.h"
#include "compat/provider.h"
#include "keys/engine.h"
#include "keys/key.h"
#include "keys/key_name.h"
#include "keys/key_type.h"
#include "keys/secret.h"
#include "keys/store.h"
#include "keys/token.h"
#include "util/file.h"
#include "util/log.h"

#define TPM_LABEL "-----BEGIN TSS2 PRIVATE KEY-----"

static EVP_PKEY *parse_encrypted_der(
    const struct buf *file, struct secret *secret)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	EVP_PKEY *key = NULL;

	if (bio != NULL)
		key = d2i_PKCS8PrivateKey_bio(
		    bio, NULL, secret_give_password, secret);
	BIO_free(bio);
	return key;
}

static EVP_PKEY *parse_der(const struct buf *file, struct secret *secret)
{
	const unsigned char *p = file->data;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)file->len);

	if (key == NULL) {
		ERR_clear_error();
		return parse_encrypted_der(file, secret);
	}
	if (p == file->data + file->len)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

/*
 * A key that is plain and of a known type: to say the type saves libcrypto half
 * of what it does to find that out.  NULL for every other key.
 */
static EVP_PKEY *parse_plain_pem(BIO *bio)
{
	char *label = NULL, *header = NULL;
	unsigned char *der = NULL;
	const unsigned char *p;
	int type = NID_undef;
	EVP_PKEY *key = NULL;
	long len = 0;

	if (PEM_read_bio(bio, &label, &header, &der, &len) == 1 &&
	    *header == '\0') {
		if (strcmp(label, PEM_STRING_PKCS8INF) == 0)
			type = key_type_find(der, len);
		else if (strcmp(label, PEM_STRING_RSA) == 0)
			type = EVP_PKEY_RSA;
		else if (strcmp(label, PEM_STRING_ECPRIVATEKEY) == 0)
			type = EVP_PKEY_EC;
	}
	p = der;
	if (type != NID_undef)
		key = d2i_PrivateKey(type, NULL, &p, len);
	OPENSSL_free(label);
	OPENSSL_free(header);
	compat_clear_free(der, (size_t)len);
	return key;
}

static EVP_PKEY *parse_pem(const struct buf *file, struct secret *secret)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	EVP_PKEY *key = NULL;

	if (bio != NULL && (key = parse_plain_pem(bio)) == NULL) {
		ERR_clear_error();
		(void)BIO_reset(bio);
		key = PEM_read_bio_PrivateKey(
		    bio, NULL, secret_give_password, secret);
	}
	BIO_free(bio);
	return key;
}

static EVP_PKEY *parse_der_or_pem(const struct buf *file, struct secret *secret)
{
	if (file->data[0] == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
		return parse_der(file, secret);
	return parse_pem(file, secret);
}

/*
 * True if the first error is EVP's "unsupported": libcrypto could not fetch
 * the cipher.  The library is compared as well: a wrong pass phrase can leave
 * an error of another library with the same reason.
 */
static bool is_unsupported(void)
{
	unsigned long code = ERR_peek_error();
	const char *reason = ERR_reason_error_string(code);

	return ERR_GET_LIB(code) == ERR_LIB_EVP && reason != NULL &&
	    strcmp(reason, "unsupported") == 0;
}

/*
 * Loads the legacy provider for a key that is encrypted with an obsolete
 * cipher, such as DES, and parses it again.
 */
static EVP_PKEY *parse_key(const struct buf *file, struct secret *secret)
{
	EVP_PKEY *key = parse_der_or_pem(file, secret);

	if (key != NULL || !secret->asked || !is_unsupported() ||
	    !compat_load_legacy())
		return key;
	ERR_clear_error();
	return parse_der_or_pem(file, secret);
}

/*
 * Empties libcrypto's error queue and returns its first reason, NULL if there
 * is none.  The texts that accompany the reasons are not used: they may have
 * the name of the key with its PIN.
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

static enum status fail_key(const struct secret *secret, const char *problem)
{
	const struct key_place *place = secret->place;
	char name[KEY_NAME_MAX];

	take_reasons();
	return fail(ST_FILE, "%s %s: %s", place->what,
	    key_name_shown(name, place->name), problem);
}

/* No provider reads the key; option is the one that loads it. */
static enum status fail_provider(
    const struct secret *secret, const char *problem, const char *option)
{
	char text[160];

	snprintf(text, sizeof(text), "%s (use %s%s)", problem, option,
	    token_engine_hint());
	return fail_key(secret, text);
}

/* As fail_key(), with the first reason of libcrypto. */
static enum status fail_token(const struct secret *secret, const char *problem)
{
	const struct key_place *place = secret->place;
	const char *reason = take_reasons();
	char name[KEY_NAME_MAX];

	return fail(ST_FILE, "%s %s: %s%s%s", place->what,
	    key_name_shown(name, place->name), problem,
	    reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

static enum status fail_no_terminal(
    const struct secret *secret, const char *problem)
{
	char text[160];

	snprintf(text, sizeof(text),
	    "%s and there is no terminal to prompt on (use %s)", problem,
	    secret->place->option);
	return fail_key(secret, text);
}

static enum status fail_file(
    const struct secret *secret, const struct buf *file)
{
	const struct key_place *place = secret->place;
	struct key_ability ability;
	char name[KEY_NAME_MAX], lack[ABILITY_LACK_MAX];
	char text[ABILITY_LACK_MAX + 16];

	if (secret->no_terminal)
		return fail_no_terminal(secret, "it is encrypted");
	if (key_type_is_lacking(&ability, file, secret)) {
		snprintf(text, sizeof(text), "its type is %s",
		    ability_describe_lack(lack, &ability));
		return fail_key(secret, text);
	}
	if (secret->asked && is_unsupported())
		return fail_key(secret,
		    "it is encrypted with an algorithm that this libcrypto or "
		    "its policy does not offer (convert it with openssl pkcs8 "
		    "-topk8)");
	if (secret->asked)
		return fail_key(
		    secret, "cannot decrypt it, the pass phrase is wrong");
	if (strstr(buf_string(file), TPM_LABEL) != NULL)
		return fail_provider(secret,
		    "it is a key of a TPM, and no loaded provider reads it",
		    "--provider tpm2");
	if (key_type_is_store(file))
		return fail_key(secret,
		    "it is PKCS#12, expected a private key in PEM or DER "
		    "(openssl pkcs12 -nocerts takes it out)");
	return fail_crypto(ST_FILE, "%s %s: not a private key in PEM or DER",
	    place->what, key_name_shown(name, place->name));
}

/* An engine may read a file that is not a key to libcrypto. */
static enum status read_key_file(EVP_PKEY **out, struct secret *secret)
{
	const struct key_place *place = secret->place;
	struct buf file = {0};
	enum status st;

	if ((st = file_read(&file, place->name, place->what)) != ST_OK)
		return st;
	*out = parse_key(&file, secret);
	if (secret->asked)
		secret_wipe_stack();
	if (*out == NULL && engine_is_open() && !secret->asked)
		*out = engine_load_key(place->name, secret);
	if (*out == NULL)
		st = fail_file(secret, &file);
	buf_free(&file);
	return st;
}

static enum status read_from_engine(
    EVP_PKEY **out, const char *name, struct secret *secret)
{
	if ((*out = engine_load_key(name, secret)) != NULL)
		return ST_OK;
	if (secret->no_terminal)
		return fail_no_terminal(secret, "the engine asks for a PIN");
	return fail_token(
	    secret, "the engine has no such key, or its PIN was refused");
}

static enum status read_from_store(
    EVP_PKEY **out, const char *uri, struct secret *secret)
{
	bool opened;

	if ((*out = store_load_key(uri, secret, &opened)) != NULL)
		return ST_OK;
	if (!store_is_built_in())
		return fail_key(secret,
		    "this sscep is built without key URIs: its libcrypto has "
		    "no OSSL_STORE");
	if (!opened)
		return fail_provider(secret,
		    "no loaded provider handles this URI", "--provider");
	if (secret->no_terminal)
		return fail_no_terminal(secret, "the token asks for a PIN");
	return fail_token(
	    secret, "there is no such key, or its PIN was refused");
}

/* The PIN of the URI goes into secret, and not to the engine or provider. */
static enum status read_from_token(EVP_PKEY **out, struct secret *secret)
{
	struct buf uri = {0};
	enum status st;

	if (!key_name_split(&uri, &secret->pin, secret->place->name))
		st = fail_key(secret,
		    "its pin-value is given twice or cannot be decoded (RFC "
		    "7512, 2.3)");
	else if (engine_is_open())
		st = read_from_engine(out, buf_string(&uri), secret);
	else
		st = read_from_store(out, buf_string(&uri), secret);
	buf_free(&uri);
	return st;
}

/*
 * Whether name is a file or "-", or can be nothing else.  A URI is a file where
 * there is one of that name; that it cannot be looked for is no error.
 */
static enum status find_key_file(bool *exists, const char *name)
{
	struct stat sb;
	bool uri = key_name_is_uri(name);

	*exists = file_is_standard(name) || (!uri && !engine_is_open());
	if (*exists)
		return ST_OK;
	if (!uri)
		return file_find(exists, name);
	*exists = stat(name, &sb) == 0;
	return ST_OK;
}

enum status key_read(EVP_PKEY **out, const struct key_place *place)
{
	struct secret secret = {.place = place};
	struct key_place file = *place;
	bool exists, is_file_uri;
	enum status st;

	ERR_clear_error();
	if ((st = find_key_file(&exists, place->name)) != ST_OK)
		return st;
	file.name = key_name_get_path(place->name);
	is_file_uri = file.name != place->name;

	if (!exists && is_file_uri && key_name_is_secret(place->name))
		return fail_key(&secret,
		    "a file: URI has no query (RFC 8089, 2), use --passin");
	if (!exists && is_file_uri)
		secret.place = &file;
	if (!exists && !is_file_uri &&
	    (engine_is_open() || key_name_is_uri(place->name)))
		st = read_from_token(out, &secret);
	else
		st = read_key_file(out, &secret);

	pass_wipe(&secret.pin);
	if (place->encrypted != NULL)
		*place->encrypted = secret.asked;
	if (st == ST_OK) {
		if (place->in_token != NULL)
			*place->in_token =
			    !exists || secret.of_engine || token_has_key(*out);
		token_note_key(*out);
		ERR_clear_error();
	}
	return st;
}
