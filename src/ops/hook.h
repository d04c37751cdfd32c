/* hook.h: runs the user's command once an operation is done. */
#ifndef OPS_HOOK_H
#define OPS_HOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "compat/process.h"
#include "util/status.h"

/* The seconds that a hook which has not finished gets after SIGTERM. */
#define HOOK_GRACE 5

struct hook_variable {
	const char *name;  /* "SSCEP_CERT" */
	const char *value; /* never a secret; NULL: the hook does not have it */
	bool path; /* of a file: as the commands of the system have it */
};

/* Borrows everything. */
struct hook {
	const char *command;
	const struct hook_variable *variables;
	size_t count;
	const char *const *unset; /* other variables to remove, up to a NULL;
				     those with secrets; or NULL */
	int seconds;              /* that it may take */
	struct compat_streams streams;
};

/*
 * Runs the command by /bin/sh -c, with our environment but for variables and
 * unset, and otherwise as this process was started: compat_start_program().
 * SIGINT, SIGTERM and SIGHUP are passed on to it and its children meanwhile; how
 * it ends then is its own decision.  When it takes longer, or stops as it wants
 * the terminal, SIGTERM and HOOK_GRACE seconds later SIGKILL end it and its
 * children.  Children that it leaves when it ends in time stay.
 *
 * ST_HOOK after reporting, unless its exit status is 0.
 */
enum status hook_run(const struct hook *hook);

#endif
