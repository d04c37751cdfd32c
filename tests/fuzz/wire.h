/* wire.h: the bytes of a server, in place of TCP: tcp.c is not linked. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>

#include "fuzz.h"

/* What separates answers; before the second one the connection ends. */
#define WIRE_NEXT  "~~\n"
#define WIRE_CLOSE "~!\n"

/*
 * From now on connections get these bytes: an answer for each request, in parts
 * of a few bytes if dripping.  A connection has no more for its client, and is
 * not at its end, between two answers.
 */
void wire_start(struct fuzz_input bytes, bool dripping);

#endif
