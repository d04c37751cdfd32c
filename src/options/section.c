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

/* That of all operations has none. */
static enum op find_base(enum op op)
{
	size_t i;

	for (i = 0; i < OPS_COUNT; i++)
		if (ops_all[i]->op == op)
			return ops_all[i]->base;
	return 0;
}

enum option_rank section_find_rank(
    const char *section, const struct option_row *row, enum op op)
{
	const struct operation *owner = section_find_operation(section);

	if (ascii_is_same_word(section, CONFIG_SECTION_COMMON))
		return RANK_COMMON;
	if (ascii_is_same_word(section, CONFIG_SECTION_DEFAULT))
		return RANK_DEFAULT;
	if (owner == NULL)
		return RANK_UNSET;
	if (owner->op == op)
		return RANK_OWN;
	if (!row->alone && owner->op == find_base(op))
		return RANK_BASE;
	return (row->fallback & owner->op) ? RANK_FALLBACK : RANK_UNSET;
}
