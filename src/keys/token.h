/* token.h: what gives access to keys outside of files (K2, K3). */
#ifndef KEYS_TOKEN_H
#define KEYS_TOKEN_H

#include <stddef.h>

#include "keys/engine.h"
#include "util/status.h"

/* Borrows everything; all zero is nothing. */
struct token_options {
	char *const *providers; /* names, or paths of their modules */
	size_t provider_count;
	char *const *directories; /* to look for them in */
	size_t directory_count;
	const struct engine_options *engine;
};

/*
 * Loads the providers, after the default one, and the engine.  ST_ERROR
 * after reporting; token_close() is to be called in any case.
 */
enum status token_open(const struct token_options *options);

/* To be called when no key is left, before the process ends. */
void token_close(void);

#endif
