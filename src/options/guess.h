/* guess.h: the known name that an unknown one was probably meant to be. */
#ifndef OPTIONS_GUESS_H
#define OPTIONS_GUESS_H

#include <stddef.h>

/* The nearest of the names offered so far; all zero: none.  Borrows it. */
struct guess {
	const char *name;
	size_t distance; /* edits between it and the text */
};

/* Keeps name if it is nearer to text than those offered before. */
void guess_offer(struct guess *guess, const char *text, const char *name);

#define GUESS_TEXT_MAX 96

/*
 * " (did you mean [before]NAME[after]?)", or "" if the nearest name is not near
 * enough to suggest it.  Returns out.
 */
const char *guess_suggest(char *out, size_t size, const struct guess *guess,
    const char *text, const char *before, const char *after);

/* The same, with the names of a list between ",", "|" or blanks. */
const char *guess_suggest_of(
    char *out, size_t size, const char *text, const char *list);

#endif
