/* pass.h: pass phrases and PINs, and the sources that they are read from. */
#ifndef KEYS_PASS_H
#define KEYS_PASS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/status.h"

/* Bytes without the NUL.  libcrypto has room for 1024. */
#define PASS_MAX 1023

/* A pass phrase or PIN, which is never printed.  All zero: none was given. */
struct pass {
	bool given;
	bool literal; /* it was the value of the option itself, "pass:TEXT" */
	char text[PASS_MAX + 1];
};

/*
 * Whether text is a source, as in openssl-passphrase-options(1).  Only a pass
 * phrase may be empty, no name of a variable or file, and no number.
 */
bool pass_is_source(const char *text);

/* The sources one by one, "env:" without a value; NULL after the last. */
const char *pass_source_name(size_t i);

/* Whether text is "pass:TEXT", with the pass phrase itself. */
bool pass_is_secret(const char *text);

/* Whether text is "stdin", or "fd:0". */
bool pass_is_stdin(const char *text);

/* The descriptor that "fd:NUMBER" or "stdin" names; -1: source names none. */
int pass_find_descriptor(const char *source);

/* Overwrites the pass phrase in a "pass:TEXT" source. */
void pass_hide(char *source);

/*
 * Reads the pass phrase from source: "pass:TEXT", "env:NAME", or the first
 * line of "file:NAME"; "fd:NUMBER" and "stdin" give their next line with each
 * call.  A NULL source gives no pass phrase.  option is named in messages.
 * After reporting: ST_FILE if there is nothing to read, or what was read is no
 * pass phrase; ST_ERROR if source itself is malformed.
 */
enum status pass_read(struct pass *out, const char *source, const char *option);

/*
 * The status where the pass phrase cannot be used: ST_ERROR if the command line
 * is wrong, ST_FILE if it is what the source has.
 */
enum status pass_blame(const struct pass *pass);

void pass_wipe(struct pass *pass);

#endif
