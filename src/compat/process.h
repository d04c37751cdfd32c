/* process.h: no core dumps; what libcrypto does with memory, and at the end. */
#ifndef COMPAT_PROCESS_H
#define COMPAT_PROCESS_H

#include <stdbool.h>

/* If this environment variable is "1", compat_forbid_core() does nothing. */
#define COMPAT_ALLOW_CORE "SSCEP_ALLOW_CORE"

/*
 * From now on a crash of this process writes no core dump, and only root may
 * read its memory, as far as the system offers this.
 */
void compat_forbid_core(void);

/*
 * Makes libcrypto, and the modules it loads, overwrite all memory that they
 * free: decoded keys and requests, pass phrases, the content of envelopes.
 * Must be called before any other function of libcrypto.  False if that is
 * too late, or if the system does not tell the size of a block.
 */
bool compat_wipe_freed(void);

/*
 * Leaves the memory of libcrypto to the system when the process ends, unless
 * OPENSSL_cleanup() is called.  Must be called after compat_wipe_freed() and
 * before any other function of libcrypto.  False: libcrypto cleans up.
 */
bool compat_skip_cleanup(void);

#endif
