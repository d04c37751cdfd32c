/* closed.h: whether a private key can be read without asking anybody. */
#ifndef KEYS_CLOSED_H
#define KEYS_CLOSED_H

#include <stdbool.h>

#include "keys/key_name.h"

enum closed {
	CLOSED_NOT,       /* or key_read() reports what is wrong with it */
	CLOSED_ENCRYPTED, /* the pass phrase would be asked for on a terminal */
	CLOSED_TOKEN,     /* in a token or the engine, and no PIN is given */
	CLOSED_STREAM     /* standard input, a FIFO: it is there only once */
};

/*
 * Why key_read() of that place is to be left alone.  Nothing is reported, nobody
 * is asked, no token is opened, and so none is locked by a wrong PIN.
 */
enum closed closed_find(const struct key_place *place);

/* Whether that of a file needs a pass phrase, given or not. */
bool closed_is_encrypted(const struct key_place *place);

#endif
