#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "options/guess.h"
#include "util/ascii.h"

#define GUESS_MAX  63
#define SEPARATORS ",| "

/*
 * The Levenshtein distance of two names, case ignored.  Only the first
 * GUESS_MAX bytes of each are compared.
 */
static size_t find_distance(const char *a, const char *b)
{
	size_t row[GUESS_MAX + 1], i, j, left, above, corner;
	size_t alen = strnlen(a, GUESS_MAX), blen = strnlen(b, GUESS_MAX);

	for (j = 0; j <= blen; j++)
		row[j] = j;
	for (i = 1; i <= alen; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= blen; j++) {
			above = row[j];
			left = row[j - 1];
			if (ascii_to_lower(a[i - 1]) !=
			    ascii_to_lower(b[j - 1]))
				corner++;
			row[j] = corner;
			if (above + 1 < row[j])
				row[j] = above + 1;
			if (left + 1 < row[j])
				row[j] = left + 1;
			corner = above;
		}
	}
	return row[blen];
}

/* One edit for three of the bytes that are compared, and one more. */
static size_t most_edits(const char *text)
{
	return strnlen(text, GUESS_MAX) / 3 + 1;
}

void guess_offer(struct guess *guess, const char *text, const char *name)
{
	size_t len = strnlen(text, GUESS_MAX), other = strnlen(name, GUESS_MAX);
	size_t gap = len > other ? len - other : other - len, distance;

	/* The distance is at least the gap. */
	if (gap > most_edits(text) ||
	    (guess->name != NULL && gap >= guess->distance))
		return;
	distance = find_distance(text, name);
	if (guess->name == NULL || distance < guess->distance) {
		guess->name = name;
		guess->distance = distance;
	}
}

/* How many bytes of the text the name does not have, case ignored. */
static size_t count_foreign(const char *text, const char *name)
{
	size_t left[256] = {0}, foreign = 0;

	for (; *name != '\0'; name++)
		left[(unsigned char)ascii_to_lower(*name)]++;
	for (; *text != '\0'; text++) {
		if (left[(unsigned char)ascii_to_lower(*text)] == 0)
			foreign++;
		else
			left[(unsigned char)ascii_to_lower(*text)]--;
	}
	return foreign;
}

/* A number is near to no name, nor is what has most of its letters of its own. */
static bool is_near(const struct guess *guess, const char *text)
{
	return guess->name != NULL && guess->distance <= most_edits(text) &&
	    2 * count_foreign(text, guess->name) <= strlen(text) &&
	    text[strspn(text, "0123456789")] != '\0';
}

const char *guess_suggest(char *out, size_t size, const struct guess *guess,
    const char *text, const char *before, const char *after)
{
	out[0] = '\0';
	if (is_near(guess, text))
		snprintf(out, size, " (did you mean %s%s%s?)", before,
		    guess->name, after);
	return out;
}

const char *guess_suggest_of(
    char *out, size_t size, const char *text, const char *list)
{
	struct guess guess = {0};
	char names[512], *name = names;
	size_t len;

	snprintf(names, sizeof(names), "%s", list);
	while (*(name += strspn(name, SEPARATORS)) != '\0') {
		len = strcspn(name, SEPARATORS);
		if (name[len] != '\0')
			name[len++] = '\0';
		guess_offer(&guess, text, name);
		name += len;
	}
	return guess_suggest(out, size, &guess, text, "", "");
}
