/* memory.h: overwrites the memory that libcrypto frees. */
#ifndef COMPAT_MEMORY_H
#define COMPAT_MEMORY_H

#include <stdbool.h>

/*
 * Makes libcrypto, and the modules it loads, overwrite all memory that they
 * free: decoded keys and requests, pass phrases, the content of envelopes.
 * Must be called before any other function of libcrypto.  False if that is
 * too late, or if the system does not tell the size of a block.
 */
bool compat_wipe_freed(void);

#endif
