/* secret.h: how a key's pass phrase or PIN is come by; for this room only. */
#ifndef KEYS_SECRET_H
#define KEYS_SECRET_H

#include <stdbool.h>

#include <openssl/ui.h>

#include "keys/key_name.h"
#include "keys/pass.h"

/*
 * A pass phrase or PIN on its way to whoever asks for it.  All zero but for
 * place.
 */
struct secret {
	const struct key_place *place;
	struct pass pin;  /* out of the URI, or typed; before that of place */
	bool asked;       /* it was wanted */
	bool no_terminal; /* and there was nobody to ask */
};

/* What is known without asking, NULL if nothing is; borrowed. */
const struct pass *secret_known(const struct secret *secret);

/* Asks, unless it is known: false when there is nobody, or no answer. */
bool secret_want(struct secret *secret);

/* pem_password_cb, with a struct secret. */
int secret_ask(char *out, int size, int writing, void *secret);

/* The same for those that ask by a UI; NULL when memory ran out. */
UI_METHOD *secret_new_ui(void);

#endif
