/* names.h: what --tolerate and --renewal take; for this room only. */
#ifndef OPTIONS_NAMES_H
#define OPTIONS_NAMES_H

#include <stddef.h>

#include "options/options.h"

struct option_name {
	const char *name;
	unsigned int value; /* of enum tolerate or enum renewal */
};

/* Both end with a NULL; renewal starts with its default. */
extern const struct option_name names_tolerate[], names_renewal[];

/* The same as texts: "nonce,transaction-id,...", "auto|17|19". */
extern const char *const names_tolerate_list, *const names_renewal_list;

/* The entry whose name is the first len bytes of text; NULL: none. */
const struct option_name *names_find(
    const struct option_name *names, const char *text, size_t len);

#endif
