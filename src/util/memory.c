#include "compat/process.h"
#include "util/memory.h"

const char memory_text[] = "out of memory";

bool memory_explains(enum status st)
{
	return compat_lacked_memory() &&
	    (st == ST_ERROR || st == ST_SELFSIGNED || st == ST_FILE ||
		st == ST_NETWORK || st == ST_REPLY);
}
