#include <stdio.h>

#include "options/entry.h"
#include "options/section.h"
#include "util/ascii.h"

#define NAME_SIZE 80

const struct operation *section_find_operation(const char *section)
{
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < OPS_COUNT; i++) {
		snprintf(
		    name, sizeof(name), SECTION_PREFIX "%s", ops_all[i]->name);
		if (ascii_is_same_word(section, name))
			return ops_all[i];
	}
	return NULL;
}

bool section_is_common(const char *section)
{
	return ascii_is_same_word(section, CONFIG_SECTION_COMMON) ||
	    ascii_is_same_word(section, CONFIG_SECTION_DEFAULT);
}

/* NULL: the bits of several. */
static const struct operation *find_operation(enum op op)
{
	size_t i;

	for (i = 0; i < OPS_COUNT; i++)
		if (ops_all[i]->op == op)
			return ops_all[i];
	return NULL;
}

/* The rank of owner's section as that of one of the bases of the operation. */
static enum option_rank find_base_rank(
    const struct operation *owner, const struct operation *operation)
{
	enum option_rank rank = RANK_BASE;

	for (; operation != NULL && rank <= RANK_LAST_BASE; rank++)
		if ((operation = operation->base) == owner)
			return rank;
	return RANK_UNSET;
}

enum option_rank section_find_rank(
    const char *section, const struct option_row *row, enum op op)
{
	const struct operation *owner = section_find_operation(section);
	enum option_rank rank = RANK_UNSET;

	if (ascii_is_same_word(section, CONFIG_SECTION_COMMON))
		return RANK_COMMON;
	if (ascii_is_same_word(section, CONFIG_SECTION_DEFAULT))
		return RANK_DEFAULT;
	if (owner == NULL)
		return RANK_UNSET;
	if (owner->op == op)
		return RANK_OWN;
	if (!row->alone)
		rank = find_base_rank(owner, find_operation(op));
	if (rank != RANK_UNSET)
		return rank;
	return (row->fallback & owner->op) ? RANK_FALLBACK : RANK_UNSET;
}
