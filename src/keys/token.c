#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "compat/compat.h"
#include "compat/provider.h"
#include "keys/token.h"
#include "util/buf.h"
#include "util/log.h"

/* A token is or was in use: see token_needs_cleanup(). */
static bool used;

static const char *const module_endings[] = {".so", ".dylib", ".dll"};

/* The length of a module's file name without its ending. */
static size_t stem_length(const char *name)
{
	size_t i, len = strlen(name), ending;

	for (i = 0; i < COUNT_OF(module_endings); i++) {
		ending = strlen(module_endings[i]);
		if (len > ending &&
		    strcmp(name + len - ending, module_endings[i]) == 0)
			return len - ending;
	}
	return len;
}

/*
 * Loads "/usr/lib/ossl-modules/tpm2.so" as provider tpm2 of that directory: a
 * provider expects its bare name, which it uses in its property queries.
 */
static bool load_provider_module(const char *path, const char *base)
{
	struct buf directory = {0}, name = {0};
	char *where[1];
	bool ok;

	ok = buf_add(&directory, path, (size_t)(base - path)) &&
	    buf_add(&name, base, stem_length(base));
	if (ok) {
		where[0] = (char *)directory.data;
		ok = compat_load_provider(buf_string(&name), where, 1);
	}
	buf_free(&directory);
	buf_free(&name);
	return ok;
}

/*
 * The libraries of a TPM (tpm2-tss) print errors of their own on stderr; the
 * failure is reported once, here.
 */
static void silence_tpm(void)
{
	if (!log_enabled(LOG_DEBUG))
		setenv("TSS2_LOG", "all+NONE", 0);
}

const char *token_engine_hint(void)
{
	return engine_is_built_in() ? ", or use an engine with -g" : "";
}

static enum status load_provider(
    const char *name, const struct token_options *options)
{
	const char *slash = strrchr(name, '/');
	char shown[160];
	bool ok;

	silence_tpm();

	if (slash != NULL)
		ok = load_provider_module(name, slash + 1);
	else
		ok = compat_load_provider(
		    name, options->directories, options->directory_count);
	if (ok) {
		ERR_clear_error();
		debug("provider %s is loaded", name);
		return ST_OK;
	}

	log_escape(shown, sizeof(shown), name, strlen(name));
	if (compat_static_reason() != NULL)
		return fail(ST_ERROR, "provider %s: cannot be loaded: %s",
		    shown, compat_static_reason());
	if (ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_DSO)
		return fail_crypto(ST_ERROR,
		    "provider %s: cannot be loaded (name its directory with "
		    "--provider-path%s)",
		    shown, token_engine_hint());
	return fail_crypto(ST_ERROR, "provider %s: cannot be started", shown);
}

enum status token_open(const struct token_options *options)
{
	enum status st = ST_OK;
	size_t i;

	used = options->provider_count > 0 ||
	    (options->engine != NULL && options->engine->id != NULL);
	for (i = 0; st == ST_OK && i < options->provider_count; i++)
		st = load_provider(options->providers[i], options);
	if (st == ST_OK && options->engine != NULL)
		st = engine_open(options->engine);
	return st;
}

bool token_has_key(const EVP_PKEY *key)
{
	char query[COMPAT_QUERY_MAX];

	return compat_key_query(query, key) != NULL;
}

void token_note_key(const EVP_PKEY *key)
{
	used = used || token_has_key(key);
}

bool token_needs_cleanup(void)
{
	return used;
}

void token_close(void)
{
	engine_close();
	compat_unload_providers();
}
