/* pass.h: pass phrases and PINs, and where the user has put them. */
#ifndef KEYS_PASS_H
#define KEYS_PASS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/status.h"

/* Bytes; what libcrypto asks for is no longer. */
#define PASS_MAX 1023

/* A secret (K4).  All zero: none was given. */
struct pass {
	bool given;
	char text[PASS_MAX + 1];
};

/* Whether text is a source as in openssl(1). */
bool pass_is_source(const char *text);

/* Overwrites the pass phrase in a source that has one: "pass:xxxx". */
void pass_hide(char *source);

/*
 * Reads the pass phrase from source: "pass:TEXT", "env:NAME", or the first
 * line of "file:NAME", of "fd:NUMBER" and of "stdin".  From the last two a
 * second call reads the second line.  A NULL source is none.  option stands
 * in the messages.  After reporting: ST_FILE for a file, else ST_ERROR.
 */
enum status pass_read(struct pass *out, const char *source, const char *option);

void pass_wipe(struct pass *pass);

#endif
