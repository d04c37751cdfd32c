/* renew_hook.h: the hook of renew, which runs until it succeeds. */
#ifndef OPS_RENEW_HOOK_H
#define OPS_RENEW_HOOK_H

#include "ops/renewal.h"
#include "util/status.h"

/* Creates CERT.hook, if there is a hook: it has to run after the swap. */
enum status renew_hook_mark(const struct renewal_state *r);

/*
 * If CERT.hook is there, all files are in place, and no other process is at it,
 * runs the hook, and removes CERT.hook if it succeeds.  ST_HOOK after reporting
 * that it failed, or is not run since others may write the configuration file
 * that it is from; with --hook-optional that is only a warning.  A run that the
 * hook of the same certificate has started leaves it to the next one.
 */
enum status renew_hook_run(const struct renewal_state *r);

#endif
