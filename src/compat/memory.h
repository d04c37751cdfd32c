/* memory.h: what libcrypto frees is wiped. */
#ifndef COMPAT_MEMORY_H
#define COMPAT_MEMORY_H

#include <stdbool.h>

/*
 * From here on all memory that libcrypto, and what it loads, lets go of is
 * overwritten first: decoded keys and requests, pass phrases, the content of
 * envelopes.  To be called before anything else of libcrypto.  False where the
 * system does not tell how large a block is, and when it is too late.
 */
bool compat_wipe_freed(void);

#endif
