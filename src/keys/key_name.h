/* key_name.h: the names of keys: files, URIs, and the PINs in URIs. */
#ifndef KEYS_KEY_NAME_H
#define KEYS_KEY_NAME_H

#include <stdbool.h>

#include "keys/pass.h"
#include "util/buf.h"

/* Room for the name of a key in messages. */
#define KEY_NAME_MAX 256

/* Where a key is.  Borrows everything. */
struct key_place {
	const char *name;        /* a file, a URI, or a name of the engine */
	const char *what;        /* "private key": before name in messages */
	const char *option;      /* "--passin": gives the pass phrase or PIN */
	const struct pass *pass; /* pass phrase or PIN; may be NULL */
	bool *encrypted;         /* set: one was needed; may be NULL */
	bool *in_token;          /* set: only a token can use it; may be NULL */
	bool silent;             /* nobody is asked for one */
};

/* Whether the name of a key has a PIN in it, as URIs may. */
bool key_name_is_secret(const char *name);

/* Whether it is a URI, of any scheme, with pin-value, in any case. */
bool key_name_has_pin(const char *name);

/* Whether it is a URI that says where the PIN is (RFC 7512, 2.4). */
bool key_name_has_pin_source(const char *name);

/* Overwrites the PIN, or another secret part, in the name of a key. */
void key_name_hide(char *name);

/* The name without a PIN, for messages.  Returns out. */
const char *key_name_shown(char out[KEY_NAME_MAX], const char *name);

/* The functions below are for this room only. */

/* Whether name begins with the scheme of a URI. */
bool key_name_is_uri(const char *name);

/* The path in a file URI; any other name is returned as it is. */
const char *key_name_get_path(const char *name);

/*
 * Whether both are pkcs11 URIs, with different token attributes, and name has
 * no pin-source, so that the PIN of before is not the PIN of name.
 */
bool key_name_needs_other_pin(const char *before, const char *name);

/*
 * Adds name to uri without the pin-value of a pkcs11 URI, which goes into pin:
 * a module that never gets the PIN in a name cannot print it.  False if the
 * PIN cannot be decoded or is given twice.
 */
bool key_name_split(struct buf *uri, struct pass *pin, const char *name);

#endif
