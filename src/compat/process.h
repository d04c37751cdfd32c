/* process.h: keeps the secrets of this process out of files. */
#ifndef COMPAT_PROCESS_H
#define COMPAT_PROCESS_H

/* If this environment variable is "1", compat_forbid_core() does nothing. */
#define COMPAT_ALLOW_CORE "SSCEP_ALLOW_CORE"

/*
 * From now on a crash of this process writes no core dump, and only root may
 * read its memory, as far as the system offers this.
 */
void compat_forbid_core(void);

#endif
