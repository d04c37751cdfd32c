/* token.h: providers and the engine, which give access to keys in tokens. */
#ifndef KEYS_TOKEN_H
#define KEYS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#include "keys/engine.h"
#include "util/status.h"

/* Borrows everything.  All zero: no provider and no engine. */
struct token_options {
	char *const *providers; /* names, or paths of their modules */
	size_t provider_count;
	char *const *directories; /* where their modules are looked for */
	size_t directory_count;
	const struct engine_options *engine; /* may be NULL */
};

/*
 * Loads the default provider, the providers of options, and the engine.
 * ST_ERROR after reporting; token_close() must be called in any case.
 */
enum status token_open(const struct token_options *options);

/*
 * ", or use an engine with -g" for advice about providers; "" in a build
 * without engines.
 */
const char *token_engine_hint(void);

/* Whether the key is in a provider that is not one of software alone. */
bool token_has_key(const EVP_PKEY *key);

/* Every key that was read: one may be in a provider of libcrypto's own choice. */
void token_note_key(const EVP_PKEY *key);

/*
 * Whether a provider or the engine was opened, or a key in a provider that the
 * configuration of libcrypto loads: modules of tokens log out when they are
 * unloaded, which for some is in OPENSSL_cleanup() only.
 */
bool token_needs_cleanup(void);

/* Must be called after the last key is freed, before the process ends. */
void token_close(void);

#endif
