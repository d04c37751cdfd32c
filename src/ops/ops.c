/* ops.c: the array of operations. */

#include <string.h>

#include "ops/ops.h"

const struct operation *const ops_all[OPS_COUNT] = {
    &op_getca,
    &op_getnextca,
    &op_enroll,
    &op_getcert,
    &op_getcrl,
    &op_getcaps,
};

const struct operation *ops_find(const char *name)
{
	size_t i;

	for (i = 0; i < OPS_COUNT; i++)
		if (strcmp(ops_all[i]->name, name) == 0)
			return ops_all[i];
	return NULL;
}
