/* section.h: which sections of sscep.conf an operation reads; this room only. */
#ifndef OPTIONS_SECTION_H
#define OPTIONS_SECTION_H

#include <stdbool.h>

#include "options/value.h"

#define SECTION_PREFIX "sscep_"

/* The operation that the section belongs to; NULL: none. */
const struct operation *section_find_operation(const char *section);

/* Whether the section is for all operations. */
bool section_is_common(const char *section);

/* The rank of the section for that row; RANK_UNSET: it is not read. */
enum option_rank section_find_rank(
    const char *section, const struct option_row *row, enum op op);

#endif
