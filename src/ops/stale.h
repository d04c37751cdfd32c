/* stale.h: files of a set of CA files that have no successor in an answer. */
#ifndef OPS_STALE_H
#define OPS_STALE_H

#include <stdbool.h>

#include <openssl/safestack.h>

#include "util/status.h"

/* All zero is empty. */
struct stale {
	STACK_OF(OPENSSL_STRING) *names;
	int moved; /* how many of them, from the first, are NAME.old now */
};

/*
 * Finds FILE-first and those that follow, up to a gap; with first 0 without
 * directories, private keys and links to FILE.  ST_FILE after reporting if one
 * cannot be moved to NAME.old, as far as that can be told; nothing is changed.
 * stale is to be freed in any case.
 */
enum status stale_find(struct stale *stale, const char *base, int first);
void stale_free(struct stale *stale);

/* Moves them to NAME.old, up to one that cannot be: ST_FILE after reporting. */
enum status stale_move(struct stale *stale);

/* Says which were moved. */
void stale_note(const struct stale *stale);

/* Undoes stale_move(); false if that fails. */
bool stale_put_back(const struct stale *stale);

#endif
