/* renew_hook.h: the hook of renew, which runs until it succeeds. */
#ifndef OPS_RENEW_HOOK_H
#define OPS_RENEW_HOOK_H

#include "ops/renewal.h"
#include "util/status.h"

/* What a run has done, in CERT.hook, SSCEP_ACTION and "action" of --json. */
#define HOOK_ACTION_ENROLLED "enrolled"
#define HOOK_ACTION_RENEWED  "renewed"
#define HOOK_ACTION_FILES    "files" /* of --chain and so on, no more */

/* Creates CERT.hook, if there is a hook: it has to run after the swap. */
enum status renew_hook_mark(const struct renewal_state *r);

/* The same after files alone; the action of a mark that is there stays. */
enum status renew_hook_mark_files(const struct renewal_state *r);

/*
 * If CERT.hook is there, all files are in place, and no other process is at it,
 * runs the hook, and removes CERT.hook if it succeeds.  ST_HOOK after reporting
 * that it failed, or is not run since others may write the configuration file
 * that it is from; with --hook-optional that is only a warning.  A run that the
 * hook of the same certificate has started leaves it to the next one.
 */
enum status renew_hook_run(const struct renewal_state *r);

/* Whether CERT.hook, if it is there, can be opened.  ST_FILE after reporting. */
enum status renew_hook_look(const struct renewal_state *r);

/*
 * Whether only root and this user may write the configuration file at path: who
 * else may could name a hook.  ST_HOOK after reporting who may; so is put before
 * that: "its hook is not run, as ".
 */
enum status renew_hook_check_config(const char *path, const char *so);

#endif
