/* engine.h: ENGINEs; only engine.c names what libcrypto has of them (K3). */
#ifndef KEYS_ENGINE_H
#define KEYS_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

#include "keys/secret.h"
#include "util/status.h"

/*
 * An engine as the user describes it; all zero is none.  Owns its strings.
 * commands are names and values by turns, in order; an empty value is none.
 */
struct engine_options {
	char *id;
	char *path; /* of its module; NULL: where libcrypto looks */
	char **commands;
	size_t count; /* of strings in commands */
};

/*
 * Makes the engine ready.  ST_ERROR after reporting: there is none of that
 * id, its module or a command fails, or engines are not built in.
 */
enum status engine_open(const struct engine_options *options);
void engine_close(void);
bool engine_is_open(void);

/*
 * The key that the engine knows by that name, NULL with the reason in
 * libcrypto's error queue.  What secret->place points to must outlive the key.
 */
EVP_PKEY *engine_load_key(const char *name, struct secret *secret);

/* For --version. */
bool engine_is_built_in(void);

#endif
