/* engine.h: the ENGINE of libcrypto that holds keys; at most one is open. */
#ifndef KEYS_ENGINE_H
#define KEYS_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#include "keys/secret.h"
#include "util/status.h"

/* A command for an engine.  Owns its strings. */
struct engine_command {
	char *name;
	char *value;   /* "": none */
	char *where;   /* FILE:LINE, for messages */
	bool secret;   /* the value is not to be printed */
	bool variable; /* may be unknown, as it has another use in the file */
};

/* An engine as the user describes it.  All zero: none.  Owns its strings. */
struct engine_options {
	char *id;
	bool id_is_section; /* the name of its section, without engine_id */
	char *path;         /* its module; NULL: libcrypto looks for it */
	struct engine_command *commands;
	size_t count;
};

/*
 * Loads and starts the engine, and sends it the commands.  Warns of commands
 * that it does not know; one that takes an argument is left out if it has none.
 * Does nothing if options->id is NULL.  After reporting: ST_FILE if the file of
 * MODULE_PATH is not there; ST_ERROR if there is no engine of that id, the
 * module or a command fails, or engines are not built in.
 */
enum status engine_open(const struct engine_options *options);
void engine_close(void);
bool engine_is_open(void);

/*
 * The key that the engine has by that name, which the caller owns.  NULL with
 * the reason in libcrypto's error queue.  The engine may ask for the PIN again
 * whenever the key is used: what secret->place points to must outlive the key.
 */
EVP_PKEY *engine_load_key(const char *name, struct secret *secret);

/* Whether this build has engines, for --version. */
bool engine_is_built_in(void);

#endif
