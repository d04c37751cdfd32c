/* process.h: keeps the secrets of this process out of files. */
#ifndef COMPAT_PROCESS_H
#define COMPAT_PROCESS_H

/* The variable that, being "1", makes compat_forbid_core() do nothing. */
#define COMPAT_ALLOW_CORE "SSCEP_ALLOW_CORE"

/*
 * From here on a crash leaves no core, neither a file nor one that a program
 * of the system takes, and only root may read the memory of the process,
 * as far as the system offers this.
 */
void compat_forbid_core(void);

#endif
