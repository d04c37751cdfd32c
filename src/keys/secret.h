/* secret.h: a key's pass phrase or PIN, for libcrypto; for this room only. */
#ifndef KEYS_SECRET_H
#define KEYS_SECRET_H

#include <stdbool.h>

#include <openssl/ui.h>

#include "keys/key_name.h"
#include "keys/pass.h"

/*
 * The pass phrase or PIN of one key, while the key is read.  All zero at the
 * beginning, but for place.
 */
struct secret {
	const struct key_place *place;
	struct pass pin;  /* from the URI or typed; goes before place->pass */
	bool asked;       /* libcrypto, an engine or a token asked for it */
	bool no_terminal; /* it was unknown, with no terminal to prompt on */
	bool of_engine;   /* the engine was asked for the key */
};

/* Whether there is a terminal to prompt on. */
bool secret_has_terminal(void);

/* The secret if it is known without a prompt, else NULL; borrowed. */
const struct pass *secret_find(const struct secret *secret);

/*
 * Prompts for the secret, unless it is known.  False if there is no terminal,
 * or no answer.
 */
bool secret_obtain(struct secret *secret);

/* A pem_password_cb whose argument is a struct secret. */
int secret_give_password(char *out, int size, int writing, void *secret);

/*
 * Overwrites what functions that have returned left on the stack: decoders of
 * libcrypto, up to 4.0, do not wipe the pass phrase there.
 */
void secret_wipe_stack(void);

/*
 * secret_give_password() as a UI, for engines and stores.  The caller frees
 * it; NULL if memory ran out.
 */
UI_METHOD *secret_new_ui(void);

#endif
