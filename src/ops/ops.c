/* ops.c: the array of operations. */

#include <limits.h>

#include "ops/ops.h"

_Static_assert(OPS_COUNT < sizeof(int) * CHAR_BIT, "a bit for each operation");

#define OPS_ROW_ADDRESS(bit, word) &op_##word,
const struct operation *const ops_all[OPS_COUNT] = {OPS_LIST(OPS_ROW_ADDRESS)};
