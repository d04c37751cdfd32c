#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>
#include <string.h>
#ifdef HAVE_SETRLIMIT
#include <sys/resource.h>
#endif
#ifdef HAVE_PR_SET_DUMPABLE
#include <sys/prctl.h>
#endif

#include "compat/process.h"

/*
 * Linux ignores the limit where core_pattern pipes the core to a program; a
 * process that is not dumpable has no core in either case.
 */
void compat_forbid_core(void)
{
	const char *allowed = getenv(COMPAT_ALLOW_CORE);

	if (allowed != NULL && strcmp(allowed, "1") == 0)
		return;
#ifdef HAVE_SETRLIMIT
	setrlimit(RLIMIT_CORE, &(struct rlimit){0});
#endif
#ifdef HAVE_PR_SET_DUMPABLE
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
