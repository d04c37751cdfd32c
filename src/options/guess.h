/* guess.h: the known name that an unknown one was probably meant to be. */
#ifndef OPTIONS_GUESS_H
#define OPTIONS_GUESS_H

#include <stdbool.h>
#include <stddef.h>

/* The nearest of the names offered so far; all zero: none.  Borrows it. */
struct guess {
	const char *name;
	size_t distance; /* edits between it and the text */
};

/* Keeps name if it is nearer to text than those offered before. */
void guess_offer(struct guess *guess, const char *text, const char *name);

/* Whether the nearest name is near enough to suggest it. */
bool guess_is_near(const struct guess *guess, const char *text);

#endif
