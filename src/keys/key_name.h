/* key_name.h: the names of keys: files, URIs, and the PINs in them. */
#ifndef KEYS_KEY_NAME_H
#define KEYS_KEY_NAME_H

#include <stdbool.h>

#include "keys/pass.h"
#include "util/buf.h"

/* Room for the name of a key in messages. */
#define KEY_NAME_MAX 256

/* Where a key is.  Borrows everything. */
struct key_place {
	const char *name;        /* a file, a URI, or what an engine knows */
	const char *what;        /* stands before name in messages */
	const char *option;      /* which gives the pass phrase, in messages */
	const struct pass *pass; /* pass phrase or PIN; may be NULL */
};

/* Whether the name of a key has a PIN in it, as URIs may. */
bool key_name_is_secret(const char *name);

/* Overwrites the PIN, or what else is secret, in the name of a key. */
void key_name_hide(char *name);

/* The name without a PIN, for messages.  Returns out. */
const char *key_name_shown(char out[KEY_NAME_MAX], const char *name);

/* What follows is for this room only. */

/* Whether name begins with a scheme. */
bool key_name_is_uri(const char *name);

/* The path that a file URI names; any other name as it is. */
const char *key_name_path(const char *name);

/*
 * Whether both are pkcs11 URIs whose tokens are not of one name, and the
 * second does not say by itself where its PIN is (pin-source=).
 */
bool key_name_needs_other_pin(const char *before, const char *name);

/*
 * Adds name without the PIN of a pkcs11 URI, which goes into pin, so that no
 * module gets to print it.  False for a PIN that cannot be decoded, and for
 * two of them.
 */
bool key_name_split(struct buf *uri, struct pass *pin, const char *name);

#endif
