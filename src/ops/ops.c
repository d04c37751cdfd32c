/* ops.c: the array of operations. */

#include <limits.h>
#include <string.h>

#include "ops/ops.h"

_Static_assert(OPS_COUNT < sizeof(int) * CHAR_BIT, "a bit for each operation");

#define OPS_ROW_ADDRESS(bit, word) &op_##word,
const struct operation *const ops_all[OPS_COUNT] = {OPS_LIST(OPS_ROW_ADDRESS)};

const struct operation *ops_find(const char *name)
{
	size_t i;

	for (i = 0; i < OPS_COUNT; i++)
		if (strcmp(ops_all[i]->name, name) == 0)
			return ops_all[i];
	return NULL;
}
