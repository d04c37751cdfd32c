/* check_held.h: check compares the certificates of -c with those of the server. */
#ifndef OPS_CHECK_HELD_H
#define OPS_CHECK_HELD_H

#include "ops/check_local.h"
#include "ops/finding.h"
#include "pki/cabundle.h"

/*
 * Whether the certificates of -c, of which there is one at least, are those that
 * the server uses now: ST_REPLY if replies would be refused as signed by another.
 * let_through are those of sent that the pins let through.
 */
void check_held(struct findings *f, const struct check_files *files,
    const struct cabundle *sent, const struct cabundle *let_through);

/*
 * Adds what is wrong with the answer to GetCACert: a warning if there are
 * certificates of -c, as nothing but those is used then, and else a problem.
 */
void check_held_report(struct findings *f, const struct check_files *files,
    enum status st, const char *advice, const char *text);

#endif
